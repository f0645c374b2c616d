# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which datacenters leave a cluster, what keeps them, and what they leave behind.

Sources: k8ssandra-operator v1.26.0 `controllers/k8ssandra/cleanup.go` (`checkDcDeletion`, `deleteDc`) and `schemas.go`
(`checkUserKeyspacesReplicationForDecommission`); `ProcessDeletion`, cass-operator v1.28.0 `pkg/reconciliation/reconcile_datacenter.go`.

Upstream v1.26.0 takes a datacenter out of `system_auth` while its nodes are there, which Cassandra 4.1 and newer refuses
(k8ssandra-operator#1644). Here the cluster's own keyspaces keep it until its nodes have left the ring.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from ..objects import Object, Ref, kind_named
from ..readings import holds, runs_cassandra, status_of
from .keyspaces import alter_statement, system_replications
from .leftovers import leftovers_of
from .metrics_agent import agent_name
from .observation import Observation
from .ownership import place_of
from .reaper import reaper_claim
from .template import Template, templates
from .tokens import initial_tokens

DECOMMISSION = "cassandra.datastax.com/decommission-on-delete"
Place = tuple[str, str, str]
Entry = Mapping[str, Any]


def leaving_entries(known: Object | None, begun: Iterable[Entry], wanted: Collection[Place]) -> tuple[Entry, ...]:
    """The datacenters, as their entries were kept, that the cluster has and that are not wanted any more.

    Args:
        known: the cluster as its records say.
        begun: those whose removal began in an earlier run.
        wanted: context, namespace and name of each datacenter of the definition.
    """
    if known is None:
        return ()
    names = {name for _context, _namespace, name in wanted}
    # One that is in another place now has not left: it was moved, which is refused by itself.
    gone = [entry for entry in known["spec"]["cassandra"]["datacenters"] if entry["metadata"]["name"] not in names]
    found = {place_of(entry, known): entry for entry in (*gone, *begun)}
    return tuple(entry for place, entry in found.items() if place not in wanted)


def leaving_templates(definition: Object, entries: Iterable[Entry]) -> tuple[Template, ...]:
    """Datacenters that a definition has no more, with what it says for all of them."""
    return templates(with_entries(definition, entries, alone=True))


def with_entries(definition: Object, entries: Iterable[Entry], *, alone: bool = False) -> dict[str, Any]:
    """A definition that has these datacenters too, or no others."""
    cassandra = definition["spec"]["cassandra"]
    kept = () if alone else cassandra["datacenters"]
    return {**definition, "spec": {**definition["spec"], "cassandra": {**cassandra, "datacenters": [*kept, *entries]}}}


def moves_tokens(definition: Object, leaving: Iterable[Entry], order: Sequence[str]) -> tuple[str, ...]:
    """The datacenters that stay, and whose nodes would be given other tokens, and so restart: with few tokens to a node, upstream goes
    by the place that a datacenter has among all.

    Args:
        definition: the cluster with its defaults, without those that leave.
        leaving: the others.
        order: the names of all of them, as they were until now.
    """
    entries = {entry["metadata"]["name"]: entry for entry in (*leaving, *definition["spec"]["cassandra"]["datacenters"])}
    before = with_entries(definition, [entries[name] for name in order if name in entries], alone=True)
    old, new = (initial_tokens(each, Observation()) for each in (before, definition))
    return tuple(name for name, tokens in new.items() if old.get(name) != tokens)


def copies_there(definition: Object, datacenter: str, found: Mapping[str, Mapping[str, str]]) -> dict[str, Mapping[str, str]]:
    """The keyspaces of users that still have copies in a datacenter, with their replication.

    Args:
        definition: the cluster.
        datacenter: as Cassandra calls it.
        found: the replication of each keyspace, as the management API tells it.
    """
    own = system_replications(definition, ())
    return {name: told for name, told in found.items() if name not in own and told.get(datacenter, "0") != "0"}


def advice(datacenter: str, held: Mapping[str, Mapping[str, str]]) -> str:
    """What to do about keyspaces that have copies in a datacenter: a statement for each."""
    return "; ".join(_statement(name, datacenter, told) for name, told in sorted(held.items()))


def _statement(name: str, datacenter: str, told: Mapping[str, str]) -> str:
    others = {other: copies for other, copies in told.items() if other not in ("class", datacenter) and copies != "0"}
    if not others:
        return f"{name} has no copy anywhere else: give it one in another datacenter and rebuild that, or drop it"
    return alter_statement(name, others)


def has_nodes(datacenter: Object, pods: Iterable[Object]) -> bool:
    """Whether nodes of a datacenter may be in the ring, which they then have to leave.

    cass-operator decommissions nothing unless it is told so by an annotation, and lets a datacenter that never had a node not go
    with it.
    """
    return holds(datacenter, "Initialized") or bool(status_of(datacenter).get("nodeStatuses")) or any(map(runs_cassandra, pods))


def remains_of(definition: Object, template: Template, observation: Observation) -> tuple[Ref, ...]:
    """The objects of one datacenter alone that its CassandraDatacenter does not take along."""
    agent = kind_named("ConfigMap").ref(agent_name(definition, template), template.namespace)
    claim = reaper_claim(definition, template.namespace, template.cassandra_name)
    return (agent, *leftovers_of(definition, template, observation, ()), *((claim,) if claim else ()))
