# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A release in one cluster: reading its history, planning, and what Helm is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from plugins.module_utils._core.objects import ref_of
from plugins.module_utils._core.plan import FIELD_MANAGER, Step
from plugins.module_utils._core.release import History
from plugins.module_utils._kube import errors, release
from plugins.module_utils._kube.helm import private_helm
from plugins.module_utils._kube.wait import Patience
from tests.unit import build
from tests.unit.fakes import FakeApi

NS = build.NAMESPACE
OWNED = {"labels": {"app.kubernetes.io/managed-by": "Helm"},
         "annotations": {"meta.helm.sh/release-name": "ops", "meta.helm.sh/release-namespace": NS}}  # fmt: skip


def config_map(name: str = "c", value: str = "1", **metadata: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": NS, **metadata}, "data": {"a": value}}


def wanted(*bodies: dict[str, Any]) -> release.WantedRelease:
    return release.WantedRelease("ops", NS, "chart 1", bodies, "/chart")


def plan(api: FakeApi, wish: release.WantedRelease, previous: tuple[dict[str, Any], ...] = (), *, force: bool = False) -> list[str]:
    history = release.read_history(api, "ops", NS)
    known = {ref_of(body): body for body in previous}
    found = release.read_objects(api, [*wish.bodies, *previous])
    steps = release.plan_release(api, wish, history, known, found, force=force)
    return [f"{step.verb.value} {step.ref.kind} {step.ref.name}" for step in steps.steps]


def test_where_the_deployed_revision_is_the_newest_one_record_is_read() -> None:
    api = FakeApi("hub", [build.helm_record("ops", 1, "superseded"), build.helm_record("ops", 2, "deployed")])
    assert [one.revision for one in release.read_history(api, "ops", NS).releases] == [2]
    api.put(build.helm_record("ops", 3, "pending-upgrade"))
    assert [one.revision for one in release.read_history(api, "ops", NS).releases] == [1, 2, 3]


def test_a_release_that_is_as_wanted_has_no_step_and_asks_by_reads_alone() -> None:
    api = FakeApi("hub", [build.helm_record("ops", 1, "deployed"), config_map(**OWNED)])
    assert plan(api, wanted(config_map()), (config_map(),)) == []
    assert not api.writes


def test_what_differs_is_what_the_plan_says() -> None:
    api = FakeApi("hub", [build.helm_record("ops", 1, "deployed"), config_map(value="2", **OWNED), config_map("old", **OWNED)])
    steps = plan(api, wanted(config_map(), config_map("new")), (config_map(), config_map("old")))
    assert steps == ["update Release ops", "update ConfigMap c", "create ConfigMap new", "delete ConfigMap old"]


def test_somebody_elses_object_is_named_and_not_taken_over_unasked() -> None:
    api = FakeApi("hub", [config_map()])
    with pytest.raises(errors.Conflict, match=f"ConfigMap {NS}/c is there and belongs to no release.*force_conflicts"):
        plan(api, wanted(config_map()))
    assert plan(api, wanted(config_map()), force=True) == ["create Release ops", "update ConfigMap c"]


def test_an_operation_under_way_is_waited_for_and_one_cut_short_is_not() -> None:
    now = 1_767_225_600.0  # build.LONG_AGO
    api = FakeApi("hub", [build.helm_record("ops", 1, "pending-install")])
    times = iter(range(100))

    def finish(seconds: float) -> None:
        api.put(build.helm_record("ops", 1, "deployed"))

    history = release.read_history(api, "ops", NS)
    patience = Patience(30.0, 1.0, clock=lambda: float(next(times)), sleep=finish)
    assert release.await_finish(api, "ops", NS, history, patience, now + 60).cut_short is not None
    assert release.await_finish(api, "ops", NS, history, patience, now + 1).cut_short is None
    never = Patience(3.0, 1.0, clock=lambda: float(next(times)), sleep=lambda seconds: None)
    assert release.await_finish(FakeApi("hub", []), "ops", NS, history, never, now + 1) == History()


def test_objects_get_the_namespace_that_helm_gives_them() -> None:
    bodies = [
        {**config_map(), "metadata": {"name": "c"}},
        {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": "r"}},
    ]
    placed = release.in_namespace(FakeApi("hub"), bodies, NS)
    assert [body["metadata"].get("namespace") for body in placed] == [NS, None]


@pytest.mark.parametrize("force", [False, True])
def test_one_upgrade_carries_the_plan_out_and_what_it_left_is_applied(tmp_path: Path, force: bool) -> None:
    script = tmp_path / "helm"
    script.write_text(f'#!/bin/sh\necho "$@" > {tmp_path}/said\ncat > {tmp_path}/given\n')
    script.chmod(0o700)
    records = [build.helm_record("ops", 1, "deployed"), build.helm_record("ops", 2, "pending-upgrade")]
    api = FakeApi("hub", [*records, config_map(value="2", **OWNED)])
    wish = wanted(config_map())
    history = release.read_history(api, "ops", NS)
    found = release.read_objects(api, wish.bodies)
    steps = release.plan_release(api, wish, history, {ref_of(config_map()): config_map()}, found, force=force)
    said: list[str] = []
    done: list[Step] = []
    with private_helm(str(script)) as helm:
        release.upgrade(api, release.HelmTarget(helm, "/kube", "admin@hub", 9.0), wish, steps, force=force, say=said.append, done=done)
    command = (tmp_path / "said").read_text()
    assert sorted(str(step.ref) for step in done) == sorted(str(step.ref) for step in steps.steps)
    assert command.startswith("upgrade ops /chart --install --skip-crds --reset-values --values - ")
    assert "--kubeconfig /kube --kube-context admin@hub" in command
    assert ("--take-ownership" in command) is force
    assert "hub: applied ConfigMap k8ssandra-operator/c, which Helm's merge left as it was" in said
    live = api.objects[ref_of(config_map())]
    assert live["data"] == {"a": "1"}
    assert live["metadata"]["managedFields"][-1]["manager"] == FIELD_MANAGER
    assert not [ref for ref in api.objects if ref.name.endswith(".v2")]
