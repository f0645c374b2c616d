# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The removal of a cluster takes what is the cluster's, all of it, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest

from plugins.module_utils._core.cluster import FINALIZER
from plugins.module_utils._core.deployment import CLUSTER_LABEL
from plugins.module_utils._core.distribution.moving import REPLICATED_SECRET_FINALIZER
from plugins.module_utils._core.objects import Ref, kind_named, ref_of
from plugins.module_utils._kube import errors
from plugins.module_utils._module import cluster_removal
from plugins.module_utils._module.run import Call, run
from tests.unit import build
from tests.unit.fakes import FakeApi

CLUSTER = kind_named("K8ssandraCluster").ref("demo", build.NAMESPACE)
MADE = kind_named("Namespace").ref(build.NAMESPACE)
GOING = {"deletionTimestamp": build.LONG_AGO, "finalizers": ["f"]}


class Fleet:
    """A control plane with the cluster, and east with its datacenter in a namespace that we made; the operator removes at once."""

    def __init__(self) -> None:
        self.hub = FakeApi("hub", [build.cluster(build.template("dc1", "east"))])
        namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": MADE.name, "labels": {CLUSTER_LABEL: f"{MADE.name}.demo"}}}
        self.east = FakeApi("east", [namespace, build.datacenter("dc1"), build.claim("dc1")])
        self.hub.react = self._remove
        self.warned: list[str] = []
        self.said: list[str] = []

    def _remove(self, verb: str, on: Any) -> None:
        for ref in [ref for ref in self.east.objects if ref.kind != "Namespace" and "demo-dc1" in f"demo-{ref.name}"]:
            self.east.remove(ref)

    def run(self, *, check_mode: bool = False, **options: Any) -> dict[str, Any]:
        named = {"name": "demo", "namespace": build.NAMESPACE, "operator_namespace": None, "confirm_removal": "demo"}
        parameters = {**named, "wait": True, "wait_timeout": 0, "wait_sleep": 1}
        return run(cluster_removal.remove_cluster, Call({**parameters, **options}, check_mode, say=self.said.append, warn=self.warned.append))


@pytest.fixture
def fleet(monkeypatch: pytest.MonkeyPatch) -> Fleet:
    made = Fleet()

    @contextmanager
    def opened(parameters: Mapping[str, Any]) -> Iterator[tuple[FakeApi, dict[str, FakeApi]]]:
        yield made.hub, {"east": made.east}

    monkeypatch.setattr(cluster_removal, "fleet", opened)
    return made


def _removed(result: Mapping[str, Any]) -> list[str]:
    return [f"{step['context']} {step['object']}" for step in result["plan"]]


@pytest.mark.parametrize("check_mode", [True, False], ids=["check mode", "plain"])
def test_the_cluster_goes_and_the_namespace_made_for_it(fleet: Fleet, check_mode: bool) -> None:
    result = fleet.run(check_mode=check_mode)
    assert _removed(result) == [f"hub {CLUSTER}", f"east {MADE}"], result
    assert bool(fleet.hub.writes + fleet.east.writes) is not check_mode
    assert (CLUSTER in fleet.hub.objects, MADE in fleet.east.objects) == (check_mode, check_mode)


@pytest.mark.parametrize("check_mode", [True, False], ids=["check mode", "plain"])
def test_a_config_map_goes_when_it_was_made_for_the_cluster_and_not_when_it_is_only_watched(fleet: Fleet, check_mode: bool) -> None:
    made = {**build.OWNED, "k8ssandra.io/cleaned-up-by": "k8ssandracluster-controller"}
    for name, labels in (("left", made), ("mine", build.OWNED)):
        fleet.east.put(build.body("ConfigMap", "v1", name, labels=labels))
    left = kind_named("ConfigMap").ref("left", build.NAMESPACE)
    assert _removed(fleet.run(check_mode=check_mode)) == [f"hub {CLUSTER}", f"east {left}", f"east {MADE}"]


@pytest.mark.parametrize("check_mode", [True, False], ids=["check mode", "plain"])
@pytest.mark.parametrize("kind", ["CassandraDatacenter", "PersistentVolumeClaim", "Deployment"])
def test_a_namespace_that_somebody_else_uses_stays(fleet: Fleet, kind: str, check_mode: bool) -> None:
    theirs = kind_named(kind)
    fleet.east.put(build.body(kind, theirs.api_version, "theirs"))
    result = fleet.run(check_mode=check_mode)
    assert _removed(result) == [f"hub {CLUSTER}"]
    assert {MADE, theirs.ref("theirs", build.NAMESPACE)} <= set(fleet.east.objects)
    assert f"it holds {kind} {build.NAMESPACE}/theirs" in fleet.warned[0]


@pytest.mark.parametrize("names", [{"name": "", "confirm_removal": ""}, {"confirm_removal": ""}, {"confirm_removal": "Demo"}])
def test_nothing_goes_without_the_exact_name(fleet: Fleet, names: Mapping[str, str]) -> None:
    assert fleet.run(**names)["error"]["reason"] == "invalid option"
    assert not fleet.hub.writes + fleet.east.writes


def test_a_context_that_falls_silent_is_not_taken_for_empty(fleet: Fleet) -> None:
    fleet.hub.react = lambda verb, on: fleet.east.fail("list")
    result = fleet.run()
    assert (result["error"]["reason"], result["changed"]) == ("timed out", True)
    assert "east does not answer" in result["msg"]
    assert not fleet.east.writes


def test_a_run_after_a_killed_one_waits_for_the_datacenters(fleet: Fleet) -> None:
    fleet.hub.remove(CLUSTER)
    fleet.east.put(build.datacenter("dc1") | {"metadata": {**build.datacenter("dc1")["metadata"], **GOING}})
    result = fleet.run()
    assert result["error"]["reason"] == "timed out"
    assert "east dc1: is being removed" in result["msg"]


def test_a_datacenter_that_nobody_removes_ends_the_wait(fleet: Fleet) -> None:
    fleet.hub.remove(CLUSTER)
    result = fleet.run()
    assert (result["error"]["reason"], result["error"]["context"]) == ("cannot succeed", "east")
    assert Ref("cassandra.datastax.com/v1beta1", "CassandraDatacenter", build.NAMESPACE, "dc1") in fleet.east.objects


def _replicated(owner: str) -> dict[str, Any]:
    kind = kind_named("ReplicatedSecret")
    owners = [{"apiVersion": CLUSTER.api_version, "kind": CLUSTER.kind, "name": owner, "uid": "1"}]
    return build.body("ReplicatedSecret", kind.api_version, owner, metadata={"ownerReferences": owners})


@pytest.mark.parametrize("going", [{}, GOING], ids=["not seen by Kubernetes yet", "being removed"])
def test_the_removal_ends_when_the_copies_of_secrets_have_gone_too(fleet: Fleet, going: Mapping[str, Any]) -> None:
    body = _replicated("demo")
    fleet.hub.put({**body, "metadata": {**body["metadata"], **going}})
    result = fleet.run()
    assert result["error"]["reason"] == "timed out"
    assert "ReplicatedSecret k8ssandra-operator/demo is still there" in result["msg"]
    assert "hub: copies of its Secrets are being removed" in fleet.said
    fleet.hub.put(build.operator(ready=False))
    assert "hub: k8ssandra-operator is not ready" in fleet.run()["msg"]


OPERATORS = {
    "none": ([], "cannot succeed"),
    "cass-operator alone": ([build.operator("cass-operator")], "cannot succeed"),
    "one that is down": ([build.operator(ready=False)], "timed out"),
    "one that serves": ([build.operator()], "timed out"),
}


@pytest.fixture
def held(fleet: Fleet) -> Fleet:
    """All has gone but the ReplicatedSecret, which waits for an operator to take its finalizer off."""
    fleet.run()
    body = _replicated("demo")
    body["metadata"] |= {**GOING, "finalizers": [REPLICATED_SECRET_FINALIZER]}
    fleet.hub.put(body)
    return fleet


@pytest.mark.parametrize("operators", OPERATORS)
def test_copies_of_secrets_that_no_operator_removes_are_not_waited_for(held: Fleet, operators: str) -> None:
    there, reason = OPERATORS[operators]
    for body in there:
        held.hub.put(body)
    result = held.run()
    assert result["error"]["reason"] == reason
    told = ("no k8ssandra-operator is in any namespace", "remove the finalizer of ReplicatedSecret k8ssandra-operator/demo")
    assert [part in result["msg"] for part in told] == [reason == "cannot succeed"] * 2


NOT_GOING: dict[str, Any] = {"finalizers": [FINALIZER]}
STAGES = {"not going yet": NOT_GOING, "going": {**GOING, **NOT_GOING}}


def _with_cluster(fleet: Fleet, metadata: Mapping[str, Any], operators: list[dict[str, Any]]) -> None:
    """The cluster is as the operator left it, and nobody does anything from now on."""
    fleet.hub.react = lambda verb, on: None
    for body in [build.cluster(build.template("dc1", "east"), metadata=metadata), *operators]:
        fleet.hub.put(body)


@pytest.mark.parametrize("check_mode", [True, False], ids=["check mode", "plain"])
@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("operators", OPERATORS)
def test_a_cluster_that_no_operator_removes_is_left_as_it_is(fleet: Fleet, operators: str, stage: str, check_mode: bool) -> None:
    there, waited = OPERATORS[operators]
    _with_cluster(fleet, STAGES[stage], there)
    result = fleet.run(check_mode=check_mode)
    missing = waited == "cannot succeed"
    assert (result.get("error") or {}).get("reason") == (None if check_mode else "absent" if missing else waited)
    assert bool(fleet.hub.writes) is (stage == "not going yet" and not (check_mode or missing))
    said = " ".join(fleet.warned) if check_mode else result["msg"]
    told = (str(CLUSTER), FINALIZER, "no k8ssandra-operator is in any namespace", "install the operators again", "docs/teardown.md")
    assert all(part in said for part in told) is missing, said
    assert bool(fleet.warned) is (check_mode and missing)


@pytest.mark.parametrize("metadata", [{}, {"finalizers": ["f"]}, GOING], ids=["not seen by an operator", "of somebody else", "going"])
def test_a_cluster_that_waits_for_no_operator_goes_without_one(fleet: Fleet, metadata: Mapping[str, Any]) -> None:
    _with_cluster(fleet, metadata, [])
    assert fleet.run(check_mode=True)["changed"]
    assert not fleet.warned
    assert fleet.run()["error"]["reason"] != "absent"
    left = fleet.hub.objects.get(CLUSTER)
    assert left is None or left["metadata"]["deletionTimestamp"]


@pytest.mark.parametrize("stage", STAGES)
def test_without_waiting_nobody_asks_for_an_operator(fleet: Fleet, stage: str) -> None:
    _with_cluster(fleet, STAGES[stage], [])
    assert "failed" not in fleet.run(check_mode=True, wait=False) | fleet.run(wait=False)
    assert fleet.hub.objects[CLUSTER]["metadata"]["deletionTimestamp"]
    assert not fleet.warned


def test_a_removal_asks_for_an_operator_once_and_waits_on_without_it(fleet: Fleet) -> None:
    _with_cluster(fleet, NOT_GOING, [build.operator()])
    fleet.hub.react = lambda verb, on: fleet.hub.remove(ref_of(build.operator()))
    assert fleet.run(wait_timeout=0.05, wait_sleep=0.01)["error"]["reason"] == "timed out"
    assert ref_of(build.operator()) not in fleet.hub.objects
    assert fleet.hub.calls.count(("list", "Deployment")) == 1 < fleet.hub.calls.count(("list", "CassandraDatacenter"))


def test_a_removal_that_may_not_look_for_operators_goes_on(fleet: Fleet) -> None:
    _with_cluster(fleet, NOT_GOING, [])
    fleet.hub.fail("list", "Deployment", errors.Forbidden("hub", "listing", "no right"))
    assert fleet.run()["error"]["reason"] == "timed out"
    assert ("delete", CLUSTER) in fleet.hub.writes


@pytest.mark.parametrize(("namespace", "reason"), [(None, "timed out"), ("operators", "timed out"), (build.NAMESPACE, "absent")])
def test_an_operator_elsewhere_removes_the_cluster_unless_its_namespace_was_named(fleet: Fleet, namespace: str | None, reason: str) -> None:
    _with_cluster(fleet, NOT_GOING, [_elsewhere()])
    result = fleet.run(operator_namespace=namespace)
    assert result["error"]["reason"] == reason
    assert (f"is in namespace {build.NAMESPACE} to remove" in result["msg"]) is (reason == "absent")


def _elsewhere() -> dict[str, Any]:
    body = build.operator()
    return {**body, "metadata": {**body["metadata"], "namespace": "operators"}}


@pytest.mark.parametrize(("namespace", "reason"), [(None, "timed out"), ("operators", "timed out"), (build.NAMESPACE, "cannot succeed")])
def test_an_operator_elsewhere_is_waited_for_unless_its_namespace_was_named(held: Fleet, namespace: str | None, reason: str) -> None:
    held.hub.put(_elsewhere())
    result = held.run(operator_namespace=namespace)
    assert result["error"]["reason"] == reason
    assert (f"is in namespace {build.NAMESPACE} to remove" in result["msg"]) is (reason == "cannot succeed")


def test_a_dry_run_that_may_not_look_for_operators_goes_on(held: Fleet) -> None:
    held.hub.fail("list", "Deployment", errors.Forbidden("hub", "listing", "no right"))
    assert "failed" not in held.run(check_mode=True)


@pytest.mark.parametrize("operators", OPERATORS)
def test_a_dry_run_warns_of_copies_of_secrets_that_no_operator_removes(held: Fleet, operators: str) -> None:
    there, reason = OPERATORS[operators]
    for body in there:
        held.hub.put(body)
    assert not held.run(check_mode=True)["changed"]
    assert [("install the operators again" in warning) for warning in held.warned] == [True] * (reason == "cannot succeed")


def test_the_copies_of_another_cluster_do_not_matter_nor_do_those_that_may_not_be_looked_at(fleet: Fleet) -> None:
    fleet.hub.put(_replicated("other"))
    assert _removed(fleet.run()) == [f"hub {CLUSTER}", f"east {MADE}"]
    fleet.hub.fail("list", "ReplicatedSecret", errors.Forbidden("hub", "listing replicatedsecrets", "no"))
    assert _removed(fleet.run()) == []


def test_without_waiting_nothing_is_taken_from_under_the_operator(fleet: Fleet) -> None:
    assert _removed(fleet.run(wait=False)) == [f"hub {CLUSTER}"]
    assert not fleet.east.writes


def test_an_operator_that_is_down_is_named_as_what_the_removal_waits_for(fleet: Fleet) -> None:
    fleet.hub.react = lambda verb, on: None
    fleet.east.put(build.operator(ready=False))
    assert "east: k8ssandra-operator is not ready" in fleet.run()["msg"]
