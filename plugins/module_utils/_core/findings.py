# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a preflight found: findings for people, and every check that ran, in a stable order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

ERROR, WARNING, NOTE = "error", "warning", "note"
_SEVERITIES = (ERROR, WARNING, NOTE)
# What can be said of a check when it found nothing.
FINE, IMPOSSIBLE, NOT_DONE = "fine", "impossible", "not done"


@dataclass(frozen=True)
class Fault:
    """What is not as it should be.

    Args:
        severity: `ERROR` for what will fail, `WARNING` for what may, `NOTE` for what is good to know.
        subject: the object, such as ``StorageClass fast``.
        what: what was found.
        why: why it matters.
        advice: what to do.
    """

    severity: str
    subject: str
    what: str
    why: str
    advice: str


@dataclass(frozen=True)
class Finding:
    """A fault with its place."""

    context: str
    check: str
    fault: Fault

    def __str__(self) -> str:
        fault = self.fault
        return f"context {self.context}: {self.check}: {fault.subject}: {fault.what}; {fault.advice}"

    def describe(self) -> dict[str, Any]:
        """The finding as a module returns it."""
        shown = asdict(self.fault)
        return {"context": self.context, "check": self.check, "object": shown.pop("subject"), **shown}


@dataclass(frozen=True)
class Outcome:
    """How one check of one context ended.

    Args:
        result: the gravest severity of its faults; `FINE` without any, `IMPOSSIBLE` when it could not look, `NOT_DONE` in check mode.
        found: what was seen, in a few words.
    """

    context: str
    check: str
    result: str
    found: str
    faults: tuple[Fault, ...] = ()

    def describe(self) -> dict[str, Any]:
        """The outcome as a module returns it."""
        return {"context": self.context, "check": self.check, "result": self.result, "found": self.found}


def judged(context: str, check: str, found: str, faults: Iterable[Fault]) -> Outcome:
    """The outcome of a check that looked."""
    ranked = tuple(sorted(faults, key=lambda fault: _SEVERITIES.index(fault.severity)))
    return Outcome(context, check, ranked[0].severity if ranked else FINE, found, ranked)


def findings_of(outcomes: Sequence[Outcome]) -> tuple[Finding, ...]:
    """All findings, errors first; among those alike, in the order of contexts and checks."""
    found = [Finding(outcome.context, outcome.check, fault) for outcome in outcomes for fault in outcome.faults]
    return tuple(sorted(found, key=lambda finding: _SEVERITIES.index(finding.fault.severity)))


def message_of(findings: Sequence[Finding]) -> str:
    """One message that names the first error and counts the rest; empty without errors."""
    errors = [finding for finding in findings if finding.fault.severity == ERROR]
    if not errors:
        return ""
    warnings = sum(1 for finding in findings if finding.fault.severity == WARNING)
    rest = [f"{len(errors) - 1} more error{'s' if len(errors) != 2 else ''}" if len(errors) > 1 else ""]
    rest.append(f"{warnings} warning{'s' if warnings != 1 else ''}" if warnings else "")
    more = " and ".join(part for part in rest if part)
    return f"{errors[0]}" + (f" (and {more})" if more else "")
