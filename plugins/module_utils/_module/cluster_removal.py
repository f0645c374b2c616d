# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Removing a K8ssandraCluster and what the operator leaves behind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._core.deployment import CLUSTER_LABEL, removal_labels
from .._core.errors import SpecError
from .._core.objects import kind_named, ref_of
from .._core.plan import Plan, plan_absence
from .._core.verdict import Verdict
from .._kube import errors
from .._kube.api import Api
from .._kube.apply import carry_out
from .._kube.client import Client
from .._kube.fleet import failures, side_by_side
from .._kube.wait import Patience, wait_for
from .run import Call, outcome
from .wish import fleet

# What upstream's removal forgets (k8ssandra-operator v1.26.0 controllers/k8ssandra/cleanup.go): config maps of a cluster whose name
# upstream cleans, and the slices with the seeds and contact points of other datacenters.
_LEFT_BEHIND = ("ConfigMap", "EndpointSlice")


def remove_cluster(call: Call) -> dict[str, Any]:
    """Removes the cluster with all its datacenters and volumes, if the exact name was given for it."""
    name, namespace = call.parameters["name"], call.parameters["namespace"]
    ref = kind_named("K8ssandraCluster").ref(name, namespace)
    with fleet(call.parameters) as (control_plane, remotes):
        there = control_plane.get(ref)
        if there is not None and call.parameters["confirm_removal"] != name:
            found = f"K8ssandraCluster {namespace}/{name} is there, with its data"
            raise SpecError("confirm_removal", f"{found}; to remove it, write its exact name here: {name}")
        _require_answers(remotes)
        plan = plan_absence(control_plane.context, [ref], {ref: there} if there else {}, "is not wanted; its nodes and volumes go with it")
        if not call.check_mode:
            carry_out(control_plane, plan, say=call.say)
            if there is not None:
                _await_removal(call, control_plane, remotes)
        rest = Plan()
        for api in (*remotes.values(), control_plane):
            rest += _plan_leftovers(api, name, namespace)
        if not call.check_mode:
            for api in (*remotes.values(), control_plane):
                carry_out(api, rest.of(api.context), say=call.say)
        return outcome(plan + rest, cluster={})


def _require_answers(remotes: Mapping[str, Client]) -> None:
    """A datacenter in a context that does not answer would keep the cluster in removal for ever."""
    for problem in failures(side_by_side(lambda api: api.read("/version"), list(remotes.values()))).values():
        raise errors.Unreachable(
            problem.context, "removing the cluster", problem.found, "nothing was removed; run again when the context answers"
        )


def _await_removal(call: Call, control_plane: Client, remotes: Mapping[str, Client]) -> None:
    name, namespace = call.parameters["name"], call.parameters["namespace"]
    patience = Patience(float(call.parameters["wait_timeout"]), float(call.parameters["wait_sleep"]))

    def look() -> Verdict:
        there = control_plane.get(kind_named("K8ssandraCluster").ref(name, namespace))
        left = side_by_side(lambda api: _datacenters(api, name, namespace), [control_plane, *remotes.values()])
        lines = [f"{context} {dc}: is being removed" for context, names in left.items() if isinstance(names, list) for dc in names]
        reason = f"K8ssandraCluster {namespace}/{name} is still there" + (f" ({lines[0]})" if lines else "")
        return Verdict(there is None and not lines, reason, lines=tuple(lines))

    wait_for(
        look, patience, context=control_plane.context, doing=f"waiting for the removal of K8ssandraCluster {namespace}/{name}", say=call.say
    )


def _datacenters(api: Api, name: str, namespace: str) -> list[str]:
    found = api.list(kind_named("CassandraDatacenter"), labels=removal_labels(name, namespace)) or ()
    return [str(body["metadata"]["name"]) for body in found]


def _plan_leftovers(api: Api, name: str, namespace: str) -> Plan:
    found = {}
    for kind in _LEFT_BEHIND:
        for body in api.list(kind_named(kind), labels=removal_labels(name, namespace)) or ():
            found[ref_of(body)] = body
    why = f"was left behind by K8ssandraCluster {namespace}/{name}"
    made = {ref_of(body): body for body in api.list(kind_named("Namespace"), labels={CLUSTER_LABEL: f"{namespace}.{name}"}) or ()}
    return plan_absence(api.context, found, found, why) + plan_absence(
        api.context, made, made, f"was made for K8ssandraCluster {namespace}/{name}"
    )
