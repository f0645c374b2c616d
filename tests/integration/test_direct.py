"""The collection as the control plane: the same inventory, one variable more, and no operator that distributes anything.

Each context has cass-operator alone.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.integration.support.audit import Audit
from tests.integration.support.lab import NAMESPACE, eventually
from tests.integration.support.play import Run
from tests.integration.support.rights import demand_listed
from tests.integration.support.tasks import Tasks
from tests.integration.support.watch import SITE, Story

DIRECT = {"k8ssandra_control_plane": "ansible"}


@pytest.fixture(scope="module", autouse=True)
def direct(story: Story) -> Iterator[None]:
    """Empty clusters, and an inventory that says who distributes."""
    story.be_empty()
    with story.inventory.saying(**DIRECT):
        yield


@pytest.fixture(scope="module")
def killed(story: Story, direct: None) -> Run:
    """A first run that dies while the second datacenter comes up, and the run after it."""
    with story.player.start(SITE, story.inventory.path, "-vvvv") as run:
        run.kill_at(r"created CassandraDatacenter k8ssandra-operator/dc2", timeout=600)
    return story.site("-vvvv").demand()


def test_a_dry_run_says_every_step_that_can_be_known(story: Story) -> None:
    audit = Audit.from_now()
    run = story.site("--check", "--diff")
    run.demand()
    assert not audit.writes()


def test_a_run_that_was_killed_is_finished_by_the_next(killed: Run, story: Story) -> None:
    story.keep_a_row("written through dc1")
    eventually("the row is in dc2", lambda: story.row_in("west", "dc2") == "written through dc1")
    assert story.nodes() == {"east dc1": 1, "west dc2": 1}


def test_no_context_has_a_k8ssandra_cluster_or_knows_how_to_reach_another(killed: Run, story: Story) -> None:
    for context in ("hub", "east", "west"):
        assert not story.lab.items(context, "k8ssandraclusters")
        assert not story.lab.items(context, "clientconfigs")


def test_nothing_is_installed_but_cass_operator_and_the_kind_that_defaults_come_from(killed: Run, story: Story) -> None:
    for context in ("hub", "east", "west"):
        assert story.lab.operator_versions()[context].keys() == {"cass-operator"}
        served = story.lab.cluster(context).kubectl("get", "customresourcedefinitions", "--output=name")
        names = {line.partition("/")[2] for line in served.splitlines() if line.endswith("k8ssandra.io")}
        assert names == {"k8ssandraclusters.k8ssandra.io", "cassandratasks.control.k8ssandra.io", "scheduledtasks.control.k8ssandra.io"}


def test_system_keyspaces_are_in_both_datacenters(killed: Run, story: Story) -> None:
    query = "SELECT keyspace_name, replication FROM system_schema.keyspaces"
    found = {row["keyspace_name"]: dict(row["replication"]) for row in story.lab.cql("west", "dc2", query)}
    for name in ("system_auth", "system_distributed", "system_traces"):
        assert {"dc1": "1", "dc2": "1"}.items() <= found[name].items()


def test_the_run_after_changes_nothing_and_only_reads(killed: Run, story: Story) -> None:
    pods = story.lab.cassandra_pods()
    story.site_only_reads("--diff")
    assert story.lab.cassandra_pods() == pods


def test_the_verdict_is_the_same_as_with_an_operator(killed: Run, tasks: Tasks) -> None:
    status = tasks.one("cluster_status", name="demo", contexts=[{"name": "east"}, {"name": "west"}])
    assert status["ready"], status["reason"]
    shown = [(one["context"], one["name"], one["nodes_up"], one["known_from"]) for one in status["datacenters"]]
    assert shown == [("east", "dc1", 1, "data plane"), ("west", "dc2", 1, "data plane")]


def test_any_context_can_tell_whose_the_cluster_is(killed: Run, tasks: Tasks) -> None:
    assert tasks.one("cluster_status", context="west", name="demo", contexts=[{"name": "east"}])["ready"]


@pytest.mark.long
def test_an_operator_does_not_get_the_same_cluster(killed: Run, story: Story) -> None:
    audit = Audit.from_now()
    cluster = story.inventory.group()["k8ssandra_cluster"]
    refused = story.site("-e", '{"k8ssandra_control_plane": "operator", "register_contexts_contexts": []}').demand(code=1)
    assert "the collection distributes" in refused.failures()
    assert cluster["name"] in refused.failures()
    # The operator is installed by then, as it is asked for: it gets no cluster.
    assert not [line for line in audit.writes() if "/apis/k8ssandra.io/" in line or "/apis/cassandra.datastax.com/" in line]


@pytest.mark.long
def test_seeds_that_are_gone_come_back(killed: Run, story: Story) -> None:
    service = "kubernetes.io/service-name=demo-dc2-additional-seed-service"
    story.lab.cluster("west").kubectl("-n", "k8ssandra-operator", "delete", "endpointslices", "-l", service)
    run = story.site("--diff").demand()
    assert "created EndpointSlice" in run.text
    story.site().demand_unchanged()


@pytest.mark.long
def test_what_cass_operator_holds_back_is_let_through_when_it_is_asked_for(killed: Run, story: Story) -> None:
    sets = {"dc1": ("east", "statefulset/demo-dc1-default-sts"), "dc2": ("west", "statefulset/demo-dc2-default-sts")}
    # As an operator leaves them that made StatefulSets otherwise.
    old = "cassandra.datastax.com/resource-hash=of-an-older-operator"
    for context, name in sets.values():
        story.lab.cluster(context).kubectl("-n", NAMESPACE, "annotate", "--overwrite", name, old)
    story.site().demand_unchanged()
    assert all(old.partition("=")[2] in _annotations(story, *place) for place in sets.values())
    run = story.site("-e", "k8ssandra_apply_updates=once").demand()
    moments = [run.text.index(f"updated CassandraDatacenter {NAMESPACE}/{name}") for name in sets]
    assert moments == sorted(moments)
    assert not any(old.partition("=")[2] in _annotations(story, *place) for place in sets.values())
    story.site().demand_unchanged()


def _annotations(story: Story, context: str, name: str) -> str:
    return story.lab.cluster(context).kubectl("-n", NAMESPACE, "get", name, "--output=jsonpath={.metadata.annotations}")


@pytest.mark.long
def test_a_change_goes_through_the_datacenters_one_by_one(killed: Run, story: Story) -> None:
    pods = story.lab.cassandra_pods()
    cluster = story.inventory.group()["k8ssandra_cluster"]
    cluster["spec"]["cassandra"]["config"]["jvmOptions"] = {"heap_initial_size": "400M", "heap_max_size": "400M"}
    with story.inventory.saying(**DIRECT, k8ssandra_cluster=cluster):
        run = story.site("--diff").demand()
        changed = "updated CassandraDatacenter k8ssandra-operator"
        moments = [run.text.index(line) for line in (f"{changed}/dc1", "east dc1: 0/1 nodes up", f"{changed}/dc2")]
        assert moments == sorted(moments)
        story.site().demand_unchanged()
    after = story.lab.cassandra_pods()
    assert set(pods) == set(after)
    assert story.row_in("west", "dc2") == "written through dc1"


def test_it_goes_with_its_name_and_leaves_nothing(killed: Run, story: Story) -> None:
    story.teardown("-e", "k8ssandra_confirm=demo").demand()
    assert story.left_behind() == {}


def test_no_run_used_a_right_that_is_not_listed_for_its_inventory(killed: Run, story: Story) -> None:
    """An operator asked for the cluster too."""
    demand_listed(story, "create cassandradatacenters", "create pods/proxy", both=True)
