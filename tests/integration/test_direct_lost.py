"""One of three clusters is lost for good: the run says what is lost, and, told so by name, has the others forget it.

A datacenter in each context, distributed by the collection. West is cut off and never comes back, until it does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import yaml

from tests.integration.support.audit import Audit
from tests.integration.support.lab import eventually
from tests.integration.support.play import Run
from tests.integration.support.rights import demand_listed
from tests.integration.support.secrets import Secrets
from tests.integration.support.watch import SITE, Story

pytestmark = pytest.mark.long

LEFT = {"hub": "dc3", "east": "dc1"}
WEST_IS_LOST = ("-e", "k8ssandra_lost_contexts=west")
_SYSTEM = ("system_auth", "system_distributed", "system_traces")
_NTS = "'class': 'NetworkTopologyStrategy'"
_WRITTEN = (
    f"CREATE KEYSPACE shop WITH replication = {{{_NTS}, 'dc1': 1, 'dc2': 1, 'dc3': 1}}",
    "CREATE TABLE shop.rows (id int PRIMARY KEY, text text)",
    *(f"INSERT INTO shop.rows (id, text) VALUES ({number}, 'sold')" for number in range(20)),
    f"CREATE KEYSPACE ledger WITH replication = {{{_NTS}, 'dc2': 1}}",
    "CREATE TABLE ledger.rows (id int PRIMARY KEY, text text)",
    "INSERT INTO ledger.rows (id, text) VALUES (1, 'only in dc2')",
    "CREATE KEYSPACE loose WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 2}",
)


@pytest.fixture(scope="module", autouse=True)
def west(story: Story, secrets: Secrets) -> Iterator[str]:
    """Three datacenters with rows; west is cut off, and its address returned. Ends with empty clusters."""
    story.be_empty()
    story.inventory.datacenters("hub", dc3=1)
    hosts = (story.inventory.path / "hosts.yml").read_text()
    with story.inventory.saying(k8ssandra_control_plane="ansible"):
        story.site("-vvvv").demand()
        story.lab.cql("east", "dc1", *_WRITTEN, consistency="ALL")
        address = pods(story, "west")[0]["status"]["podIP"]
        secrets.note(story.lab)
        story.lab.cut("west")
        yield address
    (story.inventory.path / "hosts.yml").write_text(hosts)
    (story.inventory.path / "host_vars" / "hub.yml").unlink()
    story.lab.heal("west")
    story.lab.empty()


@dataclass(frozen=True)
class Forgotten:
    """The run that was told the name, after one that was killed on its way, and the containers before both."""

    run: Run
    before: dict[str, Any]


@pytest.fixture(scope="module")
def forgotten(story: Story, west: str) -> Forgotten:
    before = containers(story)
    eventually("west's node is dead to the others", lambda: not alive(story, west), seconds=120)
    with story.player.start(SITE, story.inventory.path, "-vvvv", *WEST_IS_LOST) as run:
        run.kill_at(r"updated Keyspace \S*shop", timeout=300)
    return Forgotten(story.site("-vvvv", *WEST_IS_LOST).demand(), before)


def pods(story: Story, context: str) -> list[dict[str, Any]]:
    """The pods of Cassandra in one context."""
    label = "app.kubernetes.io/managed-by"
    return [pod for pod in story.lab.items(context, "pods") if pod["metadata"].get("labels", {}).get(label) == "cass-operator"]


def containers(story: Story) -> dict[str, Any]:
    """The UID of each pod that is left, and when its containers began."""
    return {
        f"{context} {pod['metadata']['name']}": (pod["metadata"]["uid"], [each["state"] for each in pod["status"]["containerStatuses"]])
        for context in LEFT
        for pod in pods(story, context)
    }


def endpoints(story: Story, context: str) -> list[dict[str, Any]]:
    """The ring as the node of one context sees it."""
    pod = pods(story, context)[0]["metadata"]["name"]
    path = f"/api/v1/namespaces/k8ssandra-operator/pods/http:{pod}:8080/proxy/api/v0/metadata/endpoints"
    found: list[dict[str, Any]] = yaml.safe_load(story.lab.cluster(context).kubectl("get", "--raw", path))["entity"]
    return found


def alive(story: Story, address: str) -> bool:
    return any(each["ENDPOINT_IP"] == address and each["IS_ALIVE"] == "true" for context in LEFT for each in endpoints(story, context))


def replications(story: Story) -> dict[str, dict[str, str]]:
    rows = story.lab.cql("east", "dc1", "SELECT keyspace_name, replication FROM system_schema.keyspaces")
    return {row["keyspace_name"]: {key: value for key, value in dict(row["replication"]).items() if key != "class"} for row in rows}


def test_without_the_name_the_run_says_what_is_lost_and_writes_nothing(story: Story) -> None:
    audit = Audit.from_now()
    run = story.site("-vvvv").demand(code=1)
    print(f"site with west lost: {run.seconds:.0f} s")
    assert "it holds dc2 (1 node) and the only copies of the keyspace ledger" in run.failures()
    assert "and rows of loose, by SimpleStrategy, which may have no copy elsewhere" in run.failures()
    assert "site does both with -e k8ssandra_lost_contexts=west" in run.failures()
    assert not audit.writes()


def test_the_status_does_not_call_it_ready(story: Story) -> None:
    run = story.status("-vvvv").demand(code=1)
    assert "demo is not ready" in run.failures()
    assert "west" in run.failures()


def test_a_dry_run_says_each_step(story: Story, west: str) -> None:
    eventually("west's node is dead to the others", lambda: not alive(story, west), seconds=120)
    audit = Audit.from_now()
    run = story.site("--check", "--diff", *WEST_IS_LOST).demand()
    for step in (f"delete Node {west}", "update Keyspace k8ssandra-operator/shop", "update Keyspace k8ssandra-operator/system_auth"):
        assert step in run.text
    assert not audit.writes()


def test_no_node_knows_it_any_more(forgotten: Forgotten, story: Story, west: str) -> None:
    print(f"site that forgets west: {forgotten.run.seconds:.0f} s")
    for context, datacenter in LEFT.items():
        assert not [each for each in endpoints(story, context) if each["ENDPOINT_IP"] == west and not each["STATUS"].startswith("LEFT")]
        peers = story.lab.cql(context, datacenter, "SELECT peer FROM system.peers_v2")
        assert west not in [str(row["peer"]) for row in peers]
        assert len(peers) == 1


def test_keyspaces_have_no_copies_there_and_the_lost_rows_are_named(forgotten: Forgotten, story: Story) -> None:
    found = replications(story)
    assert {name: found[name] for name in (*_SYSTEM, "shop")} == {name: {"dc1": "1", "dc3": "1"} for name in (*_SYSTEM, "shop")}
    assert (found["ledger"], found["loose"]) == ({"dc2": "1"}, {"replication_factor": "2"})
    assert "keyspace ledger had copies only in dc2: its rows are lost" in forgotten.run.text
    assert "keyspace loose has SimpleStrategy, so that nobody knows which of its copies were in dc2" in forgotten.run.text


def test_every_row_that_was_elsewhere_is_read_at_all(forgotten: Forgotten, story: Story) -> None:
    for context, datacenter in LEFT.items():
        for consistency in ("QUORUM", "ALL"):
            assert len(story.lab.cql(context, datacenter, "SELECT id FROM shop.rows", consistency=consistency)) == 20


def test_no_pod_restarted_and_no_seed_is_left_of_it(forgotten: Forgotten, story: Story, west: str) -> None:
    assert containers(story) == forgotten.before
    for context in LEFT:
        slices = [body for body in story.lab.items(context, "endpointslices") if "additional-seed" in body["metadata"]["name"]]
        assert slices
        assert west not in str([body["endpoints"] for body in slices])


def test_the_run_after_only_reads_with_the_name_or_without_the_host(forgotten: Forgotten, story: Story) -> None:
    story.site_only_reads("--diff", *WEST_IS_LOST)
    hosts = story.inventory.path / "hosts.yml"
    hosts.write_text(hosts.read_text().replace(", west: {}", ""))
    story.site_only_reads("--diff")
    story.status().demand()
    hosts.write_text(hosts.read_text().replace("east: {}", "east: {}, west: {}"))


def test_a_context_that_comes_back_is_refused_with_what_to_do(forgotten: Forgotten, story: Story, west: str) -> None:
    story.lab.heal("west")
    audit = Audit.from_now()
    eventually("west answers", lambda: pods(story, "west"), seconds=60)
    run = story.site("-vvvv").demand(code=1)
    assert "CassandraDatacenter k8ssandra-operator/dc2 is there, and the records in hub, east do not know dc2" in run.failures()
    assert "west answers; it is not lost" in story.site("-vvvv", *WEST_IS_LOST).demand(code=1).failures()
    assert not audit.writes()
    for context in LEFT:
        print(f"{context} after west came back: {[each for each in endpoints(story, context) if each['ENDPOINT_IP'] == west]}")


def test_what_comes_back_is_removed_by_the_commands_of_the_guide(forgotten: Forgotten, story: Story) -> None:
    west = story.lab.cluster("west")
    ours = '{"metadata": {"finalizers": ["finalizer.cassandra.datastax.com"]}}'
    west.kubectl("patch", "cassandradatacenter", "dc2", "--type=merge", "-p", ours)
    west.kubectl("delete", "--wait=false", "cassandradatacenter/dc2", "configmap/demo-control-plane")
    kinds = ("cassandradatacenters", "persistentvolumeclaims")
    eventually("dc2 is gone with its volumes", lambda: not any(story.lab.items("west", kind) for kind in kinds), seconds=120)
    assert len(story.lab.cql("east", "dc1", "SELECT id FROM shop.rows", consistency="ALL")) == 20


def test_no_run_used_a_right_that_is_not_listed_for_its_inventory(forgotten: Forgotten, story: Story) -> None:
    demand_listed(story, "patch configmaps", "create pods/proxy")
