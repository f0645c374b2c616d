# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The operators in one context as a release of Helm's: definitions by us, first; the rest by Helm, judged by what the chart renders."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .._core.bundle import BUNDLE_LABEL, changeable, namespace_body, operators_in, readiness
from .._core.errors import SpecError
from .._core.installation import Installation, settle
from .._core.names import is_dns1123_label
from .._core.objects import KINDS, Object, Ref, kind_named, ref_of
from .._core.operators import is_operator
from .._core.plan import Plan, Step, plan_absence
from .._core.release import History, plan_uninstall, secret_texts
from .._core.values import merged, values_of
from .._kube import errors
from .._kube.apply import carry_out
from .._kube.bundle import plan_bundle, read_labelled, require_cert_manager, require_unused
from .._kube.client import Client
from .._kube.observe import observe
from .._kube.release import (
    HelmTarget,
    WantedRelease,
    await_finish,
    in_namespace,
    plan_release,
    read_history,
    read_objects,
    read_served,
    uninstall,
    upgrade,
)
from .._kube.wait import Patience
from .chart import Chart, Served, open_chart
from .connect import access_of, connected
from .documents import parse_documents
from .image_config import require_registry
from .operator_waiting import Watch, await_removal
from .run import Call, foretelling, outcome, reporting
from .settings import installation_of

# Seconds that an operation under way is given to finish before it counts as cut short.
_GRACE = 30.0
_OURS_FIRST = ("CustomResourceDefinition", "Namespace")


@dataclass(frozen=True)
class _Plans:
    """The steps in the order in which they are carried out."""

    namespaces: Plan
    definitions: Plan
    replaced: Plan
    release: Plan

    @property
    def whole(self) -> Plan:
        return self.namespaces + self.definitions + self.replaced + self.release


def keep_release(call: Call) -> dict[str, Any]:
    """Installs, repairs, upgrades or removes the operators' release in one context."""
    parameters = call.parameters
    access = access_of(parameters)
    wish = installation_of(parameters)
    if not is_dns1123_label(parameters["release_name"]):
        raise SpecError("release_name", f"is {parameters['release_name']}; use at most 53 of a-z, 0-9 and '-'")
    with open_chart(parameters) as chart, connected(access) as api:
        api.learn_kinds(chart.definitions)
        target = HelmTarget(chart.helm, parameters["kubeconfig"], access.context, call.patience.timeout)
        history = _history(call, api, parameters["release_name"], wish.namespace)
        if parameters["state"] == "absent":
            return _remove(call, api, target, chart, history)
        return _keep(call, api, target, chart, history)


def _history(call: Call, api: Client, name: str, namespace: str) -> History:
    history = read_history(api, name, namespace)
    if call.check_mode:
        return history
    return await_finish(api, name, namespace, history, Patience(_GRACE, call.patience.interval), time.time())


def _keep(call: Call, api: Client, target: HelmTarget, chart: Chart, history: History) -> dict[str, Any]:
    wish = installation_of(call.parameters)
    wanted = _wanted(call, api, chart, history)
    first = _first(wish, chart)
    bodies = (*first, *wanted.bodies)
    previous = _previous(api, history, wish.namespace)
    found = {**observe(api, map(ref_of, first)), **read_objects(api, [*wanted.bodies, *previous.values()])}
    plans = _plan(call, api, wish, first, wanted, history, previous, found)
    plan = plans.whole
    with foretelling(call):
        require_cert_manager(api, bodies, plan, probe=not call.check_mode, namespace="default")
    if call.check_mode:
        return outcome(plan, objects=len(bodies))
    watch = Watch(call, api, bodies, lambda watched: read_objects(api, watched))
    with reporting(objects=len(bodies)) as done:
        _carry_out(call, api, target, wanted, plans, watch, done)
        if call.parameters["wait"] and (plan or not readiness(api.context, bodies, found).done):
            watch.for_operators(wish, plan)
    return outcome(plan, objects=len(bodies))


def _wanted(call: Call, api: Client, chart: Chart, history: History) -> WantedRelease:
    parameters, wish = call.parameters, installation_of(call.parameters)
    values = merged(values_of(wish, cluster_scoped=parameters["cluster_scoped"]), parameters["values"])
    name = parameters["release_name"]
    rendered = chart.render(name, wish.namespace, values, Served(*read_served(api)), upgrade=history.base is not None)
    if not any(body["kind"] == "Deployment" for body in rendered.bodies):
        raise SpecError("chart", f"{chart.name} renders no Deployment: this does not install an operator")
    require_registry(rendered.bodies, wish.image_registry)
    bodies = in_namespace(api, rendered.bodies, wish.namespace)
    return WantedRelease(
        name, wish.namespace, chart.name, bodies, chart.path, rendered.values, rendered.secrets | secret_texts(rendered.bodies)
    )


def _first(wish: Installation, chart: Chart) -> tuple[Object, ...]:
    """What has to be there before Helm comes. Definitions carry no label of ours: those of a release made by hand are as wanted."""
    labels = {**wish.namespace_labels, BUNDLE_LABEL: wish.namespace}
    namespaces = [namespace_body(name, labels) for name in wish.namespaces]
    return (*namespaces, *(settle(changeable(body), wish) for body in chart.definitions))


def _previous(api: Client, history: History, namespace: str) -> dict[Ref, Object]:
    text = history.base.manifest if history.base is not None else ""
    return {ref_of(body): body for body in in_namespace(api, parse_documents(text, "the release's manifest"), namespace)}


def _plan(
    call: Call,
    api: Client,
    wish: Installation,
    first: Sequence[Object],
    wanted: WantedRelease,
    history: History,
    previous: Mapping[Ref, Object],
    found: dict[Ref, Object],
) -> _Plans:
    force = call.parameters["force_conflicts"]
    namespaces = [body for body in first if body["kind"] == "Namespace"]
    definitions = [body for body in first if body["kind"] != "Namespace"]
    ours = {ref: body for ref, body in found.items() if ref.kind in _OURS_FIRST}
    replaced = _replaced(api, wish.namespace, force=force)
    there = {ref: body for ref, body in found.items() if ref not in {step.ref for step in replaced.steps}}
    spaces = {ref: body for ref, body in ours.items() if ref.kind == "Namespace"}
    defined = {ref: body for ref, body in ours.items() if ref.kind != "Namespace"}
    return _Plans(
        plan_bundle(api, namespaces, spaces, wish.namespace_labels, force=force),
        # Helm never upgrades definitions, so whoever installed them by hand owns fields that nobody keeps up.
        plan_bundle(api, definitions, defined, {}, force=True),
        replaced,
        plan_release(api, wanted, history, previous, there, force=force),
    )


def _replaced(api: Client, namespace: str, *, force: bool) -> Plan:
    """The steps that remove what Kustomize installed: two of each operator would fight, and Helm cannot take over their selectors."""
    deployments = api.list(kind_named("Deployment"), namespace, {BUNDLE_LABEL: namespace})
    if not deployments:
        return Plan()
    if not force:
        found = f"{ref_of(deployments[0])} was installed from a Kustomize base"
        advice = "go on with kustomize, or say force_conflicts to have the release take its place; no pod of Cassandra's is touched"
        raise errors.Conflict(api.context, "planning the release", found, advice)
    labelled = read_labelled(api, list(KINDS.values()), operators_in(namespace))
    going = [ref for ref in labelled if ref.kind not in _OURS_FIRST]
    return plan_absence(api.context, going, labelled, "the release takes its place")


def _carry_out(call: Call, api: Client, target: HelmTarget, wanted: WantedRelease, plans: _Plans, watch: Watch, done: list[Step]) -> None:
    force = call.parameters["force_conflicts"]
    carry_out(api, plans.namespaces, force=force, say=call.say, done=done)
    carry_out(api, plans.definitions, force=True, say=call.say, done=done)
    if plans.definitions:
        watch.for_definitions()
    carry_out(api, plans.replaced, say=call.say, done=done)
    if plans.release:
        upgrade(api, target, wanted, plans.release, force=force, say=call.say, done=done)


def _remove(call: Call, api: Client, target: HelmTarget, chart: Chart, history: History) -> dict[str, Any]:
    namespace, name = call.parameters["namespace"], call.parameters["release_name"]
    previous = _previous(api, history, namespace)
    objects = read_objects(api, list(previous.values()))
    bundle = operators_in(namespace)
    # What a Kustomize base brought that the release took the place of may be more than the chart brings.
    labelled = read_labelled(api, [kind_named(name) for name in _OURS_FIRST], bundle)
    last = {**observe(api, map(ref_of, chart.definitions)), **labelled}
    if _others(api, objects):
        last = {ref: body for ref, body in last.items() if ref.kind == "Namespace"}
    release = plan_uninstall(api.context, history, objects)
    plan = release + plan_absence(api.context, sorted(last, key=lambda ref: _OURS_FIRST.index(ref.kind)), last, "belongs to the operators")
    with foretelling(call):
        require_unused(api, {**objects, **last}, bundle)
    if not call.check_mode:
        with reporting(objects=len(plan.steps)) as done:
            if release:
                done += release.steps
                uninstall(api, target, name, namespace)
                for step in release.steps:
                    call.say(f"{api.context}: deleted {step.ref}")
            carry_out(api, Plan(plan.steps[len(release.steps) :]), say=call.say, done=done)
            if call.parameters["wait"]:
                await_removal(call, api, last)
    return outcome(plan, objects=len(plan.steps))


def _others(api: Client, going: Mapping[Ref, Object]) -> bool:
    """Whether operators stay in this cluster that are none of the release's: they need the definitions."""
    deployments = api.list(kind_named("Deployment")) or ()
    return any(is_operator(body) and ref_of(body) not in going for body in deployments)
