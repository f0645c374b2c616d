"""ansible-playbook dies at ten moments between empty clusters and a cluster that is ready; the next run goes on each time."""

from __future__ import annotations

import pytest

from tests.integration.support.lab import CONTEXTS
from tests.integration.support.play import Run
from tests.integration.support.watch import SITE, Story

pytestmark = pytest.mark.long

# In the order of the story. Each run starts where the one before was killed, and must come further.
MOMENTS = [
    r"TASK .*Prove the context",
    r"TASK .*Apply the operators",
    r"east: created CustomResourceDefinition k8ssandraclusters",
    r"hub: created Deployment",
    r"TASK .*Prove and register",
    r"token issued",
    r"waiting for the operator to load",
    r"TASK .*Make the cluster be as declared",
    r"east dc1: 1/1 nodes up",
    r"west dc2: 1/1 nodes up, (waiting for rebuild|rebuild running)",
]
# How many of each kind there have to be in hub, east and west.
ONCE = {
    "K8ssandraCluster": (1, 0, 0),
    "ClientConfig": (2, 0, 0),
    "CassandraDatacenter": (0, 1, 1),
    "StatefulSet": (0, 1, 1),
    "Deployment": (2, 2, 2),
}


@pytest.fixture(scope="module")
def survived(story: Story) -> Run:
    story.be_empty()
    for moment in MOMENTS:
        with story.player.start(SITE, story.inventory.path) as run:
            for _line in run.lines_until(moment, timeout=600):
                pass
            run.kill()
    story.first_run = story.site("-vvvv").demand()
    return story.first_run


def test_the_run_after_ten_kills_brings_the_cluster_up(survived: Run, story: Story) -> None:
    story.keep_a_row("after ten kills")
    assert story.row_in("west", "dc2") == "after ten kills"
    assert story.nodes() == {"east dc1": 1, "west dc2": 1}


def test_nothing_is_doubled(survived: Run, story: Story) -> None:
    objects = {context: story.lab.objects(context) - story.before[context] for context in CONTEXTS}
    for kind, wanted in ONCE.items():
        counted = tuple(sum(one.startswith(f"{kind} ") for one in objects[context]) for context in CONTEXTS)
        assert counted == wanted, f"{kind} in {CONTEXTS}"


def test_the_run_after_changes_nothing(survived: Run, story: Story) -> None:
    story.site().demand_unchanged()
