# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`k8ssandra_cluster` as the control plane: the records of a cluster, when others write them too, and when they are not what they should be."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from plugins.module_utils._core.objects import Ref
from plugins.module_utils._kube import errors
from tests.unit import build
from tests.unit.fakes import FakeApi
from tests.unit.plugins.module_utils._module.direct_fleet import CASSANDRA, NTS, RECORD, Fleet, datacenter_ref, let_go

DC1, DC2, DC3 = ({"metadata": {"name": f"dc{number}"}, "size": 1} for number in (1, 2, 3))
CHANGED = {**DC1, "config": {"cassandraYaml": {"concurrent_reads": 8}}}


def placed(east: list[Any], west: list[Any]) -> list[dict[str, Any]]:
    return [{"name": "east", "datacenters": east}, {"name": "west", "datacenters": west}]


@pytest.fixture
def fleet(monkeypatch: pytest.MonkeyPatch) -> Fleet:
    return Fleet(monkeypatch)


def once(api: FakeApi, act: Callable[[], object], *, at: str) -> None:
    """Does something in the middle of a run: after its first write of that kind."""
    before, acted = api.react, []

    def react(verb: str, on: Any) -> None:
        before(verb, on)
        if not acted and isinstance(on, Ref) and on.kind == at:
            acted.append(on)
            act()

    api.react = react


@pytest.mark.parametrize("at", ["ConfigMap", "CassandraDatacenter"])
def test_a_run_leaves_the_record_that_another_one_wrote_meanwhile(fleet: Fleet, at: str) -> None:
    fleet.deploy(contexts=placed([DC1], []))
    once(fleet.east, lambda: fleet.succeed(contexts=placed([DC1], [DC2])), at=at)
    result = fleet.run(contexts=placed([CHANGED], []))
    found = "east: writing ConfigMap k8ssandra-operator/demo-control-plane: somebody, such as another run, changed or removed the record"
    assert (found in result["msg"], result["error"]["reason"]) == (True, "conflict"), result
    fleet.succeed(contexts=placed([CHANGED], [DC2]))


def test_a_datacenter_that_joins_still_gets_its_data_after_two_runs_at_once(fleet: Fleet) -> None:
    fleet.deploy()
    once(fleet.east, lambda: fleet.run(contexts=placed([DC1], [DC2, DC3])), at="ConfigMap")
    result = fleet.run(contexts=placed([CHANGED], [DC2]))
    assert (result["error"]["reason"], "applying ConfigMap" in result["msg"]) == ("conflict", True)
    assert fleet.west.objects[RECORD]["data"]["joining"] == "dc3"


def test_a_record_that_somebody_only_annotated_is_written(fleet: Fleet) -> None:
    fleet.deploy()

    def annotate() -> None:
        fleet.east.objects[RECORD]["metadata"] |= {"annotations": {"backup": "done"}, "resourceVersion": "9000"}

    once(fleet.east, annotate, at="CassandraDatacenter")
    fleet.succeed(contexts=placed([CHANGED], [DC2]))


def test_a_record_that_goes_meanwhile_does_not_come_back(fleet: Fleet) -> None:
    fleet.deploy()
    once(fleet.east, lambda: fleet.east.remove(RECORD), at="CassandraDatacenter")
    assert "another run, changed or removed the record" in fleet.run(contexts=placed([CHANGED], [DC2]))["msg"]
    assert RECORD not in fleet.east.objects


def test_a_write_whose_answer_was_lost_is_not_another_runs(fleet: Fleet) -> None:
    fleet.deploy()
    apply = fleet.east.apply

    def apply_twice(body: Any, **how: Any) -> Any:
        answer = apply(body, **how)
        return answer if how.get("dry_run") else apply(body, **how)

    fleet.east.apply = apply_twice  # type: ignore[method-assign] # the request is sent again when no answer comes
    fleet.succeed(contexts=placed([CHANGED], [DC2]))


def test_an_older_record_is_told_from_a_forgotten_context(fleet: Fleet) -> None:
    fleet.deploy(contexts=placed([DC1], []))
    older = copy.deepcopy(fleet.east.objects[RECORD])
    fleet.deploy()
    fleet.east.put(older)
    message = fleet.run()["msg"]
    assert f"{datacenter_ref('dc2')} is there, and the records in east do not know dc2" in message
    assert "if west was forgotten for good (lost_contexts), remove it there" in message
    assert "remove them and run with the definition that has it" in message
    before = copy.deepcopy(fleet.west.objects[datacenter_ref("dc2")]["spec"])
    fleet.east.remove(RECORD)
    fleet.succeed()
    assert fleet.west.objects[datacenter_ref("dc2")]["spec"] == before
    assert fleet.run()["plan"] == []


def test_what_is_another_runs_is_not_carried_out_by_force(fleet: Fleet) -> None:
    fleet.deploy()
    fleet.east.fail("apply", RECORD, errors.Overtaken("east", "applying", "the object has been modified"), times=1)
    assert fleet.run(contexts=placed([CHANGED], [DC2]), force_conflicts=True)["error"]["reason"] == "conflict"


@pytest.mark.parametrize("definition", ["{", "null", "[]", "{}"])
def test_a_record_that_cannot_be_read_is_not_overwritten(fleet: Fleet, definition: str) -> None:
    fleet.deploy()
    fleet.west.objects[RECORD]["data"]["definition"] = definition
    for options in ({}, {"state": "absent", "namespace": RECORD.namespace, "confirm_removal": "demo"}):
        result = fleet.run(**options)
        assert "context west: reading ConfigMap k8ssandra-operator/demo-control-plane: it is a record of" in result["msg"]
        assert (result["error"]["reason"], "put back what it said" in result["msg"], fleet.writes) == ("conflict", True, [])
    assert "dc2" in str(fleet.status())


def test_a_cluster_whose_only_record_was_broken_and_removed_stays_as_it_is(fleet: Fleet) -> None:
    contexts = placed([DC1], [])
    fleet.deploy(contexts=contexts)
    fleet.east.remove(RECORD)
    fleet.succeed(contexts=contexts)
    assert fleet.order == ["east ConfigMap demo-control-plane"] * 2
    assert fleet.run(contexts=contexts)["plan"] == []


def test_a_record_that_a_person_put_back_is_taken_over_when_asked(fleet: Fleet) -> None:
    fleet.deploy()
    record = fleet.west.objects[RECORD]
    record["data"]["dropped"] = "reaper"
    theirs = {"f:data": {f"f:{name}": {} for name in record["data"]}}
    record["metadata"]["managedFields"].append({"manager": "kubectl", "operation": "Update", "fieldsV1": theirs})
    fleet.succeed(force_conflicts=True)
    assert fleet.west.objects[RECORD]["data"]["dropped"] == ""
    assert fleet.run()["plan"] == []


EAST = {"name": "east", "context": "arn-east", "datacenters": [DC1]}


class Moved(Fleet):
    """east became the control plane's host after hub was lost; its kube context has another name than its host."""

    def move(self) -> None:
        self.own, self.east.context, self.remotes = self.east, "arn-east", [self.west]
        self.east.put(build.definition("K8ssandraCluster", versions=("v1alpha1",), stored=("v1alpha1",)))
        self.hub.fail("*")

    def return_to_hub(self) -> None:
        self.own, self.east.context, self.remotes = self.hub, "east", [self.east, self.west]
        self.hub.faults.clear()

    def run(self, **options: Any) -> dict[str, Any]:
        contexts = [EAST, placed([], [DC2])[1]]
        moved = {"context": "arn-east", "contexts": contexts} if self.own is self.east else {"contexts": contexts}
        return super().run(**{**moved, **options})


@pytest.fixture
def moved(monkeypatch: pytest.MonkeyPatch) -> Moved:
    return Moved(monkeypatch)


def test_another_host_becomes_the_control_plane(moved: Moved) -> None:
    moved.deploy()
    moved.move()
    before = copy.deepcopy([moved.east.objects[datacenter_ref("dc1")]["spec"], moved.west.objects[datacenter_ref("dc2")]["spec"]])
    moved.succeed()
    assert [moved.east.objects[datacenter_ref("dc1")]["spec"], moved.west.objects[datacenter_ref("dc2")]["spec"]] == before
    assert {line.split()[1] for line in moved.order} == {"ConfigMap"}
    assert "arn-east" in moved.west.objects[RECORD]["data"]["definition"]
    assert moved.run()["plan"] == []
    moved.return_to_hub()
    moved.succeed()
    assert {line.split()[1] for line in moved.order} == {"ConfigMap"}
    assert "arn-east" not in moved.west.objects[RECORD]["data"]["definition"]
    assert moved.run()["plan"] == []


def test_another_host_forgets_the_one_that_was_the_control_plane(moved: Moved) -> None:
    for body in ({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": build.NAMESPACE}}, build.operator("cass-operator")):
        moved.hub.put(body)
    moved.hub.react = moved._reaction(moved.hub)
    moved.up.add("dc3")
    moved.deploy(contexts=[*placed([DC1], [DC2]), {"name": "hub", "datacenters": [DC3]}])
    for api in (moved.east, moved.west):
        roots = [path.removesuffix("/v0/ops/keyspace") for path in api.answers if path.endswith("/v0/ops/keyspace")]
        api.answers |= {f"{root}/v0/metadata/endpoints": {"entity": []} for root in roots}
    moved.move()
    moved.succeed(lost_contexts=["hub"])
    assert moved.keyspaces["system_auth"] == {"class": NTS, "dc1": "1", "dc2": "1"}
    assert moved.run()["plan"] == []


def test_another_host_removes_the_cluster(moved: Moved) -> None:
    moved.deploy()
    moved.move()
    let_go(moved)
    moved.succeed(state="absent", namespace=build.NAMESPACE, confirm_removal="demo")
    assert not [ref for api in (moved.east, moved.west) for ref in api.objects if ref in (datacenter_ref("dc1"), datacenter_ref("dc2"), RECORD)]


def test_another_host_tells_what_a_context_holds_that_does_not_answer(moved: Moved) -> None:
    moved.deploy()
    moved.move()
    moved.west.fail("*")
    assert "it holds dc2 (1 node) and the only copies of no keyspace" in moved.run()["msg"]


@pytest.mark.parametrize("check_mode", [True, False])
def test_the_record_of_another_cluster_of_that_name_is_not_overwritten(fleet: Fleet, check_mode: bool) -> None:
    fleet.deploy(contexts=placed([DC1], []))
    elsewhere = {"metadata": {"name": "dc7", "namespace": build.NAMESPACE}, "size": 1}
    cassandra = {**CASSANDRA, "clusterName": "other"}
    result = fleet.run(check_mode=check_mode, namespace="other", contexts=placed([elsewhere], []), spec={"cassandra": cassandra})
    assert "writing ConfigMap k8ssandra-operator/demo-control-plane: it is there and does not belong to other/demo" in result["msg"]
    assert (result["error"]["reason"], fleet.writes) == ("conflict", [])
