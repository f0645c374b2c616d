# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The image that cass-operator takes, by both forms of its image configuration."""

from __future__ import annotations

from typing import Any

import pytest

from plugins.module_utils._core.image_config import components_in, config_text, server_image

# config/manager/image_config.yaml and config/imageconfig/image_config.yaml, cass-operator v1.28.0.
OLD: dict[str, Any] = {
    "apiVersion": "config.k8ssandra.io/v1beta1",
    "images": {"system-logger": "k8ssandra/system-logger:v1.28.0", "k8ssandra-client": "docker.io/k8ssandra/k8ssandra-client:v0.8.3"},
    "defaults": {
        "cassandra": {"repository": "docker.io/k8ssandra/cass-management-api", "suffix": "-ubi"},
        "dse": {"repository": "docker.io/datastax/dse-mgmtapi-6_8", "suffix": "-ubi"},
    },
}
NEW: dict[str, Any] = {
    "apiVersion": "config.k8ssandra.io/v1beta2",
    "images": {"system-logger": {"repository": "k8ssandra", "name": "system-logger", "tag": "v1.28.0"}},
    "defaults": {"registry": "docker.io"},
    "types": {"cassandra": {"repository": "k8ssandra", "name": "cass-management-api", "suffix": "-ubi"}},
}
DIGEST = "sha256:" + "ab" * 32


def _with(config: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {**config, **more}


@pytest.mark.parametrize(
    ("config", "server_type", "image"),
    [
        pytest.param(OLD, "cassandra", "docker.io/k8ssandra/cass-management-api:5.0.5-ubi", id="v1beta1"),
        pytest.param(OLD, "dse", "docker.io/datastax/dse-mgmtapi-6_8:5.0.5-ubi", id="v1beta1, another server"),
        pytest.param(OLD, "hcd", "", id="v1beta1, a server that it does not know"),
        pytest.param(_with(OLD, defaults={}), "cassandra", "k8ssandra/cass-management-api:5.0.5", id="v1beta1, without defaults"),
        pytest.param(
            _with(OLD, defaults={"cassandra": {"suffix": "-ubi"}}), "cassandra", "k8ssandra/cass-management-api:5.0.5",
            id="v1beta1, a suffix without a repository",
        ),
        pytest.param(
            _with(OLD, images={"cassandra": {"5.0.5": "quay.io/own/cassandra:5"}}), "cassandra", "quay.io/own/cassandra:5",
            id="v1beta1, one version",
        ),
        pytest.param(_with(OLD, imageRegistry="r.x:5000/"), "cassandra", "r.x:5000/k8ssandra/cass-management-api:5.0.5-ubi", id="v1beta1, registry"),
        pytest.param(_with(OLD, imageNamespace="own"), "cassandra", "docker.io/own/cass-management-api:5.0.5-ubi", id="v1beta1, namespace"),
        pytest.param(_with(OLD, imageNamespace=""), "cassandra", "docker.io/cass-management-api:5.0.5-ubi", id="v1beta1, no namespace"),
        pytest.param(NEW, "cassandra", "docker.io/k8ssandra/cass-management-api:5.0.5-ubi", id="v1beta2"),
        pytest.param(NEW, "hcd", "", id="v1beta2, a server that it does not know"),
        pytest.param(
            _with(NEW, overrides={"registry": "r.x"}), "cassandra", "r.x/k8ssandra/cass-management-api:5.0.5-ubi", id="v1beta2, registry"
        ),
        pytest.param(
            _with(NEW, overrides={"repository": ""}), "cassandra", "docker.io/cass-management-api:5.0.5-ubi", id="v1beta2, no repository"
        ),
    ],
)  # fmt: skip
def test_image_of_a_server(config: dict[str, Any], server_type: str, image: str) -> None:
    assert server_image(config, server_type, "5.0.5") == image


@pytest.mark.parametrize(
    ("config", "image"),
    [
        pytest.param(OLD, "k8ssandra/system-logger:v1.28.0", id="v1beta1"),
        pytest.param(
            _with(OLD, imageRegistry="r.x", defaults={"system-logger": {"imageRegistry": "l.x"}}), "l.x/k8ssandra/system-logger:v1.28.0",
            id="v1beta1, a registry for it alone",
        ),
        pytest.param(NEW, "docker.io/k8ssandra/system-logger:v1.28.0", id="v1beta2"),
        pytest.param(
            _with(NEW, images={"system-logger": {"registry": "q.x", "name": "l", "tag": DIGEST}}), f"q.x/l@{DIGEST}", id="v1beta2, by digest"
        ),
        pytest.param(
            _with(NEW, images={"system-logger": {"name": "l", "tag": "1", "digest": DIGEST}}), f"docker.io/l@{DIGEST}", id="v1beta2, digest"
        ),
    ],
)  # fmt: skip
def test_image_of_a_component(config: dict[str, Any], image: str) -> None:
    assert components_in(config)["system-logger"] == image


def test_versions_are_no_components() -> None:
    assert set(components_in(_with(OLD, images={**OLD["images"], "cassandra": {"5.0.5": "x"}}))) == set(OLD["images"])


def _holder(name: str, text: str, **labels: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "labels": labels}, "data": {"image_config.yaml": text}}


def test_the_labelled_configuration_comes_before_the_mounted_one() -> None:
    mounted, labelled = _holder("mounted", "old"), _holder("labelled", "new", **{"k8ssandra.io/config": "image"})
    assert config_text([mounted, labelled]) == "new"
    assert config_text([mounted]) == "old"
    assert config_text([]) == ""
