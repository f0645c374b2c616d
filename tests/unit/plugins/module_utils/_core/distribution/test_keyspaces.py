# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""In how many copies keyspaces are held, and where a new datacenter gets its data from."""

from __future__ import annotations

from typing import Any

import pytest

from plugins.module_utils._core.distribution.keyspaces import (
    SYSTEM,
    added_copies,
    is_agreed,
    is_replicated,
    joined_copies,
    rebuild_source,
    rebuild_task,
    settings_of,
    system_replications,
    with_staying,
)
from plugins.module_utils._core.errors import SpecError
from tests.unit import build
from tests.unit.plugins.module_utils._core.definitions import good

NTS = "org.apache.cassandra.locator.NetworkTopologyStrategy"
REPLICATIONS: dict[str, tuple[dict[str, Any], set[str], dict[str, int]]] = {
    "three copies at most": ({"dc1.size": 5}, {"dc1"}, {"dc1": 3}),
    "as many copies as nodes": ({"dc1.size": 2}, {"dc1"}, {"dc1": 2}),
    "all that have been up": ({}, {"dc1", "dc2"}, {"dc1": 3, "dc2": 3}),
    "Cassandra's own names": ({"dc1.datacenterName": "DC One"}, {"dc1"}, {"DC One": 3}),
    "datacenters that nobody of ours manages": ({"spec.externalDatacenters": ["old"]}, {"dc1"}, {"dc1": 3, "old": 3}),
    "none": ({}, set(), {}),
}


@pytest.mark.parametrize("case", REPLICATIONS)
def test_system_keyspaces_have(case: str) -> None:
    changes, initialized, wanted = REPLICATIONS[case]
    assert system_replications(good(**changes), initialized) == dict.fromkeys(SYSTEM, wanted)


def test_dse_and_reaper_have_keyspaces_besides() -> None:
    assert len(system_replications(good(**{"spec.cassandra.serverType": "dse"}), {"dc1"})) == 6
    assert "reaper_db" in system_replications(good(**{"spec.reaper": {}}), {"dc1"})
    assert "reaper_db" not in system_replications(good(**{"spec.reaper": {"reaperRef": {"name": "r"}}}), {"dc1"})


SAME = {
    "the same": ({"class": NTS, "dc1": "1"}, True),
    "another class": ({"class": "SimpleStrategy", "dc1": "1"}, False),
    "another number": ({"class": NTS, "dc1": "2"}, False),
    "one more": ({"class": NTS, "dc1": "1", "dc2": "1"}, False),
    "nothing": ({}, False),
}


@pytest.mark.parametrize("case", SAME)
def test_a_replication_is_told_from(case: str) -> None:
    found, same = SAME[case]
    assert is_replicated(found, {"dc1": 1}) is same


def test_a_datacenter_that_stays_keeps_its_copies_and_one_that_goes_does_not() -> None:
    assert with_staying({"class": NTS, "dc1": "1", "dc2": "2", "gone": "3"}, {"dc1": 3}, {"dc1", "dc2", "dc3"}) == {"dc1": 3, "dc2": 2}
    assert with_staying({"class": "SimpleStrategy", "replication_factor": "1"}, {"dc1": 3}, {"dc1"}) == {"dc1": 3}


def test_the_management_api_is_sent_text() -> None:
    settings = [{"dc_name": "dc1", "replication_factor": "3"}]
    assert settings_of("shop", {"dc1": 3}) == {"keyspace_name": "shop", "replication_settings": settings}


@pytest.mark.parametrize(("versions", "agreed"), [({"a": []}, True), ({"a": [], "UNREACHABLE": []}, True), ({"a": [], "b": []}, False), ({}, False)])
def test_nodes_that_cannot_be_reached_do_not_disagree(versions: dict[str, Any], agreed: bool) -> None:
    assert is_agreed(versions) is agreed


def _replicating(text: str) -> dict[str, Any]:
    return good(**{"metadata.annotations": {"k8ssandra.io/dc-replication": text}})


def test_users_keyspaces_go_where_the_annotation_says() -> None:
    definition = _replicating('{"dc2": {"shop": 3, "old": 0}, "dc3": {"shop": 1, "old": 1}}')
    assert added_copies(definition, "dc2", ["shop", "old", "system_auth", "system"]) == {"shop": 3}
    assert added_copies(good(), "dc2", ["shop"]) == {}


@pytest.mark.parametrize("text", ['{"dc2": {"shop": 3}}', "no json", '{"dc2": 3}', '{"dc2": {"shop": -1, "old": 1}}', '{"dc2": {"shop": "3", "old": 1}}'])
def test_an_annotation_that_is_wrong_or_leaves_a_keyspace_out_is_refused(text: str) -> None:
    with pytest.raises(SpecError, match="dc-replication"):
        added_copies(_replicating(text), "dc2", ["shop", "old"])


@pytest.mark.parametrize(
    ("found", "wanted"),
    [
        ({"class": NTS, "dc1": "3", "dc9": "0"}, {"dc1": 3, "dc9": 0, "dc2": 2}),
        ({"class": NTS, "dc1": "3", "dc2": "1"}, {"dc1": 3, "dc2": 2}),
        ({"class": NTS, "dc1": "3/1", "dc2": "2"}, {}),
        ({"class": "org.apache.cassandra.locator.LocalStrategy"}, {}),
        ({"class": "org.apache.cassandra.locator.EverywhereStrategy"}, {}),
    ],
    ids=["one more", "another number", "what it has already", "of each node", "on every node"],
)
def test_a_keyspace_gets_a_datacenter_more_and_keeps_the_others(found: dict[str, str], wanted: dict[str, int]) -> None:
    assert joined_copies("shop", found, "dc2", 2, ["dc1"]) == wanted


UNPLAIN = {
    "SimpleStrategy": ({"class": "SimpleStrategy", "replication_factor": "3"}, "'NetworkTopologyStrategy', 'dc1': 3}, repair"),
    "transient copies": ({"class": NTS, "dc1": "3/1"}, "'NetworkTopologyStrategy', 'dc1': '3/1', 'dc2': 2}, and rebuild"),
    "somebody's own": ({"class": "com.example.Own"}, "keyspace shop in dc2, and it has Own ()"),
    "nothing": ({}, "it has no class"),
}


@pytest.mark.parametrize("case", UNPLAIN)
def test_a_replication_that_is_no_plain_map_of_datacenters_is_not_taken_for_one(case: str) -> None:
    found, words = UNPLAIN[case]
    with pytest.raises(SpecError) as refused:
        joined_copies("shop", found, "dc2", 2, ["dc1"])
    assert words in str(refused.value)


def test_a_new_datacenter_gets_its_data_from_the_first_other_one_that_is_ready() -> None:
    assert rebuild_source(good(), "dc2", {"dc1", "dc2"}) == "dc1"
    assert rebuild_source(good(**{"dc2.datacenterName": "x"}), "dc1", {"dc1", "dc2"}) == "x"
    named = good(**{"metadata.annotations": {"k8ssandra.io/rebuild-src-dc": "dc3"}})
    for definition, ready in ((named, {"dc1"}), (good(), {"dc2"})):
        with pytest.raises(SpecError, match="ready"):
            rebuild_source(definition, "dc2", ready)


def test_the_task_counts_the_nodes_that_have_to_be_rebuilt() -> None:
    task = rebuild_task(build.datacenter("dc2", size=3), "dc1")
    assert task["metadata"]["labels"] == {"k8ssandra.io/rebuild-nodes": "3"}
    assert task["spec"]["jobs"] == [{"name": "dc2-rebuild", "command": "rebuild", "args": {"source_datacenter": "dc1"}}]
