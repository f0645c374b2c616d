"""A live cluster moves from the operator's control plane to the collection and back; it answers all the while and no pod restarts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.integration.support.audit import Audit
from tests.integration.support.lab import CONTEXTS, Lab
from tests.integration.support.load import Load
from tests.integration.support.play import Run
from tests.integration.support.rights import demand_listed
from tests.integration.support.watch import Story

# Needs a cluster over two datacenters.
pytestmark = pytest.mark.long

MOVE = "k8ssandra.operator.move_control_plane"
DATACENTERS = {"dc1": "east", "dc2": "west"}
CONFIRMED = ("-e", "k8ssandra_confirm=demo")
TO_ANSIBLE = ("-e", "k8ssandra_control_plane=ansible")


@pytest.fixture(scope="module", autouse=True)
def there(story: Story) -> None:
    story.be_deployed()
    story.began = Audit.from_now()


def move(story: Story, *more: str) -> Run:
    return story.player.play(MOVE, story.inventory.path, *more, timeout=300)


def containers(lab: Lab) -> dict[str, Any]:
    """When each container of Cassandra's pods began, with the pod's UID."""
    found = {}
    for context in CONTEXTS:
        for pod in lab.items(context, "pods"):
            if pod["metadata"].get("labels", {}).get("app.kubernetes.io/managed-by") == "cass-operator":
                began = {each["name"]: each["state"]["running"]["startedAt"] for each in pod["status"]["containerStatuses"]}
                found[f"{context} {pod['metadata']['name']}"] = (pod["metadata"]["uid"], began)
    assert len(found) == len(DATACENTERS)
    return found


def passwords(lab: Lab) -> set[str]:
    """The superuser's password wherever a Secret has it."""
    secrets = [body for context in CONTEXTS for body in lab.items(context, "secrets")]
    return {body["data"]["password"] for body in secrets if body["metadata"]["name"] == "demo-superuser"}


def tasks(lab: Lab) -> set[str]:
    """The UIDs of all tasks: a rebuild would be one."""
    return {body["metadata"]["uid"] for context in DATACENTERS.values() for body in lab.items(context, "cassandratasks")}


def specs(lab: Lab) -> dict[str, Any]:
    """What each datacenter is wanted to be, and how often the pods' template was changed since it was made."""
    found = {}
    for context in DATACENTERS.values():
        templates = [body["metadata"]["generation"] for body in lab.items(context, "statefulsets")]
        found[context] = ([body["spec"] for body in lab.items(context, "cassandradatacenters")], templates)
    return found


@contextmanager
def untouched(lab: Lab) -> Iterator[None]:
    """Nothing of the cluster changes in here, and no request of its clients fails."""
    before = [look(lab) for look in (containers, passwords, tasks, specs)]
    with Load(lab, DATACENTERS, nodes=1) as load:
        yield
    print(f"requests: {load.requests}, failed: {len(load.failures)}")
    assert load.failures == []
    assert min(load.requests.values()) > 50
    assert [look(lab) for look in (containers, passwords, tasks, specs)] == before


def test_it_demands_the_clusters_name(story: Story) -> None:
    audit = Audit.from_now()
    assert "if that is meant, say -e k8ssandra_confirm=demo" in move(story, *TO_ANSIBLE).demand(2).text
    assert not audit.writes(dry_runs=True)


def test_a_definition_that_would_change_the_cluster_is_refused_before_any_write(story: Story) -> None:
    audit = Audit.from_now()
    with story.inventory.saying(k8ssandra_cluster={**_cluster(story), "spec": _larger(story)}):
        run = move(story, *TO_ANSIBLE, *CONFIRMED).demand(2)
    assert "cannot become ansible, since it would change the cluster" in run.text
    assert "spec.size" in run.text or "memory" in run.text
    assert not audit.writes()


def test_a_dry_run_says_each_step_and_writes_nothing(story: Story) -> None:
    audit = Audit.from_now()
    run = move(story, *TO_ANSIBLE, *CONFIRMED, "--check").demand()
    for step in ("create ConfigMap k8ssandra-operator/demo-control-plane", "delete K8ssandraCluster k8ssandra-operator/demo"):
        assert step in run.text
    assert not audit.writes()


def test_it_moves_to_the_collection(story: Story) -> None:
    story.keep_a_row("before the move")
    with untouched(story.lab):
        run = move(story, *TO_ANSIBLE, *CONFIRMED).demand()
        print(f"to the collection: {run.seconds:.0f} s")
        story.site(*TO_ANSIBLE).demand_unchanged()
    assert story.lab.items("hub", "k8ssandraclusters") == []
    assert story.lab.items("hub", "replicatedsecrets") == []
    assert story.row_in("west", "dc2") == "before the move"


def test_what_the_operator_wrote_belongs_to_the_collection_now(story: Story) -> None:
    for name, context in DATACENTERS.items():
        body = story.lab.read(context, "cassandradatacenter", name, "--show-managed-fields")
        owners = {entry["manager"] for entry in body["metadata"]["managedFields"] if "f:config" in entry["fieldsV1"].get("f:spec", {})}
        assert owners == {"k8ssandra.operator"}


def test_moving_again_changes_nothing(story: Story) -> None:
    move(story, *TO_ANSIBLE, *CONFIRMED).demand_unchanged()


def test_it_moves_back_to_the_operator(story: Story) -> None:
    with untouched(story.lab):
        run = move(story, *CONFIRMED).demand()
        print(f"back to the operator: {run.seconds:.0f} s")
        story.site().demand_unchanged()
    cluster = story.lab.items("hub", "k8ssandraclusters")[0]
    assert {each["type"]: each["status"] for each in cluster["status"]["conditions"]}.get("RequiresUpdate") != "True"
    assert "k8ssandra.io/rebuild-dc" not in cluster["metadata"]["annotations"]


@pytest.mark.parametrize("way", [TO_ANSIBLE, ()], ids=["to the collection", "back to the operator"])
@pytest.mark.parametrize("line", [r"created (ConfigMap|K8ssandraCluster)", r"(deleted K8ssandraCluster|updated K8ssandraCluster)"])
def test_a_move_killed_half_way_is_finished_by_running_it_again(story: Story, line: str, way: tuple[str, ...]) -> None:
    with untouched(story.lab):
        with story.player.start(MOVE, story.inventory.path, *way, *CONFIRMED) as run:
            run.kill_at(line, timeout=120)
        move(story, *way, *CONFIRMED).demand()
    move(story, *way, *CONFIRMED).demand_unchanged()


def test_no_run_used_a_right_that_is_not_listed_for_its_inventory(story: Story) -> None:
    demand_listed(story, "delete k8ssandraclusters", "patch k8ssandraclusters/status", "delete replicatedsecrets", both=True)


def _cluster(story: Story) -> dict[str, Any]:
    found: dict[str, Any] = story.inventory.group()["k8ssandra_cluster"]
    return found


def _larger(story: Story) -> dict[str, Any]:
    spec = _cluster(story)["spec"]
    limits = {**spec["cassandra"]["resources"], "limits": {"cpu": "2", "memory": "3Gi"}}
    return {**spec, "cassandra": {**spec["cassandra"], "resources": limits}}
