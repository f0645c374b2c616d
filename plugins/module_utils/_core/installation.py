# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a user wants of an installation of the operators, and what that means for the objects that install them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .errors import SpecError
from .images import containers_of, from_registry, pod_specs
from .names import is_dns1123_label

# The operators read their image configuration when they start: another one has to bring other pods.
IMAGES_ANNOTATION = "k8ssandra.operator/images"
_OPERATOR_CONTAINERS = frozenset(("k8ssandra-operator", "manager"))


@dataclass(frozen=True)
class Installation:
    """What a user wants of an installation of the operators in one context. What is empty keeps what was rendered.

    Args:
        namespace: where the operators run.
        control_plane: whether this k8ssandra-operator reconciles K8ssandraClusters.
        resources: the `resources` of the operators' containers.
        watch_namespaces: the namespaces that the operators watch, instead of their own.
        namespace_labels: labels of these namespaces.
        image_pull_secrets: names of Secrets to pull images with.
        node_selector, tolerations: on which nodes the operators run.
        image_registry: where all images come from.
    """

    namespace: str
    control_plane: bool
    resources: Mapping[str, Any] = field(default_factory=dict)
    watch_namespaces: Sequence[str] = ()
    namespace_labels: Mapping[str, str] = field(default_factory=dict)
    image_pull_secrets: Sequence[str] = ()
    node_selector: Mapping[str, str] = field(default_factory=dict)
    tolerations: Sequence[Mapping[str, Any]] = ()
    image_registry: str = ""

    @property
    def namespaces(self) -> tuple[str, ...]:
        """The operators' namespace and those that they watch."""
        return tuple(dict.fromkeys((self.namespace, *self.watch_namespaces)))

    @property
    def images(self) -> str:
        """What the image settings amount to, as an annotation's value; empty without any."""
        said = " ".join((self.image_registry, *self.image_pull_secrets)).strip()
        return hashlib.sha256(said.encode()).hexdigest()[:16] if said else ""


def check_installation(wish: Installation, *, cluster_scoped: bool) -> None:
    """Raise `SpecError` for the first setting that could not be, or that would not do what it says."""
    for option, names in (("namespace", [wish.namespace]), ("watch_namespaces", wish.watch_namespaces)):
        for name in names:
            if not is_dns1123_label(name):
                raise SpecError(option, f"is {name}; use at most 63 of a-z, 0-9 and '-', a letter or digit first and last")
    if wish.watch_namespaces and cluster_scoped:
        raise SpecError("watch_namespaces", "is set together with cluster_scoped, which watches all namespaces; keep one of them")
    if wish.watch_namespaces and wish.control_plane and wish.namespace not in wish.watch_namespaces:
        found = f"lacks {wish.namespace}, the operators' own; a control plane finds its registrations there, so name it too"
        raise SpecError("watch_namespaces", found)
    if "://" in wish.image_registry or wish.image_registry.endswith("/") or " " in wish.image_registry:
        raise SpecError("image_registry", f"is {wish.image_registry}; write a host, with port or path if need be, as in an image's name")


def settle(body: dict[str, Any], wish: Installation) -> dict[str, Any]:
    """A rendered object with the settings of the installation, changed in place."""
    body.pop("status", None)
    body["metadata"].pop("creationTimestamp", None)
    if wish.image_registry:
        for container in containers_of(body):
            container["image"] = from_registry(str(container.get("image") or ""), wish.image_registry)
    operators = [container for container in containers_of(body) if container["name"] in _OPERATOR_CONTAINERS]
    if body["kind"] != "Deployment" or not operators:
        return body
    for spec in pod_specs(body):
        settle_pod(spec, wish)
    if wish.images:
        metadata = body["spec"]["template"].setdefault("metadata", {})
        metadata["annotations"] = {**(metadata.get("annotations") or {}), IMAGES_ANNOTATION: wish.images}
    for container in operators:
        _settle_operator(container, wish)
    return body


def settle_pod(spec: dict[str, Any], wish: Installation) -> None:
    """A pod's specification with where it runs and what it is pulled with, changed in place."""
    if wish.image_pull_secrets:
        spec["imagePullSecrets"] = [{"name": name} for name in wish.image_pull_secrets]
    if wish.node_selector:
        spec["nodeSelector"] = dict(wish.node_selector)
    if wish.tolerations:
        spec["tolerations"] = [dict(toleration) for toleration in wish.tolerations]


def _settle_operator(container: dict[str, Any], wish: Installation) -> None:
    if wish.resources:
        container["resources"] = dict(wish.resources)
    variables = {entry["name"]: entry for entry in container.get("env") or ()}
    if "K8SSANDRA_CONTROL_PLANE" in variables:
        variables["K8SSANDRA_CONTROL_PLANE"] = {"name": "K8SSANDRA_CONTROL_PLANE", "value": str(wish.control_plane).lower()}
    if wish.watch_namespaces:
        if "valueFrom" in variables.get("WATCH_NAMESPACE", {}):
            found = "needs operators that are rendered cluster-scoped; this base gives them rights in their own namespace alone"
            raise SpecError("watch_namespaces", found)
        variables["WATCH_NAMESPACE"] = {"name": "WATCH_NAMESPACE", "value": ",".join(wish.watch_namespaces)}
    # `InitConfig`, k8ssandra-operator v1.26.0 pkg/config/config.go.
    for name, value in (("DEFAULT_REGISTRY", wish.image_registry), ("IMAGE_PULL_SECRETS", ",".join(wish.image_pull_secrets))):
        if value:
            variables[name] = {"name": name, "value": value}
    if variables:
        container["env"] = list(variables.values())
