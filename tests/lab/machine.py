"""PID 1 of one machine: turns fresh namespaces into a one-node Kubernetes cluster and keeps its processes running.

Started by lifecycle.py under `unshare`; killing it ends every process and mount of the cluster, because the kernel does
so with the namespaces. Argument: the cluster's name.
"""

from __future__ import annotations

import os
import socket
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from . import network, store
from .components import Component, components, write_configuration
from .layout import Cluster, Lab
from .steps import LabError, run

_FIRST_DELAY, _LONGEST_DELAY = 1.0, 10.0  # seconds before a process that ended is started again
_SYSTEM = Path("/sys/devices/system")
_PROCESSORS = 8
_SETTLED = 30.0  # seconds after which a process counts as healthy, and its delay begins anew


@dataclass
class Supervised:
    """A component and its life so far; times are monotonic seconds."""

    component: Component
    log: Path
    pid_file: Path
    pid: int = 0
    started: float = 0.0
    due: float = 0.0
    delay: float = _FIRST_DELAY

    def start(self) -> None:
        command, append = self.component.command, os.O_WRONLY | os.O_CREAT | os.O_APPEND
        # Not subprocess: it would collect children behind the back of `bury`.
        output = [(os.POSIX_SPAWN_OPEN, 1, str(self.log), append, 0o644), (os.POSIX_SPAWN_DUP2, 1, 2)]
        self.pid = os.posix_spawnp(command[0], command, os.environ, file_actions=output)
        self.started = time.monotonic()
        self.pid_file.write_text(f"{self.pid}\n")

    def ended(self, status: int) -> None:
        now = time.monotonic()
        if now - self.started > _SETTLED:
            self.delay = _FIRST_DELAY
        print(f"{self.component.name} ended with {os.waitstatus_to_exitcode(status)}; next start in {self.delay} s", flush=True)
        self.pid, self.due = 0, now + self.delay
        self.delay = min(2 * self.delay, _LONGEST_DELAY)


def supervise(cluster: Cluster) -> None:
    """Start what may start, again and again, and bury the dead: PID 1 also inherits the containers' orphans."""
    logs, pids = cluster.folder / "logs", cluster.folder / "pids"
    logs.mkdir()
    pids.mkdir()
    processes = [Supervised(part, logs / f"{part.name}.log", pids / part.name) for part in components(cluster)]
    while True:
        for process in processes:
            if not process.pid and time.monotonic() >= process.due and process.component.may_start():
                process.start()
        settled = all(process.pid for process in processes)
        time.sleep(0.5 if settled else 0.1)
        bury(processes)


def bury(processes: list[Supervised]) -> None:
    """Collect every ended child without waiting for one."""
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if not pid:
            return
        for process in processes:
            if process.pid == pid:
                process.ended(status)


def mount_folders(cluster: Cluster) -> None:
    """Put the machine's folders over the host's; the mounts are seen in this machine only."""
    doing = f"mounting the folders of {cluster.name}"
    run(["mount", "--make-rprivate", "/"], doing=doing)
    run(["mount", "-t", "tmpfs", "tmpfs", "/run"], doing=doing)
    Path("/run/netns").mkdir()
    own = {"kubelet": "/var/lib/kubelet", "containerd": "/var/lib/containerd", "cni-cache": "/var/lib/cni"}
    for name, target in {**own, "pods": "/var/log/pods", "containers": "/var/log/containers"}.items():
        source = cluster.folder / name
        source.mkdir(exist_ok=True)
        Path(target).mkdir(parents=True, exist_ok=True)
        run(["mount", "--bind", source, target], doing=doing)


def pretend_processors() -> None:
    """Let the kubelet count more processors than the host has.

    The operators' default requests, 1 CPU an init container, would keep a second Cassandra node off a machine of two cores. The
    kubelet counts the folders below; nothing else on the machine reads them, and containers see the host's own.
    """
    doing = "showing the kubelet more processors"
    # An empty `node` makes it count the folders in `cpu`; without a topology in them it pins nothing (github.com/google/cadvisor).
    for folder in (_SYSTEM / "node", _SYSTEM / "cpu"):
        run(["mount", "-t", "tmpfs", "tmpfs", folder], doing=doing)
    for number in range(_PROCESSORS):
        (_SYSTEM / "cpu" / f"cpu{number}").mkdir()


def await_network() -> None:
    """Wait until lifecycle.py has connected us. Raises LabError after 30 s: it died, and nobody knows of this machine."""
    deadline = time.monotonic() + 30
    while not Path("/proc/sys/net/ipv4/conf/eth0").exists():
        if time.monotonic() > deadline:
            raise LabError("waiting for the network card: nobody connected this machine; run `up` again")
        time.sleep(0.02)


def main() -> None:
    """Become the machine of the cluster named by the first argument; never returns."""
    lab = Lab.load()
    cluster = lab.cluster(sys.argv[1])
    images = store.hold(Path(lab.machines[cluster.name].images))
    socket.sethostname(cluster.node)
    mount_folders(cluster)
    pretend_processors()
    await_network()
    network.configure_machine(cluster)
    write_configuration(cluster)
    with images:
        supervise(cluster)


if __name__ == "__main__":
    main()
