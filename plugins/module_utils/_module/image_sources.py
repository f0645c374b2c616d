# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What would be rendered, for a list of its images: with any registry, and without asking a cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from .._core.bundle import shape
from .._core.cert_manager import shape_cert_manager
from .._core.images import containers_of, from_registry
from .._core.installation import Installation
from .._core.needs import is_hook
from .._core.objects import Object
from .._core.redact import redact_text
from .._core.values import merged, values_of
from .cert_manager_given import proven, render_chart
from .chart import Chart, Served, open_chart
from .image_config import with_image_config
from .kustomize import base_of, render
from .manifests import read_manifest

# A chart that asks for the version of a cluster is told the newest that was tested; which images it renders does not depend on it.
_SERVED = Served("v1.34.0")
_PREFIX = "cert_manager_"
# What `values_of` switches off, and a list shows all the same.
_HOOKS_ON = {"disableCrdUpgraderJob": False, "cass-operator": {"disableCrdUpgraderJob": False}}


@dataclass(frozen=True)
class Source:
    """One thing that is rendered.

    Args:
        option: the option that names it.
        render: from a registry, empty for everything's own, to the objects; hooks of a chart included.
        chart: its name, version and place, when it is a chart.
    """

    option: str
    render: Callable[[str], Sequence[Object]] = field(repr=False)
    chart: Mapping[str, str] | None = None


@contextmanager
def operators_of(parameters: Mapping[str, Any], *, data_planes: bool) -> Iterator[tuple[Source, ...]]:
    """The operators of a control plane and, where there are any, of data planes."""
    planes = (True, False) if data_planes else (True,)
    if not parameters["chart"]:
        yield tuple(_kustomized(parameters, control_plane) for control_plane in planes)
        return
    with open_chart(parameters) as chart:
        yield tuple(_charted(parameters, chart, control_plane) for control_plane in planes)


@contextmanager
def cert_manager_of(parameters: Mapping[str, Any]) -> Iterator[tuple[Source, ...]]:
    """cert-manager, where one is given."""
    own = {name[len(_PREFIX) :]: value for name, value in parameters.items() if name.startswith(_PREFIX)}
    own = {**own, "helm_binary": parameters["helm_binary"], "namespace": "cert-manager", "release_name": "cert-manager"}
    if own["manifest"]:
        bodies = proven(read_manifest(own["manifest"], "cert_manager_manifest"), "cert_manager_manifest")
        yield (Source("cert_manager_manifest", lambda registry: shape_cert_manager(bodies, _wish("cert-manager", False, registry))),)
    elif own["chart"]:
        with open_chart(own) as chart:

            def rendered(registry: str) -> Sequence[Object]:
                everything = proven(render_chart(chart, own, _SERVED, hooks=True), "cert_manager_chart")
                return (*shape_cert_manager(everything, _wish("cert-manager", False, registry)), *_hooks(everything, registry))

            yield (Source("cert_manager_chart", rendered, _described(chart, own)),)
    else:
        yield ()


def _kustomized(parameters: Mapping[str, Any], control_plane: bool) -> Source:
    base = base_of(parameters["kustomize"], control_plane=control_plane, cluster_scoped=parameters["cluster_scoped"])
    bodies = render(base, parameters["kustomize_binary"])

    def shaped(registry: str) -> Sequence[Object]:
        wish = _wish("k8ssandra-operator", control_plane, registry)
        return shape(with_image_config(bodies, wish), wish)

    return Source("kustomize", shaped)


def _charted(parameters: Mapping[str, Any], chart: Chart, control_plane: bool) -> Source:
    def rendered(registry: str) -> Sequence[Object]:
        wish = _wish("k8ssandra-operator", control_plane, registry)
        values = merged(merged(values_of(wish, cluster_scoped=parameters["cluster_scoped"]), parameters["values"]), _HOOKS_ON)
        bodies = chart.render(parameters["release_name"], wish.namespace, values, _SERVED, hooks=True).bodies
        return (*(body for body in bodies if not is_hook(body)), *_hooks(bodies, registry))

    return Source("chart", rendered, _described(chart, parameters))


def _hooks(bodies: Iterable[Object], registry: str) -> Iterator[Object]:
    """The hooks among what a chart renders, which no shape of ours has been through."""
    for body in filter(is_hook, bodies):
        for container in containers_of(body) if registry else ():
            container["image"] = from_registry(str(container.get("image") or ""), registry)
        yield body


def _described(chart: Chart, parameters: Mapping[str, Any]) -> Mapping[str, str]:
    name, version = chart.name.rpartition(" ")[::2]
    return {"name": name, "version": version, "where": redact_text(str(parameters["chart_repository"] or parameters["chart"]))}


def _wish(namespace: str, control_plane: bool, registry: str) -> Installation:
    return Installation(namespace, control_plane, image_registry=registry)
