# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cert-manager that options give: a static manifest, or a chart that is rendered and applied like one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from .._core.cert_manager import DEFINITION
from .._core.errors import SpecError
from .._core.objects import Object, ref_of
from .._core.values import merged
from .chart import Chart, Served, open_chart
from .manifests import read_manifest

# From what the cluster serves, which only a chart asks for, to the objects as they were rendered.
Given = Callable[[Callable[[], Served]], Sequence[Object]]
# Definitions come with the rest, and nothing of the chart waits in our place (cert-manager v1.18, chart's values.yaml).
_VALUES = {"crds": {"enabled": True}, "startupapicheck": {"enabled": False}}
_EVERYTHING = {"crds": {"enabled": True}, "startupapicheck": {"enabled": True}}


@contextmanager
def given_cert_manager(parameters: Mapping[str, Any]) -> Iterator[Given | None]:
    """The cert-manager that the options `manifest` or `chart` give; None when they give none.

    Raises:
        SpecError: it cannot be read or rendered, or is no cert-manager.
    """
    if parameters.get("manifest"):
        bodies = proven(read_manifest(parameters["manifest"], "manifest"), "manifest")
        yield lambda ask: bodies
    elif parameters.get("chart"):
        with open_chart(parameters) as chart:
            yield lambda ask: proven(render_chart(chart, parameters, ask()), "chart")
    else:
        yield None


def render_chart(chart: Chart, parameters: Mapping[str, Any], served: Served, *, hooks: bool = False) -> Sequence[Object]:
    """What the chart renders, with its definitions wherever it keeps them.

    Args:
        hooks: also what this collection leaves out, switched on.
    """
    values = merged(_EVERYTHING if hooks else _VALUES, parameters["values"])
    release, namespace = parameters["release_name"], parameters["namespace"]
    rendered = chart.render(release, namespace, values, served, hooks=hooks).bodies
    there = {ref_of(body) for body in rendered}
    return (*(body for body in chart.definitions if ref_of(body) not in there), *rendered)


def proven(bodies: Sequence[Object], option: str) -> Sequence[Object]:
    """The same objects. Raises `SpecError` when they do not install cert-manager."""
    refs = {ref_of(body) for body in bodies}
    for there, what in ((DEFINITION in refs, str(DEFINITION)), (any(ref.kind == "Deployment" for ref in refs), "Deployment")):
        if not there:
            advice = "; a chart before 1.15 needs the value installCRDs: true" if option == "chart" else ""
            raise SpecError(option, f"has no {what}: it does not install cert-manager{advice}")
    return bodies
