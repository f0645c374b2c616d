# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`k8ssandra_cluster` with `control_plane: ansible` when a context is lost for good: what is told, what is refused, what is forgotten."""

from __future__ import annotations

import json
from typing import Any

import pytest

from plugins.module_utils._core.distribution.keyspaces import SYSTEM
from plugins.module_utils._kube import errors
from tests.unit import build
from tests.unit.fakes import FakeApi
from tests.unit.plugins.module_utils._module.direct_fleet import NTS, RECORD, Fleet, datacenter_ref

DC1 = {"metadata": {"name": "dc1"}, "size": 1}
LEFT_OUT = [{"name": "east", "datacenters": [DC1]}, {"name": "west"}]
LOST = {"contexts": LEFT_OUT, "lost_contexts": ["west"]}


class Loss(Fleet):
    """Two datacenters, of which west's is about to be lost: `shop` is in both, `ledger` in dc2 alone."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__(monkeypatch)
        self.dead = {"ENDPOINT_IP": "10.51.0.2", "DC": "dc2", "IS_ALIVE": "false", "STATUS": "NORMAL,-1"}
        self.deploy()
        self.keyspaces |= {"shop": {"class": NTS, "dc1": "1", "dc2": "1"}, "ledger": {"class": NTS, "dc2": "1"}}
        self.root = f"/api/v1/namespaces/{build.NAMESPACE}/pods/http:demo-dc1-default-sts-0:8080/proxy/api"
        replications = {f"{self.root}/v0/ops/keyspace/replication?keyspaceName={name}": self._replication(name) for name in ("shop", "ledger")}
        self.east.answers |= {
            **replications,
            f"{self.root}/v0/metadata/endpoints": lambda _body: {"entity": [{"ENDPOINT_IP": "10.51.0.1", "DC": "dc1", "IS_ALIVE": "true"}, self.dead]},
            f"{self.root}/v0/ops/node/assassinate?address=10.51.0.2": self._assassinate,
        }
        self.west.fail("*")

    def _replication(self, name: str) -> Any:
        return lambda _body: self.keyspaces[name]

    def _assassinate(self, _body: Any) -> dict[str, Any]:
        self.order.append("assassinate 10.51.0.2")
        self.dead["STATUS"] = "LEFT,-1,17"
        return {}

    def alter(self, body: Any) -> Any:
        """Cassandra takes no datacenter out of `system_auth` while a node of it is in the ring."""
        if body["keyspace_name"] in SYSTEM and not self.dead["STATUS"].startswith("LEFT"):
            raise errors.Unavailable("east", "altering", "Following datacenters have active nodes and must be present")
        return self._alter(body)


@pytest.fixture
def loss(monkeypatch: pytest.MonkeyPatch) -> Loss:
    found = Loss(monkeypatch)
    found.east.answers[f"{found.root}/v0/ops/keyspace/alter"] = found.alter
    return found


def test_without_its_name_the_run_says_what_the_context_holds_and_what_to_do(loss: Loss) -> None:
    for options in ({}, {"contexts": LEFT_OUT}):
        message = loss.run(**options)["msg"]
        assert "it holds dc2 (1 node) and the only copies of the keyspace ledger" in message
        assert "name it, lost_contexts: [west], and leave dc2 out of the definition" in message
        assert not loss.writes


def test_where_no_node_answers_the_run_says_what_it_knows(loss: Loss) -> None:
    loss.east.fail("read", f"{loss.root}/v0/ops/keyspace")
    assert "no other node answers that could tell" in loss.run()["msg"]


def test_with_its_name_the_others_forget_it(loss: Loss) -> None:
    result = loss.succeed(**LOST)
    assert result["cluster"]["ready"], result["cluster"]["summary"]
    record, system = "east ConfigMap demo-control-plane", [f"keyspace {name} dc1" for name in SYSTEM]
    assert loss.order == [record, "keyspace shop dc1", "assassinate 10.51.0.2", *system, record]
    removed = [step["object"] for step in result["plan"] if step["verb"] == "delete"]
    assert removed == ["Node 10.51.0.2", f"EndpointSlice {build.NAMESPACE}/demo-demo-dc1-additional-seed-service-ipv4"]
    assert loss.keyspaces["ledger"] == {"class": NTS, "dc2": "1"}
    assert not loss.east.objects[RECORD]["data"]["lost"]
    assert not [call for call in loss.west.calls if call != ("read", "/version")]


def test_system_keyspaces_wait_until_every_node_has_forgotten_it(loss: Loss) -> None:
    def forget(seconds: float) -> None:
        loss.clock.now += seconds
        loss.dead["STATUS"] = "LEFT,-1,17"

    loss.east.answers[f"{loss.root}/v0/ops/node/assassinate?address=10.51.0.2"] = {}
    loss.clock.sleep = forget
    loss.succeed(**LOST)
    assert loss.clock.now > 0


@pytest.mark.parametrize("more", [LOST, {"contexts": LEFT_OUT[:1]}])
def test_the_run_after_writes_nothing_with_the_name_or_without(loss: Loss, more: dict[str, Any]) -> None:
    loss.run(**LOST)
    loss.east.calls.clear()
    loss.remotes = [api for api in loss.remotes if "lost_contexts" in more or api is not loss.west]
    result = loss.succeed(**more)
    assert (result["changed"], loss.writes) == (False, [])


def test_a_keyspace_whose_rows_are_lost_is_named_and_left(loss: Loss) -> None:
    loss.run(**LOST)
    assert [line for line in loss.warnings if "keyspace ledger had copies only in dc2: its rows are lost" in line]


def test_keyspaces_that_name_no_datacenter_or_have_transient_copies_are_named_and_left(loss: Loss) -> None:
    left = {"old": {"class": "SimpleStrategy", "replication_factor": "1"}, "stocks": {"class": NTS, "dc1": "3/1", "dc2": "2"}}
    loss.keyspaces |= {name: dict(copies) for name, copies in left.items()}
    loss.east.answers |= {f"{loss.root}/v0/ops/keyspace/replication?keyspaceName={name}": loss.keyspaces[name] for name in left}
    assert "and rows of old, by SimpleStrategy, which may have no copy elsewhere" in loss.run()["msg"]
    for check_mode in (True, False):
        loss.warnings.clear()
        assert "failed" not in loss.run(check_mode=check_mode, **LOST)
        assert [line for line in loss.warnings if "keyspace old has SimpleStrategy" in line]
        assert [line for line in loss.warnings if "keyspace stocks has transient copies" in line]
    assert {name: loss.keyspaces[name] for name in left} == left


def test_check_mode_says_each_step_and_writes_nothing(loss: Loss) -> None:
    planned = [f"{step['verb']} {step['object']}" for step in loss.run(check_mode=True, **LOST)["plan"]]
    assert {verb for verb, _on in loss.writes} <= {"apply?"}
    assert f"update Keyspace {build.NAMESPACE}/shop" in planned
    assert "delete Node 10.51.0.2" in planned
    assert [f"update Keyspace {build.NAMESPACE}/{name}" in planned for name in SYSTEM] == [True] * 3


@pytest.mark.parametrize("step", range(1, 8))
def test_a_run_that_ends_at_any_write_is_finished_by_the_next(loss: Loss, step: int) -> None:
    loss.run_until_killed(step, **LOST)
    loss.succeed(**LOST)
    assert {name: loss.keyspaces[name] for name in (*SYSTEM, "shop")} == {name: {"class": NTS, "dc1": "1"} for name in (*SYSTEM, "shop")}
    assert loss.dead["STATUS"].startswith("LEFT")
    assert loss.run(**LOST)["plan"] == []


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "its datacenters are still wanted": ({"lost_contexts": ["west"]}, "the definition has dc2 there; leave dc2 out of the definition"),
    "the task's own context": ({**LOST, "lost_contexts": ["hub"]}, "by which this very task works"),
    "an operator's control plane": ({**LOST, "control_plane": "operator"}, "the operator alone changes the cluster"),
    "a removal of the whole cluster": ({**LOST, "state": "absent"}, "state: absent removes the whole cluster"),
    "a move": ({**LOST, "confirm_move": "demo"}, "a move needs every context"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_lost_is_refused_before_a_write(loss: Loss, what: str) -> None:
    options, message = REFUSED[what]
    assert message in loss.run(**options)["msg"]
    assert not loss.writes


@pytest.mark.parametrize("control_plane", ["ansible", "operator"])
def test_a_question_that_nobody_answered_names_no_context(loss: Loss, control_plane: str) -> None:
    assert "lost_contexts: is set" not in loss.run(lost_contexts=[""], control_plane=control_plane)["msg"]
    assert "lost_contexts[0]" not in loss.run(lost_contexts=[""])["msg"]


@pytest.mark.parametrize("answer", [None, errors.Forbidden("west", "reading", "HTTP 403"), errors.Unavailable("west", "reading", "HTTP 500")])
def test_a_context_that_answers_is_not_lost(loss: Loss, answer: errors.ClusterError | None) -> None:
    loss.west.faults.clear()
    if answer is not None:
        loss.west.fail("*", None, answer)
    assert "west answers; it is not lost" in loss.run(**LOST)["msg"]
    assert not loss.writes


def test_what_a_load_balancer_says_is_no_answer_of_a_context(loss: Loss) -> None:
    loss.west.faults.clear()
    loss.west.fail("*", None, errors.NotForwarded("west", "reading", "HTTP 502"))
    assert "HTTP 502; nothing was changed; it holds dc2 (1 node)" in loss.run()["msg"]
    assert "failed" not in loss.run(**LOST)


def test_a_lost_context_that_nobody_could_ask_is_told(loss: Loss) -> None:
    loss.run(contexts=LEFT_OUT, lost_contexts=["west"])
    assert not [line for line in loss.warnings if "nobody asked" in line]
    again = {"contexts": LEFT_OUT[:1], "lost_contexts": ["west"]}
    loss.east.objects[RECORD]["data"] = dict(loss.west.objects[RECORD]["data"])
    loss.run(**again)
    assert [line for line in loss.warnings if "names west, which contexts leaves out: nobody asked" in line]


def test_nodes_that_are_alive_say_that_their_context_is_not_lost(loss: Loss) -> None:
    loss.dead["IS_ALIVE"] = "true"
    result = loss.run(**LOST)
    assert "10.51.0.2 of dc2: alive, so that the context is not lost" in result["msg"]
    assert not loss.writes


def test_nodes_that_come_alive_meanwhile_stay_in_the_ring(loss: Loss) -> None:
    def alter(body: Any) -> Any:
        loss.dead["IS_ALIVE"] = "true"
        return loss.alter(body)

    loss.east.answers[f"{loss.root}/v0/ops/keyspace/alter"] = alter
    assert "alive, so that the context is not lost" in loss.run(**LOST)["msg"]
    assert "assassinate 10.51.0.2" not in loss.order


def test_a_ring_that_cannot_be_read_stops_the_run(loss: Loss) -> None:
    loss.east.fail("read", f"{loss.root}/v0/metadata/endpoints")
    assert "reading the ring" in loss.run(**LOST)["msg"]
    assert not loss.writes


def test_a_context_that_comes_back_is_refused_with_what_to_do(loss: Loss) -> None:
    loss.run(**LOST)
    loss.west.faults.clear()
    loss.east.calls.clear()
    for contexts in (LEFT_OUT, [LEFT_OUT[0], {"name": "west", "datacenters": [{"metadata": {"name": "dc2"}, "size": 1}]}]):
        result = loss.run(contexts=contexts)
        assert f"{datacenter_ref('dc2')} is there, and the records in east do not know dc2" in result["msg"]
        assert "before its nodes reach the others" in result["msg"]
        assert not loss.writes


def test_the_first_datacenter_may_be_lost_and_no_pod_restarts(monkeypatch: pytest.MonkeyPatch) -> None:
    fleet = Fleet(monkeypatch)
    fleet.deploy()
    before = json.dumps(fleet.west.objects[datacenter_ref("dc2")]["spec"])
    root = f"/api/v1/namespaces/{build.NAMESPACE}/pods/http:demo-dc2-default-sts-0:8080/proxy/api"
    left = {"ENDPOINT_IP": "10.51.0.1", "DC": "dc1", "IS_ALIVE": "false", "STATUS": "LEFT,-1,17"}
    fleet.west.answers[f"{root}/v0/metadata/endpoints"] = {"entity": [left]}
    fleet.east.fail("*")
    contexts = [{"name": "east"}, {"name": "west", "datacenters": [{"metadata": {"name": "dc2"}, "size": 1}]}]
    fleet.succeed(contexts=contexts, lost_contexts=["east"])
    assert fleet.west.objects[datacenter_ref("dc2")]["spec"] == json.loads(before)
    assert fleet.keyspaces["system_auth"] == {"class": NTS, "dc2": "1"}
    assert fleet.run(contexts=contexts, lost_contexts=["east"])["plan"] == []


_PLACES = (("east", "dc1"), ("west", "dc2"), ("north", "dc3"))
THREE = [{"name": context, "datacenters": [{"metadata": {"name": name}, "size": 1}]} for context, name in _PLACES]
TWO = [THREE[0], {"name": "west"}, THREE[2]]


class Noted(Loss):
    """Three datacenters. The run that should have west forgotten was killed when one of the two records had the note."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__(monkeypatch)
        self.east.answers[f"{self.root}/v0/ops/keyspace/alter"] = self.alter
        self.north.answers |= {path.replace("demo-dc1", "demo-dc3"): answer for path, answer in self.east.answers.items()}

    def deploy(self, **options: Any) -> None:
        namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": build.NAMESPACE}}
        self.north = FakeApi("north", [namespace, build.operator("cass-operator")])
        self.north.react = self._reaction(self.north)
        # The context whose record is written last is read first.
        self.remotes = [self.north, self.east, self.west]
        self.up.add("dc3")
        super().deploy(**options)

    @property
    def apis(self) -> tuple[FakeApi, ...]:
        return *super().apis, self.north

    def run(self, **options: Any) -> dict[str, Any]:
        return super().run(**{"contexts": THREE, **options})

    def come_back(self) -> None:
        self.west.faults.clear()
        self.dead["IS_ALIVE"] = "true"

    def specs(self) -> list[str]:
        """What the datacenters are told to be."""
        there = {"dc1": self.east, "dc2": self.west, "dc3": self.north}
        return [json.dumps(api.objects[datacenter_ref(name)]["spec"]) for name, api in there.items()]


@pytest.fixture(params=["as wanted", "changed and not carried out"])
def noted(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Noted:
    found = Noted(monkeypatch)
    if request.param != "as wanted":
        for api in (found.east, found.west, found.north):
            api.objects[RECORD]["data"]["carriedOut"] = ""
    found.run_until_killed(1, contexts=TWO, lost_contexts=["west"])
    assert [bool(api.objects[RECORD]["data"]["lost"]) for api in (found.east, found.north)] == [True, False]
    found.forget_calls()
    return found


def test_a_loss_that_was_noted_in_part_is_called_off_when_the_context_is_back(noted: Noted) -> None:
    noted.come_back()
    before = noted.specs(), json.dumps(noted.keyspaces)
    assert "leaves out dc2, which is in west, which an earlier run took for lost" in noted.run(contexts=TWO)["msg"]
    assert "west answers; it is not lost: leave it out" in noted.run(contexts=TWO, lost_contexts=["west"])["msg"]
    assert not noted.writes
    noted.succeed()
    assert (noted.specs(), json.dumps(noted.keyspaces)) == before
    assert not noted.east.objects[RECORD]["data"]["lost"]
    assert noted.run()["plan"] == []


@pytest.mark.parametrize("options", [{"contexts": TWO, "lost_contexts": ["west"]}, {"contexts": [THREE[0], THREE[2]]}])
def test_a_loss_that_was_noted_in_part_goes_on_with_the_name_or_without(noted: Noted, options: dict[str, Any]) -> None:
    noted.remotes = [api for api in noted.remotes if "lost_contexts" in options or api is not noted.west]
    noted.succeed(**options)
    assert noted.dead["STATUS"].startswith("LEFT")
    assert noted.keyspaces["shop"] == {"class": NTS, "dc1": "1"}
    assert noted.run(**options)["plan"] == []


def test_a_loss_that_was_noted_in_part_goes_on_when_the_context_is_back_and_empty(noted: Noted) -> None:
    noted.west.faults.clear()
    for ref in (datacenter_ref("dc2"), RECORD):
        noted.west.remove(ref)
    assert "was lost and which the other datacenters have not forgotten yet; run without it first" in noted.run()["msg"]
    noted.succeed(contexts=TWO)
    assert noted.dead["STATUS"].startswith("LEFT")
