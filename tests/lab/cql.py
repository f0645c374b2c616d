"""CQL for tests and for people: `python3 -m tests.lab.cql --kubeconfig F --context C --cluster NAME --datacenter DC 'STATEMENT' ...`.

Finds a ready pod of the datacenter, logs in as the cluster's superuser, and prints the rows as JSON lines. The password is never printed.
"""

from __future__ import annotations

import argparse
import base64
import json
import shutil
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from .layout import KUBECONFIG, STATE
from .steps import LabError, run

PORT = 9042
_LABEL = "cassandra.datastax.com"


@dataclass(frozen=True)
class Cluster:
    """One Kubernetes cluster, reached with kubectl: the lab's own, or the one in the PATH."""

    context: str
    kubeconfig: str = str(KUBECONFIG)
    namespace: str = "k8ssandra-operator"

    def kubectl(self, *arguments: str, stdin: str = "") -> str:
        """What a kubectl command prints. Raises LabError."""
        own = STATE / "bin" / "kubectl"
        program = str(own) if own.exists() else shutil.which("kubectl") or "kubectl"
        where = ["--kubeconfig", self.kubeconfig, "--context", self.context, "--namespace", self.namespace]
        return run([program, *where, *arguments], doing=f"asking the cluster of context {self.context}", stdin=stdin)

    def read(self, *arguments: str) -> Any:
        """The object or list that `kubectl get` gives."""
        return json.loads(self.kubectl("get", *arguments, "--output", "json"))


def execute(
    cluster: Cluster, name: str, datacenter: str, statements: Sequence[str], consistency: str = "LOCAL_QUORUM"
) -> Iterator[dict[str, Any]]:
    """Run statements through a node of that datacenter, and give their rows. Raises LabError."""
    try:
        from cassandra import ConsistencyLevel, DriverException
        from cassandra.auth import PlainTextAuthProvider
        from cassandra.cluster import EXEC_PROFILE_DEFAULT, ExecutionProfile, NoHostAvailable
        from cassandra.cluster import Cluster as Driver
        from cassandra.policies import WhiteListRoundRobinPolicy
        from cassandra.query import dict_factory
    except ImportError as error:
        raise LabError(
            f"running CQL: this Python ({sys.executable}) has no cassandra-driver; install it, or use .venv/bin/python"
        ) from error
    address = ready_address(cluster, name, datacenter)
    profile = ExecutionProfile(
        WhiteListRoundRobinPolicy([address]),
        consistency_level=ConsistencyLevel.name_to_value[consistency],
        row_factory=dict_factory,
        request_timeout=60,
    )
    driver = Driver(
        [address],
        PORT,
        auth_provider=PlainTextAuthProvider(*superuser(cluster, datacenter)),
        execution_profiles={EXEC_PROFILE_DEFAULT: profile},
        protocol_version=5,
        connect_timeout=20,
        control_connection_timeout=20,
        max_schema_agreement_wait=60,
    )
    try:
        session = driver.connect()
        for statement in statements:
            yield from session.execute(statement)
    except (DriverException, NoHostAvailable) as error:
        raise LabError(f"running CQL through {datacenter} ({address}): {error}") from error
    finally:
        driver.shutdown()


def ready_address(cluster: Cluster, name: str, datacenter: str) -> str:
    """The address of a ready pod. Raises LabError when there is none."""
    pods = cluster.read("pods", "--selector", f"{_LABEL}/cluster={name},{_LABEL}/datacenter={datacenter}")["items"]
    for pod in pods:
        if any(each["name"] == "cassandra" and each["ready"] for each in pod["status"].get("containerStatuses", [])):
            return str(pod["status"]["podIP"])
    raise LabError(f"running CQL: none of {len(pods)} pods of {name} {datacenter} in context {cluster.context} is ready")


def superuser(cluster: Cluster, datacenter: str) -> tuple[str, str]:
    """Name and password of the superuser, from the Secret that the datacenter names."""
    spec = cluster.read("cassandradatacenter", datacenter)["spec"]
    secret = spec.get("superuserSecretName") or f"{spec['clusterName']}-superuser"
    values = cluster.read("secret", secret)["data"]
    user, password = (base64.b64decode(values[key]).decode() for key in ("username", "password"))
    return user, password


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python3 -m tests.lab.cql", description="Run CQL statements through one datacenter.")
    parser.add_argument("--kubeconfig", default=str(KUBECONFIG))
    parser.add_argument("--context", required=True, help="the Kubernetes context of the datacenter")
    parser.add_argument("--namespace", default="k8ssandra-operator")
    parser.add_argument("--cluster", required=True, help="the name of the K8ssandraCluster")
    parser.add_argument("--datacenter", required=True, help="the name of the datacenter")
    parser.add_argument("--consistency", default="LOCAL_QUORUM", choices=["LOCAL_QUORUM", "LOCAL_ONE", "ONE", "QUORUM", "ALL"])
    parser.add_argument("statements", nargs="+", metavar="STATEMENT")
    chosen = parser.parse_args(arguments)
    cluster = Cluster(chosen.context, chosen.kubeconfig, chosen.namespace)
    try:
        for row in execute(cluster, chosen.cluster, chosen.datacenter, chosen.statements, chosen.consistency):
            print(json.dumps(row, default=str), flush=True)
    except LabError as error:
        print(f"cql: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
