"""One K8ssandraCluster: foretold, made, again, changed; its removal wants the name."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.support.audit import Audit
from tests.integration.support.hopeless import HOPELESS, options_of
from tests.integration.support.lab import Lab
from tests.integration.support.play import Run
from tests.integration.support.tasks import Task, Tasks
from tests.integration.support.watch import Story

# Clusters that cost nothing, as no node of them ever runs.
NAMES = ("no-image", "too-big")


@pytest.fixture(scope="module", autouse=True)
def there(story: Story) -> Run:
    found: Run = story.be_deployed()
    return found


def test_a_cluster_is_foretold_made_and_the_same_again(tasks: Tasks) -> None:
    audit = Audit.from_now()
    foretold = tasks.one("k8ssandra_cluster", check=True, **options_of("no-image", wait=False))
    assert [(step["verb"], step["object"]) for step in foretold["plan"]] == [("create", "K8ssandraCluster k8ssandra-operator/no-image")]
    assert not audit.writes()
    more: list[dict[str, Any]] = [{}, {}, {"annotations": {"k8ssandra.io/autoupdate-spec": "always"}}]
    made, again, changed = tasks.run([Task("k8ssandra_cluster", options_of("no-image", wait=False, **each)) for each in more])
    assert made["plan"] == foretold["plan"]
    assert not again["changed"], again["plan"]
    assert [step["verb"] for step in changed["plan"]] == ["update"], changed.get("msg")


def test_a_removal_wants_the_exact_name(tasks: Tasks, lab: Lab) -> None:
    tasks.run([Task("k8ssandra_cluster", options_of(name, wait=False)) for name in NAMES])
    audit = Audit.from_now()
    wrong = [Task("k8ssandra_cluster", options_of(name, state="absent", confirm_removal="demo")) for name in NAMES]
    assert all(result["failed"] and "confirm_removal" in result["msg"] for result in tasks.run(wrong))
    assert not audit.writes()
    right = [Task("k8ssandra_cluster", options_of(name, state="absent", confirm_removal=name)) for name in NAMES]
    assert [result["changed"] for result in tasks.run([*right, *right])] == [True] * len(NAMES) + [False] * len(NAMES)
    assert [one["metadata"]["name"] for one in lab.items("hub", "k8ssandraclusters")] == ["demo"]
    for name in NAMES:
        context = HOPELESS[name].context
        assert not [one for one in lab.items(context, "persistentvolumeclaims") if name in one["metadata"]["name"]], context
