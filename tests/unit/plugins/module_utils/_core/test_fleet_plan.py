# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many plans as one value that is approved."""

from __future__ import annotations

from typing import Any

import pytest

from plugins.module_utils._core.fleet_plan import difference, gather

EVERYWHERE = ("hub", "east", "west")


def step(context: str, name: str = "Namespace demo", **more: Any) -> dict[str, Any]:
    return {"context": context, "verb": "create", "object": name, "why": "is not there", "digest": f"{name} in {context}", **more}


def planned(**steps: Any) -> dict[str, dict[str, Any]]:
    """A task's result in each context."""
    return {context: {"changed": True, "plan": list(each)} for context, each in steps.items()}


INSTALL = planned(hub=[step("hub")], east=[], west=[step("west")])
DEPLOY = planned(hub=[step("hub", "K8ssandraCluster demo", changes=["spec.size: 1 -> 2"])])
PLAN = gather([INSTALL, DEPLOY], EVERYWHERE)


def test_steps_are_in_the_order_of_the_run() -> None:
    assert [(each["context"], each["object"]) for each in PLAN.steps] == [
        ("hub", "Namespace demo"), ("west", "Namespace demo"), ("hub", "K8ssandraCluster demo")
    ]  # fmt: skip


def test_lines_say_all_to_a_person() -> None:
    assert PLAN.lines == (
        "3 steps in hub, east, west",
        "hub: create Namespace demo (is not there) #Namespac",
        "west: create Namespace demo (is not there) #Namespac",
        "hub: create K8ssandraCluster demo (is not there) #K8ssandr",
        "    spec.size: 1 -> 2",
    )


def test_a_plan_without_steps_says_so() -> None:
    assert gather([planned(hub=[], east=[])], ("hub", "east")).lines == ("nothing to do in hub, east",)


SAME = [
    pytest.param([INSTALL, DEPLOY], id="the same"),
    pytest.param([planned(hub=[step("hub", why="was lost", preview="not previewed")], east=[], west=[step("west")]), DEPLOY], id="another reason"),
    pytest.param([INSTALL, {"hub": {"skipped": True}}, DEPLOY], id="a task that was skipped"),
]
OTHER = [
    pytest.param([INSTALL], EVERYWHERE, id="a step less"),
    pytest.param([INSTALL, DEPLOY, DEPLOY], EVERYWHERE, id="a step more"),
    pytest.param([DEPLOY, INSTALL], EVERYWHERE, id="another order"),
    pytest.param([planned(hub=[step("hub", digest="other")], east=[], west=[step("west")]), DEPLOY], EVERYWHERE, id="other contents"),
    pytest.param([planned(hub=[step("hub")], west=[step("west")]), DEPLOY], EVERYWHERE, id="a context that was not planned"),
    pytest.param([{**INSTALL, "east": {"failed": True}}, DEPLOY], EVERYWHERE, id="a context that failed"),
]


@pytest.mark.parametrize("results", SAME)
def test_the_digest_is_that_of_what_is_done(results: list[Any]) -> None:
    assert gather(results, EVERYWHERE).digest == PLAN.digest


@pytest.mark.parametrize(("results", "contexts"), OTHER)
def test_the_digest_changes_with_any_step(results: list[Any], contexts: tuple[str, ...]) -> None:
    assert gather(results, contexts).digest != PLAN.digest


@pytest.mark.parametrize("east", [{}, {"east": {"failed": True, "plan": [step("east")]}}], ids=["never asked", "failed"])
def test_a_context_without_a_plan_is_named(east: dict[str, Any]) -> None:
    plan = gather([{"hub": {"plan": []}, **east}], ("hub", "east"))
    assert plan.left_out == ("east",)
    assert plan.lines[1] == "not in this plan, being left out or failed: east"


def test_the_difference_names_what_was_approved_and_what_would_be_done() -> None:
    now = gather([INSTALL, planned(hub=[step("hub", "Namespace other")])], EVERYWHERE)
    found = difference(PLAN.lines, now.lines)
    assert "- hub: create K8ssandraCluster demo (is not there) #K8ssandr" in found
    assert "+ hub: create Namespace other (is not there) #Namespac" in found
    assert not [line for line in found if "west" in line.split(":")[0]]


def test_no_difference_in_the_lines_is_explained() -> None:
    assert difference(PLAN.lines, PLAN.lines) == ("the lines are the same: the approval is of another version of this collection",)
