# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which steps from one version of an operator to another are known to hurt. One row a known fault, with upstream's own words on it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from .operators import CASS, K8SSANDRA

Version = tuple[int, int, int]
_VERSION = re.compile(r"^v?(\d+)\.(\d+)\.(\d+)(?:[-+].*)?$")
_ISSUES = "https://github.com/k8ssandra/{}/issues/{}"
# Minor versions of k8ssandra-operator in one step, above which a run warns. Those of upstream's reports of broken jumps had 9 and 15;
# upstream's own test of an upgrade takes two (`UpgradeOperatorImage`, k8ssandra-operator v1.26.0 test/e2e/suite_test.go).
LONG_JUMP = 6
_NEVER: Version = (0, 0, 0)
_EVER: Version = (99999, 0, 0)


@dataclass(frozen=True)
class Move:
    """One operator's way from a version to another. A version is an image's tag; one that is not a number is not judged."""

    operator: str
    source: str
    target: str


@dataclass(frozen=True)
class Finding:
    """What is known of a step.

    Args:
        sentence: what happens, and what to do.
        issue: where upstream says so.
        refused: the step is not taken; else it is a warning.
    """

    sentence: str
    issue: str
    refused: bool = True

    def __str__(self) -> str:
        return f"{self.sentence} ({self.issue})"


@dataclass(frozen=True)
class _Fault:
    """A row: a step of `operator` from [since, before) to [reaches, short_of) hurts, where a datacenter runs `cassandra` or newer."""

    operator: str
    since: Version
    before: Version
    reaches: Version
    short_of: Version
    why: str
    issue: str
    refused: bool = True
    cassandra: tuple[int, int] = (0, 0)

    def concerns(self, move: Move, cassandras: Collection[tuple[int, int]]) -> bool:
        source, target = read_version(move.source), read_version(move.target)
        if move.operator != self.operator or source is None or target is None:
            return False
        there = self.since <= source < self.before and self.reaches <= target < self.short_of
        return there and (self.cassandra == (0, 0) or any(each >= self.cassandra for each in cassandras))


_FAULTS = (
    _Fault(
        CASS, _NEVER, (1, 8, 0), (1, 11, 0), _EVER,
        "upstream supports this only by way of cass-operator 1.8.0 to 1.10.x, with steps by hand; upgrade to one of these first",
        "https://github.com/k8ssandra/cass-operator#upgrade-instructions",
    ),
    _Fault(
        K8SSANDRA, _NEVER, (1, 1, 0), (1, 1, 0), (1, 1, 1),
        "1.1.0 cannot read the replication that earlier versions noted on their clusters; take 1.1.1 or newer",
        _ISSUES.format(K8SSANDRA, 550),
    ),
    _Fault(
        CASS, (1, 17, 0), (1, 18, 2), (1, 18, 2), _EVER,
        "nodes of Cassandra 4.1 or newer that this version configured have the name 'Test Cluster' on their disks, and newer versions "
        "configure the real name, with which they do not start; follow the issue before you upgrade",
        _ISSUES.format(K8SSANDRA, 1147), cassandra=(4, 1),
    ),
    _Fault(
        CASS, _NEVER, (1, 23, 0), (1, 23, 0), (1, 23, 2),
        "it makes a second set of StatefulSets, without the datacenter in their names, beside those that hold the data; take "
        "cass-operator 1.23.2 or newer, that is k8ssandra-operator 1.22.0 or newer",
        _ISSUES.format(CASS, 751),
    ),
    _Fault(
        K8SSANDRA, _NEVER, (1, 23, 0), (1, 23, 0), (1, 24, 0),
        "1.23 does not write authentication into cassandra.yaml, so nodes that it restarts let anybody in; take 1.24.0 or newer",
        _ISSUES.format(K8SSANDRA, 1558),
    ),
    _Fault(
        K8SSANDRA, _NEVER, (1, 6, 0), (1, 6, 0), _EVER,
        "nobody carries out CassandraBackups and CassandraRestores any longer; MedusaBackupJobs and MedusaRestoreJobs take their place",
        _ISSUES.format(K8SSANDRA, 846), refused=False,
    ),
    _Fault(
        K8SSANDRA, _NEVER, (1, 15, 0), (1, 15, 0), _EVER,
        "a K8ssandraCluster that names a MedusaConfiguration in another namespace can no longer be changed; move that beside the cluster",
        _ISSUES.format(K8SSANDRA, 1266), refused=False,
    ),
)  # fmt: skip


def read_version(tag: str) -> Version | None:
    """The numbers of a tag such as ``v1.26.0``; None for one that has none, such as ``latest``."""
    match = _VERSION.match(tag)
    return (int(match.group(1)), int(match.group(2)), int(match.group(3))) if match else None


def judge_move(move: Move, cassandras: Collection[tuple[int, int]]) -> Iterator[Finding]:
    """What is known of a step, the refusals first.

    Args:
        move: from the version that runs to the wanted one.
        cassandras: the versions of Cassandra, as (major, minor), of the datacenters that this context holds.
    """
    source, target = read_version(move.source), read_version(move.target)
    if source is None or target is None:
        return
    step = f"{move.operator} {move.source} to {move.target}"
    if target < source:
        why = "is a step back, which upstream's operators do not undo in what they manage; keep the newer version, and restore by hand"
        yield Finding(f"{step} {why}", _ISSUES.format(K8SSANDRA, 1068))
    for fault in sorted(_FAULTS, key=lambda row: not row.refused):
        if fault.concerns(move, cassandras):
            yield Finding(f"{step}: {fault.why}", fault.issue, fault.refused)
    minors = target[1] - source[1] if target[0] == source[0] else LONG_JUMP + 1
    if move.operator == K8SSANDRA and minors > LONG_JUMP:
        why = f"is a long jump, of which upstream has reports that it broke; go by versions at most {LONG_JUMP} minor ones apart"
        yield Finding(f"{step} {why}, and look at each with the playbook status", _ISSUES.format(K8SSANDRA, 1608), refused=False)
