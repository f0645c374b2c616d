# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Waiting says what it sees, and no longer than it can help."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pytest

from plugins.module_utils._core.verdict import Verdict
from plugins.module_utils._kube.errors import Forbidden, Hopeless, TimedOut, Unreachable
from plugins.module_utils._kube.wait import Patience, wait_for

DONE = Verdict(True)


class Clock:
    """Time that passes only by sleeping."""

    def __init__(self) -> None:
        self.now = 0.0

    def read(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def waited(verdicts: Iterable[Verdict], timeout: float = 10) -> tuple[Verdict, list[str], float]:
    clock, said = Clock(), []
    looks: Iterator[Verdict] = iter(verdicts)
    patience = Patience(timeout, 2, clock.read, clock.sleep)
    verdict = wait_for(lambda: next(looks), patience, context="hub", doing="waiting", say=said.append)
    return verdict, said, clock.now


def test_what_is_there_at_once_costs_one_look_and_no_word() -> None:
    assert waited([DONE]) == (DONE, [], 0.0)


def test_each_change_is_said_once() -> None:
    steps = [("a: 0/1",), ("a: 0/1",), ("a: 0/1", "b: 0/1"), ("a: 1/1", "b: 0/1")]
    said = waited([*(Verdict(False, "x", lines=lines) for lines in steps), DONE])[1]
    assert said == ["a: 0/1", "b: 0/1", "a: 1/1"]


def test_what_cannot_succeed_ends_the_wait_at_once_with_the_cause() -> None:
    with pytest.raises(Hopeless, match="context east: waiting: no such image; correct it"):
        waited([Verdict(False, "no such image", hopeless=True, context="east", advice="correct it")])


def test_time_is_up_with_the_last_reason() -> None:
    with pytest.raises(TimedOut, match="context hub: waiting for 4 s: second"):
        waited([Verdict(False, "first"), Verdict(False, "second"), Verdict(False, "second")], timeout=4)


def test_an_api_server_that_went_away_is_waited_for() -> None:
    answers: list[Verdict | Unreachable] = [Unreachable("hub", "reading", "no route"), DONE]

    def look() -> Verdict:
        answer = answers.pop(0)
        if isinstance(answer, Unreachable):
            raise answer
        return answer

    said: list[str] = []
    assert wait_for(look, Patience(10, 2, Clock().read, lambda seconds: None), context="hub", doing="waiting", say=said.append) == DONE
    assert said == ["hub: unreachable"]


def test_an_api_server_that_stays_away_ends_the_wait_with_the_cause() -> None:
    def look() -> Verdict:
        raise Unreachable("west", "reading", "no route")

    clock = Clock()
    with pytest.raises(TimedOut, match="context west: waiting for 4 s: reading: no route"):
        wait_for(look, Patience(4, 2, clock.read, clock.sleep), context="hub", doing="waiting")


def _refused(answers: list[Verdict | Forbidden]) -> Verdict:
    clock = Clock()

    def look() -> Verdict:
        answer = answers.pop(0)
        if isinstance(answer, Forbidden):
            raise answer
        return answer

    return wait_for(look, Patience(600, 5, clock.read, clock.sleep), context="hub", doing="waiting")


NO = Forbidden("hub", "reading", "User cannot list")


def test_a_right_that_was_there_a_moment_ago_is_waited_for() -> None:
    assert _refused([Verdict(False, "not yet"), NO, NO, DONE]) == DONE


@pytest.mark.parametrize("before", [[], [Verdict(False, "not yet"), *[NO] * 6]], ids=["never", "taken away"])
def test_a_right_that_is_not_there_ends_the_wait(before: list[Verdict | Forbidden]) -> None:
    with pytest.raises(Forbidden, match="context hub: reading: User cannot list"):
        _refused([*before, NO, DONE])
