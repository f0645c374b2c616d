# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The images that a K8ssandraCluster brings about."""

from __future__ import annotations

from typing import Any

import pytest

from plugins.module_utils._core.cluster import parse_cluster
from plugins.module_utils._core.cluster_images import Provision, any_cluster_needs, cluster_needs, compiled_in
from plugins.module_utils._core.errors import SpecError
from plugins.module_utils._core.needs import COMPILED_IN, CONFIGURED, STATED

CONFIG: dict[str, Any] = {
    "apiVersion": "config.k8ssandra.io/v1beta2",
    "images": {
        "system-logger": {"repository": "k8ssandra", "name": "system-logger", "tag": "v1.28.0"},
        "config-builder": {"repository": "datastax", "name": "cass-config-builder", "tag": "1.0-ubi"},
        "k8ssandra-client": {"repository": "k8ssandra", "name": "k8ssandra-client", "tag": "v0.8.3"},
    },
    "defaults": {"registry": "docker.io"},
    "types": {
        "cassandra": {"repository": "k8ssandra", "name": "cass-management-api", "suffix": "-ubi"},
        "dse": {"repository": "datastax", "name": "dse-mgmtapi-6_8", "suffix": "-ubi"},
    },
}
SERVER = "docker.io/k8ssandra/cass-management-api:5.0.5-ubi"
LOGGER, CLIENT = "docker.io/k8ssandra/system-logger:v1.28.0", "docker.io/k8ssandra/k8ssandra-client:v0.8.3"
BUILDER = "docker.io/datastax/cass-config-builder:1.0-ubi"
VECTOR = "timberio/vector:0.26.0-alpine"
PLAIN = {SERVER, LOGGER, CLIENT}
FEW = {"cassandraYaml": {"num_tokens": 8}}


def _needs(cassandra: dict[str, Any] | None = None, datacenter: dict[str, Any] | None = None, registry: str = "", **spec: Any) -> list[Any]:
    first = {"metadata": {"name": "dc1"}, "size": 1, **(datacenter or {})}
    whole = {"serverVersion": "5.0.5", "datacenters": [first, {"metadata": {"name": "dc2"}, "size": 1}], **(cassandra or {})}
    wish = parse_cluster({"metadata": {"name": "demo"}, "spec": {"cassandra": whole, **spec}}, namespace="k8ssandra-operator", path="")
    return list(cluster_needs(wish, Provision(CONFIG, compiled_in("v1.26.0")[0], registry)))


@pytest.mark.parametrize(
    ("cassandra", "datacenter", "more", "fewer"),
    [
        pytest.param({}, {}, set(), set(), id="plain"),
        pytest.param({}, {"serverVersion": "4.1.8"}, {SERVER.replace("5.0.5", "4.1.8")}, set(), id="two versions"),
        pytest.param({"serverVersion": "4.0.17"}, {}, {SERVER.replace("5.0.5", "4.0.17"), BUILDER}, {SERVER, CLIENT}, id="the older builder"),
        pytest.param(
            {"serverType": "dse", "serverVersion": "6.8.50"}, {}, {"docker.io/datastax/dse-mgmtapi-6_8:6.8.50-ubi", BUILDER},
            {SERVER, CLIENT}, id="another server",
        ),
        pytest.param({}, {"serverImage": "r.x/own:1"}, {"r.x/own:1"}, set(), id="a datacenter's own image"),
        pytest.param({"serverImage": "r.x/own:1"}, {}, {"r.x/own:1"}, {SERVER}, id="the cluster's own image"),
        pytest.param({"config": FEW}, {}, {"k8ssandra/k8ssandra-client:v0.8.1"}, set(), id="first tokens"),
        pytest.param({"config": FEW, "perNodeConfigInitContainerImage": "r.x/yq:4"}, {}, {"r.x/yq:4"}, set(), id="first tokens, own image"),
        pytest.param({}, {"config": FEW}, set(), set(), id="few tokens in one datacenter only"),
        pytest.param({}, {"perNodeConfigMapRef": {"name": "nodes"}}, {"k8ssandra/k8ssandra-client:v0.8.1"}, set(), id="settings per node"),
        pytest.param({"telemetry": {"vector": {"enabled": True}}}, {}, set(), set(), id="Vector as the logger brings it"),
        pytest.param({"telemetry": {"vector": {"enabled": True, "image": "r.x/v:1"}}}, {}, {"r.x/v:1"}, {LOGGER}, id="Vector's own image"),
        pytest.param({"containers": [{"name": "a", "image": "r.x/a:1"}, {"name": "b"}]}, {}, {"r.x/a:1"}, set(), id="another container"),
        pytest.param({}, {"initContainers": [{"name": "a", "image": "r.x/a:1"}]}, {"r.x/a:1"}, set(), id="another first container"),
    ],
)
def test_images_of_cassandra(cassandra: dict[str, Any], datacenter: dict[str, Any], more: set[str], fewer: set[str]) -> None:
    assert {need.name for need in _needs(cassandra, datacenter)} == (PLAIN | more) - fewer


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        pytest.param({"reaper": {}}, {"docker.io/thelastpickle/cassandra-reaper:4.0.0-rc1": COMPILED_IN}, id="Reaper"),
        pytest.param({"reaper": {"reaperRef": {"name": "there"}}}, {}, id="a Reaper that is there"),
        pytest.param(
            {"reaper": {"containerImage": {"registry": "r.x", "tag": "4.1.1"}}}, {"r.x/thelastpickle/cassandra-reaper:4.1.1": STATED},
            id="Reaper's own image",
        ),
        pytest.param(
            {"reaper": {"containerImage": {"registry": "r.x"}}}, {"r.x/thelastpickle/cassandra-reaper:latest": STATED},
            id="an image without a tag gets latest from the CRD",
        ),
        pytest.param(
            {"reaper": {"telemetry": {"vector": {"enabled": True}}}},
            {"docker.io/thelastpickle/cassandra-reaper:4.0.0-rc1": COMPILED_IN, VECTOR: COMPILED_IN}, id="Reaper with Vector",
        ),
        pytest.param(
            {"medusa": {"storageProperties": {}}},
            {"docker.io/k8ssandra/medusa:0.25.0": COMPILED_IN, "bitnami/kubectl:1.29.3": COMPILED_IN}, id="Medusa",
        ),
        pytest.param({"medusa": {"purgeBackups": False}}, {"docker.io/k8ssandra/medusa:0.25.0": COMPILED_IN}, id="Medusa without purges"),
        pytest.param({"stargate": {"size": 1}}, {"docker.io/stargateio/stargate-4_0:v1.0.77": COMPILED_IN}, id="Stargate"),
        pytest.param(
            {"stargate": {"containerImage": {"registry": "r.x", "tag": "v1.0.80"}, "telemetry": {"vector": {"enabled": True}}}},
            {"r.x/stargateio/stargate-4_0:v1.0.80": STATED, VECTOR: COMPILED_IN}, id="Stargate's own image",
        ),
    ],
)  # fmt: skip
def test_images_of_add_ons(spec: dict[str, Any], expected: dict[str, str]) -> None:
    assert {need.name: need.origin for need in _needs(**spec) if need.name not in PLAIN} == expected


def test_a_datacenters_stargate_takes_the_crds_default_and_not_the_clusters_tag() -> None:
    spec = {"stargate": {"size": 1, "containerImage": {"registry": "r.x", "tag": "v1.0.80"}}}
    found = {need.used_by: need.name for need in _needs(datacenter={"stargate": {"size": 1}}, **spec)}
    assert found["datacenter dc1, Stargate"] == "r.x/stargateio/stargate-4_0:v1.0.77"
    assert found["datacenter dc2, Stargate"] == "r.x/stargateio/stargate-4_0:v1.0.80"


def test_the_operators_registry_reaches_what_it_reaches() -> None:
    spec = {"reaper": {"telemetry": {"vector": {"enabled": True}}}, "medusa": {}, "stargate": {"size": 1}}
    by_name = {need.name: need for need in _needs(registry="r.x", **spec) if need.origin == COMPILED_IN}
    unreached = {name for name in by_name if not name.startswith("r.x/")}
    assert unreached == {VECTOR, "bitnami/kubectl:1.29.3"}
    assert all(by_name[name].advice for name in unreached)


def test_newer_operators_ask_the_image_configuration_first() -> None:
    config = {**CONFIG, "images": {**CONFIG["images"], "reaper": {"repository": "thelastpickle", "name": "cassandra-reaper", "tag": "4.1.1"}}}
    definition = {"metadata": {"name": "demo"}, "spec": {"cassandra": {"datacenters": []}, "reaper": {}}}
    wish = parse_cluster(definition, namespace="k8ssandra-operator", path="")
    (need,) = cluster_needs(wish, Provision(config, compiled_in("v1.31.0")[0]))
    assert (need.name, need.origin) == ("docker.io/thelastpickle/cassandra-reaper:4.1.1", CONFIGURED)


def test_a_server_without_an_image_is_an_error_at_its_option() -> None:
    with pytest.raises(SpecError, match=r"spec\.cassandra\.serverType: is hcd"):
        _needs({"serverType": "hcd", "serverVersion": "1.1.0"})


def test_without_a_definition_every_image_of_the_configuration_is_needed() -> None:
    provision = Provision(CONFIG, compiled_in("v1.26.0")[0])
    assert {need.name for need in any_cluster_needs(provision)} == {LOGGER, CLIENT, BUILDER}


@pytest.mark.parametrize(
    ("version", "reaper", "exact"),
    [("v1.20.0", "3.6.1", True), ("v1.23.1", "3.6.1", False), ("1.26.0", "4.0.0-rc1", True), ("v1.31.0", "4.0.0-rc1", False),
     ("v1.9.0", "3.6.1", False), ("latest", "4.0.0-rc1", False)],
)  # fmt: skip
def test_compiled_in_images_by_version(version: str, reaper: str, exact: bool) -> None:
    found, known = compiled_in(version)
    assert (found.reaper.rpartition(":")[2], known) == (reaper, exact)
