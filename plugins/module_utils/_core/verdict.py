# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The answer to "is it there yet?"."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Verdict:
    """One look at something that takes time.

    Args:
        done: it is as wanted.
        reason: the first thing that is not, in one sentence; empty when done.
        hopeless: waiting longer cannot help.
        context: the context that `reason` is about; empty for the one that was asked.
        lines: where each part stands, a line for people a part; a changed line is progress.
        advice: what to do about `reason`; empty for the usual advice.
    """

    done: bool
    reason: str = ""
    hopeless: bool = False
    context: str = ""
    lines: tuple[str, ...] = ()
    advice: str = ""
