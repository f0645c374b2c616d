# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was read of a cluster, context by context, as values. A context that did not answer is unknown, never empty."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .credentials import Credential
from .objects import Object


@dataclass(frozen=True)
class ContextReading:
    """What one context holds.

    Args:
        context: its name, as messages say it and, for a remote, as K8ssandraClusters name it (`k8sContext`).
        control_plane: this is the control plane's own cluster, which K8ssandraClusters call ''.
        cause: why it could not be read; empty when it was.
        objects: the objects read, by kind; a kind that is missing here was not asked for or could not be read.
        server_version: the API server's version, e.g. ``v1.34.1``; empty when not asked for.
        gaps: what could not be read although the context answers, a sentence each.
        not_served: the kinds that the cluster does not know: their definitions are not installed.
        read_at: when it was read by the cluster's own clock, which wrote the times in its objects, in seconds since 1970; None when
            it did not say.
        problem: the error that `cause` tells in words.
    """

    context: str
    control_plane: bool = False
    cause: str = ""
    objects: Mapping[str, tuple[Object, ...]] = field(default_factory=dict, repr=False)
    server_version: str = ""
    gaps: tuple[str, ...] = ()
    not_served: frozenset[str] = frozenset()
    read_at: float | None = None
    problem: Exception | None = field(default=None, repr=False)

    def now(self, ours: float) -> float:
        """The time by the cluster's own clock; by ours where it did not say."""
        return ours if self.read_at is None else self.read_at

    @property
    def reachable(self) -> bool:
        """Whether what is missing here is known to be missing."""
        return not self.cause

    def of(self, kind: str) -> tuple[Object, ...]:
        """The objects of one kind; none when it was not read."""
        return self.objects.get(kind, ())

    def find(self, kind: str, name: str, namespace: str) -> Object | None:
        """One object by its identity."""
        return next((body for body in self.of(kind) if name_of(body) == name and namespace_of(body) == namespace), None)


@dataclass(frozen=True)
class ClusterReading:
    """What all contexts say of one K8ssandraCluster.

    Args:
        name, namespace: its identity in the control plane.
        control_plane: the control plane's own cluster.
        cluster: the K8ssandraCluster; None when it is not there, or the control plane did not answer.
        installed: the control plane serves K8ssandraClusters.
        remotes: the data planes that were asked.
        credentials: what the operator logs in to data planes with.
        direct: the collection itself distributes the cluster, and `cluster` is what its record says.
    """

    name: str
    namespace: str
    control_plane: ContextReading
    cluster: Object | None = field(default=None, repr=False)
    installed: bool = True
    remotes: tuple[ContextReading, ...] = ()
    credentials: tuple[Credential, ...] = ()
    direct: bool = False

    @property
    def contexts(self) -> tuple[ContextReading, ...]:
        """All contexts that were asked, the control plane first."""
        return (self.control_plane, *self.remotes)

    def context(self, k8s_context: str) -> ContextReading | None:
        """The context that a K8ssandraCluster calls so ('' is the control plane's own); None when it was not asked."""
        own = {"": self.control_plane, self.control_plane.context: self.control_plane}
        return {**own, **{remote.context: remote for remote in self.remotes}}.get(k8s_context)


def name_of(body: Object) -> str:
    """`metadata.name`."""
    return str(body.get("metadata", {}).get("name", ""))


def namespace_of(body: Object) -> str:
    """`metadata.namespace`."""
    return str(body.get("metadata", {}).get("namespace", ""))


def cluster_labels(name: str, namespace: str) -> dict[str, str]:
    """The labels that lead from any object back to its cluster (k8ssandra-operator v1.26.0 pkg/labels/labels.go)."""
    return {"k8ssandra.io/cluster-name": name, "k8ssandra.io/cluster-namespace": namespace}


def is_of(body: Object, name: str, namespace: str) -> bool:
    """Whether the control plane made an object for this K8ssandraCluster (`CleanedUpByLabels`, k8ssandra-operator v1.26.0)."""
    return cluster_labels(name, namespace).items() <= labels_of(body).items()


def labels_of(body: Object) -> Mapping[str, str]:
    """`metadata.labels`; empty when there are none."""
    return body.get("metadata", {}).get("labels") or {}


def is_owned_by_another(body: Object | None) -> bool:
    """Whether an object goes with another one that owns it."""
    return bool((body or {}).get("metadata", {}).get("ownerReferences"))


def runs_cassandra(pod: Object) -> bool:
    """Whether the Cassandra of a pod is ready, as its own container says: other containers may not be."""
    statuses = status_of(pod).get("containerStatuses") or ()
    return any(entry.get("name") == "cassandra" and entry.get("ready") for entry in statuses)


def status_of(body: Object | None) -> Mapping[str, Any]:
    """`status`; empty when there is none."""
    return (body or {}).get("status") or {}


def has_ended(pod: Object) -> bool:
    """Whether a pod's containers have run for the last time; it is kept, an evicted one for weeks, and holds nothing."""
    return status_of(pod).get("phase") in ("Succeeded", "Failed")


def condition(body_or_status: Object, name: str) -> Mapping[str, Any]:
    """One entry of a status' `conditions`; empty when it is not there."""
    status = body_or_status.get("status", body_or_status) or {}
    return next((entry for entry in status.get("conditions") or () if entry.get("type") == name), {})


def holds(body_or_status: Object, name: str) -> bool:
    """Whether a condition is True."""
    return condition(body_or_status, name).get("status") == "True"
