"""Trying ways and storage by pods: whatever happens, nothing of it is left."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from plugins.module_utils._core.objects import Ref
from plugins.module_utils._kube import errors, probe_leftovers
from plugins.module_utils._kube.probing import Site, Trial, try_ways
from tests.unit.fakes import FakeApi

TRIAL = Trial("image", "", 0.3, (7000, 8080))


def _kubelet(api: FakeApi) -> None:
    """Runs pods at once: a listener gets an address, the others end; the prober finds all ways open."""

    def react(verb: str, on: Any) -> None:
        if verb != "apply" or not isinstance(on, Ref) or on.kind != "Pod":
            return
        ended = {"containerStatuses": [{"state": {"terminated": {"message": "0 7000 open\n0 8080 open\n1 7000 open\n1 8080 timed out\n"}}}]}
        running = {"phase": "Running", "podIP": f"10.0.0.{len(api.context)}"}
        api.objects[on]["status"] = running if on.name.startswith("listener") else ended

    api.react = react


def _apis(*contexts: str) -> list[FakeApi]:
    apis = [FakeApi(context) for context in contexts]
    for api in apis:
        _kubelet(api)
    return apis


def _try(apis: list[FakeApi], trial: Trial = TRIAL, said: list[str] | None = None) -> dict[str, Any]:
    warned = said if said is not None else []
    return try_ways([Site(api, {"standard": ["ReadWriteOnce"]}) for api in apis], trial, lambda line: None, warned.append)


def test_ways_and_storage_are_tried_and_nothing_is_left() -> None:
    apis = _apis("hub", "east")
    found = _try(apis)
    assert [(way.target, way.port, way.result) for way in found["hub"].routes] == [
        ("hub", 7000, "open"), ("hub", 8080, "open"), ("east", 7000, "open"), ("east", 8080, "timed out"),
    ]  # fmt: skip
    assert found["east"].bindings == {"standard": ""}
    assert not any(api.objects for api in apis)


def test_a_namespace_that_was_there_is_left_as_it_is() -> None:
    (api,) = _apis("hub")
    api.put({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "mine"}})
    _try([api], Trial("image", "mine", 0.3, (7000,)))
    assert [str(ref) for ref in api.objects] == ["Namespace mine"]


def test_a_context_whose_pods_do_not_come_up_does_not_keep_the_others() -> None:
    hub, east = _apis("hub", "east")
    east.react = lambda verb, on: None
    found = _try([hub, east])
    assert "the listener is not there" in found["east"].trouble or "listener" in found["east"].trouble
    assert {way.target for way in found["hub"].routes} == {"hub"}
    assert not hub.objects
    assert not east.objects


def test_what_may_not_be_made_is_trouble_and_what_cannot_be_removed_is_told() -> None:
    hub, east = _apis("hub", "east")
    hub.fail("apply", "Namespace", errors.Forbidden("hub", "applying", "you may not make namespaces"))
    east.fail("delete", None, errors.Unreachable("east", "removing", "no route"))
    said: list[str] = []
    found = _try([hub, east], said=said)
    assert found["hub"].trouble == "you may not make namespaces"
    assert len(said) == 5
    assert all("no route" in line for line in said)


def _left(run: str, made: str = "2026-01-01T00:00:00Z") -> dict[str, Any]:
    labels = {"k8ssandra.operator/probe": "preflight", "k8ssandra.operator/probe-run": run}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": f"left-{run}", "labels": labels, "creationTimestamp": made}}


@pytest.mark.parametrize(
    ("run", "made", "goes"),
    [
        (f"{probe_leftovers.this_machine()}-999999999-a", "2099-01-01T00:00:00Z", True),
        (f"{probe_leftovers.this_machine()}-{os.getpid()}-a", "2020-01-01T00:00:00Z", False),
        ("other1-7-a", "2020-01-01T00:00:00Z", True),
        ("other1-7-a", "2099-01-01T00:00:00Z", False),
    ],
    ids=["its process is gone", "its process is there", "old and of another machine", "new and of another machine"],
)
def test_what_a_killed_run_left_is_removed(run: str, made: str, goes: bool) -> None:
    (api,) = _apis("hub")
    api.put(_left(run, made))
    _try([api])
    assert bool(api.objects) is not goes


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="only Linux tells")
def test_a_killed_run_that_nobody_has_asked_about_is_gone() -> None:
    (api,) = _apis("hub")
    with subprocess.Popen(["sleep", "60"]) as killed:
        api.put(_left(f"{probe_leftovers.this_machine()}-{killed.pid}-a"))
        killed.kill()
        while not Path(f"/proc/{killed.pid}/stat").read_text().rpartition(")")[2].startswith(" Z"):
            time.sleep(0.01)
        _try([api])
    assert not api.objects


def test_a_run_that_is_told_to_end_removes_its_pods_and_then_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    (api,) = _apis("hub")
    told: list[int] = []
    before = signal.signal(signal.SIGTERM, lambda number, frame: told.append(number))
    api.react = lambda verb, on: os.kill(os.getpid(), signal.SIGTERM) if verb == "apply" else None
    try:
        found = _try([api], Trial("image", "", 30.0, (7000,)))
    finally:
        signal.signal(signal.SIGTERM, before)
    assert found["hub"].trouble == "the run was told to end"
    assert told == [signal.SIGTERM]
    assert not api.objects
