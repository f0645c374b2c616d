# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The PodTemplateSpec of one datacenter: what the definition says of its pods, and what upstream adds to them.

Source: `Coalesce` and `NewDatacenter`, k8ssandra-operator v1.26.0 `pkg/cassandra/datacenter.go`. The order of additions is upstream's:
init containers run in it, and a change of order restarts every node.
"""

from __future__ import annotations

from decimal import ROUND_CEILING
from functools import partial
from typing import Any

from ..effective import amount
from ..objects import Object
from .encryption import encryption_mounts, encryption_volumes
from .medusa import Medusa, with_medusa
from .node_config import with_node_config
from .observation import Observation
from .pod_parts import CASSANDRA, Part, unchanged, with_container, with_env, with_mount, with_volume
from .reaper import with_remote_jmx
from .telemetry import uses_mcac, with_metric_filters
from .template import Template
from .vector import with_vector


def pod_template_of(definition: Object, template: Template, observation: Observation, medusa: Medusa | None) -> Part:
    """`spec.podTemplateSpec` of a datacenter.

    Args:
        medusa: as `medusa_of` gives it.
    """
    pod = _with_stores(_described(template), definition, template)
    pod = with_remote_jmx(pod, definition)
    pod = with_metric_filters(pod, definition)
    pod = with_vector(pod, definition)
    if medusa is not None:
        pod = with_medusa(pod, definition, template, medusa)
    return _with_management_api(with_node_config(definition, template, observation, pod), template)


def _described(template: Template) -> Part:
    """What the definition itself says; at least the container of Cassandra."""
    options, pods = template.options, template.metadata.get("pods") or {}
    spec = {
        "securityContext": options.get("podSecurityContext"),
        "priorityClassName": options.get("podPriorityClassName"),
        "containers": options.get("containers"),
        "initContainers": options.get("initContainers"),
        "volumes": (options.get("extraVolumes") or {}).get("volumes"),
    }
    metadata = _stated({"annotations": pods.get("annotations"), "labels": pods.get("labels")})
    pod = _stated({"metadata": metadata, "spec": _stated(spec)})
    return with_container(pod, CASSANDRA, unchanged)


def _with_stores(pod: Part, definition: Object, template: Template) -> Part:
    for volume in encryption_volumes(definition, template):
        pod = with_volume(pod, volume)
    for mount in encryption_mounts(definition, template):
        pod = with_container(pod, CASSANDRA, partial(with_mount, volume=mount["name"], path=mount["mountPath"]))
    return pod


def _with_management_api(pod: Object, template: Template) -> Part:
    heap = template.options.get("mgmtAPIHeap")
    if heap is not None:
        size = str(int(amount(heap).to_integral_value(ROUND_CEILING)))
        pod = with_container(pod, CASSANDRA, lambda container: with_env(container, "MANAGEMENT_API_HEAP_SIZE", size))
    if not uses_mcac(template.options.get("telemetry")):
        pod = with_container(pod, CASSANDRA, lambda container: with_env(container, "MGMT_API_DISABLE_MCAC", "true"))
    return dict(pod)


def _stated(fields: dict[str, Any]) -> Part:
    return {name: value for name, value in fields.items() if value}
