"""Many contexts in two real clusters: each has a name, a namespace, an account and a token of its own."""

from __future__ import annotations

import base64
import json
import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from tests.lab.cql import Cluster
from tests.lab.layout import KUBECONFIG, MANIFESTS, ROOT

ACCOUNT = "bench"
CONTROL_PLANE, HOMES = "hub", ("east", "west")
DEPLOYMENTS = MANIFESTS / "k8ssandra-operator" / "config" / "deployments"
_LAB = ROOT / "inventories" / "lab"
_VARIABLES = Path("group_vars", "k8ssandra.yml")


def planes(first: int, last: int) -> list[str]:
    """What data planes beside the clusters' own contexts are called, their namespaces too."""
    return [f"plane-{number:03}" for number in range(first, last + 1)]


def data_planes(count: int) -> list[str]:
    """The data planes of a fleet of that many contexts, the control plane's among them."""
    return [*HOMES, *planes(1, count - 1 - len(HOMES))]


def make_accounts(names: Sequence[str]) -> dict[str, str]:
    """Gives every plane a namespace and an account that may do everything there is to do; the account's token by plane."""
    tokens: dict[str, str] = {}
    for home in HOMES:
        cluster, here = Cluster(home, namespace=""), [name for name in names if _home(name) == home]
        subjects = [{"kind": "ServiceAccount", "name": ACCOUNT, "namespace": name} for name in here]
        role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"}
        binding = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding", "metadata": {"name": ACCOUNT}}
        bodies = [*(body for name in here for body in _account(name)), {**binding, "subjects": subjects, "roleRef": role}]
        cluster.kubectl("apply", "--server-side", "--filename=-", stdin=json.dumps({"apiVersion": "v1", "kind": "List", "items": bodies}))
        # Kubernetes fills them in a moment later.
        while not tokens.keys() >= set(here):
            time.sleep(0.5)
            tokens.update(_tokens(cluster))
    return {name: tokens[name] for name in names}


def write_kubeconfig(file: Path, tokens: Mapping[str, str], servers: Mapping[str, str] | None = None) -> Path:
    """The lab's kubeconfig, with a context for each token; `servers` has the address of a context that is reached otherwise."""
    found = json.loads(KUBECONFIG.read_text())
    entries = {each["name"]: each["cluster"] for each in found["clusters"]}
    elsewhere = {name: {"server": server, "tls-server-name": "kubernetes"} for name, server in (servers or {}).items()}
    for name, token in tokens.items():
        found["clusters"].append({"name": name, "cluster": {**entries[_home(name)], **elsewhere.get(name, {})}})
        found["users"].append({"name": name, "user": {"token": token}})
        found["contexts"].append({"name": name, "context": {"cluster": name, "user": name}})
    file.touch(mode=0o600)
    file.write_text(yaml.safe_dump(found))  # as people have it: JSON is faster to read
    return file


def write_inventory(folder: Path, kubeconfig: Path, count: int) -> Path:
    """The lab's inventory with more data planes, so that there are `count` contexts; its folder."""
    shutil.copytree(_LAB, folder)
    groups = {"k8ssandra_control_plane": [CONTROL_PLANE], "k8ssandra_data_planes": data_planes(count)}
    children: dict[str, Any] = {group: {"hosts": {name: {} for name in names}} for group, names in groups.items()}
    (folder / "hosts.yml").write_text(yaml.safe_dump({"k8ssandra": {"children": children}}))
    variables = {**_variables(), "k8ssandra_kubeconfig": str(kubeconfig), "k8ssandra_kustomize": str(DEPLOYMENTS)}
    (folder / _VARIABLES).write_text(yaml.safe_dump(variables))
    return folder


def cluster_definition() -> dict[str, Any]:
    """The K8ssandraCluster that the lab's inventory makes, for those who write it down themselves."""
    cluster, datacenters = _variables()["k8ssandra_cluster"], []
    for home in HOMES:
        said = yaml.safe_load((_LAB / "host_vars" / f"{home}.yml").read_text())["k8ssandra_datacenters"]
        datacenters += [{**datacenter, "k8sContext": home} for datacenter in said]
    spec = {**cluster["spec"], "cassandra": {**cluster["spec"]["cassandra"], "datacenters": datacenters}}
    meta = {"name": cluster["name"], "namespace": Cluster(CONTROL_PLANE).namespace}
    return {"apiVersion": "k8ssandra.io/v1alpha1", "kind": "K8ssandraCluster", "metadata": meta, "spec": spec}


def _home(plane: str) -> str:
    return HOMES[int(plane.rpartition("-")[2]) % len(HOMES)]


def _account(name: str) -> list[dict[str, Any]]:
    """With its token in a Secret, as a request for each token would take a kubectl each."""
    meta = {"name": ACCOUNT, "namespace": name}
    secret = {**meta, "annotations": {"kubernetes.io/service-account.name": ACCOUNT}}
    return [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}},
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": meta},
        {"apiVersion": "v1", "kind": "Secret", "metadata": secret, "type": "kubernetes.io/service-account-token"},
    ]


def _tokens(cluster: Cluster) -> dict[str, str]:
    field = "--field-selector=type=kubernetes.io/service-account-token"
    listed = replace(cluster, namespace="default").read("secrets", "--all-namespaces", field)["items"]
    return {body["metadata"]["namespace"]: base64.b64decode(body["data"]["token"]).decode() for body in listed if body.get("data")}


def _variables() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((_LAB / _VARIABLES).read_text())
    return found
