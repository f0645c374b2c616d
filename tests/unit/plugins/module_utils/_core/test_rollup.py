from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from plugins.module_utils._core.credentials import credential_of
from plugins.module_utils._core.error_patience import ErrorPatience
from plugins.module_utils._core.readings import ClusterReading, ContextReading
from plugins.module_utils._core.rollup import ClusterStatus, roll_up
from tests.unit import build

NOW = 1_790_000_000.0
DC1, DC2 = build.template("dc1", "east"), build.template("dc2", "west")
KC = "hub: K8ssandraCluster demo"


def _context(name: str, *bodies: Mapping[str, Any], **more: Any) -> ContextReading:
    objects: dict[str, tuple[Any, ...]] = {}
    for one in bodies:
        objects[one["kind"]] = (*objects.get(one["kind"], ()), one)
    return ContextReading(name, control_plane=name == "hub", objects=objects, **more)


EAST = _context("east", build.datacenter("dc1"), build.pod("dc1"))
WEST = _context("west", build.datacenter("dc2"), build.pod("dc2"))


def _roll_up(
    cluster: Any, *remotes: ContextReading, hub: ContextReading | None = None, credentials: tuple[Any, ...] = (), installed: bool = True
) -> ClusterStatus:
    hub = hub or _context("hub", build.operator(control_plane=True))
    return roll_up(ClusterReading("demo", build.NAMESPACE, hub, cluster, installed, remotes or (EAST, WEST), credentials), NOW)


def test_ready_when_everything_is() -> None:
    status = _roll_up(build.cluster(DC1, DC2))
    assert (status.ready, status.reason, status.problems) == (True, "", ())
    assert status.lines == ("east dc1: 1/1 nodes up, ready", "west dc2: 1/1 nodes up, ready")
    assert status.verdict().done


UNSETTLED = {"conditions": [], "datacenters": {}, "observedGeneration": 0}
STARTING = _context("east", build.datacenter("dc1", ready=False), build.pod("dc1", up=False))
EMPTY = _context("west")
EXPIRED = build.certificate(not_after="2026-02-01T00:00:00Z")
GOING = {**build.datacenter("dc2"), "metadata": {**build.datacenter("dc2")["metadata"], "deletionTimestamp": build.LONG_AGO}}
REBUILDING = {"metadata": {"annotations": {"k8ssandra.io/rebuild-dc": "dc2"}}}


def _west(*more: Mapping[str, Any], **datacenter: Any) -> ContextReading:
    return _context("west", build.datacenter("dc2", **datacenter), build.pod("dc2"), *more)


REASONS = [
    pytest.param(_roll_up(build.cluster(DC1, DC2, status={"observedGeneration": 0})), f"{KC}: the operator has not carried out generation 1 yet"
                 " (the last one was 0)", id="1: the newest generation is not carried out"),
    pytest.param(_roll_up(build.cluster(DC1, DC2, status={"error": "cannot reach west"})), f"{KC}: the operator reports: cannot reach west",
                 id="2: the operator reports an error"),
    pytest.param(_roll_up(build.cluster(DC1, DC2, status={"conditions": []})), f"{KC}: Cassandra has not been initialized yet", id="3: not initialized"),
    pytest.param(
        _roll_up(build.cluster(DC1, DC2, status={"conditions": build.conditions(CassandraInitialized=True, RequiresUpdate=True)})),
        f"{KC}: an upgrade of the operator wants to change the datacenters and has to be allowed to (dc1, dc2)", id="4: an update waits to be allowed"),
    pytest.param(_roll_up(build.cluster(DC1, DC2, status=UNSETTLED), STARTING, EMPTY), "east dc1: 0 of 1 nodes up, starting",
                 id="5: a datacenter that starts is named before the generation"),
    pytest.param(_roll_up(build.cluster(DC1, DC2, status=UNSETTLED), EAST, EMPTY), "west dc2: 0 of 1 nodes up, not created yet",
                 id="5: a datacenter that is not there"),
    pytest.param(_roll_up(build.cluster(DC1, DC2), EAST, _west(generation=0)),
                 "west dc2: 1 of 1 nodes up, a change has not been taken up by cass-operator yet", id="5: a datacenter whose change is not taken up"),
    pytest.param(_roll_up(build.cluster(DC1, build.template("dc2", "west", size=2))), "west dc2: 1 of 2 nodes up, the change to 2 nodes has not begun yet",
                 id="5: a datacenter that is not scaled yet"),
    pytest.param(_roll_up(build.cluster(DC1, DC2), EAST, _context("west", build.datacenter("dc2"), build.pod("dc2", up=False))),
                 "west dc2: 0 of 1 nodes up, a node is down", id="5: a datacenter that calls itself ready with a node down"),
    pytest.param(_roll_up(build.cluster(DC1, build.template("dc2", "west", stopped=True)), EAST, _west(ready=False)),
                 "west dc2: 1 of 1 nodes up, stopping", id="5: a datacenter that is not stopped yet"),
    pytest.param(
        _roll_up(build.cluster(DC1, DC2), EAST, _context("west", build.datacenter("dc2", ready=False), build.pod("dc2", up=False, status=build.waiting(
            "InvalidImageName")))),
        "west dc2: 0 of 1 nodes up, starting: pod demo-dc2-default-sts-0, container cassandra: the image k8ssandra/cass-management-api:5.0.6"
        " cannot be pulled (InvalidImageName): it says why", id="5: with the cause where there is one"),
    pytest.param(
        _roll_up(build.cluster(DC1, status={"datacenters": {"dc1": {}, "dc2": {"contextName": "west", "decommissionProgress": "Decommissioning"}}})),
        "west dc2: 1 of 1 nodes up, being removed (Decommissioning)", id="6: a datacenter on its way out"),
    pytest.param(_roll_up(build.cluster(DC1, DC2, **REBUILDING)), "west dc2: 1 of 1 nodes up, waiting for rebuild", id="7: a rebuild that has not begun"),
    pytest.param(_roll_up(build.cluster(DC1, DC2, **REBUILDING), EAST, _west(build.rebuild("dc2", active=1))),
                 "west dc2: 1 of 1 nodes up, rebuild running", id="7: a rebuild that runs"),
    pytest.param(_roll_up(build.cluster(DC1, DC2), EAST, _west(build.rebuild("dc2", failed=1, completionTime=build.LONG_AGO))),
                 "west dc2: 1 of 1 nodes up, rebuild failed on 1 of 1 nodes", id="7: a rebuild that failed, which upstream takes for done"),
    pytest.param(_roll_up(build.cluster(DC1, DC2, spec={"reaper": {}})), "east dc1: Reaper is not ready (missing)", id="8: Reaper is not there"),
    pytest.param(_roll_up(build.cluster(DC1, DC2, spec={"stargate": {"size": 1}})), "east dc1: Stargate is not ready (missing)", id="8: nor Stargate"),
    pytest.param(_roll_up(build.cluster(DC1, DC2, metadata={"deletionTimestamp": build.LONG_AGO})),
                 "hub: K8ssandraCluster k8ssandra-operator/demo is being removed", id="a cluster that is being removed"),
    pytest.param(_roll_up(None), "hub: there is no K8ssandraCluster k8ssandra-operator/demo", id="no cluster"),
    pytest.param(_roll_up(None, installed=False), "hub: k8ssandra-operator is not installed, the cluster does not serve K8ssandraClusters",
                 id="no operator in the control plane"),
    pytest.param(_roll_up(build.cluster(DC1, DC2), EAST, _context("west", not_served=frozenset(("CassandraDatacenter",)))),
                 "west: the operators are not installed, the cluster does not serve CassandraDatacenters", id="no operators in a data plane"),
    pytest.param(_roll_up(None, hub=ContextReading("hub", control_plane=True, cause="timed out")), "control plane hub unreachable: timed out",
                 id="a control plane that does not answer"),
    pytest.param(_roll_up(build.cluster(DC1, DC2), EAST, ContextReading("west", cause="no route to host")),
                 "west unreachable: no route to host", id="a data plane that does not answer, with a datacenter"),
    pytest.param(_roll_up(build.cluster(DC1), EAST, ContextReading("west", cause="no route to host")), "west unreachable: no route to host",
                 id="a data plane that does not answer, without one"),
    pytest.param(_roll_up(build.cluster(DC1, DC2), hub=_context("hub", build.operator())),
                 "hub: k8ssandra-operator runs in data plane mode, so nobody reconciles K8ssandraClusters", id="a control plane that is none"),
    pytest.param(_roll_up(build.cluster(DC1, DC2), EAST, _context("west", *WEST.of("CassandraDatacenter"), *WEST.of("Pod"), build.operator(
        "cass-operator", ready=False))), "west: cass-operator is not ready, 0 of 1 pods available", id="an operator that does not serve"),
    pytest.param(_roll_up(build.cluster(DC1, DC2), credentials=(credential_of(build.client_config("west", loaded=False), build.kubeconfig_secret("west")),)),
                 "hub: ClientConfig west for west: the operator has not loaded it", id="a credential that is not loaded"),
    pytest.param(_roll_up(build.cluster(DC1, DC2), _context("east", *EAST.of("CassandraDatacenter"), *EAST.of("Pod"), EXPIRED), WEST),
                 "east: Certificate k8ssandra-operator/cass-operator-serving-cert of a webhook expired at 2026-02-01T00:00:00Z",
                 id="a certificate that expired"),
]  # fmt: skip


@pytest.mark.parametrize(("status", "reason"), REASONS)
def test_the_first_problem_is_the_reason(status: ClusterStatus, reason: str) -> None:
    assert status.reason == reason
    assert not status.ready
    assert not status.verdict().done


LINES = [
    pytest.param(_roll_up(build.cluster(DC1, DC2, status=UNSETTLED), STARTING, EMPTY), "west dc2: 0/1 nodes up, waiting for dc1",
                 id="what comes later waits for what comes first"),
    pytest.param(_roll_up(build.cluster(DC1, DC2), EAST, ContextReading("west", cause="x")), "west dc2: ?/1 nodes up, unknown, west is unreachable",
                 id="what is not reached is unknown"),
    pytest.param(_roll_up(build.cluster(DC1, DC2), EAST), "west dc2: ?/1 nodes up, ready", id="what is not asked is the control plane's word"),
    pytest.param(_roll_up(build.cluster(DC1, build.template("dc2", "west", stopped=True)), EAST, _context("west", build.datacenter("dc2", stopped=True))),
                 "west dc2: 0/1 nodes up, stopped", id="stopped is as wanted"),
    pytest.param(_roll_up(build.cluster(DC1, DC2), EAST, _context("west", build.datacenter("dc2", ready=False, conditions=build.conditions(
        ScalingUp=True)))), "west dc2: 0/1 nodes up, scaling up", id="cass-operator's conditions say what it does"),
    pytest.param(_roll_up(build.cluster(DC1, DC2), EAST, _context("west", GOING)), "west dc2: 0/1 nodes up, being removed",
                 id="one that somebody removes"),
]  # fmt: skip


@pytest.mark.parametrize(("status", "line"), LINES)
def test_lines_of_progress(status: ClusterStatus, line: str) -> None:
    assert status.lines[-1] == line


def test_datacenters_of_contexts_that_were_not_given_are_known_from_the_control_plane() -> None:
    copy = build.datacenter_status(nodeStatuses={"demo-dc2-default-sts-0": {"ip": "10.52.0.5", "rack": "default", "hostID": "h"}})
    copies = {"dc1": {}, "dc2": {"contextName": "west", "cassandra": copy}}
    status = _roll_up(build.cluster(DC1, DC2, status={"datacenters": copies}), EAST)
    told = status.describe()["datacenters"][1]
    assert (told["known_from"], told["ready"], told["nodes_up"]) == ("control plane", True, None)
    node = {"name": "demo-dc2-default-sts-0", "ip": "10.52.0.5", "rack": "default", "host_id": "h", "state": "unknown", "ready": None}
    assert told["nodes"] == [node]


def test_the_control_planes_own_cluster_may_hold_a_datacenter() -> None:
    own = build.template("dc3", "")
    hub = _context("hub", build.operator(control_plane=True), build.datacenter("dc3"), build.pod("dc3"))
    assert _roll_up(build.cluster(own), hub=hub).lines == ("hub dc3: 1/1 nodes up, ready",)


def test_without_the_control_plane_the_data_planes_are_told_all_the_same() -> None:
    status = _roll_up(None, hub=ContextReading("hub", control_plane=True, cause="timed out"))
    assert status.found is None
    assert status.lines == ("east dc1: 1/1 nodes up, ready", "west dc2: 1/1 nodes up, ready")


def test_another_clusters_datacenters_are_not_told() -> None:
    stranger = {**build.datacenter("dc9"), "metadata": {"name": "dc9", "namespace": build.NAMESPACE}}
    assert _roll_up(None, _context("east", stranger)).lines == ()


@pytest.mark.parametrize(
    ("reaper", "templates", "expected"),
    [
        pytest.param({}, (DC1, DC2), ("missing", "missing"), id="one a datacenter"),
        pytest.param({"deploymentMode": "SINGLE"}, (DC1, DC2), ("missing", ""), id="a single one lives in the first"),
        pytest.param({"deploymentMode": "SINGLE"}, ({**DC1, "stopped": True}, DC2), ("", "missing"), id="or in the first that is not stopped"),
        pytest.param({"reaperRef": {"name": "shared"}}, (DC1, DC2), ("", ""), id="none where another one is referred to"),
    ],
)
def test_where_reaper_is_wanted(reaper: Any, templates: tuple[Any, ...], expected: tuple[str, ...]) -> None:
    assert tuple(datacenter.reaper for datacenter in _roll_up(build.cluster(*templates, spec={"reaper": reaper})).datacenters) == expected


def test_a_hopeless_problem_takes_the_place_of_the_first() -> None:
    broken = _context("west", build.datacenter("dc2", ready=False), build.pod("dc2", up=False, status=build.waiting("InvalidImageName")))
    verdict = _roll_up(build.cluster(DC1, DC2), STARTING, broken).verdict()
    assert verdict.hopeless
    assert verdict.context == "west"
    assert verdict.reason.startswith("west dc2: 0 of 1 nodes up, starting: pod")
    assert verdict.advice


def test_an_error_that_stood_is_hopeless_for_a_caller_that_looks_again() -> None:
    error = "No known client for context-name nowhere"
    status = _roll_up(build.cluster(DC1, DC2, status={"error": error}))
    assert not status.verdict(ErrorPatience().look(status.error, 0)).hopeless
    verdict = status.verdict(ErrorPatience().look(status.error, 0).look(status.error, 60))
    assert verdict.hopeless
    assert error in verdict.reason


def test_contexts_that_the_operator_knows_besides_are_told_as_not_asked() -> None:
    credential = credential_of(build.client_config("north"), build.kubeconfig_secret("north"))
    told = _roll_up(build.cluster(DC1, DC2), credentials=(credential,)).describe()["contexts"]
    assert [(context["name"], context["reachable"]) for context in told] == [("hub", True), ("east", True), ("west", True), ("north", None)]
    assert told[3]["credential"]["client_config"] == "north"


@pytest.mark.parametrize(
    ("more", "observed", "hopeless"),
    [
        pytest.param({}, 1, True, id="nobody will allow it"),
        pytest.param({"metadata": {"annotations": {"k8ssandra.io/autoupdate-spec": "once"}}}, 1, False, id="the annotation allows it"),
        pytest.param({}, 0, False, id="the new generation allows it"),
    ],
)
def test_a_change_that_is_held_back_is_hopeless_unless_it_is_allowed(more: Any, observed: int, hopeless: bool) -> None:
    held = {"conditions": build.conditions(CassandraInitialized=True, RequiresUpdate=True), "observedGeneration": observed}
    status = _roll_up(build.cluster(DC1, DC2, status=held, **more))
    assert status.requires_update
    assert status.verdict().hopeless is hopeless
