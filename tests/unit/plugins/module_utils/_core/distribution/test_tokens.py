# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Initial tokens; the vectors are those of upstream's own tests."""

from __future__ import annotations

from typing import Any

import pytest

from plugins.module_utils._core.distribution.observation import Observation
from plugins.module_utils._core.distribution.tokens import Ring, initial_tokens, spread_tokens

from ..definitions import good

MURMUR3, RANDOM = Ring(-(1 << 63), 1 << 64), Ring(0, 1 << 127)
ONE_EACH = {"spec.cassandra.config.cassandraYaml.num_tokens": 1}


def found(**changes: Any) -> Any:
    return initial_tokens(good(**changes), Observation())


@pytest.mark.parametrize(
    ("ring", "counts", "expected"),
    [
        (MURMUR3, [3], [(-9223372036854775808, -3074457345618258603, 3074457345618258602)]),
        (MURMUR3, [4], [(-9223372036854775808, -4611686018427387904, 0, 4611686018427387904)]),
        (
            MURMUR3,
            [3, 3],
            [
                (-9223372036854775808, -3074457345618258603, 3074457345618258602),
                (-3152954128910639674, 2995960562325877531, 9144875253562394737),
            ],
        ),
        (
            MURMUR3,
            [4, 3, 5],
            [
                (-9223372036854775808, -4611686018427387904, 0, 4611686018427387904),
                (-3152954128910639674, 2995960562325877531, 9144875253562394737),
                (-5691016788697627627, -2001667973955717304, 1687680840786193019, 5377029655528103342, 9066378470270013666),
            ],
        ),
        (RANDOM, [3], [(0, 56713727820156410577229101238628035242, 113427455640312821154458202477256070484)]),
        (
            RANDOM,
            [3, 3],
            [
                (0, 56713727820156410577229101238628035242, 113427455640312821154458202477256070484),
                (55989722784154413846455963776007251813, 112703450604310824423685065014635287055, 169417178424467235000914166253263322299),
            ],
        ),
    ],
)
def test_tokens_are_spread_over_the_ring(ring: Ring, counts: list[int], expected: list[tuple[int, ...]]) -> None:
    assert list(spread_tokens(counts, ring)) == expected


def test_first_pods_of_each_rack_share_the_tokens() -> None:
    racks = [{"name": "rack1"}, {"name": "rack2"}, {"name": "rack3"}]
    yaml = {"num_tokens": 8, "allocate_tokens_for_local_replication_factor": 5}
    changes = {"spec.cassandra.racks": racks, "dc1.config.cassandraYaml": {"num_tokens": "4"}, "dc2.size": 10, "dc2.config.cassandraYaml": yaml}
    tokens = found(**changes)
    assert tokens["dc1"] == {
        "demo-dc1-rack1-sts-0": (-9223372036854775808, -4611686018427387905, -2, 4611686018427387901),
        "demo-dc1-rack2-sts-0": (-7686143364045646507, -3074457345618258604, 1537228672809129299, 6148914691236517202),
        "demo-dc1-rack3-sts-0": (-6148914691236517206, -1537228672809129303, 3074457345618258600, 7686143364045646503),
    }
    assert list(tokens["dc2"]) == [f"demo-dc2-rack{rack}-sts-{pod}" for rack, pod in ((1, 0), (2, 0), (3, 0), (1, 1), (2, 1))]
    assert tokens["dc2"]["demo-dc2-rack2-sts-1"][:2] == (-6996025810933462929, -4690182801719768979)


def test_no_more_pods_get_tokens_than_there_are() -> None:
    assert list(found(**{**ONE_EACH, "dc1.size": 2})["dc1"]) == ["demo-dc1-default-sts-0", "demo-dc1-default-sts-1"]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"dc1.config.cassandraYaml.num_tokens": 1},
        {**ONE_EACH, "dc2.config.cassandraYaml.num_tokens": 16},
        {"spec.cassandra.config.cassandraYaml.num_tokens": "few"},
        {"spec.cassandra.config.cassandraYaml.num_tokens": 1.5},
        {"spec.cassandra.config.cassandraYaml.num_tokens": True},
        {**ONE_EACH, "dc2.perNodeConfigMapRef": {"name": "mine"}},
        {**ONE_EACH, "dc2.config.cassandraYaml.partitioner": "RandomPartitioner"},
        {**ONE_EACH, "spec.cassandra.config.cassandraYaml.partitioner": "ByteOrderedPartitioner"},
        {**ONE_EACH, "spec.cassandra.config.cassandraYaml.partitioner": 1},
        {**ONE_EACH, "spec.cassandra.config.cassandraYaml.allocate_tokens_for_local_replication_factor": "all"},
    ],
)
def test_else_tokens_are_left_to_cassandra(changes: dict[str, Any]) -> None:
    assert found(**changes) == {}
