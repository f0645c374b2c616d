# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""CustomResourceDefinitions compared by what they allow: kinds and fields that one has and the other has not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from .diff import changes
from .objects import Object
from .plan import FIELD_MANAGER

# A step in the path of a field: into each element of a list, and into each value of a mapping with free keys.
EACH_ELEMENT, EACH_VALUE = "[]", "{}"
Path = tuple[str, ...]
_PRESERVE = "x-kubernetes-preserve-unknown-fields"


def definitions_among(bodies: Iterable[Object]) -> dict[str, Object]:
    """The definitions among rendered objects, by name."""
    return {body["metadata"]["name"]: body for body in bodies if body.get("kind") == "CustomResourceDefinition"}


def kind_of(definition: Object) -> str:
    """The kind and group that a definition defines, e.g. ``Stargate.stargate.k8ssandra.io``."""
    spec = definition["spec"]
    return f"{spec['names']['kind']}.{spec['group']}"


def removed_fields(live: Object, wanted: Object) -> tuple[Path, ...]:
    """The fields of `spec` that the live definition of a kind has and the wanted one has not, outermost only.

    Compared are the versions that both have. Status is left out: operators write it anew.
    """
    newer = {version["name"]: _schema(version) for version in wanted["spec"]["versions"]}
    found: dict[Path, None] = {}
    for version in live["spec"]["versions"]:
        if version["name"] in newer:
            before, after = (schema.get("properties") or {} for schema in (_schema(version), newer[version["name"]]))
            found.update(dict.fromkeys(_removed(before.get("spec") or {}, after.get("spec") or {}, ("spec",))))
    return tuple(found)


def removed_versions(live: Object, wanted: Object) -> tuple[str, ...]:
    """The versions that the live definition serves and the wanted one does not."""
    return tuple(name for name in served_versions(live) if name not in served_versions(wanted))


def served_versions(definition: Object) -> tuple[str, ...]:
    """The versions that a definition serves."""
    return tuple(version["name"] for version in definition["spec"]["versions"] if version.get("served"))


def unserved_versions(definition: Object) -> tuple[str, ...]:
    """The versions in which objects may be stored although nobody can read them any longer (`status.storedVersions`)."""
    stored = (definition.get("status") or {}).get("storedVersions") or ()
    return tuple(version for version in stored if version not in served_versions(definition))


def is_used(value: Any, path: Path) -> bool:
    """Whether an object has a field, in any element of the lists on the way."""
    if not path:
        return value is not None
    if path[0] == EACH_ELEMENT:
        return isinstance(value, list) and any(is_used(element, path[1:]) for element in value)
    if path[0] == EACH_VALUE:
        return isinstance(value, Mapping) and any(is_used(inner, path[1:]) for inner in value.values())
    return isinstance(value, Mapping) and path[0] in value and is_used(value[path[0]], path[1:])


def written(path: Path) -> str:
    """A path for people, e.g. ``spec.racks[].zone``."""
    return "".join(step if step in (EACH_ELEMENT, EACH_VALUE) else f".{step}" for step in path).lstrip(".")


def unlike(wanted: Iterable[Object], live: Mapping[str, Object]) -> tuple[str, ...]:
    """The wanted definitions that are not as wanted, schema and served versions included, with the fields that differ.

    Args:
        wanted: definitions as they were applied.
        live: what the cluster has, by name.
    """
    return tuple(sentence for definition in wanted if (sentence := _unlike(definition, live.get(definition["metadata"]["name"]))))


def surplus(wanted: Object, live: Object) -> tuple[str, ...]:
    """What a definition has beyond what was applied, a sentence each: what another field manager keeps, and old versions in store."""
    name, fields = wanted["metadata"]["name"], removed_fields(live, wanted)
    found = []
    if fields:
        rest = f" and {len(fields) - 3} more" if len(fields) > 3 else ""
        found.append(f"{name} keeps the fields {', '.join(map(written, fields[:3]))}{rest}: whoever wrote them owns them still")
    if removed_versions(live, wanted):
        found.append(f"{name} still serves {', '.join(removed_versions(live, wanted))}: whoever wrote that owns it still")
    if unserved_versions(live):
        found.append(
            f"{name} may hold objects in {', '.join(unserved_versions(live))}, which it does not serve; write each object anew, then take "
            "that out of status.storedVersions"
        )
    return tuple(found)


def _unlike(wanted: Object, live: Object | None) -> str:
    name = wanted["metadata"]["name"]
    if live is None:
        return f"{name} is not there"
    # Without the managed fields: what others own beside us is not what this is about.
    differing = changes(wanted, {**live, "metadata": {**live["metadata"], "managedFields": ()}}, FIELD_MANAGER)
    return f"{name} differs in {', '.join(map(str, differing[:3]))}" if differing else ""


def _schema(version: Mapping[str, Any]) -> Mapping[str, Any]:
    return (version.get("schema") or {}).get("openAPIV3Schema") or {}


def _removed(before: Mapping[str, Any], after: Mapping[str, Any], path: Path) -> Iterator[Path]:
    """Walks both schemas together, for as long as the newer one says which fields there are.

    A CassandraDatacenter keeps unknown fields: its API server would not lose one, but the newer operator no longer knows it.
    """
    if after.get(_PRESERVE) and not after.get("properties"):
        return
    fields, kept, free = before.get("properties") or {}, after.get("properties") or {}, after.get("additionalProperties")
    for name, schema in fields.items():
        if name in kept:
            yield from _removed(schema, kept[name], (*path, name))
        elif not free:
            yield (*path, name)
    for keyword, step in (("items", EACH_ELEMENT), ("additionalProperties", EACH_VALUE)):
        inner, now = before.get(keyword), after.get(keyword)
        if isinstance(inner, Mapping) and isinstance(now, Mapping):
            yield from _removed(inner, now, (*path, step))
