# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The record of a cluster that the collection itself distributes, and whether somebody else distributes the same cluster.

Upstream keeps its state in the K8ssandraCluster. Here each context that holds a datacenter has a ConfigMap of ours with the
definition, so that any context can tell whose the cluster is, and what was asked for last.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..datacenters import REBUILD_ANNOTATION
from ..errors import SpecError
from ..fingerprint import digest_of
from ..objects import Object
from ..readings import cluster_labels
from ..redact import redact

CONTROL_PLANE = "k8ssandra.operator/control-plane"
_MARK = {CONTROL_PLANE: "ansible"}
Place = tuple[str, str]


@dataclass(frozen=True)
class Record:
    """What one context's record says.

    Args:
        definition: what was asked for last, without secrets; each datacenter names its context.
        carried_out: the digest of the definition that was carried out to its end; empty when none was.
        joining: the datacenters of this context that have not got the data that was there before them, by object name.
        leaving: the entries of datacenters that the definition has no more, and whose removal has not come to its end.
        dropped: the add-ons that the definition does not want any more and of which something may be there still.
        lost: the datacenters of lost contexts that the others have not forgotten yet, as Cassandra calls them.
    """

    definition: Mapping[str, Any]
    carried_out: str = ""
    joining: tuple[str, ...] = ()
    leaving: tuple[Mapping[str, Any], ...] = ()
    dropped: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether what was asked for last was carried out to its end."""
        return self.carried_out == digest_of(self.definition)


def record_labels(name: str, namespace: str) -> dict[str, str]:
    """By which the records of a cluster are found, in whatever namespace they are."""
    return {**_MARK, **cluster_labels(name, namespace)}


def recorded(definition: Object, own_context: str) -> dict[str, Any]:
    """The definition as it is kept: without secrets, and with a name for the control plane's own context.

    Args:
        definition: as the user wrote it.
        own_context: how the context is called that the definition leaves without a name.
    """
    cassandra = definition["spec"]["cassandra"]
    named = [{**entry, "k8sContext": entry.get("k8sContext") or own_context} for entry in cassandra["datacenters"]]
    kept = {**definition, "spec": {**definition["spec"], "cassandra": {**cassandra, "datacenters": named}}}
    masked: dict[str, Any] = redact(kept)
    return masked


def record_body(record: Record, namespace: str) -> dict[str, Any]:
    """The ConfigMap that keeps a record in a namespace."""
    metadata = record.definition["metadata"]
    data = {"definition": json.dumps(record.definition, sort_keys=True), "carriedOut": record.carried_out}
    # What is left out would stay where somebody else wrote it too, such as a person who put the record back.
    data |= {"joining": " ".join(record.joining), "dropped": " ".join(record.dropped)}
    # Names as Cassandra calls datacenters may have spaces.
    more = {"leaving": record.leaving, "lost": record.lost}
    data |= {name: json.dumps(found, sort_keys=True) if found else "" for name, found in more.items()}
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {
            "name": f"{metadata['name']}-control-plane",
            "namespace": namespace,
            "labels": record_labels(metadata["name"], metadata["namespace"]),
        },
        "data": data,
    }


def record_of(body: Object) -> Record | None:
    """What a ConfigMap of `record_body` says; None when it does not say it."""
    data = body.get("data") or {}
    try:
        definition = json.loads(data.get("definition") or "")
        leaving, lost = (tuple(json.loads(data.get(name) or "[]")) for name in ("leaving", "lost"))
        entries = (*definition["spec"]["cassandra"]["datacenters"], *leaving)
        known = definition["metadata"]["name"] and [place_of(entry, definition) for entry in entries]
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
    if not known:
        return None
    joining, dropped = (tuple((data.get(name) or "").split()) for name in ("joining", "dropped"))
    return Record(definition, data.get("carriedOut") or "", joining, leaving, dropped, lost)


def renamed(record: Record, names: Mapping[str, str]) -> Record:
    """A record that calls contexts as this run does, whoever was the control plane when it was written.

    Args:
        record: what is recorded.
        names: what a context is called now, by what it may have been called.
    """

    def named(entry: Mapping[str, Any]) -> Mapping[str, Any]:
        return {**entry, "k8sContext": names.get(entry["k8sContext"], entry["k8sContext"])}

    spec, cassandra = record.definition["spec"], record.definition["spec"]["cassandra"]
    entries = [named(entry) for entry in cassandra["datacenters"]]
    definition = {**record.definition, "spec": {**spec, "cassandra": {**cassandra, "datacenters": entries}}}
    carried_out = digest_of(definition) if record.complete else record.carried_out
    return replace(record, definition=definition, carried_out=carried_out, leaving=tuple(map(named, record.leaving)))


def joining_in(records: Iterable[Record]) -> tuple[str, ...]:
    """The object names of the datacenters that have not got the data that was there before them, in the order of the records."""
    return tuple(name for record in records for name in record.joining)


def as_cluster(records: Iterable[Record]) -> dict[str, Any] | None:
    """What an operator's K8ssandraCluster would show of a cluster of ours; None without a record.

    Records differ when a run ended between two of them: what counts is the one that was not carried out.
    """
    known = sorted(records, key=lambda record: record.complete)
    if not known:
        return None
    definition, complete = known[0].definition, known[0].complete
    joining = joining_in(known)
    entries = definition["spec"]["cassandra"]["datacenters"]
    first = next((entry["metadata"]["name"] for entry in entries if entry["metadata"]["name"] in joining), "")
    metadata = {**definition["metadata"], "generation": 2}
    if first:
        metadata["annotations"] = {**(metadata.get("annotations") or {}), REBUILD_ANNOTATION: first}
    initialized = {"type": "CassandraInitialized", "status": "True"}
    leaving = {
        entry["metadata"]["name"]: {"contextName": entry["k8sContext"], "namespace": _namespace(entry, definition)}
        for record in known
        for entry in record.leaving
    }
    status = {"conditions": [initialized], "error": "None", "observedGeneration": 2 if complete else 1, "datacenters": leaving}
    return {**definition, "metadata": metadata, "status": status}


def all_places(known: Object) -> tuple[tuple[str, str, str], ...]:
    """Context, namespace and name of every datacenter of `as_cluster`, first those that are being removed already."""
    leaving = ((copy["contextName"], copy["namespace"], name) for name, copy in known["status"]["datacenters"].items())
    entries = known["spec"]["cassandra"]["datacenters"]
    return tuple(dict.fromkeys((*leaving, *(place_of(entry, known) for entry in entries))))


def place_of(entry: Mapping[str, Any], definition: Object) -> tuple[str, str, str]:
    """Context, namespace and name of a datacenter, by its entry in a definition as it is kept."""
    return entry["k8sContext"], _namespace(entry, definition), entry["metadata"]["name"]


def check_masters(definition: Object, own_context: str, others: Mapping[str, Iterable[Object]]) -> None:
    """Raise `SpecError` when an operator distributes the same cluster, or one of its datacenters.

    Args:
        definition: what we would distribute.
        own_context: how the context is called that a definition leaves without a name.
        others: the live K8ssandraClusters by the context that holds them.
    """
    key = (definition["metadata"]["namespace"], definition["metadata"]["name"])
    places = set(_places(definition, own_context))
    for context, clusters in others.items():
        for cluster in clusters:
            metadata = cluster["metadata"]
            theirs = (metadata.get("namespace", ""), metadata["name"])
            shared = sorted(places & set(_places(cluster, context)))
            if theirs != key and not shared:
                continue
            what = f"K8ssandraCluster {'/'.join(theirs)} in context {context} is distributed by the operator there"
            what += f", with the datacenter {shared[0][1]} in {shared[0][0]}" if shared else ""
            advice = "a cluster has one control plane: leave it to the operator, or take it away from the operator first"
            raise SpecError("control_plane", f"is ansible, but {what}; {advice}")


def check_no_record(name: str, namespace: str, records: Mapping[str, Sequence[Object]]) -> None:
    """Raise `SpecError` when a context holds a record of the cluster: then the operator must not distribute it too."""
    for context, found in records.items():
        if found:
            what = f"ConfigMap {found[0]['metadata'].get('namespace', '')}/{found[0]['metadata']['name']} in context {context}"
            advice = "set control_plane to ansible, or remove the cluster first"
            raise SpecError("control_plane", f"is operator, but {what} says that the collection distributes {namespace}/{name}; {advice}")


def _places(cluster: Object, own_context: str) -> Iterable[Place]:
    """Where a definition puts its datacenters: context, and the object with its namespace."""
    spec, metadata = cluster.get("spec") or {}, cluster["metadata"]
    for entry in (spec.get("cassandra") or {}).get("datacenters") or ():
        own = entry["metadata"]
        yield entry.get("k8sContext") or own_context, f"{own.get('namespace') or metadata.get('namespace', '')}/{own['name']}"


def _namespace(entry: Mapping[str, Any], definition: Object) -> str:
    return str(entry["metadata"].get("namespace") or definition["metadata"].get("namespace", ""))
