"""A sample of the ten kills: dc2 is to have two nodes, and ansible-playbook dies in the middle of it."""

from __future__ import annotations

import pytest

from tests.integration.support.play import Run
from tests.integration.support.watch import SITE, Story

MOMENTS = {
    "while the cluster is changed": r"updated K8ssandraCluster|west dc2: \d/2 nodes up",
    "while it waits for the second node": r"west dc2: 1/2 nodes up",
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_run_may_be_killed(deployed: Run, story: Story, moment: str) -> None:
    story.keep_a_row("before the second node")
    story.inventory.datacenters("west", dc2=2)
    with story.player.start(SITE, story.inventory.path) as run:
        for _line in run.lines_until(MOMENTS[moment], timeout=300):
            pass
        run.kill()
    assert story.nodes()["west dc2"] <= 2
