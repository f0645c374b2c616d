from __future__ import annotations

from typing import Any

import pytest

from plugins.module_utils._core.credentials import is_loaded
from plugins.module_utils._core.hashes import RESOURCE_HASH, SECRET_HASH, client_config_hash, secret_hash
from plugins.module_utils._core.identity import RIGHTS, Identity
from plugins.module_utils._core.kubeconfig import choose_context
from plugins.module_utils._core.loading import Operator, operator_verdict
from plugins.module_utils._core.registration import Registration, address_problem, cluster_entry, read_secret, users_of

CLUSTER = {"server": "https://10.0.0.1:6443", "certificate-authority-data": "Q0E="}


def registration() -> Registration:
    kubeconfig = {
        "contexts": [{"name": "east", "context": {"cluster": "c", "user": "u"}}],
        "clusters": [{"name": "c", "cluster": CLUSTER}],
        "users": [{"name": "u", "user": {}}],
    }
    return Registration(choose_context(kubeconfig, "east", path="kubeconfig"), Identity("ns", "account"), "hub-ns", CLUSTER)


@pytest.mark.parametrize(
    ("server", "problem"),
    [
        ("https://10.0.0.1:6443", ""),
        ("https://localhost.example.com", ""),
        ("https://[2001:db8::1]:6443", ""),
        ("https://127.example.com", ""),
        ("https://127.0.0.1:6443", "loopback"),
        ("https://127.10.20.30", "loopback"),
        ("https://LOCALHOST:1", "loopback"),
        ("https://localhost./x", "loopback"),
        ("https://a.localhost", "loopback"),
        ("https://[::1]:6443", "loopback"),
        ("https://[0:0:0:0:0:0:0:1]", "loopback"),
        ("https://[::ffff:127.0.0.1]", "loopback"),
        ("https://0.0.0.0:6443", "loopback"),
        ("https://[::]:6443", "loopback"),
        ("http://10.0.0.1", "in the clear"),
        ("", "in the clear"),
    ],
)
def test_address(server: str, problem: str) -> None:
    found, advice = address_problem({"server": server})
    assert problem in found
    assert bool(found) == bool(problem) == bool(advice)


def test_no_verification_is_refused_unless_a_certificate_authority_is_given() -> None:
    found = {"server": "https://10.0.0.1", "insecure-skip-tls-verify": True}
    options: dict[str, Any] = {"server": None, "tls_server_name": None, "proxy_url": None}
    assert "anybody" in address_problem(cluster_entry(found, ca=None, **options))[0]
    assert cluster_entry(found, ca=b"CA", **options) == {"server": "https://10.0.0.1", "certificate-authority-data": "Q0E="}


def test_secret_is_read_as_it_was_written() -> None:
    kept = read_secret(registration().secret_body("token"))
    assert (kept.cluster, kept.token) == (CLUSTER, "token")


@pytest.mark.parametrize("data", [None, {}, {"kubeconfig": "!"}, {"kubeconfig": "e30="}, {"kubeconfig": "W10="}, {"other": ""}])
def test_somebody_elses_secret_holds_nothing_for_us(data: Any) -> None:
    assert read_secret({"data": data}).token == ""


def test_client_config_leaves_the_operators_annotations_alone() -> None:
    assert "annotations" not in registration().client_config_body()["metadata"]


def test_loaded_is_what_the_hashes_say() -> None:
    wish = registration()
    secret, config = wish.secret_body("token"), dict(wish.client_config_body())
    assert not is_loaded(config, secret)
    hashes = {RESOURCE_HASH: client_config_hash(config["spec"]), SECRET_HASH: secret_hash(secret["data"])}
    config["metadata"] = {**config["metadata"], "annotations": hashes}
    assert is_loaded(config, secret)
    assert not is_loaded(config, wish.secret_body("another"))
    assert not is_loaded(config, None)


def test_rights_grant_no_wildcard_and_nothing_about_accounts() -> None:
    assert not [right for right in RIGHTS if "*" in (*right.verbs, *right.resources, right.group)]
    assert not [right for right in RIGHTS if right.group == "rbac.authorization.k8s.io" or "serviceaccounts" in right.resources]


@pytest.mark.parametrize(
    ("identity", "expected"),
    [
        (Identity("ns", "a"), ["ServiceAccount ns", "Role ns", "RoleBinding ns"]),
        (Identity("ns", "a", ("x", "y", "x")), ["ServiceAccount ns", "Role x", "RoleBinding x", "Role y", "RoleBinding y"]),
        (Identity("ns", "a", ("x",), True), ["ServiceAccount ns", "ClusterRole ", "ClusterRoleBinding "]),
    ],
)
def test_identity(identity: Identity, expected: list[str]) -> None:
    assert [f"{body['kind']} {body['metadata'].get('namespace', '')}" for body in identity.objects()] == expected


def _body(name: str, **fields: Any) -> dict[str, Any]:
    return {"metadata": {"name": name, "namespace": "ns", **fields.pop("metadata", {})}, **fields}


EAST = _body("demo", spec={"cassandra": {"datacenters": [{"k8sContext": "east"}]}})
GONE = {"deletionTimestamp": "2026-01-01T00:00:00Z"}


@pytest.mark.parametrize(
    ("clusters", "replicated", "tasks", "expected"),
    [
        ([], [], [], ()),
        ([EAST], [], [], ("K8ssandraCluster ns/demo",)),
        ([_body("demo", spec={"cassandra": {"datacenters": [{"k8sContext": "west"}, {}]}})], [], [], ()),
        ([_body("demo", metadata=GONE, spec=EAST["spec"])], [], [], ("K8ssandraCluster ns/demo",)),
        ([], [_body("r", spec={"replicationTargets": [{"k8sContextName": "east"}]})], [], ("ReplicatedSecret ns/r",)),
        ([], [_body("r", metadata=GONE, spec={"replicationTargets": [{"k8sContextName": "east"}]})], [], ()),
        ([EAST], [], [_body("t", spec={"cluster": {"name": "demo"}})], ("K8ssandraCluster ns/demo", "K8ssandraTask ns/t")),
        ([EAST], [], [_body("t", spec={"cluster": {"name": "demo"}}, status={"completionTime": "x"})], ("K8ssandraCluster ns/demo",)),
        ([], [], [_body("t", spec={"cluster": {"name": "demo"}})], ()),
    ],
)
def test_users(clusters: list[Any], replicated: list[Any], tasks: list[Any], expected: tuple[str, ...]) -> None:
    assert users_of("east", clusters, replicated, tasks) == expected


def deployment(replicas: int = 1, available: str = "True", control_plane: str = "true") -> dict[str, Any]:
    env = [{"name": "K8SSANDRA_CONTROL_PLANE", "value": control_plane}]
    spec = {"replicas": replicas, "template": {"spec": {"containers": [{"env": env}]}}}
    return _body("operator", spec=spec, status={"conditions": [{"type": "Available", "status": available}]})


def pod(uid: str = "1", restarts: int = 0, reason: str = "", code: int = 0) -> dict[str, Any]:
    state = {"waiting": {"reason": reason}} if reason else {"running": {}}
    status = {"restartCount": restarts, "ready": not reason, "state": state, "lastState": {"terminated": {"exitCode": code}}}
    return _body("p", metadata={"uid": uid}, status={"containerStatuses": [status]})


@pytest.mark.parametrize(
    ("found", "pods", "done", "hopeless"),
    [
        (deployment(), [pod(restarts=1)], True, False),
        (deployment(available="False"), [pod(restarts=1)], False, False),
        # A new pod that has not begun, while the Deployment's status tells of the one before.
        (deployment(), [_body("p", metadata={"uid": "2"}, status={"phase": "Pending"})], False, False),
        (deployment(), [pod(restarts=1, reason="CrashLoopBackOff", code=0)], False, False),
        (deployment(), [pod(restarts=9, reason="CrashLoopBackOff", code=0)], False, False),
        (deployment(), [pod(restarts=1, reason="CrashLoopBackOff", code=1)], False, False),
        (deployment(), [pod(restarts=2, reason="CrashLoopBackOff", code=1)], False, True),
        (deployment(), [pod(reason="ImagePullBackOff")], False, True),
        (deployment(replicas=0), [], False, True),
        (deployment(control_plane="false"), [pod()], False, True),
        (None, [], False, True),
    ],
)
def test_operator_verdict(found: Any, pods: list[Any], done: bool, hopeless: bool) -> None:
    verdict = operator_verdict(Operator("hub", found, pods), Operator("hub", deployment(), [pod()]), 60.0)
    assert (verdict.done, verdict.hopeless) == (done, hopeless)


@pytest.mark.parametrize("stuck", [pod(restarts=2, reason="CrashLoopBackOff", code=1), pod(reason="ImagePullBackOff")])
def test_what_keeps_the_operators_pods_from_running_is_not_final_in_the_first_minute(stuck: dict[str, Any]) -> None:
    verdict = operator_verdict(Operator("hub", deployment(), [stuck]), Operator("hub", deployment(), [pod()]), 59.0)
    assert (verdict.done, verdict.hopeless) == (False, False)


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        ([pod()], [pod()], 0),
        ([pod(restarts=3)], [pod(restarts=4)], 1),
        ([pod("1", 3)], [pod("2", 0)], 1),
        ([pod("1", 3)], [pod("1", 3), pod("2", 1)], 2),
        ([], [pod("1", 0)], 0),
        ([pod("1", 3)], [], 0),
    ],
)
def test_restarts(before: list[Any], now: list[Any], expected: int) -> None:
    assert Operator("hub", None, now).restarts_since(Operator("hub", None, before)) == expected
