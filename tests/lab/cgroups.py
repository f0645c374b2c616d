"""The cgroups of a machine's pods: one tree per controller on version 1 hosts, a single one on version 2."""

from __future__ import annotations

import time
from pathlib import Path

from .layout import Cluster
from .steps import LabError

_ROOT = Path("/sys/fs/cgroup")
_CONTROLLERS = ("cpu", "cpuacct", "cpuset", "memory", "devices", "freezer", "blkio", "pids", "systemd")


def make(cluster: Cluster) -> None:
    """Make the root that kubelet is told to use: it makes everything below it, but not the root itself."""
    for parent in _parents():
        if parent != _ROOT and parent.name not in _CONTROLLERS:
            continue
        group = parent / cluster.link
        group.mkdir(exist_ok=True)
        for setting in ("cpuset.cpus", "cpuset.mems"):
            # Version 1 cpusets begin empty, and nothing may join one that is.
            if parent.name == "cpuset":
                (group / setting).write_text((parent / setting).read_text())


def remove(cluster: Cluster) -> None:
    """Remove what `make` and kubelet made. Raises LabError when processes are still in there after 60 s."""
    deadline = time.monotonic() + 60
    while left := [parent / cluster.link for parent in _parents() if (parent / cluster.link).exists()]:
        for group in left:
            _remove_tree(group)
        if time.monotonic() > deadline:
            raise LabError(f"removing the cgroup {left[0]}: processes are still in it; see its cgroup.procs files")
        time.sleep(0.02)


def _remove_tree(group: Path) -> None:
    for child in [path for path in group.iterdir() if path.is_dir()]:
        _remove_tree(child)
    try:
        group.rmdir()
    except OSError:
        pass  # still busy: the caller comes back until its deadline


def _parents() -> list[Path]:
    if (_ROOT / "cgroup.controllers").exists():
        return [_ROOT]
    return [path for path in _ROOT.iterdir() if (path / "cgroup.procs").exists()]
