# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""In how many copies each datacenter holds the keyspaces that are the cluster's own, and those of users when a datacenter is added.

Sources: k8ssandra-operator v1.26.0 `controllers/k8ssandra/schemas.go`, `controllers/k8ssandra/reaper.go`
(`reconcileReaperSchema`), `pkg/cassandra/util.go` (`ComputeReplicationFromDatacenters`, `CompareReplications`),
`pkg/cassandra/datacenter.go` (`EachDcContainsKeyspaces`).
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from ..errors import SpecError
from ..names import cassandra_name
from ..objects import Object
from ..reapers import has_own_reaper

SYSTEM = ("system_traces", "system_distributed", "system_auth")
_OF_DSE = ("dse_leases", "dse_perf", "dse_security")
_LOCAL = ("system", "system_schema", "system_views", "system_virtual_schema")
_MOST_COPIES = 3
_NETWORK_TOPOLOGY = "org.apache.cassandra.locator.NetworkTopologyStrategy"
# A copy on every node, which no datacenter has to be added to.
_EVERYWHERE = ("LocalStrategy", "EverywhereStrategy")
_DC_REPLICATION = "k8ssandra.io/dc-replication"
_REBUILD_SOURCE = "k8ssandra.io/rebuild-src-dc"
Replication = Mapping[str, int]


def system_replications(definition: Object, initialized: Collection[str]) -> dict[str, dict[str, int]]:
    """What the cluster's own keyspaces shall have, by keyspace.

    Args:
        definition: the cluster.
        initialized: object names of the datacenters whose nodes have been initialized: Cassandra refuses others.
    """
    spec = definition["spec"]
    there = [entry for entry in spec["cassandra"]["datacenters"] if entry["metadata"]["name"] in initialized]
    copies = {cassandra_name(entry): min(_MOST_COPIES, int(entry["size"])) for entry in there}
    copies |= dict.fromkeys(spec.get("externalDatacenters") or (), _MOST_COPIES)
    names = [*SYSTEM, *(_OF_DSE if spec["cassandra"].get("serverType") == "dse" else ())]
    own = [_reaper_keyspace(definition)] if has_own_reaper(definition) else []
    return {name: dict(copies) for name in (*names, *own)}


def is_replicated(found: Mapping[str, str], wanted: Replication) -> bool:
    """Whether a keyspace has exactly that replication.

    Args:
        found: as the management API tells it: `class`, and the number of copies as text by datacenter.
        wanted: copies by Cassandra datacenter name.
    """
    return dict(found) == {"class": _NETWORK_TOPOLOGY, **{name: str(copies) for name, copies in wanted.items()}}


def copies_of(found: Mapping[str, str]) -> dict[str, int]:
    """The copies by datacenter of a replication as the management API tells it."""
    return {name: int(copies) for name, copies in found.items() if name != "class" and copies.isdigit()}


def with_staying(found: Mapping[str, str], wanted: Replication, stay: Collection[str]) -> dict[str, int]:
    """What a keyspace shall have, with what it has in datacenters that stay.

    Upstream goes by its own status of them, which outlives their objects. Here one without an object or a status for a moment would be left
    out: nobody could log in there, and Cassandra 4.1 refuses that of `system_auth` while it has nodes.

    Args:
        found: its replication, as the management API tells it.
        wanted: what the datacenters shall hold that are known to have been initialized.
        stay: all datacenters of the definition, as Cassandra calls them.
    """
    return {**{name: copies for name, copies in copies_of(found).items() if name in stay}, **wanted}


def settings_of(keyspace: str, wanted: Replication) -> dict[str, Any]:
    """What the management API is sent to create or alter a keyspace."""
    settings = [{"dc_name": name, "replication_factor": str(copies)} for name, copies in sorted(wanted.items())]
    return {"keyspace_name": keyspace, "replication_settings": settings}


def alter_statement(keyspace: str, copies: Mapping[str, Any]) -> str:
    """The statement by which a person gives a keyspace that many copies, by datacenter; transient ones are written `3/1`."""
    quoted = keyspace if keyspace == keyspace.lower() else f'"{keyspace}"'
    told = ", ".join(f"'{name}': {found if str(found).isdigit() else repr(found)}" for name, found in sorted(copies.items()))
    return f"ALTER KEYSPACE {quoted} WITH replication = {{'class': 'NetworkTopologyStrategy', {told}}}"


def is_agreed(versions: Mapping[str, Any]) -> bool:
    """Whether all nodes that can be reached have the same schema; without that, no schema is changed."""
    return len(set(versions) - {"UNREACHABLE"}) == 1


def asks_for_user_keyspaces(definition: Object) -> bool:
    """Whether the user says in how many copies a new datacenter shall hold the keyspaces of his own."""
    return bool((definition["metadata"].get("annotations") or {}).get(_DC_REPLICATION))


def added_copies(definition: Object, datacenter: str, keyspaces: Iterable[str]) -> dict[str, int]:
    """How many copies a datacenter that is being added shall hold, by keyspace of users; none where the user says 0 or nothing.

    Args:
        definition: the cluster.
        datacenter: what Cassandra calls it.
        keyspaces: all keyspaces that there are.

    Raises:
        SpecError: the annotation is no such mapping, or leaves out a keyspace of a datacenter that it names.
    """
    path = f'annotations["{_DC_REPLICATION}"]'
    known = {*SYSTEM, *_LOCAL, *([_reaper_keyspace(definition)] if definition["spec"].get("reaper") is not None else ())}
    users = [name for name in keyspaces if name not in known]
    stated = _stated((definition["metadata"].get("annotations") or {}).get(_DC_REPLICATION) or "{}", path)
    for name, copies in stated.items():
        missing = [keyspace for keyspace in users if keyspace not in copies]
        if missing:
            raise SpecError(path, f"says nothing of {', '.join(missing)} in {name}; name every keyspace of yours, with 0 for no copy")
    chosen = stated.get(datacenter, {})
    return {name: chosen[name] for name in users if chosen.get(name)}


def joined_copies(keyspace: str, found: Mapping[str, str], datacenter: str, copies: int, others: Iterable[str]) -> dict[str, int]:
    """The replication of a keyspace of users once a datacenter that is being added holds it; empty when there is nothing to alter.

    Args:
        keyspace: its name.
        found: its replication, as the management API tells it.
        datacenter: the one that is being added, as Cassandra calls it.
        copies: how many it shall hold.
        others: those that are there already, as Cassandra calls them.

    Raises:
        SpecError: what was found has no plain number of copies for each datacenter, and would be lost by a replication that has.
    """
    strategy = found.get("class", "").rpartition(".")[2]
    held = {name: told for name, told in found.items() if name != "class"}
    if strategy in _EVERYWHERE or held.get(datacenter) == str(copies):
        return {}
    if strategy == "NetworkTopologyStrategy" and all(told.isdigit() for told in held.values()):
        return {**copies_of(found), datacenter: copies}
    if strategy == "NetworkTopologyStrategy":
        statement = alter_statement(keyspace, {**held, datacenter: copies})
        advice = f"write 0 for it, run again, and give it its copies yourself once {datacenter} is there: {statement}, and rebuild it there"
    else:
        plain = dict.fromkeys(others, held.get("replication_factor", copies))
        advice = f"alter it first: {alter_statement(keyspace, plain)}, repair it, and run again"
    told = ", ".join(f"{name}: {value}" for name, value in sorted(held.items()))
    what = f"wants copies of keyspace {keyspace} in {datacenter}, and it has {strategy or 'no class'} ({told})"
    raise SpecError(f'annotations["{_DC_REPLICATION}"]', f"{what}, to which no datacenter can be added without a loss; {advice}")


def rebuild_source(definition: Object, target: str, ready: Collection[str]) -> str:
    """The datacenter, as Cassandra calls it, that a new one streams its data from: the first one that is ready, or the one named.

    Args:
        definition: the cluster.
        target: the new one, as Cassandra calls it.
        ready: object names of the datacenters that are ready.

    Raises:
        SpecError: the one named is not ready, or none is.
    """
    entries = definition["spec"]["cassandra"]["datacenters"]
    sources = [cassandra_name(entry) for entry in entries if entry["metadata"]["name"] in ready]
    # Upstream compares with the target's object name; with a datacenterName that lets a datacenter stream from itself.
    sources = [name for name in sources if name != target]
    named = (definition["metadata"].get("annotations") or {}).get(_REBUILD_SOURCE)
    if named and named not in sources:
        others = ", ".join(sources) or "there is none"
        raise SpecError(f'annotations["{_REBUILD_SOURCE}"]', f"is {named}, which is no other datacenter that is ready ({others})")
    if not sources:
        raise SpecError("spec.cassandra.datacenters", f"has no ready datacenter that {target} could get its data from")
    return str(named or sources[0])


def rebuild_task(datacenter: Object, source: str) -> dict[str, Any]:
    """The task that streams the data that is there into a new datacenter.

    Args:
        datacenter: its CassandraDatacenter.
        source: what Cassandra calls the datacenter that has the data.
    """
    name, namespace = datacenter["metadata"]["name"], datacenter["metadata"]["namespace"]
    job = {"name": f"{name}-rebuild", "command": "rebuild", "args": {"source_datacenter": source}}
    return {
        "apiVersion": "control.k8ssandra.io/v1alpha1",
        "kind": "CassandraTask",
        "metadata": {
            "name": f"{name}-rebuild", "namespace": namespace, "labels": {"k8ssandra.io/rebuild-nodes": str(datacenter["spec"]["size"])},
        },
        "spec": {"datacenter": {"name": name, "namespace": namespace}, "jobs": [job]},
    }  # fmt: skip


def _reaper_keyspace(definition: Object) -> str:
    reaper = definition["spec"].get("reaper")
    return "" if reaper is None else str(reaper.get("keyspace") or "reaper_db")


def _stated(annotation: str, path: str) -> dict[str, dict[str, int]]:
    shape = 'is not as it should be; write {"dc2": {"keyspace": 3}}, with 0 for no copy'
    try:
        stated = json.loads(annotation)
    except ValueError as problem:
        raise SpecError(path, shape) from problem
    if not isinstance(stated, dict) or not all(isinstance(copies, dict) for copies in stated.values()):
        raise SpecError(path, shape)
    numbers = [copies for each in stated.values() for copies in each.values()]
    if not all(isinstance(copies, (int, float)) and not isinstance(copies, bool) and copies >= 0 for copies in numbers):
        raise SpecError(path, shape)
    return {name: {keyspace: int(number) for keyspace, number in copies.items()} for name, copies in stated.items()}
