"""`client_config` with `state: absent`: in order, never while in use, and of a cluster that is gone only when asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from plugins.module_utils._core.objects import kind_named
from plugins.module_utils._kube import errors
from tests.unit.plugins.module_utils._module.client_config_fleet import CONFIGS, NAMESPACE, Fleet, actions, kinds, pod_of


@pytest.fixture
def fleet(tmp_path: Path) -> Fleet:
    return Fleet(tmp_path)


def test_absent_in_order(fleet: Fleet) -> None:
    fleet.run()
    fleet.forget_calls()
    fleet.hub.react = lambda verb, on: fleet.hub.put(pod_of(restartCount=2))
    result = fleet.run("east", "west", state="absent")
    assert "failed" not in result, result
    assert actions(result) == ["removed"] * 2
    assert kinds(fleet.hub.writes) == [("delete", "ClientConfig")] * 2 + [("delete", "Secret")] * 2
    assert kinds(fleet.remotes["east"].writes) == [("delete", "RoleBinding"), ("delete", "Role"), ("delete", "ServiceAccount")]
    assert fleet.remotes["north"].writes == []
    fleet.forget_calls()
    assert not fleet.run("east", "west", state="absent")["changed"]
    assert fleet.writes == []


def test_an_operator_that_was_just_starting_may_never_have_known_what_went(fleet: Fleet) -> None:
    fleet.run()
    fleet.hub.put(pod_of(ready=False))
    fleet.hub.react = lambda verb, on: fleet.hub.put(pod_of())
    result = fleet.run("east", state="absent")
    assert "failed" not in result, result
    assert result["operator_restarts"] == 0


def test_an_operator_that_was_up_has_to_restart(fleet: Fleet) -> None:
    fleet.run()
    fleet.hub.react = lambda verb, on: None
    result = fleet.run("east", state="absent")
    assert "the operator has not restarted yet" in result["msg"]


def test_a_pod_that_was_evicted_and_is_kept_keeps_nobody_waiting(fleet: Fleet) -> None:
    fleet.run()
    evicted = pod_of(ready=False)
    metadata, status = {**evicted["metadata"], "name": "operator-1", "uid": "old"}, {**evicted["status"], "phase": "Failed"}
    fleet.hub.put({**evicted, "metadata": metadata, "status": status})
    fleet.hub.react = lambda verb, on: fleet.hub.put(pod_of(restartCount=2))
    result = fleet.run("east", state="absent")
    assert "failed" not in result, result


USERS = {
    "K8ssandraCluster": {"spec": {"cassandra": {"datacenters": [{"k8sContext": "east"}]}}},
    "K8ssandraCluster ": {"status": {"datacenters": {"dc1": {"contextName": "east"}}}},
    "ReplicatedSecret": {"spec": {"replicationTargets": [{"k8sContextName": "east"}]}},
}


@pytest.mark.parametrize("kind", USERS)
def test_absent_is_refused_while_in_use(fleet: Fleet, kind: str) -> None:
    fleet.run()
    name = kind.strip()
    fleet.hub.put(
        {"apiVersion": kind_named(name).api_version, "kind": name, "metadata": {"name": "demo", "namespace": "ns"}, **USERS[kind]}
    )
    fleet.forget_calls()
    result = fleet.run(state="absent")
    assert f"{name} ns/demo" in result["msg"]
    assert fleet.writes == []


def test_a_dry_run_of_absent_foretells_it_and_warns_of_the_use(fleet: Fleet) -> None:
    fleet.run()
    cluster = {"kind": "K8ssandraCluster", "metadata": {"name": "demo", "namespace": "ns"}, **USERS["K8ssandraCluster"]}
    fleet.hub.put({"apiVersion": kind_named("K8ssandraCluster").api_version, **cluster})
    fleet.forget_calls()
    result = fleet.run(state="absent", check_mode=True)
    assert result["changed"]
    assert any("K8ssandraCluster ns/demo" in warning for warning in fleet.warned)
    assert fleet.writes == []


@pytest.mark.parametrize("silence", [errors.Unreachable, errors.NotForwarded])
@pytest.mark.parametrize(("forget", "expected"), [(False, ["removed", "failed"]), (True, ["removed", "removed"])])
def test_absent_of_an_unreachable_one(fleet: Fleet, forget: bool, expected: list[str], silence: type[errors.ClusterError]) -> None:
    fleet.run("east", "west")
    fleet.remotes["west"].fail("*", error=silence("west", "reading", "nobody is there"))
    result = fleet.run("east", "west", state="absent", forget_unreachable=forget, wait=False)
    assert actions(result) == expected
    assert (CONFIGS.ref("west", NAMESPACE) in fleet.hub.objects) is not forget
    assert bool(result.get("failed")) is not forget
