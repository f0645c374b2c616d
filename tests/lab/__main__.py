"""The command line of the lab: `python3 -m tests.lab COMMAND`, from the checkout's root."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
import threading
from pathlib import Path

from . import charts, lifecycle, network
from .build import build, build_cert_manager, build_release, link_tools
from .components import PARTS
from .layout import CACHE, KUBECONFIG, STATE, Lab
from .releases import OLDER
from .steps import LabError, exclusive, say

_DEFAULT = ("hub", "east", "west")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python3 -m tests.lab", description="Real Kubernetes clusters on this machine.")
    commands = parser.add_subparsers(dest="command", required=True)
    upward = commands.add_parser("up", help="build what is missing and start clusters")
    upward.add_argument("names", nargs="*", metavar="NAME", help=f"default: {' '.join(_DEFAULT)}")
    upward.add_argument(
        "--operators", metavar="VERSION", help=f"also an older release of them: {', '.join(each.version for each in OLDER)}"
    )
    upward.add_argument("--without-cert-manager", action="store_true", help="start clusters that lack its CRDs, to install it")
    commands.add_parser("down", help="end all clusters of this checkout")
    commands.add_parser("status", help="say what runs")
    building = commands.add_parser("build", help="only build what is missing")
    building.add_argument("--all", action="store_true", help="also the older releases of the operators, and cert-manager")
    building.add_argument("--link-tools", type=Path, metavar="DIR", help="link kubectl and helm into DIR")
    for command, text in (("cut", "drop all packets to and from a cluster"), ("heal", "undo cut")):
        commands.add_parser(command, help=text).add_argument("name", metavar="NAME")
    serving = commands.add_parser("serve-charts", help="serve the charts on this host until interrupted")
    serving.add_argument("--port", type=int, default=0, help="default: one that is free")
    killing = commands.add_parser("kill", help="kill one process of a cluster; it comes back by itself")
    killing.add_argument("name", metavar="NAME")
    killing.add_argument("part", metavar="PART", help=f"{', '.join(PARTS)}, or the beginning of a pod's name")
    return parser


def _act(asked: argparse.Namespace) -> None:
    if os.geteuid() != 0:
        raise LabError("the lab makes network and process namespaces, so it has to be run as root: use sudo")
    if asked.command == "status":
        _status(Lab.load())
    elif asked.command == "serve-charts":
        _serve_charts(asked.port)
    elif asked.command in ("up", "down", "build"):
        with exclusive(STATE / "lock", "working on this checkout's lab"):
            _change(asked)
    else:
        _fault(asked, Lab.load())


def _change(asked: argparse.Namespace) -> None:
    if asked.command == "down":
        lifecycle.down()
        return
    built = build()
    if asked.command == "up":
        lifecycle.up(built, asked.names or _DEFAULT, cert_manager=not asked.without_cert_manager)
        if asked.operators:
            lifecycle.provide(asked.operators)
        if asked.without_cert_manager:
            lifecycle.provide_cert_manager()
        return
    if asked.all:
        for release in OLDER:
            build_release(release, built)
        build_cert_manager(built)
    if asked.link_tools:
        link_tools(built, asked.link_tools)


def _serve_charts(port: int) -> None:
    with charts.serve(port) as served:
        say(f"repository {served.repository}, registry {served.registry} (--plain-http); interrupt to end")
        with contextlib.suppress(KeyboardInterrupt):
            threading.Event().wait()


def _fault(asked: argparse.Namespace, lab: Lab) -> None:
    cluster = lab.cluster(asked.name)
    pid = lab.machines[asked.name].pid
    if asked.command == "cut":
        network.cut(cluster, pid)
    elif asked.command == "heal":
        network.heal(cluster, pid)
    else:
        lifecycle.kill(lab, cluster, asked.part)
    say(f"{asked.command} {asked.name}: done")


def _status(lab: Lab) -> None:
    if not lab.machines:
        say("no cluster runs in this checkout; `python3 -m tests.lab up` starts some")
    for cluster in lab.clusters():
        machine = lab.machines[cluster.name]
        if not lifecycle.alive(machine):
            state = "dead; `up` starts it anew"
        elif network.is_cut(cluster, machine.pid):
            state = "cut off; `heal` joins it again"
        else:
            state = lifecycle.missing_for_ready(cluster, machine) or "Ready"
        say(f"{cluster.name}: {state} ({cluster.server}, pods {cluster.pod_network}, logs in {cluster.folder}/logs)")
    if lab.machines:
        say(f"kubeconfig: {KUBECONFIG}; built parts: {CACHE}")


def main() -> int:
    asked = _parser().parse_args()
    try:
        _act(asked)
    except LabError as error:
        print(f"lab: {error}", file=sys.stderr)
        return 1
    except OSError as error:  # a full disk, a file that is not ours
        print(f"lab: {asked.command}: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("lab: interrupted; run the command again to go on, or `down` to end the lab", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
