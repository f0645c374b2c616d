"""A sample of the ten kills: ansible-playbook dies while a cluster changes, and the next chapter's run goes on."""

from __future__ import annotations

from tests.integration.support.play import Run
from tests.integration.support.watch import SITE, Story


def kill_at(story: Story, moment: str) -> None:
    with story.player.start(SITE, story.inventory.path) as run:
        run.kill_at(moment, timeout=300)


def test_a_run_may_be_killed_while_it_changes_the_cluster(deployed: Run, story: Story) -> None:
    story.keep_a_row("before the second node")
    cluster = story.inventory.group()["k8ssandra_cluster"]
    with story.inventory.saying(k8ssandra_cluster={**cluster, "annotations": {"example.com/on-call": "storage"}}):
        kill_at(story, r"updated K8ssandraCluster")
    assert story.nodes() == {"east dc1": 1, "west dc2": 1}


def test_a_run_may_be_killed_while_it_waits_for_a_second_node(deployed: Run, story: Story) -> None:
    story.inventory.datacenters("west", dc2=2)
    kill_at(story, r"west dc2: 1/2 nodes up")
    assert story.nodes()["west dc2"] <= 2
