# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A cluster moves to another control plane, over clusters that are not there: what stops it, and that it can be ended anywhere."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from plugins.module_utils._core.cluster import FINALIZER
from plugins.module_utils._core.distribution.moving import INITIAL_REPLICATION, REPLICATED_SECRET_FINALIZER, is_held_back, is_owned
from plugins.module_utils._core.distribution.secrets import ORPHAN
from plugins.module_utils._core.objects import Ref, kind_named
from tests.unit import build
from tests.unit.plugins.module_utils._module.direct_fleet import RECORD, SUPERUSER, Fleet, datacenter_ref

CLUSTER = kind_named("K8ssandraCluster").ref("demo", build.NAMESPACE)
REPLICATED = kind_named("ReplicatedSecret").ref("demo", build.NAMESPACE)
BACK = {"control_plane": "operator", "confirm_move": "demo"}
OVER = {"confirm_move": "demo"}


class Moving(Fleet):
    """The fleet with an operator's control plane in hub, which carries out what it is given as soon as it may."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__(monkeypatch)
        self.orphaned = False
        self.hub.put({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": build.NAMESPACE}})
        self.hub.put(build.operator(control_plane=True))
        for context in ("east", "west"):
            self.hub.put(build.client_config(context))
            self.hub.put(build.kubeconfig_secret(context))
        for api in (self.east, self.west):
            api.put(build.definition("CassandraDatacenter", group="cassandra.datastax.com", versions=("v1beta1",), stored=("v1beta1",)))
        self.hub.react = self._operate

    def _operate(self, verb: str, on: Any) -> None:
        if (verb, on) == ("delete", CLUSTER):
            assert all(RECORD in api.objects for api in (self.east, self.west)), "for a moment the cluster is nobody's"
        if (verb, on) == ("merge", REPLICATED):
            self.orphaned = self.hub.objects[on]["metadata"].get("annotations", {}).get(ORPHAN) == "true"
        if (verb, on) == ("delete", REPLICATED) and not self.orphaned:
            for api in (self.east, self.west):
                api.remove(SUPERUSER)
        cluster = self.hub.objects.get(CLUSTER)
        if cluster is None or is_held_back(cluster):
            return
        assert set(cluster["status"]["datacenters"]) == {"dc1", "dc2"}, "the operator rebuilds what its status does not name"
        cluster["status"] = {**build.cluster()["status"], **cluster["status"], "observedGeneration": cluster["metadata"]["generation"]}

    def datacenters(self) -> list[dict[str, Any]]:
        found = [api.objects[datacenter_ref(name)] for api, name in ((self.east, "dc1"), (self.west, "dc2"))]
        return [copy.deepcopy({"spec": body["spec"], "generation": body["metadata"]["generation"], "uid": body["metadata"]["uid"]}) for body in found]

    def is_operators(self) -> None:
        """As the operator has made it: it has written all fields, and nothing says that we have."""
        for api in (self.east, self.west):
            api.remove(RECORD)
            for ref, body in api.objects.items():
                for entry in body["metadata"].get("managedFields", ()) if ref.kind != "Namespace" else ():
                    entry.update(manager="manager", operation="Update")
        self.hub.objects[CLUSTER]["metadata"]["finalizers"] = [FINALIZER]
        labels = {"k8ssandra.io/cluster-name": "demo"}
        metadata = {"finalizers": [REPLICATED_SECRET_FINALIZER]}
        self.hub.put(build.body("ReplicatedSecret", REPLICATED.api_version, "demo", labels=labels, metadata=metadata))
        self.forget_calls()


@pytest.fixture
def direct(monkeypatch: pytest.MonkeyPatch) -> Moving:
    fleet = Moving(monkeypatch)
    fleet.deploy()
    return fleet


@pytest.fixture
def operated(direct: Moving) -> Moving:
    direct.succeed(**BACK)
    direct.is_operators()
    return direct


def moved(fleet: Moving, **options: Any) -> None:
    result = fleet.succeed(**options)
    assert result["cluster"]["ready"], result["cluster"]["summary"]


def check_over(fleet: Moving) -> None:
    assert not {CLUSTER, REPLICATED} & set(fleet.hub.objects)
    for api, name in ((fleet.east, "dc1"), (fleet.west, "dc2")):
        assert RECORD in api.objects
        assert all(is_owned(api.objects[ref]) for ref in (datacenter_ref(name), SUPERUSER))


def check_back(fleet: Moving) -> None:
    cluster = fleet.hub.objects[CLUSTER]
    assert cluster["metadata"]["annotations"][INITIAL_REPLICATION] == '{"dc1":1}'
    assert fleet.hub.objects[SUPERUSER]["data"] == fleet.east.objects[SUPERUSER]["data"]
    assert not any(RECORD in api.objects for api in fleet.apis)


def test_it_moves_to_the_collection_and_no_datacenter_changes(operated: Moving) -> None:
    before = operated.datacenters()
    moved(operated, **OVER)
    check_over(operated)
    assert operated.datacenters() == before
    assert operated.run()["plan"] == []


def test_it_moves_back_to_the_operator_and_no_datacenter_changes(direct: Moving) -> None:
    before = direct.datacenters()
    moved(direct, **BACK)
    check_back(direct)
    assert not any("restart" in line for line in direct.warnings)
    assert direct.datacenters() == before
    assert not [call for api in (direct.east, direct.west) for call in api.writes if call != ("delete", RECORD)]


def test_it_warns_of_nodes_that_the_operator_will_restart(direct: Moving) -> None:
    del direct.east.objects[datacenter_ref("dc1")]["spec"]["config"]["cassandra-env-sh"]["additional-jvm-opts"][1:]
    direct.run(**BACK)
    assert any("restart the nodes of dc1" in line for line in direct.warnings)


@pytest.mark.parametrize("way", [OVER, BACK], ids=["to the collection", "to the operator"])
def test_a_second_move_changes_nothing(operated: Moving, way: dict[str, str]) -> None:
    operated.run(**way)
    result = operated.run(**way)
    assert (result["changed"], result["plan"]) == (False, [])


@pytest.mark.parametrize("named", ["", "other"])
@pytest.mark.parametrize("to", ["ansible", "operator"])
def test_it_demands_the_exact_name(operated: Moving, to: str, named: str) -> None:
    assert "to move it, write its exact name: demo" in operated.run(control_plane=to, confirm_move=named)["msg"]
    assert not any(api.calls for api in operated.apis)


@pytest.mark.parametrize("way", [OVER, BACK], ids=["to the collection", "to the operator"])
def test_check_mode_says_the_steps_and_writes_nothing(operated: Moving, way: dict[str, str]) -> None:
    if way is BACK:
        operated.run(**OVER)
    operated.forget_calls()
    result = operated.run(check_mode=True, **way)
    planned = {f"{step['verb']} {step['object']}" for step in result["plan"]}
    verbs = ("delete", "create") if way is OVER else ("create", "delete")
    assert {f"{verbs[0]} {CLUSTER}", f"{verbs[1]} {RECORD}"} <= planned
    assert not [call for api in operated.apis for call in api.writes if not call[0].endswith("?")]


def test_a_field_that_would_change_stops_it(operated: Moving) -> None:
    operated.east.objects[datacenter_ref("dc1")]["spec"]["canaryUpgrade"] = True
    result = operated.run(**OVER)
    assert "cannot become ansible, since it would change the cluster" in result["msg"]
    assert "spec.canaryUpgrade: true -> nothing" in result["msg"]
    assert not [call for api in operated.apis for call in api.writes if not call[0].endswith("?")]


def test_a_password_that_would_change_is_not_said(operated: Moving) -> None:
    config = operated.east.objects[datacenter_ref("dc1")]["spec"]["config"]
    config["cassandra-env-sh"]["additional-jvm-opts"][0] = "-Djavax.net.ssl.keyStorePassword=swordfish"
    config["cassandra-yaml"]["client_encryption_options"] = {"keystore_password": "swordfish"}
    said = operated.run(**OVER)["msg"]
    assert "keystore_password" in said
    assert "swordfish" not in said


def test_a_cluster_that_is_not_ready_stays_with_the_operator(operated: Moving) -> None:
    operated.hub.objects[CLUSTER]["status"]["error"] = "it says why"
    assert "is not ready: " in operated.run(**OVER)["msg"]


def test_a_cluster_that_the_operator_removes_is_left_alone(operated: Moving) -> None:
    operated.hub.objects[CLUSTER]["metadata"]["deletionTimestamp"] = build.LONG_AGO
    assert "is being removed by the operator" in operated.run(**OVER)["msg"]


def test_a_cluster_that_is_not_as_defined_stays_with_the_collection(direct: Moving) -> None:
    contexts = [{"name": name, "datacenters": [{"metadata": {"name": dc}, "size": 2}]} for name, dc in (("east", "dc1"), ("west", "dc2"))]
    assert "the cluster is not as the definition says" in direct.run(contexts=contexts, **BACK)["msg"]
    assert CLUSTER not in direct.hub.objects


def test_there_is_nothing_to_move_where_there_is_no_datacenter(monkeypatch: pytest.MonkeyPatch) -> None:
    fleet = Moving(monkeypatch)
    for way in (OVER, BACK):
        assert "there is nothing to move" in fleet.run(**way)["msg"]


def test_the_operators_object_goes_only_in_the_version_that_lacks_its_finalizer(operated: Moving) -> None:
    again = [FINALIZER]

    def interfere(verb: str, on: Any) -> None:
        if (verb, on) == ("merge", CLUSTER) and again:
            operated.hub.merge(CLUSTER, {"metadata": {"finalizers": [again.pop()]}})

    operated.hub.react = interfere
    moved(operated, **OVER)
    check_over(operated)
    assert operated.hub.calls.count(("delete", CLUSTER)) == 2


@pytest.mark.parametrize("gone", [datacenter_ref("dc1"), SUPERUSER], ids=str)
def test_what_goes_along_with_the_operators_object_ends_the_run(operated: Moving, gone: Ref) -> None:
    def take_along(verb: str, on: Any) -> None:
        if (verb, on) == ("delete", CLUSTER):
            operated.east.remove(gone)

    operated.hub.react = take_along
    result = operated.run(**OVER)
    assert f"{gone} is gone" in result["msg"]
    assert (result["error"]["context"], gone in operated.east.objects) == ("east", False)


def _moved_after_a_kill(fleet: Moving, step: int, **options: Any) -> None:
    before = fleet.datacenters()
    fleet.run_until_killed(step, **options)
    moved(fleet, **options)
    assert fleet.datacenters() == before


@pytest.mark.parametrize("step", range(1, 13))
def test_a_move_to_the_collection_that_ends_anywhere_is_finished_by_the_next(operated: Moving, step: int) -> None:
    _moved_after_a_kill(operated, step, **OVER)
    check_over(operated)


@pytest.mark.parametrize("step", range(1, 7))
def test_a_move_to_the_operator_that_ends_anywhere_is_finished_by_the_next(direct: Moving, step: int) -> None:
    _moved_after_a_kill(direct, step, **BACK)
    check_back(direct)
