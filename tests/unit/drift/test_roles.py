"""Roles say the same twice: in `defaults/main.yml` for people, in `meta/argument_specs.yml` for Ansible."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

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


def _writers() -> set[str]:
    """The modules that return a plan."""
    return {name for name in tree.modules() if "plan" in (yaml.safe_load(tree.constant(f"plugins/modules/{name}.py", "RETURN")) or {})}


def _registered_plans(role: str) -> list[str]:
    """Where a role keeps what its modules planned."""
    tasks = [task for name in tree.matching(f"roles/{role}/tasks/*.yml") for task in tree.loaded(name) or []]
    tasks += [inner for task in tasks for key in ("block", "rescue", "always") for inner in task.get(key) or []]
    actions = {f"k8ssandra.operator.{module}" for module in _writers()}
    return list(dict.fromkeys(task.get("register", f"nothing, in {task.get('name')}") for task in tasks if actions & set(task)))


def _plays_of(playbook: str) -> list[dict[str, Any]]:
    """The plays of a playbook and of those that it imports."""
    found: list[dict[str, Any]] = []
    for play in tree.loaded(f"playbooks/{playbook}"):
        imported = play.get("ansible.builtin.import_playbook")
        found += _plays_of(imported) if imported else [play]
    return found


def _roles_of_site() -> list[str]:
    entries = [entry for play in _plays_of("site.yml") for entry in play.get("roles") or []]
    named = [entry if isinstance(entry, str) else entry["role"] for entry in entries if isinstance(entry, str) or entry.get("tags") != "never"]
    return list(dict.fromkeys(name.rpartition(".")[2] for name in named))


def test_the_plan_that_is_approved_holds_what_every_role_of_site_would_do() -> None:
    planned = [name for role in _roles_of_site() for name in _registered_plans(role)]
    assert planned, "no role of site.yml plans anything"
    assert _defaults("propose_plan")["propose_plan_results"] == planned


def test_every_play_of_site_can_be_planned_only() -> None:
    assert all("__k8ssandra_plan_only" in str(play.get("check_mode")) for play in _plays_of("site.yml"))


def _roles_for_data_planes() -> set[str]:
    """The roles of plays over more hosts than the control plane's."""
    plays = [play for playbook in tree.playbooks() for play in _plays_of(f"{playbook}.yml") if "k8ssandra_group" in str(play.get("hosts"))]
    return {str(role).rpartition(".")[2] for play in plays for role in play.get("roles") or [] if isinstance(role, str)}


def test_no_default_that_each_data_plane_works_out_takes_the_variables_of_all() -> None:
    """A hundred times a hundred sets of variables: Ansible templates every specified variable of a role on every host, used or not."""
    assert not [f"{role}: {name}" for role in _roles_for_data_planes() for name, value in _defaults(role).items() if "hostvars" in str(value)]
