# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The values of the operators' chart: what our options come to, and the user's over them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .installation import IMAGES_ANNOTATION, Installation
from .redact import redact


def values_of(wish: Installation, *, cluster_scoped: bool) -> dict[str, Any]:
    """What an installation means as values of the chart k8ssandra-operator (charts/k8ssandra-operator/values.yaml, v1.26.0).

    Its dependency cass-operator knows the same names. Definitions are applied by us, so its job for them is off; and Helm renders
    without asking the cluster, so its look for cert-manager is off too: that is proven otherwise.
    """
    pods = _pods(wish)
    values: dict[str, Any] = {
        "controlPlane": wish.control_plane,
        "disableCrdUpgraderJob": True,
        **pods,
        "global": {"clusterScoped": cluster_scoped or bool(wish.watch_namespaces)},
        "cass-operator": {"disableCertManagerCheck": True, "disableCrdUpgraderJob": True, **pods},
    }
    if wish.watch_namespaces:
        values["global"]["watchNamespaces"] = list(wish.watch_namespaces)
    if wish.image_registry:
        values["client"] = {"image": {"registry": wish.image_registry}}
    if wish.images:
        registry = {"registry": wish.image_registry} if wish.image_registry else {}
        secrets = {"pullSecrets": list(wish.image_pull_secrets)} if wish.image_pull_secrets else {}
        values["global"]["imageConfig"] = {"overrides": {**registry, **secrets}}
    return values


def merged(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> dict[str, Any]:
    """The user's values over ours, as Helm merges: mappings into one another, anything else in place of what was there."""
    result = dict(ours)
    for key, value in theirs.items():
        both = isinstance(value, Mapping) and isinstance(result.get(key), Mapping)
        result[key] = merged(result[key], value) if both else value
    return result


def secret_values(values: Any) -> frozenset[str]:
    """The texts in a user's values that are secret by their names: no message may quote them."""
    return frozenset(text for text in _masked(values, redact(values)) if len(text) > 3)


def _pods(wish: Installation) -> dict[str, Any]:
    found: dict[str, Any] = {
        "resources": dict(wish.resources),
        "nodeSelector": dict(wish.node_selector),
        "tolerations": [dict(toleration) for toleration in wish.tolerations],
        "imagePullSecrets": [{"name": name} for name in wish.image_pull_secrets],
        "podAnnotations": {IMAGES_ANNOTATION: wish.images} if wish.images else {},
        "image": {"registry": wish.image_registry, "registryOverride": wish.image_registry} if wish.image_registry else {},
    }
    return {name: value for name, value in found.items() if value}


def _masked(values: Any, shown: Any) -> Iterator[str]:
    if isinstance(values, Mapping):
        for key, value in values.items():
            yield from _masked(value, shown[key])
    elif isinstance(values, list):
        for value, masked in zip(values, shown):
            yield from _masked(value, masked)
    elif values != shown:
        yield str(values)
