# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules by which upstream merges two levels; the rows were run through its own code."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from plugins.module_utils._core.merge import merged

SCALARS = [
    # field, of the cluster, of the datacenter, merged
    ("serverVersion", "4.1.8", None, "4.1.8"),
    ("serverVersion", None, "5.0.4", "5.0.4"),
    ("serverVersion", "4.1.8", "5.0.4", "5.0.4"),
    ("serverVersion", "4.1.8", "", "4.1.8"),
    ("runAsUser", 999, 0, 999),
    ("runAsUser", None, 0, 0),
    ("softPodAntiAffinity", True, False, False),
    ("softPodAntiAffinity", False, None, False),
    ("searchEnabled", True, False, True),
    ("searchEnabled", False, True, True),
    ("mgmtAPIHeap", "1Gi", 0, 0),
    ("port", "http", 9090, "http"),
    ("port", 8080, "http", "http"),
    ("port", 8080, 9090, 9090),
]
LISTS = [
    ("tolerations", [{"key": "a"}], [{"key": "b"}], [{"key": "b"}]),
    ("tolerations", [{"key": "a"}], [], []),
    ("tolerations", [{"key": "a"}], None, [{"key": "a"}]),
    ("additionalVolumes", [{"name": "a"}], [{"name": "b"}], [{"name": "b"}]),
    ("racks", [{"name": "r1"}, {"name": "r2"}], [], [{"name": "r1"}, {"name": "r2"}]),
    (
        "racks",
        [{"name": "r1", "zone": "a"}, {"name": "r2"}],
        [{"name": "r3"}, {"name": "r1", "nodeAffinityLabels": {"x": "y"}}],
        [{"name": "r1", "zone": "a", "nodeAffinityLabels": {"x": "y"}}, {"name": "r2"}, {"name": "r3"}],
    ),
    ("ports", [{"containerPort": 1, "name": "a"}], [{"containerPort": 1, "hostPort": 2}], [{"containerPort": 1, "name": "a", "hostPort": 2}]),
    ("volumeMounts", [{"mountPath": "/a", "name": "x", "readOnly": True}], [{"mountPath": "/a", "name": "y", "readOnly": False}],
     [{"mountPath": "/a", "name": "y", "readOnly": True}]),
    ("pvcs", [{"name": "a", "mountPath": "/a"}], [{"name": "a", "mountPath": "/b"}], [{"name": "a", "mountPath": "/b"}]),
]
ATOMS = [
    ("volumes", [{"name": "a", "emptyDir": {}}], [{"name": "a", "hostPath": {"path": "/x"}}], [{"name": "a", "hostPath": {"path": "/x"}}]),
    ("volumes", [{"name": "a", "emptyDir": {}}], [{"name": "a"}], [{"name": "a", "emptyDir": {}}]),
    ("volumeSource", {"configMap": {"name": "a"}}, {"secret": {"secretName": "b"}}, {"secret": {"secretName": "b"}}),
    ("volumeSource", {"configMap": {"name": "a"}}, {}, {"configMap": {"name": "a"}}),
    ("resources", {"limits": {"cpu": "1", "memory": "1Gi"}}, {"limits": {"cpu": 0}}, {"limits": {"cpu": 0, "memory": "1Gi"}}),
]
VARIABLES = [
    # of the cluster, of the datacenter, merged
    ({"value": "a"}, {"value": "b"}, {"value": "b"}),
    ({"value": "a"}, {"valueFrom": {"fieldRef": {}}}, {"valueFrom": {"fieldRef": {}}}),
    ({"valueFrom": {"fieldRef": {}}}, {"value": "b"}, {"value": "b"}),
    ({"valueFrom": {"fieldRef": {}}}, {"valueFrom": {"secretKeyRef": {}}}, {"valueFrom": {"secretKeyRef": {}}}),
    ({"value": "a"}, {"value": ""}, {"value": "a"}),
]
SETTINGS = [
    ({"a": True, "b": 1, "c": "x"}, {"a": False, "b": 0, "c": ""}, {"a": True, "b": 1, "c": "x"}),
    ({"a": True}, {"a": None}, {"a": True}),
    ({"a": None}, {"a": None}, {"a": None}),
    ({"a": 1}, {"a": False}, {"a": False}),
    ({"a": 1}, {"a": 0.5}, {"a": 0.5}),
    ({"a": "1"}, {"a": 0}, {"a": 0}),
    ({"a": {"b": 1, "c": 2}}, {"a": {"c": 3}}, {"a": {"b": 1, "c": 3}}),
    ({"a": [1]}, {"a": []}, {"a": []}),
    ({"racks": [{"name": "a"}]}, {"racks": [{"name": "b"}]}, {"racks": [{"name": "b"}]}),
    ({}, {"a": 0}, {"a": 0}),
]


@pytest.mark.parametrize(("field", "of_cluster", "of_datacenter", "expected"), [*SCALARS, *LISTS, *ATOMS])
def test_fields_with_a_type(field: str, of_cluster: Any, of_datacenter: Any, expected: Any) -> None:
    assert merged(of_cluster, of_datacenter, field) == expected


@pytest.mark.parametrize(("of_cluster", "of_datacenter", "expected"), VARIABLES)
def test_environment_variables_have_a_value_or_a_source(of_cluster: Any, of_datacenter: Any, expected: Any) -> None:
    found = merged([{"name": "A", **of_cluster}], [{"name": "A", **of_datacenter}], "env")
    assert found == [{"name": "A", **expected}]


@pytest.mark.parametrize(("of_cluster", "of_datacenter", "expected"), SETTINGS)
def test_open_settings_go_by_the_type_of_the_value(of_cluster: Any, of_datacenter: Any, expected: Any) -> None:
    found = merged({"cassandraYaml": of_cluster}, {"cassandraYaml": of_datacenter}, "config")
    assert found == {"cassandraYaml": expected}


def test_merging_changes_neither_level() -> None:
    of_cluster, of_datacenter = {"env": [{"name": "A", "value": "a"}]}, {"env": [{"name": "A", "value": "b"}]}
    before = copy.deepcopy((of_cluster, of_datacenter))
    merged([{"name": "x", **of_cluster}], [{"name": "x", **of_datacenter}], "containers")
    assert (of_cluster, of_datacenter) == before
