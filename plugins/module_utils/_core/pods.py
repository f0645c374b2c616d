# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A Cassandra pod as cass-operator would make it: what it asks for, and a body for a dry run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from .cluster import ClusterWish, Datacenter
from .cluster_images import takes_new_builder
from .effective import amount
from .names import clean_label_value
from .objects import Object

# `DefaultsLoggerContainer` and `DefaultsConfigInitContainer`, cass-operator v1.28.0 pkg/reconciliation/defaults.go.
_LOGGER = {"requests": {"cpu": "100m", "memory": "64Mi"}, "limits": {"memory": "128Mi"}}
_CONFIG = {"requests": {"cpu": "1", "memory": "256Mi"}, "limits": {"cpu": "1", "memory": "384Mi"}}
# `MainContainerMemRequest` and its neighbours, k8ssandra-operator v1.26.0 pkg/medusa/reconcile.go.
_MEDUSA = {"requests": {"cpu": "100m", "memory": "100Mi"}, "limits": {"memory": "8Gi"}}
_OF_MEDUSA = ("medusa", "medusa-restore")
# `GetContainerPorts`, cass-operator v1.28.0 apis/cassandra/v1beta1/cassandradatacenter_types.go.
HOST_PORTS = (9042, 9142, 7000, 7001, 7199, 8080, 9103, 9000)
# `buildPodTemplateSpec`, cass-operator v1.28.0 pkg/reconciliation/construct_podtemplatespec.go.
_SECURITY = {"runAsUser": 999, "runAsGroup": 999, "fsGroup": 999, "runAsNonRoot": True}
# A pod that is only asked about: its image is never pulled.
_IMAGE = "k8ssandra.operator/preflight"

Amounts = Mapping[str, Decimal]


def containers_of(wish: ClusterWish, template: Mapping[str, Any]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The containers and the init containers of a datacenter's pods, with what they ask for."""
    main = [_container("cassandra", template.get("resources"), template), _container("server-system-logger", _LOGGER, template)]
    # `buildInitContainers`, cass-operator v1.28.0 construct_podtemplatespec.go: this one asks for nothing, which a quota refuses.
    base = [_container("server-config-init-base", None, template)] if takes_new_builder(wish, template) else []
    init = [*base, _container("server-config-init", _CONFIG, template)]
    for field, known in (("containers", main), ("initContainers", init)):
        _add_stated(known, template, field)
    if wish.wants_medusa:
        medusa = wish.spec["medusa"]
        main.append(_container("medusa", medusa.get("resources") or _MEDUSA, template))
        init.append(_container("medusa-restore", (medusa.get("initContainerResources") or _MEDUSA), template))
    return main, init


def _add_stated(known: list[dict[str, Any]], template: Mapping[str, Any], field: str) -> None:
    """Adds the containers that are the user's own; one of a known name only changes what that container asks for."""
    there = {container["name"]: container for container in known}
    for stated in template.get(field) or ():
        name = stated.get("name")
        if name in there:
            there[name]["resources"] = dict(stated.get("resources") or there[name]["resources"])
        elif name and name not in _OF_MEDUSA:
            known.append(_container(str(name), stated.get("resources"), template))


def requested(main: list[dict[str, Any]], init: list[dict[str, Any]], which: str = "requests") -> Amounts:
    """What a pod counts for: the sum of its containers, or the greatest of its init containers where that is more."""
    sums: dict[str, Decimal] = {}
    for container in main:
        for resource, value in _asked(container, which).items():
            sums[resource] = sums.get(resource, Decimal(0)) + value
    for container in init:
        for resource, value in _asked(container, which).items():
            sums[resource] = max(sums.get(resource, Decimal(0)), value)
    return sums


def requested_by(pod: Object) -> Amounts:
    """What a live pod counts for."""
    spec = pod.get("spec") or {}
    return requested(list(spec.get("containers") or ()), list(spec.get("initContainers") or ()))


def body_for_dry_run(wish: ClusterWish, datacenter: Datacenter, template: Mapping[str, Any]) -> Object:
    """A pod to ask admission about: shaped like cass-operator's in all that quotas, limits and pod security look at."""
    main, init = containers_of(wish, template)
    networking = template.get("networking") or {}
    if networking.get("hostNetwork"):
        main[0]["ports"] = [{"containerPort": port, "hostPort": port} for port in HOST_PORTS]
    spec = {
        "containers": main,
        "initContainers": init,
        "securityContext": template.get("podSecurityContext") or _SECURITY,
        "hostNetwork": networking.get("hostNetwork") or None,
        "tolerations": template.get("tolerations"),
        "priorityClassName": template.get("podPriorityClassName"),
        "serviceAccountName": template.get("serviceAccount"),
    }
    labels = {
        "cassandra.datastax.com/cluster": clean_label_value(wish.cassandra_name),
        "cassandra.datastax.com/datacenter": datacenter.name,
        "app.kubernetes.io/managed-by": "cass-operator",
    }
    metadata = {"generateName": f"{datacenter.name}-preflight-", "namespace": datacenter.namespace, "labels": labels}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": {key: value for key, value in spec.items() if value}}


def per_rack(size: int, racks: int) -> list[int]:
    """How many nodes each rack gets: `SplitRacks`, cass-operator v1.28.0 cassandradatacenter_types.go."""
    return [size // racks + (1 if rack < size % racks else 0) for rack in range(racks)]


def claims_of(template: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The claims of each pod of a datacenter: Cassandra's data, then what the user adds."""
    storage = template.get("storageConfig") or {}
    yield storage.get("cassandraDataVolumeClaimSpec") or {}
    for volume in storage.get("additionalVolumes") or ():
        if volume.get("pvcSpec"):
            yield volume["pvcSpec"]


def _container(name: str, resources: Mapping[str, Any] | None, template: Mapping[str, Any]) -> dict[str, Any]:
    body: dict[str, Any] = {"name": name, "image": _IMAGE, "resources": dict(resources or {})}
    if template.get("readOnlyRootFilesystem"):
        body["securityContext"] = {"readOnlyRootFilesystem": True, "allowPrivilegeEscalation": False}
    return body


def _asked(container: Mapping[str, Any], which: str) -> Amounts:
    """A container's requests or limits; a limit alone is a request too, as Kubernetes fills it in."""
    resources = container.get("resources") or {}
    limits, requests = resources.get("limits") or {}, resources.get("requests") or {}
    chosen = limits if which == "limits" else {**limits, **requests}
    return {resource: amount(value) for resource, value in chosen.items()}
