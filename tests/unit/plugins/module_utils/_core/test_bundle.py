# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Kustomize rendered, as one installation wants it."""

from __future__ import annotations

from typing import Any

import pytest

from plugins.module_utils._core.bundle import BUNDLE_LABEL, flavour, readiness, shape
from plugins.module_utils._core.installation import Installation
from plugins.module_utils._core.objects import ref_of


def operator(env: str = "true") -> dict[str, Any]:
    variables = [{"name": "K8SSANDRA_CONTROL_PLANE", "value": env}]
    containers = [{"name": "k8ssandra-operator", "env": variables, "resources": {"limits": {"memory": "128Mi"}}}, {"name": "sidecar"}]
    spec = {"replicas": 1, "template": {"spec": {"containers": containers}}}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "k8ssandra-operator", "namespace": "old"}, "spec": spec}


RENDERED = [
    operator(),
    {
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "ValidatingWebhookConfiguration",
        "metadata": {"name": "w", "annotations": {"cert-manager.io/inject-ca-from": "old/cert"}},
        "webhooks": [{"name": "v", "clientConfig": {"service": {"name": "s", "namespace": "old"}}}],
    },
    {
        "apiVersion": "cert-manager.io/v1",
        "kind": "Certificate",
        "metadata": {"name": "cert", "namespace": "old"},
        "spec": {"dnsNames": ["s.old.svc", "s.old.svc.cluster.local"]},
    },
    {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRoleBinding",
        "metadata": {"name": "b", "namespace": "old"},
        "subjects": [
            {"kind": "ServiceAccount", "name": "sa", "namespace": "old"},
            {"kind": "ServiceAccount", "name": "x", "namespace": "other"},
        ],
    },
    {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "old", "creationTimestamp": None}},
]


def shaped(**wish: Any) -> dict[str, dict[str, Any]]:
    bodies = shape(RENDERED, Installation(**{"namespace": "new", "control_plane": False, **wish}))
    return {body["kind"]: dict(body) for body in bodies}


def test_what_others_need_comes_first_and_webhooks_last() -> None:
    kinds = ["Namespace", "ClusterRoleBinding", "Certificate", "Deployment", "ValidatingWebhookConfiguration"]
    assert list(shaped()) == kinds


def test_the_namespace_is_moved_wherever_it_is_named() -> None:
    bodies = shaped()
    assert bodies["Namespace"]["metadata"]["name"] == "new"
    assert bodies["Certificate"]["metadata"]["namespace"] == "new"
    assert bodies["Certificate"]["spec"]["dnsNames"] == ["s.new.svc", "s.new.svc.cluster.local"]
    assert bodies["ValidatingWebhookConfiguration"]["metadata"]["annotations"]["cert-manager.io/inject-ca-from"] == "new/cert"
    assert bodies["ValidatingWebhookConfiguration"]["webhooks"][0]["clientConfig"]["service"]["namespace"] == "new"
    assert [subject["namespace"] for subject in bodies["ClusterRoleBinding"]["subjects"]] == ["new", "other"]
    assert "namespace" not in bodies["ClusterRoleBinding"]["metadata"]


def test_every_object_can_be_told_from_everybody_elses() -> None:
    assert {body["metadata"]["labels"][BUNDLE_LABEL] for body in shaped().values()} == {"new"}


def test_a_base_without_a_namespace_gets_one() -> None:
    assert shape([operator()], Installation("new", False))[0]["kind"] == "Namespace"


def test_every_namespace_of_an_installation_is_there_with_its_labels() -> None:
    bodies = shape(RENDERED, Installation("new", False, watch_namespaces=["new", "team-a"], namespace_labels={"a": "b"}))
    found = {body["metadata"]["name"]: body["metadata"]["labels"] for body in bodies if body["kind"] == "Namespace"}
    assert found == {name: {"a": "b", BUNDLE_LABEL: "new"} for name in ("new", "team-a")}


@pytest.mark.parametrize("control_plane", [True, False])
def test_the_operator_is_told_what_it_is(control_plane: bool) -> None:
    container = shaped(control_plane=control_plane)["Deployment"]["spec"]["template"]["spec"]["containers"][0]
    assert container["env"][0]["value"] == str(control_plane).lower()


def test_resources_go_to_the_operators_container_only() -> None:
    limits = {"limits": {"memory": "512Mi"}}
    first, second = shaped(resources=limits)["Deployment"]["spec"]["template"]["spec"]["containers"]
    assert first["resources"] == limits
    assert "resources" not in second


def test_the_rendered_objects_are_not_changed_in_place() -> None:
    shaped(resources={"limits": {}})
    assert RENDERED[0] == operator()


@pytest.mark.parametrize(
    ("control_plane", "cluster_scoped", "folder"),
    [
        (True, False, "control-plane"),
        (False, False, "data-plane"),
        (True, True, "control-plane/cluster-scope"),
        (False, True, "data-plane/cluster-scope"),
    ],
)
def test_the_folder_of_a_flavour(control_plane: bool, cluster_scoped: bool, folder: str) -> None:
    assert flavour(control_plane, cluster_scoped) == folder


STATUS = {
    "no pod is available": ({"observedGeneration": 1, "updatedReplicas": 1}, "0 of 1 pods available"),
    "an old pod is left": ({"observedGeneration": 1, "updatedReplicas": 1, "availableReplicas": 1, "replicas": 2}, "1 of 1 pods available"),
    "the change was not seen": ({"availableReplicas": 1, "updatedReplicas": 1}, "its controller has not seen the change yet"),
    "all is well": ({"observedGeneration": 1, "updatedReplicas": 1, "availableReplicas": 1, "replicas": 1}, ""),
}


@pytest.mark.parametrize(("status", "reason"), STATUS.values(), ids=STATUS)
def test_a_deployment_of_which(status: dict[str, int], reason: str) -> None:
    live = operator()
    live["metadata"]["generation"] = 1
    verdict = readiness("east", [live], {ref_of(live): {**live, "status": status}})
    assert verdict.done is not bool(reason)
    assert verdict.reason.endswith(reason)
