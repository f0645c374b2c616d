# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The objects that install something: how what was rendered becomes what we want, and when it is all there."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .installation import Installation, settle
from .objects import KINDS, Object, Ref, ref_of
from .verdict import Verdict

# Every object of a bundle carries this label, so that ours can be told from everybody else's, listed in one request a kind, and removed.
BUNDLE_LABEL = "k8ssandra.operator/bundle"
# By which webhooks ask for a CA: as the namespace and name of a Certificate, or, cert-manager's own, of a Secret.
_INJECT_ANNOTATIONS = ("cert-manager.io/inject-ca-from", "cert-manager.io/inject-ca-from-secret")

# Upstream's order matters: what others need comes first, webhooks come last, or they would refuse what follows while nobody answers.
_ORDER = ("Namespace", "CustomResourceDefinition", "ServiceAccount", "Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding",
          "ConfigMap", "Secret", "Service", "Issuer", "Certificate", "Deployment")  # fmt: skip
_LAST = len(_ORDER)


@dataclass(frozen=True)
class Bundle:
    """What tells the objects of one installation from those of another.

    Args:
        mark: the value of the label that they carry.
        namespace: where those of them are that live in a namespace; empty when they are in several.
        what: what they install, for messages.
    """

    mark: str
    namespace: str
    what: str


def operators_in(namespace: str) -> Bundle:
    """The bundle of the operators: the value of its label is their namespace."""
    return Bundle(namespace, namespace, "the operators")


def flavour(control_plane: bool, cluster_scoped: bool) -> str:
    """The folder of upstream's `config/deployments` for a role and a scope."""
    return ("control-plane" if control_plane else "data-plane") + ("/cluster-scope" if cluster_scoped else "")


def shape(rendered: Iterable[Object], wish: Installation) -> tuple[Object, ...]:
    """The rendered objects as this installation wants them, in the order in which they are applied."""

    def settled(body: dict[str, Any]) -> dict[str, Any]:
        if body["kind"] == "Namespace" and wish.namespace_labels:
            body["metadata"]["labels"] = {**(body["metadata"].get("labels") or {}), **wish.namespace_labels}
        return settle(body, wish)

    return arrange(rendered, wish.namespaces, operators_in(wish.namespace).mark, settled)


def arrange(
    rendered: Iterable[Object], namespaces: Sequence[str], mark: str, settle_one: Callable[[dict[str, Any]], dict[str, Any]]
) -> tuple[Object, ...]:
    """The rendered objects in the order in which they are applied.

    Args:
        namespaces: the one that they move to from the one that they were rendered in, and further ones that have to be there.
        mark: the value of the bundle's label.
        settle_one: gives one object the settings of the installation.
    """
    bodies = [changeable(body) for body in rendered if body]
    rendered_in = next((str(body["metadata"]["name"]) for body in bodies if body.get("kind") == "Namespace"), "")
    moved = [_move(body, rendered_in, namespaces[0]) for body in bodies]
    there = {body["metadata"]["name"] for body in moved if body["kind"] == "Namespace"}
    moved += [namespace_body(name) for name in namespaces if name not in there]
    return tuple(sorted((_label(settle_one(body), mark) for body in moved), key=_rank))


def changeable(body: Object) -> dict[str, Any]:
    """A copy to be changed in place; of a definition's specification, the most of a bundle by far, nothing is ever changed."""
    fixed = "spec" if body.get("kind") == "CustomResourceDefinition" else ""
    return {key: value if key == fixed else copy.deepcopy(value) for key, value in body.items()}


def namespace_body(name: str, labels: Mapping[str, str] | None = None) -> dict[str, Any]:
    """A namespace with nothing but these labels."""
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, **({"labels": dict(labels)} if labels else {})}}


def as_adopted(wanted: Iterable[Object], found: Mapping[Ref, Object]) -> tuple[Object, ...]:
    """The objects as they are wanted of somebody else's installation: what is there without the bundle's label does not get it."""
    return tuple(_without_label(body) if _is_unlabelled(found.get(ref_of(body))) else body for body in wanted)


def _is_unlabelled(live: Object | None) -> bool:
    return live is not None and live["kind"] != "Namespace" and BUNDLE_LABEL not in (live["metadata"].get("labels") or {})


def _without_label(body: Object) -> Object:
    labels = {key: value for key, value in body["metadata"]["labels"].items() if key != BUNDLE_LABEL}
    metadata = {key: value for key, value in body["metadata"].items() if key != "labels"}
    return {**body, "metadata": {**metadata, **({"labels": labels} if labels else {})}}


def definitions(bodies: Iterable[Object]) -> tuple[Object, ...]:
    """The custom resource definitions among the objects."""
    return tuple(body for body in bodies if body["kind"] == "CustomResourceDefinition")


def needs_cert_manager(bodies: Iterable[Object]) -> bool:
    """Whether the objects hold any of cert-manager's kinds."""
    return any(str(body["apiVersion"]).startswith("cert-manager.io/") for body in bodies)


def readiness(context: str, wanted: Iterable[Object], found: Mapping[Ref, Object]) -> Verdict:
    """Whether everything that takes time is there: kinds served, operators running, certificates issued and trusted by the API server."""
    waiting = [reason for body in wanted if (reason := _unready(ref_of(body), found.get(ref_of(body))))]
    lines = tuple(f"{context}: {reason}" for reason in waiting)
    return Verdict(not waiting, waiting[0] if waiting else "", context=context, lines=lines)


def webhook_probes(wish: Installation) -> tuple[Object, ...]:
    """Valid objects for a dry-run creation: an answer, even a refusal, proves that the operators' webhooks serve.

    A data plane registers the K8ssandraCluster webhook too and serves none (k8ssandra-operator v1.26.0,
    config/components/data-plane), so only a control plane is asked.
    """
    storage = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    metadata = {"name": "webhook-probe", "namespace": wish.namespace}
    datacenter = {
        "apiVersion": "cassandra.datastax.com/v1beta1", "kind": "CassandraDatacenter", "metadata": metadata,
        "spec": {"clusterName": "webhook-probe", "serverType": "cassandra", "serverVersion": "4.1.8", "size": 1,
                 "managementApiAuth": {"insecure": {}}, "storageConfig": {"cassandraDataVolumeClaimSpec": storage}},
    }  # fmt: skip
    cluster = {
        "apiVersion": "k8ssandra.io/v1alpha1", "kind": "K8ssandraCluster", "metadata": metadata,
        "spec": {"cassandra": {"serverVersion": "4.1.8", "datacenters": [{"metadata": {"name": "dc1"}, "size": 1}],
                               "storageConfig": {"cassandraDataVolumeClaimSpec": storage}}},
    }  # fmt: skip
    return (datacenter, cluster) if wish.control_plane else (datacenter,)


def _rank(body: Object) -> tuple[int, str]:
    kind = str(body["kind"])
    return (_ORDER.index(kind) if kind in _ORDER else _LAST, kind)


def _move(body: dict[str, Any], old: str, new: str) -> dict[str, Any]:
    """The same object in another namespace: also where bindings, webhooks and certificates name the namespace."""
    metadata = body["metadata"]
    if body["kind"] == "Namespace" and metadata["name"] == old:
        metadata["name"] = new
    known = KINDS.get((body["apiVersion"], body["kind"]))
    if known is not None and not known.namespaced:
        # Upstream's cluster-scope component makes ClusterRoles of Roles and leaves their namespace in place.
        metadata.pop("namespace", None)
    elif known is not None and metadata.get("namespace", old) == old:
        metadata["namespace"] = new
    annotations = metadata.get("annotations") or {}
    for source in _INJECT_ANNOTATIONS:
        if annotations.get(source, "").startswith(f"{old}/"):
            annotations[source] = annotations[source].replace(f"{old}/", f"{new}/", 1)
    for place in _namespaced_references(body):
        if place.get("namespace") == old:
            place["namespace"] = new
    if body["kind"] == "Certificate":
        body["spec"]["dnsNames"] = [name.replace(f".{old}.svc", f".{new}.svc") for name in body["spec"]["dnsNames"]]
    return body


def _namespaced_references(body: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    yield from body.get("subjects") or ()
    for webhook in body.get("webhooks") or ():
        yield webhook.get("clientConfig", {}).get("service") or {}


def _label(body: dict[str, Any], mark: str) -> dict[str, Any]:
    body["metadata"]["labels"] = {**(body["metadata"].get("labels") or {}), BUNDLE_LABEL: mark}
    return body


def _unready(ref: Ref, found: Object | None) -> str:
    judge = _JUDGES.get(ref.kind)
    if judge is None:
        return ""
    return judge(found) and f"{ref}: {judge(found)}" if found is not None else f"{ref} is not there"


def _unestablished(definition: Object) -> str:
    return "" if _condition(definition, "Established") == "True" else "is not served yet"


def _unavailable(deployment: Object) -> str:
    status, wanted = deployment.get("status") or {}, deployment["spec"].get("replicas", 1)
    if status.get("observedGeneration", 0) < deployment["metadata"].get("generation", 0):
        return "its controller has not seen the change yet"
    ready = min(status.get("updatedReplicas", 0), status.get("availableReplicas", 0))
    if ready < wanted or status.get("replicas", 0) > wanted:
        return f"{ready} of {wanted} pods available"
    return ""


def _unissued(certificate: Object) -> str:
    return "" if _condition(certificate, "Ready") == "True" else "is not issued yet; cert-manager does that"


def _untrusted(configuration: Object) -> str:
    injected = any(source in (configuration["metadata"].get("annotations") or {}) for source in _INJECT_ANNOTATIONS)
    bare = [webhook["name"] for webhook in configuration.get("webhooks") or () if not webhook["clientConfig"].get("caBundle")]
    return f"webhook {bare[0]} has no caBundle yet; cert-manager's CA injector writes it" if injected and bare else ""


def _condition(body: Object, name: str) -> str:
    conditions = (body.get("status") or {}).get("conditions") or ()
    return next((str(entry.get("status")) for entry in conditions if entry.get("type") == name), "Unknown")


_JUDGES = {
    "CustomResourceDefinition": _unestablished,
    "Deployment": _unavailable,
    "Certificate": _unissued,
    "MutatingWebhookConfiguration": _untrusted,
    "ValidatingWebhookConfiguration": _untrusted,
}
