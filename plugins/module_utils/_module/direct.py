# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Direct distribution: the collection itself puts a cluster into its data planes, in the order in which upstream's operator does.

Source of the order: `reconcileDatacenters`, k8ssandra-operator v1.26.0 `controllers/k8ssandra/datacenters.go`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from .._core.cluster import ClusterWish
from .._core.distribution.template import Template, templates
from .._core.errors import SpecError
from .._core.plan import Plan, Step, Verb
from .._kube.api import Api
from .._kube.apply import carry_out, write_each
from .._kube.errors import ClusterError
from .._kube.management import ManagementApi
from .awaiting import shown_status
from .direct_decommission import carry_out_decommission, mark, plan_decommissions, plan_remains, plan_return
from .direct_distribution import Distribution
from .direct_joining import check_joining, user_replications
from .direct_lost import check_dead, forget, plan_lost
from .direct_opening import has_defaults, open_distribution
from .direct_plan import (
    plan_add_ons,
    plan_completion,
    plan_datacenter,
    plan_foundation,
    plan_keyspaces,
    plan_rebuild,
    plan_record,
    plan_slices,
)
from .direct_ring import forget_left
from .direct_takeover import check_takeover, plan_takeover, take_over
from .direct_unreachable import remaining
from .direct_waiting import Waits, broken_first
from .run import Call, outcome
from .wish import is_move


def distribute_cluster(call: Call, wish: ClusterWish, own: Api, remotes: Mapping[str, Api]) -> dict[str, Any]:
    """Deploys or changes a cluster without an operator's control plane.

    Args:
        call: what Ansible asks for.
        wish: the validated cluster.
        own: the context that the definition leaves without a name.
        remotes: the others, by the names that the definition calls them.
    """
    moving = is_move(call, wish)
    if moving:
        call = replace(call, parameters={**call.parameters, "force_conflicts": True})
    distribution = open_distribution(call, wish, own, remaining(call, wish, own, remotes))
    check_dead(distribution)
    check_joining(distribution)
    takes_over = moving and has_defaults(distribution)
    if takes_over:
        check_takeover(distribution)
    if call.check_mode:
        reading = distribution.known()
        return outcome(foretold(distribution) + (plan_takeover(distribution) if takes_over else Plan()), cluster=shown_status(reading))
    run = _Run(distribution)
    try:
        if moving:
            run.take_over()
        run.all()
    except (ClusterError, SpecError) as problem:
        problem.result = outcome(Plan(tuple(run.done)), cluster=shown_status(distribution.reading or distribution.read()))
        raise
    reading = distribution.read() if distribution.wrote else distribution.known()
    return outcome(Plan(tuple(run.done)), cluster=shown_status(reading))


def foretold(distribution: Distribution) -> Plan:
    """All steps that can be known: what depends on pods that are not there yet, or on a schema, shows once they are."""
    plan = plan_foundation(distribution)
    if not has_defaults(distribution):
        return plan
    plan += plan_lost(distribution)
    parts = distribution.parts()
    for template in distribution.order():
        plan += plan_return(distribution, template, parts[template.name].datacenter)
        plan += plan_datacenter(distribution, template, parts[template.name])
    plan += plan_decommissions(distribution)
    running = distribution.running()
    if len(running) == len(distribution.order()):
        last, wanted = running[-1], distribution.replications(last=True)
        plan += plan_keyspaces(distribution, last, distribution.management(last), wanted)
    plan += sum((plan_add_ons(distribution, template, parts[template.name]) for template in templates(distribution.definition)), Plan())
    return plan + plan_remains(distribution)


class _Run:
    """One run that writes.

    Args:
        distribution: what it knows.

    Attributes:
        done: the steps that were carried out, in order.
    """

    def __init__(self, distribution: Distribution) -> None:
        self.done: list[Step] = []
        self._distribution = distribution
        self._waits = Waits(distribution)

    def take_over(self) -> None:
        """The cluster from the operator; the records come first, so that at no moment the cluster is nobody's."""
        self._carry_out(plan_foundation(self._distribution))
        take_over(self._distribution, self.done)

    def all(self) -> None:
        """Everything, one datacenter after the other: the next is touched only when the one before is ready."""
        distribution = self._distribution
        self._carry_out(plan_foundation(distribution))
        forget(distribution, self._waits, self.done)
        order = broken_first(distribution)
        started = [template for template in order if not template.own.get("stopped")]
        for template in order:
            parts = distribution.parts()[template.name]
            for step in plan_return(distribution, template, parts.datacenter).steps:
                mark(distribution, step, self.done)
            self._carry_out(plan_datacenter(distribution, template, parts))
            if not self._waits.until_settled(template.name):
                return
            if template in started and not self._join(template, last=template is started[-1]):
                return
        if distribution.leaving and not self._decommission((distribution.running() or order)[-1]):
            return
        # Pods that restarted, and datacenters that are new, have other addresses than the slices were made with.
        if distribution.wrote:
            parts = distribution.parts()
            for template in order:
                self._carry_out(plan_slices(distribution, template, parts[template.name]))
        if self._add_ons():
            self._carry_out(plan_completion(distribution))

    def _add_ons(self) -> bool:
        """What comes once all datacenters are ready, in upstream's order; false when the call does not wait and a Reaper is not ready."""
        distribution = self._distribution
        for template in templates(distribution.definition):
            parts = distribution.parts()[template.name]
            self._carry_out(plan_add_ons(distribution, template, parts))
            if not any(body["kind"] == "Reaper" for body in parts.after):
                continue
            if not self._waits.until_reaper(template.name):
                return False
        return True

    def _decommission(self, last: Template) -> bool:
        """Lets datacenters leave, then takes them out of the cluster's own keyspaces; false when the call does not wait."""
        distribution = self._distribution
        for template in distribution.leaving:
            carry_out_decommission(distribution, template, self.done)
            if distribution.call.parameters["wait"]:
                self._waits.until_gone(template)
            elif distribution.body(template) is not None:
                return False
        forget_left(distribution, self._waits, self.done)
        management = distribution.management(last)
        self._alter(management, plan_keyspaces(distribution, last, management, distribution.replications()))
        self._carry_out(plan_remains(distribution))
        return True

    def _join(self, template: Template, *, last: bool) -> bool:
        """Keyspaces, and the data that was there before a datacenter; false when the call does not wait and it has not got its data."""
        distribution, context = self._distribution, self._distribution.context(template.context)
        joins = template.name in distribution.records[context].joining
        # All datacenters share one schema: on a run with nothing to do, one of them is asked.
        if not (last or joins or distribution.wrote or len(distribution.live()) < len(distribution.order())):
            return True
        management = distribution.management(template)
        self._alter(management, plan_keyspaces(distribution, template, management, distribution.replications()))
        if not joins:
            return True
        self._alter(management, plan_keyspaces(distribution, template, management, user_replications(distribution, template, management)))
        self._carry_out(plan_rebuild(distribution, template, distribution.live()[template.name]))
        if not self._waits.until_rebuilt(template.name):
            return False
        distribution.keep(context, joining=tuple(name for name in distribution.records[context].joining if name != template.name))
        self._carry_out(plan_record(distribution, context))
        return True

    def _alter(self, management: ManagementApi, plan: Plan) -> None:
        def alter(step: Step) -> None:
            self._waits.until_agreed(management)
            change = management.create_keyspace if step.verb is Verb.CREATE else management.alter_keyspace
            change(step.ref.name, dict((step.body or {})["replication"]))
            self._distribution.wrote = True

        write_each(plan, alter, say=self._distribution.call.say, done=self.done)

    def _carry_out(self, plan: Plan) -> None:
        distribution = self._distribution
        if plan:
            distribution.quiet, distribution.wrote = False, True
        for context in dict.fromkeys(step.context for step in plan.steps):
            force = distribution.call.parameters["force_conflicts"]
            carry_out(distribution.apis[context], plan.of(context), force=force, say=distribution.call.say, done=self.done)
