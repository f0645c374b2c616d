# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What moves when a live cluster gets another control plane: who owns its fields, and what the operator has to be told.

Sources: k8ssandra-operator v1.26.0 `controllers/k8ssandra/datacenters.go` (`checkRebuildAnnotation`), `schemas.go`
(`checkInitialSystemReplication`), `cleanup.go`, `apis/k8ssandra/v1alpha1/k8ssandracluster_types.go`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from ..diff import Change, changes
from ..objects import Object
from ..plan import FIELD_MANAGER
from ..readings import status_of
from .config import system_replication
from .observation import Observation
from .schema import Schema, with_defaults
from .told import system_replication_of

INITIAL_REPLICATION = "k8ssandra.io/initial-system-replication"
REPLICATED_SECRET_FINALIZER = "replicatedresource.k8ssandra.io/finalizer"
# No JSON: as long as the annotation says this, the operator stops before it touches a datacenter.
HELD_BACK = "held back until the status is complete"
_EMPTY: tuple[Any, ...] = (None, "", [], {})


def spec_changes(schema: Schema, wanted: Object, found: Object) -> tuple[Change, ...]:
    """Every field in which the spec of a live CassandraDatacenter is not exactly the wanted one, also where it has more.

    Args:
        schema: of CassandraDatacenters, for their defaults.
        wanted: the datacenter that we would apply.
        found: the live one.
    """
    bodies = (with_defaults(schema, wanted), found)
    ours, theirs = ({"apiVersion": body["apiVersion"], "metadata": {}, "spec": _pruned(body["spec"])} for body in bodies)
    more = tuple(Change(change.path, change.wanted, change.found) for change in changes(theirs, ours, ""))
    there = changes(ours, theirs, "")
    paths = {change.path for change in there}
    return there + tuple(change for change in more if change.path not in paths)


def remaining_owners(found: Object) -> list[Mapping[str, Any]]:
    """The managed fields of an object when what we apply belongs to us alone; the entries as they are where it does.

    Fields that upstream wrote by updates stay its own when we apply the same values: a field that we leave out later would stay
    there, and one that we change would be a conflict.
    """
    entries: Sequence[Mapping[str, Any]] = found["metadata"].get("managedFields") or ()
    ours = next((entry.get("fieldsV1") or {} for entry in entries if _is_ours(entry)), {})
    shared = ((entry, _without(entry.get("fieldsV1") or {}, ours) if _is_update(entry) else None) for entry in entries)
    return [entry if left is None else {**entry, "fieldsV1": left} for entry, left in shared if left is None or left]


def is_owned(found: Object) -> bool:
    """Whether we have applied an object, and no update of somebody else's owns a field that we apply."""
    entries = list(found["metadata"].get("managedFields") or ())
    ours = next((entry.get("fieldsV1") or {} for entry in entries if _is_ours(entry)), None)
    return ours is not None and not any(_shares(entry.get("fieldsV1") or {}, ours) for entry in entries if _is_update(entry))


def is_held_back(cluster: Object) -> bool:
    """Whether a K8ssandraCluster of ours waits for its status."""
    return (cluster["metadata"].get("annotations") or {}).get(INITIAL_REPLICATION) == HELD_BACK


def held_back(body: Object) -> dict[str, Any]:
    """A K8ssandraCluster that the operator does not act on yet.

    Without its status the operator would take all datacenters but the first for new ones: it would take them out of the
    replication of system keyspaces, and rebuild them.
    """
    metadata = body["metadata"]
    return {**body, "metadata": {**metadata, "annotations": {**(metadata.get("annotations") or {}), INITIAL_REPLICATION: HELD_BACK}}}


def status_to_take(definition: Object, live: Mapping[str, Object]) -> dict[str, Any]:
    """The status by which the operator knows datacenters as those that it has made.

    Args:
        definition: the cluster.
        live: its CassandraDatacenters by object name.
    """
    found = {}
    for entry in definition["spec"]["cassandra"]["datacenters"]:
        name, context = entry["metadata"]["name"], entry.get("k8sContext")
        found[name] = {**({"contextName": context} if context else {}), "cassandra": dict(status_of(live[name]))}
    return {"datacenters": found}


def initial_replication(definition: Object, live: Sequence[Object]) -> str:
    """The annotation that keeps what the first datacenter was made with; another value would restart every node.

    Args:
        definition: the cluster with defaults.
        live: its CassandraDatacenters, the first one first.
    """
    copies = system_replication(definition, Observation(system_replication=system_replication_of(live)))
    return json.dumps(dict(copies), sort_keys=True, separators=(",", ":"))


def _is_ours(entry: Mapping[str, Any]) -> bool:
    return entry.get("manager") == FIELD_MANAGER and entry.get("operation") == "Apply" and not entry.get("subresource")


def _is_update(entry: Mapping[str, Any]) -> bool:
    return entry.get("operation") == "Update" and not entry.get("subresource")


def _without(theirs: Mapping[str, Any], ours: Mapping[str, Any]) -> dict[str, Any]:
    left: dict[str, Any] = {}
    for field, below in theirs.items():
        if field not in ours:
            left[field] = below
        elif below and ours[field]:
            inner = _without(below, ours[field])
            left.update({field: inner} if inner else {})
    return left


def _shares(theirs: Mapping[str, Any], ours: Mapping[str, Any]) -> bool:
    """Whether both own a value. An API server leaves mappings to an entry whose values it has lost: these are none."""
    return any(
        not ours[field] or bool(below and _shares(below, ours[field])) for field, below in theirs.items() if field in ours and field != "."
    )


def _pruned(value: Any) -> Any:
    if isinstance(value, Mapping):
        inner = {key: _pruned(item) for key, item in value.items()}
        return {key: item for key, item in inner.items() if item not in _EMPTY}
    return [_pruned(item) for item in value] if isinstance(value, list) else value
