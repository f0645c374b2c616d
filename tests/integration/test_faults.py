"""What may go wrong: each fault is injected for real, told with its cause and context, and gone without a trace after the next run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.integration.support.audit import Audit
from tests.integration.support.fault_table import LONG, QUICK
from tests.integration.support.faults import Bench, Fault, judge
from tests.integration.support.lab import Lab
from tests.integration.support.moments import MOMENTS, Deployment
from tests.integration.support.tasks import Tasks
from tests.integration.support.watch import Story

ROWS = [
    *(pytest.param(fault, id=fault.name) for fault in QUICK),
    *(pytest.param(fault, id=fault.name, marks=pytest.mark.long) for fault in LONG),
]
Note = Callable[[str, Any], None]


@pytest.fixture(scope="module")
def deployment(story: Story) -> Deployment:
    """The cluster deployed on empty clusters while API servers are killed."""
    story.be_empty()
    return Deployment.bring_about(story)


@pytest.mark.long
@pytest.mark.parametrize("moment", MOMENTS)
def test_an_api_server_may_be_killed_while_a_role_writes(deployment: Deployment, record_property: Note, moment: str) -> None:
    record_property("fault", f"an API server is killed: {moment}")
    record_property("seen", deployment.seen.get(moment, "the run never came by"))
    assert moment in deployment.seen


@pytest.fixture(scope="module")
def baseline(story: Story, lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, ...]:
    """What is there when all is well: nothing of it may be lost or doubled by a fault."""
    story.be_deployed()
    story.keep_a_row("from before the faults")
    folder = tmp_path_factory.mktemp("baseline")
    bench = Bench(lab, story=story, folder=folder)
    bench.converge(Tasks(story.player, folder))
    return bench.state()


@pytest.fixture
def bench(story: Story, lab: Lab, tmp_path: Path, baseline: tuple[Any, ...]) -> Iterator[Bench]:
    """Where faults are injected; all are gone at the end. Runs have a shared folder for temporary files of their own."""
    made = Bench(lab, story=story, folder=tmp_path, baseline=baseline)
    made.shared.mkdir()
    story.player.environment["TMPDIR"] = str(made.shared)
    made.rest()
    yield made
    made.unplant()
    story.player.environment.pop("TMPDIR")


@pytest.mark.parametrize("fault", ROWS)
def test_a_run_survives(bench: Bench, tasks: Tasks, record_property: Note, fault: Fault) -> None:
    record_property("fault", fault.name)
    audit = Audit.from_now()
    seen = bench.play(fault, tasks)
    record_property("seen", f"{judge(fault, seen)} ({seen.seconds:.0f} s)")
    assert list(bench.shared.iterdir()) == []
    bench.unplant()
    if fault.on_the_way:
        assert not audit.writes(dry_runs=True)
        assert bench.state() == bench.baseline
    else:
        bench.converge(tasks)


def test_after_all_faults_nothing_is_lost_and_the_whole_playbook_changes_nothing(baseline: tuple[Any, ...], story: Story) -> None:
    story.site().demand_unchanged()
    assert story.row_in("east", "dc1") == story.row_in("west", "dc2") == "from before the faults"
    assert story.nodes() == {"east dc1": 1, "west dc2": 1}
