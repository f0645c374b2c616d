# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rights that our roles use in a context: what is done with which kind, where, and why.

A preflight asks for each (`rights_asked.py`), manifests grant each (`rights_granted.py`), and `tests/integration/test_teardown.py`
compares the table with what API servers logged of whole runs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from .identity import Right
from .objects import Object

# Where a right is used: in all namespaces or on what has none, or in the namespaces of a `Scope` that are called so.
EVERYWHERE, OPERATORS, CLUSTERS, WATCHED = "everywhere", "operators", "clusters", "watched"
PROBES, CERT_MANAGER, DEFAULT = "probes", "cert-manager", "default"
BOTH, CONTROL, DATA = "both planes", "control plane", "data plane"
_KEEP = ("get", "list", "create", "patch", "delete")
_LOOK = ("get", "list")
_GIVE = ("escalate", "bind")
# Who distributes the cluster, as `control_plane` of k8ssandra_cluster says it, and what the collection then distributes besides Cassandra.
OPERATOR, ANSIBLE = "operator", "ansible"
REAPER, MEDUSA = "reaper", "medusa"
_RBAC, _ADMISSION = "rbac.authorization.k8s.io", "admissionregistration.k8s.io"


@dataclass(frozen=True)
class Need:
    """One row of the table.

    Args:
        right: what is done with which resources, and what needs it.
        where: `EVERYWHERE`, `OPERATORS` and so on.
        plane: where it is needed.
        optional: a role that lacks it does without; it is not asked for.
        only: the installation that needs it, ``helm`` or ``cert-manager``, or distribution, ``operator``, ``ansible`` or what the
            latter distributes; empty for all.
    """

    right: Right
    where: str
    plane: str
    optional: bool = False
    only: str = ""


def _need(
    group: str, resources: str, verbs: Iterable[str], where: str, plane: str, why: str, optional: bool = False, only: str = ""
) -> Need:
    return Need(Right(group, tuple(resources.split()), tuple(verbs), why), where, plane, optional, only)


_INSTALL = "install_operator applies it, uninstall_operator removes it"
_GIVEN = "Kubernetes lets nobody give rights that he lacks; with these, install_operator and register_contexts give what the operators need"
_LOST = "uninstall_operator removes a namespace of ours only when nothing of anybody else's is in it"
_LEFT = "uninstall_operator removes a kind only when no object of it is left"
_LABELLED = "uninstall_operator finds what belongs to the operators by their label"
_CLEAN = "remove_cluster removes what upstream forgets of a cluster"
_EMPTY = "remove_cluster removes a namespace of ours only when nothing of anybody else's is in it"
_PREFLIGHT = "preflight looks at it, or says that it could not"
_PROBES = "preflight tries ways and storage by pods and claims, and removes them"
_TELL = "register_contexts tells the operator of the data planes"
_DEPLOY = "deploy_cluster applies it, remove_cluster removes it"
_ASK = "install_operator and register_contexts ask the operators' webhooks by a dry run"
_USERS = "unregister_contexts asks who uses a context"
_TOKEN = "register_contexts has tokens issued for the control plane"
_REGISTER = "register_contexts keeps the account of the control plane in a data plane, and its rights"
_HELD = "deploy_cluster and report_status look for the task that an update which is held back has used up"
_RECORDS = "deploy_cluster and report_status look for the records of clusters that the collection distributes"
_DISTRIBUTE = "deploy_cluster distributes the cluster itself, remove_cluster removes it"
_NODES = "deploy_cluster asks nodes for keyspaces and alters them, through the API server's proxy"
_REGISTERED = "unregister_contexts looks for a registration"
_REFERRED = "deploy_cluster reads what Medusa refers to"
_MOVE = "move_control_plane takes the cluster from the operator, or gives it back"
_CERTIFY = "install_cert_manager applies it, uninstall_cert_manager removes it"
_CERTIFIED = "uninstall_cert_manager finds what belongs to cert-manager by its label, wherever that is"

NEEDS: tuple[Need, ...] = (
    _need("", "secrets", (*_KEEP, "update"), OPERATORS, BOTH, "Helm keeps its releases in Secrets", only="helm"),
    _need("apps", "deployments", ("list",), EVERYWHERE, BOTH, "uninstall_operator asks who else needs the definitions", only="helm"),
    _need("", "namespaces", _KEEP, EVERYWHERE, BOTH, "install_operator and deploy_cluster make the namespaces that are missing"),
    _need("apiextensions.k8s.io", "customresourcedefinitions", _KEEP, EVERYWHERE, BOTH, _INSTALL),
    _need(_RBAC, "clusterroles clusterrolebindings", _KEEP, EVERYWHERE, BOTH, _INSTALL),
    _need(_RBAC, "clusterroles", _GIVE, EVERYWHERE, BOTH, _GIVEN),
    _need(_ADMISSION, "mutatingwebhookconfigurations validatingwebhookconfigurations", _KEEP, EVERYWHERE, BOTH, _INSTALL),
    _need("", "configmaps secrets serviceaccounts services", _KEEP, OPERATORS, BOTH, _INSTALL),
    _need("apps", "deployments", _KEEP, OPERATORS, BOTH, _INSTALL),
    _need(_RBAC, "roles rolebindings", _KEEP, OPERATORS, BOTH, _INSTALL),
    _need(_RBAC, "roles", _GIVE, OPERATORS, BOTH, _GIVEN),
    _need("cert-manager.io", "certificates issuers", _KEEP, OPERATORS, BOTH, _INSTALL),
    _need("cert-manager.io", "issuers", ("create",), DEFAULT, BOTH, "install_operator and preflight ask cert-manager by a dry run"),
    _need("", "pods", ("list",), OPERATORS, BOTH, "install_operator says why the operators' pods do not come up"),
    _need("cassandra.datastax.com", "cassandradatacenters", ("create",), OPERATORS, BOTH, _ASK),
    _need("k8ssandra.io", "k8ssandraclusters", ("create",), OPERATORS, CONTROL, _ASK),
    _need("", "serviceaccounts/token", ("create",), OPERATORS, DATA, _TOKEN, only=OPERATOR),
    _need(_RBAC, "roles rolebindings", _KEEP, WATCHED, DATA, _REGISTER, only=OPERATOR),
    _need(_RBAC, "roles", _GIVE, WATCHED, DATA, _GIVEN, only=OPERATOR),
    _need(_RBAC, "roles rolebindings", _LOOK, WATCHED, DATA, _REGISTERED, only=ANSIBLE),
    _need(_RBAC, "roles rolebindings", ("list",), EVERYWHERE, DATA, _REGISTER, True),
    _need("config.k8ssandra.io", "clientconfigs", _KEEP, OPERATORS, CONTROL, _TELL, only=OPERATOR),
    _need("config.k8ssandra.io", "clientconfigs", _LOOK, OPERATORS, CONTROL, _REGISTERED, only=ANSIBLE),
    _need("k8ssandra.io", "k8ssandraclusters", _KEEP, CLUSTERS, CONTROL, _DEPLOY, only=OPERATOR),
    _need("", "configmaps secrets", _KEEP, CLUSTERS, BOTH, _DISTRIBUTE, only=ANSIBLE),
    _need("discovery.k8s.io", "endpointslices", _KEEP, CLUSTERS, BOTH, _DISTRIBUTE, only=ANSIBLE),
    _need("cassandra.datastax.com", "cassandradatacenters", _KEEP, CLUSTERS, BOTH, _DISTRIBUTE, only=ANSIBLE),
    _need("control.k8ssandra.io", "cassandratasks", _KEEP, CLUSTERS, BOTH, _DISTRIBUTE, only=ANSIBLE),
    _need("reaper.k8ssandra.io", "reapers", _KEEP, CLUSTERS, BOTH, _DISTRIBUTE, only=REAPER),
    _need("", "persistentvolumeclaims", ("get", "delete"), CLUSTERS, BOTH, "remove_cluster removes Reaper's volumes", only=REAPER),
    _need("batch", "cronjobs", _KEEP, OPERATORS, BOTH, _DISTRIBUTE, only=MEDUSA),
    _need("batch", "cronjobs", ("list",), EVERYWHERE, BOTH, _DISTRIBUTE, only=MEDUSA),
    _need("medusa.k8ssandra.io", "medusaconfigurations", ("get",), CLUSTERS, CONTROL, _REFERRED, only=MEDUSA),
    _need("monitoring.coreos.com", "servicemonitors", _KEEP, CLUSTERS, BOTH, _DISTRIBUTE, only=ANSIBLE),
    _need("", "pods/proxy", ("get", "create"), CLUSTERS, BOTH, _NODES, only=ANSIBLE),
    _need("k8ssandra.io", "k8ssandraclusters", ("get", "create", "patch", "delete"), CLUSTERS, CONTROL, _MOVE, True, ANSIBLE),
    _need("k8ssandra.io", "k8ssandraclusters/status", ("patch",), CLUSTERS, CONTROL, _MOVE, True, ANSIBLE),
    _need("replication.k8ssandra.io", "replicatedsecrets", ("get", "patch", "delete"), CLUSTERS, CONTROL, _MOVE, True, ANSIBLE),
    _need("reaper.k8ssandra.io", "reapers", ("get",), CLUSTERS, BOTH, _MOVE, True, ANSIBLE),
    _need("batch", "cronjobs", ("get",), OPERATORS, BOTH, _MOVE, True, ANSIBLE),
    _need("k8ssandra.io", "k8ssandraclusters", ("list",), EVERYWHERE, BOTH, f"{_USERS}; {_LEFT}"),
    _need("replication.k8ssandra.io", "replicatedsecrets", ("list",), EVERYWHERE, BOTH, f"{_USERS}; {_LEFT}"),
    _need("control.k8ssandra.io", "k8ssandratasks", ("list",), EVERYWHERE, BOTH, f"{_USERS}; {_LEFT}; {_HELD}"),
    _need("cassandra.datastax.com", "cassandradatacenters", _LOOK, CLUSTERS, BOTH, "deploy_cluster and report_status read the datacenters"),
    _need("control.k8ssandra.io", "cassandratasks", ("list",), CLUSTERS, BOTH, "report_status reads rebuilds"),
    _need("", "pods persistentvolumeclaims events", ("list",), CLUSTERS, BOTH, "deploy_cluster says why nodes do not come up"),
    _need("apps", "statefulsets", ("list",), CLUSTERS, BOTH, "deploy_cluster says why nodes do not come up"),
    _need("", "configmaps services", ("list", "delete"), CLUSTERS, BOTH, _CLEAN),
    _need("discovery.k8s.io", "endpointslices", ("list", "delete"), CLUSTERS, BOTH, _CLEAN),
    _need("apps", "deployments daemonsets", ("list",), CLUSTERS, BOTH, _EMPTY),
    _need("batch", "cronjobs jobs", ("list",), CLUSTERS, BOTH, _EMPTY),
    _need("", "configmaps", ("list",), EVERYWHERE, BOTH, f"{_CLEAN}; {_RECORDS}"),
    _need("discovery.k8s.io", "endpointslices", ("list",), EVERYWHERE, BOTH, _CLEAN),
    _need("", "persistentvolumeclaims events limitranges resourcequotas", ("list",), OPERATORS, BOTH, _LOST),
    _need("apps", "statefulsets daemonsets replicasets", ("list",), OPERATORS, BOTH, _LOST),
    _need("batch", "cronjobs jobs", ("list",), OPERATORS, BOTH, _LOST),
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
    _need("", "configmaps serviceaccounts services", _KEEP, CERT_MANAGER, BOTH, _CERTIFY, only=CERT_MANAGER),
    _need("apps", "deployments", _KEEP, CERT_MANAGER, BOTH, _CERTIFY, only=CERT_MANAGER),
    _need(_RBAC, "roles rolebindings", _KEEP, CERT_MANAGER, BOTH, _CERTIFY, only=CERT_MANAGER),
    _need(_RBAC, "roles", _GIVE, CERT_MANAGER, BOTH, _GIVEN, only=CERT_MANAGER),
    _need(
        "", "configmaps events limitranges persistentvolumeclaims pods resourcequotas secrets serviceaccounts services",
        ("list",), EVERYWHERE, BOTH, _CERTIFIED, only=CERT_MANAGER,
    ),
    _need("apps", "daemonsets deployments replicasets statefulsets", ("list",), EVERYWHERE, BOTH, _CERTIFIED, only=CERT_MANAGER),
    _need("batch", "cronjobs jobs", ("list",), EVERYWHERE, BOTH, _CERTIFIED, only=CERT_MANAGER),
    _need(_RBAC, "roles rolebindings", ("list",), EVERYWHERE, BOTH, _CERTIFIED, only=CERT_MANAGER),
    _need("cert-manager.io", "certificates issuers", ("list",), EVERYWHERE, BOTH, _CERTIFIED, only=CERT_MANAGER),
    _need("networking.k8s.io", "networkpolicies", ("list",), EVERYWHERE, BOTH, _CERTIFIED, only=CERT_MANAGER),
    _need("policy", "poddisruptionbudgets", ("list",), EVERYWHERE, BOTH, _CERTIFIED, only=CERT_MANAGER),
    _need("", "pods services", ("list",), EVERYWHERE, BOTH, _PREFLIGHT, True),
    _need("apps", "deployments", ("list",), EVERYWHERE, BOTH, _PREFLIGHT, True),
    _need("networking.k8s.io", "servicecidrs", ("list",), EVERYWHERE, BOTH, _PREFLIGHT, True),
    _need("", "limitranges resourcequotas", ("list",), CLUSTERS, BOTH, _PREFLIGHT, True),
    _need("", "pods", ("create",), CLUSTERS, BOTH, "preflight asks by a dry run whether the datacenters' pods would be accepted", True),
    _need("", "pods persistentvolumeclaims", _KEEP, PROBES, BOTH, _PROBES, True),
)  # fmt: skip


@dataclass(frozen=True)
class Scope:
    """Where our roles work in one context, and with what.

    Args:
        control_plane: whether it is the control plane.
        operators: the operators' namespace.
        clusters: the namespaces of the cluster, in the control plane and wherever the collection distributes it, and of the datacenters.
        watched: the namespaces that the control plane watches; empty for all.
        installer: what installs the operators, `kustomize` or `helm`.
        cert_manager: the namespace of the cert-manager that is installed; empty when somebody else brings it.
        probes: the namespace of a preflight's pods; empty when it makes one with a name of its own.
        distributed_by: who distributes the cluster, `operator` or `ansible`.
        add_ons: what the cluster has besides Cassandra, as `add_ons_in` says.
    """

    control_plane: bool
    operators: str
    clusters: tuple[str, ...] = ()
    watched: tuple[str, ...] = ()
    installer: str = "kustomize"
    cert_manager: str = ""
    probes: str = ""
    distributed_by: str = OPERATOR
    add_ons: tuple[str, ...] = ()

    def places(self, where: str) -> tuple[str, ...]:
        """The namespaces that a row means; an empty name stands for all."""
        return {
            EVERYWHERE: ("",), OPERATORS: (self.operators,), CLUSTERS: self.clusters, WATCHED: self.watched, DEFAULT: ("default",),
            PROBES: (self.probes,), CERT_MANAGER: (self.cert_manager, "kube-system"),
        }[where]  # fmt: skip

    def needs(self) -> Iterator[Need]:
        """The rows that hold here."""
        used = {"", self.installer, self.distributed_by, *((CERT_MANAGER,) if self.cert_manager else ())}
        used |= set(self.add_ons if self.distributed_by == ANSIBLE else ())
        planes = (BOTH, CONTROL if self.control_plane else DATA)
        return (need for need in NEEDS if need.plane in planes and need.only in used)


def add_ons_in(spec: Object) -> tuple[str, ...]:
    """The add-ons of a cluster, by its `spec`, for which its distribution takes rights of its own."""
    return tuple(name for name in (REAPER, MEDUSA) if spec.get(name) is not None)
