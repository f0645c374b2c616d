"""The end of a wait for a cluster whose operators were upgraded: updates that are held back, and the time to find them."""

from __future__ import annotations

from typing import Any

import pytest

from plugins.module_utils._core.plan import Plan
from plugins.module_utils._core.readings import ClusterReading, ContextReading
from plugins.module_utils._core.times import written
from plugins.module_utils._kube.errors import Hopeless, TimedOut
from plugins.module_utils._module import awaiting
from plugins.module_utils._module.run import Call
from tests.unit import build

NOW = 1_790_000_000.0


class Clock:
    """Each look at it takes a second."""

    def __init__(self) -> None:
        self.passed = 0.0

    def time(self) -> float:
        self.passed += 1
        return NOW + self.passed

    monotonic = time


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    found = Clock()
    monkeypatch.setattr(awaiting, "time", found)
    return found


def _call(**more: Any) -> Call:
    return Call({"wait": True, "wait_timeout": 5, "wait_sleep": 0, "apply_updates": "never", **more})


def _reading(*, held: bool = False, of_datacenter: bool = False, ready: bool = True, rolled_out: float = 0.0) -> ClusterReading:
    conditions = build.conditions(CassandraInitialized=True, RequiresUpdate=held)
    operator = build.operator(control_plane=True)
    progressing = {"type": "Progressing", "status": "True", "lastUpdateTime": written(NOW - rolled_out)}
    operator["status"]["conditions"] = [progressing] if rolled_out else []
    datacenter = build.datacenter("dc1", ready=ready)
    datacenter["status"]["conditions"] += build.conditions(RequiresUpdate=of_datacenter)
    objects = {"CassandraDatacenter": (datacenter,), "Pod": (build.pod("dc1"),), "Deployment": (operator,)}
    hub = ContextReading("hub", control_plane=True, objects=objects)
    cluster = build.cluster(build.template("dc1", ""), status={"conditions": conditions})
    return ClusterReading("demo", build.NAMESPACE, hub, cluster)


def _await(call: Call, reading: ClusterReading) -> dict[str, Any]:
    return awaiting.await_ready(call, Plan(), lambda **more: reading, reading)


@pytest.mark.parametrize("held", [{"held": True}, {"of_datacenter": True}], ids=["of the cluster", "of a datacenter"])
def test_an_update_that_is_held_back_ends_the_wait_well_and_is_listed(held: dict[str, bool]) -> None:
    status = _await(_call(), _reading(**held))
    assert not status["ready"]
    assert len(status["held_updates"]) == 1
    assert "has to be allowed to" in status["held_updates"][0]


def test_whoever_asked_for_the_updates_is_told_that_they_are_still_held_back() -> None:
    with pytest.raises(Hopeless):
        _await(_call(apply_updates="once"), _reading(held=True))


def test_an_operator_that_has_used_the_leave_up_may_say_a_moment_later_that_it_needs_none() -> None:
    moments = [_reading(held=True), _reading(), _reading()]
    status = awaiting.await_ready(_call(apply_updates="once"), Plan(), lambda **more: moments.pop(0), _reading(ready=False))
    assert status["ready"]
    assert not moments


def test_what_else_is_not_ready_is_waited_for() -> None:
    with pytest.raises(TimedOut):
        _await(_call(wait_timeout=0), _reading(held=True, ready=False))


def test_an_operator_that_was_just_rolled_out_gets_the_time_to_look(clock: Clock) -> None:
    assert _await(_call(), _reading(rolled_out=10.0))["ready"]
    assert clock.passed >= 20.0


def test_an_operator_that_has_been_there_for_long_costs_no_time(clock: Clock) -> None:
    assert _await(_call(), _reading(rolled_out=300.0))["ready"]
    assert clock.passed < 5.0
