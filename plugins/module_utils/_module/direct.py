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
from .._core.distribution.keyspaces import added_copies, asks_for_user_keyspaces, copies_of
from .._core.distribution.template import Template
from .._core.plan import Plan, Step, Verb
from .._core.readings import holds
from .._kube.api import Api
from .._kube.apply import carry_out
from .._kube.errors import ClusterError
from .._kube.management import ManagementApi
from .awaiting import shown_status
from .direct_opening import has_defaults, opened_scene
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
from .direct_scene import Scene, with_record
from .direct_takeover import check_takeover, plan_takeover, take_over
from .direct_waiting import Waits
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
    scene = opened_scene(call, wish, own, remotes)
    if moving:
        check_takeover(scene)
    if call.check_mode:
        reading = scene.known()
        return outcome(foretold(scene) + (plan_takeover(scene) if moving else Plan()), cluster=shown_status(reading))
    run = _Run(scene)
    try:
        if moving:
            run.take_over()
        run.all()
    except ClusterError as problem:
        problem.result = outcome(Plan(tuple(run.done)), cluster=shown_status(scene.reading or scene.read()))
        raise
    reading = scene.read() if scene.wrote else scene.known()
    return outcome(Plan(tuple(run.done)), cluster=shown_status(reading))


def foretold(scene: Scene) -> Plan:
    """All steps that can be known: what depends on pods that are not there yet, or on a schema, shows once they are."""
    plan = plan_foundation(scene)
    if not has_defaults(scene):
        return plan
    parts = scene.parts()
    for template in scene.order():
        plan += plan_datacenter(scene, template, parts[template.name])
        plan += plan_add_ons(scene, template, parts[template.name])
    running = _running(scene)
    if len(running) == len(scene.order()):
        plan += plan_keyspaces(running[-1], scene.context(running[-1].context), scene.management(running[-1]), scene.replications())
    return plan


def _running(scene: Scene) -> list[Template]:
    """The datacenters whose nodes are up, or are wanted up and have been."""
    live = scene.live()
    return [each for each in scene.order() if each.name in live and holds(live[each.name], "Ready") and not each.own.get("stopped")]


class _Run:
    """One run that writes.

    Args:
        scene: what it knows.

    Attributes:
        done: the steps that were carried out, in order.
    """

    def __init__(self, scene: Scene) -> None:
        self.done: list[Step] = []
        self._scene = scene
        self._waits = Waits(scene)

    def take_over(self) -> None:
        """The cluster from the operator; the records come first, so that at no moment the cluster is nobody's."""
        self._carry_out(plan_foundation(self._scene))
        take_over(self._scene, self.done)

    def all(self) -> None:
        """Everything, one datacenter after the other: the next is touched only when the one before is ready."""
        scene = self._scene
        self._carry_out(plan_foundation(scene))
        order = scene.order()
        for template in order:
            self._carry_out(plan_datacenter(scene, template, scene.parts()[template.name]))
            if not self._ready(template):
                return
            if not template.own.get("stopped"):
                self._join(template, last=template is order[-1])
            self._carry_out(plan_add_ons(scene, template, scene.parts()[template.name]))
        # Pods that restarted, and datacenters that are new, have other addresses than the slices were made with.
        if scene.wrote:
            parts = scene.parts()
            for template in order:
                self._carry_out(plan_slices(scene, template, parts[template.name]))
        self._carry_out(plan_completion(scene))

    def _ready(self, template: Template) -> bool:
        """Waits for a datacenter; false when the call does not wait and it is not ready."""
        if not self._scene.call.parameters["wait"]:
            shown = shown_status(self._scene.known())["datacenters"]
            return any(each["name"] == template.name and each["ready"] for each in shown)
        self._waits.until_settled(template.name)
        return True

    def _join(self, template: Template, *, last: bool) -> None:
        """Keyspaces, and the data that was there before a datacenter."""
        scene, context = self._scene, self._scene.context(template.context)
        joins = template.name in scene.records[context].joining
        # All datacenters share one schema: on a run with nothing to do, one of them is asked.
        if not (last or joins or scene.wrote or len(scene.live()) < len(scene.order())):
            return
        management = scene.management(template)
        self._alter(management, plan_keyspaces(template, context, management, scene.replications()))
        if not joins:
            return
        if asks_for_user_keyspaces(scene.definition):
            names = management.keyspaces()
            wanted = {
                name: {**copies_of(management.replication(name)), template.cassandra_name: copies}
                for name, copies in added_copies(scene.definition, template.cassandra_name, names).items()
            }
            self._alter(management, plan_keyspaces(template, context, management, wanted))
        self._carry_out(plan_rebuild(scene, template, scene.live()[template.name]))
        self._waits.until_rebuilt(template.name)
        with_record(scene, context, joining=tuple(name for name in scene.records[context].joining if name != template.name))
        self._carry_out(plan_record(scene, context))

    def _alter(self, management: ManagementApi, plan: Plan) -> None:
        for step in plan.steps:
            self._waits.until_agreed(management)
            copies = dict((step.body or {})["replication"])
            change = management.create_keyspace if step.verb is Verb.CREATE else management.alter_keyspace
            change(step.ref.name, copies)
            self.done.append(step)
            self._scene.wrote = True
            self._scene.call.say(f"{step.context}: {step.verb.value}d {step.ref}")

    def _carry_out(self, plan: Plan) -> None:
        scene = self._scene
        if plan:
            scene.quiet, scene.wrote = False, True
        for context in dict.fromkeys(step.context for step in plan.steps):
            force = scene.call.parameters["force_conflicts"]
            carry_out(scene.apis[context], plan.of(context), force=force, say=scene.call.say, done=self.done)
