"""What a definition wanted once and does not want any more."""

from __future__ import annotations

import pytest

from plugins.module_utils._core.distribution.distribution import distribute
from plugins.module_utils._core.distribution.leftovers import leftovers_of
from plugins.module_utils._core.distribution.observation import Observation
from plugins.module_utils._core.distribution.template import templates
from plugins.module_utils._core.readings import is_of

from ..definitions import good

EVERYTHING = Observation(operators={"east": ("operators", "o"), "west": ("operators", "o")}, monitored=frozenset({"east", "west"}))
MEDUSA = {"storageProperties": {"storageSecretRef": {"name": "key"}}}
VECTOR, NODES = "ConfigMap k8ssandra/demo-dc1-cass-vector", "ConfigMap k8ssandra/demo-dc1-per-node-config"
MONITOR, REAPER = "ServiceMonitor k8ssandra/demo-dc1-cass-servicemonitor", "Reaper k8ssandra/demo-dc1-reaper"
PURGE = "CronJob operators/demo-dc1-medusa-purge"


def leftovers(observation: Observation, **changes: object) -> list[str]:
    definition = good(**changes)
    wanted = [placed.body for placed in distribute(definition, observation) if placed.datacenter == "dc1"]
    return [str(ref) for ref in leftovers_of(definition, templates(definition)[0], observation, wanted)]


@pytest.mark.parametrize(
    ("observation", "changes", "expected"),
    [
        (EVERYTHING, {}, [VECTOR, NODES, MONITOR, PURGE, REAPER]),
        (Observation(), {}, [VECTOR, NODES, MONITOR]),
        (EVERYTHING, {"spec.cassandra.telemetry": {"vector": {"enabled": True}, "prometheus": {"enabled": True}}}, [NODES, PURGE, REAPER]),
        (EVERYTHING, {"dc1.perNodeConfigMapRef": {"name": "own"}}, [VECTOR, MONITOR, PURGE, REAPER]),
        (EVERYTHING, {"spec.cassandra.config": {"cassandraYaml": {"num_tokens": 4}}}, [VECTOR, MONITOR, PURGE, REAPER]),
        (EVERYTHING, {"spec.reaper": {}}, [VECTOR, NODES, MONITOR, PURGE]),
        (EVERYTHING, {"spec.reaper": {}, "dc1.stopped": True}, [VECTOR, NODES, MONITOR, PURGE, REAPER]),
        (EVERYTHING, {"spec.medusa": MEDUSA}, [VECTOR, NODES, MONITOR, REAPER]),
        (EVERYTHING, {"spec.medusa": {**MEDUSA, "purgeBackups": False}}, [VECTOR, NODES, MONITOR, PURGE, REAPER]),
    ],
)
def test_what_is_not_wanted_may_be_left(observation: Observation, changes: dict, expected: list[str]) -> None:
    assert leftovers(observation, **changes) == expected


@pytest.mark.parametrize(("name", "namespace", "ours"), [("demo", "k8ssandra", True), ("demo", "other", False), ("other", "k8ssandra", False)])
def test_an_object_tells_whose_it_is(name: str, namespace: str, ours: bool) -> None:
    labels = {"k8ssandra.io/cluster-name": name, "k8ssandra.io/cluster-namespace": namespace, "a": "b"}
    assert is_of({"metadata": {"labels": labels}}, "demo", "k8ssandra") is ours
