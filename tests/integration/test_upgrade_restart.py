"""The same upgrade with three nodes a datacenter, and then what the new operators hold back: every node restarts, and nobody notices."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.integration.support.load import Load
from tests.integration.support.play import Run
from tests.integration.support.upgrade import DATACENTERS, NEW, OLD
from tests.integration.support.watch import Story

pytestmark = pytest.mark.long


class Restarted:
    """What it was like.

    Args:
        before, between, after: the pods of Cassandra before the upgrade, after it, and after the update that was let through.
    """

    def __init__(self, story: Story) -> None:
        self.before = story.lab.cassandra_pods()
        with Load(story.lab, DATACENTERS, nodes=3) as self.load:
            self.upgrade: Run = story.site(timeout=1800).demand()
            self.between = story.lab.cassandra_pods()
            self.update: Run = story.site("-e", "k8ssandra_apply_updates=once", timeout=3000).demand()
        self.after = story.lab.cassandra_pods()


@pytest.fixture(scope="module")
def restarted(story: Story) -> Iterator[Restarted]:
    story.inventory.datacenters("east", dc1=3)
    story.inventory.datacenters("west", dc2=3)
    story.be_deployed_with(OLD["k8ssandra-operator"])
    yield Restarted(story)
    story.inventory.datacenters("east", dc1=1)
    story.inventory.datacenters("west", dc2=1)
    story.lab.empty()
    story.first_run = None


def test_the_upgrade_restarts_no_node(restarted: Restarted, story: Story) -> None:
    assert len(restarted.before) == 6
    assert restarted.between == restarted.before
    assert story.lab.operator_versions() == dict.fromkeys(("hub", "east", "west"), NEW)


def test_what_was_held_back_restarts_every_node_when_it_is_let_through(restarted: Restarted) -> None:
    print(f"the upgrade: {restarted.upgrade.seconds:.0f} s, what it held back: {restarted.update.seconds:.0f} s")
    assert not set(restarted.after.values()) & set(restarted.before.values())
    assert "has to be allowed to" in restarted.upgrade.text
    assert "has to be allowed to" not in restarted.update.text.rpartition("Say how it is")[2]


def test_no_request_fails_at_local_quorum_while_the_nodes_restart(restarted: Restarted) -> None:
    print(f"requests through each datacenter: {restarted.load.requests}, failed: {len(restarted.load.failures)}")
    assert min(restarted.load.requests.values()) > 500
    assert restarted.load.failures == []


def test_the_run_after_changes_nothing(restarted: Restarted, story: Story) -> None:
    story.site().demand_unchanged()
