"""The page of the benchmarks: a target is met, or its row says by how much not, and what was measured of the cause."""

from __future__ import annotations

import pytest

from benchmarks.bench import CORE, OURS, SHELL, Row
from benchmarks.cases import FEW, REGISTERING, SIZES, SLOW_STATUS, nothing, status
from benchmarks.measure import Cost, Requests
from benchmarks.report import Target, targets, text

_MEGABYTE = 1_000_000


def row(case: str, way: str, *, contexts: int = FEW, wall: float = 1.0, memory: float = 100, asked: int = 100, seen: str = "") -> Row:
    return Row(case, way, contexts, Cost(wall, wall, 0.5, int(memory * _MEGABYTE), 0), Requests(asked, 2 * asked, 0), seen)


def rows() -> list[Row]:
    """Those of a run in which all targets are met."""
    return [
        row(nothing(FEW), OURS),
        row(nothing(FEW), CORE, wall=6, asked=400),
        row(nothing(FEW), SHELL, wall=6, asked=300),
        *(row(nothing(count), OURS, contexts=count, wall=count * 0.5) for count in SIZES),
        row(status(SIZES[-1]), OURS, contexts=SIZES[-1], wall=3),
        row(SLOW_STATUS, OURS, contexts=SIZES[-1], wall=5),
        row(REGISTERING, OURS, seen="1 restart of the operator"),
        row(REGISTERING, SHELL, seen="10 restarts of the operator"),
    ]


def verdicts(found: list[Row], *, planning: float = 0.1, took: float = 600) -> dict[str, str]:
    return {target.what: target.verdict for target in targets(found, planning, took)}


def test_all_targets_can_be_met() -> None:
    assert set(verdicts(rows()).values()) == {"met"}


WORSE = {
    f"{nothing(FEW)}: wall time": (row(nothing(FEW), OURS, wall=2), "by 2 times: 2.0 s had 2.0 CPU s of its own and 0.5 beside it"),
    f"{nothing(FEW)}: CPU": (row(nothing(FEW), OURS, wall=2), "by 2 times"),
    f"{nothing(FEW)}: requests": (row(nothing(FEW), OURS, asked=300), "by 1 requests: 300 of them are the control plane's"),
    "wall time a context at 10, 30, 100": (row(nothing(100), OURS, contexts=100, wall=60), "by 0.1 s: 0.50, 0.50, 0.60 CPU s a context"),
    "memory at 100 contexts": (row(nothing(100), OURS, contexts=100, memory=317), "by 17 MB: 100 MB, 100 MB, 317 MB at 10, 30, 100"),
    "status, 100 contexts": (row(status(100), OURS, contexts=100, wall=7.8), "by 2.8 s: 7.8 s had 7.8 CPU s"),
    "status, 100 contexts, one 2 s slower": (row(SLOW_STATUS, OURS, contexts=100, wall=9), "by 3.5 s: 9.0 s had"),
    REGISTERING: (row(REGISTERING, OURS, seen="3 restarts of the operator"), "by 2 restarts"),
}


@pytest.mark.parametrize("what", WORSE)
def test_a_missed_target_says_by_how_much_and_what_was_measured(what: str) -> None:
    worse, said = WORSE[what]
    found = [worse if (one.case, one.way) == (worse.case, worse.way) else one for one in rows()]
    assert verdicts(found)[what].startswith(f"**missed** {said}")


def test_slow_planning_and_a_long_whole_run_are_missed_too() -> None:
    found = verdicts(rows(), planning=1.5, took=1500)
    assert found["planning a cluster of 100 datacenters"] == "**missed** by 0.5 s: 15.0 ms a datacenter"
    assert found["`make bench`"].startswith("**missed** by 5 minutes: ")


def test_the_page_has_a_line_for_each_target_and_each_run() -> None:
    missed = Target("what", "wanted", "found", 2, "s", "why")
    lines = text(rows(), [missed], "a machine").splitlines()
    assert "| what | wanted | found | **missed** by 2 s: why |" in lines
    assert sum(line.startswith("| status, 100 contexts") for line in lines) == 2
