# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps of a direct distribution: what each part of a run would write."""

from __future__ import annotations

from collections.abc import Mapping

from .._core.deployment import namespace_to_apply
from .._core.diff import Change
from .._core.distribution.keyspaces import copies_of, is_replicated, rebuild_source, rebuild_task, with_staying
from .._core.distribution.ownership import Record, record_body, record_of
from .._core.distribution.template import Template
from .._core.fingerprint import digest_of
from .._core.objects import Object, Ref, ref_of
from .._core.plan import Plan, Step, Verb, plan_absence, plan_presence
from .._core.readings import holds, is_of
from .._kube.apply import confirm
from .._kube.errors import Conflict
from .._kube.management import ManagementApi
from .._kube.namespaces import require_staying
from .._kube.observe import observe
from .direct_distribution import Distribution, Parts
from .direct_secrets import wanted_secrets

API, KEYSPACE = "management-api/v0", "Keyspace"


def plan_foundation(distribution: Distribution) -> Plan:
    """What comes before any datacenter: namespaces, the records that say whose the cluster is, and Secrets."""
    wish, plan = distribution.wish, Plan()
    secrets = wanted_secrets(wish.definition, distribution.places(), distribution.contents, check_mode=distribution.call.check_mode)
    for context, namespaces in distribution.places().items():
        there = distribution.contents[context].objects
        for name in namespaces:
            body = namespace_to_apply(wish, name)
            require_staying(context, there.get(ref_of(body)), "planning the cluster")
            plan += plan_presence(context, [body] if ref_of(body) not in there else [], {})
        plan += plan_record(distribution, context)
        plan += confirmed(distribution, context, plan_presence(context, secrets[context], there))
    empty = [context for context in distribution.records if context not in distribution.places()]
    return plan + sum((plan_record(distribution, context) for context in empty), Plan())


def plan_record(distribution: Distribution, context: str) -> Plan:
    """The step that makes a context's record be as the distribution has it.

    Raises `Conflict` when it is not the cluster's, or another run changed it since this one read or wrote it: what that run asked for
    would be forgotten.
    """
    known = {ref_of(each): each for each in distribution.contents[context].records}
    used, there = distribution.places().get(context, ()), [ref.namespace for ref in known]
    # The one that is there stays where it is, whatever the order of the datacenters; a second one would say something else some day.
    namespace = next((each for each in there if each in used), (*used, *there)[0])
    body = record_body(distribution.records[context], namespace)
    ref = ref_of(body)
    before = distribution.kept.setdefault(context, record_of(known.get(ref, {})))
    if not distribution.wrote and not plan_presence(context, [body], known):
        return Plan()
    found = observe(distribution.apis[context], [ref])
    _check_record(distribution, context, ref, found.get(ref), before)
    if ref in found:
        # Whoever writes after this look is found by the API server: then the version is another one.
        body["metadata"]["resourceVersion"] = found[ref]["metadata"]["resourceVersion"]
    distribution.kept[context] = record_of(body)
    return confirmed(distribution, context, plan_presence(context, [body], found))


def _check_record(distribution: Distribution, context: str, ref: Ref, found: Object | None, before: Record | None) -> None:
    wish, doing = distribution.wish, f"writing {ref}"
    if found is not None and not is_of(found, wish.name, wish.namespace):
        what = f"it is there and does not belong to {wish.namespace}/{wish.name}; its labels tell to whom"
        advice = f"let one of two clusters of the name {wish.name} have its datacenters in another namespace, or remove what is nobody's"
        raise Conflict(context, doing, what, advice)
    if record_of(found or {}) != before:
        what = f"somebody, such as another run, changed or removed the record of {wish.name} since this run knew it"
        raise Conflict(context, doing, what, "run again, with the definition that has all that both runs shall do")


def plan_completion(distribution: Distribution) -> Plan:
    """The steps by which every record says that the definition was carried out to its end; who still has to get data stays in it."""
    distribution.records = {context: record for context, record in distribution.records.items() if context in distribution.places()}
    for context, record in distribution.records.items():
        distribution.keep(context, carried_out=digest_of(record.definition), leaving=(), dropped=(), lost=())
    return sum((plan_record(distribution, context) for context in distribution.records), Plan())


def plan_datacenter(distribution: Distribution, template: Template, parts: Parts) -> Plan:
    """What comes before a CassandraDatacenter, and the CassandraDatacenter."""
    context = distribution.context(template.context)
    found = dict(observe(distribution.apis[context], [*map(ref_of, parts.before), *parts.unwanted]))
    live = distribution.live().get(template.name)
    found.update({ref_of(parts.datacenter): live} if live is not None else {})
    plan = plan_absence(context, parts.unwanted, found, "has no address any more")
    return plan + confirmed(distribution, context, plan_presence(context, (*parts.before, parts.datacenter), found))


def plan_slices(distribution: Distribution, template: Template, parts: Parts) -> Plan:
    """The slices with the seeds alone, for when all datacenters are up."""
    context = distribution.context(template.context)
    slices = [body for body in parts.before if body["kind"] == "EndpointSlice"]
    found = observe(distribution.apis[context], [*map(ref_of, slices), *parts.unwanted])
    plan = plan_absence(context, parts.unwanted, found, "has no address any more")
    return plan + confirmed(distribution, context, plan_presence(context, slices, found))


def plan_add_ons(distribution: Distribution, template: Template, parts: Parts) -> Plan:
    """What comes once a datacenter is ready, and what goes because it is not wanted any more."""
    context = distribution.context(template.context)
    found = observe(distribution.apis[context], [*map(ref_of, parts.after), *parts.leftovers])
    ours = [ref for ref in parts.leftovers if ref in found and is_of(found[ref], distribution.wish.name, distribution.wish.namespace)]
    plan = confirmed(distribution, context, plan_presence(context, parts.after, found))
    return plan + plan_absence(context, ours, found, "is not wanted any more")


def plan_keyspaces(
    distribution: Distribution, template: Template, management: ManagementApi, wanted: Mapping[str, Mapping[str, int]]
) -> Plan:
    """The keyspaces that have not the replication that they shall have, each a step; asked of one datacenter for the whole cluster."""
    context, there, plan = distribution.context(template.context), management.keyspaces(), Plan()
    stay = {each.cassandra_name for each in distribution.order()}
    for name, shall in wanted.items():
        ref = Ref(API, KEYSPACE, template.namespace, name)
        if name not in there:
            plan += Plan((Step(context, Verb.CREATE, ref, "is not there", body={"replication": dict(shall)}),))
            continue
        found = management.replication(name)
        copies = with_staying(found, shall, stay)
        if not is_replicated(found, copies):
            change = Change(("replication",), copies_of(found) or dict(found), copies)
            more = {"body": {"replication": copies}, "found": {"replication": found}, "changes": (change,)}
            plan += Plan((Step(context, Verb.UPDATE, ref, "replication differs", **more),))
    return plan


def plan_rebuild(distribution: Distribution, template: Template, datacenter: Object) -> Plan:
    """The task that gives a new datacenter the data that is there; none when the task is there."""
    context = distribution.context(template.context)
    ready = {name for name, body in distribution.live().items() if holds(body, "Ready")}
    task = rebuild_task(datacenter, rebuild_source(distribution.definition, template.cassandra_name, ready))
    found = observe(distribution.apis[context], [ref_of(task)])
    return Plan() if found else plan_presence(context, [task], {})


def confirmed(distribution: Distribution, context: str, plan: Plan) -> Plan:
    """A plan of one context without what the server says would change nothing."""
    return confirm(distribution.apis[context], plan, force=distribution.call.parameters["force_conflicts"])
