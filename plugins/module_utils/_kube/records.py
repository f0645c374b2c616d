# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The records of a cluster that the collection itself distributes: which context holds which."""

from __future__ import annotations

from collections.abc import Sequence

from .._core.distribution.ownership import as_cluster, record_labels, record_of
from .._core.objects import Object, kind_named
from .api import Api
from .errors import ClusterError
from .fleet import failures, side_by_side


def list_records(api: Api, name: str, namespace: str) -> Sequence[Object]:
    """The ConfigMaps in which one context keeps the record of a cluster, in whatever namespace they are."""
    return api.list(kind_named("ConfigMap"), labels=record_labels(name, namespace)) or ()


def read_records(apis: Sequence[Api], name: str, namespace: str) -> tuple[dict[str, Sequence[Object]], dict[str, ClusterError]]:
    """The records of a cluster by the context that keeps them, and what the contexts said that did not answer."""
    answers = side_by_side(lambda api: list_records(api, name, namespace), apis)
    return {context: answer for context, answer in answers.items() if not isinstance(answer, ClusterError)}, failures(answers)


def read_recorded(apis: Sequence[Api], name: str, namespace: str) -> Object | None:
    """The cluster as the records of those contexts say that answer; None when none has one."""
    found, _problems = read_records(apis, name, namespace)
    bodies = (body for each in found.values() for body in each)
    return as_cluster(record for record in map(record_of, bodies) if record is not None)
