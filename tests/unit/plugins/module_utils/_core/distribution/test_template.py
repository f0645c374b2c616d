# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Datacenters of a definition, merged and in order."""

from __future__ import annotations

from typing import Any

import pytest

from plugins.module_utils._core.distribution.template import in_order, templates

from ..definitions import good


def test_a_datacenter_is_known_by_its_names_and_its_place() -> None:
    changes = {"dc2.datacenterName": "Real_DC", "dc2.metadata.namespace": "other", "dc2.k8sContext": ""}
    first, second = templates(good(**changes))
    assert (first.index, first.name, first.namespace, first.context, first.cassandra_name) == (0, "dc1", "k8ssandra", "east", "dc1")
    assert (second.index, second.name, second.namespace, second.context, second.cassandra_name) == (1, "dc2", "other", "", "Real_DC")
    assert second.own["size"] == 3


@pytest.mark.parametrize(
    ("changes", "field", "expected"),
    [
        ({"spec.cassandra.serverImage": "a", "dc1.serverImage": "b"}, "serverImage", "b"),
        ({"spec.cassandra.serverType": "hcd"}, "serverType", "hcd"),
        ({"spec.cassandra.additionalSeeds": ["1.2.3.4"]}, "additionalSeeds", ["1.2.3.4"]),
        ({"spec.cassandra.cdc": {"pulsarServiceUrl": "a"}}, "cdc", None),
        ({"dc1.cdc": {"pulsarServiceUrl": "a"}}, "cdc", {"pulsarServiceUrl": "a"}),
        ({"spec.cassandra.datacenterName": "no"}, "datacenterName", None),
        ({"spec.cassandra.resources": {"limits": {"cpu": "1"}}, "dc1.resources": {"limits": {"memory": "1Gi"}}}, "resources",
         {"limits": {"cpu": "1", "memory": "1Gi"}}),
    ],
)
def test_options_are_merged_or_taken_from_the_level_that_counts(changes: dict[str, Any], field: str, expected: Any) -> None:
    assert templates(good(**changes))[0].options.get(field) == expected


def test_metadata_is_merged() -> None:
    changes = {
        "spec.cassandra.metadata": {"labels": {"a": "1", "b": "2"}, "services": {"dcService": {"labels": {"x": "1"}}}},
        "dc1.metadata.labels": {"b": "3", "c": ""},
        "dc1.metadata.services": {"dcService": {"annotations": {"y": "2"}}},
    }
    assert templates(good(**changes))[0].metadata == {
        "labels": {"a": "1", "b": "3", "c": ""},
        "services": {"dcService": {"labels": {"x": "1"}, "annotations": {"y": "2"}}},
    }


def test_datacenters_go_by_workload_and_else_as_they_are() -> None:
    workloads = [{"searchEnabled": True}, {"graphEnabled": True}, {"analyticsEnabled": True, "searchEnabled": True}, None]
    datacenters = [
        {"metadata": {"name": f"dc{place}"}, "size": 3, **({"dseWorkloads": one} if one else {})} for place, one in enumerate(workloads)
    ]
    found = in_order(templates(good(**{"spec.cassandra.datacenters": datacenters})))
    assert [template.name for template in found] == ["dc2", "dc1", "dc3", "dc0"]
