# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An upgrade of the operators over all contexts: what is due, what speaks against it, and which context comes after which."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from .standing import Standing
from .upgrade_findings import findings_in
from .upgrade_path import Finding


@dataclass(frozen=True)
class Upgrade:
    """The verdict over all contexts.

    Args:
        order: the contexts of this run that are upgraded, one after the other.
        left: contexts that are due too and not part of this run.
        why: why this order.
        refused: what speaks against it, a sentence each; nothing is written when there is one.
        warnings: what is to be known.
        added, removed: the kinds that come, and those that go.
    """

    order: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    why: str = ""
    refused: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()

    def describe(self) -> dict[str, Any]:
        """The verdict as a module returns it."""
        return {
            "upgrade": bool(self.order or self.left),
            "order": [{"context": context, "step": self.step(context)} for context in self.order],
            "left": list(self.left),
            "why": self.why,
            "refused": list(self.refused),
            "cautions": list(self.warnings),
            "kinds_added": list(self.added),
            "kinds_removed": list(self.removed),
        }

    def summary(self, standings: Iterable[Standing]) -> list[str]:
        """The verdict for people; empty when there is nothing to upgrade."""
        if not (self.order or self.left):
            return []
        lines = [*(standing.line for standing in standings), *self.warnings]
        if self.order:
            lines.append(f"order: {', '.join(self.order)}, one after the other; {self.why}")
        if self.left:
            lines.append(f"not upgraded by this run: {', '.join(self.left)}; run again without --limit, or when what failed is mended")
        return lines

    def step(self, context: str) -> str:
        """Where in the order a context is, as the end of the message of a step that fails."""
        place = self.order.index(context)
        done, next_ones = (", ".join(names) or "none" for names in (self.order[:place], (*self.order[place + 1 :], *self.left)))
        return (
            f"this was step {place + 1} of {len(self.order)} of an upgrade: upgraded before it: {done}; still as they were: {next_ones}; "
            "when the cause is mended, run the same command again, and it goes on here"
        )


def is_due(standings: Iterable[Standing]) -> bool:
    """Whether any context runs other versions than are wanted."""
    return any(standing.moves for standing in standings)


def plan_upgrade(standings: Sequence[Standing], here: Collection[str]) -> Upgrade:
    """The verdict; `here` are the contexts that this run may write to."""
    pending = [each for each in standings if each.moves or (each.running and each.unfinished)]
    added = tuple(dict.fromkeys(kind for each in pending for kind in each.added))
    removed = tuple(dict.fromkeys(kind for each in pending for kind in each.removed))
    first, why = _direction(added, removed)
    ranked = sorted(pending, key=lambda each: each.control_plane is not first)
    chosen = [each for each in ranked if each.context in here]
    findings = [(each.context, finding) for each in chosen for finding in findings_in(each)]
    return Upgrade(
        order=tuple(each.context for each in chosen),
        left=tuple(each.context for each in ranked if each.context not in here),
        why=why,
        refused=(*_gathered(findings, refused=True), *_out_of_order(standings, ranked, chosen, first)),
        warnings=tuple(_gathered(findings, refused=False)),
        added=added,
        removed=removed,
    )


def _direction(added: Sequence[str], removed: Sequence[str]) -> tuple[bool, str]:
    """Whether the control plane goes first, and why. Its operator watches its kinds in every context (`SetupWithManager`)."""
    if removed and not added:
        return True, (
            f"the control plane first, since {', '.join(removed)} goes: its operator watches its kinds in every context, and the old one "
            "fails where one is gone"
        )
    if added:
        return False, (
            f"data planes first, since {', '.join(added)} is new: the control plane's operator watches its kinds in every context, and the "
            "new one fails where one is missing"
        )
    return False, "data planes first: what a newer control plane writes, they have to understand"


def _out_of_order(standings: Sequence[Standing], ranked: Sequence[Standing], chosen: Sequence[Standing], first: bool) -> Iterator[str]:
    """A context that has to wait for one that is not part of this run, or that is unknown."""
    later = [each for each in chosen if each.control_plane is not first]
    if not later:
        return
    names = ", ".join(each.context for each in later)
    for each in standings:
        if each.control_plane is first and each.cause:
            yield f"{names} must come after {each.context}, which does not answer: {each.cause}"
        elif each in ranked and each not in chosen and each.control_plane is first:
            yield (
                f"{names} must come after {each.context}, which is not part of this run: --limit leaves it out, or it failed above; "
                f"upgrade {each.context} first, or both together"
            )


def _gathered(findings: Iterable[tuple[str, Finding]], *, refused: bool) -> Iterator[str]:
    """One sentence a finding, with all the contexts that it is about in front."""
    contexts: dict[str, list[str]] = {}
    for context, finding in findings:
        if finding.refused is refused:
            contexts.setdefault(str(finding), []).append(context)
    for sentence, names in contexts.items():
        yield f"{', '.join(names)}: {sentence}"
