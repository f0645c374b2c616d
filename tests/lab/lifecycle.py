"""Starting, ending and watching over the machines of this checkout's lab."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from . import cgroups, host, network, pki, store
from .api import Api, ApiError
from .build import Built, build, build_cert_manager, build_release
from .components import SOCKET
from .layout import CACHE, CHARTS, KUBECONFIG, MANIFESTS, MOST_CLUSTERS, ROOT, STATE, Cluster, Lab, Machine
from .releases import DEFAULT, Release, find
from .steps import LabError, exclusive, run, say, step

_START_LIMIT = 180.0  # seconds until a cluster has to be Ready
_END_LIMIT = 60.0
_CERT_MANAGER = {"certificates", "certificaterequests", "issuers", "clusterissuers"}


def up(built: Built, names: Sequence[str], *, cert_manager: bool = True) -> None:
    """Start the named clusters that do not run, and wait until they are Ready. Raises LabError.

    Without `cert_manager` those that are started now lack its CRDs.
    """
    lab = Lab.load()
    clear_dead(lab)
    missing = [name for name in names if name not in lab.machines]
    if missing:
        with step(f"starting {' '.join(missing)}"):
            host.raise_watch_limit()
            _start(lab, built, missing, cert_manager)
            _await_ready(lab, [lab.cluster(name) for name in missing])
    running = [lab.cluster(name) for name in names if name not in missing]
    for cluster in running:
        _insist_on_answer(cluster, lab.machines[cluster.name])
        if lab.machines[cluster.name].images != str(built.images):
            say(f"{cluster.name} has older images than this checkout builds; `down`, then `up`, to use the new ones")
    if running:
        say(f"{' '.join(cluster.name for cluster in running)} already up")
    say(f"kubeconfig: {KUBECONFIG}")


def provide(version: str) -> Release:
    """Make an older release of the operators usable here: manifests and charts in this checkout, images in every running cluster.

    The default release is there already. Raises LabError.
    """
    release = find(version)
    if release is DEFAULT:
        return release
    where = _load(build_release(release, build()), release.aliases)
    say(f"operators {version}: images in {where}; {release.manifests}, {release.charts}")
    return release


def provide_cert_manager() -> None:
    """Make cert-manager installable here: chart and manifest in this checkout, images in every running cluster. Raises LabError."""
    where = _load(build_cert_manager(build()), {})
    say(f"cert-manager: images in {where}; {MANIFESTS}/cert-manager-install, {CHARTS}/cert-manager")


def _load(archives: Sequence[Path], aliases: Mapping[str, str]) -> str:
    lab = Lab.load()
    for cluster in lab.clusters():
        store.load(lab.machines[cluster.name].pid, SOCKET, archives, aliases)
    return " ".join(lab.machines) or "no cluster, as none runs"


def down() -> None:
    """End all machines of this checkout and remove what they made. Raises LabError."""
    lab = Lab.load()
    with step(f"ending {' '.join(lab.machines) or 'nothing'}"):
        _remove(lab, list(lab.machines))
        for path in (STATE / "lab.json", KUBECONFIG):
            path.unlink(missing_ok=True)
        for folder in (MANIFESTS, CHARTS, STATE / "bin"):
            shutil.rmtree(folder, ignore_errors=True)
            folder.with_name(f".{folder.name}-built-from").unlink(missing_ok=True)


def clear_dead(lab: Lab) -> None:
    """Forget machines that died or lost their network, and remove their remains, so that they can start anew."""
    dead = [cluster.name for cluster in lab.clusters() if not (alive(lab.machines[cluster.name]) and network.connected(cluster))]
    if dead:
        say(f"{' '.join(dead)} had died: what is left is removed; a new start is an empty one")
        _remove(lab, dead)


def alive(machine: Machine) -> bool:
    """Whether the machine's PID 1 runs, and is not another process with its number."""
    return machine.pid > 0 and _start_time(machine.pid) == machine.started


def kill(lab: Lab, cluster: Cluster, part: str) -> None:
    """Kill a supervised process, or else the containers of the pods whose names begin with `part`. Raises LabError."""
    machine = lab.machines[cluster.name]
    if not alive(machine):
        raise LabError(f"killing {part} of {cluster.name}: the whole machine is dead; run `python3 -m tests.lab up {cluster.name}`")
    doing, inside = f"killing {part} of {cluster.name}", ["nsenter", f"--target={machine.pid}", "--pid", "--mount"]
    pid_file = cluster.folder / "pids" / part
    if pid_file.exists():
        run([*inside, "kill", "-9", pid_file.read_text().strip()], doing=doing)
        return
    ctr = [*inside, "ctr", "--address", SOCKET, "--namespace", "k8s.io"]
    chosen = f'labels."io.cri-containerd.kind"==container,labels."io.kubernetes.pod.name"~="^{part}"'
    containers = run([*ctr, "containers", "ls", "--quiet", chosen], doing=doing).split()
    running = run([*ctr, "tasks", "ls", "--quiet"], doing=doing).split()
    killed = [container for container in containers if container in running]
    for container in killed:
        run([*ctr, "tasks", "kill", "--signal", "SIGKILL", container], doing=doing)
    if not killed:
        known = " ".join(sorted(path.name for path in (cluster.folder / "pids").iterdir()))
        raise LabError(f"{doing}: neither a component ({known}) nor the beginning of a running pod's name")


def _start(lab: Lab, built: Built, names: Sequence[str], cert_manager: bool) -> None:
    # Held until every link is up: until then another checkout would take our number for free.
    with exclusive(CACHE / "numbers", "choosing a lab number"):
        if lab.number < 0:
            lab.number = network.free_number()
            _clear_host(lab.number)
        network.make_bridge(lab.number)
        for name in names:
            lab.machines[name] = Machine(lab.free_index(), str(built.images), cert_manager=cert_manager)
            lab.save()
            cluster = lab.cluster(name)
            _clear(cluster)
            _prepare(cluster, built)
        for name in names:
            lab.machines[name] = _launch(lab.cluster(name), lab.machines[name])
            lab.save()
            network.connect(lab.cluster(name), lab.machines[name].pid)
    pki.write_kubeconfig(KUBECONFIG, lab.clusters(), "lab-admin")


def _prepare(cluster: Cluster, built: Built) -> None:
    cluster.folder.mkdir(parents=True)
    pki.make_keys(cluster)
    store.give(built.images, cluster.folder / "containerd")
    cgroups.make(cluster)


def _launch(cluster: Cluster, planned: Machine) -> Machine:
    spaces = ["--mount", "--pid", "--net", "--uts", "--ipc", "--fork", "--kill-child", "--mount-proc"]
    command = ["unshare", *spaces, sys.executable, "-m", "tests.lab.machine", cluster.name]
    path = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
    with (cluster.folder / "machine.log").open("wb") as log:
        outer = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, env={"PATH": path}
        )
    deadline = time.monotonic() + _END_LIMIT
    while time.monotonic() < deadline and outer.poll() is None:
        children = Path(f"/proc/{outer.pid}/task/{outer.pid}/children").read_text().split()
        if children:
            pid = int(children[0])
            return replace(planned, pid=pid, started=_start_time(pid))
        time.sleep(0.01)
    said = (cluster.folder / "machine.log").read_text().strip()
    raise LabError(f"starting {cluster.name}: `unshare` made no machine: {said or 'it said nothing'}")


def _await_ready(lab: Lab, clusters: Sequence[Cluster]) -> None:
    started, waiting = time.monotonic(), list(clusters)
    while waiting:
        for cluster in list(waiting):
            if not missing_for_ready(cluster, lab.machines[cluster.name]):
                say(f"{cluster.name} is Ready after {time.monotonic() - started:.1f} s")
                waiting.remove(cluster)
            elif not alive(lab.machines[cluster.name]):
                said = (cluster.folder / "machine.log").read_text().strip().splitlines() or ["it said nothing"]
                raise LabError(f"starting {cluster.name}: its machine died: {said[-1]}; see {cluster.folder}/machine.log")
        if time.monotonic() - started > _START_LIMIT:
            late = waiting[0]
            lacking = missing_for_ready(late, lab.machines[late.name])
            raise LabError(f"{late.name} is not Ready: {lacking}; see {late.folder}/logs and machine.log, or run `down`")
        time.sleep(0.3)


def missing_for_ready(cluster: Cluster, machine: Machine) -> str:
    """What a cluster still lacks, in words; empty when it is Ready."""
    try:
        api = Api(cluster, timeout=3)
        node = api.get(f"/api/v1/nodes/{cluster.node}")
        if not any(found["type"] == "Ready" and found["status"] == "True" for found in node["status"]["conditions"]):
            return "its node is not Ready"
        if not api.get("/apis/apps/v1/namespaces/kube-system/deployments/coredns")["status"].get("availableReplicas"):
            return "CoreDNS is not available"
        if machine.cert_manager:
            served = {found["name"] for found in api.get("/apis/cert-manager.io/v1")["resources"]}
            if missing := _CERT_MANAGER - served:
                return f"cert-manager's {', '.join(sorted(missing))} are not served"
    except ApiError as error:
        return str(error)
    except OSError as error:
        return f"its API server at {cluster.server} does not answer ({error})"
    return ""


def _insist_on_answer(cluster: Cluster, machine: Machine) -> None:
    if network.is_cut(cluster, machine.pid):
        say(f"{cluster.name} is cut off; `python3 -m tests.lab heal {cluster.name}` joins it again")
        return
    deadline = time.monotonic() + 30
    while missing := missing_for_ready(cluster, machine):
        if time.monotonic() > deadline:
            raise LabError(f"{cluster.name} runs but is not Ready: {missing}; run `python3 -m tests.lab down`, then `up`")
        time.sleep(0.5)


def _remove(lab: Lab, names: Sequence[str]) -> None:
    """End machines, remove all that is theirs, and give the lab's number back with the last."""
    with exclusive(CACHE / "numbers", "choosing a lab number"):
        # When all of ours died and the bridge has ports, another checkout has taken the number: its things stay.
        ours = any(alive(machine) for machine in lab.machines.values()) or not network.ports(lab.number)
        for name in names:
            _kill(lab.machines[name])
        for name in names:
            _await_end(lab.machines[name])
            _clear(lab.cluster(name), on_host=ours)
            del lab.machines[name]
        if not lab.machines:
            if ours:
                _clear_host(lab.number)
                network.remove_bridge(lab.number)
            lab.number = -1
        lab.save()


def _clear_host(number: int) -> None:
    # Also what a lab left that was killed hard, had this number and lies in a checkout that is gone.
    for index in range(1, MOST_CLUSTERS + 1):
        network.disconnect(Cluster("", index, number))
        cgroups.remove(Cluster("", index, number))


def _clear(cluster: Cluster, *, on_host: bool = True) -> None:
    if on_host:
        network.disconnect(cluster)
        cgroups.remove(cluster)
    shutil.rmtree(cluster.folder, ignore_errors=True)
    if cluster.folder.exists():
        raise LabError(f"removing {cluster.folder}: some of it is still in use; run `down` again")


def _kill(machine: Machine) -> None:
    if alive(machine):
        os.kill(machine.pid, signal.SIGKILL)


def _await_end(machine: Machine) -> None:
    deadline = time.monotonic() + _END_LIMIT
    while alive(machine):
        if time.monotonic() > deadline:
            raise LabError(f"ending the machine with PID {machine.pid}: it did not end in {_END_LIMIT:.0f} s; run `down` again")
        time.sleep(0.02)


def _start_time(pid: int) -> int:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except (FileNotFoundError, ProcessLookupError):
        return -1
    return -1 if fields[0] in "ZX" else int(fields[19])
