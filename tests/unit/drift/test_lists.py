"""What exists is listed wherever it must be, and what is listed exists."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.unit.drift import tree

COLLECTION = "k8ssandra.operator"


def _runtime() -> dict[str, Any]:
    return tree.loaded("meta/runtime.yml")


def _group() -> set[str]:
    return {entry for entry in _runtime()["action_groups"]["k8ssandra"] if isinstance(entry, str)}


def _text_of(*patterns: str) -> str:
    return "\n".join(tree.text(name) for name in tree.matching(*patterns))


def test_the_action_group_holds_every_module_and_nothing_else() -> None:
    assert _group() == set(tree.modules())


def test_action_plugins_and_modules_have_the_same_names() -> None:
    actions = {name.rpartition("/")[2].removesuffix(".py") for name in tree.below("plugins/action")}
    assert actions == set(tree.modules())


@pytest.mark.parametrize("module", tree.modules())
def test_module_has_an_integration_test(module: str) -> None:
    assert tree.matching(f"tests/integration/test_{module}.py", f"tests/integration/targets/{module}/tasks/main.yml")


def test_redirects_lead_to_modules() -> None:
    routes = [route for kind in _runtime()["plugin_routing"].values() for route in kind.values()]
    assert {route["redirect"].removeprefix(f"{COLLECTION}.") for route in routes} <= _group()


@pytest.mark.parametrize("playbook", tree.playbooks())
def test_playbook_is_run_by_a_scenario_or_a_lab_test(playbook: str) -> None:
    runs = _text_of("extensions/molecule/*/*.yml", "tests/integration/*.py", "tests/integration/targets/*/tasks/*.yml", "tests/lab/*.py")
    assert re.search(rf"\b{re.escape(COLLECTION)}\.{playbook}\b|\bplaybooks/{playbook}\.yml\b", runs)


def test_readme_lists_what_there_is() -> None:
    readme = tree.text("README.md")
    there = {"module": tree.modules(), "role": tree.roles(), "playbook": tree.playbooks()}
    assert not [f"{kind} {name}" for kind, names in there.items() for name in names if not re.search(rf"\b{name}\b", readme)]


def test_documents_name_only_what_there_is() -> None:
    there = {*tree.modules(), *tree.roles(), *tree.playbooks(), *_runtime()["plugin_routing"]["modules"], "k8ssandra"}
    named = {
        (name, found)
        for name in ["README.md", *tree.below("docs", ".md"), *tree.below("docs", ".rst"), *tree.matching("roles/*/README.md")]
        for found in re.findall(rf"\b{re.escape(COLLECTION)}\.(\w+)", tree.text(name))
    }
    assert not sorted(f"{name}: {COLLECTION}.{found}" for name, found in named if found not in there)


def _told_variables() -> set[str]:
    """The collection-wide variables that a user can find: as a key in the example, if only commented, or by name in a page."""
    keys = re.findall(r"^(?:# )?(k8ssandra_\w+):", _text_of("inventories/two_planes/group_vars/*.yml"), re.MULTILINE)
    # What only the architecture names, no user finds.
    pages = ["README.md", *(name for name in tree.below("docs", ".md") if name != "docs/architecture.md")]
    return {*keys, *(found for name in pages for found in re.findall(r"\bk8ssandra_\w+", tree.text(name)))}


def test_every_variable_that_a_role_or_playbook_reads_is_told_to_users() -> None:
    readers = tree.matching("roles/*/defaults/main.yml", "playbooks/*.yml")
    told = _told_variables()
    read = {(found, name) for name in readers for found in re.findall(r"\bk8ssandra_\w+", tree.text(name))}
    untold = sorted(f"{found}, read in {name}" for found, name in read if found not in told)
    assert not untold, "\n".join(untold)
