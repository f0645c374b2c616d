# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`k8ssandra_cluster` as the control plane, when a datacenter joins: the keyspaces of users, and what is refused before it is made."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.unit.plugins.module_utils._module.direct_fleet import NTS, RECORD, Fleet, datacenter_ref

SIMPLE = {"class": "org.apache.cassandra.locator.SimpleStrategy", "replication_factor": "3"}
TRANSIENT = {"class": NTS, "dc1": "3/1"}
ASKED = {"annotations": {"k8ssandra.io/dc-replication": json.dumps({"dc2": {"app": 1}})}}


def contexts(**options: Any) -> dict[str, Any]:
    """dc1 in east, and dc2 in west with these options."""
    return {"contexts": [_context("east", "dc1"), _context("west", "dc2", **options)]}


def _context(name: str, datacenter: str, **options: Any) -> dict[str, Any]:
    return {"name": name, "datacenters": [{"metadata": {"name": datacenter}, "size": 1, **options}]}


@pytest.fixture
def fleet(monkeypatch: pytest.MonkeyPatch) -> Fleet:
    """dc1 with a keyspace of a user's; dc2 joins with the next run that wants it."""
    found = Fleet(monkeypatch)
    found.keyspaces["app"] = {"class": NTS, "dc1": "3"}
    found.deploy(contexts=[_context("east", "dc1"), {"name": "west"}])
    return found


def test_a_datacenter_that_joins_gets_the_keyspaces_that_the_annotation_names(fleet: Fleet) -> None:
    fleet.succeed(**ASKED)
    assert fleet.keyspaces["app"] == {"class": NTS, "dc1": "3", "dc2": "1"}


@pytest.mark.parametrize("found", [SIMPLE, TRANSIENT], ids=["SimpleStrategy", "transient"])
@pytest.mark.parametrize("check_mode", [True, False])
def test_a_keyspace_that_would_lose_copies_is_refused_before_the_datacenter_is_made(fleet: Fleet, found: dict[str, str], *, check_mode: bool) -> None:
    fleet.keyspaces["app"] = found
    assert "wants copies of keyspace app in dc2, and it has" in fleet.run(**ASKED, check_mode=check_mode)["msg"]
    assert not fleet.writes


def test_a_keyspace_that_changed_meanwhile_is_left_as_it_is(fleet: Fleet) -> None:
    comes_up = fleet.west.react

    def react(verb: str, on: Any) -> None:
        comes_up(verb, on)
        if on == datacenter_ref("dc2"):
            fleet.keyspaces["app"] = SIMPLE

    fleet.west.react = react
    assert "'NetworkTopologyStrategy', 'dc1': 3}" in fleet.run(**ASKED)["msg"]
    assert fleet.keyspaces["app"] == SIMPLE


def test_where_no_node_answers_the_run_asks_again_before_it_alters(fleet: Fleet) -> None:
    answers, comes_up = fleet.east.answers, fleet.west.react
    fleet.east.answers = {path: answer for path, answer in answers.items() if "/proxy/" not in path}

    def react(verb: str, on: Any) -> None:
        fleet.east.answers = answers
        comes_up(verb, on)

    fleet.west.react = react
    fleet.succeed(**ASKED)
    assert fleet.keyspaces["app"] == {"class": NTS, "dc1": "3", "dc2": "1"}


def test_a_datacenter_is_not_stopped_before_it_has_its_data(fleet: Fleet) -> None:
    fleet.rebuilt = {}
    fleet.succeed(wait=False)
    fleet.forget_calls()
    assert "dc2 has not got the data that was there before it" in fleet.run(**contexts(stopped=True))["msg"]
    assert not fleet.writes
    assert fleet.west.objects[RECORD]["data"]["joining"] == "dc2"


def test_nor_does_a_new_cluster_come_with_one_that_is_stopped_and_has_no_data(monkeypatch: pytest.MonkeyPatch) -> None:
    fleet = Fleet(monkeypatch)
    assert "has not got the data" in fleet.run(**contexts(stopped=True))["msg"]
    assert not fleet.writes


def test_one_that_has_its_data_may_be_stopped_and_started(fleet: Fleet) -> None:
    fleet.deploy()
    for options in (contexts(stopped=True), contexts()):
        assert fleet.succeed(**options)["cluster"]["ready"]
        assert fleet.run(**options)["plan"] == []
