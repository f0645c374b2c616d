"""A fleet as upstream's documentation has people install it: Helm or kubectl, the script that registers a data plane, one manifest."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from tests.lab.layout import CHARTS
from tests.lab.releases import DEFAULT
from tests.lab.steps import LabError, run

from .lab import KUBECONFIG, MANIFESTS, NAMESPACE, ROOT, STATE, Lab, eventually

CHART = CHARTS / "k8ssandra-operator"
BASE = MANIFESTS / "k8ssandra-operator/config/deployments"
_MODULE = "github.com/k8ssandra/k8ssandra-operator"


def install_by_helm(lab: Lab, context: str, *more: str) -> None:
    """`helm install`, as for https://docs.k8ssandra.io/install/local/multi-cluster-helm/."""
    where = ["--namespace", NAMESPACE, "--create-namespace", "--kubeconfig", str(KUBECONFIG), "--kube-context", context]
    command = [str(STATE / "bin" / "helm"), "install", "k8ssandra-operator", str(CHART), *where, *more]
    run(command, doing=f"installing by Helm in {context}")
    _await_operators(lab, context)


def install_by_kubectl(lab: Lab, context: str, flavour: str) -> None:
    """`kubectl apply --server-side -k`, as for https://docs.k8ssandra.io/install/local/multi-cluster-kustomize/."""
    cluster = lab.cluster(context)
    cluster.kubectl("apply", "--server-side", "--kustomize", str(BASE / flavour))
    _await_operators(lab, context)


def register_by_script(source: str, target: str, folder: Path) -> None:
    """Upstream's own create-clientconfig.sh, from the module's folder."""
    found = run(["go", "mod", "download", "-json", _MODULE], doing="looking for the script", cwd=ROOT / "tests/lab/go" / DEFAULT.group)
    script = Path(json.loads(found)["Dir"]) / "scripts" / "create-clientconfig.sh"
    files = ["--src-kubeconfig", str(KUBECONFIG), "--dest-kubeconfig", str(KUBECONFIG), "--output-dir", str(folder)]
    command = ["bash", str(script), "--src-context", source, "--dest-context", target, "--namespace", NAMESPACE, *files]
    # The kubectl of the lab is not in everybody's PATH.
    run(command, doing=f"registering {source} with {target}", env={"PATH": f"{STATE / 'bin'}:{os.environ['PATH']}"})


def apply_cluster(lab: Lab, context: str, definition: dict[str, Any]) -> None:
    """`kubectl apply`, again while the operator restarts after the registration."""

    def applied() -> bool:
        try:
            lab.cluster(context).kubectl("apply", "--filename=-", stdin=json.dumps(definition))
        except LabError as problem:
            print(f"kubectl apply: {problem}")
            return False
        return True

    eventually("kubectl apply", applied, seconds=180)


def is_up(lab: Lab, context: str, name: str) -> bool:
    """Whether all datacenters of a cluster are ready, as its status says."""
    status = lab.read(context, "k8ssandracluster", name).get("status") or {}
    datacenters = [one.get("cassandra") or {} for one in (status.get("datacenters") or {}).values()]
    ready = [{"type": one["type"], "status": one["status"]} for each in datacenters for one in each.get("conditions") or ()]
    return bool(datacenters) and ready.count({"type": "Ready", "status": "True"}) == len(datacenters) and status.get("error") == "None"


def _await_operators(lab: Lab, context: str) -> None:
    lab.cluster(context).kubectl("wait", "deployment", "--all", "--for=condition=Available", "--timeout=180s")
