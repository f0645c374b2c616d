"""`client_config` over clusters that are not there: what it writes, in which order, and what it never does."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from plugins.module_utils._core.hashes import RESOURCE_HASH, SECRET_HASH, client_config_hash, secret_hash
from plugins.module_utils._core.kubeconfig import Access
from plugins.module_utils._core.objects import Ref, kind_named
from plugins.module_utils._core.registration import read_secret
from plugins.module_utils._kube import errors
from plugins.module_utils._kube.wait import Patience
from plugins.module_utils._module import candidates as candidates_module
from plugins.module_utils._module.client_config import CLIENT_CONFIG, keep_client_configs
from plugins.module_utils._module.run import Call, run
from tests.unit.fakes import FakeApi, jwt

NAMESPACE = "k8ssandra-operator"
NOW = 1_000_000.0
LIFETIME = 900
NAMES = ("east", "west", "north")
SECRETS, CONFIGS = f"/api/v1/namespaces/{NAMESPACE}/secrets", kind_named("ClientConfig")
REVIEWS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
SUBJECT = f"system:serviceaccount:{NAMESPACE}:k8ssandra-control-plane"


class Fleet:
    """A control plane whose operator loads client configs at once, and remote clusters; each remote has two faces.

    `remotes` is what the kubeconfig given reaches; `logins` is what the operator's token reaches.
    """

    def __init__(self, folder: Path, *, installed: bool = True, empty: bool = False) -> None:
        self.now = NOW
        self.issued = 0
        self.tokens: list[str] = []
        self.said: list[str] = []
        self.warned: list[str] = []
        namespace = () if empty else ({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}},)
        operator = (_deployment(), _pod()) if installed and not empty else ()
        kinds = ("ClientConfig", "K8ssandraCluster", "ReplicatedSecret", "K8ssandraTask")
        self.hub = FakeApi("hub", [*namespace, *operator], without=kinds if empty else ())
        self.hub.react = self._load
        token = f"/api/v1/namespaces/{NAMESPACE}/serviceaccounts/k8ssandra-control-plane/token"
        self.remotes = {name: FakeApi(name, namespace, answers={token: self._issue}) for name in NAMES}
        self.logins = {
            name: FakeApi(name, answers={SECRETS: {}, "/api/v1/secrets": {}, REVIEWS: {"status": {"allowed": True}}}) for name in NAMES
        }
        self.kubeconfig = folder / "kubeconfig"
        self.kubeconfig.write_text(json.dumps(_kubeconfig()))

    @contextmanager
    def connect(self, access: Access) -> Iterator[FakeApi]:
        user = access.kubeconfig["users"][0]["user"]
        if access.name == "hub":
            yield self.hub
        else:
            yield (self.remotes if user.get("admin") else self.logins)[access.name]

    def run(self, *names: str, check_mode: bool = False, **options: Any) -> dict[str, Any]:
        defaults = {name: spec.get("default") for name, spec in CLIENT_CONFIG.argument_spec.items()}
        contexts = options.pop("contexts", [{"name": name} for name in names or NAMES])
        parameters = {**defaults, "kubeconfig": str(self.kubeconfig), "context": "hub", "wait_sleep": 0, "wait_timeout": 0, **options}
        call = Call({**parameters, "contexts": contexts}, check_mode, self.said.append, self.warned.append)
        return run(lambda call: keep_client_configs(call, self.connect, lambda: self.now, Patience(0.0, 1.0)), call)

    def forget_calls(self) -> None:
        for api in (self.hub, *self.remotes.values(), *self.logins.values()):
            api.calls.clear()

    @property
    def writes(self) -> list[Any]:
        return [call for api in (self.hub, *self.remotes.values(), *self.logins.values()) for call in api.writes]

    def _issue(self, body: Mapping[str, Any]) -> dict[str, Any]:
        self.issued += 1
        lifetime = min(body["spec"]["expirationSeconds"], LIFETIME)
        self.tokens.append(jwt(sub=SUBJECT, iat=self.now, exp=self.now + lifetime, jti=self.issued))
        return {"status": {"token": self.tokens[-1]}}

    def _load(self, verb: str, on: Any) -> None:
        """Plays the operator: each change of a client config is loaded, at the price of one restart in all."""
        if not isinstance(on, Ref) or on.kind not in ("ClientConfig", "Secret"):
            return
        for ref, body in self.hub.objects.items():
            if ref.kind == "ClientConfig":
                secret = self.hub.objects[Ref("v1", "Secret", ref.namespace, body["spec"]["kubeConfigSecret"]["name"])]
                hashes = {RESOURCE_HASH: client_config_hash(body["spec"]), SECRET_HASH: secret_hash(secret["data"])}
                body["metadata"]["annotations"] = hashes
        for ref, body in self.hub.objects.items():
            if ref.kind == "Pod":
                body["status"]["containerStatuses"][0]["restartCount"] = 1


def _kubeconfig() -> dict[str, Any]:
    names = ("hub", *NAMES)
    return {
        "contexts": [{"name": name, "context": {"cluster": name, "user": "admin"}} for name in names],
        "clusters": [{"name": name, "cluster": {"server": f"https://{name}.example:6443"}} for name in names],
        "users": [{"name": "admin", "user": {"admin": True}}],
    }


def _deployment() -> dict[str, Any]:
    env = [{"name": "K8SSANDRA_CONTROL_PLANE", "value": "true"}]
    spec = {"replicas": 1, "selector": {"matchLabels": {"app": "operator"}}, "template": {"spec": {"containers": [{"env": env}]}}}
    status = {"observedGeneration": 1, "conditions": [{"type": "Available", "status": "True"}]}
    metadata = {"name": "k8ssandra-operator", "namespace": NAMESPACE}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": spec, "status": status}


def _pod(**status: Any) -> dict[str, Any]:
    metadata = {"name": "operator-0", "namespace": NAMESPACE, "uid": "pod", "labels": {"app": "operator"}}
    statuses = [{"ready": True, "restartCount": 0, **status}]
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "status": {"containerStatuses": statuses}}


@pytest.fixture
def fleet(tmp_path: Path) -> Fleet:
    return Fleet(tmp_path)


def actions(result: Mapping[str, Any]) -> list[str]:
    return [context["action"] for context in result["contexts"]]


def kinds(calls: list[Any]) -> list[tuple[str, str]]:
    return [(verb, on.kind if isinstance(on, Ref) else on.rpartition("/")[2]) for verb, on in calls]


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


def test_crashing_operator_ends_the_wait(fleet: Fleet) -> None:
    fleet.hub.react = lambda verb, on: None
    crash = {
        "state": {"waiting": {"reason": "CrashLoopBackOff"}},
        "lastState": {"terminated": {"exitCode": 1, "reason": "Error", "message": "no such host"}},
    }

    def start(verb: str, on: Any) -> None:
        fleet.hub.put(_pod(ready=False, restartCount=3, **crash))

    fleet.hub.react = start
    result = fleet.run("east", wait_timeout=600)
    assert result["error"]["reason"] == "cannot succeed"
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


def test_absent_in_order(fleet: Fleet) -> None:
    fleet.run()
    fleet.forget_calls()
    fleet.hub.react = lambda verb, on: fleet.hub.put(_pod(restartCount=2))
    result = fleet.run("east", "west", state="absent")
    assert "failed" not in result, result
    assert actions(result) == ["removed"] * 2
    assert kinds(fleet.hub.writes) == [("delete", "ClientConfig")] * 2 + [("delete", "Secret")] * 2
    assert kinds(fleet.remotes["east"].writes) == [("delete", "RoleBinding"), ("delete", "Role"), ("delete", "ServiceAccount")]
    assert fleet.remotes["north"].writes == []
    fleet.forget_calls()
    assert not fleet.run("east", "west", state="absent")["changed"]
    assert fleet.writes == []


USERS = {
    "K8ssandraCluster": {"spec": {"cassandra": {"datacenters": [{"k8sContext": "east"}]}}},
    "K8ssandraCluster ": {"status": {"datacenters": {"dc1": {"contextName": "east"}}}},
    "ReplicatedSecret": {"spec": {"replicationTargets": [{"k8sContextName": "east"}]}},
}


@pytest.mark.parametrize("kind", USERS)
def test_absent_is_refused_while_in_use(fleet: Fleet, kind: str) -> None:
    fleet.run()
    name = kind.strip()
    fleet.hub.put(
        {"apiVersion": kind_named(name).api_version, "kind": name, "metadata": {"name": "demo", "namespace": "ns"}, **USERS[kind]}
    )
    fleet.forget_calls()
    result = fleet.run(state="absent")
    assert f"{name} ns/demo" in result["msg"]
    assert fleet.writes == []


def test_a_dry_run_of_absent_foretells_it_and_warns_of_the_use(fleet: Fleet) -> None:
    fleet.run()
    cluster = {"kind": "K8ssandraCluster", "metadata": {"name": "demo", "namespace": "ns"}, **USERS["K8ssandraCluster"]}
    fleet.hub.put({"apiVersion": kind_named("K8ssandraCluster").api_version, **cluster})
    fleet.forget_calls()
    result = fleet.run(state="absent", check_mode=True)
    assert result["changed"]
    assert any("K8ssandraCluster ns/demo" in warning for warning in fleet.warned)
    assert fleet.writes == []


@pytest.mark.parametrize(("forget", "expected"), [(False, ["removed", "failed"]), (True, ["removed", "removed"])])
def test_absent_of_an_unreachable_one(fleet: Fleet, forget: bool, expected: list[str]) -> None:
    fleet.run("east", "west")
    fleet.remotes["west"].fail("*")
    result = fleet.run("east", "west", state="absent", forget_unreachable=forget, wait=False)
    assert actions(result) == expected
    assert (CONFIGS.ref("west", NAMESPACE) in fleet.hub.objects) is not forget
    assert bool(result.get("failed")) is not forget


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
