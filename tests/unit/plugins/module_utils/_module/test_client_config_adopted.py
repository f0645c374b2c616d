"""`client_config` and registrations that somebody else made: proven, never written to, taken over when asked."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from plugins.module_utils._core.hashes import RESOURCE_HASH, SECRET_HASH, client_config_hash, secret_hash
from plugins.module_utils._core.objects import Ref, kind_named
from plugins.module_utils._kube import errors
from tests.unit.fakes import jwt
from tests.unit.plugins.module_utils._module.client_config_fleet import CONFIGS, NAMESPACE, SECRETS, Fleet, actions

ACCOUNT = "system:serviceaccount:k8ssandra-operator:k8ssandra-operator"
LEGACY = {"sub": ACCOUNT, "kubernetes.io/serviceaccount/service-account.uid": "uid-east"}
BOUND = {"sub": ACCOUNT, "exp": 2_000_000.0, "kubernetes.io": {"serviceaccount": {"uid": "uid-east"}}}
EAST = {"name": "east", "credential": "adopted"}


def scripted(token: str, *, context: str = "east", cluster: Mapping[str, Any] | None = None, user: Mapping[str, Any] | None = None) -> str:
    """A kubeconfig as upstream's create-clientconfig.sh writes it: names of its own."""
    return json.dumps({
        "contexts": [{"name": context, "context": {"cluster": "c", "user": "u"}}],
        "clusters": [{"name": "c", "cluster": {"server": "https://east.example:6443", **(cluster or {})}}],
        "users": [{"name": "u", "user": {"token": token, **(user or {})}}],
    })  # fmt: skip


def register(fleet: Fleet, text: str, name: str = "east", secret: str = "east-config", uid: str = "uid-east") -> None:
    """What the script leaves behind, loaded by the operator."""
    data = {"kubeconfig": base64.b64encode(text.encode()).decode()}
    spec = {"contextName": "east", "kubeConfigSecret": {"name": secret}}
    hashes = {RESOURCE_HASH: client_config_hash(spec), SECRET_HASH: secret_hash(data)}
    metadata = {"name": name, "namespace": NAMESPACE, "annotations": hashes}
    fleet.hub.put({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": secret, "namespace": NAMESPACE}, "data": data})
    fleet.hub.put({"apiVersion": CONFIGS.api_version, "kind": "ClientConfig", "metadata": metadata, "spec": spec})
    account = {"name": "k8ssandra-operator", "namespace": NAMESPACE, "uid": uid}
    fleet.remotes["east"].put({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": account})


@pytest.fixture
def fleet(tmp_path: Path) -> Fleet:
    return Fleet(tmp_path)


@pytest.mark.parametrize(("claims", "lasts"), [(LEGACY, "for ever"), (BOUND, "until 1970-01-24")])
@pytest.mark.parametrize("name", ["east", "kind-east"])
def test_adopted_is_proven_and_left_alone(fleet: Fleet, claims: dict[str, Any], lasts: str, name: str) -> None:
    register(fleet, scripted(jwt(**claims)), name)
    result = fleet.run(contexts=[EAST])
    assert "failed" not in result, result
    assert not result["changed"]
    assert fleet.writes == []
    (east,) = result["contexts"]
    assert (east["action"], east["credential"], east["client_config"], east["secret"]) == ("unchanged", "adopted", name, "east-config")
    assert {check["check"]: check["ok"] for check in east["checks"]} == dict.fromkeys(
        ("address", "access", "server", "login", "credential"), True
    )
    assert lasts in east["checks"][-1]["found"]
    assert jwt(**claims) not in json.dumps(result)


@pytest.mark.parametrize(
    ("text", "uid", "found"),
    [
        (scripted(jwt(**LEGACY)), "uid-west", "with UID uid-east and not uid-west"),
        (scripted(jwt(**LEGACY), context="other"), "uid-east", "has no context 'east'"),
        (scripted("", user={"exec": {"command": "sh"}}), "uid-east", "its user says exec"),
        (scripted("", user={"tokenFile": "/etc/shadow"}), "uid-east", "its user says tokenFile"),
        (scripted("t", cluster={"certificate-authority": "/etc/ca"}), "uid-east", "its cluster says certificate-authority"),
        ("{", "uid-east", "is not YAML"),
        ("", "uid-east", "is missing or holds no kubeconfig"),
    ],
)
def test_adopted_that_is_not_what_it_should_be(fleet: Fleet, text: str, uid: str, found: str) -> None:
    register(fleet, text, uid=uid)
    result = fleet.run(contexts=[EAST])
    assert result["failed"]
    assert found in result["msg"]
    assert fleet.writes == []


def test_adopted_whose_account_is_gone(fleet: Fleet) -> None:
    register(fleet, scripted(jwt(**LEGACY)))
    fleet.remotes["east"].remove(Ref("v1", "ServiceAccount", NAMESPACE, "k8ssandra-operator"))
    assert "which this cluster does not have" in fleet.run(contexts=[EAST])["msg"]


def test_adopted_that_no_longer_logs_in(fleet: Fleet) -> None:
    register(fleet, scripted(jwt(**LEGACY)))
    fleet.logins["east"].fail("read", SECRETS, errors.Unauthorized("east", "reading", "Unauthorized"))
    result = fleet.run(contexts=[EAST])
    assert {"check": "login", "ok": False, "found": "Unauthorized"} in result["contexts"][0]["checks"]
    assert fleet.writes == []


def test_adopted_that_is_not_there(fleet: Fleet) -> None:
    result = fleet.run(contexts=[EAST, {"name": "west"}])
    assert "no ClientConfig of the control plane registers this context" in result["msg"]
    assert actions(result) == ["failed", "registered"]


def test_adopted_twice(fleet: Fleet) -> None:
    register(fleet, scripted(jwt(**LEGACY)))
    register(fleet, scripted(jwt(**LEGACY)), "kind-east")
    assert "ClientConfig k8ssandra-operator/kind-east of the control plane registers this context" in fleet.run(contexts=[EAST])["msg"]


def test_doubtful_address_of_an_adopted_one_is_a_warning(fleet: Fleet) -> None:
    register(fleet, scripted(jwt(**LEGACY), cluster={"insecure-skip-tls-verify": True}))
    result = fleet.run(contexts=[EAST])
    assert "failed" not in result, result
    assert any("turns off the verification" in warning for warning in fleet.warned)


def test_adopted_becomes_managed_in_place_with_one_restart(fleet: Fleet) -> None:
    register(fleet, scripted(jwt(**LEGACY)), "kind-east")
    managed = {"name": "east", "client_config": "kind-east"}
    foretold = fleet.run(contexts=[managed], check_mode=True, force_conflicts=True)
    result = fleet.run(contexts=[managed], force_conflicts=True)
    assert "failed" not in result, result
    assert result["operator_restarts"] == 1
    hub = [(step["verb"], step["object"]) for step in result["plan"] if step["context"] == "hub"]
    assert hub == [
        ("create", "Secret k8ssandra-operator/kind-east-kubeconfig"),
        ("update", "ClientConfig k8ssandra-operator/kind-east"),
        ("delete", "Secret k8ssandra-operator/east-config"),
    ]
    assert foretold["plan"] == result["plan"]
    assert fleet.hub.writes[-1] == ("delete", Ref("v1", "Secret", NAMESPACE, "east-config"))
    fleet.forget_calls()
    assert not fleet.run(contexts=[managed])["changed"]
    assert fleet.writes == []


def test_one_of_somebody_elses_is_not_taken_over_unasked(fleet: Fleet) -> None:
    register(fleet, scripted(jwt(**LEGACY)))
    for check_mode in (True, False):
        result = fleet.run("east", "west", check_mode=check_mode)
        assert "registers this context already, made by somebody else, with east-config; leave it with `credential`" in result["msg"]
        assert actions(result) == ["failed", "registered"]
    assert fleet.remotes["east"].writes == []


def test_a_secret_that_another_client_config_names_stays(fleet: Fleet) -> None:
    register(fleet, scripted(jwt(**LEGACY)))
    other = {"contextName": "north", "kubeConfigSecret": {"name": "east-config"}}
    fleet.hub.put({"apiVersion": CONFIGS.api_version, "kind": "ClientConfig", "metadata": {"name": "n", "namespace": NAMESPACE}, "spec": other})
    for options in ({"contexts": [{"name": "east"}], "force_conflicts": True}, {"contexts": [EAST], "state": "absent", "wait": False}):
        assert "failed" not in fleet.run(**options)
        assert Ref("v1", "Secret", NAMESPACE, "east-config") in fleet.hub.objects


def test_absent_of_an_adopted_one_keeps_the_account(fleet: Fleet) -> None:
    register(fleet, scripted(jwt(**LEGACY)), "kind-east")
    fleet.hub.react = lambda verb, on: None
    result = fleet.run(contexts=[EAST], state="absent", wait=False)
    assert actions(result) == ["removed"]
    assert [on for verb, on in fleet.writes] == [
        kind_named("ClientConfig").ref("kind-east", NAMESPACE), kind_named("Secret").ref("east-config", NAMESPACE)
    ]  # fmt: skip
    assert not fleet.run(contexts=[EAST], state="absent", wait=False)["changed"]
