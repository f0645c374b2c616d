"""The lab proves itself, with the operators' own manifests and kubectl only: `python3 -m tests.lab.prove [--keep] [--operators VERSION]`.

Control plane in hub; dc1 in east and dc2 in west; a row written through dc1 is read through dc2.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from .cql import Cluster, execute
from .lifecycle import provide
from .releases import DEFAULT, Release
from .steps import LabError, say

NAME = "demo"
CONTROL_PLANE = Cluster("hub")
DATACENTERS = {"dc1": Cluster("east"), "dc2": Cluster("west")}
_OPERATORS = ("k8ssandra-operator", "cass-operator-controller-manager")
_SETTING = ("concurrent_reads", 7)
_SECONDS = 900
_KEYSPACE = "{'class': 'NetworkTopologyStrategy', 'dc1': 1, 'dc2': 1}"


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python3 -m tests.lab.prove", description=__doc__)
    parser.add_argument("--keep", action="store_true", help="leave operators and cluster as they are in the end")
    parser.add_argument("--operators", default=DEFAULT.version, metavar="VERSION", help="another release of them; default: %(default)s")
    asked = parser.parse_args()
    try:
        release = provide(asked.operators)
        prove(release)
        if not asked.keep:
            with timed("removing everything that was made"):
                remove(release)
    except LabError as error:
        print(f"prove: {error}", file=sys.stderr)
        return 1
    return 0


def prove(release: Release) -> None:
    """The whole way, each step with its time. Raises LabError."""
    with timed(f"operators {release.version} and {release.cass_operator} installed and Ready in hub, east and west"):
        install(release)
    with timed("east and west registered in hub"):
        register()
        restart()
    with timed("cluster of 1+1 nodes complete, dc2 rebuilt"):
        CONTROL_PLANE.kubectl("apply", "--filename", "-", stdin=json.dumps(definition()))
        wait_for("the cluster", progress)
    with timed("a row written through dc1 and read through dc2, settings in force"):
        write_and_read()


def install(release: Release) -> None:
    """Apply the Kustomize bases of the operators to all three clusters, and wait for the operators."""
    planes = {CONTROL_PLANE: "control-plane", **dict.fromkeys(DATACENTERS.values(), "data-plane")}
    for cluster, plane in planes.items():
        apply(cluster, manifests(release, cluster, plane))
    for cluster in planes:
        for operator in _OPERATORS:
            cluster.kubectl("rollout", "status", f"deployment/{operator}", "--timeout", f"{_SECONDS}s")


def manifests(release: Release, cluster: Cluster, plane: str) -> str:
    """What Kustomize makes of an operators' own base."""
    return cluster.kubectl("kustomize", str(release.manifests / "k8ssandra-operator/config/deployments" / plane))


def apply(cluster: Cluster, objects: str) -> None:
    """Apply objects, again while their kinds or webhooks are not there yet."""
    deadline = time.monotonic() + 120
    while True:
        try:
            cluster.kubectl("apply", "--server-side", "--force-conflicts", "--filename", "-", stdin=objects)
            return
        except LabError:
            if time.monotonic() > deadline:
                raise
            time.sleep(2)


def register() -> None:
    """Give the control plane a kubeconfig for each data plane."""
    for remote in DATACENTERS.values():
        view = json.loads(remote.kubectl("config", "view", "--raw", "--minify", "--output", "json"))
        token = remote.kubectl("create", "token", "k8ssandra-operator", "--duration", "24h").strip()
        name = remote.context
        kubeconfig = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": name, "cluster": view["clusters"][0]["cluster"]}],
            "users": [{"name": name, "user": {"token": token}}],
            "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
            "current-context": name,
        }
        secret = {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {"name": f"{name}-config"},
            "stringData": {"kubeconfig": json.dumps(kubeconfig)},
        }
        client = {
            "apiVersion": "config.k8ssandra.io/v1beta1",
            "kind": "ClientConfig",
            "metadata": {"name": name},
            "spec": {"contextName": name, "kubeConfigSecret": {"name": f"{name}-config"}},
        }
        apply(CONTROL_PLANE, json.dumps({"apiVersion": "v1", "kind": "List", "items": [secret, client]}))


def restart() -> None:
    """Restart the control plane, which reads its registrations at its start, and wait for it."""
    CONTROL_PLANE.kubectl("rollout", "restart", "deployment/k8ssandra-operator")
    CONTROL_PLANE.kubectl("rollout", "status", "deployment/k8ssandra-operator", "--timeout", f"{_SECONDS}s")


def definition() -> dict[str, Any]:
    """The K8ssandraCluster: one node in each datacenter, a small heap, and a setting that the proof looks for."""
    # The operator would ask for a whole processor for this short step, and a second node would not fit in a small lab.
    building = {"requests": {"cpu": "50m", "memory": "64Mi"}, "limits": {"cpu": "2", "memory": "256Mi"}}
    storage = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    return {
        "apiVersion": "k8ssandra.io/v1alpha1",
        "kind": "K8ssandraCluster",
        "metadata": {"name": NAME},
        "spec": {
            "cassandra": {
                "serverVersion": "5.0.5",
                "softPodAntiAffinity": True,
                "resources": {"requests": {"cpu": "100m", "memory": "700Mi"}, "limits": {"cpu": "2", "memory": "1Gi"}},
                "initContainers": [{"name": "server-config-init", "resources": building}],
                "storageConfig": {"cassandraDataVolumeClaimSpec": storage},
                "config": {"jvmOptions": {"heap_max_size": "384Mi"}, "cassandraYaml": dict([_SETTING])},
                "datacenters": [
                    {"metadata": {"name": name}, "k8sContext": cluster.context, "size": 1} for name, cluster in DATACENTERS.items()
                ],
            }
        },
    }


def progress() -> tuple[bool, str]:
    """Whether the cluster is complete, and in words how far it is."""
    found = CONTROL_PLANE.read("k8ssandracluster", NAME)
    status, words, complete = found.get("status", {}), [], True
    for name in DATACENTERS:
        state = status.get("datacenters", {}).get(name, {}).get("cassandra", {})
        ready = any(each["type"] == "Ready" and each["status"] == "True" for each in state.get("conditions", []))
        step = state.get("cassandraOperatorProgress", "waiting")
        complete = complete and ready and step == "Ready"
        words.append(f"{name} {step}{' and up' if ready else ''}")
    jobs = DATACENTERS["dc2"].read("cassandratasks")["items"]
    rebuilt = any("completionTime" in job.get("status", {}) for job in jobs)
    observed = status.get("observedGeneration") == found["metadata"]["generation"]
    error = status.get("error", "None")
    words += ["rebuilt" if rebuilt else "not rebuilt", *([error] if error != "None" else [])]
    return complete and rebuilt and observed and error == "None", ", ".join(words)


def write_and_read() -> None:
    """Write through one datacenter, read through the other, and look at a setting of the definition."""
    value = f"written at {time.time():.0f}"
    writing = [
        f"CREATE KEYSPACE IF NOT EXISTS proof WITH replication = {_KEYSPACE}",
        "CREATE TABLE IF NOT EXISTS proof.rows (id int PRIMARY KEY, value text)",
        f"INSERT INTO proof.rows (id, value) VALUES (1, '{value}')",
    ]
    list(execute(DATACENTERS["dc1"], NAME, "dc1", writing))
    wait_for("the row in dc2", lambda: (_row_in_dc2() == value, "looking for the row"))
    name, wanted = _SETTING
    for datacenter, cluster in DATACENTERS.items():
        found = list(execute(cluster, NAME, datacenter, [f"SELECT value FROM system_views.settings WHERE name = '{name}'"], "ONE"))
        if found != [{"value": str(wanted)}]:
            raise LabError(f"{name} should be {wanted} in {datacenter}, and is {found}")


def _row_in_dc2() -> str:
    rows = list(execute(DATACENTERS["dc2"], NAME, "dc2", ["SELECT value FROM proof.rows WHERE id = 1"], "LOCAL_ONE"))
    return str(rows[0]["value"]) if rows else ""


def remove(release: Release) -> None:
    """Remove the cluster, the registrations, and the operators with all that belongs to them."""
    CONTROL_PLANE.kubectl("delete", "k8ssandracluster", NAME, "--ignore-not-found", "--timeout", f"{_SECONDS}s")
    for cluster in DATACENTERS.values():
        cluster.kubectl("delete", "persistentvolumeclaims", "--all", "--timeout", "120s")
        CONTROL_PLANE.kubectl("delete", "clientconfig", cluster.context, "--ignore-not-found")
        CONTROL_PLANE.kubectl("delete", "secret", f"{cluster.context}-config", "--ignore-not-found")
    for cluster, plane in ((CONTROL_PLANE, "control-plane"), *((each, "data-plane") for each in DATACENTERS.values())):
        cluster.kubectl("delete", "--ignore-not-found", "--timeout", "180s", "--filename", "-", stdin=manifests(release, cluster, plane))


def wait_for(what: str, look: Callable[[], tuple[bool, str]]) -> None:
    """Look until it is there, and say each change. Raises LabError when it takes too long."""
    began, last = time.monotonic(), ""
    while True:
        done, words = look()
        passed = time.monotonic() - began
        if words != last:
            say(f"  {passed:5.0f} s  {words}")
            last = words
        if done:
            return
        if passed > _SECONDS:
            raise LabError(f"waiting for {what}: not there after {_SECONDS} s; last seen: {words}")
        time.sleep(2)


@contextmanager
def timed(what: str) -> Iterator[None]:
    """Say how long a step took, once it is done."""
    began = time.monotonic()
    yield
    say(f"{what}: {time.monotonic() - began:.1f} s")


if __name__ == "__main__":
    sys.exit(main())
