# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The settings of an installation, and what they make of a rendered object."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from plugins.module_utils._core.errors import SpecError
from plugins.module_utils._core.installation import IMAGES_ANNOTATION, Installation, check_installation, settle

ENV = [{"name": "WATCH_NAMESPACE", "value": ""}, {"name": "K8SSANDRA_CONTROL_PLANE", "value": "true"}]
CONTAINERS = [
    {"name": "k8ssandra-operator", "image": "cr.k8ssandra.io/k8ssandra/k8ssandra-operator:v1", "env": ENV},
    {"name": "sidecar", "image": "side/car:1"},
]
DEPLOYMENT = {"kind": "Deployment", "metadata": {"name": "o"}, "spec": {"template": {"spec": {"containers": CONTAINERS}}}}


def settled(**wish: Any) -> dict[str, Any]:
    return settle(copy.deepcopy(DEPLOYMENT), Installation("ns", False, **wish))


def environment(body: dict[str, Any]) -> dict[str, str]:
    container = body["spec"]["template"]["spec"]["containers"][0]
    return {entry["name"]: entry["value"] for entry in container["env"]}


def test_without_settings_only_the_role_is_told() -> None:
    expected = copy.deepcopy(DEPLOYMENT)
    expected["spec"]["template"]["spec"]["containers"][0]["env"][1]["value"] = "false"
    assert settled() == expected


def test_where_the_operators_run() -> None:
    pod = settled(node_selector={"a": "b"}, tolerations=[{"key": "c"}], image_pull_secrets=["one", "two"])["spec"]["template"]["spec"]
    assert pod["nodeSelector"] == {"a": "b"}
    assert pod["tolerations"] == [{"key": "c"}]
    assert pod["imagePullSecrets"] == [{"name": "one"}, {"name": "two"}]


def test_the_registry_and_the_pull_secrets_reach_what_the_operators_make() -> None:
    body = settled(image_registry="here", image_pull_secrets=["one", "two"])
    assert [container["image"] for container in body["spec"]["template"]["spec"]["containers"]] == [
        "here/k8ssandra/k8ssandra-operator:v1",
        "here/side/car:1",
    ]
    assert environment(body)["DEFAULT_REGISTRY"] == "here"
    assert environment(body)["IMAGE_PULL_SECRETS"] == "one,two"


def test_other_images_bring_other_pods() -> None:
    hashes = {settled(**wish)["spec"]["template"].get("metadata", {}).get("annotations", {}).get(IMAGES_ANNOTATION) for wish in (
        {}, {"image_registry": "here"}, {"image_registry": "there"}, {"image_pull_secrets": ["here"], "image_registry": "there"},
    )}  # fmt: skip
    assert len(hashes) == 4
    assert None in hashes


def test_the_operators_watch_what_they_are_told() -> None:
    assert environment(settled(watch_namespaces=["ns", "team-a"]))["WATCH_NAMESPACE"] == "ns,team-a"


def test_operators_with_rights_in_one_namespace_cannot_watch_others() -> None:
    body = copy.deepcopy(DEPLOYMENT)
    own = {"name": "WATCH_NAMESPACE", "valueFrom": {"fieldRef": {"fieldPath": "metadata.namespace"}}}
    body["spec"]["template"]["spec"]["containers"][0]["env"] = [own]
    with pytest.raises(SpecError, match="rendered cluster-scoped"):
        settle(body, Installation("ns", False, watch_namespaces=["ns", "team-a"]))


@pytest.mark.parametrize(
    ("wish", "cluster_scoped", "said"),
    [
        ({"namespace": "N"}, False, "namespace: is N"),
        ({"watch_namespaces": ["ns", "a_b"]}, False, "watch_namespaces: is a_b"),
        ({"watch_namespaces": ["ns"]}, True, "together with cluster_scoped"),
        ({"watch_namespaces": ["a"], "control_plane": True}, False, "lacks ns"),
        ({"image_registry": "https://here"}, False, "image_registry: is https://here"),
        ({"image_registry": "here/"}, False, "image_registry: is here/"),
    ],
)
def test_what_cannot_be_is_refused(wish: dict[str, Any], cluster_scoped: bool, said: str) -> None:
    with pytest.raises(SpecError, match=said):
        check_installation(Installation(**{"namespace": "ns", "control_plane": False, **wish}), cluster_scoped=cluster_scoped)


def test_a_data_plane_need_not_watch_its_operators_namespace() -> None:
    check_installation(Installation("ns", False, watch_namespaces=["a"]), cluster_scoped=False)
