"""How far the story is: tests ask for a state, and the first that asks pays for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .audit import Audit
from .inventory import Inventory
from .lab import CONTEXTS, NAMESPACE, Lab, deployments
from .play import Player, Run

SITE, STATUS, TEARDOWN = "k8ssandra.operator.site", "k8ssandra.operator.status", "k8ssandra.operator.teardown"
_KEPT = "SELECT text FROM kept.rows WHERE id = 1"


@dataclass
class Story:
    """The clusters, and what was done to them.

    Args:
        first_run: the run that deployed the cluster.
        before: every object of every context before anything of ours was there.
        began: the audit logs when the clusters were seen empty last, or when a chapter began that takes them as they are.
        played: when each run of a playbook began and ended, in the audit logs of the clusters as they are now.
    """

    lab: Lab
    player: Player
    inventory: Inventory
    first_run: Run | None = None
    before: dict[str, set[str]] = field(default_factory=dict)
    began: Audit = field(default_factory=Audit.from_now)
    played: list[tuple[Audit, Audit]] = field(default_factory=list)

    def site(self, *more: str, timeout: float = 900) -> Run:
        return self._play(SITE, *more, timeout=timeout)

    def site_only_reads(self, *more: str) -> Run:
        """A run with nothing to do: it changes nothing and sends no write, not even as a dry run."""
        audit = Audit.from_now()
        run = self.site(*more).demand_unchanged()
        written = audit.writes(dry_runs=True)
        assert not written, "\n".join([f"`{run.command}` had nothing to do, and wrote:", *written])
        print(f"`{run.command}` with nothing to do: {run.seconds:.0f} s, {audit.counts()}")
        return run

    def status(self, *more: str) -> Run:
        return self._play(STATUS, *more, timeout=120)

    def teardown(self, *more: str) -> Run:
        return self._play(TEARDOWN, *more, timeout=600)

    def _play(self, playbook: str, *more: str, timeout: float) -> Run:
        begun = Audit.from_now()
        run = self.player.play(playbook, self.inventory.path, *more, timeout=timeout)
        self.played.append((begun, Audit.from_now()))
        return run

    def be_empty(self) -> None:
        """Empties the lab unless it is empty."""
        if self.first_run or any(self._used(context) for context in CONTEXTS):
            self.lab.empty()
        self.first_run, self.played = None, []
        self.before = {context: self.lab.objects(context) for context in CONTEXTS}
        self.began = Audit.from_now()

    def be_deployed_with(self, version: str) -> Run:
        """Deploys the cluster on empty clusters with an older release of the operators."""
        self.be_empty()
        self.lab.provide(version)
        with self.inventory.saying(k8ssandra_kustomize=deployments(version)):
            self.first_run = self.site("-vvvv").demand()
        return self.first_run

    def be_deployed(self) -> Run:
        """Deploys the cluster unless that was done."""
        if self.first_run is None:
            self.first_run = self.site("-vvvv").demand()
        return self.first_run

    def left_behind(self) -> dict[str, set[str]]:
        """What is in each cluster that was not there when it was empty. Empties the lab when this session never saw it so."""
        found = {context: self.lab.objects(context) for context in CONTEXTS}
        if not self.before:
            self.lab.empty()
            self.before = {context: self.lab.objects(context) for context in CONTEXTS}
        return {context: more for context in CONTEXTS if (more := found[context] - self.before[context])}

    def _used(self, context: str) -> bool:
        names = self.lab.cluster(context).kubectl("get", "namespaces,customresourcedefinitions", "--output=name").split()
        return any(NAMESPACE in name or "k8ssandra" in name for name in names)

    def keep_a_row(self, value: str) -> None:
        """Writes a row through dc1 that every datacenter must have from then on."""
        self.lab.cql(
            "east",
            "dc1",
            "CREATE KEYSPACE IF NOT EXISTS kept WITH replication = {'class': 'NetworkTopologyStrategy', 'dc1': 1, 'dc2': 1}",
            "CREATE TABLE IF NOT EXISTS kept.rows (id int PRIMARY KEY, text text)",
            f"INSERT INTO kept.rows (id, text) VALUES (1, '{value}')",
        )

    def row_in(self, context: str, datacenter: str) -> str:
        """The row as that datacenter has it."""
        rows = self.lab.cql(context, datacenter, _KEPT)
        return str(rows[0]["text"]) if rows else ""

    def nodes(self) -> Mapping[str, int]:
        """How many pods of Cassandra each datacenter has, over all contexts."""
        counted: dict[str, int] = {}
        for context in CONTEXTS:
            for pod in self.lab.items(context, "pods"):
                datacenter = pod["metadata"].get("labels", {}).get("cassandra.datastax.com/datacenter")
                if datacenter and pod["metadata"].get("labels", {}).get("app.kubernetes.io/managed-by") == "cass-operator":
                    counted[f"{context} {datacenter}"] = counted.get(f"{context} {datacenter}", 0) + 1
        return counted
