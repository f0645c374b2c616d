# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The account that the control plane uses in a remote cluster: its objects there, with no more rights than it needs."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .objects import Kind, Object, Ref, kind_named

_RBAC = "rbac.authorization.k8s.io"
_READ = ("get", "list", "watch")
SERVICE_ACCOUNT = "k8ssandra-control-plane"
MANAGED_BY = {"app.kubernetes.io/managed-by": "k8ssandra.operator", "app.kubernetes.io/part-of": "k8ssandra"}


@dataclass(frozen=True)
class Right:
    """One rule: resources of an API group, what may be done with them, and what for."""

    group: str
    resources: tuple[str, ...]
    verbs: tuple[str, ...]
    why: str

    @property
    def rule(self) -> dict[str, list[str]]:
        """The rule as a Role has it."""
        return {"apiGroups": [self.group], "resources": list(self.resources), "verbs": list(self.verbs)}


# What k8ssandra-operator v1.26.0 to v1.31.0 asks of remote clusters, from every call on a remote client in its `controllers/` and
# `pkg/`. Its clients read through caches, so what is read is listed and watched too. The CronJobs are Medusa's purge, made by
# v1.26.0 and only removed later; `restricted` is what OpenShift asks for besides. Up to v1.24 the seeds are Endpoints, which newer ones
# only remove: an upgrade begins with an older one, tried with v1.20.0.
RIGHTS = (
    Right(
        "cassandra.datastax.com", ("cassandradatacenters",), (*_READ, "create", "update", "patch", "delete"),
        "the operator keeps the datacenters of its clusters",
    ),
    Right("stargate.k8ssandra.io", ("stargates",), (*_READ, "create", "update", "delete"), "the operator keeps the datacenters' Stargates"),
    Right("reaper.k8ssandra.io", ("reapers",), (*_READ, "create", "update", "delete"), "the operator keeps the datacenters' Reapers"),
    Right("control.k8ssandra.io", ("cassandratasks",), (*_READ, "create", "delete"), "the operator rebuilds, restarts and cleans up nodes"),
    Right(
        "medusa.k8ssandra.io", ("medusabackupschedules",), (*_READ, "create", "update", "delete"),
        "the operator purges Medusa's backups on a schedule",
    ),
    Right("", ("secrets",), (*_READ, "create", "update", "delete"), "the operator copies the superuser's password and other Secrets"),
    Right(
        "", ("configmaps",), (*_READ, "create", "update", "patch", "delete"),
        "the operator writes the configuration of Medusa, Reaper and Vector",
    ),
    Right("", ("pods",), _READ, "the operator finds the addresses of nodes, and the pods to ask for management"),
    Right("", ("services",), (*_READ, "delete"), "the operator asks nodes for management, and removes what it made earlier"),
    Right(
        "", ("endpoints", "endpoints/restricted"), (*_READ, "create", "update", "delete"),
        "the operator up to v1.24 writes the seeds of other datacenters",
    ),
    Right(
        "discovery.k8s.io", ("endpointslices", "endpointslices/restricted"), (*_READ, "create", "update", "delete"),
        "the operator writes the seeds of other datacenters",
    ),
    Right("apps", ("deployments",), (*_READ, "delete"), "the operator removes Medusa's and Stargate's Deployments"),
    Right("batch", ("cronjobs",), (*_READ, "create", "update", "delete"), "the operator up to v1.26 purges Medusa's backups"),
    Right(
        "monitoring.coreos.com", ("servicemonitors",), (*_READ, "create", "update", "delete"),
        "the operator has Prometheus look at nodes, where telemetry asks for it",
    ),
)  # fmt: skip

# The kinds an identity may consist of, in the order in which they are removed.
IDENTITY_KINDS: tuple[Kind, ...] = tuple(
    kind_named(name) for name in ("ClusterRoleBinding", "RoleBinding", "ClusterRole", "Role", "ServiceAccount")
)


@dataclass(frozen=True)
class Identity:
    """A ServiceAccount of ours in one remote cluster.

    Args:
        namespace: the ServiceAccount's namespace.
        name: the ServiceAccount's name.
        watched: the namespaces that the control plane watches.
        cluster_scoped: it watches all namespaces; `watched` does not matter.
    """

    namespace: str
    name: str
    watched: tuple[str, ...] = ()
    cluster_scoped: bool = False

    @property
    def subject(self) -> str:
        """The user name that the API server gives the account."""
        return f"system:serviceaccount:{self.namespace}:{self.name}"

    @property
    def account(self) -> Ref:
        """The ServiceAccount itself."""
        return kind_named("ServiceAccount").ref(self.name, self.namespace)

    @property
    def namespaces(self) -> tuple[str, ...]:
        """The namespaces in which it has rights; an empty name stands for all."""
        return ("",) if self.cluster_scoped else tuple(dict.fromkeys(self.watched or (self.namespace,)))

    @property
    def labels(self) -> Mapping[str, str]:
        """The labels by which its objects are found again, wherever an earlier run put them."""
        instance = f"{self.namespace}.{self.name}"
        if len(instance) > 63:
            instance = f"{instance[:54]}-{hashlib.sha256(instance.encode()).hexdigest()[:8]}"
        return {**MANAGED_BY, "app.kubernetes.io/component": "control-plane-access", "app.kubernetes.io/instance": instance}

    @property
    def token_path(self) -> str:
        """Where the API server issues its tokens."""
        return f"{kind_named('ServiceAccount').path(self.namespace, self.name)}/token"

    def objects(self) -> tuple[Object, ...]:
        """Its objects, in the order in which they are made."""
        account = self._body("ServiceAccount", self.name, self.namespace)
        return (account, *(body for namespace in self.namespaces for body in self._grant(namespace)))

    def _grant(self, namespace: str) -> tuple[Object, Object]:
        scope = "" if namespace else "Cluster"
        name = self.name if namespace else f"{self.namespace}-{self.name}"
        role = {**self._body(f"{scope}Role", name, namespace), "rules": [right.rule for right in RIGHTS]}
        binding = {
            **self._body(f"{scope}RoleBinding", name, namespace),
            "roleRef": {"apiGroup": _RBAC, "kind": f"{scope}Role", "name": name},
            "subjects": [{"kind": "ServiceAccount", "name": self.name, "namespace": self.namespace}],
        }
        return role, binding

    def _body(self, kind: str, name: str, namespace: str) -> dict[str, Any]:
        metadata = {"name": name, **({"namespace": namespace} if namespace else {}), "labels": dict(self.labels)}
        return {"apiVersion": kind_named(kind).api_version, "kind": kind, "metadata": metadata}


def token_request(seconds: int) -> Object:
    """Asks for a token of that lifetime; the API server may give a shorter one."""
    return {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {"expirationSeconds": seconds}}


def access_review(right: Right, verb: str, namespace: str) -> Object:
    """Asks whether whoever asks has a right; an empty namespace stands for all of them."""
    resource = right.resources[0]
    attributes = {"group": right.group, "resource": resource, "verb": verb, "namespace": namespace}
    asked = {key: value for key, value in attributes.items() if value}
    return {"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview", "spec": {"resourceAttributes": asked}}
