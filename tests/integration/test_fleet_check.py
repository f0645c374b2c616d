"""The module by itself: what it returns, and how it takes wrong options."""

from __future__ import annotations

from tests.integration.support.lab import CONTEXTS, Lab
from tests.integration.support.tasks import Task, Tasks


def test_checks_are_the_same_in_every_context_and_in_a_stable_order(lab: Lab, tasks: Tasks) -> None:
    options = {"contexts": [{"name": context} for context in CONTEXTS], "probe": False}
    first, again = tasks.run([Task("fleet_check", options), Task("fleet_check", options)])
    order = [(check["context"], check["check"]) for check in first["checks"]]
    assert order == [(check["context"], check["check"]) for check in again["checks"]]
    assert list(dict.fromkeys(context for context, _check in order)) == list(CONTEXTS)
    assert len({tuple(check for context, check in order if context == one) for one in CONTEXTS}) == 1
    assert first["changed"] is False


def test_a_wrong_option_fails_before_anything_is_asked(lab: Lab, tasks: Tasks) -> None:
    found = tasks.one("fleet_check", contexts=[{"name": "nowhere"}])
    assert found["failed"]
    assert "nowhere" in found["msg"]
    assert "findings" not in found
