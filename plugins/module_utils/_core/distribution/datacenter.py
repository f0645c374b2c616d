# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The CassandraDatacenter of one datacenter, and the objects around it.

Source: `NewDatacenter`, k8ssandra-operator v1.26.0 `pkg/cassandra/datacenter.go`, and `reconcileDatacenters`,
`controllers/k8ssandra/datacenters.go`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..cluster import FINALIZER
from ..errors import SpecError
from ..names import superuser_secret_name
from ..objects import Object
from .config import config_of
from .labels import clean_cluster_name, cleaned_up_by, cluster_name, component, overlaid, watched_by
from .live import kept
from .medusa import medusa_config_map, medusa_of, medusa_users
from .metrics_agent import agent_config_map, agent_volume
from .monitors import monitor_of
from .node_config import node_config_of
from .observation import Observation
from .pod_parts import CONFIG_BUILDER, SYSTEM_LOGGER, named
from .pod_template import pod_template_of
from .purge import purge_of
from .reaper import reaper_of, reaper_users
from .telemetry import check_metrics
from .template import Template, template_at
from .vector import vector_config_map, vector_resources, vector_volume
from .versions import server_of

_SKIP_USERS = "cassandra.datastax.com/skip-user-creation"
# Upstream's names in a definition, and cass-operator's.
_SERVICES = {
    "dcService": "dcService",
    "seedService": "seedService",
    "allPodsService": "allpodsService",
    "additionalSeedService": "additionalSeedService",
    "nodePortService": "nodePortService",
}
_AS_WRITTEN = ("serverImage", "racks", "managementApiAuth", "resources", "tolerations")


def configs_of(definition: Object, template: Template, observation: Observation, position: int) -> tuple[Object, ...]:
    """The objects that a datacenter's CassandraDatacenter needs beforehand, in upstream's order.

    Args:
        position: the datacenter's place in upstream's order, from 0.
    """
    medusa = medusa_of(definition, template, observation)
    given = (template.own.get("perNodeConfigMapRef") or {}).get("name")
    found = (
        None if medusa is None else medusa_config_map(definition, template, medusa),
        purge_of(definition, template, observation),
        None if given else node_config_of(definition, template, observation),
        vector_config_map(definition, template),
        agent_config_map(definition, template, _agent_telemetry(definition, position)),
    )
    return tuple(body for body in found if body is not None)


def datacenter_of(definition: Object, template: Template, observation: Observation, position: int) -> dict[str, Any]:
    """The CassandraDatacenter of a datacenter; only the first in upstream's order creates users.

    Args:
        position: the datacenter's place in upstream's order, from 0.

    Raises `SpecError` for a datacenter that upstream would refuse.
    """
    check_metrics(template)
    spec = {
        **_settings(definition, template),
        "config": config_of(definition, template, observation),
        "storageConfig": _storage(definition, template),
        "podTemplateSpec": pod_template_of(definition, template, observation, medusa_of(definition, template, observation)),
        **_resources(definition, template),
        **_names_and_services(definition, template),
    }
    read_only = template.options.get("readOnlyRootFilesystem")
    if read_only is not None:
        spec["readOnlyRootFilesystem"] = read_only
    live = observation.datacenters.get(template.name)
    return {
        "apiVersion": "cassandra.datastax.com/v1beta1",
        "kind": "CassandraDatacenter",
        "metadata": _metadata(definition, template, position),
        "spec": spec if live is None else kept(template, spec, live),
    }


def add_ons_of(definition: Object, template: Template, observation: Observation) -> tuple[Object, ...]:
    """The objects that come once all datacenters are ready, in upstream's order."""
    found = (monitor_of(definition, template, observation), reaper_of(definition, template))
    return tuple(body for body in found if body is not None)


def _agent_telemetry(definition: Object, position: int) -> Mapping[str, Any] | None:
    """The `telemetry` that the metrics agent goes by.

    Upstream takes it by the place in its own order from the list in the definition's order, so that with DSE's workloads it may be
    another datacenter's.
    """
    telemetry: Mapping[str, Any] | None = template_at(definition, position).options.get("telemetry")
    return telemetry


def _metadata(definition: Object, template: Template, position: int) -> dict[str, Any]:
    spec = definition["spec"]
    annotations = dict(template.metadata.get("annotations") or {})
    if spec.get("externalDatacenters"):
        annotations = {_SKIP_USERS: "true"}
    if position > 0:
        annotations[_SKIP_USERS] = "true"
    of_cluster = spec["cassandra"].get("metadata") or {}
    labels = {**component("cassandra"), **cleaned_up_by(definition), **(template.metadata.get("labels") or {})}
    metadata = {
        "name": template.name,
        "namespace": template.namespace,
        "labels": overlaid(labels, of_cluster.get("labels")),
        "annotations": overlaid(annotations, of_cluster.get("annotations")),
        "finalizers": [FINALIZER],
    }
    return {name: value for name, value in metadata.items() if value}


def _settings(definition: Object, template: Template) -> dict[str, Any]:
    """What goes over as it is written, less what Go leaves out: an empty value is as none."""
    options, own = template.options, template.own
    parts = {name: options.get(name) or {} for name in ("networking", "dseWorkloads")}
    fields = {
        **{name: options.get(name) for name in _AS_WRITTEN},
        "size": own["size"],
        "stopped": own.get("stopped"),
        "serverVersion": server_of(template).text,
        "serverType": server_of(template).distribution,
        "users": [{"secretName": name, "superuser": True} for name in (*reaper_users(definition), *medusa_users(definition))],
        "cdc": own.get("cdc"),
        "serviceAccountName": options.get("serviceAccount"),
        "allowMultipleNodesPerWorker": options.get("softPodAntiAffinity"),
        **{part: {name: value for name, value in fields.items() if value} for part, fields in parts.items()},
    }
    return {name: value for name, value in fields.items() if value}


def _names_and_services(definition: Object, template: Template) -> dict[str, Any]:
    spec, metadata = definition["spec"], template.metadata
    reference = (spec["cassandra"].get("superuserSecretRef") or {}).get("name", "")
    external = spec.get("secretsProvider") == "external"
    fields = {
        "clusterName": cluster_name(definition),
        "datacenterName": template.own.get("datacenterName"),
        "superuserSecretName": None if external else superuser_secret_name(clean_cluster_name(definition), reference),
        "additionalLabels": metadata.get("commonLabels"),
        "additionalAnnotations": metadata.get("commonAnnotations"),
        "additionalServiceConfig": _services(definition, metadata.get("services") or {}),
    }
    return {name: value for name, value in fields.items() if value}


def _services(definition: Object, wanted: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for ours, theirs in _SERVICES.items():
        tags = wanted.get(ours) or {}
        labels = dict(tags.get("labels") or {})
        if ours == "allPodsService":
            labels.update(watched_by(definition))
        additions = {"additionalLabels": labels, "additionalAnnotations": tags.get("annotations")}
        found[theirs] = {name: value for name, value in additions.items() if value}
    return {name: additions for name, additions in found.items() if additions}


def _storage(definition: Object, template: Template) -> dict[str, Any]:
    """The merged storage, then volumes of the definition that have claims, then upstream's own."""
    storage = template.options.get("storageConfig")
    added = (*((template.options.get("extraVolumes") or {}).get("pvcs") or ()), *vector_volume(definition, template))
    if storage is None and not added:
        raise SpecError(
            f"definition.spec.cassandra.datacenters[{template.index}].storageConfig",
            "is missing, here and for the cluster; say what storage each node gets",
        )
    volumes = [*((storage or {}).get("additionalVolumes") or ()), *added, agent_volume(definition, template)]
    return {**(storage or {}), "additionalVolumes": volumes}


def _resources(definition: Object, template: Template) -> dict[str, Any]:
    """Resources of cass-operator's own containers, where the definition describes those containers."""
    logger = _container_resources(template.options.get("containers"), SYSTEM_LOGGER)
    fields = {
        "systemLoggerResources": vector_resources(definition) if logger is None else logger,
        "configBuilderResources": _container_resources(template.options.get("initContainers"), CONFIG_BUILDER),
    }
    return {name: value for name, value in fields.items() if value}


def _container_resources(containers: Any, name: str) -> Any:
    resources = (named(containers, name) or {}).get("resources") or {}
    return resources if "limits" in resources or "requests" in resources else None
