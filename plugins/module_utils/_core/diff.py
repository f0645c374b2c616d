# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What differs between the object we want and the one that is there, seen from our side only.

A field that the wish does not name is not ours and never differs, except one that we set earlier (the object's managed fields
say so) and want no longer.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from .objects import Object

FieldPath = tuple[str, ...]

# Groups whose types are Go structs: the API server leaves out their empty fields, so "empty" and "not there" are one.
# In custom resources they are two: `auth: false` is not the same as no `auth`.
_STRUCT_GROUPS = frozenset(
    ("", "apps", "batch", "policy", "discovery.k8s.io", "rbac.authorization.k8s.io", "apiextensions.k8s.io", "admissionregistration.k8s.io")
)
_QUANTITY = re.compile(r"^([+-]?[0-9.]+)([eE][+-]?[0-9]+|m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?$")
_SCALE = {
    "m": Decimal("0.001"), "k": Decimal(10**3), "M": Decimal(10**6), "G": Decimal(10**9), "T": Decimal(10**12), "P": Decimal(10**15),
    "E": Decimal(10**18), "Ki": Decimal(2**10), "Mi": Decimal(2**20), "Gi": Decimal(2**30), "Ti": Decimal(2**40), "Pi": Decimal(2**50),
    "Ei": Decimal(2**60),
}  # fmt: skip
_QUANTITY_FIELDS = frozenset(("requests", "limits", "hard", "capacity", "sizeLimit", "min", "max", "default", "defaultRequest"))
# What identifies the elements of a list; a datacenter of a K8ssandraCluster has its name in its metadata.
_LIST_KEYS = ("name", "metadata", "containerPort", "port", "mountPath", "topologyKey", "ip", "type")


@dataclass(frozen=True)
class Change:
    """One field: its path, what was found and what is wanted; None stands for "not there"."""

    path: FieldPath
    found: Any
    wanted: Any

    def __str__(self) -> str:
        return ".".join(self.path)


def changes(wanted: Object, found: Object, manager: str) -> tuple[Change, ...]:
    """What has to change in `found` so that it is as wanted.

    Args:
        wanted: the fields that are ours, as the API would get them.
        found: the live object, managed fields included.
        manager: the field manager under which we apply.
    """
    group = str(wanted.get("apiVersion", "")).rpartition("/")[0]
    differing = _compare(_without_identity(wanted), found, (), lenient=group in _STRUCT_GROUPS)
    return tuple(differing) + tuple(_given_up(wanted, found, manager))


def value_at(body: Any, path: FieldPath) -> Any:
    """The value at a change's path; None when it is not there."""
    for part in path:
        if isinstance(body, Mapping):
            body = body.get(part)
        elif isinstance(body, Sequence) and not isinstance(body, str):
            body = _element_at(body, part.strip("[]"))
        else:
            return None
    return body


def _element_at(elements: Sequence[Any], name: str) -> Any:
    for key in _LIST_KEYS:
        for element in elements:
            if isinstance(element, Mapping) and str(_identity(element, key)) == name:
                return element
    return elements[int(name)] if name.isdigit() and int(name) < len(elements) else None


def _without_identity(wanted: Object) -> Object:
    metadata = {key: value for key, value in wanted.get("metadata", {}).items() if key not in ("name", "namespace")}
    return {**{key: value for key, value in wanted.items() if key not in ("apiVersion", "kind", "metadata")}, "metadata": metadata}


def _compare(wanted: Any, found: Any, path: FieldPath, *, lenient: bool) -> Iterator[Change]:
    # An API server's structs have no 1 for true, so Python may compare whole trees: a definition's schema has thousands of fields.
    if lenient and wanted == found:
        return
    if isinstance(wanted, Mapping):
        if isinstance(found, Mapping):
            for key, value in wanted.items():
                yield from _compare(value, found.get(key), (*path, str(key)), lenient=lenient)
        elif wanted or not lenient or found is not None:
            yield Change(path, found, wanted)
    elif isinstance(wanted, Sequence) and not isinstance(wanted, str):
        yield from _compare_lists(wanted, found, path, lenient=lenient)
    elif not _same(wanted, found, path, lenient=lenient):
        yield Change(path, found, wanted)


def _compare_lists(wanted: Sequence[Any], found: Any, path: FieldPath, *, lenient: bool) -> Iterator[Change]:
    if not isinstance(found, Sequence) or isinstance(found, str):
        if not (lenient and not wanted and found is None):
            yield Change(path, found, wanted)
        return
    if path == ("metadata", "finalizers"):
        # A set in every kind: each controller adds its own.
        yield from (Change((*path, f"[{element}]"), None, element) for element in wanted if element not in found)
        return
    key = _list_key(wanted, found)
    if key:
        yield from _compare_elements(_by(key, wanted), _by(key, found), path, lenient=lenient)
    elif len(wanted) == len(found):
        for index, element in enumerate(wanted):
            yield from _compare(element, found[index], (*path, f"[{index}]"), lenient=lenient)
    else:
        yield Change(path, found, wanted)


def _compare_elements(wanted: Mapping[Any, Any], found: Mapping[Any, Any], path: FieldPath, *, lenient: bool) -> Iterator[Change]:
    """In Kubernetes' own kinds other managers may add elements; in custom resources a list is one value, order included."""
    for key, element in wanted.items():
        yield from _compare(element, found.get(key), (*path, f"[{key}]"), lenient=lenient)
    if lenient:
        return
    yield from (Change((*path, f"[{key}]"), element, None) for key, element in found.items() if key not in wanted)
    if set(wanted) == set(found) and list(wanted) != list(found):
        yield Change((*path, "order"), list(found), list(wanted))


def _by(key: str, elements: Sequence[Any]) -> dict[Any, Any]:
    return {_identity(element, key): element for element in elements}


def _identity(element: Mapping[str, Any], key: str) -> Any:
    value = element.get(key)
    return value.get("name") if isinstance(value, Mapping) else value


def _list_key(wanted: Sequence[Any], found: Sequence[Any]) -> str:
    """The field that identifies the elements of both lists; empty when there is none, and position decides."""
    elements = [*wanted, *found]
    if not elements or not all(isinstance(element, Mapping) for element in elements):
        return ""
    for key in _LIST_KEYS:
        if all(isinstance(_identity(element, key), (str, int)) for element in elements):
            return key if len(_by(key, wanted)) == len(wanted) and len(_by(key, found)) == len(found) else ""
    return ""


def _same(wanted: Any, found: Any, path: FieldPath, *, lenient: bool) -> bool:
    if wanted == found and isinstance(wanted, bool) == isinstance(found, bool):
        return True
    if wanted is None or (lenient and not wanted and found is None):
        return found is None
    if any(part in _QUANTITY_FIELDS for part in path):
        return _quantity(wanted) is not None and _quantity(wanted) == _quantity(found)
    return False


def _quantity(value: Any) -> Decimal | None:
    match = _QUANTITY.match(str(value)) if isinstance(value, (str, int, float)) else None
    if not match:
        return None
    number, suffix = match.groups()
    if suffix and suffix not in _SCALE:
        return Decimal(number + suffix)
    return Decimal(number) * _SCALE.get(suffix or "", Decimal(1))


def _given_up(wanted: Object, found: Object, manager: str) -> Iterator[Change]:
    """Fields that we applied earlier, that are still there, and that the wish no longer names."""
    for entry in found.get("metadata", {}).get("managedFields") or ():
        if entry.get("manager") == manager and entry.get("operation") == "Apply" and not entry.get("subresource"):
            yield from _owned_only(entry.get("fieldsV1") or {}, wanted, found, ())


def _owned_only(owned: Mapping[str, Any], wanted: Any, found: Any, path: FieldPath) -> Iterator[Change]:
    for field, below in owned.items():
        mark, name = field.split(":", 1) if ":" in field else (field, "")
        if mark == "f" and isinstance(found, Mapping) and name in found:
            inside = wanted.get(name) if isinstance(wanted, Mapping) else None
            yield from _owned_below(below, inside, found[name], (*path, name))
        elif mark == "k" and isinstance(found, Sequence):
            keys = json.loads(name)
            there = _element(found, keys)
            if there is not None:
                inside = _element(wanted if isinstance(wanted, Sequence) else (), keys)
                yield from _owned_below(below, inside, there, (*path, f"[{_short(keys)}]"))
        elif mark == "v" and isinstance(found, Sequence) and json.loads(name) in found:
            if not isinstance(wanted, Sequence) or json.loads(name) not in wanted:
                yield Change((*path, f"[{name}]"), json.loads(name), None)


def _owned_below(below: Mapping[str, Any], wanted: Any, found: Any, path: FieldPath) -> Iterator[Change]:
    if wanted is None and (not below or "." in below):
        yield Change(path, found, None)
    else:
        yield from _owned_only(below, wanted, found, path)


def _element(elements: Sequence[Any], keys: Mapping[str, Any]) -> Any:
    """The element with these keys; one that leaves a key out has the key's default (`protocol: TCP`), so absence matches."""
    for element in elements:
        if isinstance(element, Mapping) and all(element.get(key, value) == value for key, value in keys.items()):
            return element
    return None


def _short(keys: Mapping[str, Any]) -> str:
    return ",".join(f"{key}={value}" for key, value in keys.items())
