# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`k8ssandra_cluster` as the control plane, over clusters that are not there: its order, what stops it, and what it leaves alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest

from plugins.module_utils._core.distribution.keyspaces import SYSTEM
from plugins.module_utils._core.objects import Ref, kind_named
from plugins.module_utils._kube import errors
from plugins.module_utils._module import awaiting, cluster_removal, cluster_status, direct_waiting, k8ssandra_cluster
from plugins.module_utils._module import run as run_module
from plugins.module_utils._module.run import Call, run
from tests.unit import build
from tests.unit.fakes import FakeApi
from tests.unit.plugins.module_utils._core.definitions import CLAIM
from tests.unit.plugins.module_utils._module.test_k8ssandra_cluster import Clock

NTS = "org.apache.cassandra.locator.NetworkTopologyStrategy"
SUPERUSER = kind_named("Secret").ref("demo-superuser", build.NAMESPACE)
RECORD = kind_named("ConfigMap").ref("demo-control-plane", build.NAMESPACE)


def datacenter_ref(name: str) -> Ref:
    return kind_named("CassandraDatacenter").ref(name, build.NAMESPACE)


class Fleet:
    """hub with upstream's definition, and east and west with cass-operator, which brings every datacenter up at once."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.clock = Clock()
        namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": build.NAMESPACE}}
        self.hub = FakeApi("hub", [build.definition("K8ssandraCluster", versions=("v1alpha1",), stored=("v1alpha1",))])
        self.east, self.west = (FakeApi(name, [namespace, build.operator("cass-operator")]) for name in ("east", "west"))
        self.keyspaces: dict[str, dict[str, str]] = {name: {"class": "SimpleStrategy", "replication_factor": "1"} for name in SYSTEM}
        self.order: list[str] = []
        self.up = {"dc1", "dc2"}
        self.schemas: dict[str, list[str]] = {"a": ["10.51.0.1"]}
        self.rebuilt: dict[str, Any] = {"succeeded": 1, "completionTime": build.LONG_AGO}
        for api in (self.east, self.west):
            api.react = self._reaction(api)

        @contextmanager
        def opened(parameters: Mapping[str, Any]) -> Iterator[tuple[FakeApi, dict[str, FakeApi]]]:
            yield self.hub, {"east": self.east, "west": self.west}

        _patience = run_module.Patience
        monkeypatch.setattr(k8ssandra_cluster, "fleet", opened)
        monkeypatch.setattr(awaiting, "time", self.clock)
        monkeypatch.setattr(direct_waiting, "time", self.clock)
        monkeypatch.setattr(run_module, "Patience", lambda timeout, interval: _patience(timeout, interval, self.clock.monotonic, self.clock.sleep))

    @property
    def apis(self) -> tuple[FakeApi, ...]:
        return self.hub, self.east, self.west

    @property
    def writes(self) -> list[tuple[str, Any]]:
        return [call for api in self.apis for call in api.writes]

    def _reaction(self, api: FakeApi) -> Any:
        def react(verb: str, on: Any) -> None:
            if isinstance(on, Ref) and verb == "apply":
                self.order.append(f"{api.context} {on.kind} {on.name}")
                if on.kind == "CassandraDatacenter" and on.name in self.up:
                    self.come_up(api, on)
                if on.kind == "CassandraTask":
                    api.objects[on]["status"] = dict(self.rebuilt)

        return react

    def come_up(self, api: FakeApi, ref: Ref) -> None:
        body = api.objects[ref]
        body["status"] = build.datacenter_status(generation=body["metadata"]["generation"])
        pod = build.pod(ref.name, status={"podIP": f"10.51.0.{int(ref.name[-1])}", "containerStatuses": [{"name": "cassandra", "ready": True}]})
        pod["metadata"]["labels"]["cassandra.datastax.com/seed-node"] = "true"
        pod["spec"] = {"containers": [{"name": "cassandra", "ports": [{"name": "mgmt-api-http", "containerPort": 8080}]}]}
        api.put(pod)
        root = f"/api/v1/namespaces/{build.NAMESPACE}/pods/http:{pod['metadata']['name']}:8080/proxy/api"
        api.answers |= {
            f"{root}/v0/ops/keyspace": lambda _body: {"items": list(self.keyspaces)},
            f"{root}/v1/ops/node/schema/versions": lambda _body: self.schemas,
            f"{root}/v0/ops/keyspace/alter": self._alter,
        }
        api.answers |= {f"{root}/v0/ops/keyspace/replication?keyspaceName={name}": (lambda _body, name=name: self.keyspaces[name]) for name in SYSTEM}

    def _alter(self, body: Mapping[str, Any]) -> dict[str, Any]:
        copies = {each["dc_name"]: each["replication_factor"] for each in body["replication_settings"]}
        self.keyspaces[body["keyspace_name"]] = {"class": NTS, **copies}
        self.order.append(f"keyspace {body['keyspace_name']} {','.join(copies)}")
        return {}

    def run(self, *, check_mode: bool = False, **options: Any) -> dict[str, Any]:
        definition = k8ssandra_cluster.K8SSANDRA_CLUSTER
        defaults = {name: spec.get("default") for name, spec in definition.argument_spec.items()}
        spec = {"cassandra": {"serverVersion": "4.1.8", "storageConfig": {"cassandraDataVolumeClaimSpec": CLAIM}}}
        contexts = [{"name": context, "datacenters": [{"metadata": {"name": name}, "size": 1}]} for context, name in (("east", "dc1"), ("west", "dc2"))]
        own = {"kubeconfig": "/none", "context": "hub", "name": "demo", "spec": spec, "contexts": contexts, "wait_timeout": 300, "wait_sleep": 5}
        return run(definition.composition, Call({**defaults, "control_plane": "ansible", **own, **options}, check_mode))


@pytest.fixture
def fleet(monkeypatch: pytest.MonkeyPatch) -> Fleet:
    return Fleet(monkeypatch)


@pytest.fixture
def deployed(fleet: Fleet) -> Fleet:
    result = fleet.run()
    assert "failed" not in result, result["msg"]
    for api in fleet.apis:
        api.calls.clear()
    fleet.order.clear()
    return fleet


def test_a_new_cluster_comes_up_in_upstreams_order(fleet: Fleet) -> None:
    result = fleet.run()
    assert "failed" not in result, result["msg"]
    assert result["cluster"]["ready"], result["cluster"]["summary"]
    mine = [line for line in fleet.order if "ConfigMap" not in line or "control-plane" in line]
    first = ["east ConfigMap demo-control-plane", "east Secret demo-superuser", "west ConfigMap demo-control-plane", "west Secret demo-superuser"]
    assert mine[:5] == [*first, "east CassandraDatacenter dc1"]
    assert mine[5:8] == [f"keyspace {name} dc1" for name in SYSTEM]
    assert mine[8:10] == ["west EndpointSlice demo-demo-dc2-additional-seed-service-ipv4", "west CassandraDatacenter dc2"]
    assert mine[10:14] == [*(f"keyspace {name} dc1,dc2" for name in SYSTEM), "west CassandraTask dc2-rebuild"]
    last = [f"{context} ConfigMap demo-control-plane" for context in ("east", "west")]
    assert mine[14:] == [last[1], "east EndpointSlice demo-demo-dc1-additional-seed-service-ipv4", *last]
    assert fleet.east.objects[SUPERUSER]["data"] == fleet.west.objects[SUPERUSER]["data"]


def test_the_run_after_writes_nothing(deployed: Fleet) -> None:
    result = deployed.run()
    assert "failed" not in result, result["msg"]
    assert (result["changed"], result["plan"], deployed.writes) == (False, [], [])


def test_check_mode_writes_nothing_and_says_what_can_be_known(fleet: Fleet) -> None:
    result = fleet.run(check_mode=True)
    assert "failed" not in result, result["msg"]
    planned = [f"{step['context']} {step['object']}" for step in result["plan"]]
    for context, name in (("east", "dc1"), ("west", "dc2")):
        assert f"{context} {datacenter_ref(name)}" in planned
        assert f"{context} {SUPERUSER}" in planned
    assert not fleet.writes
    assert result["plan"] == fleet.run(check_mode=True)["plan"]


def test_no_password_is_in_a_result(fleet: Fleet) -> None:
    result = fleet.run()
    assert fleet.east.objects[SUPERUSER]["data"]["password"] not in str(result)
    assert fleet.east.objects[SUPERUSER]["metadata"]["annotations"]["k8ssandra.io/resource-hash"] not in str(result)


def test_a_secret_that_one_context_has_is_taken_by_all(fleet: Fleet) -> None:
    data = {"username": "ZGVtbw==", "password": "a2VwdA=="}
    fleet.west.put(build.body("Secret", "v1", "demo-superuser", data=data, type="Opaque"))
    fleet.run()
    assert fleet.east.objects[SUPERUSER]["data"] == data
    assert fleet.east.objects[SUPERUSER]["metadata"]["annotations"]["replicatedresource.k8ssandra.io/orphan"] == "true"


def test_what_the_definition_no_longer_asks_for_goes(deployed: Fleet) -> None:
    name = kind_named("ConfigMap").ref("demo-dc1-cass-vector", build.NAMESPACE)
    deployed.east.put(build.body("ConfigMap", "v1", name.name, labels=build.OWNED))
    deployed.west.put(build.body("ConfigMap", "v1", "demo-dc2-cass-vector"))
    assert [step["object"] for step in deployed.run()["plan"]] == [str(name)]


def test_two_secrets_that_differ_stop_the_run(fleet: Fleet) -> None:
    for api, password in ((fleet.east, "YQ=="), (fleet.west, "Yg==")):
        api.put(build.body("Secret", "v1", "demo-superuser", data={"password": password}))
    result = fleet.run()
    assert "is not the same in east and in west" in result["msg"]
    assert not fleet.writes


@pytest.mark.parametrize("silent", ["hub", "east", "west"])
def test_a_context_that_does_not_answer_stops_the_run_before_a_write(fleet: Fleet, silent: str) -> None:
    next(api for api in fleet.apis if api.context == silent).fail("*")
    result = fleet.run()
    assert (result["error"]["reason"], result["error"]["context"]) == ("unreachable", silent)
    assert not fleet.writes


def test_an_operator_that_has_the_cluster_stops_the_run(fleet: Fleet) -> None:
    fleet.west.put(build.cluster(build.template("dc1", "east")))
    result = fleet.run()
    assert "distributed by the operator there" in result["msg"]
    assert not fleet.writes


def test_an_operator_that_has_another_cluster_with_the_same_datacenter_stops_the_run(fleet: Fleet) -> None:
    other = build.cluster(build.template("dc1", "east"))
    other["metadata"]["name"] = "other"
    fleet.hub.put(other)
    assert f"with the datacenter {build.NAMESPACE}/dc1 in east" in fleet.run()["msg"]
    assert not fleet.writes


def test_an_operator_is_not_given_a_cluster_that_the_collection_distributes(deployed: Fleet) -> None:
    result = deployed.run(control_plane="operator")
    assert "the collection distributes" in result["msg"]
    assert not deployed.writes


def test_the_next_datacenter_is_not_touched_before_the_one_before_is_ready(fleet: Fleet) -> None:
    fleet.up.remove("dc1")
    result = fleet.run()
    assert result["error"]["reason"] == "timed out"
    assert datacenter_ref("dc1") in fleet.east.objects
    assert datacenter_ref("dc2") not in fleet.west.objects
    assert result["cluster"]["datacenters"][1]["state"] == "waiting for dc1"


@pytest.mark.parametrize("step", range(1, 16))
def test_a_run_that_ends_at_any_write_is_finished_by_the_next(fleet: Fleet, step: int) -> None:
    count = 0
    reactions = {api.context: api.react for api in (fleet.east, fleet.west)}

    def dying(api: FakeApi) -> Any:
        def react(verb: str, on: Any) -> None:
            nonlocal count
            reactions[api.context](verb, on)
            count += 1
            if count == step:
                raise errors.Denied(api.context, "writing", "killed")

        return react

    for api in (fleet.east, fleet.west):
        api.react = dying(api)
    assert fleet.run()["failed"]
    for api in (fleet.east, fleet.west):
        api.react = reactions[api.context]
    result = fleet.run()
    assert "failed" not in result, result["msg"]
    assert result["cluster"]["ready"], result["cluster"]["summary"]
    tasks = [ref for api in (fleet.east, fleet.west) for ref in api.objects if ref.kind == "CassandraTask"]
    assert [ref.name for ref in tasks] == ["dc2-rebuild"]
    assert fleet.run()["plan"] == []


def test_no_keyspace_is_altered_before_the_nodes_agree_on_the_schema(fleet: Fleet) -> None:
    fleet.schemas["b"] = ["10.51.0.2"]

    def agree(seconds: float) -> None:
        assert not [line for line in fleet.order if line.startswith("keyspace")]
        fleet.clock.now += seconds
        fleet.schemas = {"a": []}

    fleet.clock.sleep = agree
    result = fleet.run()
    assert "failed" not in result, result["msg"]
    assert fleet.clock.now > 0


def test_a_rebuild_that_failed_ends_the_run_and_is_not_taken_for_done(fleet: Fleet) -> None:
    good, fleet.rebuilt = fleet.rebuilt, {"failed": 1, "completionTime": build.LONG_AGO}
    result = fleet.run()
    assert result["error"]["reason"] == "cannot succeed"
    assert "remove the CassandraTask dc2-rebuild" in result["error"]["advice"]
    assert fleet.run()["failed"]
    fleet.rebuilt = good
    fleet.west.remove(kind_named("CassandraTask").ref("dc2-rebuild", build.NAMESPACE))
    assert fleet.run()["cluster"]["ready"]


REFUSED = {
    "Stargate": ({"stargate": {"size": 1}}, "Stargate"),
    "Reaper": ({"reaper": {}}, "Reaper"),
    "Medusa": ({"medusa": {"storageProperties": {"storageProvider": "s3", "bucketName": "b", "storageSecretRef": {"name": "k"}}}}, "Medusa"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_not_distributed_is_refused_by_name(fleet: Fleet, what: str) -> None:
    more, word = REFUSED[what]
    spec = {"cassandra": {"serverVersion": "4.1.8", "storageConfig": {"cassandraDataVolumeClaimSpec": CLAIM}}, **more}
    assert word in fleet.run(spec=spec)["msg"]
    assert not fleet.writes


def test_a_datacenter_that_the_definition_leaves_out_stops_the_run(deployed: Fleet) -> None:
    result = deployed.run(contexts=[{"name": "east", "datacenters": [{"metadata": {"name": "dc1"}, "size": 1}]}, {"name": "west"}])
    assert "leaves out dc2" in result["msg"]
    assert not deployed.writes


def test_the_status_is_that_of_the_record_whatever_context_is_asked(deployed: Fleet, monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def opened(parameters: Mapping[str, Any]) -> Iterator[tuple[FakeApi, dict[str, FakeApi]]]:
        yield deployed.west, {"east": deployed.east}

    monkeypatch.setattr(cluster_status, "fleet", opened)
    monkeypatch.setattr(cluster_status, "time", deployed.clock)
    asked = Call({"name": "demo", "namespace": build.NAMESPACE, "operator_namespace": None})
    assert cluster_status.tell_status(asked)["ready"]
    deployed.east.objects[RECORD]["data"]["carriedOut"] = "another digest"
    status = cluster_status.tell_status(asked)
    assert status["reason"] == "west: K8ssandraCluster demo: what was asked for last has not been carried out to its end yet"
    assert [each["ready"] for each in status["datacenters"]] == [True, True]


def test_a_definition_may_name_any_context_that_is_given(fleet: Fleet) -> None:
    cassandra = {"serverVersion": "4.1.8", "storageConfig": {"cassandraDataVolumeClaimSpec": CLAIM}}
    places = {"hub": "is there", "north": "is north, none of the contexts (hub, east, west)"}
    for context, said in places.items():
        entries = [{"metadata": {"name": "dc1"}, "size": 1, "k8sContext": context}]
        spec = {"cassandra": {**cassandra, "datacenters": entries}}
        contexts = [{"name": "east"}, {"name": "west"}]
        result = fleet.run(spec=spec, contexts=contexts, check_mode=True)
        assert said in result.get("msg", "it is there")


def test_a_context_that_is_not_given_is_not_taken_for_empty(deployed: Fleet, monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def opened(parameters: Mapping[str, Any]) -> Iterator[tuple[FakeApi, dict[str, FakeApi]]]:
        yield deployed.hub, {"east": deployed.east}

    monkeypatch.setattr(k8ssandra_cluster, "fleet", opened)
    result = deployed.run(contexts=[{"name": "east", "datacenters": [{"metadata": {"name": "dc1"}, "size": 1}]}])
    assert "leaves out dc2, which the cluster has" in result["msg"]
    assert "leaves out west" in deployed.run(state="absent", confirm_removal="demo")["msg"]
    assert not deployed.writes


def test_without_the_definition_of_the_kind_the_error_says_what_to_apply(fleet: Fleet) -> None:
    fleet.hub.objects.clear()
    result = fleet.run()
    assert "k8ssandraclusters.k8ssandra.io in one of them" in result["msg"]
    assert not fleet.writes


def _removing(fleet: Fleet) -> None:
    """cass-operator lets go of a datacenter once nobody else holds it."""
    for api in (fleet.east, fleet.west):

        def react(verb: str, on: Any, api: FakeApi = api) -> None:
            if verb == "merge" and not api.objects[on]["metadata"]["finalizers"]:
                api.remove(on)

        api.react = react


def test_a_cluster_is_removed_datacenter_by_datacenter_and_its_record_last(deployed: Fleet) -> None:
    _removing(deployed)
    result = deployed.run(state="absent", confirm_removal="demo")
    assert "failed" not in result, result["msg"]
    removed = [f"{step['context']} {step['object']}" for step in result["plan"]]
    assert removed[:2] == [f"east {datacenter_ref('dc1')}", f"west {datacenter_ref('dc2')}"]
    for context in ("east", "west"):
        mine = [line for line in removed if line.startswith(context)]
        assert f"{context} {SUPERUSER}" in mine
        assert mine[-1] == f"{context} {RECORD}"
    kinds = {ref.kind for api in (deployed.east, deployed.west) for ref in api.objects}
    assert kinds <= {"Namespace", "Deployment", "Pod", "CassandraTask"}
    assert deployed.run(state="absent", confirm_removal="demo")["plan"] == []


def test_check_mode_foretells_a_removal(deployed: Fleet) -> None:
    planned = deployed.run(state="absent", confirm_removal="demo", check_mode=True)["plan"]
    assert not deployed.writes
    _removing(deployed)
    assert planned == deployed.run(state="absent", confirm_removal="demo")["plan"]


def test_nothing_is_removed_without_the_exact_name(deployed: Fleet) -> None:
    assert "confirm_removal" in deployed.run(state="absent")["msg"]
    assert not deployed.writes


def test_a_secret_of_somebody_elses_outlives_the_cluster(fleet: Fleet) -> None:
    fleet.west.put(build.body("Secret", "v1", "demo-superuser", data={"password": "YQ=="}, type="Opaque"))
    fleet.run()
    _removing(fleet)
    fleet.run(state="absent", confirm_removal="demo")
    assert SUPERUSER in fleet.west.objects


def test_the_operators_removal_leaves_alone_what_the_collection_distributes(deployed: Fleet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster_removal, "fleet", k8ssandra_cluster.fleet)
    assert "the collection distributes" in deployed.run(control_plane="operator", state="absent", confirm_removal="demo")["msg"]
    assert not deployed.writes
