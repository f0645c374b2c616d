"""The filter `steps`: a plan as lines."""

from __future__ import annotations

from typing import Any

import pytest

from plugins.filter.steps import FilterModule, steps

STEP = {"context": "hub", "verb": "create", "object": "Namespace demo", "why": "is not there"}
ROWS = [
    pytest.param([], [], id="nothing to do"),
    pytest.param([STEP], ["hub: create Namespace demo (is not there)"], id="a step"),
    pytest.param([{**STEP, "preview": "not previewed"}], ["hub: create Namespace demo (is not there; not previewed)"], id="a preview"),
]


@pytest.mark.parametrize(("plan", "lines"), ROWS)
def test_lines(plan: list[dict[str, Any]], lines: list[str]) -> None:
    assert steps(plan) == lines


def test_ansible_finds_it() -> None:
    assert FilterModule().filters() == {"steps": steps}
