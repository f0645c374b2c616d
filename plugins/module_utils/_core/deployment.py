# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a wished K8ssandraCluster becomes the object to apply, given the live one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .cluster import ClusterWish
from .objects import Object
from .readings import holds

AUTOUPDATE = "k8ssandra.io/autoupdate-spec"
# Namespaces that we made for a cluster's datacenters carry its name here, so that its removal takes them along.
CLUSTER_LABEL = "k8ssandra.operator/cluster"


def body_to_apply(wish: ClusterWish, found: Object | None, apply_updates: str, *, held: bool = False) -> dict[str, Any]:
    """The object that we apply.

    Args:
        wish: the validated wish.
        found: the live K8ssandraCluster, or None.
        apply_updates: ``never``, ``once`` or ``always``: whether computed changes that only an operator upgrade brought are rolled
            out (https://docs.k8ssandra.io/tasks/upgrade, k8ssandra-operator v1.26.0 controllers/k8ssandra/datacenters.go).
        held: cass-operator holds back an update of a datacenter, which the same annotation lets through, by a task of upstream's.
    """
    body = {**wish.definition, "metadata": dict(wish.definition["metadata"]), "spec": dict(wish.spec)}
    body["spec"]["cassandra"] = {**wish.cassandra, "datacenters": in_live_order(wish.cassandra["datacenters"], found)}
    annotation = _autoupdate(found, apply_updates, held)
    if annotation:
        body["metadata"]["annotations"] = {**body["metadata"].get("annotations", {}), AUTOUPDATE: annotation}
    return body


def in_live_order(wanted: Sequence[Mapping[str, Any]], found: Object | None) -> list[Mapping[str, Any]]:
    """The wanted datacenters, those that are there first and in their order, new ones after them.

    The first datacenter of the spec carries a system property that the others have not (`system_distributed_replication`,
    k8ssandra-operator v1.26.0 pkg/cassandra/config.go): a new one in front would restart every node of the old first one.
    """
    live = ((found or {}).get("spec", {}).get("cassandra") or {}).get("datacenters") or ()
    rank = {template["metadata"]["name"]: index for index, template in enumerate(live)}
    return sorted(wanted, key=lambda template: rank.get(template["metadata"]["name"], len(rank)))


def namespace_to_apply(wish: ClusterWish, name: str) -> dict[str, Any]:
    """A namespace for datacenters, which goes with the cluster.

    Args:
        wish: the validated wish.
        name: the namespace's.
    """
    labels = {CLUSTER_LABEL: f"{wish.namespace}.{wish.name}"}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}}


def _autoupdate(found: Object | None, apply_updates: str, held: bool) -> str:
    if apply_updates == "always":
        return "always"
    # The operator removes `once` when it is done: writing it again without a pending update would be a change for ever.
    return "once" if apply_updates == "once" and found is not None and (held or holds(found, "RequiresUpdate")) else ""
