# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A fleet that somebody installed by hand, as it was read: which context is which, by what only one cluster has."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from .adopted import Account
from .adoption_words import datacenters_said
from .errors import SpecError
from .kubeconfig import Access
from .objects import Object
from .operators import CASS, K8SSANDRA, Operator

# Hosts name files of the inventory.
_HOST = re.compile(r"[\w@][\w.@:+-]*(/[\w@][\w.@:+-]*)*")


@dataclass(frozen=True)
class Release:
    """A Helm release of the operators. The values are those that a user gave, not the chart's own."""

    name: str
    namespace: str
    chart: str
    version: str
    values: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Place:
    """One context as it was read.

    Args:
        name: as the user called it; messages say it.
        access: how we reach it; its file is `kubeconfig`.
        uid: that of its `kube-system` namespace.
        operators: those that run there.
        resources: the `resources` of each operator's container, by operator.
        release: the Helm release that brought them; None when none did.
        ours: they carry the label of a bundle of this collection.
    """

    name: str
    access: Access
    kubeconfig: str
    uid: str
    operators: tuple[Operator, ...] = ()
    resources: Mapping[str, Any] = field(default_factory=dict)
    release: Release | None = None
    ours: bool = False

    def operator(self, name: str = K8SSANDRA) -> Operator | None:
        """One of the two operators; None when it is not there."""
        return next((one for one in self.operators if one.operator == name), None)

    @property
    def versions(self) -> str:
        """Both operators with their versions, for people."""
        found = [one for one in (self.operator(K8SSANDRA), self.operator(CASS)) if one]
        return " and ".join(f"{one.operator} {one.version or one.image}" for one in found)


@dataclass(frozen=True)
class Registered:
    """One ClientConfig of the control plane.

    Args:
        context: the context that it registers, as K8ssandraClusters name it.
        client_config, secret: the names of the two objects.
        access: how the operator reaches it; None when that cannot be read.
        account: whose token it logs in with; None when it logs in otherwise.
        problem: why it cannot be read.
        ours: this collection made it.
        leads_to: the given context that it leads to; empty when it is none of them.
        evidence: how that is known.
    """

    context: str
    client_config: str
    secret: str
    access: Access | None = None
    account: Account | None = None
    problem: str = ""
    ours: bool = False
    leads_to: str = ""
    evidence: str = ""


@dataclass(frozen=True)
class Fleet:
    """What was read of all contexts.

    Args:
        control: the control plane.
        remotes: the data planes.
        registered: the control plane's ClientConfigs.
        cluster: the K8ssandraCluster that is adopted; None when there is none.
        others: other K8ssandraClusters, as NAMESPACE/NAME.
    """

    control: Place
    remotes: tuple[Place, ...] = ()
    registered: tuple[Registered, ...] = ()
    cluster: Object | None = field(default=None, repr=False)
    others: tuple[str, ...] = ()

    @property
    def places(self) -> tuple[Place, ...]:
        """All contexts, the control plane first."""
        return (self.control, *self.remotes)

    def registration(self, place: Place) -> Registered | None:
        """The ClientConfig that leads to a context."""
        return next((one for one in self.registered if one.leads_to == place.name), None)

    def host(self, place: Place) -> str:
        """What the inventory calls a context: a data plane as K8ssandraClusters do, or its datacenters would be moved."""
        registered = self.registration(place) if place is not self.control else None
        return registered.context if registered else place.name

    @property
    def hosts(self) -> dict[str, Place]:
        """All contexts by what the inventory calls them."""
        return {self.host(place): place for place in self.places}

    @property
    def namespace(self) -> str:
        """The operators' namespace: the control plane's counts."""
        operator = self.control.operator()
        return operator.namespace if operator else ""


def same_server(registered: Access, given: Access, authority: str) -> bool:
    """Whether a registration and a given context name the same server and the same certificate authority.

    Args:
        authority: the given context's authority in base64, read from its file where it names one.
    """
    theirs = registered.cluster.get("certificate-authority-data")
    return bool(authority) and theirs == authority and registered.server.rstrip("/") == given.server.rstrip("/")


def leading(registered: Registered, place: str, evidence: str) -> Registered:
    """The registration with what was found out about where it leads."""
    return replace(registered, leads_to=place, evidence=evidence)


def check_fleet(fleet: Fleet) -> None:
    """Raise `SpecError` for what no inventory could say."""
    _check_distinct(fleet.places)
    known: dict[str, Place] = {}
    for place in fleet.places:
        host = fleet.host(place)
        if host in known:
            raise SpecError("contexts", f"{place.name} and {known[host].name} would both be host {host}; call one of them otherwise")
        if not _HOST.fullmatch(host):
            raise SpecError("contexts", f"{place.name} is registered as {host!r}, which cannot be the name of a host and of its file")
        known[host] = place
    operator = fleet.control.operator()
    if operator is None:
        raise SpecError("context", f"{fleet.control.name} runs no k8ssandra-operator; name the context of the control plane")
    if not operator.control_plane:
        raise SpecError("context", f"{fleet.control.name} runs k8ssandra-operator as a data plane; name the context of the control plane")
    _check_datacenters(fleet)


def datacenters_by_host(fleet: Fleet) -> dict[str, list[Mapping[str, Any]]]:
    """The datacenters of the cluster without their `k8sContext`, by the host that holds them. Raises `KeyError` for an unknown one."""
    found: dict[str, list[Mapping[str, Any]]] = {host: [] for host in fleet.hosts}
    for template in datacenters_said(fleet.cluster or {"apiVersion": ""}):
        host = template.get("k8sContext") or fleet.host(fleet.control)
        found[host].append({key: value for key, value in template.items() if key != "k8sContext"})
    return found


def stated_datacenters(cluster: Object | None) -> Sequence[Mapping[str, Any]]:
    """The datacenters that a K8ssandraCluster names."""
    return (((cluster or {}).get("spec") or {}).get("cassandra") or {}).get("datacenters") or ()


def _check_distinct(places: Sequence[Place]) -> None:
    seen: dict[str, str] = {}
    for place in places:
        if place.uid in seen:
            raise SpecError("contexts", f"{seen[place.uid]} and {place.name} are the same cluster (UID {place.uid}); name it once")
        seen[place.uid] = place.name


def _check_datacenters(fleet: Fleet) -> None:
    remote = {fleet.host(place) for place in fleet.remotes}
    for template in stated_datacenters(fleet.cluster):
        context, name = str(template.get("k8sContext") or ""), template["metadata"]["name"]
        if not context or context in remote:
            continue
        registered = next((one for one in fleet.registered if one.context == context), None)
        if registered and registered.leads_to == fleet.control.name:
            raise SpecError("context", f"registers itself as {context}, where datacenter {name} is; an inventory cannot say that yet")
        found = f"lacks the context of datacenter {name}, which the K8ssandraCluster calls {context}"
        raise SpecError("contexts", f"{found}; name every context that holds a datacenter")
