"""Operators that somebody applied by kubectl: read, left as they are, changed when asked, removed by their base."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.integration.support import by_hand
from tests.integration.support.audit import Audit
from tests.integration.support.lab import NAMESPACE, Lab
from tests.integration.support.play import Player, Run
from tests.integration.support.tasks import Tasks
from tests.integration.support.watch import Story

CONTEXT = "west"
LARGER = '{"k8ssandra_operator_resources": {"limits": {"memory": "600Mi"}}}'
ROLES = """
- hosts: k8ssandra
  gather_facts: false
  module_defaults:
    group/k8ssandra.operator.k8ssandra: {kubeconfig: "{{ k8ssandra_kubeconfig }}", context: "{{ inventory_hostname }}"}
  roles: ["k8ssandra.operator.{{ role }}"]
"""


@pytest.fixture(scope="module", autouse=True)
def applied(story: Story) -> Lab:
    story.be_empty()
    by_hand.install_by_kubectl(story.lab, CONTEXT, "control-plane")
    return story.lab


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("adopted")


@pytest.fixture
def role(player: Player, folder: Path, tmp_path: Path) -> Any:
    """Runs one of our roles over the inventory."""
    (tmp_path / "role.yml").write_text(ROLES)
    return lambda name, *more: player.play(str(tmp_path / "role.yml"), folder, "-e", f"role={name}", *more, timeout=300)


def test_operators_applied_by_kubectl_are_read_and_nothing_is_written(tasks: Tasks, folder: Path) -> None:
    audit = Audit.from_now()
    asked = {"context": CONTEXT, "kustomize": str(by_hand.BASE), "folder": str(folder)}
    result = tasks.one("fleet_inventory", **asked)
    assert result["changed"], result.get("msg")
    assert any("k8ssandra-operator v1.26.0" in line and "by kubectl or Kustomize" in line for line in result["report"])
    assert any("there is no K8ssandraCluster" in line for line in result["report"])
    assert not tasks.one("fleet_inventory", as_module=True, **asked)["changed"]
    assert not audit.writes(dry_runs=True)


@pytest.mark.parametrize("check", [(), ("--check",)], ids=["a run", "a dry run"])
def test_a_run_over_operators_applied_by_kubectl_changes_nothing(role: Any, check: tuple[str, ...]) -> None:
    audit = Audit.from_now()
    role("install_operator", *check).demand_unchanged()
    assert not audit.writes(dry_runs=True)


def test_a_change_of_theirs_names_kubectl_and_is_made_when_asked(role: Any, applied: Lab) -> None:
    refused: Run = role("install_operator", "-e", LARGER).demand(code=1)
    assert "kubectl" in refused.failures()
    changed: Run = role("install_operator", "-e", LARGER, "-e", "install_operator_force_conflicts=true", "--diff").demand()
    assert changed.changed() == {CONTEXT: 1}
    assert changed.text.count("updated Deployment") == 2
    assert "updated" not in changed.text.replace("updated Deployment", "")
    labels = applied.read(CONTEXT, "deployment", "k8ssandra-operator")["metadata"].get("labels") or {}
    assert not [name for name in labels if name.startswith("k8ssandra.operator/")]
    role("install_operator", "-e", LARGER).demand_unchanged()


def test_what_kubectl_applied_goes_by_its_base_and_the_namespace_stays(role: Any, applied: Lab, story: Story) -> None:
    role("uninstall_operator").demand()
    left = {one for one in applied.objects(CONTEXT) - story.before[CONTEXT] if f" {NAMESPACE}/" not in one}
    assert left == {f"Namespace /{NAMESPACE}"}
    role("uninstall_operator").demand_unchanged()
    applied.cluster(CONTEXT).kubectl("delete", "namespace", NAMESPACE)
