"""Roles say the same twice: in `defaults/main.yml` for people, in `meta/argument_specs.yml` for Ansible."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.drift import tree


def _defaults(role: str) -> dict[str, Any]:
    return tree.loaded(f"roles/{role}/defaults/main.yml") or {}


def _options(role: str) -> dict[str, Any]:
    return tree.loaded(f"roles/{role}/meta/argument_specs.yml")["argument_specs"]["main"].get("options") or {}


@pytest.mark.parametrize("role", tree.roles())
def test_every_default_is_specified_and_every_optional_option_has_a_default(role: str) -> None:
    assert set(_defaults(role)) == {name for name, option in _options(role).items() if not option.get("required")}


@pytest.mark.parametrize("role", tree.roles())
def test_a_default_said_twice_is_the_same(role: str) -> None:
    said = {name: option["default"] for name, option in _options(role).items() if "default" in option}
    assert said == {name: _defaults(role).get(name) for name in said}


@pytest.mark.parametrize("role", tree.roles())
def test_variables_carry_the_name_of_their_role(role: str) -> None:
    assert not [name for name in _options(role) if not name.startswith(f"{role}_")]


@pytest.mark.parametrize("role", tree.roles())
def test_a_role_has_a_readme(role: str) -> None:
    assert tree.text(f"roles/{role}/README.md").startswith("# ")
