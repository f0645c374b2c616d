# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What counts as a difference between the object we want and the one that is there."""

from __future__ import annotations

from typing import Any

import pytest

from plugins.module_utils._core.diff import changes

MANAGER = "k8ssandra.operator"


def deployment(**spec: Any) -> dict[str, Any]:
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "namespace": "a"}, "spec": spec}


def custom(**spec: Any) -> dict[str, Any]:
    return {"apiVersion": "k8ssandra.io/v1alpha1", "kind": "K8ssandraCluster", "metadata": {"name": "demo"}, "spec": spec}


def container(**fields: Any) -> dict[str, Any]:
    return deployment(template={"spec": {"containers": [{"name": "main", **fields}]}})


def owned(body: dict[str, Any], fields: dict[str, Any], **entry: Any) -> dict[str, Any]:
    managed = [{"manager": MANAGER, "operation": "Apply", "fieldsV1": fields, **entry}]
    return {**body, "metadata": {**body["metadata"], "managedFields": managed}}


SAME = {
    "a field that the server added is not ours": (deployment(replicas=1), deployment(replicas=1, strategy={"type": "RollingUpdate"})),
    "a quantity written otherwise is the same": (
        container(resources={"limits": {"cpu": "1000m", "memory": "1024Mi"}}),
        container(resources={"limits": {"cpu": "1", "memory": "1Gi"}}),
    ),
    "an empty mapping that a struct leaves out is the same": (container(resources={}), container()),
    "an empty text that a struct leaves out is the same": (container(env=[{"name": "A", "value": ""}]), container(env=[{"name": "A"}])),
    "a null is a field that is not there": (deployment(paused=None), deployment()),
    "elements are found by name, whatever their order": (
        container(env=[{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]),
        container(env=[{"name": "B", "value": "2"}, {"name": "A", "value": "1"}]),
    ),
    "another manager's element in a list by name is not ours": (
        container(env=[{"name": "A", "value": "1"}]),
        container(env=[{"name": "A", "value": "1"}, {"name": "SIDE", "value": "car"}]),
    ),
    "the object's own name is not compared": (deployment(), {**deployment(), "metadata": {"name": "web", "namespace": "a", "uid": "1"}}),
}

DIFFERENT = {
    "a number": (deployment(replicas=2), deployment(replicas=1), "spec.replicas"),
    "a field that is not there": (deployment(replicas=2), deployment(), "spec.replicas"),
    "false where a custom resource has nothing": (custom(auth=False), custom(), "spec.auth"),
    "an empty list where a custom resource has nothing": (custom(racks=[]), custom(), "spec.racks"),
    "true is not 1": (custom(size=True), custom(size=1), "spec.size"),
    "an element that is not there": (
        container(env=[{"name": "A", "value": "1"}]),
        container(env=[{"name": "B", "value": "1"}]),
        "spec.template.spec.containers.[main].env.[A]",
    ),
    "the length of a list without names": (custom(hosts=["a"]), custom(hosts=["a", "b"]), "spec.hosts"),
    "a datacenter that was left out": (
        custom(datacenters=[{"metadata": {"name": "dc1"}}]),
        custom(datacenters=[{"metadata": {"name": "dc1"}}, {"metadata": {"name": "dc2"}}]),
        "spec.datacenters.[dc2]",
    ),
    "a new datacenter": (
        custom(datacenters=[{"metadata": {"name": "dc1"}}, {"metadata": {"name": "dc2"}}]),
        custom(datacenters=[{"metadata": {"name": "dc1"}, "stopped": False}]),
        "spec.datacenters.[dc2]",
    ),
    "the order of a custom resource's list": (
        custom(racks=[{"name": "r1"}, {"name": "r2"}]),
        custom(racks=[{"name": "r2"}, {"name": "r1"}]),
        "spec.racks.order",
    ),
    "an element of a list without names": (custom(hosts=["a", "c"]), custom(hosts=["a", "b"]), "spec.hosts.[1]"),
    "a label": (
        {**deployment(), "metadata": {"name": "web", "labels": {"a": "1"}}},
        {**deployment(), "metadata": {"name": "web", "labels": {"a": "2"}}},
        "metadata.labels.a",
    ),
    "a quantity that is another amount": (
        container(resources={"limits": {"memory": "2Gi"}}),
        container(resources={"limits": {"memory": "1Gi"}}),
        "spec.template.spec.containers.[main].resources.limits.memory",
    ),
}

GIVEN_UP = {
    "a label that we set earlier": (
        deployment(),
        owned({**deployment(), "metadata": {"name": "web", "labels": {"old": "1"}}}, {"f:metadata": {"f:labels": {"f:old": {}}}}),
        "metadata.labels.old",
    ),
    "a container that we set earlier": (
        container(),
        owned(
            deployment(template={"spec": {"containers": [{"name": "main"}, {"name": "old"}]}}),
            {"f:spec": {"f:template": {"f:spec": {"f:containers": {'k:{"name":"old"}': {".": {}, "f:name": {}}}}}}},
        ),
        "spec.template.spec.containers.[name=old]",
    ),
    "a finalizer that we set earlier": (
        deployment(),
        owned({**deployment(), "metadata": {"name": "web", "finalizers": ["x"]}}, {"f:metadata": {"f:finalizers": {'v:"x"': {}}}}),
        'metadata.finalizers.["x"]',
    ),
}


@pytest.mark.parametrize(("wanted", "found"), SAME.values(), ids=SAME)
def test_no_change_where(wanted: Any, found: Any) -> None:
    assert changes(wanted, found, MANAGER) == ()


@pytest.mark.parametrize(("wanted", "found", "path"), DIFFERENT.values(), ids=DIFFERENT)
def test_a_change_of(wanted: Any, found: Any, path: str) -> None:
    assert [str(change) for change in changes(wanted, found, MANAGER)] == [path]


@pytest.mark.parametrize(("wanted", "found", "path"), GIVEN_UP.values(), ids=GIVEN_UP)
def test_what_we_no_longer_want_is_removed(wanted: Any, found: Any, path: str) -> None:
    assert [(str(change), change.wanted) for change in changes(wanted, found, MANAGER)] == [(path, None)]


def test_what_another_manager_owns_is_left_alone() -> None:
    labelled = {**deployment(), "metadata": {"name": "web", "labels": {"old": "1"}}}
    theirs = owned(labelled, {"f:metadata": {"f:labels": {"f:old": {}}}}, manager="kubectl")
    assert changes(deployment(), theirs, MANAGER) == ()


def test_a_field_that_somebody_removed_after_us_is_no_change() -> None:
    gone = owned(deployment(), {"f:metadata": {"f:annotations": {"f:once": {}}}})
    assert changes(deployment(), gone, MANAGER) == ()
