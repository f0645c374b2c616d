"""The law of imports, name by name; `.importlinter` holds the layers."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest

from tests.unit.drift import tree

VALUES = frozenset(
    "__future__ base64 collections contextlib copy dataclasses datetime decimal difflib enum fractions functools gzip hashlib ipaddress"
    " itertools json math operator re string textwrap types typing".split()
)


def _is_value_library(name: str) -> bool:
    return name.partition(".")[0] in VALUES


def _is_standard(name: str) -> bool:
    return name.partition(".")[0] in sys.stdlib_module_names


def _is_standard_or(*more: str) -> Callable[[str], bool]:
    return lambda name: _is_standard(name) or any(name == root or name.startswith(f"{root}.") for root in more)


# What each layer may import from outside `plugins`. Imports among ourselves are relative, and `.importlinter` judges those.
LAW: dict[str, Callable[[str], bool]] = {
    "plugins/module_utils/_core": _is_value_library,
    "plugins/module_utils/_kube": _is_standard_or("kubernetes", "urllib3"),
    "plugins/module_utils/_module": _is_standard_or("ansible.module_utils", "yaml"),
    "plugins/modules": lambda name: name == "__future__",
    "plugins/plugin_utils": _is_standard_or("ansible"),
    "plugins/action": lambda name: name == "__future__",
    "plugins/filter": _is_standard_or("ansible.errors"),
    "plugins/doc_fragments": lambda name: name == "__future__",
}


@pytest.mark.parametrize("layer", LAW)
def test_layer_takes_only_what_its_law_allows(layer: str) -> None:
    wrong = [
        f"{name}:{line}: {imported}"
        for name in tree.below(layer)
        for line, imported in tree.imports(name)
        if not imported.startswith(".") and not LAW[layer](imported)
    ]
    assert not wrong


def test_imports_among_ourselves_are_relative() -> None:
    ours = ("plugins", "ansible_collections.k8ssandra")
    wrong = [
        f"{name}:{line}: {imported}" for name in tree.below("plugins") for line, imported in tree.imports(name) if imported.startswith(ours)
    ]
    assert not wrong


def test_nothing_under_plugins_is_outside_the_law() -> None:
    assert not [name for name in tree.below("plugins") if not name.startswith(tuple(f"{layer}/" for layer in LAW))]


def test_lab_knows_nothing_of_our_plugins() -> None:
    ours = ("plugins", "ansible_collections", "tests.unit")
    wrong = [
        f"{name}:{line}: {imported}"
        for name in tree.below("tests/lab")
        for line, imported in tree.imports(name)
        if imported.startswith(ours)
    ]
    assert not wrong
