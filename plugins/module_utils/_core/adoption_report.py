# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is said of a fleet that was read: what is there, what a run leaves as it is, what it changes when asked, what it cannot do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .adoption import Fleet, Place, Registered
from .adoption_inventory import Inventory, Sources
from .adoption_words import managers_of_spec
from .operators import K8SSANDRA
from .plan import FIELD_MANAGER
from .times import written

FOUND, KEPT, ASKED, CANNOT, MISSING = "found", "left as it is", "changed when asked", "cannot be managed", "to be filled in"


@dataclass(frozen=True)
class Finding:
    """One thing that a user wants to know.

    Args:
        context: the host that it is about; empty for the whole fleet.
        verdict: what a run does about it.
        what: one sentence.
    """

    context: str
    verdict: str
    what: str

    def __str__(self) -> str:
        return f"{self.context + ': ' if self.context else ''}{self.verdict}: {self.what}"

    def describe(self) -> dict[str, str]:
        """The finding as a module returns it."""
        return {"context": self.context, "verdict": self.verdict, "what": self.what}


def report(fleet: Fleet, inventory: Inventory, sources: Sources) -> tuple[Finding, ...]:
    """All findings, context by context, then those of the whole fleet."""
    return (
        *(finding for host, place in fleet.hosts.items() for finding in _of_place(fleet, host, place, sources)),
        *_of_registrations(fleet),
        *_of_cluster(fleet),
        *(
            Finding("", MISSING, f"{variable.path} may be a secret and was not written: set {variable.name}, in a vault for example")
            for variable in inventory.secrets
        ),
    )


def _of_place(fleet: Fleet, host: str, place: Place, sources: Sources) -> Iterator[Finding]:
    if place.name != host:
        yield Finding(host, FOUND, f"the context {place.name}; the host has the name by which the control plane knows it")
    operator = place.operator(K8SSANDRA)
    if operator is None:
        yield Finding(host, FOUND, "no k8ssandra-operator; a run installs it")
        return
    role = "the control plane" if operator.control_plane else "a data plane"
    scope = f"watching {', '.join(operator.watches)}" if operator.watches else "watching all namespaces"
    yield Finding(host, FOUND, f"{place.versions} in namespace {operator.namespace} as {role}, {scope}, {_installed(place)}")
    if operator.control_plane is not (place is fleet.control):
        yield Finding(host, ASKED, "it is a control plane too; as a data plane in the inventory, a run makes it one")
    own = fleet.control.operator()
    if own is not None and operator.namespace != own.namespace:
        yield Finding(host, CANNOT, f"the operators are in {operator.namespace}, and in {own.namespace} in {fleet.control.name}")
    if own is not None and operator.watches != own.watches and (operator.watches, own.watches) != ((operator.namespace,), (own.namespace,)):
        yield Finding(host, CANNOT, f"what it watches is not what {fleet.control.name} watches; an inventory says one for all")
    yield from _of_operators(host, place, sources)


def _installed(place: Place) -> str:
    if place.release:
        return f"by the Helm release {place.release.name} of the chart {place.release.chart} {place.release.version}"
    return "by this collection" if place.ours else "by kubectl or Kustomize"


def _of_operators(host: str, place: Place, sources: Sources) -> Iterator[Finding]:
    source = sources.chart if place.release else sources.kustomize
    option = "k8ssandra_chart" if place.release else "k8ssandra_kustomize"
    if not source and not place.ours:
        yield Finding(host, CANNOT, f"no cluster tells where the operators came from; {option} says upstream's place, to be corrected")
    if place.ours:
        return
    what = "the release, while the chart renders" if place.release else "the operators, while the base renders"
    yield Finding(host, KEPT, f"{what} what is there")
    if not (place.resources.get(K8SSANDRA) or {}).get("limits"):
        yield Finding(host, ASKED, "the operators have no memory limit; remove k8ssandra_operator_resources for this collection's")


def _of_registrations(fleet: Fleet) -> Iterator[Finding]:
    for place in fleet.remotes:
        if fleet.registration(place) is None:
            yield Finding(fleet.host(place), FOUND, "no ClientConfig leads to it; a run registers it")
    for registered in fleet.registered:
        yield from _of_registration(fleet, registered)


def _of_registration(fleet: Fleet, registered: Registered) -> Iterator[Finding]:
    named = f"ClientConfig {registered.client_config} (context {registered.context})"
    if not registered.leads_to:
        why = registered.problem or "it leads to none of the contexts given"
        yield Finding("", CANNOT, f"{named}: {why}; a run leaves it alone")
        return
    if registered.leads_to == fleet.control.name:
        yield Finding("", CANNOT, f"{named} leads to the control plane itself; a run leaves it alone")
        return
    account = registered.account
    whom = f"as {account.ref} with a token that {account.token}" if account else "without a service account"
    until = f" at {written(account.expires)}" if account and account.expires is not None else ""
    leads = f"{named} with Secret {registered.secret} leads here, by {registered.evidence}, {whom}{until}"
    yield Finding(registered.context, FOUND if registered.ours else KEPT, leads)
    if not registered.ours:
        advice = "for an account of few rights and a token that ends, remove k8ssandra_credential and say once "
        yield Finding(registered.context, ASKED, f"{advice}-e register_contexts_force_conflicts=true; one operator restart")


def _of_cluster(fleet: Fleet) -> Iterator[Finding]:
    for other in fleet.others:
        yield Finding("", CANNOT, f"K8ssandraCluster {other} is another one; an inventory has one, so adopt it into a folder of its own")
    if fleet.cluster is None:
        yield Finding("", MISSING, "there is no K8ssandraCluster; write k8ssandra_cluster before a run of site")
        return
    metadata = fleet.cluster["metadata"]
    named = f"K8ssandraCluster {metadata['namespace']}/{metadata['name']}"
    yield Finding("", KEPT, f"{named}, in the words of whoever applied it; its labels and what the operator added are not in the inventory")
    managers = sorted(set(managers_of_spec(fleet.cluster)) - {FIELD_MANAGER})
    if managers:
        who = ", ".join(managers)
        advice = f"fields of it belong to {who}: a run that changes one says so and stops, unless -e deploy_cluster_force_conflicts=true"
        yield Finding("", ASKED, advice)
