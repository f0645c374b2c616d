# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`k8ssandra_cluster` as the control plane, over clusters that are not there: its order, what stops it, and what it leaves alone."""

from __future__ import annotations

from typing import Any

import pytest

from plugins.module_utils._core.distribution.held import LEAVE
from plugins.module_utils._core.distribution.keyspaces import SYSTEM
from plugins.module_utils._core.objects import Ref, kind_named
from plugins.module_utils._kube import errors
from tests.unit import build
from tests.unit.fakes import FakeApi
from tests.unit.plugins.module_utils._module.direct_fleet import CASSANDRA, NTS, RECORD, SUPERUSER, Fleet, datacenter_ref, let_go, spec

SLICE = kind_named("EndpointSlice").ref("demo-demo-dc1-additional-seed-service-ipv4", build.NAMESPACE)
REBUILD = kind_named("CassandraTask").ref("dc2-rebuild", build.NAMESPACE)


@pytest.fixture
def fleet(monkeypatch: pytest.MonkeyPatch) -> Fleet:
    return Fleet(monkeypatch)


@pytest.fixture
def deployed(fleet: Fleet) -> Fleet:
    fleet.deploy()
    return fleet


def test_a_new_cluster_comes_up_in_upstreams_order(fleet: Fleet) -> None:
    result = fleet.succeed()
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


class Held:
    """cass-operator holds back an update of both datacenters, and carries one out when it gets the leave to."""

    def __init__(self, fleet: Fleet) -> None:
        self.fleet = fleet
        self.carried_out: list[str] = []
        fleet.clock.sleep = self.work  # type: ignore[method-assign] # it works while a run waits

    def annotations(self, name: str) -> dict[str, str]:
        api = self.fleet.east if name == "dc1" else self.fleet.west
        found: dict[str, str] = api.objects[datacenter_ref(name)]["metadata"]["annotations"]
        return found

    def work(self, seconds: float) -> None:
        """What it does while somebody waits."""
        self.carried_out += [name for name in ("dc1", "dc2") if self.annotations(name).pop(LEAVE, "")]


@pytest.mark.parametrize(("apply_updates", "carried_out"), [("never", []), ("once", ["dc1", "dc2"])])
def test_what_cass_operator_holds_back_is_carried_out_when_it_may_be(deployed: Fleet, apply_updates: str, carried_out: list[str]) -> None:
    held = Held(deployed)
    deployed.succeed(apply_updates=apply_updates)
    assert held.carried_out == carried_out
    assert deployed.run()["changed"] is False


def test_without_a_wait_one_datacenter_at_a_time_gets_the_leave_to_change_its_nodes(deployed: Fleet) -> None:
    held = Held(deployed)
    for _again in range(2):
        deployed.run(apply_updates="once", wait=False)
        assert [name for name in ("dc1", "dc2") if LEAVE in held.annotations(name)] == ["dc1"]


def test_without_a_wait_a_run_ends_where_something_is_still_to_come_and_the_next_goes_on(fleet: Fleet) -> None:
    complete, fleet.rebuilt, fleet.up = fleet.rebuilt, {}, {"dc1"}

    def states() -> list[str]:
        return [each["state"] for each in fleet.succeed(wait=False)["cluster"]["datacenters"]]

    assert states() == ["ready", "starting"]
    fleet.come_up(fleet.west, datacenter_ref("dc2"))
    assert states() == ["ready", "rebuild running"]
    assert fleet.succeed(wait=False)["plan"] == []
    fleet.west.objects[REBUILD]["status"] = complete
    assert states() == ["ready", "ready"]
    assert fleet.succeed()["plan"] == []
    assert fleet.clock.now == 0


def test_updates_are_never_carried_out_unwatched(deployed: Fleet) -> None:
    assert "write once" in deployed.run(apply_updates="always")["msg"]
    assert not deployed.writes


def test_the_run_after_writes_nothing(deployed: Fleet) -> None:
    result = deployed.succeed()
    assert (result["changed"], result["plan"], deployed.writes) == (False, [], [])


def test_check_mode_writes_nothing_and_says_what_can_be_known(fleet: Fleet) -> None:
    result = fleet.succeed(check_mode=True)
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


def test_a_namespace_that_is_being_removed_stops_the_run(fleet: Fleet) -> None:
    metadata = {"name": build.NAMESPACE, "deletionTimestamp": build.LONG_AGO}
    fleet.west.put({"apiVersion": "v1", "kind": "Namespace", "metadata": metadata})
    assert f"Namespace {build.NAMESPACE} is being removed" in fleet.run()["msg"]
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


def test_a_datacenter_of_nobody_is_not_taken_over(fleet: Fleet) -> None:
    theirs = build.datacenter("dc1", size=3)
    theirs["metadata"]["labels"] = {}
    fleet.east.put(theirs)
    message = fleet.run()["msg"]
    assert "[0].metadata.name: is dc1, but CassandraDatacenter" in message
    assert "is in context east, belongs to no K8ssandraCluster" in message
    assert not fleet.writes


def test_a_datacenter_that_lost_its_labels_is_ours_by_its_record(deployed: Fleet) -> None:
    deployed.east.objects[datacenter_ref("dc1")]["metadata"]["labels"] = {}
    deployed.succeed()
    assert deployed.east.objects[datacenter_ref("dc1")]["metadata"]["labels"].items() >= build.OWNED.items()


def test_the_nodes_own_settings_must_be_there_as_no_pod_could_start_without_them(fleet: Fleet) -> None:
    entry = {"metadata": {"name": "dc1"}, "size": 1, "perNodeConfigMapRef": {"name": "mine"}}
    contexts = [{"name": "east", "datacenters": [entry]}, {"name": "west"}]
    missing = f"context east: looking for spec.cassandra.datacenters[0].perNodeConfigMapRef: ConfigMap {build.NAMESPACE}/mine is not there"
    assert missing in fleet.run(contexts=contexts)["msg"]
    assert "failed" not in fleet.run(contexts=contexts, check_mode=True)
    assert not fleet.writes
    fleet.east.put(build.body("ConfigMap", "v1", "mine", data={"demo-dc1-default-sts-0_cassandra.yaml": "a: 1"}))
    fleet.deploy(contexts=contexts)
    fleet.east.remove(kind_named("ConfigMap").ref("mine", build.NAMESPACE))
    assert missing in fleet.run(contexts=contexts)["msg"]
    assert not fleet.writes


def test_what_a_k8ssandracluster_must_have_is_asked_for_as_no_server_does(fleet: Fleet) -> None:
    items = {"type": "array", "items": {"type": "object", "required": ["name"]}}
    kind = {"properties": {"cassandra": {"type": "object", "properties": {"containers": items}}}}
    fleet.hub.put(build.definition("K8ssandraCluster", versions=("v1alpha1",), stored=("v1alpha1",), spec=kind))
    message = fleet.run(spec={"cassandra": {**CASSANDRA, "containers": [{"image": "a"}]}})["msg"]
    assert message.startswith("spec.cassandra.containers[0].name: is missing;"), message
    assert not fleet.writes


def test_the_stores_of_the_own_context_are_found_by_its_name_and_without(fleet: Fleet) -> None:
    fleet.hub.put({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": build.NAMESPACE}})
    passwords = {f"{store}-password": "YQ==" for store in ("keystore", "truststore")}
    for body in (build.operator("cass-operator"), build.body("Secret", "v1", "store", data=passwords)):
        fleet.hub.put(body)
    fleet.hub.react, fleet.remotes = fleet._reaction(fleet.hub), []
    stores = {"clientEncryptionStores": {f"{store}SecretRef": {"name": "store"} for store in ("keystore", "truststore")}}
    encrypted = {**CASSANDRA, **stores, "config": {"cassandraYaml": {"client_encryption_options": {"enabled": True}}}}
    datacenters = [{"metadata": {"name": "dc1"}, "size": 1}, {"metadata": {"name": "dc2"}, "k8sContext": "hub", "size": 1}]
    fleet.succeed(spec={"cassandra": {**encrypted, "datacenters": datacenters}}, contexts=[])


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


@pytest.mark.parametrize("broken", ["a node is down", "cass-operator is at work"])
def test_no_datacenter_is_changed_while_another_one_is_broken(deployed: Fleet, broken: str) -> None:
    if broken == "a node is down":
        next(body for ref, body in deployed.west.objects.items() if ref.kind == "Pod")["status"]["containerStatuses"][0]["ready"] = False
    else:
        deployed.west.objects[datacenter_ref("dc2")]["status"]["cassandraOperatorProgress"] = "Updating"
    deployed.up = {"dc1"}
    changed = {"spec": {"cassandra": {**CASSANDRA, "serverVersion": "4.1.9"}}}
    assert "waiting for the datacenter dc2" in deployed.run(**changed)["msg"]
    deployed.up = {"dc1", "dc2"}
    deployed.come_up(deployed.west, datacenter_ref("dc2"))
    deployed.succeed(**changed)
    assert [line for line in deployed.order if "CassandraDatacenter" in line] == ["west CassandraDatacenter dc2", "east CassandraDatacenter dc1"]


def test_a_datacenter_that_has_no_data_yet_waits_for_its_turn_also_when_it_is_broken(fleet: Fleet) -> None:
    fleet.up = {"dc1"}
    fleet.run(wait=False)
    fleet.forget_calls()
    fleet.run(wait=False, spec={"cassandra": {**CASSANDRA, "serverVersion": "4.1.9"}})
    assert [line for line in fleet.order if "CassandraDatacenter" in line] == ["east CassandraDatacenter dc1", "west CassandraDatacenter dc2"]


@pytest.mark.parametrize("step", range(1, 16))
def test_a_run_that_ends_at_any_write_is_finished_by_the_next(fleet: Fleet, step: int) -> None:
    fleet.run_until_killed(step)
    result = fleet.succeed()
    assert result["cluster"]["ready"], result["cluster"]["summary"]
    tasks = [ref for api in (fleet.east, fleet.west) for ref in api.objects if ref.kind == "CassandraTask"]
    assert [ref.name for ref in tasks] == ["dc2-rebuild"]
    assert fleet.run()["plan"] == []


def test_a_wait_whose_time_is_up_names_the_time_of_the_whole_run(fleet: Fleet) -> None:
    comes_up, fleet.rebuilt = fleet.east.react, {}

    def slowly(verb: str, on: Any) -> None:
        fleet.clock.now += 20
        comes_up(verb, on)

    fleet.east.react = slowly
    assert "waiting for the rebuild of dc2 for 300 s" in fleet.run(wait_timeout=300)["msg"]
    assert 300 <= fleet.clock.now < 310


def test_no_keyspace_is_altered_before_the_nodes_agree_on_the_schema(fleet: Fleet) -> None:
    fleet.schemas["b"] = ["10.51.0.2"]

    def agree(seconds: float) -> None:
        assert not [line for line in fleet.order if line.startswith("keyspace")]
        fleet.clock.now += seconds
        fleet.schemas = {"a": []}

    fleet.clock.sleep = agree
    fleet.succeed()
    assert fleet.clock.now > 0


@pytest.mark.parametrize("wait", [True, False])
def test_a_rebuild_that_failed_ends_the_run_and_is_not_taken_for_done(fleet: Fleet, *, wait: bool) -> None:
    good, fleet.rebuilt = fleet.rebuilt, {"failed": 1, "completionTime": build.LONG_AGO}
    result = fleet.run(wait=wait)
    assert result["error"]["reason"] == "cannot succeed"
    assert "remove the CassandraTask dc2-rebuild" in result["error"]["advice"]
    assert fleet.run(wait=wait)["failed"]
    fleet.rebuilt = good
    fleet.west.remove(REBUILD)
    assert fleet.run()["cluster"]["ready"]


def test_what_shows_only_after_writes_tells_what_was_changed(fleet: Fleet) -> None:
    alone = [{"name": "east", "datacenters": [{"metadata": {"name": "dc1"}, "size": 1}]}, {"name": "west"}]
    fleet.deploy(contexts=alone)
    result = fleet.run(annotations={"k8ssandra.io/rebuild-src-dc": "nobody"})
    assert result["error"]["reason"] == "invalid option"
    assert result["changed"]
    assert f"CassandraDatacenter {build.NAMESPACE}/dc2" in [step["object"] for step in result["plan"]]


MONITORED = {**CASSANDRA, "telemetry": {"prometheus": {"enabled": True}}}
REFUSED = {
    "Stargate": ({"stargate": {"size": 1}}, "Stargate"),
    "a Reaper that is there": ({"reaper": {"reaperRef": {"name": "shared"}}}, "reaperRef: names a Reaper that is there already"),
    "another source of a rebuild": ({"cassandra": {**CASSANDRA, "rebuild": {"sourceDc": "dc1"}}}, "rebuild.sourceDc: is a field of newer"),
    "fewer rebuilds at once": ({"cassandra": {**CASSANDRA, "rebuild": {"maxConcurrentRebuilds": 1}}}, "maxConcurrentRebuilds: is a field"),
    "ServiceMonitors that no context knows": ({"cassandra": MONITORED}, "ServiceMonitors"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_not_distributed_is_refused_by_name(fleet: Fleet, what: str) -> None:
    more, word = REFUSED[what]
    assert word in fleet.run(spec=spec(**more))["msg"]
    assert not fleet.writes


def test_the_status_is_that_of_the_record_whatever_context_is_asked(deployed: Fleet) -> None:
    deployed.own, deployed.remotes = deployed.west, [deployed.east]
    assert deployed.status()["ready"]
    deployed.east.objects[RECORD]["data"]["carriedOut"] = "another digest"
    status = deployed.status()
    assert status["reason"] == "west: K8ssandraCluster demo: what was asked for last has not been carried out to its end yet"
    assert [each["ready"] for each in status["datacenters"]] == [True, True]


def test_a_definition_may_name_any_context_that_is_given(fleet: Fleet) -> None:
    def options(context: str) -> dict[str, Any]:
        entries = [{"metadata": {"name": "dc1"}, "size": 1, "k8sContext": context}]
        contexts = [{"name": "east"}, {"name": "west"}]
        return {"spec": spec(cassandra={**CASSANDRA, "datacenters": entries}), "contexts": contexts, "check_mode": True}

    fleet.succeed(**options("hub"))
    assert "is north, none of the contexts (hub, east, west)" in fleet.run(**options("north"))["msg"]


def test_a_context_that_is_not_given_is_not_taken_for_empty(deployed: Fleet) -> None:
    deployed.remotes = [deployed.east]
    result = deployed.run(contexts=[{"name": "east", "datacenters": [{"metadata": {"name": "dc1"}, "size": 1}]}], remove_datacenters=["dc2"])
    assert "leaves out west, which holds dc2" in result["msg"]
    assert "leaves out west" in deployed.run(state="absent", confirm_removal="demo")["msg"]
    assert not deployed.writes


def test_without_the_definition_of_the_kind_the_error_says_what_to_apply(fleet: Fleet) -> None:
    fleet.hub.objects.clear()
    result = fleet.run()
    assert "k8ssandraclusters.k8ssandra.io in one of them" in result["msg"]
    assert not fleet.writes


def test_a_cluster_is_removed_datacenter_by_datacenter_and_its_record_last(deployed: Fleet) -> None:
    let_go(deployed)
    result = deployed.succeed(state="absent", confirm_removal="demo")
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
    let_go(deployed)
    assert planned == deployed.run(state="absent", confirm_removal="demo")["plan"]


def test_nothing_is_removed_without_the_exact_name(deployed: Fleet) -> None:
    assert "confirm_removal" in deployed.run(state="absent")["msg"]
    assert not deployed.writes


def test_a_secret_of_somebody_elses_outlives_the_cluster(fleet: Fleet) -> None:
    fleet.west.put(build.body("Secret", "v1", "demo-superuser", data={"password": "YQ=="}, type="Opaque"))
    fleet.run()
    let_go(fleet)
    fleet.run(state="absent", confirm_removal="demo")
    assert SUPERUSER in fleet.west.objects


def test_the_operators_removal_leaves_alone_what_the_collection_distributes(deployed: Fleet) -> None:
    assert "the collection distributes" in deployed.run(control_plane="operator", state="absent", confirm_removal="demo")["msg"]
    assert not deployed.writes


def _silent_after(fleet: Fleet, kind: str, api: FakeApi, times: int | None, error: errors.ClusterError | None = None) -> None:
    """Lets the reads of a context's datacenters fail from the first write of a kind on."""
    heard = fleet.east.react

    def react(verb: str, on: Any) -> None:
        heard(verb, on)
        if isinstance(on, Ref) and on.kind == kind and not api.faults:
            api.fail("list", "CassandraDatacenter", error, times)

    fleet.east.react = react


@pytest.mark.parametrize("silent", ["east", "west"])
def test_a_context_that_does_not_answer_in_the_middle_of_a_run_is_not_taken_for_empty(deployed: Fleet, silent: str) -> None:
    _silent_after(deployed, "ConfigMap", getattr(deployed, silent), 1)
    wanted = {"east": {"metadata": {"name": "dc1"}, "size": 2}, "west": {"metadata": {"name": "dc2"}, "size": 1}}
    contexts = [{"name": name, "datacenters": [datacenter]} for name, datacenter in wanted.items()]
    result = deployed.run(contexts=contexts)
    assert result["msg"].startswith(f"context {silent}: looking at its datacenters: asking: no route to host")
    assert [line for line in deployed.order if "demo-control-plane" not in line] == [], "seeds or the datacenter were changed"
    assert ("delete", SLICE) not in deployed.east.calls


def test_no_keyspace_leaves_a_datacenter_out_that_does_not_answer(deployed: Fleet) -> None:
    _silent_after(deployed, "CassandraDatacenter", deployed.west, None)
    result = deployed.run(spec={"cassandra": {**CASSANDRA, "serverVersion": "4.1.9"}})
    assert result["msg"].startswith("context west: waiting for the datacenter dc1")
    assert all(copies["dc2"] == "1" for copies in deployed.keyspaces.values()), deployed.keyspaces


def test_no_keyspace_leaves_a_datacenter_out_that_has_no_status_for_a_moment(deployed: Fleet) -> None:
    deployed.west.objects[datacenter_ref("dc2")]["status"] = {}
    deployed.succeed(spec={"cassandra": {**CASSANDRA, "serverVersion": "4.1.9"}})
    assert not [line for line in deployed.order if line.startswith("keyspace")]


def test_a_datacenter_that_somebody_deleted_is_made_again_and_stays_in_the_keyspaces(deployed: Fleet) -> None:
    deployed.keyspaces["system_traces"] = {"class": NTS, "dc1": "1", "gone": "1"}
    deployed.west.remove(datacenter_ref("dc2"))
    deployed.succeed()
    assert datacenter_ref("dc2") in deployed.west.objects
    altered = [line for line in deployed.order if line.startswith("keyspace")]
    assert altered == ["keyspace system_traces dc1", "keyspace system_traces dc1,dc2"]


@pytest.mark.parametrize("refusal", [errors.Unauthorized, errors.WrongCluster])
def test_a_context_that_refuses_in_the_middle_of_a_run_is_not_waited_for(deployed: Fleet, refusal: type[errors.ClusterError]) -> None:
    _silent_after(deployed, "CassandraDatacenter", deployed.west, None, refusal("west", "reading", "the token has expired"))
    result = deployed.run(spec={"cassandra": {**CASSANDRA, "serverVersion": "4.1.9"}})
    assert (result["error"]["context"], result["error"]["reason"]) == ("west", refusal.reason)
    assert result["changed"]
    assert deployed.clock.now == 0
    assert all(copies["dc2"] == "1" for copies in deployed.keyspaces.values()), deployed.keyspaces


def test_a_wait_goes_on_when_a_context_answers_again(deployed: Fleet) -> None:
    _silent_after(deployed, "CassandraDatacenter", deployed.west, 3)
    deployed.succeed(spec={"cassandra": {**CASSANDRA, "serverVersion": "4.1.9"}})
    assert not [line for line in deployed.order if line.startswith("keyspace")]


@pytest.mark.parametrize("lost", [errors.Unreachable, errors.NotForwarded, errors.Unfinished])
def test_a_keyspace_that_was_altered_and_whose_answer_was_lost_counts_as_changed(deployed: Fleet, lost: type[errors.ClusterError]) -> None:
    deployed.keyspaces["system_auth"] = {"class": NTS, "dc1": "1"}

    def lose(body: Any) -> Any:
        deployed.keyspaces["system_auth"] = {"class": NTS, "dc1": "1", "dc2": "1"}
        raise lost("west", "posting", "connection reset by peer")

    for path in [path for path in deployed.west.answers if path.endswith("/keyspace/alter")]:
        deployed.west.answers[path] = lose
    result = deployed.run()
    assert "through the management API of dc2: connection reset by peer" in result["msg"]
    assert [step["object"] for step in result["plan"]] == [f"Keyspace {build.NAMESPACE}/system_auth"]
