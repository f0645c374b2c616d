"""What is left of ours when a definition wants less than before."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conformance.support.judged import Outcome
from tests.conformance.support.ours import left
from tests.unit.plugins.module_utils._core.definitions import good

OWN = {"k8ssandra.io/cluster-name": "demo", "k8ssandra.io/cluster-namespace": "k8ssandra"}


def outcome(definition: Any) -> Outcome:
    return Outcome((definition,), {}, {}, {}, {}, {}, {})


def had(kind: str, name: str, namespace: str = "k8ssandra", **labels: str) -> dict[Any, Any]:
    metadata = {"name": name, "namespace": namespace, "labels": labels}
    return {("east", kind, namespace, name): {"kind": kind, "metadata": metadata}}


@pytest.mark.parametrize(
    ("before", "stays"),
    [
        (had("Reaper", "demo-dc1-reaper", **OWN), False),
        (had("Reaper", "demo-dc1-reaper"), True),
        (had("ConfigMap", "demo-dc1-cass-vector", **OWN), False),
        (had("ServiceMonitor", "demo-dc1-cass-servicemonitor", **OWN), False),
        (had("EndpointSlice", "demo-demo-dc1-additional-seed-service-ipv4"), False),
        (had("Secret", "demo-reaper", **OWN), True),
        (had("CronJob", "demo-dc1-medusa-purge", "k8ssandra-operator", **OWN), False),
    ],
)
def test_what_goes_is_what_a_run_would_remove(before: Any, stays: bool) -> None:
    assert left(outcome(good()), before) == (before if stays else {})
