# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The inventory of a fleet that was read: which variable says what, and where it stands."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .adoption import Fleet, Place, datacenters_by_host
from .adoption_words import Variable, annotations_said, spec_said, without_secrets
from .names import client_config_name
from .operators import K8SSANDRA

DEFAULT_NAMESPACE = "k8ssandra-operator"
UPSTREAMS_CHART = {"chart": "k8ssandra-operator", "chart_repository": "https://helm.k8ssandra.io/stable"}
UPSTREAMS_BASE = "github.com/k8ssandra/k8ssandra-operator/config/deployments"
# What the inventory says of the control plane by its group.
_SAID_BY_GROUP = "controlPlane"
Section = tuple[str, dict[str, Any]]


@dataclass(frozen=True)
class Sources:
    """Where the operators came from, which no cluster tells. What is empty is upstream's."""

    chart: str = ""
    chart_repository: str = ""
    kustomize: str = ""


@dataclass(frozen=True)
class Inventory:
    """An inventory as values.

    Args:
        control_plane: the control plane's host.
        data_planes: the hosts that run datacenters, or could.
        group: the variables of all hosts, in sections with a comment each.
        hosts: the variables of each host.
        secrets: the variables that stand where secrets were found.
    """

    control_plane: str
    data_planes: tuple[str, ...]
    group: tuple[Section, ...] = field(repr=False)
    hosts: Mapping[str, dict[str, Any]] = field(repr=False)
    secrets: tuple[Variable, ...] = ()

    @property
    def tree(self) -> dict[str, Any]:
        """Hosts and groups."""
        data_planes: dict[str, Any] = {host: {} for host in self.data_planes}
        groups = {"k8ssandra_control_plane": {"hosts": {self.control_plane: {}}}, "k8ssandra_data_planes": {"hosts": data_planes}}
        return {"k8ssandra": {"children": groups}}


def inventory_of(fleet: Fleet, sources: Sources) -> Inventory:
    """The inventory of a fleet that has passed `check_fleet`."""
    secrets: list[Variable] = []
    datacenters = datacenters_by_host(fleet)
    installed = {host: _installation(host, place, sources, secrets) for host, place in fleet.hosts.items() if place.operators}
    common = {key: value for key, value in next(iter(installed.values()), {}).items() if _everywhere(key, value, installed)}
    hosts: dict[str, dict[str, Any]] = {}
    for host, place in fleet.hosts.items():
        own = {key: value for key, value in installed.get(host, {}).items() if key not in common}
        hosts[host] = {**_reach(fleet, host, place), **_registration(fleet, host, place, secrets), **_kept(own)}
        if datacenters[host]:
            hosts[host]["k8ssandra_datacenters"], found = without_secrets(datacenters[host], f"{host}_datacenters")
            secrets += found
    group = (
        ("", {"ansible_connection": "local", "ansible_python_interpreter": Variable("ansible_playbook_python", "")}),
        ("", {"k8ssandra_kubeconfig": fleet.control.kubeconfig}),
        ("Where the operators run, and what they watch.", _scope(fleet)),
        ("How the operators were installed. Empty resources keep what was installed.", _kept(common)),
        ("The cluster, without its datacenters: those are in host_vars/.", _cluster(fleet, secrets)),
    )
    control = fleet.host(fleet.control)
    remote = tuple(fleet.host(place) for place in fleet.remotes)
    data_planes = (control, *remote) if datacenters[control] else remote
    return Inventory(control, data_planes, tuple(section for section in group if section[1]), hosts, tuple(secrets))


def _everywhere(key: str, value: Any, installed: Mapping[str, Mapping[str, Any]]) -> bool:
    return all(key in one and one[key] == value for one in installed.values())


def _kept(variables: Mapping[str, Any]) -> dict[str, Any]:
    """Without what says nothing; empty resources do say something."""
    return {key: value for key, value in variables.items() if value not in ("", None, {}) or key == "k8ssandra_operator_resources"}


def _reach(fleet: Fleet, host: str, place: Place) -> dict[str, Any]:
    return {
        **({"k8ssandra_kubeconfig": place.kubeconfig} if place.kubeconfig != fleet.control.kubeconfig else {}),
        **({"k8ssandra_context": place.access.context} if place.access.context != host else {}),
        "k8ssandra_cluster_uid": place.uid,
    }


def _registration(fleet: Fleet, host: str, place: Place, secrets: list[Variable]) -> dict[str, Any]:
    registered = fleet.registration(place) if place is not fleet.control else None
    if registered is None or registered.ours:
        return {}
    said: dict[str, Any] = {"k8ssandra_credential": "adopted"}
    if registered.client_config != client_config_name(registered.context):
        said["k8ssandra_client_config"] = registered.client_config
    # What the operator reaches the context by, for the day when the credential is to be managed.
    theirs, mine = registered.access.cluster if registered.access else {}, place.access.cluster
    for key, variable in (("server", "server"), ("tls-server-name", "tls_server_name"), ("proxy-url", "proxy_url")):
        if theirs.get(key) and theirs[key] != mine.get(key):
            said[f"k8ssandra_{variable}"] = theirs[key]
    authority = theirs.get("certificate-authority-data")
    if "k8ssandra_server" in said and authority and authority != mine.get("certificate-authority-data"):
        said["k8ssandra_ca_cert"] = base64.b64decode(str(authority)).decode()
    said, found = without_secrets(said, host)
    secrets += found
    return dict(said)


def _installation(host: str, place: Place, sources: Sources, secrets: list[Variable]) -> dict[str, Any]:
    if place.release:
        given = {key: value for key, value in place.release.values.items() if key != _SAID_BY_GROUP}
        values, found = without_secrets(given, f"{host}_values")
        secrets += found
        upstream = not sources.chart
        return {
            "k8ssandra_installer": "helm",
            "k8ssandra_chart": UPSTREAMS_CHART["chart"] if upstream else sources.chart,
            "k8ssandra_chart_repository": UPSTREAMS_CHART["chart_repository"] if upstream else sources.chart_repository,
            "k8ssandra_chart_version": place.release.version,
            "k8ssandra_release_name": place.release.name,
            "k8ssandra_chart_values": values,
            "k8ssandra_operator_resources": {},
        }
    operator = place.operator(K8SSANDRA)
    base = sources.kustomize or f"{UPSTREAMS_BASE}?ref={operator.version if operator else ''}"
    if place.ours:
        return {"k8ssandra_kustomize": base, "k8ssandra_operator_resources": place.resources.get(K8SSANDRA) or {}}
    return {"k8ssandra_kustomize": base, "k8ssandra_adopted": True, "k8ssandra_operator_resources": {}}


def _scope(fleet: Fleet) -> dict[str, Any]:
    operator, said = fleet.control.operator(), {}
    if operator and operator.name != K8SSANDRA:
        said["k8ssandra_operator_deployment"] = operator.name
    if fleet.namespace != DEFAULT_NAMESPACE:
        said["k8ssandra_namespace"] = fleet.namespace
    namespace = (fleet.cluster or {}).get("metadata", {}).get("namespace") or fleet.namespace
    if namespace != fleet.namespace:
        said["k8ssandra_cluster_namespace"] = namespace
    watches = operator.watches if operator else ()
    if not watches:
        return {**said, "k8ssandra_cluster_scoped": True}
    return said if watches == (fleet.namespace,) else {**said, "k8ssandra_watch_namespaces": list(watches)}


def _cluster(fleet: Fleet, secrets: list[Variable]) -> dict[str, Any]:
    if fleet.cluster is None:
        return {}
    said: dict[str, Any] = {"name": fleet.cluster["metadata"]["name"]}
    if annotations_said(fleet.cluster):
        said["annotations"] = annotations_said(fleet.cluster)
    said["spec"] = spec_said(fleet.cluster)
    without, found = without_secrets(said, "cluster")
    secrets += found
    return {"k8ssandra_cluster": without}
