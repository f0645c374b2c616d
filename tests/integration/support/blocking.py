"""Closing single ports between pods of two clusters, as a firewall between them would."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass, field

from tests.lab.layout import Lab as State

_TABLE = "test_blocked"


@dataclass
class Firewall:
    """What is closed: rules in the network of each machine, by its cluster's name."""

    closed: dict[str, list[str]] = field(default_factory=dict)

    def close(self, source: str, target: str, port: int, *, reject: bool = False) -> None:
        """Drops, or refuses, what comes from pods of one cluster to a port of pods of another."""
        network = State.load().cluster(source).pod_network
        how = "reject with tcp reset" if reject else "drop"
        self.closed.setdefault(target, []).append(f"ip saddr {network} tcp dport {port} {how}")
        # tcp resets can be sent from the forward hook only
        rules = "\n".join(f"add rule ip {_TABLE} passing {rule}" for rule in self.closed[target])
        chain = f"add chain ip {_TABLE} passing {{ type filter hook forward priority -10; }}"
        self._nft(target, f"add table ip {_TABLE}\ndelete table ip {_TABLE}\nadd table ip {_TABLE}\n{chain}\n{rules}\n")

    def open(self) -> None:
        """Opens all that was closed."""
        for target in self.closed:
            self._nft(target, f"delete table ip {_TABLE}\n")
        self.closed.clear()

    def _nft(self, name: str, rules: str) -> None:
        pid = State.load().machines[name].pid
        subprocess.run(["nsenter", f"--net=/proc/{pid}/ns/net", "nft", "-f", "-"], input=rules, text=True, check=True, timeout=30)
