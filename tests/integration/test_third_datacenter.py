"""A third datacenter, in the control plane's own cluster, is an edit of the inventory and the same command."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.integration.support.audit import Audit
from tests.integration.support.play import Run
from tests.integration.support.watch import Story

pytestmark = pytest.mark.long

_EVERYWHERE = "ALTER KEYSPACE kept WITH replication = {'class': 'NetworkTopologyStrategy', 'dc1': 1, 'dc2': 1, 'dc3': 1}"


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
    # Where rows lie is the person's own: the operator replicates only its own keyspaces to a new datacenter.
    assert story.lab.cql("hub", "dc3", "SELECT text FROM kept.rows WHERE id = 1", consistency="ONE") == [{"text": "before dc3"}]
    story.lab.cql("east", "dc1", _EVERYWHERE, "INSERT INTO kept.rows (id, text) VALUES (2, 'since dc3')", consistency="ALL")
    assert story.lab.cql("hub", "dc3", "SELECT text FROM kept.rows WHERE id = 2") == [{"text": "since dc3"}]


def test_the_run_after_changes_nothing(added: Run, story: Story) -> None:
    story.site().demand_unchanged()


def test_it_does_not_go_without_its_name(added: Run, story: Story) -> None:
    # That it goes with it, cannot be shown here: with Cassandra 4.1 and newer, v1.26 of the operator asks for a change of
    # system_auth that Cassandra refuses (https://github.com/k8ssandra/k8ssandra-operator/issues/1644).
    story.inventory.datacenters("hub")
    audit = Audit.from_now()
    refused = story.site("-vvvv").demand(code=1)
    story.inventory.datacenters("hub", dc3=1)
    assert "remove_datacenters" in refused.failures()
    assert not audit.writes()
    assert story.nodes()["hub dc3"] == 1
