"""Upstream's control plane on the lab, and nothing that would do the rest: the judge stands in for that."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable

import yaml

from tests.lab.cql import Cluster
from tests.lab.prove import apply, register
from tests.lab.releases import DEFAULT

from .server import Object

CONTROL_PLANE, DATA_PLANES = "hub", ("east", "west")
CONTEXTS = (CONTROL_PLANE, *DATA_PLANES)
NAMESPACE = "k8ssandra-operator"
_OPERATOR = "k8ssandra-operator"
# Shorter than what people use, as nothing here takes long; enough memory for a thousand clusters.
_DELAYS = [{"name": name, "value": "1s"} for name in ("REQUEUE_DEFAULT_DELAY", "REQUEUE_LONG_DELAY")]
_ROOM = {"requests": {"cpu": "100m", "memory": "64Mi"}, "limits": {"cpu": "500m", "memory": "2Gi"}}
_FIRST = ("CustomResourceDefinition", "Namespace")
_WEBHOOKS = ("ValidatingWebhookConfiguration", "MutatingWebhookConfiguration")


def install() -> None:
    """Bring the control plane up in hub, and the kinds that it distributes into every cluster; again: restarts it. Raises LabError.

    The control plane comes last, as it reads its registrations at its start.
    """
    for plane, contexts in (("data-plane", DATA_PLANES), ("control-plane", (CONTROL_PLANE,))):
        base = f"{DEFAULT.manifests}/k8ssandra-operator/config/deployments/{plane}/cluster-scope"
        rendered = yaml.load_all(Cluster(contexts[0]).kubectl("kustomize", base), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        objects = [*alone(rendered, operates=CONTROL_PLANE in contexts), _monitors()]
        for context in contexts:
            _apply(context, [body for body in objects if body["kind"] in _FIRST])
            if context == CONTROL_PLANE:
                register()
            _apply(context, [body for body in objects if body["kind"] not in _FIRST])
    Cluster(CONTROL_PLANE).kubectl("rollout", "status", f"deployment/{_OPERATOR}", "--timeout", "300s")


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
            body["spec"]["template"]["metadata"].setdefault("annotations", {})["k8ssandra.io/installed"] = f"{time.time():.0f}"
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


def _apply(context: str, objects: list[Object]) -> None:
    apply(Cluster(context), json.dumps({"apiVersion": "v1", "kind": "List", "items": objects}))
