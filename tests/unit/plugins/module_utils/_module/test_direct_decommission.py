# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One datacenter leaves a cluster that the collection distributes: by its name alone, with nothing lost, and finished however it ended."""

from __future__ import annotations

from typing import Any

import pytest

from plugins.module_utils._core.distribution.decommission import DECOMMISSION
from plugins.module_utils._core.distribution.keyspaces import SYSTEM
from plugins.module_utils._core.objects import kind_named
from tests.unit import build
from tests.unit.fakes import FakeApi
from tests.unit.plugins.module_utils._module.direct_fleet import (
    CASSANDRA,
    NTS,
    REAPER,
    RECORD,
    SUPERUSER,
    AddOnFleet,
    Fleet,
    datacenter_ref,
    reaper_ref,
    spec,
)

LEFT = [{"name": "east"}, {"name": "west", "datacenters": [{"metadata": {"name": "dc2"}, "size": 1}]}]
OUT: dict[str, Any] = {"contexts": LEFT, "remove_datacenters": ["dc1"]}
SLICE = "demo-demo-{}-additional-seed-service-ipv4"


class Ring(Fleet):
    """The same clusters; a cass-operator that decommissions, and a Cassandra that refuses what Cassandra 4.1 refuses."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__(monkeypatch)
        self.users: dict[str, dict[str, str]] = {}
        self.sent: list[str] = []
        self.leaving: dict[str, str] = {}
        for api in (self.east, self.west):
            self._decommissioning(api)

    def forget_calls(self) -> None:
        super().forget_calls()
        self.sent.clear()

    def _decommissioning(self, api: FakeApi) -> None:
        before = api.react

        def react(verb: str, on: Any) -> None:
            before(verb, on)
            self.sent.append(f"{api.context} {verb} {getattr(on, 'kind', on)} {getattr(on, 'name', '')}".strip())
            there = api.objects.get(on)
            if verb in ("delete", "merge") and there and there["metadata"].get("deletionTimestamp") and not there["metadata"]["finalizers"]:
                assert there["metadata"]["annotations"][DECOMMISSION] == "true"
                for ref in [ref for ref in api.objects if ref.kind in ("Pod", "EndpointSlice")]:
                    api.remove(ref)
                api.remove(on)

        api.react = react

    def come_up(self, api: FakeApi, ref: Any) -> None:
        super().come_up(api, ref)
        for path in [path for path in api.answers if path.endswith("/v0/ops/keyspace")]:
            api.answers[path] = lambda _body: {"items": [*self.keyspaces, *self.users]}
            api.answers[f"{path}/replication?keyspaceName=kept"] = lambda _body: self.users["kept"]
            root = path.removesuffix("/ops/keyspace")
            api.answers[f"{root}/metadata/endpoints"] = lambda _body: {"entity": [self.leaving] if self.leaving else []}
            api.answers[f"{root}/ops/node/assassinate?address=10.51.0.1"] = self._assassinate

    def _assassinate(self, _body: Any) -> dict[str, Any]:
        assert self.leaving["IS_ALIVE"] == "false"
        self.sent.append("assassinate 10.51.0.1")
        self.leaving["STATUS"] = "LEFT,-1,17"
        return {}

    def _alter(self, body: Any) -> dict[str, Any]:
        copies = {each["dc_name"] for each in body["replication_settings"]}
        assert not self.leaving or self.leaving["STATUS"].startswith("LEFT"), "datacenters still have active nodes"
        there = {ref.name for api in (self.east, self.west) for ref in api.objects if ref.kind == "CassandraDatacenter"}
        assert body["keyspace_name"] != "system_auth" or there <= copies, "datacenters still have active nodes"
        assert copies <= there, "unrecognized datacenter"
        self.sent.append(f"keyspace {body['keyspace_name']} {','.join(sorted(copies))}")
        return super()._alter(body)


@pytest.fixture
def ring(monkeypatch: pytest.MonkeyPatch) -> Ring:
    fleet = Ring(monkeypatch)
    fleet.deploy()
    return fleet


def test_the_first_datacenter_goes_by_its_name_and_takes_what_is_its_own_along(ring: Ring) -> None:
    before = ring.west.objects[datacenter_ref("dc2")]["spec"]
    result = ring.succeed(**OUT)
    assert result["cluster"]["ready"], result["cluster"]["summary"]
    assert ring.west.objects[datacenter_ref("dc2")]["spec"] == before
    assert {ref.kind for ref in ring.east.objects} <= {"Namespace", "Deployment", "CassandraTask"}
    assert all(copies == {"class": NTS, "dc2": "1"} for copies in ring.keyspaces.values())
    assert SUPERUSER in ring.west.objects
    assert kind_named("EndpointSlice").ref(SLICE.format("dc2"), build.NAMESPACE) not in ring.west.objects


def test_a_config_map_of_a_user_stays_in_a_namespace_that_holds_no_datacenter_any_more(ring: Ring) -> None:
    ring.east.put(build.body("ConfigMap", "v1", "mine", labels=build.OWNED))
    ring.succeed(**OUT)
    assert {ref.name for ref in ring.east.objects if ref.kind == "ConfigMap"} == {"mine"}


def test_its_nodes_leave_the_ring_before_the_keyspaces_of_the_cluster_leave_it_out(ring: Ring) -> None:
    ring.run(**OUT)
    told = [line for line in ring.sent if "apply" not in line and "send" not in line]
    assert told[:2] == [f"west delete EndpointSlice {SLICE.format('dc2')}", "east merge CassandraDatacenter dc1"]
    assert told[2:4] == ["east delete CassandraDatacenter dc1", "east merge CassandraDatacenter dc1"]
    assert told[4:7] == [f"keyspace {name} dc2" for name in SYSTEM]
    assert told[-1] == f"east delete ConfigMap {RECORD.name}"


@pytest.mark.parametrize(
    ("heard", "expected"),
    [({"IS_ALIVE": "false"}, ["assassinate 10.51.0.1"]), ({"STATUS": "LEFT,-1,17"}, [])],
    ids=["nobody hears of it any more", "the news comes late"],
)
def test_a_node_that_left_without_a_word_leaves_the_ring_once_it_is_dead(ring: Ring, heard: dict[str, str], expected: list[str]) -> None:
    ring.leaving = {"ENDPOINT_IP": "10.51.0.1", "DC": "dc1", "IS_ALIVE": "true", "STATUS": "LEAVING,-1"}

    def pass_by(seconds: float) -> None:
        ring.clock.now += seconds
        ring.leaving |= heard

    ring.clock.sleep = pass_by
    result = ring.succeed(**OUT)
    assert [line for line in ring.sent if line.startswith("assassinate")] == expected
    assert [step["object"] for step in result["plan"] if step["object"].startswith("Node")] == ["Node 10.51.0.1"][: len(expected)]
    assert all(copies == {"class": NTS, "dc2": "1"} for copies in ring.keyspaces.values())


class Repaired(AddOnFleet, Ring):
    """The same with Reapers."""


def test_its_reaper_goes_before_its_nodes_leave(monkeypatch: pytest.MonkeyPatch) -> None:
    fleet, options = Repaired(monkeypatch), {"spec": spec(**REAPER)}
    fleet.deploy(**options)
    fleet.succeed(**options, **OUT)
    gone = [line for line in fleet.sent if line.startswith("east")]
    assert gone.index(f"east delete Reaper {reaper_ref('dc1').name}") < gone.index("east merge CassandraDatacenter dc1")
    assert reaper_ref("dc2") in fleet.west.objects


def test_the_run_after_writes_nothing_also_with_the_name_still_there(ring: Ring) -> None:
    ring.run(**OUT)
    for options in (OUT, {"contexts": LEFT}):
        ring.sent.clear()
        assert ring.run(**options)["plan"] == []
        assert ring.sent == []


@pytest.mark.parametrize("named", [[], ["dc2"], ["DC1"], ["dc"]])
def test_it_stays_without_its_exact_name(ring: Ring, named: list[str]) -> None:
    result = ring.run(contexts=LEFT, remove_datacenters=named)
    assert "or add dc1 to remove_datacenters" in result["msg"]
    assert not ring.writes


@pytest.mark.parametrize(
    ("told", "message"),
    [
        ({"dc1": "1", "dc2": "3"}, "ALTER KEYSPACE kept WITH replication = {'class': 'NetworkTopologyStrategy', 'dc2': 3}"),
        ({"dc1": "3/1"}, "kept has no copy anywhere else: give it one in another datacenter and rebuild that, or drop it"),
    ],
)
def test_it_stays_while_a_keyspace_has_copies_there(ring: Ring, told: dict[str, str], message: str) -> None:
    ring.users["kept"] = {"class": NTS, **told}
    result = ring.run(**OUT)
    assert message in result["msg"]
    assert not ring.writes


@pytest.mark.parametrize("told", [{"dc1": "0", "dc2": "1"}, {"dc2": "1"}])
def test_a_keyspace_without_copies_there_keeps_nothing(ring: Ring, told: dict[str, str]) -> None:
    ring.users["kept"] = {"class": NTS, **told}
    ring.succeed(**OUT)


def test_a_keyspace_that_comes_to_be_there_meanwhile_stops_the_nodes_from_leaving(ring: Ring) -> None:
    react = ring.west.react

    def meanwhile(verb: str, on: Any) -> None:
        ring.users["kept"] = {"class": NTS, "dc1": "1"}
        react(verb, on)

    ring.west.react = meanwhile
    result = ring.run(**OUT)
    assert "still have copies: kept" in result["msg"]
    assert not ring.east.objects[datacenter_ref("dc1")]["metadata"].get("deletionTimestamp")


@pytest.mark.parametrize("step", range(1, 15))
def test_a_removal_that_ends_at_any_write_is_finished_by_the_same_run(ring: Ring, step: int) -> None:
    ring.run_until_killed(step, **OUT)
    result = ring.succeed(**OUT)
    assert result["cluster"]["ready"], result["cluster"]["summary"]
    assert {ref.kind for ref in ring.east.objects} <= {"Namespace", "Deployment", "CassandraTask"}
    assert all(copies == {"class": NTS, "dc2": "1"} for copies in ring.keyspaces.values())
    assert ring.run(**OUT)["plan"] == []


def test_check_mode_says_every_step_and_writes_nothing(ring: Ring) -> None:
    plan = [f"{step['context']} {step['verb']} {step['object']}" for step in ring.run(**OUT, check_mode=True)["plan"]]
    assert not [call for call in ring.writes if "?" not in call[0]]
    for step in (f"east update {datacenter_ref('dc1')}", f"east delete {datacenter_ref('dc1')}", f"east delete {RECORD}", f"east delete {SUPERUSER}"):
        assert step in plan
    assert sum("update Keyspace" in step for step in plan) == len(SYSTEM)
    assert plan.index(f"east delete {datacenter_ref('dc1')}") < plan.index(f"east delete {SUPERUSER}") < plan.index(f"east delete {RECORD}")


def test_a_run_that_does_not_wait_ends_there_and_the_next_one_goes_on(ring: Ring) -> None:
    react, ring.east.react = ring.east.react, lambda verb, on: None
    result = ring.succeed(**OUT, wait=False)
    assert datacenter_ref("dc1") in ring.east.objects
    assert result["cluster"]["datacenters"][1]["state"] == "being removed"
    ring.east.react = react
    ring.east.remove(datacenter_ref("dc1"))
    assert ring.run(**OUT)["cluster"]["ready"]


def test_the_status_says_what_is_being_removed(ring: Ring) -> None:
    ring.east.fail("delete", datacenter_ref("dc1"))
    assert ring.run(**OUT)["failed"]
    status = ring.status()
    shown = [(each["context"], each["name"], each["wanted"], each["state"]) for each in status["datacenters"]]
    assert shown == [("west", "dc2", True, "ready"), ("east", "dc1", False, "being removed")]
    assert not status["ready"]


def test_a_datacenter_that_comes_back_before_its_nodes_left_is_as_it_was(ring: Ring) -> None:
    ring.east.fail("delete", datacenter_ref("dc1"), times=1)
    assert ring.run(**OUT)["failed"]
    assert DECOMMISSION in ring.east.objects[datacenter_ref("dc1")]["metadata"]["annotations"]
    ring.succeed()
    assert DECOMMISSION not in ring.east.objects[datacenter_ref("dc1")]["metadata"]["annotations"]
    assert not ring.west.objects[RECORD]["data"]["leaving"]
    assert ring.run()["plan"] == []


def test_one_that_never_had_a_node_goes_without_a_ring_to_leave(ring: Ring) -> None:
    body = ring.east.objects[datacenter_ref("dc1")]
    body["status"] = build.datacenter_status(ready=False, conditions=[])
    for pod in [ref for ref in ring.east.objects if ref.kind == "Pod"]:
        ring.east.remove(pod)
    plan = ring.run(**OUT, check_mode=True)["plan"]
    mine = [step["verb"] for step in plan if step["object"] == str(datacenter_ref("dc1"))]
    assert mine == ["delete"]


STOPPED = {"name": "west", "datacenters": [{"metadata": {"name": "dc2"}, "size": 1, "stopped": True}]}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({**OUT, "contexts": [{"name": "east"}, STOPPED]}, "while dc2 is stopped"),
        ({**OUT, "contexts": [*LEFT, {"name": "hub", "datacenters": [{"metadata": {"name": "dc9"}, "size": 1}]}]}, "adds dc9 while dc1 is removed"),
        ({**OUT, "confirm_move": "demo"}, "moves a cluster that dc1 is leaving"),
    ],
)
def test_what_cannot_go_together_with_a_removal_is_refused(ring: Ring, options: dict[str, Any], message: str) -> None:
    assert message in ring.run(**options)["msg"]
    assert not ring.writes


def test_stopped_nodes_do_not_leave(ring: Ring) -> None:
    ring.east.objects[datacenter_ref("dc1")]["spec"]["stopped"] = True
    assert "whose nodes are stopped" in ring.run(**OUT)["msg"]
    assert not ring.writes


def test_a_datacenter_that_has_not_got_its_data_is_not_left_alone_with_it(ring: Ring) -> None:
    ring.west.objects[RECORD]["data"]["joining"] = "dc2"
    assert "dc2 has not got the data that was there before it" in ring.run(**OUT)["msg"]
    assert not ring.writes


def test_the_whole_cluster_can_go_while_a_datacenter_leaves(ring: Ring) -> None:
    react, ring.east.react = ring.east.react, lambda verb, on: None
    ring.run(**OUT, wait=False)
    ring.east.react = react
    planned = ring.run(state="absent", confirm_removal="demo", check_mode=True)["plan"]
    assert [step["object"] for step in planned][:2] == [str(datacenter_ref("dc1")), str(datacenter_ref("dc2"))]


@pytest.mark.parametrize("taken", [{"metadata": {"name": "dc1"}}, {"metadata": {"name": "dc3"}, "datacenterName": "dc1"}], ids=["name", "datacenterName"])
def test_its_name_is_not_free_elsewhere_before_it_is_gone(ring: Ring, taken: dict[str, Any]) -> None:
    react, ring.east.react = ring.east.react, lambda verb, on: None
    ring.run(**OUT, wait=False)
    ring.east.react = react
    ring.forget_calls()
    both = [{"metadata": {"name": "dc2"}, "size": 1}, {**taken, "size": 1}]
    result = ring.run(contexts=[{"name": "east"}, {"name": "west", "datacenters": both}])
    assert "dc1, which is still being removed from east" in result["msg"]
    assert not ring.writes


def test_one_whose_place_gives_the_others_their_tokens_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    fleet = Ring(monkeypatch)
    few = spec(cassandra={**CASSANDRA, "config": {"cassandraYaml": {"num_tokens": 8}}})
    fleet.deploy(spec=few)
    assert "give the nodes of dc2 other initial tokens" in fleet.run(**OUT, spec=few)["msg"]
    assert fleet.sent == []
