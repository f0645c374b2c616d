"""One K8ssandraCluster: foretold, made, again, changed; a wait that cannot succeed ends early; removal wants the name."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from typing import Any

import pytest

from tests.integration.support.audit import Audit
from tests.integration.support.inventory import Inventory
from tests.integration.support.lab import ROOT, Lab
from tests.integration.support.play import Run
from tests.integration.support.tasks import Task, Tasks
from tests.integration.support.watch import Story

SPEC: dict[str, Any] = Inventory(ROOT / "inventories" / "lab").group()["k8ssandra_cluster"]["spec"]
NO_CLASS = {"storageClassName": "no-such-class", "accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
TOO_BIG = {"requests": {"cpu": "100m", "memory": "900Gi"}, "limits": {"cpu": "2", "memory": "900Gi"}}
# Clusters that never come up, where they are, and the words that say why.
HOPELESS = {
    "no-image": ("east", {"serverImage": "lab.invalid/no-such-image:1"}, ("east dc-no-image", "lab.invalid/no-such-image")),
    "no-class": ("east", {"storageConfig": {"cassandraDataVolumeClaimSpec": NO_CLASS}}, ("east dc-no-class", "no-such-class")),
    "too-big": ("west", {"resources": TOO_BIG}, ("west dc-too-big", "memory")),
}


def _options(name: str, **more: Any) -> dict[str, Any]:
    context, change = HOPELESS[name][:2]
    spec = deepcopy(SPEC)
    spec["cassandra"].update(change)
    contexts = [{"name": context, "datacenters": [{"metadata": {"name": f"dc-{name}"}, "size": 1}]}]
    return {"name": name, "spec": spec, "contexts": contexts, "wait_timeout": 240, **more}


@pytest.fixture(scope="module", autouse=True)
def there(story: Story) -> Run:
    found: Run = story.be_deployed()
    return found


def test_a_cluster_is_foretold_made_and_the_same_again(tasks: Tasks) -> None:
    audit = Audit.from_now()
    foretold = tasks.one("k8ssandra_cluster", check=True, **_options("no-image", wait=False))
    assert [(step["verb"], step["object"]) for step in foretold["plan"]] == [("create", "K8ssandraCluster k8ssandra-operator/no-image")]
    assert not audit.writes()
    more: list[dict[str, Any]] = [{}, {}, {"annotations": {"k8ssandra.io/autoupdate-spec": "always"}}]
    made, again, changed = tasks.run([Task("k8ssandra_cluster", _options("no-image", wait=False, **each)) for each in more])
    assert made["plan"] == foretold["plan"]
    assert not again["changed"], again["plan"]
    assert [step["verb"] for step in changed["plan"]] == ["update"], changed.get("msg")


@pytest.fixture(scope="module")
def waited(there: Run, story: Story, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """The end of each wait; side by side, as each takes a minute or two."""

    def wait(name: str) -> dict[str, Any]:
        return Tasks(story.player, tmp_path_factory.mktemp(name)).one("k8ssandra_cluster", **_options(name))

    with ThreadPoolExecutor() as pool:
        return dict(zip(HOPELESS, pool.map(wait, HOPELESS), strict=True))


@pytest.mark.long
@pytest.mark.parametrize("name", HOPELESS)
def test_a_wait_that_cannot_succeed_ends_early_with_the_cause(waited: dict[str, dict[str, Any]], name: str) -> None:
    result = waited[name]
    assert result["failed"]
    assert result["error"]["reason"] == "cannot succeed", result["msg"]
    for word in HOPELESS[name][2]:
        assert word in result["msg"]
    assert result["cluster"]["ready"] is False


def test_a_removal_wants_the_exact_name(tasks: Tasks, lab: Lab) -> None:
    tasks.run([Task("k8ssandra_cluster", _options(name, wait=False)) for name in HOPELESS])
    audit = Audit.from_now()
    wrong = [Task("k8ssandra_cluster", _options(name, state="absent", confirm_removal="demo")) for name in HOPELESS]
    assert all(result["failed"] and "confirm_removal" in result["msg"] for result in tasks.run(wrong))
    assert not audit.writes()
    right = [Task("k8ssandra_cluster", _options(name, state="absent", confirm_removal=name)) for name in HOPELESS]
    assert [result["changed"] for result in tasks.run([*right, *right])] == [True] * len(HOPELESS) + [False] * len(HOPELESS)
    assert [one["metadata"]["name"] for one in lab.items("hub", "k8ssandraclusters")] == ["demo"]
    for name, case in HOPELESS.items():
        context = case[0]
        assert not [one for one in lab.items(context, "persistentvolumeclaims") if name in one["metadata"]["name"]], context
