"""Each module does the same whether its action plugin runs it here or Ansible runs it as a module."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.integration.support.audit import Audit
from tests.integration.support.lab import MANIFESTS
from tests.integration.support.play import Run
from tests.integration.support.tasks import Task, Tasks
from tests.integration.support.watch import Story

REMOTES = [{"name": "east"}, {"name": "west"}]
BASE = str(MANIFESTS / "k8ssandra-operator/config/deployments")
SMALLER = {"requests": {"cpu": "50m"}, "limits": {"memory": "300Mi"}}
# What one runner adds to a result and the other does not, or that is another each time.
_ASIDE = {"invocation", "warnings", "deprecations", "_ansible_no_log", "ansible_facts"}
CALLS = {
    "a context that is proven": Task("context_check"),
    "a context that is not there": Task("context_check", {"context": "nowhere"}),
    "operators that are as wished": Task("operator_bundle", {"kustomize": BASE, "control_plane": True}),
    "operators that would change": Task("operator_bundle", {"kustomize": BASE, "control_plane": True, "resources": SMALLER}, check=True),
    "operators without a base": Task("operator_bundle"),
    "registrations that are as wished": Task("client_config", {"contexts": REMOTES}),
    "registrations that would change": Task("client_config", {"contexts": REMOTES, "service_account": "other"}, check=True),
    "a registration that is refused": Task("client_config", {"contexts": [{"name": "east", "server": "https://127.0.0.1:6443"}]}),
    "a cluster that makes no sense": Task("k8ssandra_cluster", {"name": "demo", "spec": {"cassandra": {"serverVersion": 5}}}),
    "the status of a cluster": Task("cluster_status", {"name": "demo", "contexts": REMOTES}),
    "the status of no cluster": Task("cluster_status", {"name": "nobody", "contexts": REMOTES}),
}


@pytest.fixture(scope="module")
def both(story: Story, tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[dict[str, Any], dict[str, Any]]]:
    """The results of each call, as the action plugin and as the module give them."""
    story.be_deployed()
    calls = {**CALLS, **_of_the_cluster(story)}
    runner = Tasks(story.player, tmp_path_factory.mktemp("either"))
    found = runner.run([replace(call, as_module=way) for call in calls.values() for way in (False, True)])
    return {name: (found[2 * index], found[2 * index + 1]) for index, name in enumerate(calls)}


def _of_the_cluster(story: Story) -> dict[str, Task]:
    """The cluster of the story as it is, and with another setting."""
    wish = story.inventory.group()["k8ssandra_cluster"]
    places = (("east", "dc1"), ("west", "dc2"))
    contexts = [{"name": name, "datacenters": [{"metadata": {"name": dc}, "size": 1}]} for name, dc in places]
    cassandra = {**wish["spec"]["cassandra"], "config": {"cassandraYaml": {"concurrent_reads": 9}}}
    options = {"name": wish["name"], "contexts": contexts}
    return {
        "a cluster that is as wished": Task("k8ssandra_cluster", {**options, "spec": wish["spec"]}),
        "a cluster that would change": Task("k8ssandra_cluster", {**options, "spec": {"cassandra": cassandra}}, check=True),
    }


NAMES = [*CALLS, "a cluster that is as wished", "a cluster that would change"]


@pytest.mark.parametrize("name", NAMES)
def test_the_results_are_the_same(both: dict[str, tuple[dict[str, Any], dict[str, Any]]], name: str) -> None:
    action, module = ({key: value for key, value in result.items() if key not in _ASIDE} for result in both[name])
    assert action == module


@pytest.mark.parametrize("name", NAMES)
def test_the_parameters_are_the_same(both: dict[str, tuple[dict[str, Any], dict[str, Any]]], name: str) -> None:
    action, module = (result.get("invocation", {}).get("module_args") for result in both[name])
    assert action == module


@pytest.mark.parametrize("name", [name for name in NAMES if "change" in name])
def test_a_change_is_foretold_with_a_plan_and_a_diff(both: dict[str, tuple[dict[str, Any], dict[str, Any]]], name: str) -> None:
    for result in both[name]:
        assert result["changed"]
        assert result["plan"]
        assert result["diff"]


def test_foretelling_writes_nothing(deployed: Run, tasks: Tasks) -> None:
    audit = Audit.from_now()
    tasks.run([call for call in CALLS.values() if call.check])
    assert not audit.writes()
