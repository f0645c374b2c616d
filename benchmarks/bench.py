"""What all cases stand on: the lab, fleets of contexts in it, the commands that are compared, and the rows of the table."""

from __future__ import annotations

import functools
import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

from tests.integration.support.audit import Audit
from tests.lab.cql import Cluster
from tests.lab.layout import CHARTS, ROOT, STATE
from tests.lab.releases import DEFAULT
from tests.lab.steps import run

from .fleet import CONTROL_PLANE, HOMES, cluster_definition, make_accounts, planes, write_inventory, write_kubeconfig
from .measure import Cost, Requests, measure, requests_since

LARGEST = 100
NEW = 10
OURS, CORE, SHELL = "this collection", "kubernetes.core", "helm and kubectl"
# More than a fleet ever has: the script registers some that ours leaves alone.
_PLANES = planes(1, LARGEST - 1 - len(HOMES) + NEW)
BY_SCRIPT = _PLANES[-NEW:]
_HERE = Path(__file__).parent
_MODULE = "github.com/k8ssandra/k8ssandra-operator"


@dataclass(frozen=True)
class Row:
    """One line of the table.

    Args:
        case, way: what was done, and by what.
        contexts: over how many contexts.
        cost: what it cost.
        requests: what it asked of the API servers.
        seen: what else was seen.
    """

    case: str
    way: str
    contexts: int
    cost: Cost
    requests: Requests
    seen: str = ""


@dataclass
class Bench:
    """The lab and the fleets in it.

    Args:
        folder: for inventories and outputs.
        rows: what was measured so far.
        tokens: what every plane logs in with.
    """

    folder: Path
    rows: list[Row] = field(default_factory=list)
    tokens: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def control_plane(self) -> Cluster:
        return Cluster(CONTROL_PLANE)

    def start_empty(self) -> None:
        """Three clusters with nothing but Kubernetes in them, and accounts for the planes."""
        for command in ("down", "up"):
            subprocess.run([sys.executable, "-m", "tests.lab", command], cwd=ROOT, check=True)
        self.tokens = make_accounts(_PLANES)
        write_kubeconfig(self.folder / "kubeconfig", self.tokens)
        (self.folder / "cluster.json").write_text(json.dumps(cluster_definition()))

    def play(self, playbook: str, contexts: int, servers: Mapping[str, str] | None = None) -> list[str]:
        """The command that runs a playbook over a fleet; some of its contexts may be reached by other addresses."""
        inventory = self.folder / f"fleet-{contexts}{'-otherwise' * bool(servers)}"
        if not inventory.exists():
            kubeconfig = self.folder / "kubeconfig"
            if servers:
                kubeconfig = write_kubeconfig(inventory.with_suffix(".kubeconfig"), self.tokens, servers)
            write_inventory(inventory, kubeconfig, contexts)
        return [f"{sys.prefix}/bin/ansible-playbook", playbook, "-i", str(inventory)]

    def server(self, plane: str) -> str:
        """The address of the API server behind a plane."""
        found = yaml.safe_load((self.folder / "kubeconfig").read_text())
        return str(next(each["cluster"]["server"] for each in found["clusters"] if each["name"] == plane))

    def by_core(self, contexts: int) -> list[str]:
        """The command that does the work of `site` with kubernetes.core alone."""
        return [*self.play(str(_HERE / "kubernetes_core.yml"), contexts), "-e", f"bench_cluster={self.folder / 'cluster.json'}"]

    def by_shell(self, script: str, *names: str) -> list[str]:
        """The command that runs a script of ours, which has in its environment what upstream's documentation needs."""
        return ["sh", str(_HERE / script), *names]

    def run(self, case: str, way: str, command: Sequence[str], contexts: int, *, timeout: float = 600, **environment: str) -> Row:
        """Measures one run. Raises `AssertionError` with the last lines of a run that failed."""
        print(f"bench: {case}, {way} ...", flush=True)
        log, audit = self.folder / f"{len(list(self.folder.glob('*.log'))):02}.log", Audit.from_now()
        cost = measure(command, log, environment={**self._places(), **environment}, timeout=timeout)
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-30:])
        assert cost.code == 0, f"`{' '.join(command[:4])}` ended with {cost.code} after {cost.wall:.0f} s:\n{tail}"
        row = Row(case, way, contexts, cost, requests_since(audit))
        print(f"bench: {case}, {way}: {cost.wall:.1f} s, {cost.cpu:.1f} CPU s, {row.requests.all} requests", flush=True)
        return row

    def keep(self, *rows: Row, seen: str = "") -> None:
        """Puts the one of several rows that took the least CPU into the table: what else the machine does only adds to it."""
        self.rows.append(replace(min(rows, key=lambda row: row.cost.cpu), seen=seen))

    def renew_operator(self) -> None:
        """Gives the control plane a pod that was never restarted, so that restarts are counted from 0 and none waits for its turn."""
        self.control_plane.kubectl("delete", "pods", *(pod["metadata"]["name"] for pod in self._pods()))
        self.restarts()

    def restarts(self) -> int:
        """How often the operator's pod was restarted, once it has been available without another restart for ten seconds."""
        while True:
            before = self._count()
            time.sleep(10)
            self.control_plane.kubectl("wait", "--for=condition=Available", "--timeout=400s", "deployment/k8ssandra-operator")
            if self._count() == before:
                return before

    def _count(self) -> int:
        return sum(status["restartCount"] for pod in self._pods() for status in pod["status"].get("containerStatuses", []))

    def _pods(self) -> list[dict[str, Any]]:
        deployment = self.control_plane.read("deployment", "k8ssandra-operator")
        labels = ",".join(f"{key}={value}" for key, value in deployment["spec"]["selector"]["matchLabels"].items())
        found: list[dict[str, Any]] = self.control_plane.read("pods", "--selector", labels)["items"]
        return found

    def _places(self) -> dict[str, str]:
        return {
            "ANSIBLE_NOCOLOR": "1",
            "PATH": f"{STATE / 'bin'}:{os.environ['PATH']}",
            "XDG_CACHE_HOME": str(self.folder / "cache"),  # the first run renders, as a user's first does
            "KUBECONFIG": str(self.folder / "kubeconfig"),
            "CHART": str(CHARTS / "k8ssandra-operator"),
            "CLUSTER": str(self.folder / "cluster.json"),
            "REGISTER": str(_upstream_scripts() / "create-clientconfig.sh"),
        }


@functools.cache
def _upstream_scripts() -> Path:
    where = ROOT / "tests" / "lab" / "go" / DEFAULT.group
    found = run(["go", "mod", "download", "-json", _MODULE], doing="looking for upstream's script", cwd=where)
    return Path(json.loads(found)["Dir"], "scripts")
