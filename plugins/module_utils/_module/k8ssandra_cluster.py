# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One K8ssandraCluster: validated, planned over all contexts, applied to the control plane, awaited."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from .._core.cluster import ClusterWish
from .._core.collisions import check_collisions
from .._core.datacenters import datacenters_of
from .._core.deployment import body_to_apply, namespace_to_apply
from .._core.distribution.ownership import check_no_record
from .._core.errors import SpecError
from .._core.objects import Object, kind_named, ref_of
from .._core.operators import K8SSANDRA, operators_in
from .._core.plan import Plan, plan_presence
from .._core.readings import ClusterReading, status_of
from .._core.update import check_decommission, check_removals, check_update, removed_datacenters
from .._kube import errors
from .._kube.apply import carry_out, confirm
from .._kube.client import Client
from .._kube.cluster_reading import read_cluster
from .._kube.namespaces import require_staying
from .._kube.records import read_records
from .argspec import CONTEXT, CONTEXTS_WITH_DATACENTERS, WAIT
from .awaiting import await_ready, shown_status
from .cluster_removal import remove_cluster
from .definition import Definition
from .direct import distribute_cluster
from .direct_handover import hand_over
from .direct_removal import remove_distributed
from .direct_unreachable import check_lost_option
from .run import Call, outcome, reporting
from .wish import fleet, is_move, wished_cluster

_PLANNING = "planning the cluster"


def keep_cluster(call: Call) -> dict[str, Any]:
    """Deploys, changes or removes a K8ssandraCluster."""
    check_lost_option(call)
    direct = call.parameters["control_plane"] == "ansible"
    if call.parameters["state"] == "absent" and direct:
        with fleet(call.parameters) as (own, others):
            return remove_distributed(call, own, others)
    if call.parameters["state"] == "absent":
        return remove_cluster(call)
    wish = wished_cluster(call)
    with fleet(call.parameters) as (control_plane, remotes):
        if direct:
            return distribute_cluster(call, wish, control_plane, remotes)
        moved = hand_over(call, wish, control_plane, remotes) if is_move(call, wish) else Plan()
        operators = call.parameters["operator_namespace"] or wish.namespace
        look = partial(read_cluster, control_plane, remotes, wish.name, wish.namespace, operators=operators)
        reading = look()
        _require_answers(wish, reading)
        if call.check_mode and moved:
            return outcome(moved, cluster=shown_status(reading))
        plan = _plan(call, wish, reading, control_plane, remotes)
        if call.check_mode:
            return outcome(plan, cluster=shown_status(reading))
        with reporting(cluster=shown_status(reading)) as done:
            done += moved.steps
            for api in (*remotes.values(), control_plane):
                carry_out(api, plan.of(api.context), force=call.parameters["force_conflicts"], say=call.say, done=done)
        return outcome(moved + plan, cluster=await_ready(call, moved + plan, look, None if plan else reading))


def _require_answers(wish: ClusterWish, reading: ClusterReading) -> None:
    """Never trust absence: a context that does not answer may hold datacenters that we would collide with, or lose."""
    live = status_of(reading.cluster).get("datacenters") or {}
    used = {datacenter.context for datacenter in wish.datacenters} | {copy.get("contextName") for copy in live.values()}
    for context in reading.contexts:
        if not context.reachable and (context.control_plane or context.context in used):
            raise errors.Unreachable(context.context, _PLANNING, context.cause, "nothing was changed; run again when the context answers")


def _plan(call: Call, wish: ClusterWish, reading: ClusterReading, control_plane: Client, remotes: Mapping[str, Client]) -> Plan:
    parameters = call.parameters
    if reading.direct:
        _check_no_record(call, wish, [control_plane, *remotes.values()])
    if reading.cluster is not None and not reading.direct:
        if reading.cluster["metadata"].get("deletionTimestamp"):
            found = f"K8ssandraCluster {wish.namespace}/{wish.name} is being removed"
            raise errors.Conflict(control_plane.context, _PLANNING, found, "run again when it is gone; nothing was changed")
        check_update(wish, reading.cluster)
        removed = removed_datacenters(wish, reading.cluster, under_way=False)
        check_removals(removed, parameters["remove_datacenters"])
        check_decommission(wish, removed, _operator_version(reading))
    held = any(each.requires_update for each in datacenters_of(reading, time.time()))
    body = body_to_apply(wish, reading.cluster, parameters["apply_updates"], held=held)
    found = {ref_of(body): reading.cluster} if reading.cluster is not None else {}
    plan = plan_presence(control_plane.context, [body], found)
    if not plan:
        return plan
    _check_no_record(call, wish, [control_plane, *remotes.values()])
    _check_registered(call, wish, reading)
    check_collisions(wish, _neighbours(wish, control_plane, remotes))
    namespaces = _plan_namespaces(wish, control_plane, remotes)
    return namespaces + confirm(control_plane, plan, force=parameters["force_conflicts"])


def _check_no_record(call: Call, wish: ClusterWish, apis: Sequence[Client]) -> None:
    """A cluster that the collection distributes itself must not get an operator besides."""
    found, problems = read_records(apis, wish.name, wish.namespace)
    for problem in problems.values():
        call.warn(f"cannot tell whether the collection itself distributes {wish.namespace}/{wish.name}: {problem}")
    check_no_record(wish.name, wish.namespace, found)


def _operator_version(reading: ClusterReading) -> str:
    """The version of the k8ssandra-operator that reconciles the cluster; empty when it was not found."""
    return next((each.version for each in operators_in(reading.control_plane) if each.operator == K8SSANDRA), "")


def _check_registered(call: Call, wish: ClusterWish, reading: ClusterReading) -> None:
    """Refuses a context that the operator does not know: its webhook would. A dry run on an empty fleet knows none yet."""
    if call.check_mode:
        return
    if not reading.installed:
        advice = "install the operators first: role install_operator"
        raise errors.Absent(reading.control_plane.context, _PLANNING, "the cluster serves no K8ssandraClusters", advice)
    registered = {credential.context for credential in reading.credentials}
    own = reading.control_plane
    for datacenter in (each for each in wish.datacenters if each.context):
        if "ClientConfig" not in own.objects:
            why = "; ".join(gap for gap in own.gaps if "ClientConfig" in gap)
            found = f"ClientConfigs could not be read ({why}), so whether {datacenter.context} is registered is unknown"
            raise errors.Forbidden(own.context, _PLANNING, found, "grant this right to the account")
        if datacenter.context not in registered:
            known = ", ".join(sorted(registered)) or "none"
            raise SpecError(
                f"{datacenter.path}.k8sContext", f"{datacenter.context} is not registered with the operator ({known}); register it first"
            )


def _neighbours(wish: ClusterWish, control_plane: Client, remotes: Mapping[str, Client]) -> dict[str, Sequence[Object]]:
    """All CassandraDatacenters in the namespaces that the wish would use, by context as upstream calls it."""
    used = {(datacenter.context, datacenter.namespace) for datacenter in wish.datacenters}
    kind = kind_named("CassandraDatacenter")
    found: dict[str, list[Object]] = {datacenter.context: [] for datacenter in wish.datacenters}
    for context, namespace in sorted(used):
        api = remotes.get(context) if context else control_plane
        found[context] += api.list(kind, namespace) or () if api is not None else ()
    return dict(found)


def _plan_namespaces(wish: ClusterWish, control_plane: Client, remotes: Mapping[str, Client]) -> Plan:
    """The operator makes no namespace in a data plane: one that is missing would stop the datacenter."""
    plan = Plan()
    for context, namespace in dict.fromkeys((datacenter.context, datacenter.namespace) for datacenter in wish.datacenters):
        api = remotes.get(context) if context else control_plane
        if api is None:
            continue
        found = api.get(kind_named("Namespace").ref(namespace))
        require_staying(api.context, found, _PLANNING)
        if found is None:
            plan += plan_presence(api.context, [namespace_to_apply(wish, namespace)], {})
    return plan


K8SSANDRA_CLUSTER = Definition(
    name="k8ssandra_cluster",
    argument_spec={
        **CONTEXT,
        **CONTEXTS_WITH_DATACENTERS,
        "namespace": {"type": "str", "default": "k8ssandra-operator"},
        "operator_namespace": {"type": "str"},
        "control_plane": {"type": "str", "choices": ["operator", "ansible"], "default": "operator"},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        "name": {"type": "str"},
        "definition": {"type": "dict"},
        "spec": {"type": "dict"},
        "annotations": {"type": "dict"},
        "remove_datacenters": {"type": "list", "elements": "str", "default": []},
        "lost_contexts": {"type": "list", "elements": "str", "default": []},
        "confirm_removal": {"type": "str"},
        "confirm_move": {"type": "str"},
        "apply_updates": {"type": "str", "choices": ["never", "once", "always"], "default": "never"},
        "force_conflicts": {"type": "bool", "default": False},
        **WAIT,
        "wait_timeout": {"type": "int", "default": 1800},
    },
    composition=keep_cluster,
    rules={
        "required_one_of": [("name", "definition")],
        "mutually_exclusive": [("definition", "spec"), ("definition", "annotations")],
        "required_if": [("state", "absent", ("name",))],
    },
)
