"""A fleet installed by the shell commands of upstream's documentation is adopted, and the next run is 0 changed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.integration.support import by_hand
from tests.integration.support.audit import Audit
from tests.integration.support.inventory import Inventory
from tests.integration.support.lab import KUBECONFIG, NAMESPACE, ROOT, Lab, eventually
from tests.integration.support.play import Player, Run
from tests.integration.support.watch import SITE, TEARDOWN, Story

pytestmark = pytest.mark.long

ADOPT = "k8ssandra.operator.adopt"
CONTEXTS = ("hub", "east")
WHERE = {"k8ssandra_kubeconfig": KUBECONFIG, "k8ssandra_context": "hub", "k8ssandra_data_plane_contexts": "east"}
CONFIRMED = ("-e", "k8ssandra_confirm=demo")


class Fleet:
    """A fleet installed by hand, and the folder that its inventory is written to."""

    def __init__(self, lab: Lab, player: Player, folder: Path) -> None:
        self.lab, self.player, self.folder = lab, player, folder

    def install(self, cluster: dict[str, Any], scratch: Path) -> None:
        """The shell commands of upstream's documentation."""
        by_hand.install_by_helm(self.lab, "hub")
        by_hand.install_by_helm(self.lab, "east", "--set", "controlPlane=false")
        by_hand.register_by_script("east", "hub", scratch)
        datacenter = {"metadata": {"name": "dc1"}, "k8sContext": "east", "size": 1}
        spec = {**cluster["spec"], "cassandra": {**cluster["spec"]["cassandra"], "datacenters": [datacenter]}}
        identity = {"apiVersion": "k8ssandra.io/v1alpha1", "kind": "K8ssandraCluster"}
        by_hand.apply_cluster(self.lab, "hub", {**identity, "metadata": {"name": cluster["name"], "namespace": NAMESPACE}, "spec": spec})
        eventually("the cluster is up", lambda: by_hand.is_up(self.lab, "hub", cluster["name"]), seconds=420)

    def adopt(self, *more: str) -> Run:
        said = {**WHERE, "k8ssandra_chart": by_hand.CHART, "k8ssandra_inventory_folder": self.folder}
        given = [word for name, value in said.items() for word in ("-e", f"{name}={value}")]
        return self.player.play(ADOPT, Path("localhost,"), *given, *more, timeout=120)

    def site(self, *more: str) -> Run:
        return self.player.play(SITE, self.folder, *more, timeout=400)

    def teardown(self, *more: str) -> Run:
        return self.player.play(TEARDOWN, self.folder, *CONFIRMED, *more, timeout=400)

    def edit(self, file: str, before: str, after: str) -> None:
        """An edit of the inventory, as a person makes it."""
        path = self.folder / file
        assert before in path.read_text()
        path.write_text(path.read_text().replace(before, after))


@pytest.fixture(scope="module")
def by_commands(story: Story, player: Player, tmp_path_factory: pytest.TempPathFactory) -> Fleet:
    story.be_empty()
    fleet = Fleet(story.lab, player, tmp_path_factory.mktemp("adopted") / "fleet")
    fleet.install(Inventory(ROOT / "inventories" / "lab").group()["k8ssandra_cluster"], tmp_path_factory.mktemp("script"))
    return fleet


def test_a_fleet_installed_by_hand_is_read_into_an_inventory(by_commands: Fleet) -> None:
    audit = Audit.from_now()
    run = by_commands.adopt().demand()
    assert "by the Helm release k8ssandra-operator of the chart k8ssandra-operator 1.26.0" in run.text
    assert "ClientConfig east (context east) with Secret east-config leads here, by the UID of ServiceAccount" in run.text
    assert "a token that never expires" in run.text
    said = yaml.safe_load((by_commands.folder / "host_vars/east.yml").read_text())
    assert said["k8ssandra_credential"] == "adopted"
    assert said["k8ssandra_datacenters"] == [{"metadata": {"name": "dc1"}, "size": 1}]
    by_commands.adopt().demand_unchanged()
    assert not audit.writes(dry_runs=True)


def test_an_adopted_file_that_somebody_edited_is_not_written_over(by_commands: Fleet) -> None:
    by_commands.edit("hosts.yml", "# One host per kube context, nothing else in this file.", "# Mine.")
    assert "hosts.yml" in by_commands.adopt().demand(code=1).failures()
    assert "# Mine." in (by_commands.folder / "hosts.yml").read_text()


@pytest.mark.parametrize("check", [("--check", "--diff"), ()], ids=["a dry run", "a run"])
def test_the_next_run_over_an_adopted_fleet_is_0_changed(by_commands: Fleet, check: tuple[str, ...]) -> None:
    audit, pods = Audit.from_now(), by_commands.lab.operator_pods()
    run = by_commands.site(*check).demand_unchanged()
    assert "K8ssandraCluster k8ssandra-operator/demo is ready" in run.text
    assert not audit.writes(dry_runs=True)
    assert by_commands.lab.operator_pods() == pods


def test_an_adopted_registration_becomes_managed_with_one_restart(by_commands: Fleet) -> None:
    by_commands.edit("host_vars/east.yml", "k8ssandra_credential: adopted\n", "")
    audit = Audit.from_now()
    refused = by_commands.site().demand(code=1)
    assert "made by kubectl" in refused.failures()
    assert not audit.writes()
    before = by_commands.lab.operator_pods()
    taken = by_commands.site("-e", "register_contexts_force_conflicts=true").demand()
    assert "deleted Secret k8ssandra-operator/east-config" in taken.text
    after = by_commands.lab.operator_pods()
    restarted = {pod for pod in after if after[pod] != before.get(pod)}
    assert [(pod.split()[0], after[pod][1] - before[pod][1]) for pod in restarted] == [("hub", 1)]
    assert taken.changed() == {"hub": 1, "east": 0}
    by_commands.site().demand_unchanged()


def test_one_change_in_an_adopted_inventory_changes_that_alone(by_commands: Fleet) -> None:
    by_commands.edit("group_vars/k8ssandra.yml", "heap_max_size: 384M", "heap_max_size: 400M")
    refused = by_commands.site().demand(code=1)
    assert 'conflict with "kubectl-client-side-apply"' in refused.failures()
    audit = Audit.from_now()
    run = by_commands.site("-e", "deploy_cluster_force_conflicts=true", "-e", "k8ssandra_wait=false", "--diff").demand()
    assert run.changed() == {"hub": 1, "east": 0}
    assert '"spec.cassandra.config.jvmOptions.heap_max_size": "400M"' in run.text
    (written,) = audit.writes()
    assert "/k8ssandraclusters/demo" in written


def test_teardown_of_an_adopted_fleet_leaves_its_namespaces(by_commands: Fleet, story: Story) -> None:
    by_commands.teardown().demand()
    by_commands.teardown().demand_unchanged()
    for context in CONTEXTS:
        left = {one for one in story.lab.objects(context) - story.before[context] if f" {NAMESPACE}/" not in one}
        assert left == {f"Namespace /{NAMESPACE}"}, left
