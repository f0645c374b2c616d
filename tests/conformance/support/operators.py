"""Upstream's control plane on the lab, and nothing that would do the rest: the judge stands in for that."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from typing import Any

import yaml

from tests.lab.cql import Cluster
from tests.lab.releases import DEFAULT
from tests.lab.steps import LabError

from .server import Object

CONTROL_PLANE, DATA_PLANES = "hub", ("east", "west")
CONTEXTS = (CONTROL_PLANE, *DATA_PLANES)
NAMESPACE = "k8ssandra-operator"
_OPERATOR = "k8ssandra-operator"
# Shorter than what people use, as nothing here takes long; enough memory for a thousand clusters.
_DELAYS = [{"name": name, "value": "1s"} for name in ("REQUEUE_DEFAULT_DELAY", "REQUEUE_LONG_DELAY")]
_ROOM = {"requests": {"cpu": "100m", "memory": "64Mi"}, "limits": {"cpu": "500m", "memory": "2Gi"}}
_WEBHOOKS = ("ValidatingWebhookConfiguration", "MutatingWebhookConfiguration")


def install() -> None:
    """Bring the control plane up in hub, and the kinds that it distributes into every cluster; again: changes nothing. Raises LabError."""
    for context in CONTEXTS:
        plane = "control-plane" if context == CONTROL_PLANE else "data-plane"
        base = f"{DEFAULT.manifests}/k8ssandra-operator/config/deployments/{plane}/cluster-scope"
        rendered = yaml.load_all(Cluster(context).kubectl("kustomize", base), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        objects = [*alone(rendered, operates=context == CONTROL_PLANE), _monitors()]
        _apply(Cluster(context), [body for body in objects if body["kind"] in ("CustomResourceDefinition", "Namespace")])
        _apply(Cluster(context), objects)
    _register()


def alone(objects: Iterable[Object], *, operates: bool) -> list[Object]:
    """The objects of an installation in which only k8ssandra-operator runs, or nothing at all when it does not operate there.

    A webhook whose server does not run would refuse every write, so it goes too.
    """
    kept = []
    for body in objects:
        runs = operates and "cass-operator" not in body["metadata"]["name"]
        if body["kind"] in _WEBHOOKS and not runs:
            continue
        if body["kind"] == "Deployment":
            body["spec"]["replicas"] = int(runs)
            container = body["spec"]["template"]["spec"]["containers"][0]
            container["resources"] = _ROOM
            container["env"] = container.get("env", []) + _DELAYS
        kept.append(body)
    return kept


def _monitors() -> Object:
    """A definition of ServiceMonitors that takes any: Prometheus is no Go module that brings its own."""
    group, plural = "monitoring.coreos.com", "servicemonitors"
    schema = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    version = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}
    names = {"kind": "ServiceMonitor", "listKind": "ServiceMonitorList", "plural": plural, "singular": "servicemonitor"}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.{group}"},
        "spec": {"group": group, "scope": "Namespaced", "names": names, "versions": [version]},
    }


def _register() -> None:
    """Give the control plane a ClientConfig for each data plane, and wait until it has started with them."""
    hub = Cluster(CONTROL_PLANE)
    for context in DATA_PLANES:
        remote = Cluster(context)
        view: Any = json.loads(remote.kubectl("config", "view", "--raw", "--minify", "--output", "json"))
        token = remote.kubectl("create", "token", _OPERATOR, "--duration", "24h").strip()
        access = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": context, "cluster": view["clusters"][0]["cluster"]}],
            "users": [{"name": context, "user": {"token": token}}],
            "contexts": [{"name": context, "context": {"cluster": context, "user": context}}],
        }
        secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": f"{context}-config"}}
        client = {
            "apiVersion": "config.k8ssandra.io/v1beta1",
            "kind": "ClientConfig",
            "metadata": {"name": context},
            "spec": {"contextName": context, "kubeConfigSecret": {"name": f"{context}-config"}},
        }
        _apply(hub, [secret | {"stringData": {"kubeconfig": json.dumps(access)}}, client])
    hub.kubectl("rollout", "restart", f"deployment/{_OPERATOR}")
    hub.kubectl("rollout", "status", f"deployment/{_OPERATOR}", "--timeout", "300s")


def _apply(cluster: Cluster, objects: list[Object]) -> None:
    """Apply objects, again while their kinds or webhooks are not there yet."""
    deadline, listed = time.monotonic() + 120, json.dumps({"apiVersion": "v1", "kind": "List", "items": objects})
    while True:
        try:
            cluster.kubectl("apply", "--server-side", "--force-conflicts", "--filename", "-", stdin=listed)
            return
        except LabError:
            if time.monotonic() > deadline:
                raise
            time.sleep(2)
