"""Objects as API servers of the lab return them, cut down to what our code reads; every builder takes what a test wants different."""

from __future__ import annotations

import base64
import copy
import gzip
import json
from collections.abc import Mapping, Sequence
from typing import Any

from plugins.module_utils._core.hashes import RESOURCE_HASH, SECRET_HASH, client_config_hash, secret_hash
from tests.unit.fakes import jwt

NAMESPACE = "k8ssandra-operator"
OWNED = {"k8ssandra.io/cluster-name": "demo", "k8ssandra.io/cluster-namespace": NAMESPACE}
LONG_AGO = "2026-01-01T00:00:00Z"


def conditions(**states: bool | str) -> list[dict[str, Any]]:
    """A status' conditions; a text is the message of one that is False."""
    return [
        {"type": name, "status": str(state is True), "lastTransitionTime": LONG_AGO, **({"message": state} if isinstance(state, str) else {})}
        for name, state in states.items()
    ]


def body(kind: str, api_version: str, name: str, *, labels: Mapping[str, str] | None = None, **parts: Any) -> dict[str, Any]:
    """Any object; `metadata` among the parts is merged with what is built."""
    metadata = {"name": name, "namespace": NAMESPACE, "generation": 1, "creationTimestamp": LONG_AGO, "labels": dict(labels or {})}
    return {"apiVersion": api_version, "kind": kind, **parts, "metadata": {**metadata, **parts.get("metadata", {})}}


def template(name: str, context: str, **more: Any) -> dict[str, Any]:
    """An entry of `spec.cassandra.datacenters`."""
    return {"metadata": {"name": name}, "size": 1, "k8sContext": context, **more}


def datacenter_status(*, ready: bool = True, stopped: bool = False, generation: int = 1, **more: Any) -> dict[str, Any]:
    """A CassandraDatacenter's status."""
    return {
        "cassandraOperatorProgress": "Ready" if ready or stopped else "Updating",
        "conditions": conditions(Ready=ready and not stopped, Stopped=stopped, Initialized=True, Valid=True),
        "observedGeneration": generation,
        "nodeStatuses": {},
        **more,
    }


def datacenter(name: str, *, size: int = 1, spec: Mapping[str, Any] | None = None, **status: Any) -> dict[str, Any]:
    """A CassandraDatacenter of the cluster `demo`."""
    found = datacenter_status(**status)
    wish = {"clusterName": "demo", "size": size, **(spec or {})}
    return body("CassandraDatacenter", "cassandra.datastax.com/v1beta1", name, labels=OWNED, spec=wish, status=found)


def pod(datacenter_name: str, index: int = 0, *, up: bool = True, status: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """A Cassandra pod."""
    labels = {
        "cassandra.datastax.com/cluster": "demo",
        "cassandra.datastax.com/datacenter": datacenter_name,
        "cassandra.datastax.com/rack": "default",
        "cassandra.datastax.com/node-state": "Started" if up else "Starting",
    }
    there = {"phase": "Running", "podIP": f"10.51.0.{index + 5}", "conditions": conditions(Ready=up, Initialized=True, PodScheduled=True)}
    return body("Pod", "v1", f"demo-{datacenter_name}-default-sts-{index}", labels=labels, status={**there, **(status or {})})


def waiting(reason: str, message: str = "it says why", **more: Any) -> dict[str, Any]:
    """A pod's status in which the container `cassandra` waits."""
    container = {"name": "cassandra", "image": "k8ssandra/cass-management-api:5.0.6", "restartCount": 0}
    return {"containerStatuses": [{**container, "state": {"waiting": {"reason": reason, "message": message}}, **more}]}


def unschedulable(message: str) -> dict[str, Any]:
    """A pod's status that no node takes it."""
    return {"conditions": [{**conditions(PodScheduled=message)[0], "reason": "Unschedulable"}], "phase": "Pending"}


def rebuild(datacenter_name: str, **status: Any) -> dict[str, Any]:
    """The task that streams data into a new datacenter."""
    spec = {"datacenter": {"name": datacenter_name, "namespace": NAMESPACE}}
    return body("CassandraTask", "control.k8ssandra.io/v1alpha1", f"{datacenter_name}-rebuild", spec=spec, status=status)


def claim(datacenter_name: str, *, phase: str = "Pending", **spec: Any) -> dict[str, Any]:
    """A node's PersistentVolumeClaim."""
    labels = {"cassandra.datastax.com/cluster": "demo", "cassandra.datastax.com/datacenter": datacenter_name}
    name = f"server-data-demo-{datacenter_name}-default-sts-0"
    return body("PersistentVolumeClaim", "v1", name, labels=labels, spec=spec, status={"phase": phase})


def stateful_set(datacenter_name: str, *, made: int = 0) -> dict[str, Any]:
    """A rack's StatefulSet of one replica."""
    labels = {"cassandra.datastax.com/cluster": "demo", "cassandra.datastax.com/datacenter": datacenter_name}
    return body("StatefulSet", "apps/v1", f"demo-{datacenter_name}-default-sts", labels=labels, spec={"replicas": 1}, status={"replicas": made})


def event(about: Mapping[str, Any], reason: str, message: str, last: str = LONG_AGO) -> dict[str, Any]:
    """A warning about an object, first seen long ago."""
    involved = {"kind": about["kind"], "name": about["metadata"]["name"], "namespace": NAMESPACE}
    return {"reason": reason, "message": message, "involvedObject": involved, "firstTimestamp": LONG_AGO, "lastTimestamp": last}


def cluster(*templates: Mapping[str, Any], status: Mapping[str, Any] | None = None, spec: Mapping[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """The K8ssandraCluster `demo`, reconciled without an error and with every datacenter ready unless `status` says otherwise."""
    copies = {one["metadata"]["name"]: {"contextName": one.get("k8sContext", ""), "cassandra": datacenter_status()} for one in templates}
    settled = {"conditions": conditions(CassandraInitialized=True), "datacenters": copies, "error": "None", "observedGeneration": 1}
    wish = {"cassandra": {"datacenters": list(templates)}, **(spec or {})}
    return body("K8ssandraCluster", "k8ssandra.io/v1alpha1", "demo", spec=wish, status={**settled, **(status or {})}, **more)


def definition(
    kind: str,
    *,
    group: str = "k8ssandra.io",
    spec: Mapping[str, Any] | None = None,
    versions: Sequence[str] = ("v1",),
    stored: Sequence[str] = ("v1",),
) -> dict[str, Any]:
    """The definition of a kind whose objects have such a `spec`."""
    schema = {"openAPIV3Schema": {"type": "object", "properties": {"spec": dict(spec or {})}}}
    served = [{"name": name, "served": True, "storage": name == stored[-1], "schema": schema} for name in versions]
    plural = f"{kind.lower()}s"
    known = {"group": group, "names": {"kind": kind, "plural": plural}, "scope": "Namespaced", "versions": served}
    metadata = {"name": f"{plural}.{group}", "generation": 1}
    status = {"storedVersions": list(stored), "conditions": conditions(Established=True)}
    whole = {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": metadata}
    return {**whole, "spec": known, "status": status}


def operator(
    name: str = "k8ssandra-operator", *, control_plane: bool = False, ready: bool = True, watch: str | None = None, version: str = "v1.26.0"
) -> dict[str, Any]:
    """The Deployment of an operator; it watches its own namespace unless `watch` lists others."""
    own = {"valueFrom": {"fieldRef": {"fieldPath": "metadata.namespace"}}}
    env = [{"name": "WATCH_NAMESPACE", **(own if watch is None else {"value": watch})}]
    env += [{"name": "K8SSANDRA_CONTROL_PLANE", "value": str(control_plane).lower()}] if name == "k8ssandra-operator" else []
    containers = [{"name": "manager", "image": f"registry:5000/k8ssandra/{name}:{version}", "env": env}]
    status = {"availableReplicas": int(ready), "updatedReplicas": 1, "observedGeneration": 1}
    spec = {"replicas": 1, "template": {"spec": {"containers": containers}}}
    return body("Deployment", "apps/v1", f"release-{name}", spec=spec, status=status)


def certificate(*, ready: bool = True, not_after: str = "2027-01-01T00:00:00Z") -> dict[str, Any]:
    """The certificate of cass-operator's webhook."""
    status = {"notAfter": not_after, "conditions": conditions(Ready=True if ready else "Issuing certificate")}
    spec = {"secretName": "cass-operator-webhook-server-cert"}
    return body("Certificate", "cert-manager.io/v1", "cass-operator-serving-cert", spec=spec, status=status)


def client_config(context: str, *, loaded: bool = True) -> dict[str, Any]:
    """The ClientConfig of a data plane; the operator has loaded it with the Secret of `kubeconfig_secret`, or not at all."""
    spec = {"contextName": context, "kubeConfigSecret": {"name": f"{context}-kubeconfig"}}
    hashes = {RESOURCE_HASH: client_config_hash(spec), SECRET_HASH: secret_hash(kubeconfig_secret(context)["data"])}
    return body("ClientConfig", "config.k8ssandra.io/v1beta1", context, spec=spec, metadata={"annotations": hashes if loaded else {}})


def kubeconfig_secret(context: str, *, expires: float = 2_000_000_000) -> dict[str, Any]:
    """Its Secret, with a token that expires then (seconds since 1970)."""
    kubeconfig = {"users": [{"name": context, "user": {"token": jwt(exp=expires)}}]}
    data = {"kubeconfig": base64.b64encode(json.dumps(kubeconfig).encode()).decode()}
    return body("Secret", "v1", f"{context}-kubeconfig", data=data)


def without(whole: Mapping[str, Any], *path: str) -> dict[str, Any]:
    """A copy without one field."""
    result = copy.deepcopy(dict(whole))
    inner = result
    for key in path[:-1]:
        inner = inner[key]
    inner.pop(path[-1])
    return result


def helm_record(
    name: str, revision: int, status: str, *, manifest: str = "", chart: tuple[str, str] = ("k8ssandra-operator", "1.26.0")
) -> dict[str, Any]:
    """The Secret in which Helm records a revision of a release."""
    release = {
        "name": name,
        "namespace": NAMESPACE,
        "version": revision,
        "info": {"status": status},
        "chart": {"metadata": {"name": chart[0], "version": chart[1]}},
        "manifest": manifest,
    }
    encoded = base64.b64encode(base64.b64encode(gzip.compress(json.dumps(release).encode()))).decode()
    labels = {"owner": "helm", "name": name, "status": status, "version": str(revision)}
    return body("Secret", "v1", f"sh.helm.release.v1.{name}.v{revision}", labels=labels, data={"release": encoded})


def cert_manager_definition(*, served: bool = True, labels: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The definition of the kind Certificate, as helm leaves it."""
    said = {"app.kubernetes.io/version": "v1.16.0", **(labels or {})}
    metadata = {"name": "certificates.cert-manager.io", "labels": said, "creationTimestamp": LONG_AGO}
    metadata["managedFields"] = [{"manager": "helm"}, {"manager": "kube-apiserver", "subresource": "status"}]
    names = {"kind": "Certificate", "plural": "certificates"}
    spec = {"group": "cert-manager.io", "names": names, "scope": "Namespaced", "versions": [{"name": "v1", "served": True}]}
    kind = {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition"}
    return {**kind, "metadata": metadata, "spec": spec, "status": {"conditions": conditions(Established=served)}}


def cert_manager_controller(*, labels: Mapping[str, str] | None = None, ready: bool = True) -> dict[str, Any]:
    """cert-manager's controller, as kubectl leaves it."""
    solver = "--acme-http01-solver-image=quay.io/jetstack/cert-manager-acmesolver:v1.16.1"
    container = {"name": "controller", "image": "quay.io/jetstack/cert-manager-controller:v1.16.1", "args": ["--v=2", solver]}
    spec = {"replicas": 1, "selector": {"matchLabels": {"app": "cert-manager"}}, "template": {"spec": {"containers": [container]}}}
    status = {"availableReplicas": int(ready), "updatedReplicas": 1, "observedGeneration": 1}
    metadata = {"namespace": "cert-manager", "managedFields": [{"manager": "kubectl"}]}
    said = {"app.kubernetes.io/name": "cert-manager", **(labels or {})}
    return body("Deployment", "apps/v1", "cert-manager", labels=said, spec=spec, status=status, metadata=metadata)


def cert_manager_webhooks(*, ca: str = "Q0E=", labels: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The webhooks that judge cert-manager's kinds."""
    service = {"name": "cert-manager-webhook", "namespace": "cert-manager"}
    webhook = {
        "name": "webhook.cert-manager.io", "rules": [{"apiGroups": ["cert-manager.io"]}],
        "clientConfig": {"service": service, **({"caBundle": ca} if ca else {})},
    }  # fmt: skip
    annotations = {"cert-manager.io/inject-ca-from-secret": "cert-manager/cert-manager-webhook-ca"}
    metadata = {"name": "cert-manager-webhook", "labels": dict(labels or {}), "annotations": annotations}
    kind = {"apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingWebhookConfiguration"}
    return {**kind, "metadata": metadata, "webhooks": [webhook]}
