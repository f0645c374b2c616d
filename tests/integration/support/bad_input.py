"""What people get wrong: a name for it, the task, and what its one message must name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

from tests.lab.layout import CHARTS

from .lab import MANIFESTS
from .tasks import Task

Case = tuple[str, Task, tuple[str, ...]]
CHART = CHARTS / "k8ssandra-operator"
BASE = str(MANIFESTS / "k8ssandra-operator/config/deployments")
CLAIM = {"storageClassName": "standard", "accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
DC = {"metadata": {"name": "dc7"}, "size": 1}


def kubeconfig_cases(folder: Path) -> Iterator[Case]:
    """Wrong kubeconfigs and contexts; hub is the context at fault."""
    for name, *named in (
        ("missing", "kubeconfig", "missing", "No such file"),
        ("empty", "kubeconfig", "is empty"),
        ("not-yaml", "kubeconfig", "is not YAML"),
        ("a-list", "kubeconfig", "is not a kubeconfig"),
        ("no-contexts", "kubeconfig", "is not a kubeconfig"),
        ("no-cluster", "kubeconfig", "names the cluster 'hub'"),
        ("no-user", "kubeconfig", "names the user 'lab-admin@hub'"),
        ("no-server", "kubeconfig", "'hub' has no server"),
        ("refused", "context hub", "no answer from https://127.0.0.1:9"),
        ("wrong-ca", "context hub", "certificate verify failed"),
        ("bad-ca", "context hub"),
        ("expired-token", "context hub", "Unauthorized", "expired"),
        ("unknown-token", "context hub", "Unauthorized"),
        ("no-log-in", "context hub", "no credentials"),
        ("missing-key-file", "context hub", "gone."),
    ):
        yield f"kubeconfig {name}", Task("context_check", {"kubeconfig": str(folder / name)}), tuple(named)
    yield "kubeconfig a-folder", Task("context_check", {"kubeconfig": str(folder)}), ("kubeconfig", "directory")
    yield "no kubeconfig", Task("context_check", {"kubeconfig": None}), ("missing required arguments", "kubeconfig")
    yield "no context", Task("context_check", {"context": None}), ("missing required arguments", "context")
    yield "unknown context", Task("context_check", {"context": "nowhere"}), ("kubeconfig", "nowhere", "hub, east, west")
    yield "unknown option", Task("context_check", {"contexxt": "hub"}), ("contexxt", "Supported parameters include")
    yield "wrong pin", Task("context_check", {"cluster_uid": "1-2-3"}), ("context hub", "1-2-3", "kube-system UID")
    yield "no name for a status", Task("cluster_status"), ("missing required arguments", "name")


def registration_cases(folder: Path) -> Iterator[Case]:
    """What `client_config` refuses; other is a second name for hub's context, so that it is a remote one."""

    def register(*named: str, **entry: Any) -> tuple[Task, tuple[str, ...]]:
        return Task("client_config", {"contexts": [{"name": "east", **entry}]}), named

    spoilt = {"name": "other", "context": "hub"}
    for name, (task, named) in {
        "a loopback server": register("context east", "loopback", "`server`", server="https://127.0.0.1:6443"),
        "localhost": register("context east", "loopback", server="https://localhost:6443"),
        "a server without TLS": register("context east", "https://", server="http://10.0.0.1:8080"),
        "a server that is not there": register("context east", "no answer", server="https://127.1.2.3.invalid:6443"),
        "text for a CA": register("contexts[0].ca_cert", "certificate", ca_cert="hello"),
        "a context not in the kubeconfig": register("contexts[0].kubeconfig", "nowhere", context="nowhere"),
        "another cluster than pinned": register("context east", "1-2-3", cluster_uid="1-2-3"),
        "an unknown suboption": register("contexts.uid", "Supported parameters include", uid="x"),
        "loopback in the kubeconfig": register("context other", "loopback", **spoilt, kubeconfig=str(folder / "loopback")),
        "TLS not verified": register("context other", "ca_cert", **spoilt, kubeconfig=str(folder / "insecure")),
        "the wrong CA": register("context other", "certificate", **spoilt, kubeconfig=str(folder / "wrong-ca")),
        "an expired token": register("context other", "expired", **spoilt, kubeconfig=str(folder / "expired-token")),
    }.items():
        yield f"registering {name}", task, named
    for name, options, *named in (
        ("no context", {"contexts": []}, "contexts", "empty"),
        ("without contexts", {}, "missing required arguments", "contexts"),
        ("one context twice", {"contexts": [{"name": "east"}, {"name": "east"}]}, "contexts[1].name", "east"),
        ("for a word of days", {"contexts": [{"name": "east"}], "token_lifetime": "long"}, "token_lifetime", "int"),
        ("for a negative time", {"contexts": [{"name": "east"}], "token_lifetime": -1, "service_account": "neg"}, "token_lifetime"),
        ("where no operator is", {"contexts": [{"name": "east"}], "namespace": "nowhere"}, "nowhere"),
        ("a bad account", {"contexts": [{"name": "east"}], "service_account": "No_Good"}, "No_Good"),
        ("away in use", {"contexts": [{"name": "east"}], "state": "absent"}, "context east", "K8ssandraCluster k8ssandra-operator/demo"),
    ):
        yield f"registering {name}", Task("client_config", options), tuple(named)


def operator_cases(folder: Path) -> Iterator[Case]:
    """What `operator_bundle` refuses."""
    (folder / "kustomization.yaml").write_text("resources: [gone.yaml]\n")
    (folder / "nothing").mkdir(exist_ok=True)
    (folder / "nothing" / "kustomization.yaml").write_text("configMapGenerator: [{name: x, literals: [a=b]}]\n")
    for name, options, *named in (
        ("without a base", {}, "kustomize"),
        ("of a base that is not there", {"kustomize": str(folder / "nowhere")}, "kustomize", "nowhere"),
        ("of a broken base", {"kustomize": str(folder)}, "gone.yaml"),
        ("of a base without operators", {"kustomize": str(folder / "nothing")}, "kustomize", "no Deployment"),
        ("with a binary that is not there", {"kustomize": BASE, "kustomize_binary": "/nowhere/kustomize"}, "/nowhere/kustomize"),
        ("in a bad namespace", {"kustomize": BASE, "namespace": "No_Good"}, "No_Good"),
        ("of a base and a chart", {"kustomize": BASE, "chart": str(CHART)}, "mutually exclusive", "chart"),
        ("of a chart that is not there", {"chart": "nowhere"}, "chart: is nowhere", "chart_repository"),
        ("of a folder that is no chart", {"chart": str(folder)}, "chart: cannot read", "Chart.yaml"),
        ("with a Helm that is not there", {"chart": str(CHART), "helm_binary": "/nowhere/helm"}, "/nowhere/helm"),
        ("with values that the chart cannot take", {"chart": str(CHART), "values": {"image": "x"}}, "chart: cannot render"),
        ("in a bad release", {"chart": str(CHART), "release_name": "No_Good"}, "release_name", "No_Good"),
        ("out of a URL", {"kustomize": BASE, "image_registry": "https://here"}, "image_registry", "https://here"),
        ("that watch two ways", {"kustomize": BASE, "watch_namespaces": ["a"], "cluster_scoped": True}, "watch_namespaces"),
        ("that lose registrations", {"kustomize": BASE, "watch_namespaces": ["a"], "control_plane": True}, "lacks k8ssandra-operator"),
        ("with a list of resources", {"kustomize": BASE, "resources": ["cpu"]}, "resources"),
        ("in an unknown state", {"kustomize": BASE, "state": "gone"}, "state", "gone"),
        ("away in use", {"state": "absent"}, "context hub", "ClientConfig"),
    ):
        yield f"operators {name}", Task("operator_bundle", options), tuple(named)


def cluster_cases() -> Iterator[Case]:
    """What `k8ssandra_cluster` refuses before any write."""
    for name, change, *named in _WRONG:
        options = _good()
        change(options)
        yield f"cluster {name}", Task("k8ssandra_cluster", options), tuple(named)


def _good() -> dict[str, Any]:
    """Options that would be accepted."""
    cassandra = {"serverVersion": "5.0.5", "storageConfig": {"cassandraDataVolumeClaimSpec": deepcopy(CLAIM)}}
    return {"name": "other", "spec": {"cassandra": cassandra}, "contexts": [{"name": "east", "datacenters": [deepcopy(DC)]}], "wait": False}


def _set(path: str, value: Any) -> Callable[[dict[str, Any]], None]:
    """Sets, or with None removes, what is at a path of keys and indexes."""

    def change(options: dict[str, Any]) -> None:
        *way, last = [int(key) if key.isdigit() else key for key in path.split("/")]
        place: Any = options
        for key in way:
            place = place[key] if isinstance(key, int) else place.setdefault(key, {})
        if value is None:
            del place[last]
        else:
            place[last] = value

    return change


def _again(field: str) -> Callable[[dict[str, Any]], None]:
    def change(options: dict[str, Any]) -> None:
        if field == "datacenter":
            options["contexts"].append({"name": "west", "datacenters": [deepcopy(DC)]})
        else:
            options["contexts"].append({"name": "east"})

    return change


_CASSANDRA, _DC = "spec/cassandra", "contexts/0/datacenters/0"
_CLAIM = f"{_CASSANDRA}/storageConfig/cassandraDataVolumeClaimSpec"
_WRONG: list[tuple[Any, ...]] = [
    ("without a name", _set("name", None), "name", "definition"),
    ("by a definition and a spec", _set("definition", {"metadata": {"name": "other"}}), "definition", "spec"),
    ("in an unknown state", _set("state", "gone"), "state", "gone"),
    ("with a word for seconds", _set("wait_timeout", "soon"), "wait_timeout"),
    ("with contexts that are a word", _set("contexts", "east"), "contexts"),
    ("with a context without a name", _set("contexts/0/name", None), "contexts", "name"),
    ("with a name in capitals", _set("name", "Other"), "name", "Other"),
    ("with a size that is a word", _set(f"{_DC}/size", "three"), "size", "three"),
    ("with a negative size", _set(f"{_DC}/size", -1), "size"),
    ("with a misspelt field of a datacenter", _set(f"{_DC}/sizee", 1), "sizee", "size"),
    ("with a misspelt field of cassandra", _set(f"{_CASSANDRA}/serverVersionn", "5"), "spec.cassandra.serverVersionn"),
    ("with a misspelt field of spec", _set("spec/casandra", {}), "spec.casandra"),
    ("with a bad datacenter name", _set(f"{_DC}/metadata/name", "DC_7"), "metadata.name", "DC_7"),
    ("without storage", _set(f"{_CASSANDRA}/storageConfig", None), "storageConfig"),
    ("without a storage class", _set(f"{_CLAIM}/storageClassName", None), "storageClassName"),
    ("with a bad quantity", _set(f"{_CASSANDRA}/resources", {"requests": {"memory": "1Gb"}}), "memory", "1Gb"),
    ("with a datacenter twice", _again("datacenter"), "dc7", "already"),
    ("with a context twice", _again("context"), "contexts[", "].name", "east"),
    ("without datacenters", _set(_DC.removesuffix("/0"), []), "datacenters"),
    ("with a context in a datacenter", _set(f"{_DC}/k8sContext", "west"), "k8sContext", "west"),
    ("without a version", _set(f"{_CASSANDRA}/serverVersion", None), "serverVersion"),
    ("with a version in words", _set(f"{_CASSANDRA}/serverVersion", "latest"), "serverVersion", "latest"),
    ("of an unknown server", _set(f"{_CASSANDRA}/serverType", "scylla"), "serverType", "scylla"),
    ("with soft affinity and no resources", _set(f"{_DC}/softPodAntiAffinity", True), "resources"),
    ("with a rack twice", _set(f"{_CASSANDRA}/racks", [{"name": "r1"}, {"name": "r1"}]), "racks", "r1"),
    ("with a seed by name", _set(f"{_CASSANDRA}/additionalSeeds", ["seed.example"]), "additionalSeeds[0]", "seed.example"),
    ("with a bad annotation", _set("annotations", {"k8ssandra.io/autoupdate-spec": "sometimes"}), "autoupdate-spec", "sometimes"),
    ("with Medusa and no storage", _set("spec/medusa", {"storageProperties": {"storageProvider": "tape"}}), "storageProvider", "tape"),
    ("in a context not in the kubeconfig", _set("contexts/0/name", "nowhere"), "nowhere"),
    ("whose datacenter is another cluster's", _set(f"{_DC}/metadata/name", "dc1"), "dc1", "demo"),
]


def demo_cases(wish: dict[str, Any]) -> Iterator[Case]:
    """What is refused of the cluster that is there: its removal, in whole or in part, and what upstream forbids to change."""
    east, west = ({"name": name, "datacenters": [{"metadata": {"name": dc}, "size": 1}]} for name, dc in (("east", "dc1"), ("west", "dc2")))
    there = {"name": "demo", "spec": wish["spec"], "contexts": [east, west]}
    larger = deepcopy(wish["spec"])
    larger["cassandra"]["storageConfig"]["cassandraDataVolumeClaimSpec"]["resources"]["requests"]["storage"] = "2Gi"
    renamed = deepcopy(wish["spec"])
    renamed["cassandra"]["clusterName"] = "another"
    for name, options, *named in (
        ("away without its name", {**there, "state": "absent"}, "confirm_removal", "demo"),
        ("away with another name", {**there, "state": "absent", "confirm_removal": "dem"}, "confirm_removal", "demo"),
        ("without a datacenter that is there", {**there, "contexts": [east]}, "remove_datacenters", "dc2"),
        ("with other storage", {**there, "spec": larger}, "storage"),
        ("with another Cassandra name", {**there, "spec": renamed}, "clusterName"),
    ):
        yield f"cluster {name}", Task("k8ssandra_cluster", options), tuple(named)
