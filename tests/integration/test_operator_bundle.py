"""The operators of one context: foretold, installed, again, changed, again, fought over, removed, again."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.integration.support.audit import Audit
from tests.integration.support.lab import MANIFESTS, Lab, eventually
from tests.integration.support.tasks import Tasks
from tests.integration.support.watch import Story

CONTEXT = "west"
BASE = str(MANIFESTS / "k8ssandra-operator/config/deployments")
LARGER = {"requests": {"cpu": "60m", "memory": "64Mi"}, "limits": {"memory": "600Mi"}}
OTHERS_LIMIT = {"memory": "700Mi"}


@pytest.fixture(scope="module", autouse=True)
def nothing_there(story: Story) -> Story:
    story.be_empty()
    return story


def _bundle(tasks: Tasks, **options: Any) -> dict[str, Any]:
    return tasks.one("operator_bundle", **{"context": CONTEXT, "kustomize": BASE, **options})


def _limits(lab: Lab) -> dict[str, str]:
    deployment = lab.read(CONTEXT, "deployment", "k8ssandra-operator")
    found: dict[str, str] = deployment["spec"]["template"]["spec"]["containers"][0]["resources"]["limits"]
    return found


def test_a_dry_run_names_every_object_and_writes_none(tasks: Tasks) -> None:
    audit = Audit.from_now()
    result = _bundle(tasks, check=True)
    assert result["changed"]
    assert len(result["plan"]) == result["objects"]
    assert {step["verb"] for step in result["plan"]} == {"create"}
    assert not audit.writes()


def test_installing_waits_until_the_operators_serve(tasks: Tasks, lab: Lab) -> None:
    result = _bundle(tasks)
    assert result["changed"], result.get("msg")
    for name in ("k8ssandra-operator", "cass-operator-controller-manager"):
        assert lab.read(CONTEXT, "deployment", name)["status"]["availableReplicas"] == 1


@pytest.mark.parametrize("check", [False, True], ids=["a run", "a dry run"])
def test_installing_again_changes_nothing(tasks: Tasks, check: bool) -> None:
    audit = Audit.from_now()
    result = _bundle(tasks, check=check)
    assert not result["changed"], result.get("msg") or result["plan"]
    assert not audit.writes()


def test_other_resources_change_two_deployments_and_nothing_else(tasks: Tasks, lab: Lab) -> None:
    result = _bundle(tasks, resources=LARGER)
    assert [step["object"].split()[0] for step in result["plan"]] == ["Deployment", "Deployment"], result.get("msg")
    assert _limits(lab) == LARGER["limits"]
    assert not _bundle(tasks, resources=LARGER)["changed"]


def test_another_field_manager_is_named_and_not_overruled_unasked(tasks: Tasks, lab: Lab) -> None:
    body = lab.read(CONTEXT, "deployment", "k8ssandra-operator")
    container = body["spec"]["template"]["spec"]["containers"][0]["name"]
    containers = [{"name": container, "resources": {"limits": OTHERS_LIMIT}}]
    spec = {"template": {"spec": {"containers": containers}}}
    wish = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "k8ssandra-operator"}, "spec": spec}
    taking = ("apply", "--server-side", "--force-conflicts", "--field-manager=a-person", "--filename=-")
    lab.cluster(CONTEXT).kubectl(*taking, stdin=json.dumps(wish))
    refused = _bundle(tasks, resources=LARGER)
    assert refused["failed"]
    assert "a-person" in refused["msg"]
    assert f"context {CONTEXT}" in refused["msg"]
    assert _limits(lab) == OTHERS_LIMIT
    assert _bundle(tasks, resources=LARGER, force_conflicts=True)["changed"]
    assert _limits(lab) == LARGER["limits"]


def test_removing_leaves_nothing_behind_and_again_changes_nothing(tasks: Tasks, story: Story) -> None:
    audit = Audit.from_now()
    assert _bundle(tasks, kustomize=None, state="absent", check=True)["changed"]
    assert not audit.writes()
    removed = _bundle(tasks, kustomize=None, state="absent")
    assert removed["changed"], removed.get("msg")
    eventually(f"{CONTEXT} is empty", lambda: story.lab.objects(CONTEXT) <= story.before[CONTEXT])
    assert not _bundle(tasks, kustomize=None, state="absent")["changed"]
