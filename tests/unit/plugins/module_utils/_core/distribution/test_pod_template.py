"""The PodTemplateSpec: the definition's part, then upstream's, in upstream's order."""

from __future__ import annotations

from typing import Any

import pytest

from plugins.module_utils._core.distribution.medusa import medusa_of
from plugins.module_utils._core.distribution.observation import Observation
from plugins.module_utils._core.distribution.pod_template import pod_template_of
from plugins.module_utils._core.distribution.template import templates

from ..definitions import good

NO_MCAC = {"mcac": {"enabled": False}}
MEDUSA = {"storageProperties": {"storageProvider": "s3", "bucketName": "b", "storageSecretRef": {"name": "key"}}}
STORES = {"keystoreSecretRef": {"name": "stores"}, "truststoreSecretRef": {"name": "stores"}}
ENCRYPTED = {
    "spec.cassandra.clientEncryptionStores": STORES,
    "spec.cassandra.config": {"cassandraYaml": {"client_encryption_options": {"enabled": True}}},
}


def pod(**changes: Any) -> dict:
    definition = good(**{"spec.cassandra.telemetry": NO_MCAC, **changes})
    template = templates(definition)[0]
    return pod_template_of(definition, template, Observation(), medusa_of(definition, template, Observation()))


def names(parts: list) -> list:
    return [part["name"] for part in parts]


def variables(found: dict) -> list:
    return [variable["name"] for variable in found["spec"]["containers"][0]["env"]]


def test_a_plain_cluster_only_names_cassandra() -> None:
    env = [{"name": "MGMT_API_DISABLE_MCAC", "value": "true"}]
    assert pod() == {"spec": {"containers": [{"name": "cassandra", "env": env}]}}


@pytest.mark.parametrize(
    ("field", "value", "where"),
    [
        ("podSecurityContext", {"runAsUser": 999}, ("spec", "securityContext")),
        ("podPriorityClassName", "high", ("spec", "priorityClassName")),
        ("extraVolumes", {"volumes": [{"name": "v", "emptyDir": {}}]}, ("spec", "volumes")),
        ("initContainers", [{"name": "first", "image": "i"}], ("spec", "initContainers")),
        ("metadata", {"pods": {"labels": {"a": "b"}}}, ("metadata", "labels")),
        ("metadata", {"pods": {"annotations": {"a": "b"}}}, ("metadata", "annotations")),
    ],
)
def test_the_definition_describes_pods(field: str, value: Any, where: tuple[str, str]) -> None:
    found = pod(**{f"spec.cassandra.{field}": value})
    expected = next(iter(value["pods"].values())) if field == "metadata" else value.get("volumes") if field == "extraVolumes" else value
    assert found[where[0]][where[1]] == expected


@pytest.mark.parametrize(
    ("heap", "size"), [("64Mi", "67108864"), ("1G", "1000000000"), ("1.5k", "1500"), (1, "1"), ("100m", "1")],
)
def test_the_heap_of_the_management_api_is_in_bytes(heap: Any, size: str) -> None:
    env = pod(**{"spec.cassandra.mgmtAPIHeap": heap})["spec"]["containers"][0]["env"]
    assert env[0] == {"name": "MANAGEMENT_API_HEAP_SIZE", "value": size}


def test_variables_are_in_upstreams_order() -> None:
    found = pod(**{
        "spec.cassandra.telemetry": {},
        "spec.cassandra.mgmtAPIHeap": "64Mi",
        "spec.reaper": {"httpManagement": {"enabled": False}},
        "spec.cassandra.containers": [{"name": "cassandra", "env": [{"name": "OWN", "value": "1"}]}],
        "dc1.telemetry": NO_MCAC,
    })
    assert variables(found) == ["OWN", "LOCAL_JMX", "METRIC_FILTERS", "MANAGEMENT_API_HEAP_SIZE", "MGMT_API_DISABLE_MCAC"]


def test_containers_and_volumes_are_in_upstreams_order() -> None:
    found = pod(**{
        **ENCRYPTED,
        "spec.cassandra.telemetry": {**NO_MCAC, "vector": {"enabled": True}},
        "spec.cassandra.containers": [{"name": "own", "image": "i"}],
        "spec.cassandra.initContainers": [{"name": "own-init", "image": "i"}],
        "spec.cassandra.extraVolumes": {"volumes": [{"name": "own-volume", "emptyDir": {}}]},
        "spec.medusa": {**MEDUSA, "certificatesSecretRef": {"name": "certificates-of-medusa"}},
        "dc1.perNodeConfigMapRef": {"name": "of-nodes"},
    })["spec"]
    assert names(found["containers"]) == ["own", "cassandra", "server-system-logger", "medusa"]
    assert names(found["initContainers"]) == ["own-init", "server-config-init", "medusa-restore", "per-node-config"]
    stores, medusa = ["client-keystore", "client-truststore"], ["demo-medusa", "key", "podinfo", "certificates", "medusa-tmp"]
    assert names(found["volumes"]) == ["own-volume", *stores, *medusa, "per-node-config"]
    assert [mount["name"] for mount in found["containers"][1]["volumeMounts"]] == stores


def test_containers_of_the_definition_keep_their_places() -> None:
    found = pod(**{
        "spec.cassandra.containers": [{"name": "medusa", "image": "other"}, {"name": "cassandra"}],
        "spec.cassandra.initContainers": [{"name": "medusa-restore", "command": ["x"]}, {"name": "server-config-init"}],
        "spec.medusa": MEDUSA,
    })["spec"]
    assert names(found["containers"]) == ["medusa", "cassandra"]
    assert found["containers"][0]["image"] == "docker.io/k8ssandra/medusa:0.25.0"
    assert names(found["initContainers"]) == ["medusa-restore", "server-config-init"]
    assert found["initContainers"][0]["command"] == ["x"]
