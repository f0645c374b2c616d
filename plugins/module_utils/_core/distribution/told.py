# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What live objects tell that upstream's operator keeps in its K8ssandraCluster."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ..objects import Object
from ..readings import holds, labels_of
from .seeds import seed_labels

_PROPERTY = "-Dcassandra.system_distributed_replication="


def system_replication_of(datacenters: Iterable[Object]) -> dict[str, int] | None:
    """The copies of system keyspaces that the first datacenter was made with, as its JVM option says; None when none says it.

    Upstream keeps them in an annotation (`checkInitialSystemReplication`, k8ssandra-operator v1.26.0
    `controllers/k8ssandra/schemas.go`). Computed again after a change of size, they would restart every node.
    """
    for datacenter in datacenters:
        for text in _texts(datacenter.get("spec", {}).get("config")):
            if text.startswith(_PROPERTY):
                pairs = (pair.partition(":") for pair in text[len(_PROPERTY) :].split(","))
                return {name: int(copies) for name, _colon, copies in pairs if copies.isdigit()}
    return None


def seeds_of(pods: Iterable[Object], cassandra_cluster: str, datacenter: str) -> tuple[str, ...]:
    """The addresses of a datacenter's seeds, ready or not; a pod that has none yet is left out."""
    wanted = seed_labels(cassandra_cluster, datacenter).items()
    found = [pod.get("status", {}).get("podIP") or "" for pod in pods if wanted <= labels_of(pod).items()]
    return tuple(address for address in found if address)


def initialized(datacenters: Mapping[str, Object]) -> frozenset[str]:
    """The object names of the datacenters that take part in replication: their nodes have come up once."""
    return frozenset(name for name, body in datacenters.items() if holds(body, "Initialized"))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from _texts(inner)
