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
from .template import Template, template_at

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


@dataclass(frozen=True)
class Share:
    """What one datacenter wants of the ring.

    Args:
        template: the datacenter.
        ring: its partitioner's.
        few: how many tokens each of its nodes has.
        replicas: how many of its nodes get theirs from us.
    """

    template: Template
    ring: Ring
    few: int
    replicas: int


def initial_tokens(definition: Object, observation: Observation) -> Mapping[str, Tokens]:
    """Tokens by pod, by the name of its CassandraDatacenter; empty when upstream leaves them to Cassandra.

    It does so unless all datacenters have few tokens to a node, the same partitioner, and no per-node configuration of the user's.
    """
    shares: list[Share] = []
    for index in range(len(definition["spec"]["cassandra"]["datacenters"])):
        share = _share(definition, template_at(definition, index), observation)
        if share is None or share.ring != (shares or [share])[0].ring:
            return {}
        shares.append(share)
    name = cluster_name(definition)
    spread = spread_tokens([share.few * share.replicas for share in shares], shares[0].ring)
    return {
        share.template.name: _shared_out(tokens, _first_pods(name, share.template, share.replicas))
        for share, tokens in zip(shares, spread)
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


def _share(definition: Object, template: Template, observation: Observation) -> Share | None:
    """What a datacenter wants; None when its tokens are left to Cassandra."""
    yaml = cassandra_yaml(definition, template, observation)
    few = _whole(yaml.get("num_tokens"))
    wanted = _whole(yaml.get("allocate_tokens_for_local_replication_factor", _USUAL_REPLICAS))
    ring = _ring(yaml.get("partitioner", "Murmur3Partitioner"))
    own = (template.own.get("perNodeConfigMapRef") or {}).get("name")
    if own or ring is None or few is None or wanted is None or few >= _MANY_TOKENS:
        return None
    replicas = min(wanted, template.own["size"])
    return Share(template, ring, few, replicas) if few * replicas > 0 else None


def _ring(partitioner: Any) -> Ring | None:
    if not isinstance(partitioner, str):
        return None
    return next((ring for name, ring in _RINGS.items() if name in partitioner), None)


def _whole(value: Any) -> int | None:
    """What Go makes of a number that may be written as a text; None when it is no whole one."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        return int(value) if isinstance(value, str) or value == int(value) else None
    except (ValueError, OverflowError):
        return None


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
