# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What moves with a cluster to another control plane."""

from __future__ import annotations

import json
from typing import Any

import pytest

from plugins.module_utils._core.distribution import moving
from plugins.module_utils._core.plan import FIELD_MANAGER

from ..definitions import good

SCHEMA = {"properties": {"spec": {"properties": {"size": {}, "networking": {}, "docker": {"default": True}}}}}


def datacenter(**spec: Any) -> dict[str, Any]:
    return {"apiVersion": "cassandra.datastax.com/v1beta1", "kind": "CassandraDatacenter", "metadata": {"name": "dc1"}, "spec": spec}


@pytest.mark.parametrize(
    ("wanted", "found", "expected"),
    [
        pytest.param({"size": 3}, {"size": 3, "docker": True}, [], id="a default is no difference"),
        pytest.param({"size": 3}, {"size": 3, "docker": True, "networking": {}, "racks": []}, [], id="nothing is no difference"),
        pytest.param({"size": 3}, {"size": 2, "docker": True}, [("spec.size", 2, 3)], id="another value"),
        pytest.param({"size": 3}, {"size": 3, "docker": True, "stopped": True}, [("spec.stopped", True, None)], id="more than we write"),
        pytest.param({"size": 3, "stopped": False}, {"size": 3, "docker": True}, [("spec.stopped", None, False)], id="less than we write"),
        pytest.param({"racks": [{"name": "a"}]}, {"racks": [{"name": "a", "zone": "z"}], "docker": True}, [("spec.racks.[a].zone", "z", None)], id="in a list"),
    ],
)
def test_a_spec_is_compared_in_both_directions(wanted: Any, found: Any, expected: list[Any]) -> None:
    changes = moving.spec_changes(SCHEMA, datacenter(**wanted), datacenter(**found))
    assert [(str(change), change.found, change.wanted) for change in changes] == expected


def entry(manager: str, operation: str, fields: Any, **more: str) -> dict[str, Any]:
    return {"manager": manager, "operation": operation, "fieldsV1": fields, **more}


OURS = entry(FIELD_MANAGER, "Apply", {"f:spec": {"f:size": {}, "f:config": {}}, "f:metadata": {"f:labels": {"f:a": {}}}})


@pytest.mark.parametrize(
    ("others", "expected"),
    [
        pytest.param([entry("manager", "Update", {"f:spec": {"f:size": {}}})], [], id="all of it is ours"),
        pytest.param(
            [entry("manager", "Update", {"f:spec": {"f:size": {}, "f:stopped": {}}, "f:metadata": {"f:annotations": {"f:hash": {}}}})],
            [entry("manager", "Update", {"f:spec": {"f:stopped": {}}, "f:metadata": {"f:annotations": {"f:hash": {}}}})],
            id="what we do not write stays its writer's",
        ),
        pytest.param([entry("manager", "Update", {"f:spec": {"f:config": {"f:cassandra-yaml": {}}}})], [], id="below what is ours as a whole"),
        pytest.param(
            [entry("manager", "Update", {"f:status": {}}, subresource="status"), entry("kubectl", "Apply", {"f:spec": {"f:size": {}}})],
            [entry("manager", "Update", {"f:status": {}}, subresource="status"), entry("kubectl", "Apply", {"f:spec": {"f:size": {}}})],
            id="a status, and what somebody else applies",
        ),
    ],
)
def test_what_we_apply_has_no_other_owner(others: list[Any], expected: list[Any]) -> None:
    body = {"metadata": {"managedFields": [OURS, *others]}}
    assert moving.remaining_owners(body) == [OURS, *expected]
    assert moving.is_owned(body) == (others == expected)
    assert moving.is_owned({"metadata": {"managedFields": [OURS, *expected]}})


def test_a_mapping_that_has_no_value_of_its_writer_left_is_ours() -> None:
    left = entry("manager", "Update", {"f:spec": {}, "f:metadata": {"f:labels": {}}})
    assert moving.is_owned({"metadata": {"managedFields": [OURS, left]}})


def test_an_object_that_we_never_applied_is_not_ours() -> None:
    assert not moving.is_owned({"metadata": {"managedFields": [entry("manager", "Update", {"f:spec": {}})]}})
    assert not moving.is_owned({"metadata": {}})


def test_a_cluster_is_held_back_by_what_the_operator_cannot_read() -> None:
    body = moving.held_back(good())
    assert moving.is_held_back(body)
    assert not moving.is_held_back(good())
    with pytest.raises(ValueError, match="Expecting value"):
        json.loads(body["metadata"]["annotations"][moving.INITIAL_REPLICATION])


def test_the_status_names_every_datacenter_with_its_context() -> None:
    live = {name: {"status": {"cassandraOperatorProgress": "Ready", "of": name}} for name in ("dc1", "dc2")}
    status = moving.status_to_take(good(**{"dc1.k8sContext": ""}), live)
    assert status["datacenters"] == {"dc1": {"cassandra": live["dc1"]["status"]}, "dc2": {"contextName": "west", "cassandra": live["dc2"]["status"]}}


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        pytest.param(["-Dcassandra.system_distributed_replication=dc1:2,old:3"], '{"dc1":2,"old":3}', id="what the first was made with"),
        pytest.param([], '{"dc1":3}', id="what the operator would compute"),
    ],
)
def test_the_replication_of_the_beginning_is_kept(options: list[str], expected: str) -> None:
    live = {"spec": {"config": {"jvm-server-options": {"additional-jvm-opts": options}}}}
    assert moving.initial_replication(good(), [live]) == expected
