# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where images come from: those that objects name, and those that the operators put into pods by their image configuration."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .objects import Object

# The key of the ConfigMaps from which the operators read where the images of Cassandra and its companions come from. Up to
# cass-operator 1.27 it is one of the operator's own settings (ImageConfig v1beta1), from 1.28 a ConfigMap with the label
# k8ssandra.io/config=image (v1beta2): pkg/images/images.go and images_v1beta2.go, cass-operator v1.28.0.
IMAGE_CONFIG = "image_config.yaml"


def split_image(image: str) -> tuple[str, str]:
    """An image's registry, empty when it names none, and the rest. `splitRegistry`, cass-operator v1.28.0 pkg/images/images.go."""
    first, slash, rest = image.partition("/")
    return (first, rest) if slash and ("." in first or ":" in first or first == "localhost") else ("", image)


def from_registry(image: str, registry: str) -> str:
    """The same image out of another registry; a registry may have a path."""
    rest = image[len(registry) + 1 :] if image.startswith(f"{registry}/") else split_image(image)[1]
    return f"{registry}/{rest}"


def pod_specs(body: Object) -> Iterator[dict[str, Any]]:
    """The specifications of the pods that an object makes: of a Pod, of a template, of a CronJob's template."""
    spec = body.get("spec")
    if not isinstance(spec, dict):
        return
    template = spec.get("jobTemplate", {}).get("spec", {}).get("template") or spec.get("template")
    found = spec if body.get("kind") == "Pod" else template.get("spec") if isinstance(template, dict) else None
    if isinstance(found, dict) and isinstance(found.get("containers"), list):
        yield found


def containers_of(body: Object) -> Iterator[dict[str, Any]]:
    """The containers of the pods that an object makes, initial ones included."""
    for spec in pod_specs(body):
        for field in ("initContainers", "containers"):
            yield from spec.get(field) or ()


def configure(config: Mapping[str, Any], registry: str, pull_secrets: Sequence[str]) -> dict[str, Any]:
    """An operator's ImageConfig with which all its images come from a registry and are pulled with these Secrets.

    Args:
        config: the ImageConfig as it was rendered; what it says besides is kept.
        registry: the registry; empty to keep what each image has.
        pull_secrets: names of Secrets; none to keep what is there. An ImageConfig v1beta1 holds one only.
    """
    if str(config.get("apiVersion")).endswith("/v1beta1"):
        secret = {"imagePullSecret": {"name": pull_secrets[0]}} if pull_secrets else {}
        return {**config, **({"imageRegistry": registry} if registry else {}), **secret}
    asked = {**({"registry": registry} if registry else {}), **({"pullSecrets": list(pull_secrets)} if pull_secrets else {})}
    return {**config, "overrides": {**(config.get("overrides") or {}), **asked}}


def strays(config: Mapping[str, Any], registry: str) -> bool:
    """Whether images of an ImageConfig come from elsewhere than the registry."""
    if str(config.get("apiVersion")).endswith("/v1beta1"):
        return config.get("imageRegistry") != registry
    override = (config.get("overrides") or {}).get("registry")
    if override is not None:
        return bool(override != registry)
    entries = [*(config.get("images") or {}).values(), *(config.get("types") or {}).values()]
    default = (config.get("defaults") or {}).get("registry")
    return any((entry.get("registry") or default) != registry for entry in entries)
