# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Handing a cluster that the collection distributes over to the operator's control plane, without a change to any datacenter."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from .._core.cluster import ClusterWish
from .._core.deployment import body_to_apply
from .._core.distribution.moving import INITIAL_REPLICATION, held_back, initial_replication, is_held_back, status_to_take
from .._core.distribution.ownership import as_cluster, joining_in
from .._core.distribution.template import templates
from .._core.distribution.told import system_replication_of
from .._core.errors import SpecError
from .._core.objects import Object, Ref, ref_of
from .._core.plan import Plan, Step, Verb, plan_absence, plan_presence, update_step
from .._core.rollup import roll_up
from .._kube.api import Api
from .._kube.apply import carry_out, write_each
from .direct import foretold
from .direct_distribution import Distribution
from .direct_opening import has_defaults, open_distribution
from .direct_secrets import wanted_secrets
from .direct_takeover import operators_cluster
from .run import Call, reporting

_TAKES = "the operator takes the cluster as it is"


def hand_over(call: Call, wish: ClusterWish, own: Api, remotes: Mapping[str, Api]) -> Plan:
    """The steps that were done, or in check mode would be; none when the operator has the cluster already.

    The K8ssandraCluster comes first in a form that the operator does not act on, so that a run that ends anywhere leaves the
    cluster as it is, and the next one goes on.
    """
    distribution = open_distribution(call, wish, own, remotes)
    cluster = operators_cluster(distribution)
    plan = Plan()
    if has_defaults(distribution) and (cluster is None or is_held_back(cluster)):
        _check_handover(distribution)
        plan = _plan_sources(distribution) + _plan_cluster(distribution, cluster)
    records = {context: {ref_of(body): body for body in one.records} for context, one in distribution.contents.items()}
    last = sum((plan_absence(context, found, found, _TAKES) for context, found in records.items()), Plan())
    if call.check_mode:
        return plan + last
    with reporting(cluster={}) as done:
        for step in plan.steps:
            _do(distribution, step, done)
        for context, api in distribution.apis.items():
            carry_out(api, last.of(context), say=call.say, done=done)
    return plan + last


def _check_handover(distribution: Distribution) -> None:
    """Refuses unless every datacenter is ready and as the definition says."""
    if not distribution.live():
        raise SpecError("confirm_move", f"names {distribution.wish.name}, and no context has a datacenter of it; there is nothing to move")
    advice = "run with control_plane: ansible first; nothing was changed"
    steps = [step for step in foretold(distribution).steps if step.ref.kind not in ("Secret", "ConfigMap")]
    if steps:
        step = steps[0]
        what = f"the cluster is not as the definition says: {step.context}: {step.ref}: {step.why}"
        raise SpecError("control_plane", f"cannot become operator while {what}; {advice}")
    live = [distribution.live()[each.name] for each in distribution.order() if each.name in distribution.live()]
    is_cassandra = distribution.definition["spec"]["cassandra"].get("serverType", "cassandra") == "cassandra"
    if is_cassandra and system_replication_of(live[:1]) is None:
        what = f"the operator will restart the nodes of {distribution.order()[0].name}, one after the other"
        distribution.call.warn(f"{what}: it became the first datacenter when another one left")
    unsettled = [each for each in roll_up(distribution.known(), time.time()).datacenters if not each.settled]
    joining = joining_in(distribution.records.values())
    if unsettled or joining:
        what = unsettled[0].sentence if unsettled else f"{joining[0]} has not got its data yet"
        raise SpecError("control_plane", f"cannot become operator while {what}; {advice}")


def _plan_sources(distribution: Distribution) -> Plan:
    """The Secrets that the operator copies from: where one is missing, it would generate another password."""
    wish, own = distribution.wish, distribution.own.context
    bodies = wanted_secrets(wish.definition, {own: (wish.namespace,)}, distribution.contents, check_mode=distribution.call.check_mode)[own]
    there = distribution.contents[own].objects
    return plan_presence(own, [body for body in bodies if ref_of(body) not in there], {})


def _plan_cluster(distribution: Distribution, cluster: Object | None) -> Plan:
    body, own = _body(distribution), distribution.own.context
    create = Plan() if cluster is not None else Plan((Step(own, Verb.CREATE, ref_of(body), _TAKES, body=held_back(body)),))
    return create + Plan((update_step(own, body, cluster, (), "its status names the datacenters that are there"),))


def _body(distribution: Distribution) -> dict[str, Any]:
    return body_to_apply(distribution.wish, as_cluster(distribution.records.values()), "never")


def _do(distribution: Distribution, step: Step, done: list[Step]) -> None:
    if step.verb is Verb.CREATE:
        carry_out(distribution.own, Plan((step,)), say=distribution.call.say, done=done)
    else:
        write_each(Plan((step,)), lambda step: _release(distribution, step.ref), say=distribution.call.say, done=done)


def _release(distribution: Distribution, ref: Ref) -> None:
    """Tells the operator what is there, and then lets it act. Last written by no apply, the annotation stays in later runs."""
    live = distribution.live()
    first = [live[each.name] for each in templates(distribution.definition) if each.name in live]
    distribution.own.merge(ref, {"status": status_to_take(_body(distribution), live)}, subresource="status")
    distribution.own.merge(ref, {"metadata": {"annotations": {INITIAL_REPLICATION: initial_replication(distribution.definition, first)}}})
