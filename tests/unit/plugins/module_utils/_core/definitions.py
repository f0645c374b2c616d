# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Definitions to test with: a good one, and the good one with some fields changed."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from plugins.module_utils._core.cluster import ClusterWish, parse_cluster

CLAIM = {"storageClassName": "standard", "accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "5Gi"}}}
GONE = object()


def good(**changes: Any) -> dict[str, Any]:
    """Two datacenters of one cluster, with fields changed by path, e.g. ``{"spec.auth": False}``; `GONE` removes one."""
    definition = {
        "apiVersion": "k8ssandra.io/v1alpha1",
        "kind": "K8ssandraCluster",
        "metadata": {"name": "demo", "namespace": "k8ssandra"},
        "spec": {
            "cassandra": {
                "serverVersion": "4.1.8",
                "storageConfig": {"cassandraDataVolumeClaimSpec": deepcopy(CLAIM)},
                "datacenters": [
                    {"metadata": {"name": "dc1"}, "k8sContext": "east", "size": 3},
                    {"metadata": {"name": "dc2"}, "k8sContext": "west", "size": 3},
                ],
            },
        },
    }
    for path, value in changes.items():
        put(definition, path, value)
    return definition


def put(body: Any, path: str, value: Any) -> None:
    """Set the field at `path` of `body`, making the mappings on the way; `dc1` and `dc2` stand for the datacenters."""
    path = path.replace("dc1.", "spec.cassandra.datacenters.0.").replace("dc2.", "spec.cassandra.datacenters.1.")
    *way, last = path.split(".")
    for key in way:
        body = body[int(key)] if isinstance(body, list) else body.setdefault(key, {})
    key = int(last) if isinstance(body, list) else last
    if value is GONE:
        del body[key]
    else:
        body[key] = value


def wish(**changes: Any) -> ClusterWish:
    """The wish of `good(**changes)`."""
    return parse_cluster(good(**changes))
