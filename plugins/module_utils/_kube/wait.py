# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Waiting: for a verdict, with progress, and no longer than it can help."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from .._core.verdict import Verdict
from .errors import ClusterError, Forbidden, Hopeless, TimedOut, Unavailable, Unreachable

# Seconds for which a right that was there at an earlier look may be refused: between two looks an API server may have been away, and one
# that is just back answers before it has read who may do what.
_PASSING = 30.0


@dataclass(frozen=True)
class Patience:
    """How long to wait.

    Args:
        timeout: seconds until giving up.
        interval: seconds between two looks.
        clock, sleep: the time, for tests.
        spent: the seconds of `timeout` that have gone by already, for waits that share it.
    """

    timeout: float
    interval: float = 2.0
    clock: Callable[[], float] = field(default=time.monotonic, repr=False)
    sleep: Callable[[float], None] = field(default=time.sleep, repr=False)
    spent: float = 0.0


def wait_for(
    look: Callable[[], Verdict], patience: Patience, *, context: str, doing: str, say: Callable[[str], None] = lambda line: None
) -> Verdict:
    """Looks until the verdict is "done", and returns it.

    Args:
        look: reads the clusters and judges; called at least once. An API server that went away is waited for like the rest, and so is a
            right that was there a moment ago.
        context: the context that the errors name.
        doing: what we are waiting for, e.g. ``waiting for the operator``.
        say: called with each line of progress when it changes; never when the first look is already "done".

    Raises:
        Hopeless: a verdict says that waiting longer cannot help; the message is its reason.
        TimedOut: time is up; the message is the last reason.
    """
    deadline = patience.clock() + patience.timeout - patience.spent
    said: set[str] = set()
    allowed: float | None = None
    while True:
        try:
            verdict, allowed = look(), patience.clock()
        except (Unreachable, Unavailable) as problem:
            verdict = _unseen(problem)
        except Forbidden as problem:
            if allowed is None or patience.clock() - allowed > _PASSING:
                raise
            verdict = _unseen(problem)
        if verdict.done:
            return verdict
        for line in (line for line in verdict.lines if line not in said):
            say(line)
        said = set(verdict.lines)
        if verdict.hopeless:
            raise Hopeless(verdict.context or context, doing, verdict.reason, verdict.advice)
        if patience.clock() + patience.interval > deadline:
            raise TimedOut(verdict.context or context, f"{doing} for {patience.timeout:g} s", verdict.reason, verdict.advice)
        patience.sleep(patience.interval)


def _unseen(problem: ClusterError) -> Verdict:
    """The verdict of a look that saw nothing."""
    line = f"{problem.context}: {problem.reason}"
    return Verdict(False, f"{problem.doing}: {problem.found}", context=problem.context, lines=(line,), advice=problem.advice)
