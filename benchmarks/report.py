"""The table: what was measured, what was to be reached, and whether it was."""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import sysconfig
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tests.lab.cql import Cluster
from tests.lab.releases import DEFAULT

from .bench import CORE, LARGEST, OURS, SHELL, Row
from .cases import FEW, REGISTERING, SIZES, SLOW_STATUS, SLOWER, nothing, status
from .fleet import CONTROL_PLANE

_MEGABYTE = 1_000_000
# Half a second for what varies between two runs.
_MORE_BY_ONE = SLOWER + 0.5
_HEAD = (
    "| Case | Way | Wall s | CPU s | CPU s beside | Requests | of control plane | of each data plane | Writes | Memory MB | Seen |",
    "|---|---|---|---|---|---|---|---|---|---|---|",
)


@dataclass(frozen=True)
class Target:
    """What was to be reached, and what was.

    Args:
        what, wanted, found: in words.
        excess: by how much it is missed, in `unit`; 0 or less when it is met.
        why: what was measured of where it went, for one that is missed.
    """

    what: str
    wanted: str
    found: str
    excess: float
    unit: str
    why: str

    @property
    def verdict(self) -> str:
        return f"**missed** by {round(self.excess, 2):g} {self.unit}: {self.why}" if self.excess > 0 else "met"


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


def targets(rows: Sequence[Row], planning: float, took: float) -> list[Target]:
    """Each target with what was found; `planning` in CPU seconds, `took` in seconds."""
    each = f"{planning * 1000 / LARGEST:.1f} ms a datacenter"
    minutes, measured = took / 60, f"{sum(row.cost.wall for row in rows):.0f} s are the runs of this table"
    return [
        *_of_nothing(rows),
        *_of_many(rows),
        *_of_reading(rows),
        _of_registering(rows),
        Target(f"planning a cluster of {LARGEST} datacenters", "1 s or less", f"{planning:.2f} CPU s", planning - 1, "s", each),
        Target("`make bench`", "under 20 minutes", f"{minutes:.1f} minutes", minutes - 20, "minutes", measured),
    ]


def _of_nothing(rows: Sequence[Row]) -> Iterator[Target]:
    what = nothing(FEW)
    ours, core, shell = (_row(rows, what, way) for way in (OURS, CORE, SHELL))
    wall, cpu = core.cost.wall / ours.cost.wall, core.cost.cpu / ours.cost.cpu
    wanted, why = f"5 times less than {CORE}", f"{_spent(ours)}; {CORE}: {_spent(core)}"
    yield Target(f"{what}: wall time", wanted, f"{wall:.1f} times less", 5 - wall, "times", why)
    yield Target(f"{what}: CPU", wanted, f"{cpu:.1f} times less", 5 - cpu, "times", why)
    asked, others = ours.requests.all, (core.requests.all, shell.requests.all)
    found, why = f"{asked}; {others[0]}, {others[1]}", f"{ours.requests.control_plane} of them are the control plane's"
    yield Target(f"{what}: requests", f"fewer than {CORE}, {SHELL}", found, asked + 1 - min(others), "requests", why)


def _of_many(rows: Sequence[Row]) -> Iterator[Target]:
    sizes = [_row(rows, nothing(count), OURS) for count in SIZES]
    counts = ", ".join(map(str, SIZES))
    walls = [row.cost.wall / row.contexts for row in sizes]
    cpu = ", ".join(f"{row.cost.cpu / row.contexts:.2f}" for row in sizes)
    found, growth = ", ".join(f"{wall:.2f} s" for wall in walls), max(walls[1:]) - walls[0]
    yield Target(f"wall time a context at {counts}", "does not grow", found, growth, "s", f"{cpu} CPU s a context; {_spent(sizes[-1])}")
    peaks = [row.cost.memory / _MEGABYTE for row in sizes]
    why = f"{', '.join(f'{peak:.0f} MB' for peak in peaks)} at {counts}"
    yield Target(f"memory at {LARGEST} contexts", "under 300 MB", f"{peaks[-1]:.0f} MB", peaks[-1] - 300, "MB", why)


def _of_reading(rows: Sequence[Row]) -> Iterator[Target]:
    rapid, slow = (_row(rows, case, OURS) for case in (status(LARGEST), SLOW_STATUS))
    wall, more = rapid.cost.wall, slow.cost.wall - rapid.cost.wall
    yield Target(status(LARGEST), "5 s or less", f"{wall:.1f} s", wall - 5, "s", _spent(rapid))
    yield Target(SLOW_STATUS, f"decides alone: {_MORE_BY_ONE} s more at most", f"{more:.1f} s more", more - _MORE_BY_ONE, "s", _spent(slow))


def _of_registering(rows: Sequence[Row]) -> Target:
    ours, shell = (_row(rows, REGISTERING, way) for way in (OURS, SHELL))
    restarts = int(ours.seen.partition(" ")[0])
    found, why = f"{ours.seen}; {SHELL}: {shell.seen}", f"{ours.requests.writes} writes within {ours.cost.wall:.0f} s"
    return Target(REGISTERING, "1 restart of the operator", found, abs(restarts - 1), "restarts", why)


def _spent(row: Row) -> str:
    cost = row.cost
    return f"{cost.wall:.1f} s had {cost.cpu:.1f} CPU s of its own and {cost.beside:.1f} beside it, for {row.requests.all} requests"


def text(rows: Sequence[Row], found: Sequence[Target], where: str) -> str:
    """The page; `where` describes the machine."""
    day = datetime.now(UTC).date().isoformat()
    verdicts = [f"| {each.what} | {each.wanted} | {each.found} | {each.verdict} |" for each in found]
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
    times = (f"{cost.wall:.1f}", f"{cost.cpu:.1f}", f"{cost.beside:.1f}")
    cells = (row.case, row.way, *times, asked.all, asked.control_plane, each, asked.writes, _megabytes(cost.memory), row.seen)
    return f"| {' | '.join(map(str, cells))} |"


def _megabytes(size: int) -> str:
    return f"{size / _MEGABYTE:.0f}"


def _lines(file: str) -> list[str]:
    return Path(file).read_text().splitlines()
