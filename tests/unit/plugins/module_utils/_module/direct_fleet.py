"""Contexts that are not there, for `k8ssandra_cluster` as the control plane."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest

from plugins.module_utils._core.distribution.keyspaces import SYSTEM
from plugins.module_utils._core.objects import Kind, Ref, kind_named
from plugins.module_utils._kube import errors
from plugins.module_utils._module import awaiting, cluster_removal, cluster_status, direct_waiting, k8ssandra_cluster
from plugins.module_utils._module import run as run_module
from plugins.module_utils._module.run import Call, run
from tests.unit import build
from tests.unit.fakes import Clock, FakeApi
from tests.unit.plugins.module_utils._core.definitions import CLAIM

NTS = "org.apache.cassandra.locator.NetworkTopologyStrategy"
CASSANDRA = {"serverVersion": "4.1.8", "storageConfig": {"cassandraDataVolumeClaimSpec": CLAIM}}
SUPERUSER = kind_named("Secret").ref("demo-superuser", build.NAMESPACE)
RECORD = kind_named("ConfigMap").ref("demo-control-plane", build.NAMESPACE)
MEDUSA_API = "medusa.k8ssandra.io/v1alpha1"
STORAGE = {"storageProvider": "s3", "bucketName": "backups", "storageSecretRef": {"name": "bucket"}}
REAPER: dict[str, Any] = {"reaper": {}}
MEDUSA = {"medusa": {"storageProperties": STORAGE}}
SCHEMA = "reaper_db"


def datacenter_ref(name: str) -> Ref:
    return kind_named("CassandraDatacenter").ref(name, build.NAMESPACE)


def reaper_ref(name: str) -> Ref:
    return kind_named("Reaper").ref(f"demo-{name}-reaper", build.NAMESPACE)


def purge_ref(name: str) -> Ref:
    return kind_named("CronJob").ref(f"demo-{name}-medusa-purge", build.NAMESPACE)


def spec(**more: Any) -> dict[str, Any]:
    """What the definition says beside its datacenters."""
    return {"cassandra": CASSANDRA, **more}


class Fleet:
    """hub with upstream's definition, and east and west with cass-operator, which brings every datacenter up at once.

    `own` is the module's `context`, and `remotes` are its `contexts`.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.clock = Clock()
        namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": build.NAMESPACE}}
        self.hub = FakeApi("hub", [build.definition("K8ssandraCluster", versions=("v1alpha1",), stored=("v1alpha1",))])
        self.east, self.west = (FakeApi(name, [namespace, build.operator("cass-operator")]) for name in ("east", "west"))
        self.keyspaces: dict[str, dict[str, str]] = {name: {"class": "SimpleStrategy", "replication_factor": "1"} for name in SYSTEM}
        self.own, self.remotes = self.hub, [self.east, self.west]
        self.order: list[str] = []
        self.warnings: list[str] = []
        self.up = {"dc1", "dc2"}
        self.schemas: dict[str, list[str]] = {"a": ["10.51.0.1"]}
        self.rebuilt: dict[str, Any] = {"succeeded": 1, "completionTime": build.LONG_AGO}
        for api in (self.east, self.west):
            api.react = self._reaction(api)

        @contextmanager
        def opened(parameters: Mapping[str, Any]) -> Iterator[tuple[FakeApi, dict[str, FakeApi]]]:
            yield self.own, {api.context: api for api in self.remotes}

        _patience = run_module.Patience
        for part in (k8ssandra_cluster, cluster_removal, cluster_status):
            monkeypatch.setattr(part, "fleet", opened)
        for part in (awaiting, cluster_status, direct_waiting):
            monkeypatch.setattr(part, "time", self.clock)
        monkeypatch.setattr(run_module, "Patience", lambda timeout, interval: _patience(timeout, interval, self.clock.monotonic, self.clock.sleep))

    @property
    def apis(self) -> tuple[FakeApi, ...]:
        return self.hub, self.east, self.west

    @property
    def writes(self) -> list[tuple[str, Any]]:
        return [call for api in self.apis for call in api.writes]

    def _reaction(self, api: FakeApi) -> Any:
        def react(verb: str, on: Any) -> None:
            if isinstance(on, Ref) and verb == "apply":
                self.order.append(f"{api.context} {on.kind} {on.name}")
                if on.kind == "CassandraDatacenter" and on.name in self.up:
                    self.come_up(api, on)
                if on.kind == "CassandraTask":
                    api.objects[on]["status"] = dict(self.rebuilt)

        return react

    def come_up(self, api: FakeApi, ref: Ref) -> None:
        body = api.objects[ref]
        stopped = bool(body["spec"].get("stopped"))
        body["status"] = build.datacenter_status(stopped=stopped, generation=body["metadata"]["generation"])
        pod = build.pod(ref.name, status={"podIP": f"10.51.0.{int(ref.name[-1])}", "containerStatuses": [{"name": "cassandra", "ready": True}]})
        pod["metadata"]["labels"]["cassandra.datastax.com/seed-node"] = "true"
        pod["spec"] = {"containers": [{"name": "cassandra", "ports": [{"name": "mgmt-api-http", "containerPort": 8080}]}]}
        api.put(pod)
        root = f"/api/v1/namespaces/{build.NAMESPACE}/pods/http:{pod['metadata']['name']}:8080/proxy/api"
        api.answers |= {
            f"{root}/v0/ops/keyspace": lambda _body: {"items": list(self.keyspaces)},
            f"{root}/v1/ops/node/schema/versions": lambda _body: self.schemas,
            f"{root}/v0/ops/keyspace/alter": self._alter,
        }
        told = {f"{root}/v0/ops/keyspace/replication?keyspaceName={name}": (lambda _body, name=name: self.keyspaces[name]) for name in self.keyspaces}
        api.answers |= told

    def _alter(self, body: Mapping[str, Any]) -> dict[str, Any]:
        copies = {each["dc_name"]: each["replication_factor"] for each in body["replication_settings"]}
        self.keyspaces[body["keyspace_name"]] = {"class": NTS, **copies}
        self.order.append(f"keyspace {body['keyspace_name']} {','.join(copies)}")
        return {}

    def run(self, *, check_mode: bool = False, **options: Any) -> dict[str, Any]:
        definition = k8ssandra_cluster.K8SSANDRA_CLUSTER
        defaults = {name: spec.get("default") for name, spec in definition.argument_spec.items()}
        contexts = [{"name": context, "datacenters": [{"metadata": {"name": name}, "size": 1}]} for context, name in (("east", "dc1"), ("west", "dc2"))]
        own = {"kubeconfig": "/none", "context": "hub", "name": "demo", "spec": spec(), "contexts": contexts, "wait_timeout": 300, "wait_sleep": 5}
        return run(definition.composition, Call({**defaults, "control_plane": "ansible", **own, **options}, check_mode, warn=self.warnings.append))

    def status(self) -> dict[str, Any]:
        """What `cluster_status` tells."""
        return cluster_status.tell_status(Call({"name": "demo", "namespace": build.NAMESPACE, "operator_namespace": None, "wait": False}))

    def succeed(self, **options: Any) -> dict[str, Any]:
        """A run that must not fail."""
        result = self.run(**options)
        assert "failed" not in result, result["msg"]
        return result

    def deploy(self, **options: Any) -> None:
        """The run before a test: it must not fail, and nobody counts its requests."""
        self.succeed(**options)
        self.forget_calls()

    def forget_calls(self) -> None:
        for api in self.apis:
            api.calls.clear()
        self.order.clear()

    def run_until_killed(self, step: int, **options: Any) -> None:
        """A run in which the write of that number is carried out and nobody hears, counted over all contexts."""
        written: list[str] = []

        def dying(api: FakeApi, before: Any) -> Any:
            def react(verb: str, on: Any) -> None:
                before(verb, on)
                written.append(f"{api.context} {verb} {on}")
                if len(written) == step:
                    raise errors.Denied(api.context, "writing", "killed")

            return react

        reactions = [api.react for api in self.apis]
        for api in self.apis:
            api.react = dying(api, api.react)
        result = self.run(**options)
        assert "killed" in result["msg"], f"step {step}: {written}"
        for api, reaction in zip(self.apis, reactions, strict=True):
            api.react = reaction


class AddOnFleet(Fleet):
    """The same with k8ssandra-operator beside every datacenter, which makes each Reaper ready at once."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__(monkeypatch)
        self.reapers_come_up = True
        self.serves_medusa = True
        for api in (self.east, self.west):
            body = build.operator("k8ssandra-operator")
            body["spec"]["template"]["spec"]["serviceAccountName"] = "runner"
            api.put(body)
            api.put(build.body("Secret", "v1", "bucket", data={"credentials": "a2V5"}))
            monkeypatch.setattr(api, "find_kind", self._finding(api))

    def _finding(self, api: FakeApi) -> Any:
        known = api.find_kind

        def find_kind(api_version: str, kind: str) -> Kind | None:
            if (api_version, kind) == (MEDUSA_API, "MedusaTask"):
                return Kind(api_version, kind, "medusatasks", True) if self.serves_medusa else None
            return known(api_version, kind)

        return find_kind

    def _reaction(self, api: FakeApi) -> Any:
        react = super()._reaction(api)

        def with_reaper(verb: str, on: Any) -> None:
            react(verb, on)
            if isinstance(on, Ref) and on.kind == "Reaper" and verb == "apply" and self.reapers_come_up:
                api.objects[on]["status"] = {"progress": "Running", "conditions": build.conditions(Ready=True)}
            root = f"/api/v1/namespaces/{build.NAMESPACE}/pods/"
            for path in [path for path in api.answers if path.startswith(root) and path.endswith("/ops/keyspace/alter")]:
                api.answers[path.removesuffix("alter") + "create"] = self._alter
                api.answers[path.removesuffix("alter") + f"replication?keyspaceName={SCHEMA}"] = lambda _body: self.keyspaces[SCHEMA]

        return with_reaper


def let_go(fleet: Fleet) -> None:
    """cass-operator lets go of a datacenter once nobody else holds it."""
    for api in (fleet.east, fleet.west):

        def react(verb: str, on: Any, api: FakeApi = api) -> None:
            if verb == "merge" and not api.objects[on]["metadata"]["finalizers"]:
                api.remove(on)

        api.react = react
