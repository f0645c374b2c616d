"""A third datacenter, in the control plane's own cluster, is an edit of the inventory and the same command; so is its end."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.integration.support.lab import Lab
from tests.integration.support.play import Run
from tests.integration.support.watch import Story

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def added(story: Story) -> Iterator[Run]:
    story.be_deployed()
    story.keep_a_row("before dc3")
    story.inventory.datacenters("hub", dc3=1)
    yield story.site("-vvvv").demand()
    (story.inventory.path / "host_vars" / "hub.yml").unlink()


def test_the_third_datacenter_serves_the_data_that_was_there(added: Run, story: Story) -> None:
    print(f"dc3 added: {added.seconds:.0f} s")
    assert story.nodes()["hub dc3"] == 1
    assert story.row_in("hub", "dc3") == "before dc3"


def test_the_run_after_changes_nothing(added: Run, story: Story) -> None:
    story.site().demand_unchanged()


def test_it_does_not_go_without_its_name_and_goes_with_it(added: Run, story: Story, lab: Lab) -> None:
    story.inventory.datacenters("hub")
    refused = story.site("-vvvv").demand(code=1)
    assert "remove_datacenters" in refused.failures()
    assert story.nodes()["hub dc3"] == 1
    story.lab.cql("east", "dc1", "ALTER KEYSPACE kept WITH replication = {'class': 'NetworkTopologyStrategy', 'dc1': 1, 'dc2': 1}")
    story.site("-vvvv", "-e", '{"k8ssandra_remove_datacenters": ["dc3"]}').demand()
    assert "hub dc3" not in story.nodes()
    assert story.row_in("west", "dc2") == "before dc3"
    story.site().demand_unchanged()
