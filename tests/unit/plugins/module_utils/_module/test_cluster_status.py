from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest

from plugins.module_utils._core.objects import Kind
from plugins.module_utils._module import cluster_status
from plugins.module_utils._module.run import Call, run
from tests.unit import build
from tests.unit.fakes import FakeApi

PARAMETERS = {"name": "demo", "namespace": build.NAMESPACE, "operator_namespace": None, "context": "hub", "wait": False}
WAITING = {**PARAMETERS, "wait": True, "wait_timeout": 5, "wait_sleep": 0}
UNREADY = "hub: k8ssandra-operator is not ready, 0 of 1 pods available"


@pytest.fixture
def apis(monkeypatch: pytest.MonkeyPatch) -> dict[str, FakeApi]:
    """A ready cluster with dc1 in east."""
    hub = FakeApi("hub", [build.cluster(build.template("dc1", "east")), build.operator(control_plane=True)])
    found = {"hub": hub, "east": FakeApi("east", [build.datacenter("dc1"), build.pod("dc1")])}

    @contextmanager
    def fleet(parameters: Mapping[str, Any]) -> Iterator[tuple[FakeApi, dict[str, FakeApi]]]:
        yield found["hub"], {"east": found["east"]}

    monkeypatch.setattr(cluster_status, "fleet", fleet)
    return found


@pytest.mark.parametrize("check_mode", [False, True], ids=["plain", "check mode"])
def test_it_reads_and_changes_nothing(apis: dict[str, FakeApi], check_mode: bool) -> None:
    result = run(cluster_status.tell_status, Call(PARAMETERS, check_mode))
    assert (result["changed"], result["ready"], result["reason"]) == (False, True, "")
    assert "east dc1: 1/1 nodes up, ready" in result["summary"]
    assert not [call for api in apis.values() for call in api.writes]


def test_it_does_not_fail_when_the_control_plane_is_away(apis: dict[str, FakeApi]) -> None:
    apis["hub"].fail("*")
    result = run(cluster_status.tell_status, Call(PARAMETERS))
    assert not result.get("failed")
    assert result["reason"].startswith("control plane hub unreachable: ")
    assert [context["reachable"] for context in result["contexts"]] == [False, True]


def test_operators_may_live_in_a_namespace_of_their_own(apis: dict[str, FakeApi]) -> None:
    run(cluster_status.tell_status, Call({**PARAMETERS, "operator_namespace": "elsewhere"}))
    result = run(cluster_status.tell_status, Call({**PARAMETERS, "operator_namespace": "elsewhere"}))
    assert result["operators"] == []


def _start_operator_after_a_look(hub: FakeApi) -> None:
    hub.put(build.operator(control_plane=True, ready=False))
    listing = hub.list

    def list_then_start(kind: Kind, *where: Any) -> Any:
        found = listing(kind, *where)
        if kind.kind == "Deployment":
            hub.put(build.operator(control_plane=True))
        return found

    hub.list = list_then_start  # type: ignore[method-assign] # an operator starts between two looks


@pytest.mark.parametrize(
    ("parameters", "check_mode", "reason"),
    [(PARAMETERS, False, UNREADY), (WAITING, False, ""), (WAITING, True, UNREADY), ({**WAITING, "wait_timeout": -1}, False, UNREADY)],
    ids=["nobody waits", "it passes", "check mode", "time is up"],
)
def test_what_passes_by_itself_is_waited_for_on_demand(
    apis: dict[str, FakeApi], parameters: dict[str, Any], check_mode: bool, reason: str
) -> None:
    _start_operator_after_a_look(apis["hub"])
    result = run(cluster_status.tell_status, Call(parameters, check_mode))
    assert not result.get("failed")
    assert result["reason"] == reason


def test_a_wait_says_what_it_waits_for(apis: dict[str, FakeApi]) -> None:
    _start_operator_after_a_look(apis["hub"])
    said: list[str] = []
    run(cluster_status.tell_status, Call(WAITING, say=said.append))
    assert said == [UNREADY]


@pytest.mark.parametrize(
    ("status", "problem"),
    [({"conditions": build.conditions(CassandraInitialized=True, RequiresUpdate=True)}, "has to be allowed"), (None, "there is no")],
    ids=["an update that is held back", "no cluster"],
)
def test_what_does_not_pass_is_not_waited_for(apis: dict[str, FakeApi], status: dict[str, Any] | None, problem: str) -> None:
    there = [build.cluster(build.template("dc1", "east"), status=status)] if status else []
    apis["hub"] = FakeApi("hub", [*there, build.operator(control_plane=True)])
    result = run(cluster_status.tell_status, Call({**WAITING, "wait_timeout": 600}))
    assert problem in result["reason"]


def test_a_context_that_does_not_answer_is_not_waited_for(apis: dict[str, FakeApi]) -> None:
    apis["east"].fail("*")
    result = run(cluster_status.tell_status, Call({**WAITING, "wait_timeout": 600}))
    assert result["reason"].startswith("east unreachable")
