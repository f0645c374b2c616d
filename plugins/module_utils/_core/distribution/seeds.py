# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a datacenter's nodes find those of the others: slices behind the Service of its additional seeds.

Sources: `findSeeds` and `reconcileSeedsEndpoints`, k8ssandra-operator v1.26.0 `controllers/k8ssandra/seeds.go`;
`CreateEndpointSlice`, cass-operator v1.28.0 `pkg/reconciliation/construct_service.go`; `AddOperatorLabels`, `pkg/oplabels/labels.go`.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..names import clean_for_kubernetes, clean_label_value
from ..objects import Object

SEED = "cassandra.datastax.com/seed-node"
_CLUSTER, _DATACENTER = "cassandra.datastax.com/cluster", "cassandra.datastax.com/datacenter"
_FAMILIES = {4: "IPv4", 6: "IPv6"}


def seed_labels(cassandra_cluster: str, datacenter: str) -> dict[str, str]:
    """The labels of the pods that are seeds in one datacenter, by the name of its object."""
    return {_CLUSTER: clean_label_value(cassandra_cluster), _DATACENTER: datacenter, SEED: "true"}


def slices_of(
    definition: Object, datacenter: Object, seeds: Mapping[str, Sequence[str]], additional: Iterable[str]
) -> tuple[dict[str, Any], ...]:
    """The slices with the seeds that a datacenter has elsewhere: one for each family of addresses that there are.

    Args:
        definition: the cluster; its name, as written, begins the names of the slices.
        datacenter: the wanted CassandraDatacenter.
        seeds: addresses of seed pods by datacenter object name; those of the datacenter itself are left out.
        additional: `additionalSeeds`; what is no address is left out, as upstream does on purpose.
    """
    own = datacenter["metadata"]["name"]
    names = slice_names(definition, datacenter)
    addresses = [address for name, found in seeds.items() if name != own for address in found]
    versions = {address: _version(address) for address in dict.fromkeys((*addresses, *additional))}
    slices = []
    for (version, family), name in zip(_FAMILIES.items(), names):
        chosen = [address for address, found in versions.items() if found == version]
        metadata = {
            "name": name,
            "namespace": datacenter["metadata"]["namespace"],
            "labels": _labels(datacenter),
        }
        annotations = datacenter["spec"].get("additionalAnnotations")
        metadata |= {"annotations": dict(annotations)} if annotations else {}
        body = {"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "metadata": metadata, "addressType": family}
        slices += [{**body, "endpoints": [{"addresses": chosen}]}] if chosen else []
    return tuple(slices)


def slice_names(definition: Object, datacenter: Object) -> tuple[str, ...]:
    """The names of the slices that a datacenter may have: one that has no address any more is removed."""
    return tuple(f"{definition['metadata']['name']}-{_service(datacenter)}-{family.lower()}" for family in _FAMILIES.values())


def _service(datacenter: Object) -> str:
    spec, name = datacenter["spec"], datacenter["metadata"]["name"]
    return f"{clean_for_kubernetes(spec['clusterName'])}-{clean_for_kubernetes(name)}-additional-seed-service"


def _labels(datacenter: Object) -> dict[str, str]:
    spec = datacenter["spec"]
    return {
        _CLUSTER: clean_label_value(spec["clusterName"]),
        _DATACENTER: clean_label_value(datacenter["metadata"]["name"]),
        "app.kubernetes.io/managed-by": "cass-operator",
        "app.kubernetes.io/name": "cassandra",
        "app.kubernetes.io/version": spec.get("serverVersion") or "",
        "app.kubernetes.io/instance": f"cassandra-{clean_label_value(spec['clusterName'])}",
        "app.kubernetes.io/created-by": "cass-operator",
        **{key: clean_label_value(value) for key, value in (spec.get("additionalLabels") or {}).items()},
        "kubernetes.io/service-name": _service(datacenter),
        "endpointslice.kubernetes.io/managed-by": "cass-operator",
    }


def _version(address: str) -> int:
    try:
        return ipaddress.ip_address(address).version
    except ValueError:
        return 0
