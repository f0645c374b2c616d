# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Initial tokens for the first nodes of each datacenter of a cluster with few tokens to a node.

Source: k8ssandra-operator v1.26.0 `pkg/cassandra/tokens.go`, `pkg/utils/tokens.go`.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..names import statefulset_name
from ..objects import Object
from .config import cassandra_yaml
from .labels import cluster_name
from .observation import Observation
from .template import Template, templates

# From here on Cassandra spreads its tokens well enough itself.
_MANY_TOKENS = 16
_USUAL_REPLICAS = 3
_SMALLEST_DIVISOR = 235

Tokens = Mapping[str, tuple[int, ...]]


@dataclass(frozen=True)
class Ring:
    """The tokens of a partitioner: the lowest, and how many there are."""

    lowest: int
    size: int


_RINGS = {"Murmur3Partitioner": Ring(-(1 << 63), 1 << 64), "RandomPartitioner": Ring(0, 1 << 127)}


def initial_tokens(definition: Object, observation: Observation) -> Mapping[str, Tokens]:
    """Tokens by pod, by the name of its CassandraDatacenter; empty when upstream leaves them to Cassandra.

    It does so unless all datacenters have few tokens to a node, the same partitioner, and no per-node configuration of the user's.
    """
    found = templates(definition)
    settings = [cassandra_yaml(definition, template, observation) for template in found]
    rings = {_ring(yaml.get("partitioner", "Murmur3Partitioner")) for yaml in settings}
    tokens = [_whole(yaml.get("num_tokens", 1)) for yaml in settings]
    replicas = [_replicas(yaml, template) for yaml, template in zip(settings, found)]
    ring = rings.pop() if len(rings) == 1 else None
    if ring is None or any(_has_own_configuration(template) for template in found):
        return {}
    counts = [few * factor for few, factor in zip(tokens, replicas) if few is not None and factor is not None and few < _MANY_TOKENS]
    if len(counts) < len(found) or not all(count > 0 for count in counts):
        return {}
    name = cluster_name(definition)
    return {
        template.name: _shared_out(spread, _first_pods(name, template, factor or 0))
        for template, spread, factor in zip(found, spread_tokens(counts, ring), replicas)
    }


def spread_tokens(counts: Sequence[int], ring: Ring) -> tuple[tuple[int, ...], ...]:
    """Tokens of each datacenter, evenly over the ring and none twice.

    Args:
        counts: how many tokens each datacenter needs.
        ring: the partitioner's.
    """
    offset = -ring.size // max(len(counts) * max(counts) * 2, _SMALLEST_DIVISOR)
    return tuple(
        tuple(sorted(_token(ring, step * (ring.size // count) + place * offset) for step in range(count)))
        for place, count in enumerate(counts)
    )


def _token(ring: Ring, distance: int) -> int:
    return ring.lowest + distance + (ring.size if distance < 0 else 0)


def _ring(partitioner: Any) -> Ring | None:
    if not isinstance(partitioner, str):
        return None
    return next((ring for name, ring in _RINGS.items() if name in partitioner), None)


def _replicas(yaml: Mapping[str, Any], template: Template) -> int | None:
    wanted = _whole(yaml.get("allocate_tokens_for_local_replication_factor", _USUAL_REPLICAS))
    return None if wanted is None else min(wanted, template.own["size"])


def _whole(value: Any) -> int | None:
    """What Go makes of a number that may be written as a text; None when it is no whole one."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        return int(value) if isinstance(value, str) or value == int(value) else None
    except (ValueError, OverflowError):
        return None


def _has_own_configuration(template: Template) -> bool:
    return bool((template.own.get("perNodeConfigMapRef") or {}).get("name"))


def _first_pods(cluster: str, template: Template, count: int) -> tuple[str, ...]:
    """The first pods of a datacenter, its racks taken in turn."""
    racks = [rack["name"] for rack in template.options.get("racks") or ()] or ["default"]
    return tuple(
        f"{statefulset_name(cluster, template.name, racks[place % len(racks)])}-{place // len(racks)}" for place in range(count)
    )


def _shared_out(tokens: Sequence[int], pods: Sequence[str]) -> Tokens:
    """Each token to the next pod in turn."""
    turns = list(zip(itertools.cycle(pods), tokens))
    return {pod: tuple(token for other, token in turns if other == pod) for pod in pods}
