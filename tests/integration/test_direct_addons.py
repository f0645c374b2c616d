"""Reaper and Medusa without an operator's control plane: the operators of the data planes run what the collection gives them.

What runs in the pods of Reaper and Medusa stands in for them, as the lab has no such images; all that is made of the objects is real.
"""

from __future__ import annotations

import base64
import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.integration.support.lab import NAMESPACE, eventually
from tests.integration.support.play import Run
from tests.integration.support.rights import demand_listed
from tests.integration.support.tasks import Tasks
from tests.integration.support.watch import SITE, Story

pytestmark = pytest.mark.long

DIRECT = {"k8ssandra_control_plane": "ansible"}
PLACES = {"east": "dc1", "west": "dc2"}
STORAGE_KEY = "aws_secret_access_key = planted-storage-key"
# By the management API, so that Cassandra's pods stay as they are when Reaper comes and goes.
REAPER = {
    "containerImage": {"registry": "docker.io", "repository": "lab", "name": "reaper", "tag": "1"},
    "heapSize": "128Mi",
    "httpManagement": {"enabled": True},
    "readinessProbe": {"initialDelaySeconds": 2, "periodSeconds": 2},
}
MEDUSA = {
    "containerImage": {"registry": "docker.io", "repository": "lab", "name": "medusa", "tag": "1"},
    "containerResources": {"requests": {"cpu": "10m", "memory": "16Mi"}},
    "storageProperties": {"storageProvider": "s3", "bucketName": "backups", "storageSecretRef": {"name": "bucket"}},
}


def cluster(story: Story, **add_ons: Any) -> dict[str, Any]:
    """The lab's cluster with add-ons."""
    found = copy.deepcopy(story.inventory.group()["k8ssandra_cluster"])
    for name in ("reaper", "medusa"):
        found["spec"].pop(name, None)
    found["spec"].update(add_ons)
    return found


@pytest.fixture(scope="module", autouse=True)
def direct(story: Story) -> Iterator[None]:
    """Empty clusters, and an inventory that says who distributes, and wants both add-ons."""
    story.be_empty()
    with story.inventory.saying(**DIRECT, k8ssandra_cluster=cluster(story, reaper=REAPER, medusa=MEDUSA)):
        yield


@pytest.fixture(scope="module")
def refused(story: Story, direct: None) -> Run:
    """The first run: it installs the operators, and finds no Secret for Medusa's storage."""
    return story.site("-vvvv").demand(code=2)


@pytest.fixture(scope="module")
def deployed(story: Story, refused: Run) -> Run:
    """A run that dies while Reaper comes up in the first datacenter, and the run after it."""
    body = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "bucket"}, "stringData": {"credentials": STORAGE_KEY}}
    for context in PLACES:
        story.lab.cluster(context).kubectl("apply", "--filename", "-", stdin=json.dumps(body))
    with story.player.start(SITE, story.inventory.path, "-vvvv") as run:
        run.kill_at(r"created Reaper k8ssandra-operator/demo-dc1-reaper", timeout=600)
    story.first_run = story.site("-vvvv").demand()
    return story.first_run


def decoded(story: Story, context: str, name: str) -> dict[str, str]:
    data = story.lab.read(context, "secret", name)["data"]
    return {key: base64.b64decode(value).decode() for key, value in data.items()}


def names(story: Story, context: str, kind: str) -> set[str]:
    return {body["metadata"]["name"] for body in story.lab.items(context, kind)}


def test_without_the_secret_of_its_storage_medusa_is_refused_before_a_datacenter_is_made(refused: Run, story: Story) -> None:
    assert "there is no Secret k8ssandra-operator/bucket, by which Medusa logs in to its storage" in refused.failures()
    for context in PLACES:
        assert not story.lab.items(context, "cassandradatacenters")
        assert "demo-control-plane" not in names(story, context, "configmaps")


def test_each_datacenter_has_a_reaper_that_the_operator_beside_it_made_ready(deployed: Run, story: Story) -> None:
    for context, name in PLACES.items():
        reaper = story.lab.read(context, "reaper", f"demo-{name}-reaper")
        assert reaper["status"]["progress"] == "Running"
        assert reaper["spec"]["datacenterRef"]["name"] == name
        deployment = story.lab.read(context, "deployment", f"demo-{name}-reaper")
        assert deployment["status"]["readyReplicas"] == 1
        assert deployment["metadata"]["ownerReferences"][0]["uid"] == reaper["metadata"]["uid"]
    assert not story.lab.items("hub", "reapers")


def test_reapers_schema_has_its_keyspace_in_both_datacenters(deployed: Run, story: Story) -> None:
    query = "SELECT keyspace_name, replication FROM system_schema.keyspaces"
    found = {row["keyspace_name"]: dict(row["replication"]) for row in story.lab.cql("west", "dc2", query)}
    assert {"dc1": "1", "dc2": "1"}.items() <= found["reaper_db"].items()


def test_users_have_one_password_everywhere_and_cassandra_knows_them(deployed: Run, story: Story) -> None:
    for name in ("demo-superuser", "demo-reaper", "demo-reaper-ui", "demo-medusa"):
        assert decoded(story, "east", name) == decoded(story, "west", name)
    roles = {row["role"] for row in story.lab.cql("east", "dc1", "SELECT role FROM system_auth.roles")}
    assert {"demo-reaper", "demo-medusa"} <= roles


def test_medusa_is_beside_cassandra_with_its_settings_and_its_purge(deployed: Run, story: Story) -> None:
    for context, name in PLACES.items():
        assert "bucket_name = backups" in story.lab.read(context, "configmap", "demo-medusa")["data"]["medusa.ini"]
        purge = story.lab.read(context, "cronjob", f"demo-{name}-medusa-purge")
        account = purge["spec"]["jobTemplate"]["spec"]["template"]["spec"]["serviceAccountName"]
        assert account in names(story, context, "serviceaccounts")
        pods = [pod for pod in story.lab.items(context, "pods") if pod["metadata"]["name"] == f"demo-{name}-default-sts-0"]
        ready = {each["name"]: each["ready"] for each in pods[0]["status"]["containerStatuses"]}
        assert ready["medusa"]
        assert ready["cassandra"]


def test_the_run_after_changes_nothing_and_only_reads(deployed: Run, story: Story) -> None:
    pods = story.lab.cassandra_pods()
    story.site_only_reads("--diff")
    assert story.lab.cassandra_pods() == pods


def test_the_verdict_says_that_reaper_is_ready(deployed: Run, tasks: Tasks) -> None:
    status = tasks.one("cluster_status", name="demo", contexts=[{"name": "east"}, {"name": "west"}])
    assert status["ready"], status["reason"]
    assert [one["reaper"] for one in status["datacenters"]] == ["ready", "ready"]


def test_no_secret_is_said_or_kept_in_a_record(deployed: Run, story: Story) -> None:
    users = ("demo-reaper", "demo-reaper-ui", "demo-medusa")
    planted = [STORAGE_KEY.partition("= ")[2], *(decoded(story, "east", name)["password"] for name in users)]
    records = [str(body) for context in PLACES for body in story.lab.items(context, "configmaps")]
    assert not [each for each in planted if any(each in text for text in (deployed.text, *records))]


def test_without_reaper_in_the_definition_reaper_goes_also_when_the_run_is_killed(deployed: Run, story: Story) -> None:
    pods = story.lab.cassandra_pods()
    with story.inventory.saying(**DIRECT, k8ssandra_cluster=cluster(story, medusa=MEDUSA)):
        with story.player.start(SITE, story.inventory.path, "-vvvv") as run:
            run.kill_at(r"updated ConfigMap k8ssandra-operator/demo-control-plane", timeout=300)
        story.site().demand()
        assert {context: names(story, context, "reapers") for context in PLACES} == {context: set() for context in PLACES}
        story.site().demand_unchanged()
    assert story.lab.cassandra_pods() == pods
    # While an old process still answers, the operator takes a new Reaper of the same name for ready.
    eventually("Reaper's pods have gone", lambda: not any(_pods_of_reaper(story, context) for context in PLACES))


def _pods_of_reaper(story: Story, context: str) -> str:
    return story.lab.cluster(context).kubectl("get", "pods", "--selector=k8ssandra.io/reaper", "--output=name")


def test_a_reaper_that_cannot_run_is_told_with_its_cause(deployed: Run, story: Story, tasks: Tasks) -> None:
    broken = {**REAPER, "containerImage": {**REAPER["containerImage"], "name": "no-such-reaper"}}
    with story.inventory.saying(**DIRECT, k8ssandra_cluster=cluster(story, reaper=broken, medusa=MEDUSA)):
        run = story.site(timeout=420).demand(code=2)
    assert "waiting for Reaper of dc1" in run.failures()
    assert "no-such-reaper:1 cannot be pulled" in run.failures()
    status = tasks.one("cluster_status", name="demo", contexts=[{"name": "east"}, {"name": "west"}])
    assert "east dc1: Reaper is not ready" in status["reason"]
    assert "cannot be pulled" in status["reason"]
    print(f"a Reaper that cannot run: {run.seconds:.0f} s, {status['reason']}")


def test_it_goes_with_its_name_and_leaves_nothing(deployed: Run, story: Story) -> None:
    foretold = story.teardown("-e", "k8ssandra_confirm=demo", "--check").demand().text
    assert "delete Reaper k8ssandra-operator/demo-dc1-reaper" in foretold
    story.teardown("-e", "k8ssandra_confirm=demo").demand()
    left = {context: found - {f"Secret {NAMESPACE}/bucket"} for context, found in story.left_behind().items()}
    assert {context: found for context, found in left.items() if found} == {}


def test_no_run_used_a_right_that_is_not_listed_for_its_inventory(deployed: Run, story: Story) -> None:
    demand_listed(story, "delete reapers", "create cronjobs")
