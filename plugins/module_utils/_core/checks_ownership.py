# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whose the contexts are: names that collide, another control plane, definitions of others, certificates that end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from .bundle import BUNDLE_LABEL
from .cluster import ClusterWish
from .collisions import check_collisions
from .errors import SpecError
from .findings import ERROR, NOTE, WARNING, Fault
from .fleet import Fleet, Survey
from .objects import Object
from .operators import Operator, operators_in
from .plan import FIELD_MANAGER
from .readings import labels_of, name_of, namespace_of
from .times import written

# What our manifests ask of kinds that are there already: the version that must be served.
DEFINITIONS = {
    "k8ssandraclusters.k8ssandra.io": "v1alpha1",
    "cassandradatacenters.cassandra.datastax.com": "v1beta1",
    "clientconfigs.config.k8ssandra.io": "v1beta1",
    "replicatedsecrets.replication.k8ssandra.io": "v1alpha1",
}
_CLUSTER_NAME, _CLUSTER_NAMESPACE = "k8ssandra.io/cluster-name", "k8ssandra.io/cluster-namespace"


def judge_names(fleet: Fleet, survey: Survey) -> tuple[str, Iterator[Fault]]:
    """No object of the cluster would be one of another cluster, or of another of its datacenters, after upstream has cleaned the names."""
    return f"{len(survey.of('CassandraDatacenter'))} CassandraDatacenters are there", _collisions(fleet, survey)


def _collisions(fleet: Fleet, survey: Survey) -> Iterator[Fault]:
    if fleet.wish is None or not fleet.templates(survey):
        return
    context = "" if survey.reading.control_plane else survey.context
    identities = {each.context: each.uid for each in fleet.surveys if each.uid}
    problem = _collision(fleet.wish, {}, identities)
    if problem:
        yield _named_twice(problem, f"option {problem.path}")
        return
    for live in survey.of("CassandraDatacenter"):
        problem = _collision(fleet.wish, {context: [live]}, identities)
        if problem:
            yield _named_twice(problem, f"CassandraDatacenter {namespace_of(live)}/{name_of(live)}")


def _collision(wish: ClusterWish, live: Mapping[str, list[Object]], identities: Mapping[str, str]) -> SpecError | None:
    try:
        check_collisions(wish, live, identities)
    except SpecError as problem:
        return problem
    return None


def _named_twice(problem: SpecError, subject: str) -> Fault:
    why = "cass-operator finds its objects by name: two owners would change and remove each other's"
    what, _semicolon, advice = problem.message.rpartition("; ")
    return Fault(ERROR, subject, f"{problem.path} {what}", why, advice)


def judge_ownership(fleet: Fleet, survey: Survey) -> tuple[str, Iterator[Fault]]:
    """The control plane is the only one, here and in the fleet, and nothing here belongs to another."""
    operators = operators_in(survey.reading)
    shown = [f"{each.operator} {each.version} in {each.namespace}{' (control plane)' if each.control_plane else ''}" for each in operators]
    return ", ".join(shown) or "no operators", _foreign(fleet, survey, operators)


def _foreign(fleet: Fleet, survey: Survey, operators: tuple[Operator, ...]) -> Iterator[Fault]:
    for operator in (each for each in operators if each.control_plane):
        subject = f"Deployment {operator.namespace}/{operator.name}"
        if not survey.reading.control_plane:
            what = f"is a control plane, and the control plane of this fleet is in {fleet.surveys[0].context}"
            why = "two control planes change the same datacenters and undo each other's work"
            advice = f"remove one of the two, or make {survey.context} the control plane of a fleet of its own"
            yield Fault(ERROR, subject, what, why, advice)
        elif operator.namespace != fleet.operators and _both_watch(fleet, operator):
            what = f"is another control plane that watches {', '.join(operator.watches) or 'all namespaces'}"
            why = "two control planes reconcile the same K8ssandraClusters and undo each other's work"
            yield Fault(ERROR, subject, what, why, "remove one of the two, or have them watch other namespaces")
    yield from _others_datacenters(fleet, survey)


def _both_watch(fleet: Fleet, operator: Operator) -> bool:
    return not operator.watches or not fleet.watched or bool(set(operator.watches) & set(fleet.watched))


def _others_datacenters(fleet: Fleet, survey: Survey) -> Iterator[Fault]:
    """Datacenters that a K8ssandraCluster of no control plane of ours made: there is another one, somewhere."""
    control = fleet.surveys[0]
    if not control.reading.reachable or "K8ssandraCluster" in control.unread:
        return
    known = {(namespace_of(body), name_of(body)) for body in control.of("K8ssandraCluster")}
    for body in survey.of("CassandraDatacenter"):
        owner = (labels_of(body).get(_CLUSTER_NAMESPACE, ""), labels_of(body).get(_CLUSTER_NAME, ""))
        watched = not fleet.watched or namespace_of(body) in fleet.watched
        if all(owner) and owner not in known and watched:
            what = f"belongs to the K8ssandraCluster {owner[0]}/{owner[1]}, which {control.context} does not have"
            why = "another control plane made it, or one of this fleet was lost: both would change what is here"
            advice = "find that control plane first, and take this context out of its fleet or of yours"
            yield Fault(ERROR, f"CassandraDatacenter {namespace_of(body)}/{name_of(body)}", what, why, advice)


def judge_definitions(fleet: Fleet, survey: Survey) -> tuple[str, Iterator[Fault]]:
    """The operators' kinds, where they are there, are ours, and serve the versions that are used."""
    there = [name_of(body) for body in survey.of("CustomResourceDefinition") if name_of(body) in DEFINITIONS]
    return f"{len(there)} of the {len(DEFINITIONS)} that were looked for are there", _definitions(survey)


def _definitions(survey: Survey) -> Iterator[Fault]:
    for body in survey.of("CustomResourceDefinition"):
        wanted = DEFINITIONS.get(name_of(body))
        if wanted is None:
            continue
        subject = f"CustomResourceDefinition {name_of(body)}"
        served = [version["name"] for version in (body.get("spec") or {}).get("versions") or () if version.get("served")]
        if wanted not in served:
            what = f"serves {', '.join(served) or 'nothing'} and not {wanted}"
            why = "the operators and their objects use that version: these definitions are too old, or too new"
            yield Fault(ERROR, subject, what, why, "upgrade the operators that brought it, step by step")
        # Those of a release that Helm made for us carry no label of ours: we applied them ourselves.
        if BUNDLE_LABEL not in labels_of(body) and FIELD_MANAGER not in _managers(body):
            what = f"was not installed by this collection but by {_managers(body)}"
            why = "installing over it meets its owner's fields, and whoever brought it may change it back or remove it with its objects"
            advice = "take over what is there on purpose, or leave its fields with k8ssandra_force_conflicts only when nobody else uses it"
            yield Fault(WARNING, subject, what, why, advice)


def _managers(body: Object) -> str:
    release = (body["metadata"].get("annotations") or {}).get("meta.helm.sh/release-name")
    entries = [entry for entry in body["metadata"].get("managedFields") or () if not entry.get("subresource")]
    managers = dict.fromkeys(str(entry.get("manager")) for entry in entries)
    return f"the Helm release {release}" if release else ", ".join(managers) or "somebody else"


def judge_certificates(fleet: Fleet, survey: Survey) -> tuple[str, Iterator[Fault]]:
    """Nothing that a log-in, the API server or a webhook needs ends soon."""
    known = [ending.expires for ending in survey.endings if ending.expires is not None]
    return f"{len(survey.endings)} looked at, the first ends {written(min(known))[:10] if known else 'never'}", _endings(fleet, survey)


def _endings(fleet: Fleet, survey: Survey) -> Iterator[Fault]:
    for ending in survey.endings:
        if ending.expires is None:
            continue
        left = ending.expires - fleet.now
        if left <= 0:
            yield Fault(ERROR, ending.subject, f"ended at {written(ending.expires)}", ending.why, ending.advice)
        elif left < fleet.days * 86400:
            what = f"ends at {written(ending.expires)}, {f'in {left / 86400:.0f} days' if left > 86400 else 'within a day'}"
            yield Fault(WARNING, ending.subject, what, ending.why, ending.advice)


def judge_cert_manager(fleet: Fleet, survey: Survey) -> tuple[str, Iterator[Fault]]:
    """cert-manager is there and serves: an Issuer was accepted by a dry run."""
    return survey.cert_manager or "its kinds are served, and a dry run of an Issuer was accepted", _without_certificates(fleet, survey)


def _without_certificates(fleet: Fleet, survey: Survey) -> Iterator[Fault]:
    why = "it issues the certificates of the operators' webhooks, without which they refuse to start"
    if survey.cert_manager and fleet.brings_cert_manager:
        yield Fault(NOTE, "cert-manager", survey.cert_manager, why, "nothing: it is installed before the operators are")
    elif survey.cert_manager:
        advice = "install cert-manager in this cluster, or look at its webhook's pods"
        yield Fault(ERROR, "cert-manager", survey.cert_manager, why, advice)
