# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Several contexts side by side: one that fails is a result of its own and never takes down the rest."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol, TypeVar

from .errors import ClusterError


class InContext(Protocol):
    """Anything that belongs to one context: an `Api`, or what becomes one in its own thread."""

    @property
    def context(self) -> str:
        """The context's name."""


Target = TypeVar("Target", bound=InContext)
Answer = TypeVar("Answer")
_MOST_AT_ONCE = 32


def side_by_side(work: Callable[[Target], Answer], apis: Sequence[Target]) -> dict[str, Answer | ClusterError]:
    """What `work` returns, or the cluster error it raises, for each context, in the order given.

    Args:
        work: called once a context, in a thread of its own; an error that is not a `ClusterError` is a defect and is raised.
        apis: one a context; no two of one name.
    """
    if not apis:
        return {}

    def attempt(api: Target) -> Answer | ClusterError:
        try:
            return work(api)
        except ClusterError as problem:
            return problem

    with ThreadPoolExecutor(max_workers=min(len(apis), _MOST_AT_ONCE)) as threads:
        return dict(zip((api.context for api in apis), threads.map(attempt, apis)))


def failures(answers: Mapping[str, object]) -> dict[str, ClusterError]:
    """Those contexts of `side_by_side` that failed."""
    return {context: answer for context, answer in answers.items() if isinstance(answer, ClusterError)}
