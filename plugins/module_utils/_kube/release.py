# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A Helm release in one context: reading it and its objects, planning, and having Helm carry the plan out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .._core.objects import Object, Ref, kind_named, ref_of
from .._core.plan import Plan, Step, Verb, plan_presence
from .._core.release import MANAGED_BY, History, decode_release, history_of, join, plan_dropped, plan_ownership, release_ref, strangers
from .._core.release import plan_release as plan_record
from .._core.times import instant
from .._core.verdict import Verdict
from . import errors
from .api import Api
from .apply import carry_out, confirm
from .helm import Helm, HelmFailed
from .observe import observe
from .wait import Patience, wait_for

_RECORD = {"owner": "helm"}


@dataclass(frozen=True)
class WantedRelease:
    """A release as it should be.

    Args:
        name, namespace: the release's.
        chart: the chart's name and version.
        bodies: the objects that it renders, each with its namespace.
        archive: the chart's folder or archive on this host.
        values: the chart's values, as JSON.
        secrets: texts that are never shown.
    """

    name: str
    namespace: str
    chart: str
    bodies: Sequence[Object] = field(repr=False)
    archive: str = ""
    values: str = field(default="{}", repr=False)
    secrets: frozenset[str] = field(default=frozenset(), repr=False)

    @property
    def ref(self) -> Ref:
        """The release as a plan names it."""
        return release_ref(self.name, self.namespace)


@dataclass(frozen=True)
class HelmTarget:
    """Where Helm works: the same kubeconfig and context as the task's."""

    helm: Helm
    kubeconfig: str
    context: str
    seconds: float

    def arguments(self, namespace: str) -> list[str]:
        """The options that lead it there."""
        there = ["--namespace", namespace, "--kubeconfig", self.kubeconfig, "--kube-context", self.context]
        return [*there, "--timeout", f"{max(self.seconds, 1.0):.0f}s"]


def read_served(api: Api) -> tuple[str, tuple[str, ...]]:
    """The server's version and the API versions that it serves, as charts ask for them."""
    version = str(api.read("/version").get("gitVersion", ""))
    groups = api.read("/apis").get("groups") or ()
    return version, ("v1", *(str(each["groupVersion"]) for group in groups for each in group.get("versions") or ()))


def read_history(api: Api, name: str, namespace: str) -> History:
    """What the records of a release tell: the deployed one alone where it is the newest, else all of them."""
    secret = kind_named("Secret")
    deployed = api.list(secret, namespace, {**_RECORD, "name": name, "status": "deployed"}) or ()
    if len(deployed) == 1:
        release = decode_release(deployed[0])
        following = secret.ref(f"sh.helm.release.v1.{name}.v{release.revision + 1}", namespace)
        if api.get(following) is None:
            return History((release,))
    return history_of(api.list(secret, namespace, {**_RECORD, "name": name}) or ())


def await_finish(api: Api, name: str, namespace: str, history: History, patience: Patience, now: float) -> History:
    """The history when nobody is at work on the release, as far as can be told: an operation that is not finished in time was cut short.

    A Helm that outlived whoever started it needs seconds, since none of ours waits for pods.

    Args:
        history: what was read just now.
        patience: how long a young operation is given.
        now: in seconds since 1970.
    """
    cut = history.cut_short
    begun = instant(cut.begun) if cut is not None else None
    if cut is None or begun is None or now - begun >= patience.timeout:
        return history
    seen = [history]

    def look() -> Verdict:
        seen.append(read_history(api, name, namespace))
        return Verdict(seen[-1].cut_short is None, "it is not finished")

    try:
        wait_for(look, patience, context=api.context, doing=f"waiting for whoever is at work on the release {namespace}/{name}")
    except errors.TimedOut:
        pass
    return seen[-1]


def in_namespace(api: Api, bodies: Iterable[Object], namespace: str) -> tuple[Object, ...]:
    """The objects, each with the namespace that Helm gives it: the release's, unless it names one or needs none."""
    return tuple(_placed(api, body, namespace) for body in bodies)


def read_objects(api: Api, bodies: Iterable[Object]) -> dict[Ref, Object]:
    """Those of the objects that are there: one list a kind of what Helm manages, then the others."""
    refs = [ref_of(body) for body in bodies]
    found = observe(api, refs, dict([MANAGED_BY]))
    return {**found, **observe(api, [ref for ref in refs if ref not in found])}


def plan_release(
    api: Api, wish: WantedRelease, history: History, previous: Mapping[Ref, Object], found: Mapping[Ref, Object], *, force: bool
) -> Plan:
    """The steps that make a release what the chart renders; empty when it is that already.

    Args:
        history: the release's, from `read_history`.
        previous: the objects of `history.base`, by identity.
        found: those of both, wanted and previous, that are there.
        force: whether to make objects of somebody else's part of the release.

    Raises:
        Conflict: an object is there that Helm would not take over.
    """
    foreign = strangers(wish.bodies, previous, found, wish.ref)
    if foreign and not force:
        ref, owner = foreign[0]
        theirs = f"{ref} is there and belongs to {f'the release {owner}' if owner else 'no release'}, so Helm refuses to write it"
        advice = "remove it, or choose another release_name, or take it over with force_conflicts"
        raise errors.Conflict(api.context, f"planning the release {wish.namespace}/{wish.name}", theirs, advice)
    differing = plan_presence(api.context, wish.bodies, found)
    dropped = plan_dropped(api.context, wish.bodies, previous, found)
    # An apply of ours leaves there what Helm takes away, so it foretells Helm's merge only where nothing goes.
    going = {step.ref for step in dropped.steps}
    sure = Plan(tuple(step for step in differing.steps if step.ref in going))
    asked = confirm(api, Plan(tuple(step for step in differing.steps if step.ref not in going)), force=True)
    objects = join(asked, sure, dropped, plan_ownership(api.context, foreign, found, wish.ref))
    return plan_record(api.context, wish.ref, wish.chart, history, objects) + objects


def upgrade(
    api: Api, target: HelmTarget, wish: WantedRelease, plan: Plan, *, force: bool, say: Callable[[str], None], done: list[Step]
) -> None:
    """Has Helm carry the plan out, then applies itself what Helm's merge left as it was.

    Helm compares an object of a kind that it does not know with the last revision alone, not with the cluster: what somebody
    changed there stays (`createPatch`, helm v3.19 pkg/kube/client.go).

    `done` gets each step that was done; of those that are Helm's, all when Helm begins, since nobody knows how far it came.
    """
    records = [step for step in plan.steps if step.ref.kind == "Secret" and step.verb is Verb.DELETE and _is_record(step)]
    carry_out(api, Plan(tuple(records)), say=say, done=done)
    done += [step for step in plan.steps if step not in records]
    taking = ["--take-ownership"] if force else []
    command = ["upgrade", wish.name, wish.archive, "--install", "--skip-crds", "--reset-values", "--values", "-", *taking]
    _helm(api, target, wish, [*command, *target.arguments(wish.namespace)], "installing")
    for step in (step for step in plan.steps if step not in records):
        say(f"{step.context}: {step.verb.value}d {step.ref}")
    left = _left(api, wish, plan)
    carry_out(api, left, force=True)
    for step in left.steps:
        say(f"{step.context}: applied {step.ref}, which Helm's merge left as it was")


def uninstall(api: Api, target: HelmTarget, name: str, namespace: str) -> None:
    """Has Helm remove the release with its objects. Raises what Helm says."""
    _helm(api, target, WantedRelease(name, namespace, "", ()), ["uninstall", name, *target.arguments(namespace)], "removing")


def _helm(api: Api, target: HelmTarget, wish: WantedRelease, command: list[str], doing: str) -> None:
    try:
        target.helm.run(command, given=wish.values, seconds=target.seconds + 60.0, secrets=wish.secrets)
    except HelmFailed as problem:
        what = f"{doing} the release {wish.namespace}/{wish.name} by Helm"
        raise errors.ClusterError(api.context, what, str(problem), "correct that and run again") from problem


def _left(api: Api, wish: WantedRelease, plan: Plan) -> Plan:
    changed = {step.ref for step in plan.steps if step.verb is Verb.UPDATE}
    bodies = [body for body in wish.bodies if ref_of(body) in changed]
    return confirm(api, plan_presence(api.context, bodies, read_objects(api, bodies)), force=True)


def _is_record(step: Step) -> bool:
    return step.ref.name.startswith("sh.helm.release.v1.")


def _placed(api: Api, body: Object, namespace: str) -> Object:
    kind = api.find_kind(str(body["apiVersion"]), str(body["kind"]))
    metadata: dict[str, Any] = {key: value for key, value in body["metadata"].items() if key != "namespace"}
    if kind is None or kind.namespaced:
        metadata["namespace"] = body["metadata"].get("namespace") or namespace
    return {**body, "metadata": metadata}
