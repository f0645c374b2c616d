"""What may go wrong: each fault is injected for real, told with its cause and context, and gone without a trace after the next run."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.integration.support.audit import Audit
from tests.integration.support.fault_table import LONG, QUICK
from tests.integration.support.faults import Baseline, Bench, Fault, brief, judge
from tests.integration.support.hopeless import HOPELESS, QUOTA, options_of
from tests.integration.support.lab import Lab
from tests.integration.support.moments import DEPLOYING, REMOVING, Journey
from tests.integration.support.tasks import Task, Tasks
from tests.integration.support.watch import SITE, TEARDOWN, Story

ROWS = [
    *(pytest.param(fault, id=fault.name) for fault in QUICK),
    *(pytest.param(fault, id=fault.name, marks=pytest.mark.long) for fault in LONG),
]
Note = Callable[[str, Any], None]
CONFIRMED = ("-e", "k8ssandra_confirm=demo")


def test_there_are_30_faults_or_more() -> None:
    names = [fault.name for fault in (*QUICK, *LONG)]
    assert len(names) == len(set(names)) >= 30


@pytest.fixture(scope="module")
def deployment(story: Story) -> Journey:
    """The cluster deployed on empty clusters while API servers are killed."""
    story.be_empty()
    made = Journey(DEPLOYING).travel(story, SITE)
    story.first_run = made.run
    return made


@pytest.mark.long
@pytest.mark.parametrize("moment", DEPLOYING)
def test_an_api_server_may_be_killed_while_a_role_writes(deployment: Journey, record_property: Note, moment: str) -> None:
    record_property("fault", f"an API server is killed: {moment}")
    record_property("seen", deployment.seen.get(moment, "the run never came by"))
    assert moment in deployment.seen


@pytest.fixture(scope="module")
def baseline(story: Story, lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Baseline:
    """What is there when all is well: nothing of it may be lost or doubled by a fault."""
    story.be_deployed()
    story.keep_a_row("from before the faults")
    folder = tmp_path_factory.mktemp("baseline")
    bench = Bench(lab, story=story, folder=folder)
    bench.converge(Tasks(story.player, folder))
    return bench.state()


@pytest.fixture
def bench(story: Story, lab: Lab, tmp_path: Path, baseline: Baseline) -> Iterator[Bench]:
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
        bench.converge(tasks, **fault.next_options)


@pytest.fixture(scope="module")
def waited(story: Story, baseline: Baseline, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The end of each wait for a datacenter that cannot come; side by side, as each takes minutes."""
    story.lab.cluster("hub").kubectl("apply", "--filename=-", stdin=json.dumps(QUOTA))

    def wait(name: str) -> dict[str, Any]:
        return Tasks(story.player, tmp_path_factory.mktemp(name)).one("k8ssandra_cluster", **options_of(name))

    with ThreadPoolExecutor() as pool:
        return dict(zip(HOPELESS, pool.map(wait, HOPELESS), strict=True))


@pytest.mark.long
@pytest.mark.parametrize("name", HOPELESS)
def test_a_wait_ends_with_the_cause(waited: dict[str, Any], record_property: Note, name: str) -> None:
    record_property("fault", f"a datacenter cannot come: {name}")
    result, words = waited[name], HOPELESS[name].says
    record_property("seen", brief(result["msg"], words[-1]))
    assert result["error"]["reason"] == "cannot succeed", result["msg"]
    assert result["cluster"]["ready"] is False
    assert not [word for word in (f"context {HOPELESS[name].context}", *words) if word not in result["msg"]], result["msg"]


@pytest.mark.long
def test_what_cannot_come_is_removed_without_a_trace(waited: dict[str, Any], bench: Bench, tasks: Tasks) -> None:
    removal = [Task("k8ssandra_cluster", options_of(name, state="absent", confirm_removal=name)) for name in waited]
    assert not [result["msg"] for result in tasks.run(removal, timeout=600) if result.get("failed")]
    # The superuser's Secret stays in the control plane, as upstream has it: docs/teardown.md says what for.
    bench.kubectl("hub", "delete", "resourcequota/small", *(f"secret/{name}-superuser" for name in waited))
    bench.converge(tasks)


def test_after_all_faults_nothing_is_lost_and_the_whole_playbook_changes_nothing(baseline: Baseline, story: Story) -> None:
    story.site().demand_unchanged()
    assert story.row_in("east", "dc1") == story.row_in("west", "dc2") == "from before the faults"
    assert story.nodes() == {"east dc1": 1, "west dc2": 1}


@pytest.fixture(scope="module")
def teardown(story: Story) -> Journey:
    """All of it removed while API servers are killed. What does so comes last."""
    story.be_deployed()
    story.first_run = None
    return Journey(REMOVING).travel(story, TEARDOWN, *CONFIRMED)


@pytest.mark.long
@pytest.mark.parametrize("moment", REMOVING)
def test_an_api_server_may_be_killed_while_a_role_removes(teardown: Journey, record_property: Note, moment: str) -> None:
    record_property("fault", f"an API server is killed: {moment}")
    record_property("seen", teardown.seen.get(moment, "the run never came by"))
    assert moment in teardown.seen


@pytest.mark.long
def test_such_a_teardown_leaves_nothing_behind(teardown: Journey, story: Story) -> None:
    story.teardown(*CONFIRMED).demand_unchanged()
    assert story.left_behind() == {}
