# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an API server adds to a custom resource when it stores it.

Source: k8s.io/apiextensions-apiserver v0.34 `pkg/apiserver/schema/defaulting` (`Default`, `PruneNonNullableNullsWithoutDefaults`), and for
what it refuses `pkg/apiserver/validation`.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from ..errors import SpecError
from ..objects import Object
from ..shapes import join

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


def check_required(schema: Schema, value: Any, path: str) -> None:
    """Raise `SpecError` for the first field that a schema requires and that is not there.

    Args:
        schema: of the value.
        value: what `with_defaults` gave.
        path: the option that holds it.
    """
    if isinstance(value, Mapping):
        for name in schema.get("required") or ():
            if name not in value:
                raise SpecError(join(path, name), "is missing; the definition of K8ssandraClusters requires it")
        known: Mapping[str, Schema] = schema.get("properties") or {}
        free = schema.get("additionalProperties")
        for key, item in value.items():
            check_required(known.get(key, free if isinstance(free, Mapping) else {}), item, join(path, key))
    elif isinstance(value, (list, tuple)):
        for index, item in enumerate(value):
            check_required(schema.get("items") or {}, item, f"{path}[{index}]")


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
