# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The settings of one datacenter once the cluster's are merged with its own.

Source: `Coalesce`, k8ssandra-operator v1.26.0 `pkg/cassandra/datacenter.go`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ..merge import merged
from ..names import cassandra_name
from ..objects import Object

# `DatacenterOptions`, apis/k8ssandra/v1alpha1/k8ssandracluster_types.go, without what `Coalesce` takes of one level alone.
_MERGED = tuple(
    "serverVersion serverImage config storageConfig networking resources racks jmxInitContainerImage softPodAntiAffinity tolerations"
    " mgmtAPIHeap telemetry containers initContainers extraVolumes dseWorkloads podSecurityContext podPriorityClassName"
    " managementApiAuth perNodeConfigInitContainerImage serviceAccount readOnlyRootFilesystem".split()
)
_OF_CLUSTER = ("clusterName", "serverType", "superuserSecretRef", "serverEncryptionStores", "clientEncryptionStores", "additionalSeeds")
_OF_DATACENTER = ("cdc", "datacenterName")
_METADATA = ("labels", "annotations", "commonLabels", "commonAnnotations", "pods", "services")


@dataclass(frozen=True)
class Template:
    """One datacenter of a definition, merged.

    Args:
        index: its place in `spec.cassandra.datacenters`.
        name: the name of its CassandraDatacenter.
        namespace: where its objects are.
        context: its `k8sContext`; empty is the control plane's own.
        cassandra_name: the name that Cassandra knows it by.
        options: merged fields under the CRD's JSON names, and those that only the cluster has, such as `serverType`.
        metadata: merged labels, annotations, commonLabels, commonAnnotations, pods and services.
        own: its entry of `spec.cassandra.datacenters`, as written.
    """

    index: int
    name: str
    namespace: str
    context: str
    cassandra_name: str
    options: Mapping[str, Any]
    metadata: Mapping[str, Any]
    own: Mapping[str, Any]


def templates(definition: Object) -> tuple[Template, ...]:
    """The datacenters of a definition that has its defaults, in the order of the definition."""
    return tuple(template_at(definition, index) for index in range(len(definition["spec"]["cassandra"].get("datacenters") or ())))


def template_at(definition: Object, index: int) -> Template:
    """The datacenter at one place of a definition that has its defaults; merging all of a large cluster for one would take long."""
    return _template(definition, index, definition["spec"]["cassandra"]["datacenters"][index])


def in_order(found: Iterable[Template]) -> tuple[Template, ...]:
    """Datacenters in the order in which upstream works on them: by DSE's workloads, else as they are.

    Source: `sortDatacentersByPriority`, controllers/k8ssandra/datacenters.go.
    """
    return tuple(sorted(found, key=_priority, reverse=True))


def _template(definition: Object, index: int, own: Mapping[str, Any]) -> Template:
    cassandra = definition["spec"]["cassandra"]
    metadata = own["metadata"]
    options = {field: merged(cassandra.get(field), own.get(field), field) for field in _MERGED}
    options.update((field, cassandra.get(field)) for field in _OF_CLUSTER)
    options.update((field, own.get(field)) for field in _OF_DATACENTER)
    shared = cassandra.get("metadata") or {}
    tags = {field: merged(shared.get(field), metadata.get(field)) for field in _METADATA}
    return Template(
        index=index,
        name=metadata["name"],
        namespace=metadata.get("namespace") or definition["metadata"]["namespace"],
        context=own.get("k8sContext") or "",
        cassandra_name=cassandra_name(own),
        options=_stated(options),
        metadata=_stated(tags),
        own=own,
    )


def _stated(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {field: value for field, value in fields.items() if value is not None}


def _priority(template: Template) -> int:
    workloads = template.options.get("dseWorkloads") or {}
    if workloads.get("analyticsEnabled"):
        return 3
    return 1 if workloads.get("searchEnabled") else 2
