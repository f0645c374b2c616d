# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which datacenters leave in a direct distribution, and what stops that: nothing may be lost of which no other copy is there."""

from __future__ import annotations

from collections.abc import Iterable

from .._core.distribution.decommission import advice, copies_there, leaving_entries, leaving_templates, moves_tokens
from .._core.distribution.ownership import Record, joining_in
from .._core.distribution.template import Template
from .._core.errors import SpecError
from .._core.objects import Object
from .._core.readings import holds
from .._core.update import check_removals
from .._kube import errors
from .direct_distribution import Distribution

_DOING = "removing datacenter"


def leaving_datacenters(distribution: Distribution, known: Object | None, records: Iterable[Record]) -> tuple[Template, ...]:
    """The datacenters that leave: what the cluster has and the definition has not, confirmed by name unless it has begun.

    Args:
        known: the cluster as the records say.
        records: what each context says.

    Raises `SpecError` for one that nobody named, whose context is not there, or that shall come back somewhere else meanwhile.
    """
    wish = distribution.wish
    wanted = {(distribution.context(each.context), each.namespace, each.name) for each in wish.datacenters}
    begun = [entry for record in records for entry in record.leaving]
    found = leaving_templates(wish.definition, leaving_entries(known, begun, wanted))
    check_removals([each.name for each in found if each.own not in begun], distribution.call.parameters["remove_datacenters"])
    path = wish.at("spec", "cassandra", "datacenters")
    names, called = {each.name for each in wish.datacenters}, {each.cassandra_name for each in wish.datacenters}
    for each in found:
        if each.context not in distribution.apis:
            raise SpecError("contexts", f"leaves out {each.context}, which holds {each.name}, a datacenter that is to be removed; add it")
        if each.name in names or each.cassandra_name in called:
            what = f"wants {each.name}, which is still being removed from {each.context}"
            raise SpecError(path, f"{what}; leave it out and run, and add it when that has ended")
    if found and distribution.call.parameters["confirm_move"] is not None:
        names = ", ".join(each.name for each in found)
        raise SpecError("confirm_move", f"moves a cluster that {names} is leaving; remove it first, by control_plane: ansible")
    return found


def check_decommissions(distribution: Distribution, known: Object | None) -> None:
    """Refuses, before anything is written, what could not end, would lose data, or would restart somebody else's nodes.

    Args:
        known: the cluster as the records say.

    Raises:
        SpecError: the others are not there yet with all data, or a keyspace of the user has copies where they would go.
        ClusterError: nobody tells which keyspaces there are.
    """
    path = distribution.wish.at("spec", "cassandra", "datacenters")
    for template in distribution.leaving:
        body = distribution.body(template)
        if body is None or body["metadata"].get("deletionTimestamp"):
            continue
        if body["spec"].get("stopped"):
            what = f"leaves out {template.name}, whose nodes are stopped, so that they cannot leave the ring"
            raise SpecError(path, f"{what}; put it back and start it first")
        joining = joining_in(distribution.records.values())
        if joining:
            what = f"leaves out {template.name}, and {joining[0]} has not got the data that was there before it"
            raise SpecError(path, f"{what}; put {template.name} back and run, then remove it")
        stopped = [each.name for each in distribution.order() if each.own.get("stopped")]
        if stopped:
            what = f"leaves out {template.name} while {stopped[0]} is stopped, whose nodes would not learn of it"
            raise SpecError(path, f"{what}; start {stopped[0]} first")
        found = _held(distribution, template)
        if found:
            raise SpecError(path, f"leaves out {template.name}, {found}")
    if distribution.leaving:
        _check_tokens(distribution, known)


def _check_tokens(distribution: Distribution, known: Object | None) -> None:
    path = distribution.wish.at("spec", "cassandra", "datacenters")
    order = [entry["metadata"]["name"] for entry in (known or distribution.definition)["spec"]["cassandra"]["datacenters"]]
    moved = moves_tokens(distribution.definition, [each.own for each in distribution.leaving], order)
    if moved and any(each.name in order for each in distribution.leaving):
        what = f"leaves out {distribution.leaving[0].name}, which would give the nodes of {moved[0]} other initial tokens and restart them"
        raise SpecError(path, f"{what}: with so few num_tokens a datacenter's go by its place; remove the last one, or leave it")


def check_copies(distribution: Distribution, template: Template) -> None:
    """The same question once more, just before nodes leave: a keyspace may have come to be there since."""
    found = _held(distribution, template)
    if found:
        advised = "do that and run again: the removal goes on"
        raise errors.Conflict(distribution.context(template.context), f"{_DOING} {template.name}", f"it is the place {found}", advised)


def _held(distribution: Distribution, template: Template) -> str:
    """The keyspaces of users with copies in a datacenter, and what to do about them; empty when there are none."""
    asked = distribution.running() or ([template] if holds(distribution.body(template) or {}, "Ready") else [])
    if not asked:
        what = "no datacenter of the cluster is ready, so nobody tells which keyspaces have copies in it"
        advised = "mend the others first; nothing was removed"
        raise errors.Unavailable(distribution.context(template.context), f"{_DOING} {template.name}", what, advised)
    held = copies_there(distribution.definition, template.cassandra_name, distribution.management(asked[-1]).replications())
    if not held:
        return ""
    names = ", ".join(sorted(held))
    return f"where keyspaces of yours still have copies: {names}. Take them away first: {advice(template.cassandra_name, held)}"
