# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is in a lost context, and what the others have to forget of it."""

from __future__ import annotations

import pytest

from plugins.module_utils._core.cluster import parse_cluster
from plugins.module_utils._core.distribution.lost import (
    check_lost,
    dead_nodes,
    entries_in,
    living_nodes,
    lost_names,
    remaining_copies,
    returned,
    told_loss,
    told_unaltered,
    without,
)
from plugins.module_utils._core.distribution.ownership import Record, recorded
from plugins.module_utils._core.distribution.ring import Endpoint
from plugins.module_utils._core.errors import SpecError
from tests.unit.plugins.module_utils._core.definitions import GONE, good

NTS = "org.apache.cassandra.locator.NetworkTopologyStrategy"
# dc1 in east, dc2 in west, as a record keeps it.
KNOWN = recorded(good(**{"dc1.k8sContext": "east", "dc2.k8sContext": "west", "dc2.datacenterName": "second"}), "hub")
WEST = entries_in([Record(KNOWN)], ["west"])
RENAMED = recorded(good(**{"dc1.k8sContext": "east", "dc2.k8sContext": "paris"}), "hub")
ALONE = without(Record(KNOWN), ["second"]).definition
SIMPLE = "org.apache.cassandra.locator.SimpleStrategy"


def test_a_lost_context_is_known_by_the_records_of_the_others() -> None:
    assert [entry["metadata"]["name"] for entry in WEST] == ["dc2"]
    assert [entry["metadata"]["name"] for entry in ALONE["spec"]["cassandra"]["datacenters"]] == ["dc1"]
    assert entries_in([], ["west"]) == entries_in([Record(KNOWN)], ["elsewhere"]) == ()


def test_a_datacenter_that_was_being_removed_is_lost_too() -> None:
    leaving = Record(ALONE, leaving=WEST)
    assert entries_in([leaving], ["west"]) == WEST
    assert without(leaving, ["second"]) == Record(ALONE)


def test_what_an_earlier_run_began_to_forget_is_forgotten_too() -> None:
    assert lost_names([Record(KNOWN, lost=("older",)), Record(KNOWN)], WEST) == ("older", "second")
    assert lost_names([Record(KNOWN)], ()) == ()


def test_the_last_datacenter_cannot_be_forgotten() -> None:
    with pytest.raises(SpecError, match="lost_contexts: names every context with a datacenter of"):
        check_lost(parse_cluster(ALONE), [without(Record(ALONE), ["dc1"])], WEST, ("second",))
    check_lost(parse_cluster(ALONE), [Record(ALONE)], WEST, ("second",))


def test_a_new_datacenter_does_not_get_the_name_of_one_that_is_being_forgotten() -> None:
    with pytest.raises(SpecError, match=r"datacenters\[1\].metadata.name: is second, which was lost"):
        check_lost(parse_cluster(KNOWN), [Record(KNOWN)], (), ("second",))


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ({"class": NTS, "dc1": "3", "dc2": "2"}, {"dc1": 3}),
        ({"class": NTS, "dc2": "2"}, {}),
        ({"class": NTS, "dc1": "3"}, None),
        ({"class": SIMPLE, "replication_factor": "1"}, None),
        ({"class": "org.apache.cassandra.locator.LocalStrategy"}, None),
        ({"class": NTS, "dc1": "3/1", "dc2": "2"}, None),
        ({"class": NTS, "dc1": "3", "dc2": "3/1"}, None),
        ({"class": NTS, "dc2": "3/1"}, {}),
    ],
)
def test_a_keyspace_keeps_the_copies_that_are_not_lost(found: dict[str, str], expected: dict[str, int] | None) -> None:
    assert remaining_copies(found, ["dc2"]) == expected


UNALTERED: dict[str, tuple[dict[str, str], str]] = {
    "altered by the run": ({"class": NTS, "dc1": "3", "dc2": "2"}, ""),
    "elsewhere alone": ({"class": NTS, "dc1": "3/1"}, ""),
    "local": ({"class": "org.apache.cassandra.locator.LocalStrategy"}, ""),
    "copies there alone": ({"class": NTS, "dc2": "2"}, "keyspace shop had copies only in dc2: its rows are lost"),
    "copies in no known place": ({"class": SIMPLE, "replication_factor": "2"}, "keyspace shop has SimpleStrategy, so that nobody knows"),
    "transient copies elsewhere": ({"class": NTS, "dc1": "3/1", "dc2": "2"}, "keyspace shop has transient copies"),
    "transient copies there": ({"class": NTS, "dc1": "3", "dc2": "3/1"}, "keyspace shop has transient copies"),
}


@pytest.mark.parametrize("what", UNALTERED)
def test_a_keyspace_that_no_run_alters_is_told_with_what_to_do(what: str) -> None:
    found, said = UNALTERED[what]
    told = told_unaltered("shop", found, ["dc2"])
    assert (said in told) if said else (told == "")


VIEWS = (
    (Endpoint("10.0.0.1", "dc1", True, "NORMAL"), Endpoint("10.0.0.2", "dc2", False, "NORMAL"), Endpoint("10.0.0.3", "dc2", False, "LEFT")),
    (Endpoint("10.0.0.3", "dc2", True, "NORMAL"), Endpoint("10.0.0.4", "dc3", False, "NORMAL")),
)


def test_a_node_is_dead_when_nobody_hears_of_it_and_leaves_when_anybody_still_counts_it() -> None:
    assert dead_nodes(VIEWS, ["dc2"]) == ("10.0.0.2", "10.0.0.3")
    assert living_nodes(VIEWS, ["dc2"]) == ("10.0.0.3",)
    assert living_nodes(VIEWS[:1], ["dc2"]) == ()


@pytest.mark.parametrize("datacenter", ["dc1", ""])
def test_an_address_at_which_another_node_lives_by_now_is_no_dead_node(datacenter: str) -> None:
    views = (*VIEWS[:1], (Endpoint("10.0.0.2", datacenter, True, "NORMAL"),))
    assert dead_nodes(views, ["dc2"]) == ()
    assert living_nodes(views, ["dc2"]) == ()


THERE = {"class": NTS, "second": "2"}


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ({"shop": THERE, "ledger": THERE}, "it holds dc2 (3 nodes) and the only copies of the keyspaces ledger, shop; run again when it answers"),
        ({"ledger": THERE, "shop": {"class": NTS, "second": "1", "dc1": "1"}}, "the only copies of the keyspace ledger;"),
        ({}, "the only copies of no keyspace;"),
        ({"old": {"class": SIMPLE, "replication_factor": "2"}}, "and rows of old, by SimpleStrategy, which may have no copy elsewhere; run again"),
        (None, "no other node answers that could tell which keyspaces have copies only there;"),
    ],
)
def test_a_context_that_does_not_answer_is_told_with_what_it_holds(found: dict[str, dict[str, str]] | None, said: str) -> None:
    told = told_loss("west", WEST, found)
    assert told.startswith("nothing was changed; it holds dc2 (3 nodes)")
    assert said in told
    assert "when it is gone for good, name it, lost_contexts: [west], and leave dc2 out of the definition; site does both with" in told


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        ({"east": Record(ALONE), "west": Record(KNOWN)}, True),
        ({"east": Record(ALONE)}, True),
        ({"east": Record(KNOWN), "west": Record(KNOWN)}, False),
        ({"west": Record(KNOWN)}, False),
        ({"east": Record(ALONE, leaving=WEST), "west": Record(KNOWN)}, False),
        ({"hub": Record(ALONE), "east": Record(KNOWN), "west": Record(KNOWN)}, False),
        # The context that was west is called paris now.
        ({"east": Record(RENAMED), "west": Record(RENAMED)}, False),
        ({}, False),
    ],
)
def test_a_datacenter_that_all_others_have_forgotten_does_not_come_back(records: dict[str, Record], expected: bool) -> None:
    assert bool(returned("west", "dc2", records)) is expected


def test_a_context_without_a_name_is_no_trouble() -> None:
    assert entries_in([Record(recorded(good(**{"dc1.k8sContext": GONE}), "hub"))], ["hub"])[0]["metadata"]["name"] == "dc1"
