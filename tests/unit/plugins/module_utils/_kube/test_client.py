# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The real client over connections that are not there: what it never asks, and whom it never believes."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any

import pytest
import urllib3

from plugins.module_utils._core.kubeconfig import Access
from plugins.module_utils._core.objects import kind_named
from plugins.module_utils._kube import client, errors
from plugins.module_utils._kube.log_in import LogIn
from tests.unit.fakes import Clock

PIN = "the-uid"
KUBECONFIG = {
    "contexts": [{"name": "east", "context": {"cluster": "east", "user": "east"}}],
    "clusters": [{"name": "east", "cluster": {"server": "https://east.example:6443"}}],
    "users": [{"name": "east", "user": {"token": "t"}}],
}
KUBE_SYSTEM = "/api/v1/namespaces/kube-system"
CLUSTERS = kind_named("K8ssandraCluster")


SILENCE = 0


class Server:
    """Answers each request with the next of the answers for its path, the last one again and again."""

    def __init__(self, answers: Mapping[str, list[tuple[int, Any]]]) -> None:
        self.answers = answers
        self.asked: list[str] = []
        self.sent: list[Any] = []

    def request(self, method: str, url: str, **more: Any) -> SimpleNamespace:
        path = url.removeprefix("https://east.example:6443").partition("?")[0]
        self.asked.append(f"{method} {path}")
        self.sent.append(json.loads(more["body"]) if more.get("body") else None)
        waiting = self.answers.get(path, [(200, {})])
        status, body = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        if status == SILENCE:
            raise urllib3.exceptions.ProtocolError("connection reset by peer")
        return SimpleNamespace(status=status, data=body if isinstance(body, bytes) else json.dumps(body).encode(), headers={})

    def clear(self) -> None:
        """Nothing is open."""


def _refused(status: int) -> tuple[int, dict[str, Any]]:
    return status, {"kind": "Status", "message": "no"}


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[client.Client, Server]]:
    def open_client(answers: Mapping[str, list[tuple[int, Any]]], pin: str = "", patience: float = 0.0) -> tuple[client.Client, Server]:
        server = Server(answers)
        nobody = SimpleNamespace(get_api_key_with_prefix=lambda *names: "", username="")
        monkeypatch.setattr(client, "log_in", lambda access: LogIn(nobody, server))
        return client.Client(Access("east", "east", KUBECONFIG, cluster_uid=pin), patience=patience, sleep=lambda seconds: None), server

    return open_client


@pytest.mark.parametrize("name", ["", ".", ".."])
@pytest.mark.parametrize("verb", ["get", "delete"])
def test_an_object_without_a_name_is_not_all_objects_of_its_kind(opened: Any, verb: str, name: str) -> None:
    api, server = opened({})
    with pytest.raises(errors.Invalid, match="is no name"):
        getattr(api, verb)(CLUSTERS.ref(name, "here"))
    assert not server.asked


def test_the_pin_is_asked_for_once_and_first(opened: Any) -> None:
    api, server = opened({KUBE_SYSTEM: [(200, {"metadata": {"uid": PIN}})]}, PIN)
    api.read("/version")
    api.read("/version")
    assert server.asked == [f"GET {KUBE_SYSTEM}", "GET /version", "GET /version"]


@pytest.mark.parametrize("first", [_refused(503), _refused(401), _refused(403)], ids=["away", "unauthorized", "forbidden"])
def test_a_pin_that_could_not_be_compared_is_not_taken_as_right(opened: Any, first: tuple[int, Any]) -> None:
    api, server = opened({KUBE_SYSTEM: [first, (200, {"metadata": {"uid": "another"}})]}, PIN)
    with pytest.raises(errors.ClusterError):
        api.read("/version")
    with pytest.raises(errors.WrongCluster, match="is another"):
        api.delete(CLUSTERS.ref("demo", "here"))
    assert set(server.asked) == {f"GET {KUBE_SYSTEM}"}


def test_a_pin_that_may_not_be_read_is_a_wrong_cluster(opened: Any) -> None:
    api = opened({KUBE_SYSTEM: [_refused(403)]}, PIN)[0]
    with pytest.raises(errors.WrongCluster, match="cannot be read.*grant the right"):
        api.read("/version")


OVERTAKEN = (409, {"kind": "Status", "reason": "Conflict", "message": "the object has been modified"})
OWNED = (409, {**OVERTAKEN[1], "details": {"causes": [{"field": ".spec", "message": "conflict with kubectl"}]}})


@pytest.mark.parametrize("first", [_refused(429), _refused(503), OVERTAKEN], ids=["too many", "away", "another writer"])
def test_an_apply_is_repeated_after_what_passes(opened: Any, first: tuple[int, Any]) -> None:
    ref = CLUSTERS.ref("demo", "here")
    api, server = opened({CLUSTERS.path("here", "demo"): [first, first, (200, {"kind": "K8ssandraCluster"})]}, patience=60.0)
    assert api.apply({"apiVersion": ref.api_version, "kind": ref.kind, "metadata": {"name": "demo", "namespace": "here"}})
    assert len(server.asked) == 3


def test_an_apply_to_one_version_is_not_repeated_when_there_is_another(opened: Any) -> None:
    api, server = opened({CLUSTERS.path("here", "demo"): [OVERTAKEN, (200, {})]}, patience=60.0)
    metadata = {"name": "demo", "namespace": "here", "resourceVersion": "7"}
    with pytest.raises(errors.Overtaken):
        api.apply({"apiVersion": "k8ssandra.io/v1alpha1", "kind": "K8ssandraCluster", "metadata": metadata}, force=True)
    assert len(server.asked) == 1


@pytest.mark.parametrize("answer", [OWNED, _refused(403), _refused(422)], ids=["owned", "forbidden", "invalid"])
def test_an_apply_is_not_repeated_after_a_no(opened: Any, answer: tuple[int, Any]) -> None:
    api, server = opened({CLUSTERS.path("here", "demo"): [answer]}, patience=60.0)
    with pytest.raises(errors.ClusterError):
        api.apply({"apiVersion": "k8ssandra.io/v1alpha1", "kind": "K8ssandraCluster", "metadata": {"name": "demo", "namespace": "here"}})
    assert len(server.asked) == 1


@pytest.mark.parametrize("away", [(SILENCE, {}), (502, b"<html>")], ids=["silence", "not forwarded"])
@pytest.mark.parametrize(("seconds", "asked"), [(9.0, 3), (10.0, 2)], ids=["just back", "back for a while"])
def test_a_refusal_by_an_api_server_that_is_just_back_is_no_no(
    monkeypatch: pytest.MonkeyPatch, opened: Any, away: tuple[int, Any], seconds: float, asked: int
) -> None:
    api, server = opened({"/version": [away, _refused(403), (200, {})]}, patience=60.0)
    moments = iter([0.0, 0.0, 0.0, seconds, seconds, seconds])
    monkeypatch.setattr(api, "_clock", lambda: next(moments))
    try:
        api.read("/version")
    except errors.Forbidden:
        pass
    assert len(server.asked) == asked


NOT_SERVED = (404, b"404 page not found")


def test_a_kind_that_an_api_server_does_not_know_yet_is_not_taken_for_one_without_objects(opened: Any) -> None:
    api, server = opened({CLUSTERS.path(): [(SILENCE, {}), NOT_SERVED, (200, {"items": [{}]})]}, patience=60.0)
    assert len(api.list(CLUSTERS) or ()) == 1
    server.answers[CLUSTERS.path()] = [NOT_SERVED]
    api._silent = -client._STARTING
    assert api.list(CLUSTERS) is None


def test_a_post_that_an_api_server_refused_as_it_came_back_is_repeated(opened: Any) -> None:
    api, server = opened({"/issuers": [(SILENCE, {}), _refused(403), (200, {"kind": "Issuer"})]}, patience=60.0)
    with pytest.raises(errors.Unreachable):
        api.create("/issuers", {"kind": "Issuer"})
    assert api.create("/issuers", {"kind": "Issuer"})
    assert len(server.asked) == 3


def test_who_answers_again_gets_the_whole_time(monkeypatch: pytest.MonkeyPatch, opened: Any) -> None:
    clock = Clock()
    began = clock.monotonic()
    api, server = opened({"/version": [(SILENCE, {})]}, patience=15.0)
    monkeypatch.setattr(api, "_clock", clock.monotonic)

    def sleep(seconds: float) -> None:
        clock.sleep(seconds)
        # Silent for 12 seconds, then without its webhook for 12 more.
        gone = clock.monotonic() - began
        server.answers["/version"] = [(SILENCE, {}) if gone < 12 else _refused(500) if gone < 24 else (200, {"major": "1"})]

    monkeypatch.setattr(api, "_sleep", sleep)
    assert api.read("/version")
    assert clock.monotonic() - began < 27


TIMED_OUT = (504, {"kind": "Status", "reason": "Timeout", "message": "Timeout: request did not complete"})
DEMO = {"apiVersion": CLUSTERS.api_version, "kind": CLUSTERS.kind, "metadata": {"name": "demo", "namespace": "here"}}
WAYS: dict[str, tuple[Callable[[client.Client], Any], bool]] = {
    "an apply": (lambda api: api.apply(DEMO), True),
    "a removal": (lambda api: api.delete(CLUSTERS.ref("demo", "here")), True),
    "a preview": (lambda api: api.apply(DEMO, dry_run=True), False),
    "a read": (lambda api: api.get(CLUSTERS.ref("demo", "here")), False),
}


@pytest.mark.parametrize("last", [_refused(500), _refused(422)], ids=["unavailable", "invalid"])
@pytest.mark.parametrize("first", [TIMED_OUT, (502, b"<html>"), (SILENCE, {})], ids=["timed out", "not forwarded", "silence"])
@pytest.mark.parametrize(("ask", "unknown"), WAYS.values(), ids=WAYS)
def test_what_was_asked_again_keeps_what_is_unknown_of_it(
    monkeypatch: pytest.MonkeyPatch, opened: Any, ask: Any, unknown: bool, first: tuple[int, Any], last: tuple[int, Any]
) -> None:
    clock = Clock()
    api = opened({CLUSTERS.path("here", "demo"): [first, last]}, patience=5.0)[0]
    monkeypatch.setattr(api, "_clock", clock.monotonic)
    monkeypatch.setattr(api, "_sleep", clock.sleep)
    with pytest.raises(errors.ClusterError) as caught:
        ask(api)
    assert caught.value.outcome_unknown is unknown


def test_a_write_that_was_refused_each_time_was_not_carried_out(opened: Any) -> None:
    api = opened({CLUSTERS.path("here", "demo"): [_refused(500), _refused(422)]}, patience=60.0)[0]
    with pytest.raises(errors.Invalid) as caught:
        api.apply(DEMO)
    assert not caught.value.outcome_unknown


def test_a_removal_takes_dependents_along_unless_the_object_goes_alone(opened: Any) -> None:
    api, server = opened({})
    api.delete(CLUSTERS.ref("demo", "here"))
    api.delete(CLUSTERS.ref("demo", "here"), alone="17")
    assert [(sent["propagationPolicy"], sent.get("preconditions")) for sent in server.sent] == [("Background", None), ("Orphan", {"resourceVersion": "17"})]


def test_a_status_is_patched_at_its_own_path(opened: Any) -> None:
    api, server = opened({})
    api.merge(CLUSTERS.ref("demo", "here"), {"status": {}}, subresource="status")
    assert server.asked == [f"PATCH {CLUSTERS.path('here', 'demo')}/status"]
