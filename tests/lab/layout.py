"""Where everything lies, and which names and addresses a cluster has."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path

from .steps import LabError

ROOT = Path(__file__).resolve().parents[2]
STATE = ROOT / ".cache" / "lab"
KUBECONFIG = STATE / "kubeconfig"
MANIFESTS = STATE / "manifests"
CHARTS = STATE / "charts"
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "k8ssandra-operator-lab"

SERVICE_NETWORK = "10.96.0.0/16"
API_SERVICE = "10.96.0.1"
DNS_SERVICE = "10.96.0.10"
MOST_LABS = 10
MOST_CLUSTERS = 9


@dataclass(frozen=True)
class Cluster:
    """One cluster of one lab: a machine, that is a set of namespaces, with one node."""

    name: str
    index: int
    number: int

    @property
    def folder(self) -> Path:
        return STATE / self.name

    @property
    def node(self) -> str:
        return f"{self.name}-node"

    @property
    def bridge(self) -> str:
        return bridge_name(self.number)

    @property
    def link(self) -> str:
        """The name of its port on the bridge, and of its cgroup: one of a kind on the whole machine."""
        return f"{self.bridge}-{self.index}"

    @property
    def address(self) -> str:
        return f"10.89.{self.number}.{10 + self.index}"

    @property
    def gateway(self) -> str:
        return f"10.89.{self.number}.1"

    @property
    def server(self) -> str:
        return f"https://{self.address}:6443"

    @property
    def pod_network(self) -> str:
        return f"10.{100 + 10 * self.number + self.index}.0.0/16"

    def neighbour(self, index: int) -> Cluster:
        """The cluster that has, or would have, another index in the same lab."""
        return Cluster("", index, self.number)


def bridge_name(number: int) -> str:
    return f"k8lab{number}"


@dataclass
class Machine:
    """What is remembered of a started machine; `started` (clock ticks since boot) tells its PID from a reused one."""

    index: int
    images: str = ""  # the folder of its image store
    pid: int = 0
    started: int = 0
    cert_manager: bool = True  # whether it began with cert-manager's CRDs


@dataclass
class Lab:
    """The lab of this checkout as its state file has it."""

    number: int = -1
    machines: dict[str, Machine] = field(default_factory=dict)

    @classmethod
    def load(cls) -> Lab:
        """Read the state file; a missing one is an empty lab. Raises LabError when it cannot be understood."""
        path = STATE / "lab.json"
        if not path.exists():
            return cls()
        try:
            stored = json.loads(path.read_text())
            return cls(stored["number"], {name: Machine(**of) for name, of in stored["machines"].items()})
        except (ValueError, KeyError, TypeError) as error:
            raise LabError(f"reading {path}: {error!r}; remove {STATE} and run `up` again") from error

    def save(self) -> None:
        STATE.mkdir(parents=True, exist_ok=True)
        unfinished = STATE / "lab.json.part"
        unfinished.write_text(json.dumps(asdict(self), indent=2) + "\n")
        unfinished.rename(STATE / "lab.json")

    def cluster(self, name: str) -> Cluster:
        """The cluster of that name. Raises LabError when this lab has none."""
        if name not in self.machines:
            known = ", ".join(self.machines) or "none"
            raise LabError(f"there is no cluster {name} in this lab (it has: {known}); run `python3 -m tests.lab up {name}`")
        return Cluster(name, self.machines[name].index, self.number)

    def clusters(self) -> list[Cluster]:
        return [self.cluster(name) for name in self.machines]

    def free_index(self) -> int:
        """The lowest index no machine has. Raises LabError when all are taken."""
        taken = {machine.index for machine in self.machines.values()}
        for index in range(1, MOST_CLUSTERS + 1):
            if index not in taken:
                return index
        raise LabError(f"a lab has at most {MOST_CLUSTERS} clusters, and this one has them all; run `down` first")
