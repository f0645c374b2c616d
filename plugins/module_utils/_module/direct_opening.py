# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The beginning of a direct distribution: what is read, and what is refused before anything is written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._core.cluster import ClusterWish, parse_cluster
from .._core.collisions import check_collisions
from .._core.deployment import in_live_order
from .._core.distribution.add_ons import ADD_ONS, add_ons, known_add_ons
from .._core.distribution.lost import check_lost, entries_in, lost_names, returned, without
from .._core.distribution.ownership import Record, as_cluster, check_masters, place_of, recorded
from .._core.distribution.support import check_supported
from .._core.distribution.template import templates
from .._core.errors import SpecError
from .._core.names import cassandra_name
from .._core.objects import Object, Ref, kind_named, ref_of
from .._core.readings import ClusterReading, is_of, name_of, namespace_of
from .._core.update import check_update
from .._kube import errors
from .._kube.api import Api
from .._kube.contents import Aim, read_answers
from .direct_add_ons import read_add_ons
from .direct_decommission_check import check_decommissions, leaving_datacenters
from .direct_distribution import Distribution
from .direct_input_check import check_node_configs, check_strangers, completed
from .direct_records import records_in
from .direct_secrets import secret_refs
from .direct_unreachable import lost_contexts, told_unreachable
from .run import Call, foretelling
from .wish import is_move

_PLANNING = "planning the cluster"
_STORES = ("clientEncryptionStores", "serverEncryptionStores")


def open_distribution(call: Call, wish: ClusterWish, own: Api, remotes: Mapping[str, Api]) -> Distribution:
    """The distribution of a run that may go on.

    Raises:
        SpecError: what cannot be, or is not done in this way, or belongs to somebody else.
        ClusterError: a context does not answer, or lacks what every run needs.
    """
    check_supported(wish)
    if call.parameters["apply_updates"] == "always":
        raise SpecError("apply_updates", "is always, which only an operator's control plane can watch over; write once when it is time")
    moving = is_move(call, wish)
    distribution = Distribution(call, wish, own, remotes)
    _check_contexts(distribution)
    distribution.contents, failed = read_answers([_aim(distribution, context) for context in distribution.apis])
    for problem in failed.values():
        raise told_unreachable(call, problem, distribution.apis, distribution.contents)
    check_masters(wish.definition, own.context, _others(distribution))
    before = {context: record for context, one in distribution.contents.items() for record in records_in(call, one)}
    _check_returned(distribution, before)
    left = _left(distribution, before)
    known = as_cluster(left)
    distribution.leaving = leaving_datacenters(distribution, known, left)
    ordered = _in_order(wish.definition, known)
    # What an operator's control plane had before a move, no record says.
    had = ADD_ONS if moving and not before else known_add_ons(before.values())
    dropped = tuple(name for name in had if name not in add_ons(wish.definition))
    _new_records(distribution, ordered, before, dropped)
    reading = distribution.read()
    _require_answers(distribution, reading)
    _check_live(distribution, reading, known, before)
    _joining(distribution, before)
    with foretelling(call):
        defaults = completed(distribution, ordered)
        distribution.add_ons = read_add_ons(wish, reading, distribution.apis, dropped, operators=distribution.operators)
        distribution.definition = defaults
    if has_defaults(distribution):
        # What cannot be distributed is refused by this, before anything is written.
        distribution.parts()
        check_decommissions(distribution, known)
    return distribution


def _others(distribution: Distribution) -> dict[str, list[Object]]:
    """The live K8ssandraClusters, without the one that a move is about."""
    wish = distribution.wish
    moving = (distribution.own.context, wish.namespace, wish.name) if is_move(distribution.call, wish) else None
    return {
        context: [body for body in one.clusters if (context, namespace_of(body), name_of(body)) != moving]
        for context, one in distribution.contents.items()
    }


def _check_contexts(distribution: Distribution) -> None:
    for datacenter in distribution.wish.datacenters:
        if distribution.context(datacenter.context) not in distribution.apis:
            known = ", ".join(distribution.apis)
            raise SpecError(f"{datacenter.path}.k8sContext", f"is {datacenter.context}, none of the contexts ({known}); add it there")


def _aim(distribution: Distribution, context: str) -> Aim:
    wish = distribution.wish
    used = distribution.places().get(context, ())
    namespaces = tuple(dict.fromkeys((*used, wish.namespace)))
    refs = [kind_named("Namespace").ref(name) for name in used]
    refs += secret_refs(wish.definition, namespaces)
    refs += _referred(distribution, context)
    return Aim(distribution.apis[context], wish.name, wish.namespace, tuple(dict.fromkeys(refs)))


def _referred(distribution: Distribution, context: str) -> list[Ref]:
    """The Secrets with stores and passwords, and the users' ConfigMaps, that the definition refers to in one context."""
    wish, found = distribution.wish, []
    for holder in (wish.cassandra, *(template for _datacenter, template in wish.templates())):
        references = [reference for kind in _STORES for reference in (holder.get(kind) or {}).values()]
        names = [reference["name"] for reference in references if isinstance(reference, Mapping) and reference.get("name")]
        found += [kind_named("Secret").ref(name, wish.namespace) for name in names]
    for datacenter, template in wish.templates():
        name = (template.get("perNodeConfigMapRef") or {}).get("name")
        if name and distribution.context(datacenter.context) == context:
            found.append(kind_named("ConfigMap").ref(name, datacenter.namespace))
    return found


def _in_order(definition: Object, known: Object | None) -> dict[str, Any]:
    cassandra = definition["spec"]["cassandra"]
    ordered = {**cassandra, "datacenters": in_live_order(cassandra["datacenters"], known)}
    return {**definition, "spec": {**definition["spec"], "cassandra": ordered}}


def _new_records(distribution: Distribution, ordered: Object, before: Mapping[str, Record], dropped: tuple[str, ...]) -> None:
    kept = recorded(ordered, distribution.own.context)
    leaving = tuple(each.own for each in distribution.leaving)
    left = [distribution.context(each.context) for each in distribution.leaving]
    # A context that only loses datacenters says so too, as long as it has a record: nobody makes one there any more.
    for context in dict.fromkeys((*distribution.places(), *(context for context in left if context in before))):
        old = before.get(context, Record({}))
        joining = tuple(name for name in old.joining if name in {each.name for each in distribution.wish.datacenters})
        distribution.records[context] = Record(kept, old.carried_out, joining, leaving, dropped, distribution.lost)


def _joining(distribution: Distribution, before: Mapping[str, Record]) -> None:
    """Every datacenter that comes after another one has to get the data that is there, as upstream has it for new clusters too."""
    live = distribution.live()
    for position, entry in enumerate(next(iter(distribution.records.values())).definition["spec"]["cassandra"]["datacenters"]):
        name, context = entry["metadata"]["name"], entry["k8sContext"]
        record = distribution.records[context]
        if name not in live and name not in record.joining and (position > 0 or live):
            distribution.keep(context, joining=(*record.joining, name))


def _require_answers(distribution: Distribution, reading: ClusterReading) -> None:
    """Never trust absence: what a context that fails now holds would be taken for missing."""
    used = distribution.places()
    for context in reading.contexts:
        if not context.reachable:
            raise errors.Unreachable(context.context, _PLANNING, context.cause, "nothing was changed; run again when the context answers")
        if context.context in used and "CassandraDatacenter" in context.not_served:
            with foretelling(distribution.call):
                advice = "install cass-operator there first: role install_operator"
                raise errors.Absent(context.context, _PLANNING, "the cluster serves no CassandraDatacenters", advice)


def _left(distribution: Distribution, before: Mapping[str, Record]) -> list[Record]:
    """What the records say without the datacenters that are lost; the one that was not carried out first, as it counts."""
    contexts, back = lost_contexts(distribution.call), _back(distribution, before)
    records = sorted((record for record in before.values() if not back & {*record.lost}), key=lambda record: record.complete)
    gone = entries_in(records, contexts)
    given = {context["name"] for context in distribution.call.parameters["contexts"]}
    for context in sorted({entry["k8sContext"] for entry in gone} - given):
        distribution.call.warn(f"lost_contexts names {context}, which contexts leaves out: nobody asked whether it answers")
    distribution.lost = lost_names(records, gone)
    left = [without(record, distribution.lost) for record in records]
    check_lost(distribution.wish, left, gone, distribution.lost)
    return left


def _back(distribution: Distribution, records: Mapping[str, Record]) -> set[str]:
    """The datacenters, as Cassandra calls them, that are wanted and there while only some of the records note their loss.

    Every record notes a loss before anything is forgotten: so these need not be.
    """
    noted, back = {name for record in records.values() for name in record.lost}, set()
    for datacenter, template in distribution.wish.templates():
        context = distribution.context(datacenter.context)
        ref = kind_named("CassandraDatacenter").ref(datacenter.name, datacenter.namespace)
        known = cassandra_name(template) in noted and not returned(context, datacenter.name, records)
        if known and distribution.apis[context].get(ref) is not None:
            back.add(cassandra_name(template))
    return back


def _check_returned(distribution: Distribution, records: Mapping[str, Record]) -> None:
    """Refuses a datacenter that comes back after the others have forgotten it, before its own record is taken for true."""
    for context, record in records.items():
        for where, namespace, name in (place_of(entry, record.definition) for entry in entries_in([record], [context])):
            ref = kind_named("CassandraDatacenter").ref(name, namespace)
            if returned(where, name, records) and distribution.apis[context].get(ref) is not None:
                raise _returned(context, ref, returned(where, name, records))


def _returned(context: str, ref: Ref, why: str) -> errors.Conflict:
    gone = f"if {context} was forgotten for good (lost_contexts), remove it there, with its volumes and its record"
    older = "if it was not, and these records were restored or are another run's, remove them and run with the definition that has it"
    advice = f"{gone}, before its nodes reach the others; {older}; nothing was changed"
    return errors.Conflict(context, _PLANNING, f"{ref} is there, and {why}", advice)


def _check_live(distribution: Distribution, reading: ClusterReading, known: Object | None, records: Mapping[str, Record]) -> None:
    """Whether what is there may become what is wanted."""
    wish, own = distribution.wish, distribution.own.context
    wanted = {(distribution.context(each.context), each.namespace, each.name) for each in wish.datacenters}
    leaving = {(distribution.context(each.context), each.namespace, each.name) for each in distribution.leaving}
    found = [(context.context, body) for context in reading.contexts for body in context.of("CassandraDatacenter")]
    for context, body in found:
        where = (context, namespace_of(body), name_of(body))
        why = is_of(body, wish.name, wish.namespace) and returned(context, name_of(body), records)
        if why:
            raise _returned(context, ref_of(body), why)
        if is_of(body, wish.name, wish.namespace) and where not in wanted | leaving:
            taken = cassandra_name({**body, **body["spec"]}) in distribution.lost
            why = "which an earlier run took for lost and did not forget" if taken else "and no record tells of it"
            what = f"leaves out {name_of(body)}, which is in {context}, {why}; put it back"
            raise SpecError(wish.at("spec", "cassandra", "datacenters"), what)
        if body["metadata"].get("deletionTimestamp") and where in wanted:
            what = f"CassandraDatacenter {namespace_of(body)}/{name_of(body)} is being removed"
            advice = "run again when it is gone; where remove_datacenters began it, leave it out once more and run; nothing was changed"
            raise errors.Conflict(context, _PLANNING, what, advice)
    if known is not None:
        there = {name_of(body): {} for _context, body in found if is_of(body, wish.name, wish.namespace)}
        same = parse_cluster(recorded(wish.definition, own), namespace=wish.namespace, path=wish.path)
        check_update(same, {**known, "status": {"datacenters": there}})
    neighbours: dict[str, list[Object]] = {each.context: [] for each in wish.datacenters}
    for each, bodies in neighbours.items():
        bodies += [body for context, body in found if context == distribution.context(each)]
    check_collisions(wish, neighbours)
    check_strangers(distribution, known)
    with foretelling(distribution.call):
        check_node_configs(distribution)


def has_defaults(distribution: Distribution) -> bool:
    """Whether the defaults of the definition are known: a dry run of an empty fleet has none yet."""
    return bool(distribution.definition) and bool(templates(distribution.definition))
