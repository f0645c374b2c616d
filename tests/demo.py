"""Write rows through one datacenter of the lab, read them through every other, and say how to reach them all by CQL."""

from __future__ import annotations

import sys
from dataclasses import dataclass

from tests.lab.cql import PORT, Cluster, execute, ready_address, superuser
from tests.lab.layout import KUBECONFIG, Lab
from tests.lab.steps import LabError

ROWS = 10


@dataclass(frozen=True)
class Datacenter:
    """One datacenter of a cluster, and the Kubernetes cluster that it is in."""

    name: str
    cluster: str
    size: int
    secret: str
    place: Cluster

    def run(self, *statements: str, consistency: str = "LOCAL_QUORUM") -> list[dict[str, object]]:
        """The rows that CQL statements give when they go through this datacenter alone."""
        return list(execute(self.place, self.cluster, self.name, statements, consistency))

    def how_to_reach(self) -> str:
        """Where CQL is served, and one command for its password, which is not printed."""
        place, (user, _password) = self.place, superuser(self.place, self.name)
        address = ready_address(place, self.cluster, self.name)
        return (
            f"{self.name} in {place.context}: CQL on {address} port {PORT}, as {user}. Without a client of your own:\n"
            f"  .venv/bin/python -m tests.lab.cql --context {place.context} --cluster {self.cluster} --datacenter {self.name} STATEMENT\n"
            f"  The password: .venv/bin/kubectl --kubeconfig {KUBECONFIG} --context {place.context} --namespace {place.namespace}"
            f" get secret {self.secret} -o jsonpath='{{.data.password}}' | base64 -d"
        )


def datacenters() -> list[Datacenter]:
    """Every datacenter in every cluster of the lab, by name."""
    found = []
    for place in map(Cluster, Lab.load().machines):
        for body in place.read("cassandradatacenters")["items"]:
            spec = body["spec"]
            secret = spec.get("superuserSecretName") or f"{spec['clusterName']}-superuser"
            found.append(Datacenter(body["metadata"]["name"], spec["clusterName"], spec["size"], secret, place))
    return sorted(found, key=lambda datacenter: datacenter.name)


def write(first: Datacenter, everywhere: list[Datacenter]) -> None:
    """Make a keyspace over all datacenters and write rows that each of them must have taken."""
    replication = {"class": "NetworkTopologyStrategy", **{each.name: str(min(each.size, 3)) for each in everywhere}}
    first.run(
        f"CREATE KEYSPACE IF NOT EXISTS shown WITH replication = {replication}",
        "CREATE TABLE IF NOT EXISTS shown.rows (id int PRIMARY KEY, written_through text)",
    )
    rows = [f"INSERT INTO shown.rows (id, written_through) VALUES ({number}, '{first.name}')" for number in range(ROWS)]
    first.run(*rows, consistency="EACH_QUORUM")


def show() -> str | None:
    """Write in the first datacenter, read in the others; what went wrong, if anything."""
    found = datacenters()
    if len(found) < 2:
        names = ", ".join(each.name for each in found) or "none"
        return f"writing in one datacenter and reading in another takes two; found: {names}. Has site.yml run?"
    first, *others = found
    write(first, found)
    print(f"{ROWS} rows were written through {first.name} in {first.place.context}.")
    for other in others:
        rows = len(other.run("SELECT id FROM shown.rows"))
        if rows != ROWS:
            return f"{other.name} in {other.place.context} has {rows} of {ROWS} rows"
        print(f"{rows} rows were read through {other.name} in {other.place.context}.")
    print("\n".join(each.how_to_reach() for each in found))
    return None


def main() -> str | None:
    """Show it, or say why it cannot be shown."""
    try:
        return show()
    except LabError as error:
        return f"demo: {error}"


if __name__ == "__main__":
    sys.exit(main())
