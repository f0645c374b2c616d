# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rendering a Helm chart, from wherever it is, as it would be installed."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from .._core.errors import SpecError
from .._core.objects import Object, kinds_defined_by
from .._core.redact import redact_text
from .._core.values import secret_values
from .._kube.helm import Helm, HelmFailed, private_helm
from .documents import parse_documents, parse_yaml
from .rendered import keep
from .rendered_from import fingerprint_of_chart


@dataclass(frozen=True)
class Served:
    """What the cluster says to a chart: its version, and the API versions that it serves."""

    version: str
    api_versions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rendered:
    """What a chart renders.

    Args:
        bodies: the objects of the release, hooks not included unless they were asked for.
        values: the values that it was rendered with, as JSON.
        secrets: the values that are never shown.
    """

    bodies: tuple[Object, ...] = field(repr=False)
    values: str = field(default="{}", repr=False)
    secrets: frozenset[str] = field(default=frozenset(), repr=False)


@dataclass(frozen=True)
class Chart:
    """A chart on this host.

    Args:
        helm: the Helm that works on it.
        path: its folder or archive.
        name: its name and version.
        definitions: the custom resource definitions that it brings, those of its dependencies included.
    """

    helm: Helm
    path: str
    name: str
    definitions: tuple[Object, ...] = field(repr=False)

    def render(
        self, release: str, namespace: str, values: Mapping[str, Any], served: Served, *, upgrade: bool = False, hooks: bool = False
    ) -> Rendered:
        """What a release of it would consist of, without asking a cluster. Raises `SpecError` with what Helm said.

        Args:
            release, namespace: the release's.
            values: given over the chart's own.
            served: what the cluster serves; what the chart's definitions add is known here.
            upgrade: whether the release is there already.
            hooks: also what Helm makes at certain moments only; nothing of that is part of the release.
        """
        given, secrets = json.dumps(values), secret_values(values)
        added = (api_version for api_version, kind in kinds_defined_by(self.definitions))
        versions = sorted({*served.api_versions, *added})
        command = ["template", release, self.path, "--namespace", namespace, "--values", "-"]
        command += ["--kube-version", served.version, *(["--is-upgrade"] if upgrade else []), *([] if hooks else ["--no-hooks"])]
        command += [part for version in versions for part in ("--api-versions", version)]
        text = _ask(self.helm, command, f"cannot render {self.name}", given, secrets)
        bodies = parse_documents(text, f"chart (what {self.name} renders to)")
        return Rendered(tuple(bodies), given, secrets)


@contextmanager
def open_chart(parameters: Mapping[str, Any]) -> Iterator[Chart]:
    """The chart that the options of `CHART` name, fetched unless it is here. Its folder is removed at the end.

    Raises:
        SpecError: there is no Helm, or no such chart; with what Helm said.
    """
    try:
        with private_helm(parameters["helm_binary"]) as helm:
            path = _fetch(helm, parameters)
            shown = redact_text(str(parameters["chart"]))
            metadata, *definitions = keep(fingerprint_of_chart(path, helm.binary), lambda: _show(helm, path, shown))
            yield Chart(helm, path, f"{metadata.get('name')} {metadata.get('version')}", _definitions(definitions))
    except HelmFailed as problem:
        raise SpecError("helm_binary", str(problem)) from problem


def _show(helm: Helm, path: str, shown: str) -> list[dict[str, Any]]:
    """What the chart says of itself, then its definitions."""
    metadata = parse_yaml(_ask(helm, ["show", "chart", path], f"cannot read {shown}"), "chart (its Chart.yaml)")
    return [metadata, *parse_documents(separated(_ask(helm, ["show", "crds", path], f"cannot read {shown}")), "chart (its definitions)")]


def _fetch(helm: Helm, parameters: Mapping[str, Any]) -> str:
    chart, repository = str(parameters["chart"]), parameters["chart_repository"]
    local = os.path.abspath(os.path.expanduser(chart))
    if not repository and os.path.exists(local):
        return local
    if not repository and "://" not in chart:
        found = f"is {chart}, which is no folder or archive on this host; for a chart's name, give chart_repository too"
        raise SpecError("chart", found)
    pulled = os.path.join(helm.folder, "pulled")
    os.mkdir(pulled)
    command = ["pull", chart, "--destination", pulled]
    for option, value in (("--repo", repository), ("--version", parameters["chart_version"])):
        command += [option, str(value)] if value else []
    command += ["--plain-http"] if parameters["chart_plain_http"] else []
    _ask(helm, command, redact_text(f"cannot fetch {chart}{f' from {repository}' if repository else ''}"))
    (archive,) = os.listdir(pulled)
    return os.path.join(pulled, archive)


def _ask(helm: Helm, command: list[str], failing: str, given: str | None = None, secrets: frozenset[str] = frozenset()) -> str:
    try:
        return helm.run(command, given=given, secrets=secrets)
    except HelmFailed as problem:
        raise SpecError("chart", f"{failing}: {problem}") from problem


def separated(text: str) -> str:
    """The definitions with a mark between any two: Helm writes a chart's files one after the other (helm v3.19 pkg/action/show.go).

    Without it, the last of one file and the first of the next read as one, and the first of the two is lost without a word.
    """
    lines, inside = [], False
    for line in text.splitlines():
        if line.startswith("apiVersion:") and inside:
            lines.append("---")
        inside = (inside and not line.startswith("---")) or line.startswith("apiVersion:")
        lines.append(line)
    return "\n".join(lines)


def _definitions(bodies: list[Any]) -> tuple[Object, ...]:
    """Without doubles: a dependency may bring the same as the chart itself, and the first counts."""
    found: dict[str, Object] = {}
    for body in bodies:
        if body.get("kind") == "CustomResourceDefinition":
            found.setdefault(str(body["metadata"]["name"]), body)
    return tuple(found.values())
