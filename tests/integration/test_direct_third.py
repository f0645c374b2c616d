"""The collection as the control plane of three datacenters: the third is added, the first is removed, and nobody else notices.

Each datacenter is in a cluster of its own: dc1 in east, dc2 in west, dc3 in the hub.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.integration.support.audit import Audit
from tests.integration.support.lab import NAMESPACE
from tests.integration.support.play import Run
from tests.integration.support.rights import demand_listed
from tests.integration.support.watch import SITE, Story

pytestmark = pytest.mark.long

_DIRECT = {"k8ssandra_control_plane": "ansible"}
_REMOVE = ("-e", '{"k8ssandra_remove_datacenters": ["dc1"]}')
_KEPT = "ALTER KEYSPACE kept WITH replication = {'class': 'NetworkTopologyStrategy', 'dc2': 1, 'dc3': 1}"
_COPIES = '{"dc3": {"kept": 1}}'


@pytest.fixture(scope="module", autouse=True)
def two(story: Story) -> Iterator[None]:
    """dc1 and dc2 with a row, distributed by the collection."""
    story.be_empty()
    annotated = {**story.inventory.group()["k8ssandra_cluster"], "annotations": {"k8ssandra.io/dc-replication": _COPIES}}
    with story.inventory.saying(**_DIRECT, k8ssandra_cluster=annotated):
        story.site("-vvvv").demand()
        story.keep_a_row("before dc3")
        yield
    story.inventory.datacenters("east", dc1=1)
    (story.inventory.path / "host_vars" / "hub.yml").unlink(missing_ok=True)


@pytest.fixture(scope="module")
def three(story: Story, two: None) -> Run:
    """dc3 in the hub."""
    story.inventory.datacenters("hub", dc3=1)
    return story.site("-vvvv").demand()


@pytest.fixture(scope="module")
def pods(story: Story, three: Run) -> dict[str, tuple[str, int]]:
    """The pods of dc2 and dc3 before dc1 goes."""
    return {name: found for name, found in story.lab.cassandra_pods().items() if "dc1" not in name}


@pytest.fixture(scope="module")
def removed(story: Story, pods: dict[str, tuple[str, int]]) -> Run:
    """The run that ends the removal of dc1, after one that was killed while its node was leaving."""
    story.lab.cql("west", "dc2", _KEPT)
    before = story.site("--check", "--diff", *_REMOVE)
    before.demand()
    for step in (f"CassandraDatacenter {NAMESPACE}/dc1 (delete)", f"Keyspace {NAMESPACE}/system_auth (update)"):
        assert step in before.text
    assert story.nodes()["east dc1"] == 1
    with story.player.start(SITE, story.inventory.path, "-vvvv", *_REMOVE) as run:
        run.kill_at(rf"deleted CassandraDatacenter {NAMESPACE}/dc1", timeout=600)
    status = story.status().demand(code=1)
    assert "being removed" in status.text
    return story.site("-vvvv", *_REMOVE).demand()


def test_a_third_datacenter_has_the_rows_that_were_there(three: Run, story: Story) -> None:
    print(f"dc3 added: {three.seconds:.0f} s")
    assert story.nodes() == {"east dc1": 1, "west dc2": 1, "hub dc3": 1}
    assert story.row_in("hub", "dc3") == "before dc3"
    story.site().demand_unchanged()


def test_the_first_does_not_go_without_its_name(pods: dict[str, tuple[str, int]], story: Story) -> None:
    story.inventory.datacenters("east")
    audit = Audit.from_now()
    refused = story.site("-vvvv").demand(code=1)
    assert "add dc1 to remove_datacenters" in refused.failures()
    assert not audit.writes()


def test_the_first_does_not_go_while_rows_are_kept_there(pods: dict[str, tuple[str, int]], story: Story) -> None:
    audit = Audit.from_now()
    refused = story.site("-vvvv", *_REMOVE).demand(code=1)
    assert "ALTER KEYSPACE kept WITH replication" in refused.failures()
    assert not audit.writes()


def test_a_removal_that_was_killed_is_finished_by_the_next_run(removed: Run, story: Story) -> None:
    print(f"dc1 removed, after a kill: {removed.seconds:.0f} s")
    assert story.nodes() == {"west dc2": 1, "hub dc3": 1}


def test_the_others_were_not_touched(removed: Run, pods: dict[str, tuple[str, int]], story: Story) -> None:
    assert story.lab.cassandra_pods() == pods
    assert story.row_in("west", "dc2") == story.row_in("hub", "dc3") == "before dc3"


def test_the_ring_knows_nothing_of_it(removed: Run, story: Story) -> None:
    for context, datacenter, other in (("west", "dc2", "dc3"), ("hub", "dc3", "dc2")):
        peers = story.lab.cql(context, datacenter, "SELECT data_center FROM system.peers_v2")
        assert [row["data_center"] for row in peers] == [other]
    found = story.lab.cql("west", "dc2", "SELECT keyspace_name, replication FROM system_schema.keyspaces")
    assert not [row["keyspace_name"] for row in found if "dc1" in dict(row["replication"])]


def test_nothing_of_the_cluster_is_left_in_its_context(removed: Run, story: Story) -> None:
    kinds = ("cassandradatacenters", "statefulsets", "persistentvolumeclaims", "services", "endpointslices", "configmaps", "secrets")
    names = {kind: [one["metadata"]["name"] for one in story.lab.items("east", kind)] for kind in kinds}
    assert not [(kind, name) for kind, found in names.items() for name in found if "demo" in name or "dc1" in name]


def test_the_run_after_only_reads_also_with_the_name_still_there(removed: Run, story: Story) -> None:
    story.site_only_reads("--diff", *_REMOVE)


def test_the_rest_goes_with_its_name_and_leaves_nothing(removed: Run, story: Story) -> None:
    story.teardown("-e", "k8ssandra_confirm=demo").demand()
    assert story.left_behind() == {}


def test_no_run_used_a_right_that_is_not_listed_for_its_inventory(removed: Run, story: Story) -> None:
    demand_listed(story, "delete cassandradatacenters", "create cassandratasks", "create pods/proxy")
