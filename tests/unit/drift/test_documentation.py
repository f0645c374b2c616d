"""What is documented is what the argument specs say: fragment by fragment, and example by example."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.module_utils import basic
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from tests.unit.drift import tree

ARGUMENT_SPECS = "plugins.module_utils._module.argspec"
SAID = ("required", "default", "elements", "choices", "aliases")
RULES = ("mutually_exclusive", "required_together", "required_one_of", "required_if", "required_by")
IN_PLACE_OF_A_TEMPLATE = {"list": [], "dict": {}, "int": 1, "bool": True, "float": 1.0}


class SpecSeen(Exception):
    """Raised in place of running a module: all that we want of it is its argument spec."""


def _shape(options: dict[str, Any]) -> dict[str, Any]:
    """What both a piece of documentation and a piece of argument spec say, options in order."""
    return {
        name: {
            "type": option.get("type", "str"),
            **{key: option[key] for key in SAID if option.get(key) not in (None, False, [])},
            "options": list(_shape(option.get("suboptions") or option.get("options") or {}).items()),
        }
        for name, option in options.items()
    }


def _documented(fragment: str) -> dict[str, Any]:
    text = tree.constant(f"plugins/doc_fragments/{fragment}.py", "DOCUMENTATION")
    return yaml.safe_load(text).get("options") or {}


def _fragments() -> list[str]:
    return [name for path in tree.below("plugins/doc_fragments") if _documented(name := Path(path).stem)]


@pytest.mark.parametrize("fragment", _fragments())
def test_fragment_documents_the_argument_spec_of_its_name(fragment: str) -> None:
    piece = getattr(importlib.import_module(ARGUMENT_SPECS), fragment.strip("_").upper())
    assert list(_shape(_documented(fragment)).items()) == list(_shape(piece).items())


def test_every_piece_of_argument_spec_has_a_fragment() -> None:
    found = vars(importlib.import_module(ARGUMENT_SPECS)).items()
    pieces = {name for name, value in found if name.isupper() and isinstance(value, dict)}
    assert pieces == {fragment.strip("_").upper() for fragment in _fragments()}


def _examples() -> list[tuple[str, dict[str, Any]]]:
    """Each task of each module's EXAMPLES, wherever in a play or block it stands."""
    found = []
    for module in tree.modules():
        examples = yaml.safe_load(tree.constant(f"plugins/modules/{module}.py", "EXAMPLES")) or []
        found += [(module, task) for task in _tasks(examples)]
    return found


def _tasks(entries: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for entry in entries:
        nested = [task for key in ("pre_tasks", "tasks", "post_tasks", "block", "rescue", "always") for task in entry.get(key) or []]
        yield from _tasks(nested) if nested else [entry]


def _argument_spec(module: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What a module gives to `AnsibleModule`."""

    def see(_self: basic.AnsibleModule, argument_spec: dict[str, Any], **more: Any) -> None:
        raise SpecSeen({"argument_spec": argument_spec, **{rule: more.get(rule) for rule in RULES}})

    monkeypatch.setattr(basic.AnsibleModule, "__init__", see)
    with pytest.raises(SpecSeen) as seen:
        importlib.import_module(f"plugins.modules.{module}").main()
    return seen.value.args[0]


def _without_templates(given: Any, options: dict[str, Any]) -> Any:
    """The options of a task with a value of the right type wherever the example has a template."""
    if not isinstance(given, dict):
        return given
    plain = {}
    for name, value in given.items():
        option = options.get(name, {})
        if isinstance(value, str) and "{{" in value:
            value = (option.get("choices") or [IN_PLACE_OF_A_TEMPLATE.get(option.get("type", "str"), "templated")])[0]
        elif isinstance(value, list):
            value = [_without_templates(item, option.get("options") or {}) for item in value]
        plain[name] = _without_templates(value, option.get("options") or {})
    return plain


@pytest.mark.parametrize(("module", "task"), [pytest.param(*row, id=f"{row[0]}-{row[1].get('name')}") for row in _examples()])
def test_example_is_accepted(module: str, task: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    action = f"k8ssandra.operator.{module}"
    if action not in task:
        assert any("." in key for key in task), f"{task} uses no module by its full name"
        return
    spec = _argument_spec(module, monkeypatch)
    given = _without_templates(task[action] or {}, spec["argument_spec"])
    assert not ArgumentSpecValidator(**spec).validate(given).error_messages


@pytest.mark.parametrize("module", tree.modules())
def test_module_has_examples(module: str) -> None:
    assert any(f"k8ssandra.operator.{module}" in task for name, task in _examples() if name == module)
