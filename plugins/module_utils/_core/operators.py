# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The operators of one context, and the certificates of their webhooks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .objects import Object
from .readings import ContextReading, condition, holds, name_of, namespace_of, status_of
from .times import instant

K8SSANDRA, CASS = "k8ssandra-operator", "cass-operator"


@dataclass(frozen=True)
class Operator:
    """One operator's Deployment.

    Args:
        context: where it runs.
        operator: `k8ssandra-operator` or `cass-operator`.
        name, namespace: the Deployment's.
        image: as the Deployment names it; `version` is its tag.
        wanted, available: replicas.
        current: the newest specification is rolled out.
        control_plane: it reconciles K8ssandraClusters.
        watches: the namespaces that it watches; empty for all of them.
        trouble: why its pods cannot be made, as the Deployment's conditions say.
        rolled_out: when its newest specification was rolled out, as the API server writes a time; empty when that is not known.
        account: the service account that it runs as.
    """

    context: str
    operator: str
    name: str
    namespace: str
    image: str
    wanted: int
    available: int
    current: bool
    control_plane: bool
    watches: tuple[str, ...]
    trouble: str = ""
    rolled_out: str = ""
    account: str = ""

    @property
    def ready(self) -> bool:
        """Its newest specification serves."""
        return self.current and self.available >= max(self.wanted, 1)

    @property
    def version(self) -> str:
        """The image's tag; empty when it has none."""
        return self.image.partition("@")[0].rpartition("/")[2].partition(":")[2]

    def problem(self) -> str:
        """Why it is not ready, in one sentence; empty when it is."""
        if self.ready:
            return ""
        if not self.wanted:
            return f"{self.context}: {self.operator} is scaled to 0"
        more = f": {self.trouble}" if self.trouble else ""
        return f"{self.context}: {self.operator} is not ready, {self.available} of {self.wanted} pods available{more}"

    def describe(self) -> dict[str, Any]:
        """The operator as a module returns it."""
        return {
            "context": self.context,
            "operator": self.operator,
            "name": self.name,
            "namespace": self.namespace,
            "image": self.image,
            "version": self.version,
            "ready": self.ready,
            "control_plane": self.control_plane,
            "watch_namespaces": list(self.watches),
        }


@dataclass(frozen=True)
class Certificate:
    """The certificate of an operator's webhook, as cert-manager keeps it. `expires` is in seconds since 1970."""

    name: str
    namespace: str
    ready: bool
    not_after: str
    message: str

    def problem(self, now: float) -> str:
        """Why the webhook cannot serve with it, as the end of a sentence; empty when it can."""
        expires = instant(self.not_after)
        if expires is not None and expires <= now:
            return f"Certificate {self.namespace}/{self.name} of a webhook expired at {self.not_after}"
        if self.ready:
            return ""
        return f"Certificate {self.namespace}/{self.name} of a webhook is not ready: {self.message or 'not issued yet'}"

    def describe(self) -> dict[str, Any]:
        """The certificate as a module returns it."""
        return {"name": self.name, "namespace": self.namespace, "ready": self.ready, "not_after": self.not_after or None}


def operators_in(reading: ContextReading) -> tuple[Operator, ...]:
    """The operators among a context's Deployments, k8ssandra-operator first; known by their images, whatever a chart calls them."""
    found = [(_operator(body), body) for body in reading.of("Deployment")]
    order = (K8SSANDRA, CASS)
    return tuple(_described(reading.context, name, body) for wanted in order for name, body in found if name == wanted)


def is_operator(body: Object) -> bool:
    """Whether a Deployment runs one of the operators."""
    return bool(_operator(body))


def loads_client_configs(body: Object) -> bool:
    """Whether a Deployment runs the operator that, in a control plane, loads the client configs at its start."""
    return _operator(body) == K8SSANDRA


def images_among(bodies: Iterable[Object]) -> dict[str, str]:
    """The operators' images among rendered objects, by operator."""
    deployments = [body for body in bodies if body.get("kind") == "Deployment"]
    images = [str(container.get("image", "")) for body in deployments for container in _containers(body)]
    return {_image_name(image): image for image in images if _image_name(image) in (K8SSANDRA, CASS)}


def certificates_in(reading: ContextReading) -> tuple[Certificate, ...]:
    """The webhooks' certificates: both operators keep them in Secrets named `...webhook-server-cert`."""
    serving = [body for body in reading.of("Certificate") if "webhook" in str((body.get("spec") or {}).get("secretName"))]
    return tuple(
        Certificate(
            name=name_of(body),
            namespace=namespace_of(body),
            ready=holds(body, "Ready"),
            not_after=str(status_of(body).get("notAfter") or ""),
            message=str(condition(body, "Ready").get("message", "")),
        )
        for body in serving
    )


def _containers(body: Object) -> Iterator[Mapping[str, Any]]:
    yield from (body.get("spec") or {}).get("template", {}).get("spec", {}).get("containers") or ()


def _image_name(image: str) -> str:
    return image.partition("@")[0].rpartition("/")[2].partition(":")[0]


def _operator(body: Object) -> str:
    return next((name for container in _containers(body) if (name := _image_name(container.get("image", ""))) in (K8SSANDRA, CASS)), "")


def _described(context: str, operator: str, body: Object) -> Operator:
    container = next(container for container in _containers(body) if _image_name(container.get("image", "")) == operator)
    environment = {entry.get("name"): entry for entry in container.get("env") or ()}
    status, metadata = status_of(body), body["metadata"]
    return Operator(
        context=context,
        operator=operator,
        name=metadata["name"],
        namespace=namespace_of(body),
        image=container["image"],
        wanted=int(body["spec"].get("replicas", 1)),
        available=int(status.get("availableReplicas") or 0),
        current=status.get("observedGeneration", 0) >= metadata.get("generation", 0)
        and int(status.get("updatedReplicas") or 0) >= int(body["spec"].get("replicas", 1)),
        control_plane=operator == K8SSANDRA and environment.get("K8SSANDRA_CONTROL_PLANE", {}).get("value") == "true",
        watches=_watched(environment.get("WATCH_NAMESPACE", {}), namespace_of(body)),
        trouble=_trouble(body),
        rolled_out=str(condition(body, "Progressing").get("lastUpdateTime") or ""),
        account=str(body["spec"]["template"]["spec"].get("serviceAccountName") or "default"),
    )


def _watched(variable: Mapping[str, Any], own: str) -> tuple[str, ...]:
    if (variable.get("valueFrom") or {}).get("fieldRef", {}).get("fieldPath") == "metadata.namespace":
        return (own,)
    return tuple(name.strip() for name in str(variable.get("value") or "").split(",") if name.strip())


def _trouble(body: Object) -> str:
    if holds(body, "ReplicaFailure"):
        return str(condition(body, "ReplicaFailure").get("message", ""))
    stuck = condition(body, "Progressing")
    return str(stuck.get("message", "")) if stuck.get("status") == "False" else ""
