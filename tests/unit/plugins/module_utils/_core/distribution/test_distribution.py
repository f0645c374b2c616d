"""Whole distributions: what goes where, and in which order."""

from __future__ import annotations

from typing import Any

import pytest

from plugins.module_utils._core.distribution.distribution import check_stargate, distribute
from plugins.module_utils._core.distribution.observation import Observation
from plugins.module_utils._core.errors import SpecError

from ..definitions import good

MEDUSA = {"storageProperties": {"storageSecretRef": {"name": "key"}}}
OBSERVATION = Observation(operators={"east": ("operators", "o"), "west": ("operators", "o")}, monitored=frozenset({"east", "west"}))
DSE = {"spec.cassandra.serverType": "dse", "spec.cassandra.serverVersion": "6.8.50"}


def places(**changes: Any) -> list[str]:
    return [f"{placed.context}/{placed.body['kind']}/{placed.body['metadata']['name']}" for placed in distribute(good(**changes), OBSERVATION)]


def test_datacenters_come_one_by_one_and_add_ons_last() -> None:
    assert places(**{"spec.reaper": {}, "spec.cassandra.telemetry": {"prometheus": {"enabled": True}}}) == [
        "east/ConfigMap/demo-dc1-metrics-agent-config",
        "east/CassandraDatacenter/dc1",
        "west/ConfigMap/demo-dc2-metrics-agent-config",
        "west/CassandraDatacenter/dc2",
        "east/ServiceMonitor/demo-dc1-cass-servicemonitor",
        "east/Reaper/demo-dc1-reaper",
        "west/ServiceMonitor/demo-dc2-cass-servicemonitor",
        "west/Reaper/demo-dc2-reaper",
    ]


def test_each_object_says_for_which_datacenter_it_is() -> None:
    assert [placed.datacenter for placed in distribute(good(), OBSERVATION)] == ["dc1", "dc1", "dc2", "dc2"]


def test_workloads_of_dse_change_the_order() -> None:
    found = places(**{**DSE, "dc1.dseWorkloads": {"searchEnabled": True}, "dc2.dseWorkloads": {"analyticsEnabled": True}})
    assert [place for place in found if "Datacenter" in place] == ["west/CassandraDatacenter/dc2", "east/CassandraDatacenter/dc1"]


def test_an_object_that_datacenters_share_is_there_once() -> None:
    together = {"spec.medusa": {**MEDUSA, "purgeBackups": False}, "dc2.k8sContext": "east"}
    assert [place for place in places(**together) if "-medusa" in place] == ["east/ConfigMap/demo-medusa"]


def test_datacenters_cannot_share_what_is_not_alike() -> None:
    with pytest.raises(SpecError, match="dc1 and dc2 both need ConfigMap k8ssandra/demo-medusa in context east, each another content"):
        places(**{
            "spec.medusa": {**MEDUSA, "purgeBackups": False},
            "dc2.k8sContext": "east",
            "dc2.managementApiAuth": {"manual": {"clientSecretName": "c", "serverSecretName": "s"}},
        })


@pytest.mark.parametrize(
    ("field", "path"),
    [("spec.stargate", r"definition.spec.stargate"), ("dc2.stargate", r"definition.spec.cassandra.datacenters\[1\].stargate")],
)
def test_stargate_is_refused_with_the_reason(field: str, path: str) -> None:
    with pytest.raises(SpecError, match=f"^{path}: is deprecated upstream and is not distributed by Ansible"):
        check_stargate(good(**{field: {"size": 1}}))


def test_the_definition_is_not_changed() -> None:
    changes = {"spec.medusa": MEDUSA, "spec.reaper": {}, "spec.cassandra.telemetry": {"vector": {"enabled": True}, "cassandra": {}}}
    definition = good(**changes)
    distribute(definition, OBSERVATION)
    assert definition == good(**changes)
