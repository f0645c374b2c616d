"""What a command costs: time, CPU with all its children, the memory of its whole process tree at its peak, and API requests."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.integration.support.audit import Audit, is_write

from .fleet import ACCOUNT, CONTROL_PLANE, HOMES

_PAUSE = 0.2


@dataclass(frozen=True)
class Cost:
    """What one run cost.

    Args:
        wall, cpu: seconds; CPU is user and system time of the command and of all that it waited for.
        beside: CPU seconds that the machine spent on all else meanwhile: API servers, operators, Cassandra.
        memory: the peak in bytes over all its processes together, what they share counted once.
        code: how it ended.
    """

    wall: float
    cpu: float
    beside: float
    memory: int
    code: int


@dataclass(frozen=True)
class Requests:
    """How many requests each cluster got, and how many of all wrote; a dry run writes nothing."""

    control_plane: int
    data_planes: int
    writes: int

    @property
    def all(self) -> int:
        return self.control_plane + self.data_planes


def measure(command: Sequence[str], log: Path, *, environment: Mapping[str, str], timeout: float) -> Cost:
    """Runs a command to its end, its output into a file. One that takes too long is killed, with all that it started."""
    with log.open("wb") as opened:
        began, busy = time.monotonic(), _busy()
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=opened, stderr=opened, env={**os.environ, **environment})
        watch = _Watch(process.pid, began + timeout)
        watch.start()
        _pid, status, used = os.wait4(process.pid, 0)
        wall, cpu = time.monotonic() - began, used.ru_utime + used.ru_stime
        beside = max(0.0, _busy() - busy - cpu)
        watch.ended.set()
        watch.join()
    process.returncode = os.waitstatus_to_exitcode(status)
    return Cost(wall, cpu, beside, watch.memory, process.returncode)


def _busy() -> float:
    """CPU seconds that all cores have spent since the machine started; proc_stat(5) has the order of the fields."""
    user, nice, system, _idle, _waiting, irq, soft_irq = map(int, Path("/proc/stat").read_text().split()[1:8])
    return (user + nice + system + irq + soft_irq) / os.sysconf("SC_CLK_TCK")


class _Watch(threading.Thread):
    """Looks at a process tree a few times a second, and ends it when its time is over."""

    def __init__(self, pid: int, deadline: float) -> None:
        super().__init__(daemon=True)
        self.pid, self.deadline, self.memory, self.ended = pid, deadline, 0, threading.Event()

    def run(self) -> None:
        while not self.ended.wait(_PAUSE):
            family = _family(self.pid)
            memory = sum(map(_share, family))
            # When one ended meanwhile, the rest share what it had among fewer, so that it counts more than once.
            if _family(self.pid) == family:
                self.memory = max(self.memory, memory)
            if time.monotonic() > self.deadline:
                for pid in family:
                    os.kill(pid, 9)
                return


def _family(pid: int) -> list[int]:
    try:
        threads = list(Path(f"/proc/{pid}/task").iterdir())
        children = [int(child) for thread in threads for child in (thread / "children").read_text().split()]
    except OSError:  # it has ended
        return [pid]
    return [pid, *(each for child in children for each in _family(child))]


def _share(pid: int) -> int:
    """A process's memory, with what it shares divided among those that share it."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
    except (OSError, StopIteration):  # it has ended
        return 0


def requests_since(audit: Audit) -> Requests:
    """Those of the lab's person, of the planes' accounts and of our modules: the operators and Kubernetes are left out."""
    asked = {name: list(filter(_is_asked_by_a_tool, audit.all_events(name))) for name in (CONTROL_PLANE, *HOMES)}
    writes = sum(is_write(event) for events in asked.values() for event in events)
    return Requests(len(asked[CONTROL_PLANE]), sum(len(asked[home]) for home in HOMES), writes)


def _is_asked_by_a_tool(event: Mapping[str, Any]) -> bool:
    who = event["user"]["username"]
    return who == "lab-admin" or who.endswith(f":{ACCOUNT}") or str(event.get("userAgent")).startswith("k8ssandra.operator/")
