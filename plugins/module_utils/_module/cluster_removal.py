# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Removing a K8ssandraCluster and what the operator leaves behind."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from .._core.cluster import FINALIZER
from .._core.deployment import CLUSTER_LABEL
from .._core.distribution.labels import CLEANED_UP_BY, CONTROLLER
from .._core.distribution.moving import REPLICATED_SECRET_FINALIZER
from .._core.distribution.ownership import CONTROL_PLANE, check_no_record
from .._core.errors import SpecError
from .._core.names import clean_label_value
from .._core.objects import Object, kind_named, ref_of
from .._core.operators import K8SSANDRA, Operator, operators_in
from .._core.plan import Plan, plan_absence
from .._core.readings import ContextReading, cluster_labels, is_of, labels_of, name_of, namespace_of
from .._core.verdict import Verdict
from .._kube import errors
from .._kube.api import Api
from .._kube.apply import carry_out
from .._kube.client import Client
from .._kube.fleet import failures, side_by_side
from .._kube.namespaces import tenants
from .._kube.records import read_records
from .._kube.wait import wait_for
from .run import Call, outcome, reporting
from .wish import fleet

# What upstream's removal forgets (k8ssandra-operator v1.26.0 controllers/k8ssandra/cleanup.go): config maps of a cluster whose name
# upstream cleans, and the slices with the seeds and contact points of other datacenters.
_LEFT_BEHIND = ("ConfigMap", "EndpointSlice")
_CASSANDRA_LABEL = "cassandra.datastax.com/cluster"
# The beginning of an advice.
_INSTALL = "install the operators again (playbook operators, role install_operator) and run once more; when they are gone for good"
# A user's ConfigMap for single nodes has the labels of the cluster too, so that upstream sees its changes (`per_node_config.go`). What was
# made for the cluster says so besides, as upstream's removal asks (`IsCleanedUpBy`) or as a record of ours.
_MADE = {CLEANED_UP_BY: CONTROLLER, CONTROL_PLANE: "ansible"}


def remove_cluster(call: Call) -> dict[str, Any]:
    """Removes the cluster with all its datacenters and volumes, if the exact name was given for it."""
    name, namespace = call.parameters["name"], call.parameters["namespace"]
    if not name:
        raise SpecError("name", "is empty; name the cluster that is to be removed")
    ref = kind_named("K8ssandraCluster").ref(name, namespace)
    with fleet(call.parameters) as (control_plane, remotes):
        there = control_plane.get(ref)
        if there is not None and call.parameters["confirm_removal"] != name:
            found = f"K8ssandraCluster {namespace}/{name} is there, with its data"
            raise SpecError("confirm_removal", f"{found}; to remove it, write its exact name here: {name}")
        _require_answers(remotes)
        if there is None:
            records, _problems = read_records([control_plane, *remotes.values()], name, namespace)
            check_no_record(name, namespace, records)
        else:
            _require_operator(call, control_plane, there)
        plan = plan_absence(control_plane.context, [ref], {ref: there} if there else {}, "is not wanted; its nodes and volumes go with it")
        apis = (*remotes.values(), control_plane)
        with reporting(cluster={}) as done:
            if not call.check_mode:
                carry_out(control_plane, plan, say=call.say, done=done)
                if not call.parameters["wait"]:
                    return outcome(plan, cluster={})
                _await_removal(call, control_plane, remotes)
            elif there is None and (stuck := _copies_verdict(call, control_plane)).hopeless:
                call.warn(f"{control_plane.context}: {stuck.reason}; {stuck.advice}")
            rest = sum((plan_leftovers(call, api) for api in apis), Plan())
            for api in apis if not call.check_mode else ():
                carry_out(api, rest.of(api.context), say=call.say, done=done)
        return outcome(plan + rest, cluster={})


def _require_answers(remotes: Mapping[str, Client]) -> None:
    """A datacenter in a context that does not answer would keep the cluster in removal for ever."""
    for problem in failures(side_by_side(lambda api: api.read("/version"), list(remotes.values()))).values():
        raise errors.Unreachable(
            problem.context, "removing the cluster", problem.found, "nothing was removed; run again when the context answers"
        )


def _require_operator(call: Call, control_plane: Client, cluster: Object) -> None:
    """Only the operator takes its finalizer off (`cleanup.go`): without one a removal could not end, nor be taken back."""
    held = FINALIZER in (cluster["metadata"].get("finalizers") or ())
    if not (held and call.parameters["wait"]) or _may_have_operator(call, control_plane):
        return
    found = f"it has the finalizer {FINALIZER}, and {_no_operator(call)} to remove its datacenters and take that off"
    advice = f"{_INSTALL}, do by hand what docs/teardown.md says"
    if not call.check_mode:
        raise errors.Absent(control_plane.context, f"removing {ref_of(cluster)}", found, f"nothing was changed; {advice}")
    call.warn(f"{control_plane.context}: {ref_of(cluster)} would not be removed: {found}; {advice}")


def _await_removal(call: Call, control_plane: Client, remotes: Mapping[str, Client]) -> None:
    name, namespace = call.parameters["name"], call.parameters["namespace"]

    def look() -> Verdict:
        there = control_plane.get(kind_named("K8ssandraCluster").ref(name, namespace))
        apis = [control_plane, *remotes.values()]
        left = side_by_side(lambda api: _datacenters(api, name, namespace), apis)
        busy = [api for api in apis if left[api.context] and api.context not in failures(left)]
        trouble = tuple(sentence for api in busy for sentence in _operator_problems(api, operators))
        verdict = _removal_verdict(f"K8ssandraCluster {namespace}/{name}", there is not None, left)
        if verdict.done:
            verdict = _copies_verdict(call, control_plane)
            trouble = () if verdict.done else tuple(_operator_problems(control_plane, operators))
        return replace(verdict, reason="; ".join((verdict.reason, *trouble)), lines=(*verdict.lines, *trouble))

    operators = call.parameters["operator_namespace"] or namespace

    doing = f"waiting for the removal of K8ssandraCluster {namespace}/{name}"
    wait_for(look, call.patience, context=control_plane.context, doing=doing, say=call.say)


def _removal_verdict(cluster: str, there: bool, left: Mapping[str, Sequence[Object] | errors.ClusterError]) -> Verdict:
    unknown = failures(left)
    bodies = [(context, body) for context, found in left.items() if not isinstance(found, errors.ClusterError) for body in found]
    lines = tuple(f"{context} {name_of(body)}: is being removed" for context, body in bodies)
    for context, body in bodies:
        if not there and not body["metadata"].get("deletionTimestamp"):
            reason = f"{cluster} is gone and left {ref_of(body)} behind"
            return Verdict(False, reason, True, context, lines, "remove it by its own name if its data is not wanted, and run again")
    # A context that does not answer may hold datacenters still.
    reasons = [f"{cluster} is still there"] if there else []
    reasons += [f"{context} does not answer: {problem.found}" for context, problem in unknown.items()]
    reason = (reasons or ["its datacenters are still there"])[0] + (f" ({lines[0]})" if lines else "")
    return Verdict(not (there or unknown or lines), reason, lines=lines)


def _copies_verdict(call: Call, api: Api) -> Verdict:
    """Whether the cluster's ReplicatedSecret has gone too.

    Kubernetes removes it once its owner has gone, a moment later, and holds it until the operator has removed the copies of Secrets. For
    that the operator needs its registrations (k8ssandra-operator v1.26.0 `controllers/replication/secret_controller.go`).
    """
    name, namespace = call.parameters["name"], call.parameters["namespace"]
    try:
        listed = api.list(kind_named("ReplicatedSecret"), namespace) or ()
    except errors.Forbidden:
        return Verdict(True)
    owner = {"kind": "K8ssandraCluster", "name": name}.items()
    left = [body for body in listed if any(owner <= each.items() for each in body["metadata"].get("ownerReferences") or ())]
    if not left:
        return Verdict(True)
    ref, metadata = ref_of(left[0]), left[0]["metadata"]
    reason = f"{ref} is still there, and with it copies of Secrets in the data planes"
    held = metadata.get("deletionTimestamp") and REPLICATED_SECRET_FINALIZER in (metadata.get("finalizers") or ())
    if held and not _may_have_operator(call, api):
        advice = f"{_INSTALL}, remove the finalizer of {ref} by hand, which leaves the copies where they are"
        return Verdict(False, f"{reason}; {_no_operator(call)} to remove them", True, advice=advice)
    return Verdict(False, reason, lines=(f"{api.context}: copies of its Secrets are being removed",))


def _datacenters(api: Api, name: str, namespace: str) -> Sequence[Object]:
    return api.list(kind_named("CassandraDatacenter"), labels=cluster_labels(name, namespace)) or ()


def _operators(api: Api, namespace: str) -> tuple[Operator, ...]:
    return operators_in(ContextReading(api.context, objects={"Deployment": tuple(api.list(kind_named("Deployment"), namespace) or ())}))


def _may_have_operator(call: Call, api: Api) -> bool:
    """Whether a k8ssandra-operator may be there to remove what is left: in any namespace, where nobody said in which."""
    try:
        found = _operators(api, call.parameters["operator_namespace"] or "")
    except errors.Forbidden:
        return True
    return any(operator.operator == K8SSANDRA for operator in found)


def _no_operator(call: Call) -> str:
    named = call.parameters["operator_namespace"]
    return f"no k8ssandra-operator is in {f'namespace {named}' if named else 'any namespace'}"


def _operator_problems(api: Api, namespace: str) -> list[str]:
    """Why the operators of a context do not remove what they should, where they are the reason."""
    return [operator.problem() for operator in _operators(api, namespace) if not operator.ready]


def plan_leftovers(call: Call, api: Api, kept: Collection[str] = ()) -> Plan:
    """ConfigMaps, slices and namespaces that are left of a cluster in one context.

    Args:
        kept: the namespaces that still hold a datacenter of it.
    """
    name, namespace = call.parameters["name"], call.parameters["namespace"]
    listed = [api.list(kind_named(kind), labels=cluster_labels(name, namespace)) or () for kind in _LEFT_BEHIND]
    found = {ref_of(body): body for bodies in listed for body in bodies if namespace_of(body) not in kept and _was_made(body)}
    left = plan_absence(api.context, found, found, f"was left behind by K8ssandraCluster {namespace}/{name}")
    return left + _plan_namespaces(call, api, kept)


def _was_made(body: Object) -> bool:
    return body["kind"] != "ConfigMap" or bool(_MADE.items() & labels_of(body).items())


def _plan_namespaces(call: Call, api: Api, kept: Collection[str]) -> Plan:
    """The namespaces that we made for the cluster and that nobody else has come to use."""
    name, namespace = call.parameters["name"], call.parameters["namespace"]
    made = {ref_of(body): body for body in api.list(kind_named("Namespace"), labels={CLUSTER_LABEL: f"{namespace}.{name}"}) or ()}
    unused = []
    for ref in (each for each in made if each.name not in kept):
        # Only a dry run meets what goes with the cluster: it has gone by now otherwise.
        others = tenants(api, ref.name, partial(_goes, call))
        if others:
            call.warn(f"{api.context}: {ref} was made for K8ssandraCluster {namespace}/{name} and stays: it holds {others[0]}")
        else:
            unused.append(ref)
    return plan_absence(api.context, unused, made, f"was made for K8ssandraCluster {namespace}/{name}")


def _goes(call: Call, body: Object) -> bool:
    name, namespace = call.parameters["name"], call.parameters["namespace"]
    itself = (body["kind"], name_of(body), namespace_of(body)) == ("K8ssandraCluster", name, namespace)
    volume = body["kind"] == "PersistentVolumeClaim" and labels_of(body).get(_CASSANDRA_LABEL) == clean_label_value(name)
    return call.check_mode and (itself or volume or is_of(body, name, namespace))
