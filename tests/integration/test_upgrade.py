"""From k8ssandra-operator v1.20.0 to v1.26.0, with a cluster over two datacenters that answers all the while."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.support.audit import Audit
from tests.integration.support.lab import CONTEXTS
from tests.integration.support.load import Load
from tests.integration.support.play import Run
from tests.integration.support.upgrade import DATACENTERS, NEW, OLD, be_old, kept, planted
from tests.integration.support.watch import SITE, Story

# Needs the older operators, and a cluster that they brought up.
pytestmark = pytest.mark.long

OPERATORS = "k8ssandra.operator.operators"


@pytest.fixture(scope="module", autouse=True)
def old(story: Story) -> None:
    be_old(story)


def test_a_live_object_that_uses_a_removed_field_is_refused_before_any_write(story: Story) -> None:
    with planted(story.lab) as field:
        audit = Audit.from_now()
        run = story.site().demand(1)
        assert not audit.writes(dry_runs=True)
    assert f"has no field {field} any longer, and CassandraDatacenter elsewhere/planted uses it" in run.text
    assert story.lab.operator_versions() == dict.fromkeys(CONTEXTS, OLD)


def test_the_control_plane_alone_is_refused_before_any_write(story: Story) -> None:
    audit = Audit.from_now()
    run = story.player.play(OPERATORS, story.inventory.path, "--limit", "hub").demand(1)
    assert "hub must come after east, which is not part of this run" in run.text
    assert not audit.writes(dry_runs=True)


def test_a_dry_run_foretells_the_order_and_writes_nothing(story: Story) -> None:
    audit = Audit.from_now()
    run = story.player.play(OPERATORS, story.inventory.path, "--check").demand()
    assert "order: east, west, hub, one after the other; data planes first, since ScheduledTask.control.k8ssandra.io is new" in run.text
    assert not audit.writes()


class Upgraded:
    """What the upgrade was like.

    Args:
        before, after: the pods of Cassandra.
        half_way: the operators' versions after the kill.
    """

    def __init__(self, story: Story) -> None:
        self.before = story.lab.cassandra_pods()
        with Load(story.lab, DATACENTERS, nodes=1) as self.load:
            with story.player.start(SITE, story.inventory.path) as run:
                run.kill_at(r"^west: updated CustomResourceDefinition", timeout=300)
            self.half_way = story.lab.operator_versions()
            self.run: Run = story.site().demand()
        self.after = story.lab.cassandra_pods()


@pytest.fixture(scope="module")
def upgraded(story: Story) -> Upgraded:
    return Upgraded(story)


def test_an_upgrade_killed_half_way_is_finished_by_running_it_again(upgraded: Upgraded, story: Story) -> None:
    print(f"the rest of the upgrade: {upgraded.run.seconds:.0f} s")
    assert upgraded.half_way == {"hub": OLD, "east": NEW, "west": OLD}
    assert "order: west, hub, one after the other" in upgraded.run.text
    assert story.lab.operator_versions() == dict.fromkeys(CONTEXTS, NEW)


def test_no_request_fails_while_the_operators_are_upgraded(upgraded: Upgraded) -> None:
    print(f"requests through each datacenter: {upgraded.load.requests}, failed: {len(upgraded.load.failures)}")
    assert min(upgraded.load.requests.values()) > 200
    assert upgraded.load.failures == []


def test_no_node_restarts(upgraded: Upgraded) -> None:
    assert upgraded.after == upgraded.before


def test_the_definitions_are_the_new_ones_everywhere(upgraded: Upgraded, story: Story) -> None:
    for context in CONTEXTS:
        body = story.lab.read(context, "customresourcedefinition", "cassandradatacenters.cassandra.datastax.com")
        schema = body["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"]["properties"]
        pod = schema["podTemplateSpec"]["properties"]["spec"]["properties"]
        # A field that Kubernetes' pods had when the older release was built, and no longer when the newer one was.
        assert "source" not in pod["resourceClaims"]["items"]["properties"]


def test_a_backup_was_kept_of_every_context(upgraded: Upgraded, story: Story) -> None:
    folder = story.inventory.path / ".k8ssandra-backup"
    first = min(folder.iterdir())
    assert {path.name for path in first.iterdir()} == {"README.md", *CONTEXTS}
    assert "kind: CassandraDatacenter" in kept(Path(first / "east"))


def test_what_is_held_back_is_listed_with_its_datacenters_and_what_to_type(upgraded: Upgraded) -> None:
    assert "an upgrade of the operator wants to change the datacenters and has to be allowed to (dc1, dc2)" in upgraded.run.text
    assert "-e k8ssandra_apply_updates=once" in upgraded.run.text


def test_the_run_after_changes_nothing(upgraded: Upgraded, story: Story) -> None:
    story.site().demand_unchanged()
