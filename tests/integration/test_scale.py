"""A second node in dc2 is an edit of the inventory and the same command."""

from __future__ import annotations

import pytest

from tests.integration.support.play import Run
from tests.integration.support.watch import Story


@pytest.fixture(scope="module")
def scaled(story: Story) -> Run:
    story.be_deployed()
    story.keep_a_row("before the second node")
    story.inventory.datacenters("west", dc2=2)
    return story.site("-vvvv").demand()


def test_the_second_node_serves(scaled: Run, story: Story) -> None:
    print(f"dc2 from 1 to 2 nodes, or the rest of it after a kill: {scaled.seconds:.0f} s")
    assert story.nodes() == {"east dc1": 1, "west dc2": 2}
    peers = story.lab.cql("west", "dc2", "SELECT peer, data_center FROM system.peers")
    assert sorted(peer["data_center"] for peer in peers) == ["dc1", "dc2"]


def test_the_data_is_still_there(scaled: Run, story: Story) -> None:
    assert story.row_in("west", "dc2") == "before the second node"
    assert story.row_in("east", "dc1") == "before the second node"


def test_the_run_after_changes_nothing(scaled: Run, story: Story) -> None:
    story.site().demand_unchanged()
