# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an API server adds to a custom resource when it stores it.

Source: k8s.io/apiextensions-apiserver v0.34 `pkg/apiserver/schema/defaulting` (`Default`, `PruneNonNullableNullsWithoutDefaults`).
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from ..errors import SpecError
from ..objects import Object

Schema = Mapping[str, Any]


def schema_of(crd: Object) -> Schema:
    """The schema of the version that a CustomResourceDefinition stores. Raises `SpecError` when it serves none with a schema."""
    for version in crd["spec"]["versions"]:
        if version.get("storage") and version.get("served"):
            schema: Schema | None = (version.get("schema") or {}).get("openAPIV3Schema")
            if schema is not None:
                return schema
    raise SpecError("crd.spec.versions", "none is served and stored with a schema; use the definitions of the operator's release")


def with_defaults(schema: Schema, body: Object) -> dict[str, Any]:
    """A copy of `body` with the defaults of its schema, and without nulls in fields that may not be null."""
    filled: dict[str, Any] = _filled(schema, body)
    return filled


def _filled(schema: Schema, value: Any) -> Any:
    if isinstance(value, Mapping):
        return _filled_mapping(schema, value)
    if isinstance(value, (list, tuple)):
        items = schema.get("items") or {}
        return [_filled(items, items.get("default") if _is_unwanted(items, item) else item) for item in value]
    return copy.deepcopy(value)


def _filled_mapping(schema: Schema, value: Object) -> dict[str, Any]:
    known: Mapping[str, Schema] = schema.get("properties") or {}
    free = schema.get("additionalProperties")
    others: Schema | None = free if isinstance(free, Mapping) else None
    result = {}
    for key, item in value.items():
        inner = known.get(key, others)
        if inner is None:
            result[key] = copy.deepcopy(item)
        elif not _is_unwanted(inner, item):
            result[key] = _filled(inner, item)
        elif "default" in inner:
            result[key] = _filled(inner, inner["default"])
    for key, inner in known.items():
        if key not in value and "default" in inner:
            result[key] = _filled(inner, inner["default"])
    return result


def _is_unwanted(schema: Schema, value: Any) -> bool:
    return value is None and bool(schema) and not schema.get("nullable")
