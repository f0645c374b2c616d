"""One verdict over all contexts."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.integration.support.audit import Audit
from tests.integration.support.lab import CONTEXTS, Lab, eventually
from tests.integration.support.play import Run
from tests.integration.support.tasks import Task, Tasks
from tests.integration.support.watch import Story

_CASS_OPERATOR = "deployment/cass-operator-controller-manager"
DATA_PLANES = [{"name": "east"}, {"name": "west"}]


def test_status_says_ready_and_ends_0(deployed: Run, story: Story) -> None:
    run = story.status().demand_unchanged()
    assert "K8ssandraCluster k8ssandra-operator/demo is ready" in run.text


def test_status_shows_every_datacenter_and_every_node(deployed: Run, tasks: Tasks) -> None:
    audit = Audit.from_now()
    status = tasks.one("cluster_status", name="demo", contexts=DATA_PLANES)
    assert status["ready"], status["reason"]
    assert status["reason"] == ""
    shown = [(one["context"], one["name"], one["nodes_up"], len(one["nodes"]), one["known_from"]) for one in status["datacenters"]]
    assert shown == [("east", "dc1", 1, 1, "data plane"), ("west", "dc2", 1, 1, "data plane")]
    assert [(one["name"], one["control_plane"], one["reachable"]) for one in status["contexts"]] == [
        (context, context == "hub", True) for context in CONTEXTS
    ]
    assert not audit.writes(dry_runs=True)


def test_status_of_a_cluster_that_is_not_there_is_not_ready(deployed: Run, tasks: Tasks) -> None:
    status = tasks.one("cluster_status", name="nobody", contexts=DATA_PLANES)
    assert not status.get("failed")
    assert not status["ready"]
    assert "nobody" in status["reason"]


def test_status_without_the_data_planes_knows_what_the_control_plane_says(deployed: Run, tasks: Tasks) -> None:
    status = tasks.one("cluster_status", name="demo")
    assert {one["known_from"] for one in status["datacenters"]} == {"control plane"}


def test_the_playbook_ends_with_an_error_that_says_why_when_the_cluster_is_not_ready(deployed: Run, story: Story) -> None:
    run = story.status("-e", '{"k8ssandra_cluster": {"name": "nobody", "spec": {}}}').demand(code=1)
    assert "nobody is not ready" in run.failures()


@pytest.fixture
def homeless_operator(deployed: Run, lab: Lab) -> Iterator[Callable[[], None]]:
    """A cass-operator in hub that starts again no sooner than it is called: until then its new pod finds no node."""
    hub = lab.cluster("hub")
    node = hub.read("nodes")["items"][0]["metadata"]["name"]
    hub.kubectl("cordon", node)
    try:
        hub.kubectl("delete", "pods", "--selector=name=cass-operator")
        eventually("cass-operator of hub is missed", lambda: not hub.read(_CASS_OPERATOR)["status"].get("availableReplicas"))
        yield lambda: hub.kubectl("uncordon", node)
    finally:
        hub.kubectl("uncordon", node)
    eventually("cass-operator of hub is back", lambda: hub.read(_CASS_OPERATOR)["status"].get("availableReplicas"))


def test_an_operator_that_starts_again_is_waited_for_on_demand(homeless_operator: Callable[[], None], tasks: Tasks) -> None:
    reason = "hub: cass-operator is not ready, 0 of 1 pods available"
    assert tasks.one("cluster_status", name="demo", contexts=DATA_PLANES)["reason"] == reason
    with tasks.start([Task("cluster_status", {"name": "demo", "contexts": DATA_PLANES, "wait": True, "wait_timeout": 200})]) as started:
        for _line in started.lines_until(reason, timeout=60):
            pass
        homeless_operator()
        started.finish(timeout=240).demand()
    status = tasks.results()[0]
    assert status["ready"], status["reason"]
