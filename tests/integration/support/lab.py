"""The lab of this checkout, as the tests use it."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any

from tests.lab.cql import Cluster, execute
from tests.lab.layout import CHARTS, KUBECONFIG, MANIFESTS, ROOT, STATE
from tests.lab.releases import find
from tests.lab.steps import LabError

__all__ = ["CHARTS", "CONTEXTS", "KUBECONFIG", "MANIFESTS", "ROOT", "STATE", "Lab"]

CONTEXTS = ("hub", "east", "west")
NAMESPACE = "k8ssandra-operator"
_NO_SUCH_KIND, _KIND_HAS_GONE = "doesn't have a resource type", "could not find the requested resource"
# What Kubernetes makes and forgets by itself, and what only shows other objects.
_PASSING = {"Event", "Lease", "Endpoints", "EndpointSlice", "PodMetrics", "NodeMetrics", "ComponentStatus", "APIService"}


def _lab(*arguments: str) -> str:
    command = [sys.executable, "-m", "tests.lab", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=1800, check=False)
    assert done.returncode == 0, f"python3 -m tests.lab {' '.join(arguments)}: {done.stdout[-2000:]}{done.stderr[-2000:]}"
    return done.stdout


class Lab:
    """Three real Kubernetes clusters: hub, east and west."""

    def up(self, *, cert_manager: bool = True) -> None:
        _lab("up", *CONTEXTS, *([] if cert_manager else ["--without-cert-manager"]))

    def provide(self, version: str) -> None:
        """Has the images and manifests of an older release of the operators ready."""
        _lab("up", *CONTEXTS, "--operators", version)

    def empty(self, *, cert_manager: bool = True) -> None:
        """Starts anew: nothing but Kubernetes and, unless they are not wanted, cert-manager's kinds in any cluster. About 20 seconds."""
        _lab("down")
        self.up(cert_manager=cert_manager)

    def cut(self, context: str) -> None:
        _lab("cut", context)

    def heal(self, context: str) -> None:
        _lab("heal", context)

    def kill(self, context: str, part: str) -> None:
        """Kills a process of a cluster, or the containers of the pods whose names begin so. They come back."""
        _lab("kill", context, part)

    def cluster(self, context: str) -> Cluster:
        return Cluster(context)

    def read(self, context: str, *arguments: str) -> Any:
        """What `kubectl get` says, as a value."""
        return self.cluster(context).read(*arguments)

    def items(self, context: str, kind: str) -> list[dict[str, Any]]:
        """All objects of a kind in the operators' namespace; none when the cluster does not know the kind."""
        try:
            found: list[dict[str, Any]] = self.read(context, kind)["items"]
        except LabError as error:
            if _NO_SUCH_KIND in str(error):
                return []
            raise
        return found

    def objects(self, context: str) -> set[str]:
        """Every object that `kubectl` can list in a cluster, as kind, namespace and name."""
        cluster = self.cluster(context)

        def look() -> str:
            kinds = cluster.kubectl("api-resources", "--verbs=list", "--output=name").split()
            try:
                return cluster.kubectl("get", ",".join(kinds), "--all-namespaces", "--output=json")
            except LabError as error:
                if _NO_SUCH_KIND in str(error) or _KIND_HAS_GONE in str(error):
                    return ""
                raise

        found = json.loads(eventually(f"{context} lists what it serves", look))["items"]
        kept = [(one["kind"], one["metadata"]) for one in found if one["kind"] not in _PASSING]
        return {f"{kind} {metadata.get('namespace', '')}/{metadata['name']}" for kind, metadata in kept}

    def operator_pods(self) -> dict[str, tuple[str, int]]:
        """The operators' pods in all clusters: UID and count of restarts."""
        return self._pods(lambda metadata: "operator" in metadata["name"])

    def operator_versions(self) -> dict[str, dict[str, str]]:
        """The tags of the operators' images, by context and operator."""
        found: dict[str, dict[str, str]] = {}
        for context in CONTEXTS:
            images = [body["spec"]["template"]["spec"]["containers"][0]["image"] for body in self.items(context, "deployments")]
            named = (image.rpartition("/")[2].split(":") for image in images)
            found[context] = {name: tag for name, tag in named if name in ("k8ssandra-operator", "cass-operator")}
        return found

    def cassandra_pods(self) -> dict[str, tuple[str, int]]:
        """The pods of Cassandra in all clusters: UID and count of restarts."""
        label = "app.kubernetes.io/managed-by"
        return self._pods(lambda metadata: metadata.get("labels", {}).get(label) == "cass-operator")

    def _pods(self, fits: Callable[[dict[str, Any]], bool]) -> dict[str, tuple[str, int]]:
        return {
            f"{context} {pod['metadata']['name']}": (
                pod["metadata"]["uid"],
                sum(each["restartCount"] for each in pod["status"].get("containerStatuses", [])),
            )
            for context in CONTEXTS
            for pod in self.items(context, "pods")
            if fits(pod["metadata"])
        }

    def cql(self, context: str, datacenter: str, *statements: str, cluster: str = "demo", consistency: str = "LOCAL_QUORUM") -> list[Any]:
        """The rows that statements give when they go through one datacenter as the superuser."""
        return list(execute(self.cluster(context), cluster, datacenter, statements, consistency))

    def state(self) -> str:
        """All pods and the cluster's status, for a failing test."""
        lines = []
        for context in CONTEXTS:
            for what in (("pods", "-A", "--no-headers"), ("k8ssandraclusters", "-o", "jsonpath={.items[*].status}")):
                try:
                    said = self.cluster(context).kubectl("--request-timeout=5s", "get", *what)
                    lines += [f"{context}: {line}" for line in said.splitlines()]
                except LabError as error:
                    lines.append(f"{context}: {str(error)[:200]}")
        return "\n".join(lines)


def deployments(version: str) -> str:
    """Upstream's `config/deployments` of a release."""
    return str(find(version).manifests / "k8ssandra-operator/config/deployments")


def eventually(what: str, look: Callable[[], Any], seconds: float = 60) -> Any:
    """What `look` gives as soon as it gives something; fails when that takes too long."""
    deadline = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < deadline, f"{what}: not after {seconds:.0f} s"
        time.sleep(1)
    return found


def kubeconfig() -> Mapping[str, Any]:
    """The lab's kubeconfig."""
    found: Mapping[str, Any] = json.loads(KUBECONFIG.read_text())
    return found
