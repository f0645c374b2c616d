# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Removing one datacenter of a direct distribution: its nodes leave the ring, and then goes what was made for it.

Source: `deleteDc`, k8ssandra-operator v1.26.0 `controllers/k8ssandra/cleanup.go`.
"""

from __future__ import annotations

from dataclasses import replace

from .._core.diff import Change
from .._core.distribution.decommission import DECOMMISSION, has_nodes, remains_of
from .._core.distribution.template import Template
from .._core.objects import Object, Ref, kind_named, ref_of
from .._core.plan import Plan, Step, Verb, plan_absence, update_step
from .._core.readings import is_of, is_owned_by_another
from .._kube.apply import carry_out, write_each
from .._kube.observe import observe
from .cluster_removal import plan_leftovers
from .direct_decommission_check import check_copies
from .direct_distribution import Distribution
from .direct_removal import copied_secrets, let_go, slices_named

_WHY = "is not in the definition any more; its nodes leave the ring, and their volumes go"
# These lack the labels of the cluster; their names are of one datacenter alone.
_BY_NAME = ("EndpointSlice", "PersistentVolumeClaim")
_PATH = ("metadata", "annotations", DECOMMISSION)


def plan_decommissions(distribution: Distribution) -> Plan:
    """The CassandraDatacenters that go."""
    return sum((_plan_decommission(distribution, template) for template in distribution.leaving), Plan())


def plan_return(distribution: Distribution, template: Template, wanted: Object) -> Plan:
    """Takes back what a run that ended half-way left on a datacenter that is wanted again: its removal later could not end."""
    body = distribution.live().get(template.name)
    if body is None or not _marked(body) or _marked(wanted):
        return Plan()
    return Plan((update_step(distribution.context(template.context), None, body, (Change(_PATH, "true", None),), "it stays"),))


def carry_out_decommission(distribution: Distribution, template: Template, done: list[Step]) -> None:
    """Has cass-operator take the nodes of one datacenter out of the ring, and remove the datacenter."""
    plan = _plan_decommission(distribution, template)
    api = distribution.apis[distribution.context(template.context)]
    if plan:
        check_copies(distribution, template)
    for step in plan.steps:
        if step.verb is Verb.UPDATE:
            mark(distribution, step, done)
        else:
            carry_out(api, Plan((step,)), say=distribution.call.say, done=done)
            distribution.quiet, distribution.wrote = False, True
    if distribution.body(template) is not None:
        let_go(api, _ref(template))


def mark(distribution: Distribution, step: Step, done: list[Step]) -> None:
    """Writes the annotation of a step by itself: an apply would give up all other fields."""
    patch = {"metadata": {"annotations": {DECOMMISSION: step.changes[0].wanted}}}
    distribution.quiet, distribution.wrote = False, True
    write_each(Plan((step,)), lambda step: distribution.apis[step.context].merge(step.ref, patch), say=distribution.call.say, done=done)


def plan_remains(distribution: Distribution) -> Plan:
    """What is left of the datacenters that have gone, in each context: Secrets, ConfigMaps, slices, our record and our namespaces."""
    contexts = dict.fromkeys(distribution.context(template.context) for template in distribution.leaving)
    return sum((_plan_remains(distribution, context) for context in contexts), Plan())


def _plan_decommission(distribution: Distribution, template: Template) -> Plan:
    body, context = distribution.body(template), distribution.context(template.context)
    if body is None or body["metadata"].get("deletionTimestamp"):
        return Plan()
    plan = _plan_reaper(distribution, template)
    if not _marked(body) and has_nodes(body, distribution.pods(template)):
        plan += Plan((update_step(context, None, body, (Change(_PATH, None, "true"),), "cass-operator decommissions its nodes"),))
    return plan + Plan((Step(context, Verb.DELETE, _ref(template), _WHY, found=body),))


def _plan_reaper(distribution: Distribution, template: Template) -> Plan:
    """Its Reaper goes first: no repair is to run on nodes that leave (`deleteDc`, v1.26.0 `controllers/k8ssandra/cleanup.go`)."""
    context = distribution.context(template.context)
    refs = [ref for ref in remains_of(distribution.definition, template, distribution.observation({})) if ref.kind == "Reaper"]
    found = observe(distribution.apis[context], refs)
    ours = [ref for ref in found if is_of(found[ref], distribution.wish.name, distribution.wish.namespace)]
    return plan_absence(context, ours, found, "belongs to a datacenter that goes")


def _plan_remains(distribution: Distribution, context: str) -> Plan:
    wish, api, kept = distribution.wish, distribution.apis[context], distribution.places().get(context, ())
    call = replace(distribution.call, parameters={**distribution.call.parameters, "name": wish.name, "namespace": wish.namespace})
    emptied = {each.namespace for each in distribution.leaving if distribution.context(each.context) == context} - set(kept)
    secrets = {ref_of(body): body for body in copied_secrets(call, api, sorted(emptied))}
    found = secrets | observe(api, _objects_of(distribution, context))
    ours = [ref for ref in found if ref in secrets or ref.kind in _BY_NAME or is_of(found[ref], wish.name, wish.namespace)]
    plan = plan_absence(context, ours, found, "belongs to a datacenter that is gone")
    # What something else owns goes with its owner; only a dry run meets it here.
    left = [step for step in plan_leftovers(call, api, kept).steps if step.ref not in ours and not is_owned_by_another(step.found)]
    return plan + Plan(tuple(sorted(left, key=lambda step: (step.ref.kind == "Namespace", _is_record(distribution, step.ref)))))


def _objects_of(distribution: Distribution, context: str) -> list[Ref]:
    """What the datacenters that leave may have had in one context, and no other datacenter has there."""
    observation = distribution.observation({})
    found: dict[Ref, None] = {}
    for template in distribution.leaving:
        if distribution.context(template.context) == context:
            found |= dict.fromkeys(slices_named(distribution.definition, template.name, template.namespace))
            found |= dict.fromkeys(remains_of(distribution.definition, template, observation))
    wanted = {ref_of(body) for parts in distribution.parts().values() for body in (*parts.before, *parts.after)}
    return [ref for ref in found if ref not in wanted]


def _is_record(distribution: Distribution, ref: Ref) -> bool:
    return any(ref == ref_of(body) for one in distribution.contents.values() for body in one.records)


def _marked(body: Object) -> bool:
    return (body["metadata"].get("annotations") or {}).get(DECOMMISSION) == "true"


def _ref(template: Template) -> Ref:
    return kind_named("CassandraDatacenter").ref(template.name, template.namespace)
