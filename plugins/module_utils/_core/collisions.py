# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the objects of a cluster would meet those of another one, or each other, in one namespace of one cluster."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from .cluster import ClusterWish, Datacenter
from .effective import effective_racks
from .errors import SpecError
from .names import clean_for_kubernetes, datacenter_objects, service_names

_CLUSTER_NAME = "k8ssandra.io/cluster-name"
_CLUSTER_NAMESPACE = "k8ssandra.io/cluster-namespace"
_NOBODY = ("", "")


def check_collisions(
    wish: ClusterWish, datacenters: Mapping[str, Iterable[Mapping[str, Any]]], identities: Mapping[str, str] | None = None,
) -> None:
    """Raise `SpecError` when a datacenter of `wish` would take over or disturb what is not its own.

    Args:
        wish: what is wanted.
        datacenters: the live CassandraDatacenters by context; the empty context is the control plane's own cluster.
        identities: the UID of each context's cluster where it is known, so that two contexts of one cluster are seen as one.
    """
    known = identities or {}
    _check_own_objects(wish, known)
    for context, found in datacenters.items():
        for live in found:
            for datacenter, template in wish.templates():
                if _same_place(datacenter, live, context, known):
                    _check_neighbour(wish, datacenter, template, live)


def _cluster_of(context: str, identities: Mapping[str, str]) -> tuple[str, str]:
    identity = identities.get(context)
    return ("uid", identity) if identity else ("context", context)


def _same_place(datacenter: Datacenter, live: Mapping[str, Any], context: str, identities: Mapping[str, str]) -> bool:
    here = _cluster_of(datacenter.context, identities) == _cluster_of(context, identities)
    return here and live["metadata"].get("namespace") == datacenter.namespace


def _check_own_objects(wish: ClusterWish, identities: Mapping[str, str]) -> None:
    owners: dict[tuple[object, ...], Datacenter] = {}
    shared = f"Service/{service_names(wish.cassandra_name, '')[0]}"
    for datacenter, template in wish.templates():
        place = (_cluster_of(datacenter.context, identities), datacenter.namespace)
        racks = effective_racks(wish.cassandra, template)
        for label in (f"CassandraDatacenter/{datacenter.name}", *datacenter_objects(wish.cassandra_name, datacenter.name, racks)):
            if label == shared:
                raise SpecError(
                    f"{datacenter.path}.metadata.name",
                    f"is {datacenter.name}, which makes the {label.replace('/', ' ')} that upstream uses for seeds; take another name",
                )
            other = owners.setdefault((place, label), datacenter)
            if other is not datacenter:
                raise SpecError(
                    f"{datacenter.path}.metadata.name",
                    f"is {datacenter.name}, which would share the {label.replace('/', ' ')} in namespace {datacenter.namespace} with "
                    f"{other.name} at {other.path}; give one another name or namespace",
                )


def _owner(live: Mapping[str, Any]) -> tuple[str, str]:
    labels = live["metadata"].get("labels") or {}
    return labels.get(_CLUSTER_NAME) or "", labels.get(_CLUSTER_NAMESPACE) or ""


def _check_neighbour(wish: ClusterWish, datacenter: Datacenter, template: Mapping[str, Any], live: Mapping[str, Any]) -> None:
    name = live["metadata"]["name"]
    where = f"context {datacenter.context}" if datacenter.context else "the control plane's own cluster"
    place = f"namespace {datacenter.namespace} of {where}"
    # `validateDatacenterNameConflicts`, cass-operator v1.28.0 pkg/reconciliation/context.go: for any two in a namespace.
    label = clean_for_kubernetes((live.get("status") or {}).get("datacenterName") or name)
    if name != datacenter.name and label == datacenter.name:
        raise SpecError(
            f"{datacenter.path}.metadata.name",
            f"is {datacenter.name}, but the CassandraDatacenter {name} in {place} uses it as its datacenterName; take another name",
        )
    theirs = (live.get("spec") or {}).get("clusterName") or ""
    if _owner(live) in (_NOBODY, (wish.name, wish.namespace)) and theirs == wish.cassandra_name:
        return
    if name == datacenter.name:
        raise SpecError(
            f"{datacenter.path}.metadata.name",
            f"is {name}, but the CassandraDatacenter {name} in {place} belongs to {_described(live, theirs)}; take another name "
            "or namespace",
        )
    clash = next(_clashes(wish, datacenter, template, live, theirs), None)
    if clash:
        raise SpecError(
            f"{datacenter.path}.metadata.namespace",
            f"is {datacenter.namespace}, where {_described(live, theirs)} already has the {clash.replace('/', ' ')} that "
            f"{wish.name} needs ({place}); take another namespace or clusterName",
        )


def _clashes(
    wish: ClusterWish, datacenter: Datacenter, template: Mapping[str, Any], live: Mapping[str, Any], theirs: str,
) -> Iterator[str]:
    name = live["metadata"]["name"]
    if theirs and clean_for_kubernetes(theirs) == clean_for_kubernetes(wish.cassandra_name):
        yield f"Service/{service_names(theirs, name)[0]}"
    mine = set(datacenter_objects(wish.cassandra_name, datacenter.name, effective_racks(wish.cassandra, template)))
    racks = effective_racks({}, live.get("spec") or {})
    yield from (label for label in datacenter_objects(theirs, name, racks) if label in mine)


def _described(live: Mapping[str, Any], theirs: str) -> str:
    name, namespace = _owner(live)
    return f"the K8ssandraCluster {namespace}/{name}" if name else f'the Cassandra cluster "{theirs}"'
