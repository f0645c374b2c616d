# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading, applying and removing a bundle of objects in one context."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from .._core.bundle import BUNDLE_LABEL, Bundle, definitions, namespace_body, needs_cert_manager, readiness
from .._core.causes import causes_of_pod
from .._core.cert_manager import DEFINITION, issuer_probe
from .._core.objects import Kind, Object, Ref, kind_named, ref_of
from .._core.plan import Plan, Step, plan_absence, plan_presence
from .._core.readings import holds
from .._core.verdict import Verdict
from . import errors
from .answers import server_time
from .api import Api
from .apply import carry_out, confirm
from .namespaces import require_staying, tenants
from .wait import Patience

# Removed only when nobody keeps an object of these kinds: removing a definition removes all its objects.
_KEPT_LAST = ("CustomResourceDefinition", "Namespace")
# Kubernetes makes these with the labels of their Service, and removes them with it.
_OF_SERVICES = ("Endpoints", "EndpointSlice")
_TAKES_TIME = ("CustomResourceDefinition", "Deployment", "Certificate", "MutatingWebhookConfiguration", "ValidatingWebhookConfiguration")
# For how long a cert-manager that does not answer is asked again: its webhook, or its API server, may be just starting.
_STARTING = Patience(15.0)

# Reads those of these objects that are there.
Read = Callable[[Sequence[Object]], Mapping[Ref, Object]]


def read_bundle(api: Api, wanted: Sequence[Object], bundle: Bundle) -> dict[Ref, Object]:
    """The live objects of the bundle, and those that it no longer wants: one list a kind by label, then the unlabelled one by one."""
    found = read_labelled(api, kinds_of(api, wanted), bundle)
    for ref in (ref_of(body) for body in wanted):
        unlabelled = None if ref in found else api.get(ref)
        if unlabelled is not None:
            found[ref] = unlabelled
    return found


def plan_bundle(api: Api, wanted: Sequence[Object], found: dict[Ref, Object], labels: Mapping[str, str], *, force: bool) -> Plan:
    """The steps that install the bundle. A namespace that was there before us gets the `labels` asked for, and is else left as it is.

    Raises:
        Conflict: a namespace or a definition that is wanted is being removed; or somebody owns a field.
    """
    for ref in (ref_of(body) for body in wanted if body["kind"] in _KEPT_LAST):
        require_staying(api.context, found.get(ref), "planning the installation")
    plan = confirm(api, plan_presence(api.context, [_used(body, found, labels) for body in wanted], found), force=force)
    refs = {ref_of(body) for body in wanted}
    stale = [ref for ref in found if ref not in refs and ref.kind not in _KEPT_LAST]
    return plan + plan_absence(api.context, stale, found, "is no longer part of the bundle")


def _used(body: Object, found: Mapping[Ref, Object], labels: Mapping[str, str]) -> Object:
    """The object as we want it: of a namespace that is not this bundle's, the labels asked for, and those that others of us gave it."""
    live = found.get(ref_of(body))
    if body["kind"] != "Namespace" or live is None:
        return body
    there = live["metadata"].get("labels") or {}
    if there.get(BUNDLE_LABEL) == body["metadata"]["labels"][BUNDLE_LABEL]:
        return body
    others = {key: value for key, value in there.items() if key.startswith("k8ssandra.operator/")}
    return namespace_body(str(body["metadata"]["name"]), {**labels, **others})


def require_cert_manager(
    api: Api, wanted: Sequence[Object], plan: Plan, *, probe: bool, namespace: str, patience: Patience = _STARTING
) -> None:
    """Proves that cert-manager is there and answers, before anything that needs it is written.

    Args:
        probe: also ask its webhook, by a dry-run creation: it refuses while it is not ready.
        namespace: one that exists, for the probe.
        patience: for how long to ask a webhook that cannot be reached.

    Raises:
        Absent: it is not there, or its kinds are not served yet.
        Unavailable, Unreachable: its webhook does not answer.
    """
    if not needs_cert_manager(wanted) or not plan:
        return
    doing = "looking for cert-manager, which issues the certificates of the operators' webhooks"
    served = api.get(DEFINITION)
    if readiness(api.context, [served], {ref_of(served): served}).reason if served else True:
        found = "its definitions are there and not served yet" if served else "the cluster has no certificates.cert-manager.io"
        advice = "install cert-manager in this cluster, or give its manifest or chart to install_cert_manager, and run again"
        raise errors.Absent(api.context, doing, found, advice)
    if probe:
        _ask(api, namespace, patience)


def _ask(api: Api, namespace: str, patience: Patience) -> None:
    """Asks cert-manager's webhook. Not by `wait_for`: what it answers at last is to be raised, not that time is up."""
    deadline = patience.clock() + patience.timeout
    while True:
        try:
            api.create(kind_named("Issuer").path(namespace), issuer_probe(), dry_run=True)
            return
        except (errors.Unavailable, errors.Unreachable):
            if patience.clock() + patience.interval > deadline:
                raise
        patience.sleep(patience.interval)


def install(
    api: Api, plan: Plan, wait_for_definitions: Callable[[], object], *, force: bool, say: Callable[[str], None], done: list[Step]
) -> None:
    """Carries the plan out: definitions first, the rest when the API server serves them. `done` gets each step that was done."""
    kinds = ("Namespace", "CustomResourceDefinition")
    first = Plan(tuple(step for step in plan.steps if step.ref.kind in kinds))
    carry_out(api, first, force=force, say=say, done=done)
    if first:
        wait_for_definitions()
    carry_out(api, Plan(tuple(step for step in plan.steps if step.ref.kind not in kinds)), force=force, say=say, done=done)


def look(api: Api, wanted: Sequence[Object], bundle: Bundle, now: float, kinds: Iterable[str] = _TAKES_TIME) -> Verdict:
    """Reads those objects of the bundle that take time and judges them. `now` is in seconds since 1970: causes last."""
    return look_by(api, wanted, lambda watched: read_bundle(api, watched, bundle), now, kinds)


def look_by(api: Api, wanted: Sequence[Object], read: Read, now: float, kinds: Iterable[str] = _TAKES_TIME) -> Verdict:
    """The same of objects that are read in another way."""
    watched = [body for body in wanted if body["kind"] in kinds]
    verdict = readiness(api.context, watched, read(watched))
    if verdict.done or "Deployment" not in kinds:
        return verdict
    return with_causes(api, verdict, [body for body in watched if body["kind"] == "Deployment"], now)


def with_causes(api: Api, verdict: Verdict, deployments: Iterable[Object], now: float) -> Verdict:
    """A verdict that is not "done" with what keeps the pods of these Deployments from running, where they tell.

    `now` is our clock, in seconds since 1970: where the API server says the time, its own counts.
    """
    pods = [pod for body in deployments for pod in _pods_of(api, body)]
    there = server_time(api)
    now = now if there is None else there
    causes = sorted((cause for pod in pods for cause in causes_of_pod(api.context, pod, now)), key=lambda cause: not cause.hopeless)
    if not causes:
        return verdict
    return replace(verdict, reason=f"{verdict.reason}: {causes[0].what}", hopeless=causes[0].hopeless, advice=causes[0].advice)


def _pods_of(api: Api, deployment: Object) -> Sequence[Object]:
    labels = (deployment["spec"].get("selector") or {}).get("matchLabels")
    listed = api.list(kind_named("Pod"), str(deployment["metadata"].get("namespace") or ""), labels) if labels else ()
    return [pod for pod in listed or () if not pod["metadata"].get("deletionTimestamp")]


def read_labelled(api: Api, kinds: Iterable[Kind], bundle: Bundle) -> dict[Ref, Object]:
    """The objects of these kinds that carry the bundle's label, those that are being removed included."""
    own = (kind for kind in kinds if kind.kind not in _OF_SERVICES)
    listed = (api.list(kind, bundle.namespace if kind.namespaced else "", {BUNDLE_LABEL: bundle.mark}) or () for kind in own)
    return {ref_of(body): body for bodies in listed for body in bodies}


def plan_removal(api: Api, found: Mapping[Ref, Object], bundle: Bundle) -> Plan:
    """The steps that remove what was installed, definitions and the namespace last."""
    steps = plan_absence(api.context, found, found, f"belongs to {bundle.what}").steps
    return Plan(tuple(sorted(steps, key=_removal_rank)))


def require_unused(api: Api, found: Mapping[Ref, Object], bundle: Bundle) -> None:
    """Proves that nothing of anybody else's would go with what was installed.

    Raises:
        Conflict: an object of a kind that would go is still there; or the namespace that we made holds what others put there.
        Unavailable: the objects of a kind that would go cannot be looked at.
    """
    doing = f"removing {bundle.what}"
    _refuse_while_used(api, [body for body in found.values() if body["kind"] == "CustomResourceDefinition"], doing)
    for ref in [ref for ref in found if ref.kind == "Namespace"]:
        theirs = tenants(api, ref.name, lambda body: ref_of(body) in found)
        if theirs:
            advice = "move or remove it first, or take the label k8ssandra.operator/bundle off the namespace to keep both"
            raise errors.Conflict(api.context, doing, f"{ref} goes too and holds {theirs[0]}", advice)


def _refuse_while_used(api: Api, defined: Sequence[Object], doing: str) -> None:
    groups = frozenset(str(definition["spec"]["group"]) for definition in definitions(defined))
    for definition in definitions(defined):
        spec = definition["spec"]
        served = next(version["name"] for version in spec["versions"] if version.get("served"))
        kind = Kind(f"{spec['group']}/{served}", spec["names"]["kind"], spec["names"]["plural"], spec["scope"] == "Namespaced")
        listed = api.list(kind)
        # One that is going, as after a killed run, takes its objects along already, and may be gone by now.
        if listed is None and holds(definition, "Established") and not definition["metadata"].get("deletionTimestamp"):
            unknown = f"the cluster does not serve {kind.plural} now, so nobody tells whether there are any"
            raise errors.Unavailable(api.context, doing, unknown, "run again when it does; nothing was removed")
        left = [body for body in listed or () if not _goes_with_its_owner(body, groups)]
        if left:
            found = f"{len(left)} {kind.plural} are still there, first {ref_of(left[0])}"
            raise errors.Conflict(api.context, doing, found, "remove them first, by the module that made them")


def _goes_with_its_owner(body: Object, groups: Collection[str]) -> bool:
    """Whether only an object keeps this one that goes too: that one counts, and once it has gone Kubernetes soon removes this one."""
    owners = [str(owner.get("apiVersion")).partition("/")[0] for owner in body["metadata"].get("ownerReferences") or ()]
    return bool(owners) and set(owners) <= set(groups) and not body["metadata"].get("finalizers")


def _removal_rank(step: Step) -> int:
    webhooks_first = 0 if step.ref.kind.endswith("WebhookConfiguration") else 1
    return 2 + _KEPT_LAST.index(step.ref.kind) if step.ref.kind in _KEPT_LAST else webhooks_first


def kinds_of(api: Api, bodies: Iterable[Object]) -> list[Kind]:
    """The kinds of these objects, as far as they are served."""
    named = dict.fromkeys((str(body["apiVersion"]), str(body["kind"])) for body in bodies)
    return [kind for kind in (api.find_kind(*name) for name in named) if kind is not None]
