"""From empty clusters to rows written in one datacenter and read in the other; then again, with nothing to do."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.integration.support.audit import Audit
from tests.integration.support.lab import CONTEXTS, eventually
from tests.integration.support.play import Run
from tests.integration.support.watch import Story

# The requests that a run with nothing to do may send, by playbook and context.
BUDGET: dict[str, dict[str, int]] = json.loads(Path(__file__).with_name("budget.json").read_text())
# Preflight asks about its pods as often as they take to come up.
WITHOUT_PODS = {"preflight": ("-e", "k8ssandra_probe=false")}


@pytest.fixture(scope="module", autouse=True)
def nothing_there(story: Story) -> None:
    if story.first_run is None:
        story.be_empty()


@pytest.fixture(scope="module")
def again(story: Story) -> tuple[Run, Audit, bool]:
    """A second run, its requests, and whether every operator is the process that it was."""
    story.be_deployed()
    before, audit = story.lab.operator_pods(), Audit.from_now()
    run = story.site("--diff").demand()
    return run, audit, before == story.lab.operator_pods()


def test_one_command_brings_a_cluster_up_that_takes_a_row_in_dc1_and_gives_it_in_dc2(deployed: Run, story: Story) -> None:
    print(f"site.yml on empty clusters: {deployed.seconds:.0f} s")
    story.keep_a_row("written through dc1")
    eventually("the row is in dc2", lambda: story.row_in("west", "dc2") == "written through dc1")


def test_a_wait_shows_each_change_of_each_datacenter(deployed: Run) -> None:
    for line in ("east dc1: 0/1 nodes up", "east dc1: 1/1 nodes up", "west dc2: 1/1 nodes up, rebuild"):
        assert line in deployed.text


def test_the_same_command_again_changes_nothing(again: tuple[Run, Audit, bool]) -> None:
    run = again[0]
    print(f"site.yml with nothing to do: {run.seconds:.0f} s")
    run.demand_unchanged()


def test_the_same_command_again_writes_nothing_and_does_not_even_ask_for_a_dry_run(again: tuple[Run, Audit, bool]) -> None:
    assert not again[1].writes(dry_runs=True)


def test_the_same_command_again_restarts_no_operator(again: tuple[Run, Audit, bool]) -> None:
    assert again[2]


@pytest.mark.parametrize("playbook", BUDGET)
def test_a_run_with_nothing_to_do_keeps_its_budget_of_requests(deployed: Run, story: Story, playbook: str) -> None:
    audit = Audit.from_now()
    more = WITHOUT_PODS.get(playbook, ())
    story.player.play(f"k8ssandra.operator.{playbook}", story.inventory.path, *more, timeout=120).demand_unchanged()
    counts = {context: sum(count.values()) for context, count in audit.counts().items()}
    print(f"{playbook}: {counts} requests, budget {BUDGET[playbook]}")
    assert all(0 < counts[context] <= BUDGET[playbook][context] for context in CONTEXTS)


def test_a_dry_run_of_a_cluster_that_is_as_wished_changes_nothing(deployed: Run, story: Story) -> None:
    audit = Audit.from_now()
    story.site("--check", "--diff").demand_unchanged()
    assert not audit.writes()
