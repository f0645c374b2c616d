"""A control plane and data planes that are not there, for `client_config`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from plugins.module_utils._core.hashes import RESOURCE_HASH, SECRET_HASH, client_config_hash, secret_hash
from plugins.module_utils._core.kubeconfig import Access
from plugins.module_utils._core.objects import Ref, kind_named
from plugins.module_utils._kube.wait import Patience
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
        operator = (_deployment(), pod_of()) if installed and not empty else ()
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


def pod_of(**status: Any) -> dict[str, Any]:
    """The operator's pod, its container with a status."""
    metadata = {"name": "operator-0", "namespace": NAMESPACE, "uid": "pod", "labels": {"app": "operator"}}
    statuses = [{"ready": True, "restartCount": 0, **status}]
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "status": {"containerStatuses": statuses}}


def actions(result: Mapping[str, Any]) -> list[str]:
    """What a result says was done with each context."""
    return [context["action"] for context in result["contexts"]]


def kinds(calls: list[Any]) -> list[tuple[str, str]]:
    """Verb and kind of each request."""
    return [(verb, on.kind if isinstance(on, Ref) else on.rpartition("/")[2]) for verb, on in calls]
