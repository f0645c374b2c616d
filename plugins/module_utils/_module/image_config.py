# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The operators' image configuration: YAML inside a ConfigMap, so it is read and written here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from .._core.errors import SpecError
from .._core.images import IMAGE_CONFIG, configure, containers_of, strays
from .._core.installation import Installation
from .._core.objects import Object, ref_of
from .documents import parse_yaml, write_yaml


def with_image_config(bodies: Iterable[Object], wish: Installation) -> list[Object]:
    """The rendered objects, each image configuration among them with the registry and the pull secrets of the installation."""
    return [_configured(body, wish) if wish.images else body for body in bodies]


def image_configs(bodies: Iterable[Object]) -> Iterator[tuple[Object, dict[str, Any]]]:
    """The ConfigMaps that hold an image configuration, each with what it says."""
    for body in bodies:
        text = (body.get("data") or {}).get(IMAGE_CONFIG) if body.get("kind") == "ConfigMap" else None
        if text:
            yield body, parse_yaml(text, f"{ref_of(body)}, {IMAGE_CONFIG}")


def require_registry(bodies: Iterable[Object], registry: str) -> None:
    """Proves that every image comes from the registry. Raises `SpecError` that names one that does not, and what to do."""
    advice = "the chart has another way to set it; give that in `values`"
    bodies = list(bodies)
    for body in bodies if registry else ():
        for container in containers_of(body):
            if not str(container.get("image")).startswith(f"{registry}/"):
                raise SpecError("image_registry", f"does not reach the image {container.get('image')} of {ref_of(body)}; {advice}")
    for body, config in image_configs(bodies) if registry else ():
        if strays(config, registry):
            raise SpecError("image_registry", f"does not reach the image configuration in {ref_of(body)}; {advice}")


def _configured(body: Object, wish: Installation) -> Object:
    for found, config in image_configs([body]):
        text = write_yaml(configure(config, wish.image_registry, wish.image_pull_secrets))
        return {**found, "data": {**found["data"], IMAGE_CONFIG: text}}
    return body
