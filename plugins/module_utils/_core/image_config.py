# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which images cass-operator takes by its image configuration.

Sources: cass-operator v1.28.0 `pkg/images/images.go` (v1beta1) and `images_v1beta2.go`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from .images import IMAGE_CONFIG, split_image
from .objects import Object

SYSTEM_LOGGER, CONFIG_BUILDER, CLIENT = "system-logger", "config-builder", "k8ssandra-client"
_LABEL = ("k8ssandra.io/config", "image")
# Without an entry of its own, v1beta1 knows the repositories of two server types.
_REPOSITORIES = {"cassandra": "k8ssandra/cass-management-api", "dse": "datastax/dse-mgmtapi-6_8"}
_SERVERS = ("cassandra", "dse", "hcd")
_DIGEST = re.compile(r"[a-z0-9]+(?:[.+_-][a-z0-9]+)*:[0-9a-fA-F]{32,}")


def config_text(bodies: Iterable[Object]) -> str:
    """The image configuration among rendered objects, as text; empty when there is none.

    A ConfigMap with upstream's label comes before one that is mounted as a file, as in `setupImageRegistry`, cass-operator v1.28.0.
    """
    holders = [body for body in bodies if body["kind"] == "ConfigMap" and (body.get("data") or {}).get(IMAGE_CONFIG)]
    labelled = [body for body in holders if (body["metadata"].get("labels") or {}).get(_LABEL[0]) == _LABEL[1]]
    return str((labelled or holders)[0]["data"][IMAGE_CONFIG]) if holders else ""


def components_in(config: Mapping[str, Any]) -> dict[str, str]:
    """The image of every component that an ImageConfig names, by the component's name; server versions are none."""
    images = {name: entry for name, entry in (config.get("images") or {}).items() if name not in _SERVERS and entry}
    if _is_v1beta1(config):
        return {name: _overridden(config, name, str(entry)) for name, entry in images.items()}
    return {name: _written(_merged(config, entry)) for name, entry in images.items()}


def server_image(config: Mapping[str, Any], server_type: str, version: str) -> str:
    """The image of a Cassandra of this type and version; empty when the configuration has none for the type."""
    if not _is_v1beta1(config):
        of_type = (config.get("types") or {}).get(server_type)
        if of_type is None:
            return ""
        tag = f"{of_type.get('prefix') or ''}{version}{of_type.get('suffix') or ''}"
        return _written(_merged(config, {**{key: of_type.get(key) for key in ("registry", "repository", "name")}, "tag": tag}))
    stated = ((config.get("images") or {}).get(server_type) or {}).get(version)
    if stated:
        return _overridden(config, server_type, str(stated))
    of_type = (config.get("defaults") or {}).get(server_type) or {}
    repository = of_type.get("repository") or _REPOSITORIES.get(server_type)
    # The suffix of an entry without a repository is not used.
    suffix = (of_type.get("suffix") or "") if of_type.get("repository") else ""
    return _overridden(config, server_type, f"{repository}:{version}{suffix}") if repository else ""


def _is_v1beta1(config: Mapping[str, Any]) -> bool:
    return str(config.get("apiVersion")).endswith("/v1beta1")


def _overridden(config: Mapping[str, Any], component: str, image: str) -> str:
    """`applyOverrides`: a registry for the component or for all, and one namespace for all."""
    of_component = ((config.get("defaults") or {}).get(component) or {}).get("imageRegistry")
    registry, rest = split_image(image)
    namespace = config.get("imageNamespace")
    if namespace is not None and "/" in rest:
        rest = "/".join(part for part in (namespace, rest.partition("/")[2]) if part)
    chosen = str(of_component or config.get("imageRegistry") or registry).rstrip("/")
    return f"{chosen}/{rest}" if chosen else rest


def _merged(config: Mapping[str, Any], image: Mapping[str, Any]) -> dict[str, Any]:
    """`mergeGlobalValues`: what an image leaves open is the defaults', and the overrides come before all."""
    defaults, overrides = config.get("defaults") or {}, config.get("overrides") or {}
    merged = dict(image)
    for key in ("registry", "repository"):
        merged[key] = overrides[key] if overrides.get(key) is not None else image.get(key) or defaults.get(key) or ""
    return merged


def _written(image: Mapping[str, Any]) -> str:
    place = "".join(f"{image[key]}/" for key in ("registry", "repository") if image.get(key))
    tag = str(image.get("tag") or "")
    by_digest = image.get("digest") or (tag if _DIGEST.fullmatch(tag) else "")
    return f"{place}{image.get('name') or ''}" + (f"@{by_digest}" if by_digest else f":{tag}")
