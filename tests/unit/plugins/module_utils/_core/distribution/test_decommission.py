# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who leaves a cluster, and which keyspaces keep a datacenter."""

from __future__ import annotations

from typing import Any

import pytest

from plugins.module_utils._core.distribution.decommission import (
    advice,
    copies_there,
    has_nodes,
    leaving_entries,
    leaving_templates,
    moves_tokens,
    remains_of,
    with_entries,
)
from plugins.module_utils._core.distribution.observation import Observation
from plugins.module_utils._core.distribution.ownership import recorded
from tests.unit import build
from tests.unit.plugins.module_utils._core.definitions import good

KEPT = recorded(good(**{"dc1.k8sContext": "east", "dc2.k8sContext": "west"}), "hub")
NAMESPACE = KEPT["metadata"]["namespace"]
DC1, DC2 = KEPT["spec"]["cassandra"]["datacenters"]
LESS = with_entries(KEPT, [DC2], alone=True)
PLACES = {name: (context, NAMESPACE, name) for name, context in (("dc1", "east"), ("dc2", "west"))}


@pytest.mark.parametrize(
    ("known", "begun", "wanted", "expected"),
    [
        (KEPT, [], ["dc1", "dc2"], []),
        (KEPT, [], ["dc2"], [DC1]),
        (LESS, [DC1], ["dc2"], [DC1]),
        (LESS, [DC1], ["dc1", "dc2"], []),
        (None, [], ["dc1"], []),
    ],
    ids=["nobody", "one that is left out", "one whose removal began", "one that comes back", "nobody without a record"],
)
def test_those_leave_that_are_not_wanted_any_more(known: Any, begun: list[Any], wanted: list[str], expected: list[Any]) -> None:
    assert list(leaving_entries(known, begun, {PLACES[name] for name in wanted})) == expected


def test_one_that_is_wanted_elsewhere_has_not_left_but_moved() -> None:
    assert leaving_entries(KEPT, [], {("north", NAMESPACE, "dc1"), PLACES["dc2"]}) == ()


@pytest.mark.parametrize(
    ("keyspace", "told", "held"),
    [
        ("kept", {"class": "NTS", "dc1": "1"}, True),
        ("kept", {"class": "NTS", "dc1": "3/1", "dc2": "1"}, True),
        ("kept", {"class": "NTS", "dc1": "0", "dc2": "1"}, False),
        ("kept", {"class": "NTS", "dc2": "1"}, False),
        ("kept", {"class": "SimpleStrategy", "replication_factor": "1"}, False),
        ("system_auth", {"class": "NTS", "dc1": "1", "dc2": "1"}, False),
        ("reaper_db", {"class": "NTS", "dc1": "1"}, True),
    ],
)
def test_a_keyspace_of_users_with_copies_there_keeps_a_datacenter(keyspace: str, told: dict[str, str], held: bool) -> None:
    assert bool(copies_there(good(), "dc1", {keyspace: told})) is held


def test_reapers_keyspace_is_the_clusters_own_while_reaper_is_wanted() -> None:
    assert not copies_there(good(**{"spec.reaper": {}}), "dc1", {"reaper_db": {"class": "NTS", "dc1": "1"}})


@pytest.mark.parametrize(
    ("tokens", "leaves", "expected"),
    [(16, "dc1", ()), (8, "dc1", ("dc2",)), (8, "dc2", ())],
    ids=["with many tokens nobody moves", "with few those after it move", "with few the last one moves nobody"],
)
def test_tokens_go_by_the_place_among_all_where_they_are_few(tokens: int, leaves: str, expected: tuple[str, ...]) -> None:
    definition = good(**{"spec.cassandra.config": {"cassandraYaml": {"num_tokens": tokens}}})
    entries = definition["spec"]["cassandra"]["datacenters"]
    leaving = [entry for entry in entries if entry["metadata"]["name"] == leaves]
    rest = {**definition["spec"]["cassandra"], "datacenters": [entry for entry in entries if entry not in leaving]}
    after = {**definition, "spec": {**definition["spec"], "cassandra": rest}}
    assert moves_tokens(after, leaving, ["dc1", "dc2"]) == expected


def test_each_keyspace_gets_its_statement() -> None:
    held = {"b": {"class": "NTS", "dc1": "1", "dc2": "2", "dc3": "0"}, "a": {"class": "NTS", "dc1": "1"}}
    told = advice("dc1", held).split("; ")
    assert told[0].startswith("a has no copy anywhere else")
    assert told[1] == "ALTER KEYSPACE b WITH replication = {'class': 'NetworkTopologyStrategy', 'dc2': 2}"


@pytest.mark.parametrize(
    ("status", "pods", "expected"),
    [
        ({}, [], False),
        ({"conditions": build.conditions(Initialized=True)}, [], True),
        ({"nodeStatuses": {"pod": {"hostID": "1"}}}, [], True),
        ({}, [build.pod("dc1", status={"containerStatuses": [{"name": "cassandra", "ready": True}]})], True),
        ({}, [build.pod("dc1", up=False)], False),
    ],
)
def test_nodes_that_were_up_once_have_to_leave(status: dict[str, Any], pods: list[Any], expected: bool) -> None:
    assert has_nodes({"status": status}, pods) is expected


def test_what_is_its_own_is_named_by_what_cassandra_calls_it() -> None:
    (template,) = leaving_templates(good(), [{**DC1, "datacenterName": "Real One"}])
    names = [ref.name for ref in remains_of(good(), template, Observation())]
    assert "demo-realone-metrics-agent-config" in names
    assert {ref.namespace for ref in remains_of(good(), template, Observation())} == {NAMESPACE}
