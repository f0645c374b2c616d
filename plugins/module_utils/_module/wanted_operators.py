# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which operators each context is to have: told without rendering where that is certain, else out of what is rendered."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

from .._core.definitions import definitions_among
from .._core.objects import Object
from .._core.operators import K8SSANDRA, Operator, images_among
from .._core.standing import Wanted, version_of
from .._kube.api import Api
from .._kube.errors import ClusterError
from .._kube.release import read_served
from .chart import Served, open_chart
from .documents import parse_yaml
from .kustomize import base_of, render
from .wanted_versions import Mentions, mentioned_versions

Running = Mapping[str, "tuple[Operator, ...] | ClusterError"]


def are_wanted(parameters: Mapping[str, Any], running: Running) -> bool:
    """Whether every operator that runs is for certain of the wanted version. A context that does not answer runs none."""
    known: dict[str, Mentions] = {}
    for entry in parameters["contexts"]:
        found = running[entry["name"]]
        operators = () if isinstance(found, ClusterError) else found
        if operators and parameters["chart"]:
            if not _is_of_chart(operators, entry.get("chart_version") or _chart_version(parameters), parameters["values"]):
                return False
        elif operators:
            base = _base(parameters, entry)
            mentioned = known[base] = known.get(base) or mentioned_versions(base)
            if not all(_is_mentioned(operator, operators, mentioned) for operator in operators):
                return False
    return True


def render_wanted(parameters: Mapping[str, Any], api: Api) -> dict[str, Wanted]:
    """What each context is to have; what several want is rendered once.

    Args:
        api: a context that answers; charts ask what a cluster serves.
    """
    rendered: dict[str, Wanted] = {}
    found = {}
    for entry in parameters["contexts"]:
        version = entry.get("chart_version") or parameters["chart_version"]
        source = f"chart {version}" if parameters["chart"] else _base(parameters, entry)
        if source not in rendered:
            bodies = _of_chart({**parameters, "chart_version": version}, api) if parameters["chart"] else _of_base(parameters, source)
            rendered[source] = Wanted(images_among(bodies), definitions_among(bodies))
        found[entry["name"]] = rendered[source]
    return found


def _of_base(parameters: Mapping[str, Any], base: str) -> Sequence[Object]:
    return render(base, parameters["kustomize_binary"])


def _of_chart(parameters: Mapping[str, Any], api: Api) -> Sequence[Object]:
    """With the user's values alone: which images and definitions it brings depends on no other."""
    with open_chart(parameters) as chart:
        served = Served(*read_served(api))
        rendered = chart.render(parameters["release_name"], parameters["namespace"], parameters["values"], served, upgrade=True)
        return (*chart.definitions, *rendered.bodies)


def _base(parameters: Mapping[str, Any], entry: Mapping[str, Any]) -> str:
    return base_of(
        entry.get("kustomize") or parameters["kustomize"],
        control_plane=entry["name"] == parameters["control_plane"],
        cluster_scoped=parameters["cluster_scoped"],
    )


def _is_mentioned(operator: Operator, beside: Sequence[Operator], mentioned: Mentions) -> bool:
    said = mentioned[operator.operator]
    if said:
        return said == {version_of(operator.image)}
    # A remote base names its own version alone: the one operator goes with the other.
    return any(mentioned[each.operator] == {version_of(each.image)} for each in beside)


def _is_of_chart(operators: Sequence[Operator], version: str, values: Mapping[str, Any]) -> bool:
    """A chart's version is k8ssandra-operator's, and it brings its cass-operator along, unless values say other images."""
    tags = [version_of(operator.image).removeprefix("v") for operator in operators if operator.operator == K8SSANDRA]
    return bool(version) and tags == [version.removeprefix("v")] and not _names_images(values)


def _names_images(values: Any) -> bool:
    return isinstance(values, Mapping) and any(key in ("tag", "digest") or _names_images(value) for key, value in values.items())


def _chart_version(parameters: Mapping[str, Any]) -> str:
    """The version that is asked for, or that a folder says; empty when only fetching or unpacking would tell."""
    file = os.path.join(os.path.expanduser(str(parameters["chart"])), "Chart.yaml")
    if parameters["chart_version"] or not os.path.isfile(file):
        return str(parameters["chart_version"] or "")
    with open(file, encoding="utf-8") as opened:
        return str((parse_yaml(opened.read(), file) or {}).get("version", ""))
