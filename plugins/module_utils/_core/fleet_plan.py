# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plans of all contexts as one value, which a person approves and a later run is held to."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .fingerprint import digest_of

# A change of the canonical form ends every approval that was given on the older one.
FORM = "k8ssandra.operator/1"
_MARK = 8


@dataclass(frozen=True)
class FleetPlan:
    """What one run would do.

    Args:
        contexts: the contexts that were planned.
        left_out: those of the inventory that were not: left out by a limit, or by a failure.
        steps: as the modules returned them, in the order of the run.
    """

    contexts: tuple[str, ...]
    left_out: tuple[str, ...]
    steps: tuple[Mapping[str, Any], ...]

    @property
    def digest(self) -> str:
        """What is approved: the contexts and each step's own digest, but neither why it is there nor how far it was previewed."""
        steps = [[step["context"], step["verb"], step["object"], step["digest"]] for step in self.steps]
        return digest_of([FORM, sorted(self.contexts), steps])

    @property
    def lines(self) -> tuple[str, ...]:
        """The plan for people: a heading, then a line a step, followed by one for each field that changes."""
        count = f"{len(self.steps)} step{'' if len(self.steps) == 1 else 's'}" if self.steps else "nothing to do"
        without = (f"not in this plan, being left out or failed: {', '.join(self.left_out)}",) if self.left_out else ()
        return (f"{count} in {', '.join(self.contexts) or 'no context'}", *without, *(line for step in self.steps for line in _told(step)))

    def describe(self) -> dict[str, Any]:
        """The plan as a filter returns it."""
        return {"lines": list(self.lines), "digest": self.digest, "contexts": list(self.contexts), "left_out": list(self.left_out)}


def gather(results: Sequence[Mapping[str, Mapping[str, Any]]], contexts: Iterable[str]) -> FleetPlan:
    """One plan of what many tasks planned.

    Args:
        results: for each task, in the order of the run, its result in each context that ran it. One without a plan was skipped.
        contexts: all contexts of the inventory, in its order.
    """
    everywhere = list(dict.fromkeys(contexts))
    failed = {context for each in results for context, result in each.items() if result.get("failed")}
    planned = {context for each in results for context, result in each.items() if "plan" in result} - failed
    steps = [step for each in results for context in everywhere if context in each for step in each[context].get("plan") or ()]
    here = tuple(context for context in everywhere if context in planned)
    return FleetPlan(here, tuple(context for context in everywhere if context not in planned), tuple(steps))


def difference(approved: Sequence[str], now: Sequence[str]) -> tuple[str, ...]:
    """What tells two plans apart, from their lines: `-` was approved, `+` would be done now."""
    found = [line for line in difflib.ndiff(list(approved), list(now)) if line[:2] in ("- ", "+ ")]
    return tuple(found) or ("the lines are the same: the approval is of another version of this collection",)


def _told(step: Mapping[str, Any]) -> tuple[str, ...]:
    reasons = "; ".join(str(step[key]) for key in ("why", "preview") if step.get(key))
    # The mark tells apart what is cut or masked in the lines.
    heading = f"{step['context']}: {step['verb']} {step['object']} ({reasons}) #{step['digest'][:_MARK]}"
    return (heading, *(f"    {change}" for change in step.get("changes") or ()))
