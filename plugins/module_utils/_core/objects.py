# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kubernetes objects as values: what identifies one, and where the API server serves its kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .errors import SpecError

Object = Mapping[str, Any]


@dataclass(frozen=True, order=True)
class Ref:
    """The identity of one object in one cluster. `namespace` is empty for cluster-scoped kinds."""

    api_version: str
    kind: str
    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.namespace}/{self.name}" if self.namespace else f"{self.kind} {self.name}"


@dataclass(frozen=True)
class Kind:
    """Where a kind is served: `plural` is its name in the path."""

    api_version: str
    kind: str
    plural: str
    namespaced: bool

    @property
    def group(self) -> str:
        """The API group; empty for the core group."""
        return self.api_version.rpartition("/")[0]

    def path(self, namespace: str = "", name: str = "") -> str:
        """The URL path of the collection, or of one object when `name` is given; all namespaces when `namespace` is empty."""
        root = f"/apis/{self.api_version}" if self.group else f"/api/{self.api_version}"
        scope = f"/namespaces/{namespace}" if self.namespaced and namespace else ""
        return f"{root}{scope}/{self.plural}" + (f"/{name}" if name else "")

    def ref(self, name: str, namespace: str = "") -> Ref:
        """The identity of the object `name` of this kind."""
        return Ref(self.api_version, self.kind, namespace if self.namespaced else "", name)


def _served(api_version: str, namespaced: bool, **plurals: str) -> dict[tuple[str, str], Kind]:
    return {(api_version, kind): Kind(api_version, kind, plural, namespaced) for kind, plural in plurals.items()}


# Kinds that need no discovery request: Kubernetes' own that manifests commonly hold, cert-manager's, and the operators'.
KINDS: Mapping[tuple[str, str], Kind] = {
    **_served("v1", False, Namespace="namespaces", Node="nodes", PersistentVolume="persistentvolumes"),
    **_served(
        "v1",
        True,
        ConfigMap="configmaps",
        Endpoints="endpoints",
        Event="events",
        LimitRange="limitranges",
        PersistentVolumeClaim="persistentvolumeclaims",
        Pod="pods",
        ResourceQuota="resourcequotas",
        Secret="secrets",
        Service="services",
        ServiceAccount="serviceaccounts",
    ),
    **_served("apps/v1", True, DaemonSet="daemonsets", Deployment="deployments", ReplicaSet="replicasets", StatefulSet="statefulsets"),
    **_served("batch/v1", True, CronJob="cronjobs", Job="jobs"),
    **_served("discovery.k8s.io/v1", True, EndpointSlice="endpointslices"),
    **_served("rbac.authorization.k8s.io/v1", True, Role="roles", RoleBinding="rolebindings"),
    **_served("rbac.authorization.k8s.io/v1", False, ClusterRole="clusterroles", ClusterRoleBinding="clusterrolebindings"),
    **_served("apiextensions.k8s.io/v1", False, CustomResourceDefinition="customresourcedefinitions"),
    **_served(
        "admissionregistration.k8s.io/v1",
        False,
        MutatingWebhookConfiguration="mutatingwebhookconfigurations",
        ValidatingWebhookConfiguration="validatingwebhookconfigurations",
    ),
    **_served("storage.k8s.io/v1", False, StorageClass="storageclasses"),
    **_served("policy/v1", True, PodDisruptionBudget="poddisruptionbudgets"),
    **_served("networking.k8s.io/v1", True, NetworkPolicy="networkpolicies"),
    **_served("cert-manager.io/v1", True, Certificate="certificates", Issuer="issuers"),
    **_served("cert-manager.io/v1", False, ClusterIssuer="clusterissuers"),
    **_served("cassandra.datastax.com/v1beta1", True, CassandraDatacenter="cassandradatacenters"),
    **_served("control.k8ssandra.io/v1alpha1", True, CassandraTask="cassandratasks", K8ssandraTask="k8ssandratasks"),
    **_served("config.k8ssandra.io/v1beta1", True, ClientConfig="clientconfigs"),
    **_served("k8ssandra.io/v1alpha1", True, K8ssandraCluster="k8ssandraclusters"),
    **_served("replication.k8ssandra.io/v1alpha1", True, ReplicatedSecret="replicatedsecrets"),
    **_served("reaper.k8ssandra.io/v1alpha1", True, Reaper="reapers"),
    **_served("stargate.k8ssandra.io/v1alpha1", True, Stargate="stargates"),
}


_BY_NAME = {known.kind: known for known in KINDS.values()}


def kind_named(kind: str) -> Kind:
    """The well-known kind of that name. Raises `KeyError` for any other."""
    return _BY_NAME[kind]


def kinds_defined_by(objects: tuple[Object, ...]) -> dict[tuple[str, str], Kind]:
    """The kinds that the CustomResourceDefinitions among `objects` would add to a cluster."""
    found = {}
    for definition in objects:
        if definition.get("kind") != "CustomResourceDefinition":
            continue
        spec = definition["spec"]
        for version in spec["versions"]:
            api_version = f"{spec['group']}/{version['name']}"
            name = spec["names"]["kind"]
            found[(api_version, name)] = Kind(api_version, name, spec["names"]["plural"], spec["scope"] == "Namespaced")
    return found


def ref_of(body: Object, path: str = "definition") -> Ref:
    """The identity written in an object's own body. Raises `SpecError` when it has none."""
    metadata = body.get("metadata") or {}
    for field, value in (("apiVersion", body.get("apiVersion")), ("kind", body.get("kind")), ("metadata.name", metadata.get("name"))):
        if not isinstance(value, str) or not value:
            raise SpecError(f"{path}.{field}", "is missing; every Kubernetes object needs it")
    return Ref(body["apiVersion"], body["kind"], metadata.get("namespace") or "", metadata["name"])
