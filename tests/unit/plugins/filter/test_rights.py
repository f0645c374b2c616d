"""The filter `rights`: from contexts to one manifest each."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from ansible.errors import AnsibleFilterError

from plugins.filter.rights import FilterModule, rights

CONTEXTS = [
    {"name": "hub"},
    {"name": "east", "datacenters": [{"metadata": {"name": "dc1"}}, {"metadata": {"name": "dc2", "namespace": "team-a"}}]},
]


def _namespaces(text: str) -> set[str]:
    return {body["metadata"]["namespace"] for body in yaml.safe_load_all(text) if body["kind"] == "Role"}


@pytest.mark.parametrize(
    ("options", "hub", "east"),
    [
        ({}, {"k8ssandra-operator", "default"}, {"k8ssandra-operator", "team-a", "default"}),
        ({"cluster_namespace": "cass"}, {"k8ssandra-operator", "cass", "default"}, {"k8ssandra-operator", "cass", "team-a", "default"}),
        (
            {"cluster_namespace": "cass", "distributed_by": "ansible"},
            {"k8ssandra-operator", "cass", "default"}, {"k8ssandra-operator", "cass", "team-a", "default"},
        ),
        ({"namespace": "ops"}, {"ops", "default"}, {"ops", "team-a", "default"}),
        ({"watch_namespaces": ["far"]}, {"k8ssandra-operator", "default"}, {"k8ssandra-operator", "team-a", "far", "default"}),
        (
            {"watch_namespaces": ["far"], "cluster_scoped": True},
            {"k8ssandra-operator", "default"}, {"k8ssandra-operator", "team-a", "default"},
        ),
        ({"probe_namespace": "try"}, {"k8ssandra-operator", "default", "try"}, {"k8ssandra-operator", "team-a", "default", "try"}),
    ],
)  # fmt: skip
def test_rights_are_where_the_inventory_puts_things(options: dict[str, Any], hub: set[str], east: set[str]) -> None:
    assert [_namespaces(entry["manifest"]) for entry in rights(CONTEXTS, "hub", **options)] == [hub, east]


def test_the_account_of_the_control_plane_is_in_data_planes_alone() -> None:
    own, other = rights(CONTEXTS, "hub")
    assert own["operator_manifest"] == ""
    assert {"ServiceAccount", "Role", "RoleBinding"} == {body["kind"] for body in yaml.safe_load_all(other["operator_manifest"])}


@pytest.mark.parametrize("account", [{"kind": "Robot", "name": "x"}, {"kind": "User"}, {"name": "x"}])
def test_an_account_that_is_none_is_refused(account: dict[str, str]) -> None:
    with pytest.raises(AnsibleFilterError, match="ServiceAccount, User or Group"):
        rights(CONTEXTS, "hub", account=account)


def test_the_filter_has_its_name() -> None:
    assert FilterModule().filters() == {"rights": rights}
