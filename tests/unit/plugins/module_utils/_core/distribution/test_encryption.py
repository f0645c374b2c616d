# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Encryption: what it sets and what it mounts."""

from __future__ import annotations

from typing import Any

import pytest

from plugins.module_utils._core.distribution.config import config_of
from plugins.module_utils._core.distribution.encryption import encryption_mounts, encryption_volumes
from plugins.module_utils._core.distribution.observation import Observation
from plugins.module_utils._core.distribution.template import templates
from plugins.module_utils._core.errors import SpecError

from ..definitions import good

STORES = {"keystoreSecretRef": {"name": "stores"}, "truststoreSecretRef": {"name": "stores", "key": "trust"}}
CLIENT = {
    "spec.cassandra.clientEncryptionStores": STORES,
    "spec.cassandra.config.cassandraYaml.client_encryption_options": {"enabled": True},
}
SERVER = {
    "spec.cassandra.serverEncryptionStores": STORES,
    "spec.cassandra.config.cassandraYaml.server_encryption_options": {"internode_encryption": "all"},
}
SEEN = Observation(secrets={("west", "stores"): {"keystore-password": "k", "trust": "t"}})
JMX = ["-Dcom.sun.management.jmxremote.ssl.need.client.auth=true", "-Dcom.sun.management.jmxremote.ssl=true"]


def config(observation: Observation = SEEN, **changes: Any) -> dict[str, Any]:
    definition = good(**changes)
    return config_of(definition, templates(definition)[1], observation)


def mounted(**changes: Any) -> list[str]:
    definition = good(**changes)
    volumes = encryption_volumes(definition, templates(definition)[1])
    mounts = encryption_mounts(definition, templates(definition)[1])
    assert [volume["name"] for volume in volumes] == [mount["name"] for mount in mounts]
    return [mount["mountPath"] for mount in mounts]


def test_traffic_between_clients_and_nodes_is_encrypted() -> None:
    found = config(**CLIENT)
    assert found["cassandra-yaml"]["client_encryption_options"] == {
        "enabled": True,
        "keystore": "/mnt/client-keystore/keystore",
        "truststore": "/mnt/client-truststore/truststore",
        "keystore_password": "k",
        "truststore_password": "t",
    }
    assert found["cassandra-env-sh"]["additional-jvm-opts"][1:] == [
        "-Djavax.net.ssl.trustStorePassword=t",
        "-Djavax.net.ssl.keyStorePassword=k",
        "-Djavax.net.ssl.trustStore=/mnt/client-truststore/truststore",
        "-Djavax.net.ssl.keyStore=/mnt/client-keystore/keystore",
        *JMX,
    ]


def test_traffic_among_nodes_is_encrypted() -> None:
    found = config(**SERVER)
    assert found["cassandra-yaml"]["server_encryption_options"] == {
        "internode_encryption": "all",
        "keystore": "/mnt/server-keystore/keystore",
        "truststore": "/mnt/server-truststore/truststore",
        "keystore_password": "k",
        "truststore_password": "t",
    }
    assert len(found["cassandra-env-sh"]["additional-jvm-opts"]) == 1


def test_what_the_definition_sets_is_kept() -> None:
    options = {"enabled": True, "keystore": "/mine", "keystore_password": ""}
    found = config(**{**CLIENT, "spec.cassandra.config.cassandraYaml.client_encryption_options": options})
    assert found["cassandra-yaml"]["client_encryption_options"]["keystore"] == "/mine"
    assert found["cassandra-yaml"]["client_encryption_options"]["keystore_password"] == ""


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        (CLIENT, ["/mnt/client-keystore", "/mnt/client-truststore"]),
        ({**SERVER, **CLIENT}, ["/mnt/client-keystore", "/mnt/client-truststore", "/mnt/server-keystore", "/mnt/server-truststore"]),
        ({**CLIENT, "spec.secretsProvider": "external"}, []),
        ({**CLIENT, "spec.cassandra.config.cassandraYaml.client_encryption_options": {"enabled": "true"}}, []),
        ({**SERVER, "spec.cassandra.config.cassandraYaml.server_encryption_options": {"internode_encryption": "none"}}, []),
        ({**SERVER, "spec.cassandra.config.cassandraYaml.server_encryption_options": None}, []),
    ],
)
def test_stores_are_mounted_where_encryption_is_on(changes: dict[str, Any], expected: list[str]) -> None:
    assert mounted(**changes) == expected


def test_volumes_have_the_stores_under_their_usual_names() -> None:
    definition = good(**CLIENT)
    assert encryption_volumes(definition, templates(definition)[0]) == (
        {"name": "client-keystore", "secret": {"secretName": "stores", "items": [{"key": "keystore", "path": "keystore"}]}},
        {"name": "client-truststore", "secret": {"secretName": "stores", "items": [{"key": "trust", "path": "truststore"}]}},
    )


def test_external_secrets_leave_only_the_switches() -> None:
    found = config(Observation(), **CLIENT, **{"spec.secretsProvider": "external"})
    assert found["cassandra-yaml"]["client_encryption_options"] == {"enabled": True}
    assert found["cassandra-env-sh"]["additional-jvm-opts"][1:] == JMX


def test_a_password_may_be_in_a_secret_of_its_own() -> None:
    stores = {**STORES, "keystorePasswordSecretRef": {"name": "passwords"}, "truststorePasswordSecretRef": {"name": "passwords", "key": "p"}}
    seen = Observation(secrets={("west", "passwords"): {"keystore-password": "own", "p": "other"}})
    found = config(seen, **{**CLIENT, "spec.cassandra.clientEncryptionStores": stores})["cassandra-yaml"]["client_encryption_options"]
    assert (found["keystore_password"], found["truststore_password"]) == ("own", "other")


def test_a_secret_that_is_not_there_is_named() -> None:
    message = "needs the password of the keystore of datacenter dc2: Secret stores is not in the cluster's own namespace in context west"
    with pytest.raises(SpecError, match=message):
        config(Observation(), **CLIENT)


@pytest.mark.parametrize("truststore", [{}, {"truststoreSecretRef": {"key": "trust"}}, {"truststoreSecretRef": {"name": ""}}])
def test_stores_without_a_truststore_are_refused(truststore: dict[str, Any]) -> None:
    stores = {"keystoreSecretRef": {"name": "stores"}, **truststore}
    with pytest.raises(SpecError, match=r"clientEncryptionStores\.truststoreSecretRef: names no Secret; name the one"):
        mounted(**{**CLIENT, "spec.cassandra.clientEncryptionStores": stores})


def test_a_reference_to_a_password_names_its_secret() -> None:
    stores = {**STORES, "keystorePasswordSecretRef": {"name": "", "key": "p"}}
    with pytest.raises(SpecError, match=r"clientEncryptionStores\.keystorePasswordSecretRef: names no Secret; name the one"):
        config(**{**CLIENT, "spec.cassandra.clientEncryptionStores": stores})
