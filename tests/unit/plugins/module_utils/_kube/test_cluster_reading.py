from __future__ import annotations

from typing import Any

import pytest

from plugins.module_utils._core.rollup import roll_up
from plugins.module_utils._kube import errors
from plugins.module_utils._kube.cluster_reading import read_cluster
from tests.unit import build
from tests.unit.fakes import FakeApi

NOW = 1_790_000_000.0
DC1, DC2 = build.template("dc1", "east"), build.template("dc2", "west")
OPERATORS = (build.operator(), build.operator("cass-operator"), build.certificate())
# A data plane's requests: version, CassandraDatacenters, Pods, CassandraTasks, Deployments, Certificates.
DATA_PLANE, CONTROL_PLANE = 7, 10


def _hub(*more: Any, cluster: Any = None) -> FakeApi:
    configs = [one for name in ("east", "west") for one in (build.client_config(name), build.kubeconfig_secret(name))]
    operators = (build.operator(control_plane=True), build.operator("cass-operator"), build.certificate())
    return FakeApi("hub", [cluster or build.cluster(DC1, DC2), *configs, *operators, *more])


def _remotes() -> dict[str, FakeApi]:
    return {
        "east": FakeApi("east", [build.datacenter("dc1"), build.pod("dc1"), *OPERATORS]),
        "west": FakeApi("west", [build.datacenter("dc2"), build.pod("dc2"), *OPERATORS]),
    }


def _status(hub: FakeApi, remotes: dict[str, FakeApi], **more: Any) -> Any:
    return roll_up(read_cluster(hub, remotes, "demo", build.NAMESPACE, **more), NOW)


def test_a_ready_cluster_is_ready_within_the_budget_of_requests() -> None:
    hub, remotes = _hub(), _remotes()
    status = _status(hub, remotes)
    assert status.reason == ""
    assert hub.requests <= CONTROL_PLANE
    assert [remote.requests for remote in remotes.values()] == [6, 6]
    assert max(remote.requests for remote in remotes.values()) <= DATA_PLANE
    assert {operator.context for operator in status.operators} == {"hub", "east", "west"}
    assert [credential.context for credential in status.credentials] == ["east", "west"]


def test_a_control_plane_with_a_datacenter_of_its_own_keeps_the_budget_too() -> None:
    hub = _hub(build.datacenter("dc3"), build.pod("dc3"), cluster=build.cluster(DC1, DC2, build.template("dc3", "")))
    assert _status(hub, _remotes()).reason == ""
    assert hub.requests <= CONTROL_PLANE


def test_without_surroundings_a_look_costs_less() -> None:
    hub, remotes = _hub(), _remotes()
    assert _status(hub, remotes, surroundings=False).ready
    assert (hub.requests, [remote.requests for remote in remotes.values()]) == (1, [3, 3])


def test_each_context_says_what_time_it_is_there() -> None:
    hub, remotes = _hub(), _remotes()
    hub.date, remotes["east"].date = "Sat, 21 Nov 2026 10:00:00 GMT", "Sat, 21 Nov 2026 10:05:00 GMT"
    reading = read_cluster(hub, remotes, "demo", build.NAMESPACE)
    assert [context.now(1.0) for context in reading.contexts] == [1795255200.0, 1795255500.0, 1.0]


def test_nothing_is_written() -> None:
    hub, remotes = _hub(), _remotes()
    _status(hub, remotes)
    assert not [call for api in (hub, *remotes.values()) for call in api.writes]


def test_a_data_plane_that_fails_is_unknown_and_fails_nobody_else() -> None:
    hub, remotes = _hub(), _remotes()
    remotes["west"].fail("*")
    reading = read_cluster(hub, remotes, "demo", build.NAMESPACE)
    assert [(context.context, context.reachable) for context in reading.contexts] == [("hub", True), ("east", True), ("west", False)]
    assert reading.remotes[1].cause == "asking: no route to host"
    assert roll_up(reading, NOW).reason == "west unreachable: asking: no route to host"


def test_a_control_plane_that_fails_leaves_the_data_planes_word() -> None:
    hub, remotes = _hub(), _remotes()
    hub.fail("*")
    status = _status(hub, remotes)
    assert status.reason == "control plane hub unreachable: asking: no route to host"
    assert status.lines == ("east dc1: 1/1 nodes up, ready", "west dc2: 1/1 nodes up, ready")
    assert hub.requests == 1


def test_a_control_plane_without_the_operator_says_so() -> None:
    assert _status(FakeApi("hub", without=["K8ssandraCluster"]), {}).reason.startswith("hub: k8ssandra-operator is not installed")


def test_a_data_plane_without_the_operators_says_so() -> None:
    remotes = {**_remotes(), "west": FakeApi("west", without=["CassandraDatacenter"])}
    assert _status(_hub(), remotes).reason.startswith("west: the operators are not installed")


@pytest.mark.parametrize("kind", ["Deployment", "Certificate"])
def test_what_we_may_not_read_and_can_do_without_is_a_gap(kind: str) -> None:
    hub, remotes = _hub(), _remotes()
    remotes["east"].fail("list", kind, errors.Forbidden("east", f"listing {kind}s", "not allowed"))
    status = _status(hub, remotes)
    assert status.ready
    assert status.contexts[1].gaps == (f"listing {kind}s: not allowed",)


def _held_back(*tasks: Any, generation: int = 1) -> tuple[FakeApi, dict[str, FakeApi]]:
    """A cluster of whose datacenter `dc1` cass-operator holds an update back."""
    held = build.datacenter_status(conditions=build.conditions(Ready=True, RequiresUpdate=True))
    cluster = build.cluster(DC1, DC2)
    cluster["metadata"]["generation"] = generation
    cluster["status"]["datacenters"]["dc1"]["cassandra"] = held
    remotes = _remotes()
    remotes["east"] = FakeApi("east", [{**build.datacenter("dc1"), "status": held}, build.pod("dc1"), *OPERATORS])
    return _hub(*tasks, cluster=cluster), remotes


@pytest.mark.parametrize(
    ("name", "generation", "completed", "in_the_way"),
    [
        pytest.param("refresh-1-1", 1, build.LONG_AGO, True, id="it has run"),
        pytest.param("refresh-1-1", 1, None, False, id="it runs"),
        pytest.param("refresh-2-1", 1, build.LONG_AGO, False, id="that of another generation"),
        pytest.param("refresh-2-1", 2, build.LONG_AGO, True, id="that of a generation on its way"),
    ],
)
@pytest.mark.parametrize("surroundings", [True, False])
def test_upstreams_task_that_has_run_and_stands_in_the_way_of_an_update_is_named(
    name: str, generation: int, completed: str | None, in_the_way: bool, surroundings: bool
) -> None:
    task = build.body("K8ssandraTask", "control.k8ssandra.io/v1alpha1", name, status={"completionTime": completed})
    hub, remotes = _held_back(task, generation=generation)
    status = _status(hub, remotes, surroundings=surroundings)
    ref = f"K8ssandraTask {build.NAMESPACE}/{name}"
    assert (f"{ref} of hub has run already" in status.held[0]) is in_the_way
    assert status.verdict().advice.startswith(f"remove {ref} in hub, then allow it") is in_the_way
    assert "apply_updates: once" in status.verdict().advice
    assert not [call for remote in remotes.values() for call in remote.calls if "K8ssandraTask" in str(call)]


def test_tasks_that_we_may_not_read_are_a_gap() -> None:
    hub, remotes = _held_back()
    hub.fail("list", "K8ssandraTask", errors.Forbidden("hub", "listing K8ssandraTasks", "not allowed"))
    status = _status(hub, remotes)
    assert len(status.held) == 1
    assert status.contexts[0].gaps == ("listing K8ssandraTasks: not allowed",)


def test_secrets_that_we_may_not_read_are_a_gap() -> None:
    hub = _hub()
    hub.fail("get", "Secret", errors.Forbidden("hub", "reading Secrets", "not allowed"))
    status = _status(hub, _remotes())
    assert status.ready
    assert status.describe()["contexts"][1]["credential"]["token_expires"] is None


def test_pods_that_we_may_not_read_make_the_context_unknown() -> None:
    remotes = _remotes()
    remotes["east"].fail("list", "Pod", errors.Forbidden("east", "listing pods", "not allowed"))
    assert _status(_hub(), remotes).reason == "east unreachable: listing pods: not allowed"


def test_only_a_datacenter_that_is_not_ready_is_asked_for_causes() -> None:
    refused = build.stateful_set("dc2")
    answers = {f"/api/v1/namespaces/{build.NAMESPACE}/events": {"items": [build.event(refused, "FailedCreate", "exceeded quota: memory")]}}
    west = FakeApi("west", [build.datacenter("dc2", ready=False), refused, *OPERATORS], answers=answers)
    remotes = {**_remotes(), "west": west}
    assert "exceeded quota: memory" in _status(_hub(), remotes).reason
    assert west.requests == 9
    assert remotes["east"].requests == 6


def test_a_pod_without_a_node_is_asked_for_one_that_comes() -> None:
    waits = build.pod("dc2", up=False, status=build.unschedulable("Insufficient cpu"))
    answers = {f"/api/v1/namespaces/{build.NAMESPACE}/events": {"items": [build.event(waits, "TriggeredScaleUp", "a node comes")]}}
    west = FakeApi("west", [build.datacenter("dc2", ready=False), waits, *OPERATORS], answers=answers)
    _status(_hub(), {**_remotes(), "west": west})
    assert [on for verb, on in west.calls if verb == "read" and "events" in on] == [f"/api/v1/namespaces/{build.NAMESPACE}/events"] * 3


def test_datacenters_in_namespaces_of_their_own_are_found() -> None:
    elsewhere = {"metadata": {"name": "dc2", "namespace": "data"}, "size": 1, "k8sContext": "west"}
    bodies = [build.datacenter("dc2"), build.pod("dc2")]
    west = FakeApi("west", [{**one, "metadata": {**one["metadata"], "namespace": "data"}} for one in bodies])
    assert _status(_hub(cluster=build.cluster(DC1, elsewhere)), {**_remotes(), "west": west}).reason == ""


def test_a_data_plane_may_have_the_control_planes_name() -> None:
    far = FakeApi("hub", [build.datacenter("dc1"), build.pod("dc1")])
    cluster = build.cluster(build.template("dc1", "hub"))
    reading = read_cluster(_hub(cluster=cluster), {"hub": far}, "demo", build.NAMESPACE)
    assert len(reading.contexts) == 2
    assert roll_up(reading, NOW).lines == ("hub dc1: 1/1 nodes up, ready",)


def test_another_clusters_datacenters_are_read_for_who_must_not_meet_them() -> None:
    other = {**build.datacenter("dc9"), "metadata": {"name": "dc9", "namespace": build.NAMESPACE}}
    reading = read_cluster(_hub(), {"east": FakeApi("east", [other])}, "other", build.NAMESPACE)
    assert [body["metadata"]["name"] for body in reading.remotes[0].of("CassandraDatacenter")] == ["dc9"]
