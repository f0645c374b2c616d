# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Helm releases as values: their records, and what has to change."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from plugins.module_utils._core.objects import ref_of
from plugins.module_utils._core.plan import Plan, Step, Verb
from plugins.module_utils._core.release import (
    decode_release,
    history_of,
    join,
    owner_of,
    plan_dropped,
    plan_ownership,
    plan_release,
    plan_uninstall,
    release_ref,
    secret_texts,
    strangers,
)
from tests.unit import build

RELEASE = release_ref("ops", "ns")
OURS = {"meta.helm.sh/release-name": "ops", "meta.helm.sh/release-namespace": "ns"}
MANAGED = {"app.kubernetes.io/managed-by": "Helm"}
CHANGE = Plan((Step("hub", Verb.CREATE, RELEASE, "any"),))


def body(kind: str = "Service", name: str = "s", **metadata: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": kind, "metadata": {"name": name, "namespace": "ns", **metadata}}


def deployment(**container: Any) -> dict[str, Any]:
    spec = {"template": {"spec": {"containers": [{"name": "c", **container}]}}}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "d", "namespace": "ns"}, "spec": spec}


def test_a_record_is_read() -> None:
    release = decode_release(build.helm_record("ops", 3, "failed", manifest="kind: A", chart=("k8ssandra-operator", "1.26.0")))
    assert (release.name, release.revision, release.status, release.manifest) == ("ops", 3, "failed", "kind: A")
    assert release.chart == "k8ssandra-operator 1.26.0"
    assert release.record.name == "sh.helm.release.v1.ops.v3"


HISTORIES = {
    "none": ([], None, None),
    "one": ([(1, "deployed")], 1, None),
    "the newest": ([(2, "superseded"), (10, "deployed"), (9, "superseded")], 10, None),
    "a failed upgrade": ([(1, "deployed"), (2, "failed")], 1, None),
    "a failed install": ([(1, "failed")], 1, None),
    "an upgrade cut short": ([(1, "deployed"), (2, "pending-upgrade")], 1, 2),
    "an install cut short": ([(1, "pending-install")], None, 1),
    "a rollback cut short": ([(1, "superseded"), (2, "deployed"), (3, "pending-rollback")], 2, 3),
    "a removal cut short": ([(1, "uninstalling")], None, 1),
}


@pytest.mark.parametrize(("records", "base", "cut"), HISTORIES.values(), ids=HISTORIES)
def test_a_history_of(records: list[tuple[int, str]], base: int | None, cut: int | None) -> None:
    history = history_of(build.helm_record("ops", revision, status) for revision, status in records)
    assert (history.base and history.base.revision, history.cut_short and history.cut_short.revision) == (base, cut)


STEPS: dict[str, tuple[list[tuple[int, str]], Plan, list[tuple[str, str]]]] = {
    "not there": ([], CHANGE, [("create", "Release")]),
    "as wanted": ([(1, "deployed")], Plan(), []),
    "other objects": ([(1, "deployed")], CHANGE, [("update", "Release")]),
    "a failed upgrade of the same": ([(1, "deployed"), (2, "failed")], Plan(), []),
    "a failed install": ([(1, "failed")], Plan(), [("update", "Release")]),
    "cut short": ([(1, "deployed"), (2, "pending-upgrade")], Plan(), [("delete", "Secret"), ("update", "Release")]),
    "never finished": ([(1, "pending-install")], Plan(), [("delete", "Secret"), ("create", "Release")]),
}


@pytest.mark.parametrize(("records", "objects", "steps"), STEPS.values(), ids=STEPS)
def test_the_steps_of_a_release_that_is(records: list[tuple[int, str]], objects: Plan, steps: list[tuple[str, str]]) -> None:
    history = history_of(build.helm_record("ops", revision, status) for revision, status in records)
    plan = plan_release("hub", RELEASE, "chart 2", history, objects)
    assert [(step.verb.value, step.ref.kind) for step in plan.steps] == steps


def test_another_chart_that_renders_the_same_changes_nothing() -> None:
    history = history_of([build.helm_record("ops", 1, "deployed", chart=("chart", "1"))])
    assert not plan_release("hub", RELEASE, "chart 2", history, Plan())


OWNERS = [
    (body(), ""),
    (body(annotations=OURS), ""),
    (body(labels=MANAGED), ""),
    (body(annotations=OURS, labels=MANAGED), "ns/ops"),
]


@pytest.mark.parametrize(("live", "owner"), OWNERS)
def test_helm_takes_an_object_for_that_of(live: dict[str, Any], owner: str) -> None:
    assert owner_of(live) == owner


def test_objects_of_others_are_found_and_can_be_taken_over() -> None:
    theirs, ours, known = body(name="theirs"), body(name="ours", annotations=OURS, labels=MANAGED), body(name="known")
    found = {ref_of(live): live for live in (theirs, ours, known)}
    foreign = strangers([theirs, ours, known, body(name="new")], {ref_of(known): known}, found, RELEASE)
    assert foreign == ((ref_of(theirs), ""),)
    (step,) = plan_ownership("hub", foreign, found, RELEASE).steps
    assert step.why == "belongs to no release and is taken over"


DROPPED = {
    "nothing": (deployment(image="a"), deployment(image="a"), deployment(image="a"), None),
    "a field": (deployment(image="a", tty=True), deployment(image="a"), deployment(image="a", tty=True), "tty"),
    "a field that is gone": (deployment(image="a", tty=True), deployment(image="a"), deployment(image="a"), None),
    "a changed field": (deployment(image="a"), deployment(image="b"), deployment(image="a"), None),
    "an element": (
        deployment(env=[{"name": "A"}, {"name": "B"}]), deployment(env=[{"name": "A"}]), deployment(env=[{"name": "A"}, {"name": "B"}]), "env.[B]",
    ),
    "somebody else's element": (
        deployment(env=[{"name": "A"}]), deployment(env=[{"name": "A"}]), deployment(env=[{"name": "A"}, {"name": "B"}]), None,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new", "live", "said"), DROPPED.values(), ids=DROPPED)
def test_what_a_release_sets_no_longer(old: dict[str, Any], new: dict[str, Any], live: dict[str, Any], said: str | None) -> None:
    plan = plan_dropped("hub", [new], {ref_of(old): old}, {ref_of(live): live})
    assert [str(change).rpartition("[c].")[2] for step in plan.steps for change in step.changes] == ([said] if said else [])


def test_an_object_that_is_rendered_no_longer_goes_unless_it_is_to_be_kept() -> None:
    gone, kept = body(name="gone"), body(name="kept", annotations={"helm.sh/resource-policy": "keep"})
    previous = {ref_of(one): one for one in (gone, kept)}
    plan = plan_dropped("hub", [], previous, copy.deepcopy(previous))
    assert [(step.verb, step.ref.name) for step in plan.steps] == [(Verb.DELETE, "gone")]


def test_an_object_that_changes_for_two_reasons_is_one_step() -> None:
    live = deployment(tty=True, image="a")
    one = plan_dropped("hub", [deployment()], {ref_of(live): deployment(tty=True)}, {ref_of(live): live})
    two = plan_dropped("hub", [deployment()], {ref_of(live): deployment(image="a")}, {ref_of(live): live})
    (step,) = join(one, two).steps
    assert len(step.changes) == 2
    assert "tty" in step.why
    assert "image" in step.why


def test_what_secrets_hold_is_known_encoded_and_not() -> None:
    secret = {"kind": "Secret", "data": {"a": "aHVudGVyMg=="}, "stringData": {"b": "plain-text"}}
    assert secret_texts([secret, body()]) == {"aHVudGVyMg==", "hunter2", "plain-text"}


def test_a_removal_names_the_release_and_its_objects() -> None:
    live = body()
    plan = plan_uninstall("hub", history_of([build.helm_record("ops", 1, "deployed")]), {ref_of(live): live})
    assert [step.ref.kind for step in plan.steps] == ["Release", "Service"]
    assert not plan_uninstall("hub", history_of([]), {})
