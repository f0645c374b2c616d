# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Changes to a PodTemplateSpec, each giving a new one.

Source: k8ssandra-operator v1.26.0 `pkg/cassandra/datacenter.go` (`UpdateContainer`, `AddOrUpdateVolumeToSpec` and their neighbours).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..objects import Object

CASSANDRA, SYSTEM_LOGGER, CONFIG_BUILDER = "cassandra", "server-system-logger", "server-config-init"

Part = dict[str, Any]
Change = Callable[[Object], Object]


def unchanged(part: Object) -> Object:
    """The change that only makes sure that a container is there."""
    return part


def named(parts: Any, name: str) -> Object | None:
    """The element of that name; None when there is none."""
    return next((part for part in parts or () if part["name"] == name), None)


def with_container(pod: Object, name: str, change: Change) -> Part:
    """`pod` with that container changed in its place; a container of that name alone is added last when there is none."""
    return _with(pod, "containers", name, change)


def with_init_container(pod: Object, name: str, change: Change) -> Part:
    """`with_container` for init containers, which run in their order."""
    return _with(pod, "initContainers", name, change)


def with_volume(pod: Object, volume: Object) -> Part:
    """`pod` with that volume, in the place of one of the same name, else last."""
    return _with(pod, "volumes", volume["name"], lambda _: volume)


def with_env(container: Object, name: str, value: str) -> Part:
    """`container` with one more environment variable, last; it does not replace one of the same name."""
    variable = {"name": name, "value": value} if value else {"name": name}
    return {**container, "env": [*(container.get("env") or ()), variable]}


def with_mount(container: Object, volume: str, path: str) -> Part:
    """`container` with that volume mounted at that path, in the place of another mount of the volume, else last."""
    mounts = list(container.get("volumeMounts") or ())
    mount = {"name": volume, "mountPath": path}
    for index, existing in enumerate(mounts):
        if existing["name"] == volume:
            mounts[index] = mount
            return {**container, "volumeMounts": mounts}
    return {**container, "volumeMounts": [*mounts, mount]}


def with_pod_annotation(pod: Object, name: str, value: str) -> Part:
    """`pod` with that annotation in its metadata."""
    metadata = pod.get("metadata") or {}
    return {**pod, "metadata": {**metadata, "annotations": {**(metadata.get("annotations") or {}), name: value}}}


def _with(pod: Object, kind: str, name: str, change: Change) -> Part:
    spec: Mapping[str, Any] = pod.get("spec") or {}
    parts = list(spec.get(kind) or ())
    for index, part in enumerate(parts):
        if part["name"] == name:
            parts[index] = change(part)
            break
    else:
        parts.append(change({"name": name}))
    return {**pod, "spec": {**spec, kind: parts}}
