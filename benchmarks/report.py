"""The table: what was measured, what was to be reached, and whether it was."""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import sysconfig
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tests.lab.cql import Cluster
from tests.lab.releases import DEFAULT

from .bench import CORE, LARGEST, OURS, SHELL, Row
from .cases import FEW, REGISTERING, SIZES, SLOW_STATUS, nothing, status
from .fleet import CONTROL_PLANE

_MEGABYTE = 1_000_000
_HEAD = (
    "| Case | Way | Wall s | CPU s | Requests | of control plane | of each data plane | Writes | Memory MB | Seen |",
    "|---|---|---|---|---|---|---|---|---|---|",
)


@dataclass(frozen=True)
class Target:
    """What was to be reached, and what was."""

    what: str
    wanted: str
    found: str
    met: bool


def machine() -> str:
    """The machine and the versions in a few words, and how busy it was when the last run ended."""
    model = next(line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name"))
    memory = next(int(line.split()[1]) for line in _lines("/proc/meminfo") if line.startswith("MemTotal"))
    installed = Path(sysconfig.get_path("purelib"), "ansible_collections", "kubernetes", "core", "MANIFEST.json")
    versions = {
        "Python": platform.python_version(),
        "ansible-core": importlib.metadata.version("ansible-core"),
        "kubernetes.core": json.loads(installed.read_text())["collection_info"]["version"],
        "Kubernetes": json.loads(Cluster(CONTROL_PLANE).kubectl("version", "--output=json"))["serverVersion"]["gitVersion"],
        "k8ssandra-operator": DEFAULT.version,
    }
    named = ", ".join(f"{name} {version}" for name, version in versions.items())
    return f"{os.cpu_count()} cores ({model}), {memory / 1024**2:.0f} GiB; {named}; load average {os.getloadavg()[1]:.1f}"


def targets(rows: Sequence[Row], planning: float) -> list[Target]:
    """Each target with what was found; `planning` in CPU seconds."""
    ours, core, shell = (_row(rows, nothing(FEW), way) for way in (OURS, CORE, SHELL))
    wall, cpu = core.cost.wall / ours.cost.wall, core.cost.cpu / ours.cost.cpu
    asked = [row.requests.all for row in (ours, core, shell)]
    sizes = [_row(rows, nothing(count), OURS) for count in SIZES]
    each = [row.cost.wall / row.contexts for row in sizes]
    memory = sizes[-1].cost.memory
    quick, slow = (_row(rows, case, OURS).cost.wall for case in (status(LARGEST), SLOW_STATUS))
    once, by_script = (_row(rows, REGISTERING, way).seen for way in (OURS, SHELL))
    counts = ", ".join(map(str, SIZES))
    return [
        Target(f"{nothing(FEW)}: wall time", f"5 times less than {CORE}", f"{wall:.1f} times less", wall >= 5),
        Target(f"{nothing(FEW)}: CPU", f"5 times less than {CORE}", f"{cpu:.1f} times less", cpu >= 5),
        Target(f"{nothing(FEW)}: requests", f"fewer than {CORE}, {SHELL}", "{}; {}, {}".format(*asked), asked[0] < min(asked[1:])),
        Target(f"wall time a context at {counts}", "does not grow", ", ".join(f"{one:.2f} s" for one in each), each[-1] <= each[0]),
        Target(f"memory at {LARGEST} contexts", "under 300 MB", f"{_megabytes(memory)} MB", memory < 300 * _MEGABYTE),
        Target(status(LARGEST), "5 s or less", f"{quick:.1f} s", quick <= 5),
        Target(SLOW_STATUS, "decides alone", f"{slow - quick:.1f} s more", slow - quick <= 2.5),
        Target(REGISTERING, "1 restart of the operator", f"{once}; {SHELL}: {by_script}", once.startswith("1 ")),
        Target("planning a cluster of 100 datacenters", "1 s or less", f"{planning:.2f} CPU s", planning <= 1),
    ]


def text(rows: Sequence[Row], found: Sequence[Target], where: str) -> str:
    """The page; `where` describes the machine."""
    day = datetime.now(UTC).date().isoformat()
    verdicts = [f"| {each.what} | {each.wanted} | {each.found} | {'met' if each.met else '**missed**'} |" for each in found]
    parts = [
        Path(__file__).with_name("page.md").read_text().strip(),
        f"## Targets\n\nMeasured on {day}: {where}.\n\n| What | To reach | Found | |\n|---|---|---|---|\n" + "\n".join(verdicts),
        "## All figures\n\n" + "\n".join((*_HEAD, *map(_line, rows))),
    ]
    return "\n\n".join(parts) + "\n"


def _row(rows: Sequence[Row], case: str, way: str) -> Row:
    return next(row for row in rows if (row.case, row.way) == (case, way))


def _line(row: Row) -> str:
    cost, asked = row.cost, row.requests
    each = f"{asked.data_planes / (row.contexts - 1):.1f}"
    times = (f"{cost.wall:.1f}", f"{cost.cpu:.1f}")
    cells = (row.case, row.way, *times, asked.all, asked.control_plane, each, asked.writes, _megabytes(cost.memory), row.seen)
    return f"| {' | '.join(map(str, cells))} |"


def _megabytes(size: int) -> str:
    return f"{size / _MEGABYTE:.0f}"


def _lines(file: str) -> list[str]:
    return Path(file).read_text().splitlines()
