"""The bridge that joins the machines of one lab, and the faults of their network."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from .layout import MOST_CLUSTERS, MOST_LABS, SERVICE_NETWORK, Cluster, bridge_name
from .steps import LabError, run

_CUT = "lab_cut"


def free_number() -> int:
    """The first lab number whose bridge is missing or has no port: machines that died take their ports with them.

    Raises LabError when ten labs run.
    """
    for number in range(MOST_LABS):
        if not ports(number):
            return number
    raise LabError(f"starting a lab: {MOST_LABS} labs run on this machine already; run `down` in one of their checkouts")


def ports(number: int) -> list[str]:
    """The links attached to a lab's bridge."""
    folder = Path("/sys/class/net") / bridge_name(number) / "brif"
    return sorted(port.name for port in folder.iterdir()) if folder.exists() else []


def make_bridge(number: int) -> None:
    """Bring up the bridge, which is the machines' way to each other and to this host, and to nothing else."""
    bridge, doing = bridge_name(number), "making the bridge of the lab"
    if not Path("/sys/class/net", bridge).exists():
        _ip(doing, "link", "add", bridge, "type", "bridge")
    _ip(doing, "addr", "replace", f"10.89.{number}.1/24", "dev", bridge)
    _ip(doing, "link", "set", bridge, "up")


def remove_bridge(number: int) -> None:
    if Path("/sys/class/net", bridge_name(number)).exists():
        _ip("removing the bridge of the lab", "link", "del", bridge_name(number))


def connect(cluster: Cluster, pid: int) -> None:
    """Give a machine its network card, and this host a way to its pods."""
    doing = f"connecting {cluster.name} to {cluster.bridge}"
    disconnect(cluster)
    _ip(doing, "link", "add", cluster.link, "type", "veth", "peer", "name", "eth0", "netns", str(pid))
    _ip(doing, "link", "set", cluster.link, "master", cluster.bridge, "up")
    _ip(doing, "route", "replace", cluster.pod_network, "via", cluster.address)


def connected(cluster: Cluster) -> bool:
    return cluster.link in ports(cluster.number)


def disconnect(cluster: Cluster) -> None:
    # Not an error when it is gone: the kernel removes the link with the machine, at a moment of its own.
    if Path("/sys/class/net", cluster.link).exists():
        subprocess.run(["ip", "link", "del", cluster.link], capture_output=True, check=False)


def configure_machine(cluster: Cluster) -> None:
    """Inside the machine: its address, and routes to its neighbours' pods and nowhere else."""
    doing = f"configuring the network of {cluster.name}"
    _ip(doing, "link", "set", "lo", "up")
    _ip(doing, "addr", "add", f"{cluster.address}/24", "dev", "eth0")
    _ip(doing, "link", "set", "eth0", "up")
    # kube-proxy rewrites Service addresses after the route lookup, so a route has to be there.
    _ip(doing, "route", "add", SERVICE_NETWORK, "dev", "eth0", "src", cluster.address)
    _ip(doing, "route", "add", "unreachable", "default")
    for index in range(1, MOST_CLUSTERS + 1):
        neighbour = cluster.neighbour(index)
        if index != cluster.index:
            _ip(doing, "route", "add", neighbour.pod_network, "via", neighbour.address)
    Path("/proc/sys/net/ipv4/ip_forward").write_text("1")


def cut(cluster: Cluster, pid: int) -> None:
    """Drop all packets between a machine and the rest, silently; inside the machine everything goes on."""
    rules = f"""
add table ip {_CUT}
flush table ip {_CUT}
add chain ip {_CUT} arriving {{ type filter hook prerouting priority -400; }}
add chain ip {_CUT} leaving {{ type filter hook postrouting priority 400; }}
add rule ip {_CUT} arriving iifname "eth0" drop
add rule ip {_CUT} leaving oifname "eth0" drop
"""
    run(_inside(pid, "nft", "-f", "-"), doing=f"cutting {cluster.name} off", stdin=rules)


def heal(cluster: Cluster, pid: int) -> None:
    """Undo `cut`; healing what is whole changes nothing."""
    if is_cut(cluster, pid):
        run(_inside(pid, "nft", "delete", "table", "ip", _CUT), doing=f"healing {cluster.name}")


def is_cut(cluster: Cluster, pid: int) -> bool:
    listed = json.loads(run(_inside(pid, "nft", "-j", "list", "tables"), doing=f"reading the rules of {cluster.name}"))
    return any(entry.get("table", {}).get("name") == _CUT for entry in listed["nftables"])


def _inside(pid: int, *command: str) -> list[str]:
    return ["nsenter", f"--net=/proc/{pid}/ns/net", *command]


def _ip(doing: str, *words: str) -> None:
    run(["ip", *words], doing=doing)
