# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""cass-operator alone: what of both operators a context needs whose clusters the collection itself distributes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .errors import SpecError
from .objects import Object
from .operators import K8SSANDRA, images_among

# What upstream's `config/deployments` renders for k8ssandra-operator besides what has its name (k8ssandra-operator v1.26.0 config/).
_NAMES = frozenset(("leader-election-role", "leader-election-rolebinding", "manager-config"))
# Its kinds, but for K8ssandraClusters: the defaults of a definition come from those.
_GROUPS = frozenset(f"{name}.k8ssandra.io" for name in ("config", "replication", "reaper", "medusa", "stargate"))
_TASKS = "k8ssandratasks.control.k8ssandra.io"


def without_k8ssandra_operator(bodies: Iterable[Object]) -> tuple[Object, ...]:
    """The objects that install cass-operator, the kind K8ssandraCluster, and whatever is neither operator's.

    Args:
        bodies: the objects that install both operators.

    Raises:
        SpecError: k8ssandra-operator is among them under names that are not upstream's.
    """
    kept = tuple(body for body in bodies if not _is_k8ssandra_operators(body))
    if K8SSANDRA in images_among(kept):
        found = "needs upstream's names, by which the two operators are told apart; this base gives k8ssandra-operator another one"
        raise SpecError("cass_operator_alone", f"{found}: leave the option out, and both are installed")
    return kept


def operator_left_out(bodies: Iterable[Object], kept: Sequence[Object]) -> tuple[Object, ...]:
    """The Deployments that are not among those kept."""
    return tuple(body for body in bodies if body["kind"] == "Deployment" and body not in kept)


def _is_k8ssandra_operators(body: Object) -> bool:
    name = str(body["metadata"]["name"])
    if body["kind"] == "CustomResourceDefinition":
        return body["spec"]["group"] in _GROUPS or name == _TASKS
    return body["kind"] != "Namespace" and (name in _NAMES or name == K8SSANDRA or name.startswith(f"{K8SSANDRA}-"))
