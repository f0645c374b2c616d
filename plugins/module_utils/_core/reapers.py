# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the Reaper of a datacenter stands: as the operator's K8ssandraCluster says, or as it says itself where there is no such object."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .causes import Cause, causes_of_pod
from .names import clean_reaper_name
from .objects import Object
from .readings import ClusterReading, holds, labels_of, namespace_of, status_of

REAPER_LABEL = "k8ssandra.io/reaper"


def has_own_reaper(cluster: Object) -> bool:
    """Whether a cluster gets Reapers of its own, and does not use one that is there."""
    reaper = (cluster.get("spec") or {}).get("reaper")
    return reaper is not None and not (reaper.get("reaperRef") or {}).get("name")


def wants_reaper(cluster: Object, name: str) -> bool:
    """Whether a datacenter, by its object's name, gets a Reaper of its own when it is not stopped."""
    spec = cluster["spec"]
    reaper = spec.get("reaper") or {}
    entries = (spec.get("cassandra") or {}).get("datacenters") or ()
    running = [entry["metadata"]["name"] for entry in entries if not entry.get("stopped")]
    elsewhere = reaper.get("deploymentMode") == "SINGLE" and running[:1] != [name]
    return has_own_reaper(cluster) and not elsewhere


def service_state(status: Mapping[str, Any] | None) -> str:
    """`ready`, `missing` or upstream's progress, of the status of a Reaper or a Stargate."""
    if not status:
        return "missing"
    return "ready" if holds(status, "Ready") else str(status.get("progress") or "Pending")


def reaper_found(reading: ClusterReading, context: str, namespace: str, cassandra_name: str, now: float) -> tuple[str, tuple[Cause, ...]]:
    """The state of a Reaper that the collection has distributed, and what keeps its pods from running, hopeless causes first.

    Args:
        reading: the cluster; its K8ssandraCluster is what the record says.
        context, namespace, cassandra_name: the datacenter's.
        now: seconds since 1970.
    """
    asked = reading.context(context)
    if asked is None or not asked.reachable:
        return "unknown", ()
    cassandra = ((reading.cluster or {}).get("spec") or {}).get("cassandra") or {}
    name = clean_reaper_name(cassandra.get("clusterName") or reading.name, cassandra_name)
    body = asked.find("Reaper", name, namespace)
    pods = [pod for pod in asked.of("Pod") if labels_of(pod).get(REAPER_LABEL) == name and namespace_of(pod) == namespace]
    causes = [cause for pod in pods for cause in causes_of_pod(asked.context, pod, asked.now(now))]
    state = service_state(None if body is None else status_of(body) or {"progress": "Pending"})
    return state, tuple(sorted(causes, key=lambda cause: not cause.hopeless))
