"""Medusa: what is refused, and what its containers get."""

from __future__ import annotations

from typing import Any

import pytest

from plugins.module_utils._core.distribution.medusa import medusa_config_map, medusa_of, medusa_users, with_medusa
from plugins.module_utils._core.distribution.observation import Observation
from plugins.module_utils._core.distribution.template import templates
from plugins.module_utils._core.errors import SpecError

from ..definitions import good

STORAGE = {"storageProvider": "s3", "bucketName": "b", "storageSecretRef": {"name": "key"}}
CONFIGURATION = {"spec": {"storageProperties": {"bucketName": "shared", "region": "r", "secure": True, "storageSecretRef": {"name": "key"}}}}
ENCRYPTED = {
    "spec.cassandra.clientEncryptionStores": {"keystoreSecretRef": {"name": "k"}, "truststoreSecretRef": {"name": "k"}},
    "spec.cassandra.config": {"cassandraYaml": {"client_encryption_options": {"enabled": True}}},
}
CERTIFICATES = {
    "keystoreSecretRef": {"name": "one", "key": "ca.crt"},
    "truststoreSecretRef": {"name": "two", "key": "tls.crt"},
    "truststorePasswordSecretRef": {"name": "three", "key": "tls.key"},
}


def settled(configuration: dict | None = None, **changes: Any) -> Any:
    definition = good(**{"spec.medusa": {"storageProperties": STORAGE}, **changes})
    return medusa_of(definition, templates(definition)[0], Observation(medusa_configuration=configuration))


def spec(**changes: Any) -> dict:
    definition = good(**{"spec.medusa": {"storageProperties": STORAGE}, **changes})
    template = templates(definition)[0]
    return with_medusa({"spec": {"containers": [{"name": "cassandra"}]}}, definition, template, medusa_of(definition, template, Observation()))["spec"]


def test_without_medusa_there_is_nothing() -> None:
    assert settled(**{"spec.medusa": None}) is None
    assert medusa_users(good()) == ()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"spec.medusa.storageProperties": {}}, "storageProperties: has neither storageSecretRef.name nor credentialsType role-based"),
        ({"spec.medusa.storageProperties": {**STORAGE, "credentialsType": "role-based"}}, "has the Secret key and credentialsType role-based"),
        (ENCRYPTED, "clientEncryptionStores: is missing, but Cassandra's clients use TLS"),
        ({"spec.medusa.medusaConfigurationRef": {"name": "shared"}}, "medusaConfigurationRef.name: is shared, which is not there"),
    ],
)
def test_what_upstream_refuses_is_refused(changes: dict, message: str) -> None:
    with pytest.raises(SpecError, match=f"definition.spec.medusa.{message}" if "." in message else message):
        settled(**{"spec.medusa": {"storageProperties": dict(STORAGE)}, **changes})


def test_a_shared_configuration_wants_a_prefix() -> None:
    with pytest.raises(SpecError, match=r"storageProperties.prefix: is missing"):
        settled(CONFIGURATION, **{"spec.medusa": {"medusaConfigurationRef": {"name": "shared"}}})


def test_the_definition_is_over_the_shared_configuration() -> None:
    own = {"prefix": "p", "bucketName": "own", "region": "", "secure": False}
    found = settled(CONFIGURATION, **{"spec.medusa": {"medusaConfigurationRef": {"name": "shared"}, "storageProperties": own}})
    assert found["storageProperties"] == {"prefix": "p", "bucketName": "own", "region": "r", "secure": True, "storageSecretRef": {"name": "key"}}


@pytest.mark.parametrize("changes", [{"spec.medusa.certificatesSecretRef": {"name": "c"}}, {"spec.medusa.clientEncryptionStores": CERTIFICATES}])
def test_with_certificates_medusa_reads_encrypted_clusters(changes: dict) -> None:
    assert settled(**{"spec.medusa": {"storageProperties": STORAGE}, **ENCRYPTED, **changes}) is not None


def test_external_secrets_bring_their_own_certificates() -> None:
    medusa = {"spec.medusa.certificatesSecretRef": {"name": "c"}, "spec.medusa.storageProperties": STORAGE}
    found = settled(**{**ENCRYPTED, **medusa, "spec.secretsProvider": "external"})
    assert found["certificatesSecretRef"] == {}


def test_the_config_map_is_the_clusters() -> None:
    definition = good(**{"spec.medusa": {"storageProperties": STORAGE}, "spec.cassandra.clusterName": "My Cluster"})
    template = templates(definition)[0]
    found = medusa_config_map(definition, template, definition["spec"]["medusa"])
    assert (found["metadata"]["name"], list(found["data"])) == ("mycluster-medusa", ["medusa.ini"])


@pytest.mark.parametrize(
    ("changes", "users"),
    [
        ({}, ("demo-medusa",)),
        ({"spec.auth": False}, ("demo-medusa",)),
        ({"spec.medusa.cassandraUserSecretRef": {"name": "own"}}, ("own",)),
        ({"spec.secretsProvider": "external"}, ()),
    ],
)
def test_medusa_is_a_user_of_cassandra(changes: dict, users: tuple) -> None:
    assert medusa_users(good(**{"spec.medusa": {}, **changes})) == users


def test_the_server_is_upstreams_container() -> None:
    server = spec()["containers"][1]
    assert {field: server[field] for field in ("name", "image", "imagePullPolicy", "ports", "resources")} == {
        "name": "medusa",
        "image": "docker.io/k8ssandra/medusa:0.25.0",
        "imagePullPolicy": "IfNotPresent",
        "ports": [{"name": "grpc", "containerPort": 50051, "protocol": "TCP"}],
        "resources": {"requests": {"cpu": "100m", "memory": "100Mi"}, "limits": {"memory": "8Gi"}},
    }
    assert [variable["name"] for variable in server["env"]] == ["MEDUSA_MODE", "MEDUSA_TMP_DIR", "POD_NAME", "CQL_USERNAME", "CQL_PASSWORD"]
    assert server["env"][4]["valueFrom"] == {"secretKeyRef": {"name": "demo-medusa", "key": "password"}}


def test_the_restore_reads_what_the_config_builder_wrote() -> None:
    builder, restore = spec()["initContainers"]
    assert builder == {"name": "server-config-init"}
    assert restore["env"][0] == {"name": "MEDUSA_MODE", "value": "RESTORE"}
    assert "ports" not in restore
    assert [mount["name"] for mount in restore["volumeMounts"]] == ["server-config", "server-data", "demo-medusa", "podinfo", "medusa-tmp", "key"]


@pytest.mark.parametrize(
    ("image", "name", "policy"),
    [
        ({"tag": "1"}, "docker.io/k8ssandra/medusa:1", "IfNotPresent"),
        ({"registry": "r", "repository": "p", "name": "n", "tag": "latest"}, "r/p/n:latest", "Always"),
        ({"registry": "", "pullPolicy": "Never"}, "docker.io/k8ssandra/medusa:0.25.0", "Never"),
    ],
)
def test_the_image_is_made_of_its_parts_and_upstreams_defaults(image: dict, name: str, policy: str) -> None:
    server = spec(**{"spec.medusa.containerImage": image, "spec.medusa.storageProperties": STORAGE})["containers"][1]
    assert (server["image"], server["imagePullPolicy"]) == (name, policy)


@pytest.mark.parametrize(
    ("changes", "volumes", "mounts"),
    [
        ({}, ["key"], ["key"]),
        ({"spec.medusa": {"storageProperties": {"credentialsType": "role-based"}}}, [], []),
        ({"spec.medusa.certificatesSecretRef": {"name": "c"}}, ["key", "certificates"], ["certificates", "key"]),
        ({"spec.medusa.clientEncryptionStores": CERTIFICATES}, ["key", "certfile", "usercert", "userkey"], ["certfile", "usercert", "userkey", "key"]),
        (
            {"spec.cassandra.managementApiAuth": {"manual": {"clientSecretName": "client", "serverSecretName": "server"}}},
            ["key", "mgmt-encryption"],
            ["key", "mgmt-encryption"],
        ),
    ],
)
def test_secrets_are_mounted(changes: dict, volumes: list, mounts: list) -> None:
    found = spec(**{"spec.medusa": {"storageProperties": dict(STORAGE)}, **changes})
    usual = {"demo-medusa", "podinfo", "medusa-tmp", "server-config", "server-data"}
    assert [volume["name"] for volume in found["volumes"] if volume["name"] not in usual] == volumes
    assert [mount["name"] for mount in found["containers"][1]["volumeMounts"] if mount["name"] not in usual] == mounts


def test_the_definition_changes_resources_security_and_port() -> None:
    resources, context = {"limits": {"cpu": "9"}}, {"runAsUser": 7}
    found = spec(**{
        "spec.medusa": {
            "storageProperties": STORAGE,
            "containerResources": resources,
            "initContainerResources": resources,
            "securityContext": context,
            "serviceProperties": {"grpcPort": 55055},
        },
    })
    server, restore = found["containers"][1], found["initContainers"][1]
    assert [(container["resources"], container["securityContext"]) for container in (server, restore)] == [(resources, context)] * 2
    assert (server["ports"][0]["containerPort"], server["livenessProbe"]["exec"]["command"][1]) == (55055, "--addr=:55055")


@pytest.mark.parametrize(("annotations", "noted"), [(None, False), ({}, True), ({"a": "b"}, True)])
def test_the_webhook_hears_of_the_user_only_beside_other_annotations(annotations: dict | None, noted: bool) -> None:
    definition = good(**{"spec.medusa": {"storageProperties": STORAGE}, "dc1.metadata.pods": {"annotations": annotations}})
    template = templates(definition)[0]
    pod = with_medusa({"spec": {}}, definition, template, medusa_of(definition, template, Observation()))
    assert ("k8ssandra.io/inject-secret" in (pod.get("metadata") or {}).get("annotations", {})) is noted
