"""`client_config` over clusters that are not there: what it writes, in which order, and what it never does."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from plugins.module_utils._core.objects import Ref
from plugins.module_utils._core.registration import read_secret
from plugins.module_utils._kube import errors
from plugins.module_utils._kube.wait import Patience
from plugins.module_utils._module import candidates as candidates_module
from plugins.module_utils._module.run import Call
from tests.unit.fakes import Clock
from tests.unit.plugins.module_utils._module.client_config_fleet import (
    CONFIGS,
    LIFETIME,
    NAMESPACE,
    NOW,
    REVIEWS,
    SECRETS,
    Fleet,
    actions,
    kinds,
    pod_of,
)


@pytest.fixture
def fleet(tmp_path: Path) -> Fleet:
    return Fleet(tmp_path)


def test_first_registration_of_three(fleet: Fleet) -> None:
    result = fleet.run()
    assert "failed" not in result, result
    assert result["changed"]
    assert actions(result) == ["registered"] * 3
    assert result["operator_restarts"] == 1
    probe = [("create?", "k8ssandraclusters")]
    assert kinds(fleet.hub.writes) == [("apply", "Secret")] * 3 + [("apply", "ClientConfig")] * 3 + probe
    assert kinds(fleet.remotes["east"].writes) == [
        ("apply", "ServiceAccount"),
        ("apply", "Role"),
        ("apply", "RoleBinding"),
        ("create", "token"),
    ]
    assert all(check["ok"] for context in result["contexts"] for check in context["checks"])
    assert {check["check"] for check in result["contexts"][0]["checks"]} >= {"address", "server", "login", "rights"}
    assert any(line.startswith("east: token issued, expires ") for line in fleet.said)


def test_nothing_shows_a_token(fleet: Fleet) -> None:
    shown = json.dumps([fleet.run(), fleet.run(check_mode=True), fleet.said, fleet.warned])
    assert fleet.tokens
    assert not [token for token in fleet.tokens if token in shown or token.split(".")[1] in shown]


def test_again_writes_nothing(fleet: Fleet) -> None:
    fleet.run()
    fleet.forget_calls()
    result = fleet.run()
    assert not result["changed"]
    assert actions(result) == ["unchanged"] * 3
    assert fleet.writes == []
    assert result["operator_restarts"] == 0


@pytest.mark.parametrize(("later", "expected"), [(0.6, "unchanged"), (0.7, "renewed"), (1.1, "renewed")])
def test_renewal(fleet: Fleet, later: float, expected: str) -> None:
    fleet.run("east")
    fleet.forget_calls()
    fleet.now = NOW + later * LIFETIME
    result = fleet.run("east")
    assert actions(result) == [expected]
    writes = [("apply?", "Secret"), ("apply", "Secret"), ("create?", "k8ssandraclusters")] if expected == "renewed" else []
    assert kinds(fleet.hub.writes) == writes


def test_token_that_no_longer_logs_in_is_renewed(fleet: Fleet) -> None:
    fleet.run("east")
    fleet.logins["east"].fail("read", SECRETS, errors.Unauthorized("east", "reading", "Unauthorized"), times=1)
    assert actions(fleet.run("east")) == ["renewed"]


def test_account_that_is_gone_takes_its_token_along(fleet: Fleet) -> None:
    fleet.run("east")
    del fleet.remotes["east"].objects[Ref("v1", "ServiceAccount", NAMESPACE, "k8ssandra-control-plane")]
    assert actions(fleet.run("east")) == ["renewed"]


def test_new_address_keeps_the_token(fleet: Fleet) -> None:
    fleet.run("east")
    result = fleet.run(contexts=[{"name": "east", "server": "https://lb.example", "tls_server_name": "east.example"}])
    assert actions(result) == ["updated"]
    assert fleet.issued == 1
    kept = read_secret(fleet.hub.objects[Ref("v1", "Secret", NAMESPACE, "east-kubeconfig")])
    assert kept.cluster == {"server": "https://lb.example", "tls-server-name": "east.example"}
    assert kept.token == fleet.tokens[0]


@pytest.mark.parametrize(
    ("face", "verb", "on", "error", "check"),
    [
        ("logins", "read", "/version", errors.Unreachable("west", "reading", "certificate verify failed"), "server"),
        ("logins", "read", SECRETS, errors.Unauthorized("west", "reading", "Unauthorized"), "login"),
        ("logins", "read", SECRETS, errors.Forbidden("west", "reading", "Forbidden"), "login"),
        ("logins", "create", REVIEWS, errors.Forbidden("west", "asking", "no"), "rights"),
        ("remotes", "*", None, errors.Unreachable("west", "reading", "no route to host"), "access"),
        ("remotes", "apply", "Role", errors.Forbidden("west", "applying", "may not grant"), "account"),
    ],
)
def test_one_bad_of_three(fleet: Fleet, face: str, verb: str, on: Any, error: errors.ClusterError, check: str) -> None:
    getattr(fleet, face)["west"].fail(verb, on, error)
    result = fleet.run()
    assert result["failed"]
    assert "context west" in result["msg"]
    assert "context east" not in result["msg"]
    assert actions(result) == ["registered", "failed", "registered"]
    assert {"check": check, "ok": False, "found": error.found} in result["contexts"][1]["checks"]
    assert {on.name for verb, on in fleet.hub.writes if isinstance(on, Ref)} == {"east", "east-kubeconfig", "north", "north-kubeconfig"}


def test_missing_right_is_named(fleet: Fleet) -> None:
    def review(body: Mapping[str, Any]) -> dict[str, Any]:
        return {"status": {"allowed": body["spec"]["resourceAttributes"]["resource"] != "pods"}}

    fleet.logins["east"].answers[REVIEWS] = review
    result = fleet.run("east")
    assert "watch pods in namespace k8ssandra-operator" in result["msg"]
    assert fleet.hub.writes == []


def test_unreachable_one_that_is_registered_stays(fleet: Fleet) -> None:
    fleet.run()
    before = {ref: body for ref, body in fleet.hub.objects.items() if ref.kind == "Secret"}
    fleet.remotes["west"].fail("*")
    fleet.logins["west"].fail("*")
    fleet.forget_calls()
    result = fleet.run()
    assert result["failed"]
    assert not result["changed"]
    assert fleet.hub.writes == []
    assert {ref: body for ref, body in fleet.hub.objects.items() if ref.kind == "Secret"} == before


@pytest.mark.parametrize(
    "server", ["https://127.0.0.1:6443", "https://localhost:6443", "https://[::1]:6443", "https://0.0.0.0", "http://a"]
)
def test_useless_address_is_refused(fleet: Fleet, server: str) -> None:
    result = fleet.run(contexts=[{"name": "east", "server": server}])
    assert result["failed"]
    assert server in result["msg"]
    assert "set `server`" in result["msg"]
    assert fleet.writes == []


def test_check_mode_on_empty_clusters(tmp_path: Path) -> None:
    fleet = Fleet(tmp_path, empty=True)
    result = fleet.run(check_mode=True)
    assert "failed" not in result, result
    assert result["changed"]
    assert fleet.writes == []
    objects = [step["object"].split()[0] for step in result["plan"] if step["context"] in ("east", "hub")]
    assert objects == ["ServiceAccount", "Role", "RoleBinding", "TokenRequest", *["Secret"] * 3, *["ClientConfig"] * 3]
    assert all(step["preview"].startswith("not previewed, needs ") for step in result["plan"])


def test_empty_control_plane_is_an_error_before_any_write(tmp_path: Path) -> None:
    fleet = Fleet(tmp_path, empty=True)
    assert "install the operators" in fleet.run()["msg"]
    assert fleet.writes == []


def test_without_operator_it_registers_and_says_so(tmp_path: Path) -> None:
    fleet = Fleet(tmp_path, installed=False)
    result = fleet.run("east")
    assert actions(result) == ["registered"]
    assert "is not there" in fleet.warned[0]


def test_killed_before_the_operator_loaded_it(fleet: Fleet) -> None:
    fleet.run("east")
    config = fleet.hub.objects[CONFIGS.ref("east", NAMESPACE)]
    config["metadata"]["annotations"] = {}
    fleet.forget_calls()
    result = fleet.run("east")
    assert result["failed"]
    assert result["error"]["reason"] == "timed out"
    assert "has not loaded east" in result["msg"]
    assert not result["changed"]
    assert fleet.writes == []


@pytest.mark.parametrize(("timeout", "reason", "seconds"), [(600.0, "cannot succeed", 60.0), (30.0, "timed out", 30.0)])
def test_crashing_operator_ends_the_wait_after_a_minute_and_is_named_before(
    fleet: Fleet, monkeypatch: pytest.MonkeyPatch, timeout: float, reason: str, seconds: float
) -> None:
    clock = Clock()
    monkeypatch.setattr(Call, "patience", Patience(timeout, 5.0, clock.monotonic, clock.sleep))
    fleet.hub.react = lambda verb, on: None
    crash = {
        "state": {"waiting": {"reason": "CrashLoopBackOff"}},
        "lastState": {"terminated": {"exitCode": 1, "reason": "Error", "message": "no such host"}},
    }

    def start(verb: str, on: Any) -> None:
        fleet.hub.put(pod_of(ready=False, restartCount=3, **crash))

    fleet.hub.react = start
    result = fleet.run("east")
    assert (result["error"]["reason"], clock.now) == (reason, seconds)
    assert "no such host" in result["msg"]
    assert result["changed"]
    assert actions(result) == ["registered"]


def test_context_registered_by_somebody_else_is_refused(fleet: Fleet) -> None:
    foreign = {"metadata": {"name": "foreign", "namespace": NAMESPACE}, "spec": {"contextName": "east"}}
    fleet.hub.put({"apiVersion": CONFIGS.api_version, "kind": "ClientConfig", **foreign})
    result = fleet.run("east")
    assert "foreign" in result["msg"]
    assert fleet.writes == []


def test_cluster_scoped_replaces_roles(fleet: Fleet) -> None:
    fleet.run("east")
    result = fleet.run("east", cluster_scoped=True)
    steps = [(step["verb"], step["object"].split()[0]) for step in result["plan"] if step["context"] == "east"]
    assert steps == [("create", "ClusterRole"), ("create", "ClusterRoleBinding"), ("delete", "RoleBinding"), ("delete", "Role")]
    assert actions(result) == ["updated"]


def test_same_context_twice_is_an_error(fleet: Fleet) -> None:
    result = fleet.run("east", "east")
    assert result["error"]["option"] == "contexts[1].name"


def test_representations_hold_no_token(fleet: Fleet) -> None:
    wishes = candidates_module.candidates_of(
        {
            "contexts": [{"name": "east"}],
            "namespace": "n",
            "kubeconfig": str(fleet.kubeconfig),
            "service_account": "a",
            "cluster_scoped": False,
            "token_lifetime": 600,
        }
    )
    wishes[0].token = "secret-token"
    assert "secret-token" not in repr(wishes)


def test_a_context_that_refuses_the_first_write_is_not_changed(fleet: Fleet) -> None:
    fleet.remotes["east"].fail("apply", error=errors.Denied("east", "applying", "no"))
    result = fleet.run("east")
    assert (result["failed"], result["changed"], result["plan"]) == (True, False, [])


def test_a_conflict_over_one_registration_leaves_the_others_alone(fleet: Fleet) -> None:
    fleet.run()
    fleet.now += LIFETIME
    fleet.forget_calls()
    secret = Ref("v1", "Secret", NAMESPACE, "east-kubeconfig")
    fleet.hub.fail("apply?", secret, errors.Conflict("hub", f"previewing {secret}", "data.kubeconfig: conflict with kubectl"))
    result = fleet.run()
    assert {context["name"]: context["action"] for context in result["contexts"]} == {"east": "failed", "west": "renewed", "north": "renewed"}
    assert [ref.name for verb, ref in fleet.hub.writes if verb == "apply"] == ["west-kubeconfig", "north-kubeconfig"]


def test_a_control_plane_that_falls_silent_does_not_hide_what_was_done(fleet: Fleet) -> None:
    fleet.run("east")
    fleet.now += LIFETIME
    fleet.hub.fail("apply?")
    result = fleet.run("east")
    assert (result["error"]["reason"], result["changed"]) == ("unreachable", True)
    assert [step["object"].split()[0] for step in result["plan"]] == ["TokenRequest"]
