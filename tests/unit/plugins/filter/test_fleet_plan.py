"""The filter `fleet_plan`: registered results to one plan."""

from __future__ import annotations

from typing import Any

from plugins.filter.fleet_plan import FilterModule, fleet_plan

STEP = {"context": "hub", "verb": "create", "object": "Namespace demo", "why": "is not there", "digest": "5f0c2a9112"}
HOSTVARS: dict[str, dict[str, Any]] = {"hub": {"one": {"plan": [STEP]}, "two": {"skipped": True}}, "east": {"one": {"plan": []}}, "west": {}}


def test_what_was_registered_becomes_one_plan() -> None:
    plan = fleet_plan(["hub", "east", "west"], HOSTVARS, ["one", "two", "three"])
    assert plan["lines"][0] == "1 step in hub, east"
    assert plan["lines"][-1] == "hub: create Namespace demo (is not there) #5f0c2a91"
    assert (plan["contexts"], plan["left_out"], len(plan["digest"])) == (["hub", "east"], ["west"], 64)


def test_it_is_compared_with_the_approved_lines() -> None:
    plan = fleet_plan(["hub", "east"], HOSTVARS, ["one"], approved=["nothing to do in hub, east"])
    assert plan["difference"][:2] == ["- nothing to do in hub, east", "+ 1 step in hub, east"]


def test_ansible_finds_it() -> None:
    assert FilterModule().filters() == {"fleet_plan": fleet_plan}
