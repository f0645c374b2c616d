"""The CassandraDatacenter, field by field."""

from __future__ import annotations

from typing import Any

import pytest

from plugins.module_utils._core.distribution.datacenter import add_ons_of, configs_of, datacenter_of
from plugins.module_utils._core.distribution.observation import Observation
from plugins.module_utils._core.distribution.template import templates
from plugins.module_utils._core.errors import SpecError

from ..definitions import CLAIM, GONE, good

WATCHED = {"k8ssandra.io/cluster-name": "demo", "k8ssandra.io/cluster-namespace": "k8ssandra"}
MEDUSA = {"storageProperties": {"storageSecretRef": {"name": "key"}}}
EVERYWHERE = {"east": ("operators", "operator"), "west": ("operators", "operator")}


def body(position: int = 0, **changes: Any) -> dict:
    definition = good(**changes)
    return datacenter_of(definition, templates(definition)[position], Observation(), position)


def test_a_plain_datacenter_is_as_upstream_writes_it() -> None:
    found = body()
    assert found["metadata"] == {
        "name": "dc1",
        "namespace": "k8ssandra",
        "labels": {
            "app.kubernetes.io/name": "k8ssandra-operator",
            "app.kubernetes.io/part-of": "k8ssandra",
            "app.kubernetes.io/component": "cassandra",
            "k8ssandra.io/cleaned-up-by": "k8ssandracluster-controller",
            **WATCHED,
        },
        "finalizers": ["k8ssandracluster.k8ssandra.io/finalizer"],
    }
    spec = found["spec"]
    assert sorted(spec) == sorted(
        "size serverVersion serverType clusterName superuserSecretName config storageConfig podTemplateSpec additionalServiceConfig".split()
    )
    assert (spec["size"], spec["serverVersion"], spec["serverType"]) == (3, "4.1.8", "cassandra")
    assert (spec["clusterName"], spec["superuserSecretName"]) == ("demo", "demo-superuser")
    assert spec["additionalServiceConfig"] == {"allpodsService": {"additionalLabels": WATCHED}}
    assert spec["storageConfig"]["cassandraDataVolumeClaimSpec"] == CLAIM
    assert [volume["name"] for volume in spec["storageConfig"]["additionalVolumes"]] == ["metrics-agent-config"]


@pytest.mark.parametrize(
    ("path", "value", "field", "expected"),
    [
        ("dc1.stopped", True, "stopped", True),
        ("dc1.stopped", False, "stopped", None),
        ("dc1.cdc", {"pulsarServiceUrl": "pulsar://x"}, "cdc", {"pulsarServiceUrl": "pulsar://x"}),
        ("spec.cassandra.cdc", {"pulsarServiceUrl": "pulsar://x"}, "cdc", None),
        ("spec.cassandra.serverVersion", "v4.1.8", "serverVersion", "4.1.8"),
        ("spec.cassandra.serverImage", "own/image:1", "serverImage", "own/image:1"),
        ("spec.cassandra.serverType", "hcd", "serverType", "hcd"),
        ("spec.cassandra.racks", [{"name": "r1"}], "racks", [{"name": "r1"}]),
        ("spec.cassandra.resources", {"limits": {"cpu": "1"}}, "resources", {"limits": {"cpu": "1"}}),
        ("spec.cassandra.tolerations", [{"key": "a"}], "tolerations", [{"key": "a"}]),
        ("spec.cassandra.serviceAccount", "own", "serviceAccountName", "own"),
        ("spec.cassandra.softPodAntiAffinity", True, "allowMultipleNodesPerWorker", True),
        ("spec.cassandra.softPodAntiAffinity", False, "allowMultipleNodesPerWorker", None),
        ("spec.cassandra.networking", {"hostNetwork": True}, "networking", {"hostNetwork": True}),
        ("spec.cassandra.networking", {"hostNetwork": False}, "networking", None),
        ("spec.cassandra.managementApiAuth", {"insecure": {}}, "managementApiAuth", {"insecure": {}}),
        ("spec.cassandra.readOnlyRootFilesystem", False, "readOnlyRootFilesystem", False),
        ("dc1.datacenterName", "Real DC", "datacenterName", "Real DC"),
        ("spec.cassandra.clusterName", "My Cluster", "clusterName", "My Cluster"),
        ("spec.cassandra.clusterName", "My Cluster", "superuserSecretName", "mycluster-superuser"),
        ("spec.cassandra.superuserSecretRef", {"name": "own"}, "superuserSecretName", "own"),
        ("spec.secretsProvider", "external", "superuserSecretName", None),
        ("spec.cassandra.metadata", {"commonLabels": {"a": "b"}}, "additionalLabels", {"a": "b"}),
        ("spec.cassandra.metadata", {"commonAnnotations": {"a": "b"}}, "additionalAnnotations", {"a": "b"}),
        ("spec.reaper", {}, "users", [{"secretName": "demo-reaper", "superuser": True}]),
        ("spec.medusa", MEDUSA, "users", [{"secretName": "demo-medusa", "superuser": True}]),
    ],
)
def test_fields_go_over(path: str, value: Any, field: str, expected: Any) -> None:
    assert body(**{path: value})["spec"].get(field) == expected


def test_reapers_user_comes_before_medusas() -> None:
    users = body(**{"spec.reaper": {}, "spec.medusa": MEDUSA})["spec"]["users"]
    assert [user["secretName"] for user in users] == ["demo-reaper", "demo-medusa"]


def test_services_get_their_labels_and_annotations() -> None:
    services = {"dcService": {"labels": {"a": "b"}}, "allPodsService": {"annotations": {"c": "d"}}, "seedService": {}}
    assert body(**{"dc1.metadata.services": services})["spec"]["additionalServiceConfig"] == {
        "dcService": {"additionalLabels": {"a": "b"}},
        "allpodsService": {"additionalLabels": WATCHED, "additionalAnnotations": {"c": "d"}},
    }


@pytest.mark.parametrize(
    ("position", "external", "expected"),
    [
        (0, [], {"own": "dc", "both": "cluster"}),
        (1, [], {"cassandra.datastax.com/skip-user-creation": "true", "both": "cluster"}),
        (0, ["dc0"], {"cassandra.datastax.com/skip-user-creation": "true", "both": "cluster"}),
    ],
)
def test_only_the_first_datacenter_makes_users(position: int, external: list, expected: dict) -> None:
    changes = {
        "spec.externalDatacenters": external,
        "dc1.metadata.annotations": {"own": "dc", "both": "dc"},
        "spec.cassandra.metadata.annotations": {"both": "cluster"},
    }
    assert body(position, **changes)["metadata"]["annotations"] == expected


def test_labels_of_the_cluster_win() -> None:
    labels = body(**{
        "dc1.metadata.labels": {"app.kubernetes.io/name": "own", "both": "dc"},
        "spec.cassandra.metadata.labels": {"both": "cluster"},
    })["metadata"]["labels"]
    assert (labels["app.kubernetes.io/name"], labels["both"]) == ("own", "cluster")


def test_volumes_are_the_definitions_then_vectors_then_the_agents() -> None:
    volumes = body(**{
        "spec.cassandra.storageConfig.additionalVolumes": [{"name": "a", "mountPath": "/a"}],
        "spec.cassandra.extraVolumes": {"pvcs": [{"name": "b", "mountPath": "/b"}]},
        "spec.cassandra.telemetry": {"vector": {"enabled": True}},
    })["spec"]["storageConfig"]["additionalVolumes"]
    assert [volume["name"] for volume in volumes] == ["a", "b", "vector-config", "metrics-agent-config"]


@pytest.mark.parametrize(
    ("changes", "field", "expected"),
    [
        ({"spec.cassandra.telemetry": {"vector": {"enabled": True, "resources": {"limits": {"cpu": "1"}}}}}, "systemLoggerResources", "1"),
        ({"spec.cassandra.telemetry": {"vector": {"enabled": True}}}, "systemLoggerResources", "2"),
        ({"spec.cassandra.containers": [{"name": "server-system-logger", "resources": {"limits": {"cpu": "3"}}}]}, "systemLoggerResources", "3"),
        ({"spec.cassandra.initContainers": [{"name": "server-config-init", "resources": {"limits": {"cpu": "4"}}}]}, "configBuilderResources", "4"),
    ],
)
def test_cass_operators_containers_get_their_resources(changes: dict, field: str, expected: str) -> None:
    assert body(**changes)["spec"][field]["limits"]["cpu"] == expected


def test_a_datacenter_needs_storage() -> None:
    with pytest.raises(SpecError, match=r"datacenters\[0\].storageConfig: is missing"):
        body(**{"spec.cassandra.storageConfig": GONE})


def test_config_maps_come_before_a_datacenter_and_add_ons_after_it() -> None:
    definition = good(**{
        "spec.cassandra.telemetry": {"vector": {"enabled": True}, "prometheus": {"enabled": True}},
        "spec.cassandra.config": {"cassandraYaml": {"num_tokens": 4}},
        "spec.medusa": MEDUSA,
        "spec.reaper": {},
    })
    observation = Observation(operators=EVERYWHERE, monitored=frozenset({"east"}))
    template = templates(definition)[0]
    before = [config["metadata"]["name"] for config in configs_of(definition, template, observation, 0)]
    kinds = "demo-medusa demo-dc1-medusa-purge demo-dc1-per-node-config demo-dc1-cass-vector demo-dc1-metrics-agent-config"
    assert before == kinds.split()
    assert [add_on["kind"] for add_on in add_ons_of(definition, template, observation)] == ["ServiceMonitor", "Reaper"]


def test_a_config_map_of_ones_own_for_nodes_is_left_alone() -> None:
    definition = good(**{"spec.cassandra.config": {"cassandraYaml": {"num_tokens": 4}}, "dc1.perNodeConfigMapRef": {"name": "own"}})
    found = configs_of(definition, templates(definition)[0], Observation(), 0)
    assert [config["metadata"]["name"] for config in found] == ["demo-dc1-metrics-agent-config"]


def test_the_agent_goes_by_the_place_in_upstreams_order() -> None:
    definition = good(**{"dc2.telemetry": {"cassandra": {"relabels": []}}})
    texts = [configs_of(definition, templates(definition)[0], Observation(), place)[0]["data"] for place in (0, 1)]
    assert texts[1] == {"metrics-collector.yaml": "{}\n"} != texts[0]
