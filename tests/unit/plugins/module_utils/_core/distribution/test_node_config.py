# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Configuration of single nodes, and what takes it in."""

from __future__ import annotations

from typing import Any

from plugins.module_utils._core.distribution.node_config import NODE_CONFIG_HASH, node_config_of, with_node_config
from plugins.module_utils._core.distribution.observation import Observation
from plugins.module_utils._core.distribution.template import templates

from ..definitions import GONE, good

ONE_NODE = {
    "metadata.name": "test",
    "metadata.namespace": "ns1",
    "spec.cassandra.config.cassandraYaml.num_tokens": 1,
    "dc1.size": 1,
    "spec.cassandra.datacenters.1": GONE,
}
POD = {"spec": {"containers": [{"name": "cassandra"}]}}


def pod(observation: Observation | None = None, **changes: Any) -> Any:
    definition = good(**changes)
    return with_node_config(definition, templates(definition)[0], observation or Observation(), POD)


def test_the_config_map_has_upstreams_hash() -> None:
    definition = good(**ONE_NODE)
    found = node_config_of(definition, templates(definition)[0], Observation())
    assert found is not None
    assert (found["metadata"]["name"], found["metadata"]["namespace"]) == ("test-dc1-per-node-config", "ns1")
    assert found["data"] == {"test-dc1-default-sts-0_cassandra.yaml": "\ninitial_token: -9223372036854775808"}
    assert found["metadata"]["annotations"] == {"k8ssandra.io/resource-hash": "lvlmgZPFcYNzsGzI4NquNbtcEZiOf+ytcviS9SFXGrI="}


def test_there_is_none_where_tokens_are_left_to_cassandra() -> None:
    definition = good()
    assert node_config_of(definition, templates(definition)[0], Observation()) is None
    assert pod() == POD


def test_pods_merge_it_after_the_config_builder() -> None:
    found = pod(**ONE_NODE)
    assert found["metadata"]["annotations"] == {NODE_CONFIG_HASH: "lvlmgZPFcYNzsGzI4NquNbtcEZiOf+ytcviS9SFXGrI="}
    assert found["spec"]["volumes"] == [{"name": "per-node-config", "configMap": {"name": "test-dc1-per-node-config"}}]
    builder, merging = found["spec"]["initContainers"]
    assert builder == {"name": "server-config-init"}
    assert (merging["name"], merging["image"]) == ("per-node-config", "k8ssandra/k8ssandra-client:v0.8.1")
    assert merging["volumeMounts"] == [
        {"name": "server-config", "mountPath": "/config"},
        {"name": "per-node-config", "mountPath": "/per-node-config"},
        {"name": "tmp", "mountPath": "/tmp"},
    ]


def test_the_definitions_image_is_used() -> None:
    found = pod(Observation(client_image="theirs"), **ONE_NODE, **{"dc1.perNodeConfigInitContainerImage": "mine"})
    assert found["spec"]["initContainers"][1]["image"] == "mine"
    assert pod(Observation(client_image="theirs"), **ONE_NODE)["spec"]["initContainers"][1]["image"] == "theirs"


def test_a_users_config_map_is_mounted_and_its_texts_are_hashed() -> None:
    first, second, third = (
        pod(Observation(node_configs={"dc1": {"metadata": {"resourceVersion": version}, "data": {"a": text}}}), **{"dc1.perNodeConfigMapRef": {"name": "mine"}})
        for version, text in (("1", "x"), ("2", "x"), ("3", "y"))
    )
    assert first["spec"]["volumes"] == [{"name": "per-node-config", "configMap": {"name": "mine"}}]
    hashes = [found["metadata"]["annotations"][NODE_CONFIG_HASH] for found in (first, second, third)]
    assert hashes[0] == hashes[1] != hashes[2]
