# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The settings of one datacenter once the cluster's are merged with its own.

Source: `Coalesce`, k8ssandra-operator v1.26.0 `pkg/cassandra/datacenter.go`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ..objects import Object


@dataclass(frozen=True)
class Template:
    """One datacenter of a definition, merged.

    Args:
        index: its place in `spec.cassandra.datacenters`.
        name: the name of its CassandraDatacenter.
        namespace: where its objects are.
        context: its `k8sContext`; empty is the control plane's own.
        cassandra_name: the name that Cassandra knows it by.
        options: merged fields under the CRD's JSON names, and those that only the cluster has, such as `serverType`.
        metadata: merged labels, annotations, commonLabels, commonAnnotations, pods and services.
        own: its entry of `spec.cassandra.datacenters`, as written.
    """

    index: int
    name: str
    namespace: str
    context: str
    cassandra_name: str
    options: Mapping[str, Any]
    metadata: Mapping[str, Any]
    own: Mapping[str, Any]


def templates(definition: Object) -> tuple[Template, ...]:
    """The datacenters of a definition that has its defaults, in the order of the definition."""
    raise NotImplementedError


def in_order(found: Iterable[Template]) -> tuple[Template, ...]:
    """Datacenters in the order in which upstream works on them."""
    raise NotImplementedError
