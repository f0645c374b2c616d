"""The sizes that we keep to: what outgrows them wants to be two things."""

from __future__ import annotations

import ast

import pytest

from tests.unit.drift import tree

FUNCTION, UTILITY, MODULE, TASKS, PLAYBOOK = 40, 250, 60, 60, 40
DOCUMENTATION = {"DOCUMENTATION", "EXAMPLES", "RETURN"}


def _length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines from the signature to the end, less the docstring's."""
    first = function.body[0]
    docstring = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)
    return function.end_lineno - function.lineno + 1 - (first.end_lineno - first.lineno + 1 if docstring else 0)


def _code_after_documentation(name: str) -> int:
    """Lines of a module below its documentation that are not blank."""
    documented = [
        node.end_lineno
        for node in tree.parsed(name).body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id in DOCUMENTATION
    ]
    return sum(1 for line in tree.text(name).splitlines()[max(documented, default=0) :] if line.strip())


def _lines(name: str) -> int:
    return len(tree.text(name).splitlines())


@pytest.mark.parametrize("folder", ["plugins", "tests"])
def test_functions_are_short(folder: str) -> None:
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    assert not [
        f"{name}:{node.lineno}: {node.name} has {_length(node)} lines"
        for name in tree.below(folder)
        for node in ast.walk(tree.parsed(name))
        if isinstance(node, functions) and _length(node) > FUNCTION
    ]


def test_utilities_are_short() -> None:
    assert not [f"{name}: {_lines(name)} lines" for name in tree.below("plugins/module_utils") if _lines(name) > UTILITY]


def test_modules_only_name_their_steps() -> None:
    long = {name: _code_after_documentation(name) for name in tree.below("plugins/modules")}
    assert not {name: lines for name, lines in long.items() if lines > MODULE}


YAML = [("roles/*/tasks/*.yml", TASKS), ("roles/*/handlers/*.yml", TASKS), ("playbooks/*.yml", PLAYBOOK)]


@pytest.mark.parametrize(("pattern", "limit"), YAML)
def test_yaml_is_short(pattern: str, limit: int) -> None:
    assert not [f"{name}: {_lines(name)} lines" for name in tree.matching(pattern) if _lines(name) > limit]
