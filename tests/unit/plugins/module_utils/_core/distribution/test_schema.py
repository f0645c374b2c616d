# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Defaults as an API server fills them in."""

from __future__ import annotations

from typing import Any

import pytest

from plugins.module_utils._core.distribution.schema import check_required, schema_of, with_defaults
from plugins.module_utils._core.errors import SpecError

SCHEMA = {
    "properties": {
        "auth": {"type": "boolean", "default": True},
        "free": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
        "image": {"type": "object", "properties": {"tag": {"type": "string", "default": "latest"}}},
        "list": {"type": "array", "items": {"type": "object", "properties": {"protocol": {"type": "string", "default": "TCP"}}}},
        "management": {
            "type": "object",
            "default": {"address": "all"},
            "properties": {"address": {"type": "string"}, "enabled": {"type": "boolean", "default": True}},
        },
        "maybe": {"type": "string", "nullable": True, "default": "none"},
        "named": {"type": "object", "additionalProperties": {"type": "object", "properties": {"rf": {"type": "integer", "default": 3}}}},
        "plain": {"type": "string"},
    }
}
ALWAYS = {"auth": True, "maybe": "none", "management": {"address": "all", "enabled": True}}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, {}),
        ({"auth": False}, {"auth": False}),
        ({"auth": None}, {}),
        ({"plain": None}, {}),
        ({"plain": ""}, {"plain": ""}),
        ({"maybe": None}, {"maybe": None}),
        ({"image": {}}, {"image": {"tag": "latest"}}),
        ({"management": {}}, {"management": {"enabled": True}}),
        ({"list": [{}, {"protocol": "UDP"}]}, {"list": [{"protocol": "TCP"}, {"protocol": "UDP"}]}),
        ({"named": {"a": {}, "b": None}}, {"named": {"a": {"rf": 3}}}),
        ({"free": {"a": None}, "unknown": {"a": None}}, {"free": {"a": None}, "unknown": {"a": None}}),
    ],
)
def test_defaults_fill_what_is_not_given(body: dict[str, Any], expected: dict[str, Any]) -> None:
    assert with_defaults(SCHEMA, body) == {**ALWAYS, **expected}


def test_what_is_given_stays_as_it_is() -> None:
    body = {"image": {}, "free": {"list": [1]}}
    filled = with_defaults(SCHEMA, body)
    filled["free"]["list"].append(2)
    filled["management"]["address"] = "none"
    assert body == {"image": {}, "free": {"list": [1]}}
    assert with_defaults(SCHEMA, body)["management"]["address"] == "all"


def test_schema_is_that_of_the_stored_version() -> None:
    old = {"name": "v1alpha1", "served": True, "storage": False, "schema": {"openAPIV3Schema": {}}}
    new = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": SCHEMA}}
    assert schema_of({"spec": {"versions": [old, new]}}) == SCHEMA


def test_a_definition_without_schemas_is_refused() -> None:
    with pytest.raises(SpecError, match="none is served and stored with a schema"):
        schema_of({"spec": {"versions": [{"name": "v1", "served": True, "storage": True}]}})


NAMED = {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}}
REQUIRING = {
    "properties": {
        "containers": {"type": "array", "items": NAMED},
        "free": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
        "nodes": {"type": "object", "additionalProperties": NAMED},
        "open": {"type": "object", "additionalProperties": True},
        "store": NAMED,
    }
}


@pytest.mark.parametrize(
    ("body", "missing"),
    [
        ({"containers": [{"name": "a"}, {"image": "b"}]}, r"spec.containers\[1\].name"),
        ({"nodes": {"a.b": {}}}, r'spec.nodes\["a.b"\].name'),
        ({"store": {"key": "k"}}, "spec.store.name"),
    ],
)
def test_what_a_schema_requires_is_asked_for_by_its_path(body: dict[str, Any], missing: str) -> None:
    with pytest.raises(SpecError, match=f"^{missing}: is missing; "):
        check_required(REQUIRING, body, "spec")


def test_what_is_there_or_free_or_in_nothing_is_not_asked_for() -> None:
    body = {"containers": [{"name": ""}], "free": {"containers": [{}]}, "nodes": {}, "open": {"a": {}}, "store": {"name": None}, "unknown": [{}]}
    check_required(REQUIRING, body, "spec")
