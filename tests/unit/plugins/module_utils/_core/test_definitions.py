"""Definitions of kinds, compared by the fields that they allow."""

from __future__ import annotations

from typing import Any

import pytest

from plugins.module_utils._core.definitions import is_used, removed_fields, removed_versions, unlike, unserved_versions, written
from tests.unit import build

TEXT = {"type": "string"}


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


@pytest.mark.parametrize(
    ("before", "after", "gone"),
    [
        pytest.param(_object(a=TEXT), _object(a=TEXT, b=TEXT), [], id="a new field"),
        pytest.param(_object(a=TEXT, b=TEXT), _object(b=TEXT), ["spec.a"], id="a field"),
        pytest.param(_object(a=_object(b=TEXT, c=TEXT)), _object(a=_object(c=TEXT)), ["spec.a.b"], id="a field of a field"),
        pytest.param(_object(a=_object(b=TEXT)), _object(), ["spec.a"], id="the outermost alone"),
        pytest.param(_object(a=_list(_object(b=TEXT))), _object(a=_list(_object())), ["spec.a[].b"], id="of the elements of a list"),
        pytest.param(
            _object(a={"additionalProperties": _object(b=TEXT)}), _object(a={"additionalProperties": _object()}), ["spec.a{}.b"],
            id="of the values of a mapping",
        ),
        pytest.param(_object(a=TEXT), {"x-kubernetes-preserve-unknown-fields": True}, [], id="where anything goes, nothing is gone"),
        pytest.param(
            _object(a=TEXT, b=TEXT), {**_object(b=TEXT), "x-kubernetes-preserve-unknown-fields": True}, ["spec.a"],
            id="where unknown fields are kept, the operator has forgotten one all the same",
        ),
        pytest.param(_object(a=TEXT), {"additionalProperties": TEXT}, [], id="nor where keys are free"),
    ],
)  # fmt: skip
def test_fields_that_the_wanted_definition_lacks(before: dict[str, Any], after: dict[str, Any], gone: list[str]) -> None:
    paths = removed_fields(build.definition("Widget", spec=before), build.definition("Widget", spec=after))
    assert [written(path) for path in paths] == gone


@pytest.mark.parametrize(
    ("path", "used"),
    [
        (("spec", "a", "[]", "b"), True),
        (("spec", "a", "[]", "c"), False),
        (("spec", "m", "{}", "x"), True),
        (("spec", "m", "x"), False),
        (("spec", "none"), False),
        (("spec", "absent"), False),
        (("spec", "a", "b"), False),
    ],
)
def test_whether_an_object_uses_a_field(path: tuple[str, ...], used: bool) -> None:
    assert is_used({"spec": {"a": [{}, {"b": 0}], "m": {"k": {"x": False}}, "none": None}}, path) is used


def test_versions_that_go() -> None:
    live = build.definition("Widget", versions=("v1alpha1", "v1"), stored=("v1alpha1", "v1"))
    wanted = build.definition("Widget", versions=("v1",))
    assert removed_versions(live, wanted) == ("v1alpha1",)
    assert unserved_versions(live) == ()
    assert unserved_versions({**wanted, "status": live["status"]}) == ("v1alpha1",)


def test_a_definition_that_is_not_what_was_applied_is_named_with_the_field() -> None:
    wanted = build.definition("Widget", spec=_object(a=TEXT, b=TEXT))
    live = build.definition("Widget", spec=_object(a=TEXT))
    name = wanted["metadata"]["name"]
    assert unlike([wanted], {name: wanted}) == ()
    assert unlike([wanted], {}) == (f"{name} is not there",)
    (said,) = unlike([wanted], {name: live})
    assert said.startswith(f"{name} differs in spec.versions.[v1].schema.openAPIV3Schema.properties.spec.properties.b")


def test_more_than_was_applied_is_no_difference() -> None:
    """Another field manager may own more: removing that is not ours."""
    wanted = build.definition("Widget", spec=_object(a=TEXT))
    live = build.definition("Widget", spec=_object(a=TEXT, b=TEXT))
    assert unlike([wanted], {wanted["metadata"]["name"]: live}) == ()
