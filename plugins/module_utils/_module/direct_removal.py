# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Removing a cluster that the collection distributes: one datacenter after the other, and the records last."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .._core.cluster import FINALIZER
from .._core.distribution.add_ons import known_add_ons
from .._core.distribution.labels import CONTROLLER, cluster_name
from .._core.distribution.ownership import all_places, as_cluster, check_masters
from .._core.distribution.secrets import ORPHAN, REPLICATED_BY
from .._core.distribution.seeds import slice_names
from .._core.errors import SpecError
from .._core.objects import Object, Ref, kind_named, ref_of
from .._core.plan import Plan, Step, Verb, plan_absence
from .._core.readings import cluster_labels, is_owned_by_another
from .._core.verdict import Verdict
from .._kube.api import Api
from .._kube.apply import carry_out
from .._kube.contents import Aim, Contents, read_contents
from .._kube.observe import observe
from .._kube.wait import wait_for
from .cluster_removal import plan_leftovers
from .direct_add_ons_removal import plan_add_ons_removal, until_add_ons_are_gone
from .direct_records import records_in
from .run import Call, outcome, reporting

_GOES = "is not wanted; its nodes and volumes go with it"


def remove_distributed(call: Call, own: Api, remotes: Mapping[str, Api]) -> dict[str, Any]:
    """Removes the cluster with all its datacenters and volumes, if the exact name was given for it.

    Args:
        call: what Ansible asks for.
        own: the context of the task.
        remotes: the others by name.
    """
    name, namespace = call.parameters["name"], call.parameters["namespace"]
    apis = {own.context: own, **remotes}
    contents = read_contents([Aim(api, name, namespace) for api in apis.values()])
    plain = {"metadata": {"name": name, "namespace": namespace}}
    check_masters(plain, own.context, {context: one.clusters for context, one in contents.items()})
    records = [record for one in contents.values() for record in records_in(call, one)]
    known = as_cluster(records)
    if known is None:
        _check_nothing(apis, name, namespace)
        return outcome(Plan(), cluster={})
    if call.parameters["confirm_removal"] != name:
        raise SpecError("confirm_removal", f"{namespace}/{name} is there, with its data; to remove it, write its exact name here: {name}")
    plan = plan_add_ons_removal(apis, known, known_add_ons(records)) + _plan_datacenters(apis, known)
    with reporting(cluster={}) as done:
        for step in plan.steps if not call.check_mode else ():
            carry_out(apis[step.context], Plan((step,)), say=call.say, done=done)
            if step.ref.kind == "CassandraDatacenter":
                _release(call, apis[step.context], step.ref)
        for context, api in apis.items() if not call.check_mode else ():
            until_add_ons_are_gone(call, api, plan.of(context))
        rest = sum((_plan_rest(call, api, contents[context], known) for context, api in apis.items()), Plan())
        for context, api in apis.items() if not call.check_mode else ():
            carry_out(api, rest.of(context), say=call.say, done=done)
    return outcome(plan + rest, cluster={})


def _check_nothing(apis: Mapping[str, Api], name: str, namespace: str) -> None:
    """Without a record the collection distributes nothing; what is there all the same is somebody else's."""
    for context, api in apis.items():
        found = api.list(kind_named("CassandraDatacenter"), labels=cluster_labels(name, namespace)) or ()
        if found:
            what = f"is ansible, but no context has a record of {namespace}/{name}, and {ref_of(found[0])} in {context} belongs to it"
            raise SpecError("control_plane", f"{what}; remove it by the control plane that distributes it")


def _plan_datacenters(apis: Mapping[str, Api], known: Object) -> Plan:
    """The removal of the datacenters, in the order of the definition; also of those whose removal has begun already."""
    plan = Plan()
    for context, namespace, name in all_places(known):
        ref = kind_named("CassandraDatacenter").ref(name, namespace)
        found = apis[context].get(ref) if context in apis else None
        if context not in apis:
            raise SpecError("contexts", f"leaves out {context}, which holds {ref}; add it, or its data would stay there")
        plan += Plan((Step(context, Verb.DELETE, ref, _GOES, found=found),)) if found is not None else Plan()
    return plan


def let_go(api: Api, ref: Ref) -> None:
    """Lets go of a datacenter that is being removed: cass-operator alone still holds it."""
    there = api.get(ref)
    finalizers = (there or {}).get("metadata", {}).get("finalizers") or ()
    if there is not None and FINALIZER in finalizers:
        api.merge(ref, {"metadata": {"finalizers": [each for each in finalizers if each != FINALIZER]}})


def _release(call: Call, api: Api, ref: Ref) -> None:
    """Lets go of a datacenter that is being removed, and waits until it is gone: only then the next one is removed."""
    let_go(api, ref)

    def look() -> Verdict:
        if api.get(ref) is None:
            return Verdict(True)
        return Verdict(False, f"{ref} is still there", lines=(f"{api.context} {ref.name}: is being removed",))

    wait_for(look, call.patience, context=api.context, doing=f"waiting for the removal of {ref}", say=call.say)


def _plan_rest(call: Call, api: Api, contents: Contents, known: Object) -> Plan:
    """What belongs to the cluster besides its datacenters in one context; the record and namespaces of ours last."""
    places = [place for place in all_places(known) if place[0] == api.context]
    slices = [ref for _context, namespace, datacenter in places for ref in slices_named(known, datacenter, namespace)]
    secrets = copied_secrets(call, api, (namespace for _context, namespace, _datacenter in places))
    found = {ref_of(body): body for body in secrets} | observe(api, slices)
    plan = plan_absence(api.context, found, found, f"belongs to {call.parameters['namespace']}/{call.parameters['name']}")
    # What something else owns goes with its owner; only a dry run meets it here.
    left = [step for step in plan_leftovers(call, api).steps if step.ref not in found and not is_owned_by_another(step.found)]
    records = {ref_of(body) for body in contents.records}
    last = [step for step in left if step.ref in records or step.ref.kind == "Namespace"]
    first = tuple(step for step in left if step not in last)
    return plan + Plan((*first, *sorted(last, key=lambda step: step.ref.kind == "Namespace")))


def copied_secrets(call: Call, api: Api, namespaces: Iterable[str]) -> list[Object]:
    """The copies of the cluster's Secrets in these namespaces of one context, but those that outlive it.

    Nobody need be allowed to list the Secrets of all namespaces for that.
    """
    labels = {REPLICATED_BY: CONTROLLER, **cluster_labels(call.parameters["name"], call.parameters["namespace"])}
    copies = [body for namespace in dict.fromkeys(namespaces) for body in api.list(kind_named("Secret"), namespace, labels) or ()]
    return [body for body in copies if (body["metadata"].get("annotations") or {}).get(ORPHAN) != "true"]


def slices_named(definition: Object, datacenter: str, namespace: str) -> list[Ref]:
    """The slices with seeds that a datacenter may have."""
    body = {"metadata": {"name": datacenter, "namespace": namespace}, "spec": {"clusterName": cluster_name(definition)}}
    return [kind_named("EndpointSlice").ref(name, namespace) for name in slice_names(definition, body)]
