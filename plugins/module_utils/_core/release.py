# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Helm releases as values: what a release's record says, and what has to change so that the cluster is as the chart renders."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .diff import Change, changes, value_at
from .objects import KINDS, Object, Ref, ref_of
from .plan import Plan, Step, Verb, plan_absence, update_step

# What Helm writes on every object of a release, and looks for before it takes over one that is there:
# `checkOwnership`, helm v3.19 pkg/action/validate.go.
MANAGED_BY = ("app.kubernetes.io/managed-by", "Helm")
NAME_ANNOTATION, NAMESPACE_ANNOTATION = "meta.helm.sh/release-name", "meta.helm.sh/release-namespace"
_KEEP = ("helm.sh/resource-policy", "keep")
# The states of a release whose operation was cut short; Helm itself refuses to go on from there.
_CUT_SHORT = frozenset(("pending-install", "pending-upgrade", "pending-rollback", "uninstalling"))


@dataclass(frozen=True)
class Release:
    """One revision of a release, as its record says.

    Args:
        name, namespace: the release's.
        revision: its number.
        status: `deployed`, `failed`, `pending-upgrade`, ...
        chart: the chart's name and version.
        manifest: the YAML of its objects, hooks not included.
        begun: when its record was made.
        values: what was given to the chart.
    """

    name: str
    namespace: str
    revision: int
    status: str
    chart: str
    manifest: str = field(repr=False)
    begun: str = ""
    values: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def record(self) -> Ref:
        """The Secret that holds it."""
        return KINDS["v1", "Secret"].ref(f"sh.helm.release.v1.{self.name}.v{self.revision}", self.namespace)


@dataclass(frozen=True)
class History:
    """The revisions of a release, oldest first; none when it was never installed."""

    releases: tuple[Release, ...] = ()

    @property
    def last(self) -> Release | None:
        """The newest revision."""
        return self.releases[-1] if self.releases else None

    @property
    def cut_short(self) -> Release | None:
        """The newest revision, if whoever made it did not finish."""
        return self.last if self.last is not None and self.last.status in _CUT_SHORT else None

    @property
    def base(self) -> Release | None:
        """The revision against which Helm merges: the deployed one, else the newest that is none of an operation cut short."""
        known = [release for release in self.releases if release.status not in _CUT_SHORT]
        return next((release for release in reversed(known) if release.status == "deployed"), known[-1] if known else None)


def decode_release(secret: Object) -> Release:
    """The release that a Secret of Helm's records: JSON, gzipped, base64 twice (`decodeRelease`, helm v3.19 pkg/storage/driver)."""
    text = gzip.decompress(base64.b64decode(base64.b64decode(secret["data"]["release"])))
    body = json.loads(text)
    metadata = body.get("chart", {}).get("metadata") or {}
    return Release(
        name=str(body["name"]),
        namespace=str(body.get("namespace") or secret["metadata"].get("namespace", "")),
        revision=int(body["version"]),
        status=str((body.get("info") or {}).get("status", "")),
        chart=f"{metadata.get('name', '')} {metadata.get('version', '')}",
        manifest=str(body.get("manifest") or ""),
        begun=str(secret["metadata"].get("creationTimestamp") or ""),
        values=body.get("config") or {},
    )


def history_of(secrets: Iterable[Object]) -> History:
    """The history that these records tell."""
    return History(tuple(sorted((decode_release(secret) for secret in secrets), key=lambda release: release.revision)))


def release_ref(name: str, namespace: str) -> Ref:
    """The release as a plan names it."""
    return Ref("helm.sh/v1", "Release", namespace, name)


def owner_of(live: Object) -> str:
    """The release that an object says it belongs to, as namespace and name; empty when Helm would not take it for any's."""
    metadata = live["metadata"]
    annotations = metadata.get("annotations") or {}
    if (metadata.get("labels") or {}).get(MANAGED_BY[0]) != MANAGED_BY[1] or NAME_ANNOTATION not in annotations:
        return ""
    return f"{annotations.get(NAMESPACE_ANNOTATION, '')}/{annotations[NAME_ANNOTATION]}"


def strangers(
    wanted: Iterable[Object], previous: Mapping[Ref, Object], found: Mapping[Ref, Object], release: Ref
) -> tuple[tuple[Ref, str], ...]:
    """The objects that are there and that Helm would refuse to make part of the release, each with its owner's name if it has one."""
    ours = f"{release.namespace}/{release.name}"
    there = [ref_of(body) for body in wanted if ref_of(body) in found and ref_of(body) not in previous]
    return tuple((ref, owner_of(found[ref])) for ref in there if owner_of(found[ref]) != ours)


def plan_ownership(context: str, foreign: Iterable[tuple[Ref, str]], found: Mapping[Ref, Object], release: Ref) -> Plan:
    """The steps that make these objects part of the release."""
    path = ("metadata", "annotations", NAME_ANNOTATION)
    steps = []
    for ref, owner in foreign:
        taken = Change(path, owner or None, f"{release.namespace}/{release.name}")
        why = f"belongs to the release {owner}" if owner else "belongs to no release"
        steps.append(Step(context, Verb.UPDATE, ref, f"{why} and is taken over", found=found[ref], changes=(taken,)))
    return Plan(tuple(steps))


def plan_dropped(context: str, wanted: Iterable[Object], previous: Mapping[Ref, Object], found: Mapping[Ref, Object]) -> Plan:
    """The steps that take away what the release set earlier and sets no longer: fields, and whole objects unless they are to be kept."""
    wanted = list(wanted)
    steps = []
    for body in wanted:
        ref = ref_of(body)
        if ref in previous and ref in found:
            gone = tuple(_dropped(previous[ref], body, found[ref]))
            steps += [update_step(context, body, found[ref], gone)] if gone else []
    refs = {ref_of(body) for body in wanted}
    unwanted = [ref for ref in previous if ref not in refs and not _is_kept(previous[ref])]
    return Plan(tuple(steps)) + plan_absence(context, unwanted, found, "is no longer part of the release")


def join(*plans: Plan) -> Plan:
    """Plans of one context as one: of an object that is updated in several, one step with all changes."""
    steps: dict[Ref, Step] = {}
    for step in (step for plan in plans for step in plan.steps):
        there = steps.get(step.ref)
        if there is None or there.verb is not Verb.UPDATE or step.verb is not Verb.UPDATE:
            steps[step.ref] = step
            continue
        more = tuple(change for change in step.changes if change not in there.changes)
        body = there.body if there.body is not None else step.body
        why = there.why if there.body is None else ""
        steps[step.ref] = update_step(step.context, body, there.found, there.changes + more, why)
    return Plan(tuple(steps.values()))


def plan_release(context: str, release: Ref, chart: str, history: History, objects: Plan) -> Plan:
    """The step for the release itself, and before it the removal of the record of an operation that was cut short.

    Args:
        release: the release's identity.
        chart: name and version of the chart that is wanted.
        history: what is there.
        objects: the steps for the objects of the release.
    """
    cut, base, body = history.cut_short, history.base, {"chart": chart}
    repair: Sequence[Step] = ()
    if cut is not None:
        why = f"says {cut.status} of revision {cut.revision}: that run was cut short, and Helm refuses to go on while this is there"
        repair = (Step(context, Verb.DELETE, cut.record, why),)
    if base is None:
        return Plan((*repair, Step(context, Verb.CREATE, release, "is not there", body=body)))
    differs = (Change(("chart",), base.chart, chart),) if base.chart != chart else ()
    if objects:
        why = f"what the chart renders differs from what is there since revision {base.revision}"
    elif cut is not None or base.status != "deployed":
        why = f"revision {base.revision} is {base.status}, and nothing newer was finished"
    else:
        return Plan()
    return Plan((*repair, Step(context, Verb.UPDATE, release, why, body=body, changes=differs)))


def secret_texts(bodies: Iterable[Object]) -> frozenset[str]:
    """What rendered Secrets hold, encoded and not: never to be shown, not even in a tool's own message."""
    found: set[str] = set()
    for body in bodies:
        if body.get("kind") == "Secret":
            for value in (*(body.get("data") or {}).values(), *(body.get("stringData") or {}).values()):
                found.add(str(value))
                found.update(_decoded(str(value)))
    return frozenset(text for text in found if len(text) > 3)


def _decoded(value: str) -> Iterator[str]:
    try:
        yield base64.b64decode(value, validate=True).decode()
    except ValueError:
        return


def _dropped(old: Object, new: Object, live: Object) -> Iterator[Change]:
    for change in changes(old, new, ""):
        there = value_at(live, change.path) if change.found is None else None
        if there is not None and not (isinstance(there, (Mapping, list)) and not there):
            yield Change(change.path, there, None)


def _is_kept(body: Object) -> bool:
    annotations: Mapping[str, Any] = body["metadata"].get("annotations") or {}
    return bool(annotations.get(_KEEP[0]) == _KEEP[1])


def plan_uninstall(context: str, history: History, found: Mapping[Ref, Object]) -> Plan:
    """The steps that remove a release with those of its objects that are there."""
    last = history.last
    if last is None:
        return Plan()
    kept = [ref for ref in found if not _is_kept(found[ref])]
    release = Step(context, Verb.DELETE, release_ref(last.name, last.namespace), f"revision {last.revision} is {last.status}")
    return Plan((release,)) + plan_absence(context, kept, found, "belongs to the release")
