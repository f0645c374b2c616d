"""Write rows through one datacenter of the lab, read them through every other, and say how to reach them all by CQL."""

from __future__ import annotations

import argparse
import base64
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from cassandra import ConsistencyLevel
from cassandra.auth import PlainTextAuthProvider
from cassandra.cluster import EXEC_PROFILE_DEFAULT, Cluster, ExecutionProfile, Session
from cassandra.policies import WhiteListRoundRobinPolicy
from kubernetes import client, config

KUBECONFIG = Path(__file__).resolve().parent.parent / ".cache" / "lab" / "kubeconfig"
CASSANDRA = {"group": "cassandra.datastax.com", "version": "v1beta1", "plural": "cassandradatacenters"}
ROWS = 10


@dataclass(frozen=True)
class Datacenter:
    """One datacenter, and what it takes to log in there."""

    context: str
    namespace: str
    name: str
    size: int
    secret: str
    addresses: tuple[str, ...]
    user: str
    password: str

    def how_to_reach(self) -> str:
        """One command for a person; it holds no password."""
        password = f"kubectl --kubeconfig .cache/lab/kubeconfig --context {self.context} -n {self.namespace} get secret {self.secret}"
        return (
            f"{self.name} in {self.context}: CQL on {', '.join(self.addresses)} port 9042, user {self.user}, password from\n"
            f"    {password} -o jsonpath='{{.data.password}}' | base64 -d"
        )


def datacenters(kubeconfig: Path) -> list[Datacenter]:
    """Every datacenter in every context of a kubeconfig."""
    contexts = yaml.safe_load(kubeconfig.read_text())["contexts"]
    return sorted((found for context in contexts for found in _datacenters_in(kubeconfig, context["name"])), key=lambda dc: dc.name)


def _datacenters_in(kubeconfig: Path, context: str) -> Iterator[Datacenter]:
    with config.new_client_from_config(str(kubeconfig), context) as api:
        try:
            listed = client.CustomObjectsApi(api).list_cluster_custom_object(**CASSANDRA)["items"]
        except client.ApiException as error:
            if error.status != 404:
                raise
            return
        for body in listed:
            yield _datacenter(client.CoreV1Api(api), context, body)


def _datacenter(api: client.CoreV1Api, context: str, body: dict[str, Any]) -> Datacenter:
    namespace, spec = body["metadata"]["namespace"], body["spec"]
    selector = f"cassandra.datastax.com/datacenter={body['metadata']['name']}"
    pods = api.list_namespaced_pod(namespace, label_selector=selector).items
    secret = api.read_namespaced_secret(spec.get("superuserSecretName") or f"{spec['clusterName'].lower()}-superuser", namespace)
    user, password = (base64.b64decode(secret.data[key]).decode() for key in ("username", "password"))
    return Datacenter(
        context,
        namespace,
        spec.get("datacenterName") or body["metadata"]["name"],
        spec["size"],
        secret.metadata.name,
        tuple(pod.status.pod_ip for pod in pods if pod.status.pod_ip),
        user,
        password,
    )


@contextmanager
def session(datacenter: Datacenter, consistency: int) -> Iterator[Session]:
    """A CQL session whose every request goes through the nodes of one datacenter."""
    profile = ExecutionProfile(
        load_balancing_policy=WhiteListRoundRobinPolicy(datacenter.addresses), consistency_level=consistency, request_timeout=60
    )
    cluster = Cluster(
        datacenter.addresses,
        auth_provider=PlainTextAuthProvider(datacenter.user, datacenter.password),
        execution_profiles={EXEC_PROFILE_DEFAULT: profile},
        connect_timeout=30,
    )
    try:
        yield cluster.connect()
    finally:
        cluster.shutdown()


def write(first: Datacenter, everywhere: list[Datacenter]) -> None:
    """Make a keyspace over all datacenters and write rows that each of them must have taken."""
    replication = {"class": "NetworkTopologyStrategy", **{dc.name: str(min(dc.size, 3)) for dc in everywhere}}
    with session(first, ConsistencyLevel.EACH_QUORUM) as cql:
        cql.execute(f"CREATE KEYSPACE IF NOT EXISTS demo WITH replication = {replication}")
        cql.execute("CREATE TABLE IF NOT EXISTS demo.rows (id int PRIMARY KEY, written_through text)")
        for number in range(ROWS):
            cql.execute("INSERT INTO demo.rows (id, written_through) VALUES (%s, %s)", (number, first.name))


def read(datacenter: Datacenter) -> int:
    """How many rows there are by the word of this datacenter alone."""
    with session(datacenter, ConsistencyLevel.LOCAL_QUORUM) as cql:
        return int(cql.execute("SELECT count(*) FROM demo.rows").one()[0])


def main() -> str | None:
    """Write in the first datacenter, read in the others."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--kubeconfig", type=Path, default=KUBECONFIG)
    kubeconfig = asked.parse_args().kubeconfig
    if not kubeconfig.is_file():
        return f"there is no {kubeconfig}: the lab does not run; `make lab` starts it"
    found = datacenters(kubeconfig)
    if len(found) < 2:
        names = ", ".join(dc.name for dc in found) or "none"
        return f"writing in one datacenter and reading in another takes two; found: {names}. Has site.yml run?"
    first, *others = found
    write(first, found)
    print(f"{ROWS} rows were written through {first.name} in {first.context}.")
    for datacenter in others:
        rows = read(datacenter)
        if rows != ROWS:
            return f"{datacenter.name} in {datacenter.context} has {rows} of {ROWS} rows"
        print(f"{rows} rows were read through {datacenter.name} in {datacenter.context}.")
    print("\n".join(datacenter.how_to_reach() for datacenter in found))
    return None


if __name__ == "__main__":
    sys.exit(main())
