# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which seeds a datacenter finds elsewhere."""

from __future__ import annotations

from typing import Any

import pytest

from plugins.module_utils._core.distribution.seeds import slice_names, slices_of
from plugins.module_utils._core.distribution.told import seeds_of, system_replication_of
from tests.unit import build
from tests.unit.plugins.module_utils._core.definitions import good

SEEDS = {"dc1": ("10.1.0.5",), "dc2": ("10.2.0.5", "10.2.0.6")}
ADDRESSES: dict[str, tuple[dict[str, tuple[str, ...]], tuple[str, ...], dict[str, list[str]]]] = {
    "those of the others": (SEEDS, (), {"IPv4": ["10.2.0.5", "10.2.0.6"]}),
    "those that the definition adds": ({}, ("192.0.2.1",), {"IPv4": ["192.0.2.1"]}),
    "both families": (SEEDS, ("2001:db8::1",), {"IPv4": ["10.2.0.5", "10.2.0.6"], "IPv6": ["2001:db8::1"]}),
    "no name": ({}, ("seed.example.com",), {}),
    "an address once": (SEEDS, ("10.2.0.5",), {"IPv4": ["10.2.0.5", "10.2.0.6"]}),
    "none of its own": ({"dc1": ("10.1.0.5",)}, (), {}),
}


def _datacenter(**spec: Any) -> dict[str, Any]:
    wanted = {"clusterName": "My Cluster", "serverVersion": "4.1.8", **spec}
    return {"metadata": {"name": "dc1", "namespace": "ns"}, "spec": wanted}


@pytest.mark.parametrize("case", ADDRESSES)
def test_a_datacenter_gets(case: str) -> None:
    seeds, additional, wanted = ADDRESSES[case]
    found = slices_of(good(), _datacenter(), seeds, additional)
    assert {body["addressType"]: body["endpoints"][0]["addresses"] for body in found} == wanted


def test_a_slice_is_named_and_labelled_as_upstream_does() -> None:
    datacenter = _datacenter(additionalLabels={"team": "a b"}, additionalAnnotations={"note": "x"})
    [body] = slices_of(good(), datacenter, SEEDS, ())
    assert body["metadata"] == {
        "name": "demo-mycluster-dc1-additional-seed-service-ipv4",
        "namespace": "ns",
        "labels": {
            "cassandra.datastax.com/cluster": "MyCluster",
            "cassandra.datastax.com/datacenter": "dc1",
            "app.kubernetes.io/managed-by": "cass-operator",
            "app.kubernetes.io/name": "cassandra",
            "app.kubernetes.io/version": "4.1.8",
            "app.kubernetes.io/instance": "cassandra-MyCluster",
            "app.kubernetes.io/created-by": "cass-operator",
            "team": "ab",
            "kubernetes.io/service-name": "mycluster-dc1-additional-seed-service",
            "endpointslice.kubernetes.io/managed-by": "cass-operator",
        },
        "annotations": {"note": "x"},
    }
    assert body["metadata"]["name"] in slice_names(good(), datacenter)


def test_seeds_are_pods_that_are_labelled_so_and_have_an_address() -> None:
    pods = [build.pod("dc1"), build.pod("dc1", 1), build.pod("dc1", 2, status={"podIP": ""}), build.pod("dc2", 3)]
    for pod in pods[1:]:
        pod["metadata"]["labels"]["cassandra.datastax.com/seed-node"] = "true"
    assert seeds_of(pods, "demo", "dc1") == ("10.51.0.6",)


def test_what_a_cluster_was_made_with_is_read_from_its_first_datacenter() -> None:
    options = {"jvm-server-options": {"additional-jvm-opts": ["-Da=b", "-Dcassandra.system_distributed_replication=dc1:1,other:3"]}}
    datacenters = [build.datacenter("dc2"), build.datacenter("dc1", spec={"config": options})]
    assert system_replication_of(datacenters) == {"dc1": 1, "other": 3}
    assert system_replication_of(datacenters[:1]) is None
