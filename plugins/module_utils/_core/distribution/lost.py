# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Losing a context for good: what was in it, and what the other datacenters have to forget of it.

Cassandra takes a datacenter out of `system_auth` only when none of its nodes is in the ring any more, dead ones included
(`NetworkTopologyStrategy.validateExpectedOptions`, Cassandra 4.1). So the nodes leave the ring before that.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..cluster import ClusterWish
from ..errors import SpecError
from ..names import cassandra_name
from .ownership import Record
from .ring import Endpoint

Entry = Mapping[str, Any]
_NOT_A_DATACENTER = ("class", "replication_factor")


def entries_in(records: Iterable[Record], contexts: Collection[str]) -> tuple[Entry, ...]:
    """The datacenters that are in one of those contexts, or are being removed from there, as records know them."""
    found = {
        (entry["k8sContext"], entry["metadata"]["name"]): entry
        for record in records
        for entry in entries_of(record)
        if entry["k8sContext"] in contexts
    }
    return tuple(found.values())


def entries_of(record: Record) -> tuple[Entry, ...]:
    """The datacenters that a record knows, those that are being removed first."""
    return (*record.leaving, *record.definition["spec"]["cassandra"]["datacenters"])


def without(record: Record, lost: Collection[str]) -> Record:
    """A record that knows nothing of those datacenters, as Cassandra calls them."""
    definition = record.definition
    cassandra = definition["spec"]["cassandra"]
    kept = [entry for entry in cassandra["datacenters"] if cassandra_name(entry) not in lost]
    spec = {**definition["spec"], "cassandra": {**cassandra, "datacenters": kept}}
    leaving = tuple(entry for entry in record.leaving if cassandra_name(entry) not in lost)
    return replace(record, definition={**definition, "spec": spec}, leaving=leaving)


def lost_names(records: Iterable[Record], entries: Iterable[Entry]) -> tuple[str, ...]:
    """What is to be forgotten, as Cassandra calls it: what an earlier run began with, and what is lost now."""
    earlier = (name for record in records for name in record.lost)
    return tuple(sorted({*earlier, *map(cassandra_name, entries)}))


def check_lost(wish: ClusterWish, left: Sequence[Record], gone: Collection[Entry], lost: Collection[str]) -> None:
    """Raise `SpecError` when nothing would be left, or a datacenter that is wanted has the name of one that is lost.

    Args:
        wish: the cluster that is wanted.
        left: the records without what is lost.
        gone: the datacenters that are lost now.
        lost: those that are to be forgotten, as Cassandra calls them.
    """
    if gone and not any(record.definition["spec"]["cassandra"]["datacenters"] for record in left):
        what = f"names every context with a datacenter of {wish.namespace}/{wish.name}: nothing is left that could forget them"
        raise SpecError("lost_contexts", f"{what}; deploy a new cluster, and load a backup into it")
    for datacenter, template in wish.templates():
        name = cassandra_name(template)
        if name in lost:
            what = f"is {name}, which was lost and which the other datacenters have not forgotten yet"
            raise SpecError(f"{datacenter.path}.metadata.name", f"{what}; run without it first, or give the new one another name")


def returned(context: str, name: str, records: Mapping[str, Record]) -> str:
    """Why a datacenter of ours that is there must not come back: the other contexts have forgotten it, as far as their records tell.

    Empty when they have not.

    Args:
        context: where its CassandraDatacenter is.
        name: the object's name.
        records: what each context's record says, by context.
    """
    others = {other: record for other, record in records.items() if other != context}
    # Known elsewhere, it was not forgotten: its context has another name now.
    known = {entry["metadata"]["name"] for record in others.values() for entry in entries_of(record)}
    if not others or name in known:
        return ""
    return f"the records in {', '.join(others)} do not know {name}: {context} was lost and they forgot it, or they are older"


def remaining_copies(found: Mapping[str, str], lost: Collection[str]) -> dict[str, int] | None:
    """The copies of a keyspace without those in lost datacenters; None when it had none there, or some are transient.

    Args:
        found: the replication as the management API tells it.
        lost: datacenters as Cassandra calls them.
    """
    kept = {name: copies for name, copies in _by_datacenter(found).items() if name not in lost}
    if not set(lost) & set(found) or (kept and _is_transient(found)):
        return None
    return {name: int(copies) for name, copies in kept.items() if int(copies)}


def is_scattered(found: Mapping[str, str]) -> bool:
    """Whether a replication names no datacenter, so that any node may hold any copy."""
    return found.get("class", "").rpartition(".")[2] == "SimpleStrategy"


def told_unaltered(keyspace: str, found: Mapping[str, str], lost: Collection[str]) -> str:
    """What a person has to do about a keyspace that no run alters when datacenters are lost; empty when there is nothing to do.

    Args:
        keyspace: its name.
        found: its replication as the management API tells it.
        lost: datacenters as Cassandra calls them.
    """
    where = ", ".join(lost)
    if is_scattered(found):
        what = f"keyspace {keyspace} has SimpleStrategy, so that nobody knows which of its copies were in {where}: rows may be lost"
        return f"{what}; give it NetworkTopologyStrategy by ALTER KEYSPACE, and repair it on every node"
    if remaining_copies(found, lost) == {}:
        what = f"keyspace {keyspace} had copies only in {where}: its rows are lost, and it stays as it is"
        return f"{what}; drop it, or give it copies elsewhere by ALTER KEYSPACE and load a backup"
    if set(lost) & set(found) and _is_transient(found):
        what = f"keyspace {keyspace} has transient copies, which the management API cannot write: it stays as it is, with {where}"
        more = f"then take {where} out: Cassandra takes no full copy away while some are transient"
        return f"{what}; by ALTER KEYSPACE, give it full copies alone first, {more}"
    return ""


def _by_datacenter(found: Mapping[str, str]) -> dict[str, str]:
    return {name: copies for name, copies in found.items() if name not in _NOT_A_DATACENTER}


def _is_transient(found: Mapping[str, str]) -> bool:
    return any("/" in copies for copies in _by_datacenter(found).values())


def dead_nodes(views: Collection[Iterable[Endpoint]], lost: Collection[str]) -> tuple[str, ...]:
    """The addresses of the nodes of lost datacenters that some node still counts as nodes of the cluster.

    Without those at which some node hears of a node that is not known to be of these datacenters: it has the address by now.
    """
    known = [each for view in views for each in view]
    others = {each.address for each in known if each.alive and each.datacenter not in lost}
    return tuple(sorted({each.address for each in known if each.datacenter in lost and each.in_ring} - others))


def living_nodes(views: Iterable[Iterable[Endpoint]], lost: Collection[str]) -> tuple[str, ...]:
    """The addresses of the nodes of lost datacenters that some node hears of."""
    return tuple(sorted({each.address for view in views for each in view if each.datacenter in lost and each.alive}))


def told_loss(context: str, entries: Collection[Entry], found: Mapping[str, Mapping[str, str]] | None) -> str:
    """What a context that does not answer holds, and what to do about it.

    Args:
        context: its name.
        entries: its datacenters, as the records of the others have them.
        found: the replication of every keyspace; None when that is not known.
    """
    lost = [cassandra_name(entry) for entry in entries]
    alone = [name for name, copies in (found or {}).items() if remaining_copies(copies, lost) == {}]
    scattered = [name for name, copies in (found or {}).items() if is_scattered(copies)]
    names = " and ".join(entry["metadata"]["name"] for entry in entries)
    held = " and ".join(f"{entry['metadata']['name']} ({_several('node', int(entry['size']))})" for entry in entries)
    if found is None:
        more = "; no other node answers that could tell which keyspaces have copies only there"
    elif alone:
        more = f" and the only copies of the {_several('keyspace', len(alone), counted=False)} {', '.join(sorted(alone))}"
    else:
        more = " and the only copies of no keyspace"
    if scattered:
        more += f", and rows of {', '.join(sorted(scattered))}, by SimpleStrategy, which may have no copy elsewhere"
    gone = f"when it is gone for good, name it, lost_contexts: [{context}], and leave {names} out of the definition"
    by_site = f"site does both with -e k8ssandra_lost_contexts={context}"
    return f"nothing was changed; it holds {held}{more}; run again when it answers, or, {gone}; {by_site}"


def _several(word: str, count: int, *, counted: bool = True) -> str:
    words = word if count == 1 else f"{word}s"
    return f"{count} {words}" if counted else words
