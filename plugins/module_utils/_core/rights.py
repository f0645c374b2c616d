# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rights that our roles use in a context: what is done with which kind, where, and why.

`tests/integration/test_teardown.py` compares this table with what API servers logged of whole runs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .identity import Right
from .objects import Object

# Where a right is used: in all namespaces or on what has none, in the operators' namespace, in those of the cluster's objects.
EVERYWHERE, OPERATORS, CLUSTERS = "everywhere", "operators", "clusters"
BOTH, CONTROL, DATA = "both planes", "control plane", "data plane"
_KEEP = ("get", "list", "create", "patch", "delete")
_LOOK = ("get", "list")
_RBAC, _ADMISSION = "rbac.authorization.k8s.io", "admissionregistration.k8s.io"


@dataclass(frozen=True)
class Need:
    """One row of the table.

    Args:
        right: what is done with which resources.
        where: `EVERYWHERE`, `OPERATORS` or `CLUSTERS`.
        plane: where it is needed.
        why: what needs it.
        optional: a role that lacks it does without; it is not asked for.
        installer: what installs the operators where it is needed; empty for either way.
    """

    right: Right
    where: str
    plane: str
    why: str
    optional: bool = False
    installer: str = ""


def _need(group: str, resources: str, verbs: Iterable[str], where: str, plane: str, why: str, optional: bool = False) -> Need:
    return Need(Right(group, tuple(resources.split()), tuple(verbs)), where, plane, why, optional)


_INSTALL = "install_operator applies it, uninstall_operator removes it"
_LOST = "uninstall_operator removes a namespace of ours only when nothing of anybody else's is in it"
_LEFT = "uninstall_operator removes a kind only when no object of it is left"
_LABELLED = "uninstall_operator finds what belongs to the operators by their label"
_CLEAN = "remove_cluster removes what upstream forgets of a cluster"
_PREFLIGHT = "preflight looks at it, or says that it could not"
_PROBES = "preflight tries ways and storage by pods and claims, and removes them"
_ASK = "install_operator and register_contexts ask the operators' webhooks by a dry run"
_USERS = f"unregister_contexts asks who uses a context; {_LEFT}"
_REGISTER = "register_contexts keeps the account of the control plane in a data plane, and its rights"

NEEDS: tuple[Need, ...] = (
    Need(Right("", ("secrets",), (*_KEEP, "update")), OPERATORS, BOTH, "Helm keeps its releases in Secrets", installer="helm"),
    _need("", "namespaces", _KEEP, EVERYWHERE, BOTH, "install_operator and deploy_cluster make the namespaces that are missing"),
    _need("apiextensions.k8s.io", "customresourcedefinitions", _KEEP, EVERYWHERE, BOTH, _INSTALL),
    _need(_RBAC, "clusterroles clusterrolebindings", _KEEP, EVERYWHERE, BOTH, _INSTALL),
    _need(_ADMISSION, "mutatingwebhookconfigurations validatingwebhookconfigurations", _KEEP, EVERYWHERE, BOTH, _INSTALL),
    _need("", "configmaps secrets serviceaccounts services", _KEEP, OPERATORS, BOTH, _INSTALL),
    _need("apps", "deployments", _KEEP, OPERATORS, BOTH, _INSTALL),
    _need(_RBAC, "roles rolebindings", _KEEP, OPERATORS, BOTH, _INSTALL),
    _need("cert-manager.io", "certificates issuers", _KEEP, OPERATORS, BOTH, _INSTALL),
    _need("", "pods", ("list",), OPERATORS, BOTH, "install_operator says why the operators' pods do not come up"),
    _need("cassandra.datastax.com", "cassandradatacenters", ("create",), OPERATORS, BOTH, _ASK),
    _need("k8ssandra.io", "k8ssandraclusters", ("create",), OPERATORS, CONTROL, _ASK),
    _need("", "serviceaccounts/token", ("create",), OPERATORS, DATA, "register_contexts has tokens issued for the control plane"),
    _need(_RBAC, "roles rolebindings clusterroles clusterrolebindings serviceaccounts", ("list",), EVERYWHERE, DATA, _REGISTER, True),
    _need("config.k8ssandra.io", "clientconfigs", _KEEP, OPERATORS, CONTROL, "register_contexts tells the operator of the data planes"),
    _need("k8ssandra.io", "k8ssandraclusters", _KEEP, CLUSTERS, CONTROL, "deploy_cluster applies it, remove_cluster removes it"),
    _need("k8ssandra.io", "k8ssandraclusters", ("list",), EVERYWHERE, BOTH, _USERS),
    _need("replication.k8ssandra.io", "replicatedsecrets", ("list",), EVERYWHERE, BOTH, _USERS),
    _need("control.k8ssandra.io", "k8ssandratasks", ("list",), EVERYWHERE, BOTH, _USERS),
    _need("cassandra.datastax.com", "cassandradatacenters", _LOOK, CLUSTERS, BOTH, "deploy_cluster and report_status read the datacenters"),
    _need("control.k8ssandra.io", "cassandratasks", ("list",), CLUSTERS, BOTH, "report_status reads rebuilds"),
    _need("", "pods persistentvolumeclaims events", ("list",), CLUSTERS, BOTH, "deploy_cluster says why nodes do not come up"),
    _need("apps", "statefulsets", ("list",), CLUSTERS, BOTH, "deploy_cluster says why nodes do not come up"),
    _need("", "configmaps endpoints services", ("list", "delete"), CLUSTERS, BOTH, _CLEAN),
    _need("discovery.k8s.io", "endpointslices", ("list", "delete"), CLUSTERS, BOTH, _CLEAN),
    _need("", "configmaps", ("list",), EVERYWHERE, BOTH, _CLEAN),
    _need("discovery.k8s.io", "endpointslices", ("list",), EVERYWHERE, BOTH, _CLEAN),
    _need("", "persistentvolumeclaims endpoints events limitranges resourcequotas", ("list",), OPERATORS, BOTH, _LOST),
    _need("apps", "statefulsets daemonsets replicasets", ("list",), OPERATORS, BOTH, _LOST),
    _need("batch", "cronjobs jobs", ("list",), OPERATORS, BOTH, _LOST),
    _need("discovery.k8s.io", "endpointslices", ("list",), OPERATORS, BOTH, _LABELLED),
    _need("networking.k8s.io", "networkpolicies", ("list",), OPERATORS, BOTH, _LABELLED),
    _need("policy", "poddisruptionbudgets", ("list",), OPERATORS, BOTH, _LABELLED),
    _need("", "nodes persistentvolumes", ("list",), EVERYWHERE, BOTH, _LABELLED),
    _need("storage.k8s.io", "storageclasses", ("list",), EVERYWHERE, BOTH, _LABELLED),
    _need("cert-manager.io", "clusterissuers", ("list",), EVERYWHERE, BOTH, _LABELLED),
    _need("cassandra.datastax.com", "cassandradatacenters", ("list",), EVERYWHERE, BOTH, _LEFT),
    _need("config.k8ssandra.io", "clientconfigs", ("list",), EVERYWHERE, BOTH, _LEFT),
    _need("control.k8ssandra.io", "cassandratasks scheduledtasks", ("list",), EVERYWHERE, BOTH, _LEFT),
    _need("reaper.k8ssandra.io", "reapers", ("list",), EVERYWHERE, BOTH, _LEFT),
    _need("stargate.k8ssandra.io", "stargates", ("list",), EVERYWHERE, BOTH, _LEFT),
    _need(
        "medusa.k8ssandra.io",
        "medusabackupjobs medusabackups medusabackupschedules medusaconfigurations medusarestorejobs medusatasks",
        ("list",), EVERYWHERE, BOTH, _LEFT,
    ),
    _need("cert-manager.io", "issuers", ("create",), EVERYWHERE, BOTH, "preflight asks cert-manager by a dry run", True),
    _need("", "pods services", ("list",), EVERYWHERE, BOTH, _PREFLIGHT, True),
    _need("apps", "deployments", ("list",), EVERYWHERE, BOTH, _PREFLIGHT, True),
    _need("networking.k8s.io", "servicecidrs", ("list",), EVERYWHERE, BOTH, _PREFLIGHT, True),
    _need("", "limitranges resourcequotas", ("list",), CLUSTERS, BOTH, _PREFLIGHT, True),
    _need("", "pods persistentvolumeclaims", _KEEP, EVERYWHERE, BOTH, _PROBES, True),
)  # fmt: skip


@dataclass(frozen=True)
class Question:
    """One right in one place; an empty namespace stands for all, and for kinds that have none."""

    group: str
    resource: str
    verb: str
    namespace: str
    why: str

    @property
    def review(self) -> Object:
        """The question as an API server takes it."""
        resource, _slash, subresource = self.resource.partition("/")
        named = {"group": self.group, "resource": resource, "subresource": subresource, "verb": self.verb, "namespace": self.namespace}
        asked = {key: value for key, value in named.items() if value}
        return {"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview", "spec": {"resourceAttributes": asked}}


# Whoever may do everything is not asked for each right.
EVERYTHING = Question("*", "*", "*", "", "")


def questions(control_plane: bool, operators: str, clusters: Iterable[str], installer: str = "kustomize") -> tuple[Question, ...]:
    """What has to be asked in one context, each once.

    Args:
        control_plane: whether it is the control plane.
        operators: the operators' namespace.
        clusters: the namespaces of the K8ssandraCluster, in the control plane, and of the datacenters.
        installer: what installs the operators, `kustomize` or `helm`.
    """
    places: Mapping[str, tuple[str, ...]] = {EVERYWHERE: ("",), OPERATORS: (operators,), CLUSTERS: tuple(clusters)}
    planes = (BOTH, CONTROL if control_plane else DATA)
    found: dict[tuple[str, str, str, str], Question] = {}
    for need in NEEDS:
        if need.optional or need.plane not in planes or need.installer not in ("", installer):
            continue
        for resource in need.right.resources:
            for namespace in places[need.where]:
                for verb in need.right.verbs:
                    found.setdefault(
                        (need.right.group, resource, verb, namespace), Question(need.right.group, resource, verb, namespace, need.why)
                    )
    return tuple(found.values())


def lacking(refused: Iterable[Question]) -> tuple[str, ...]:
    """What is refused, a line a kind and place: the verbs, the kind, where, and after a semicolon why they are needed."""
    rows: dict[tuple[str, str, str], list[str]] = {}
    reasons: dict[tuple[str, str, str], str] = {}
    for question in refused:
        key = (f"{question.resource}.{question.group}".rstrip("."), question.namespace, question.why)
        rows.setdefault(key, []).append(question.verb)
        reasons[key] = question.why
    return tuple(
        f"{', '.join(verbs)} {key[0]} in {f'namespace {key[1]}' if key[1] else 'the whole cluster'}; {reasons[key]}"
        for key, verbs in rows.items()
    )


def unlisted(uses: Iterable[Mapping[str, Any]], control_plane: bool, operators: str, clusters: Iterable[str]) -> Iterator[str]:
    """What was used and is in no row.

    Args:
        uses: each with `group`, `resource` (with its subresource), `verb` and `namespace`, as an audit log has them.
    """
    planes, kept = (BOTH, CONTROL if control_plane else DATA), tuple(clusters)
    for use in uses:
        there = {EVERYWHERE: True, OPERATORS: use["namespace"] == operators, CLUSTERS: use["namespace"] in kept}
        rows = [need.right for need in NEEDS if need.plane in planes and there[need.where] and need.right.group == use["group"]]
        if not any(use["resource"] in right.resources and use["verb"] in right.verbs for right in rows):
            yield f"{use['verb']} {use['resource']}.{use['group']}".rstrip(".") + f" in {use['namespace'] or 'all namespaces'}"
