# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Proving that the operators' kinds are, in schema and versions, what was applied."""

from __future__ import annotations

from collections.abc import Iterable

from .._core.definitions import surplus, unlike
from .._core.objects import Object, ref_of
from . import errors
from .api import Api


def require_definitions(api: Api, wanted: Iterable[Object]) -> tuple[str, ...]:
    """Reads the definitions once more, and gives what they have beyond what was applied, a sentence each.

    Upstream's own upgrader has left definitions out (https://github.com/k8ssandra/k8ssandra-operator/issues/1603), and other tools may
    set them back.

    Raises:
        Conflict: a definition is not as it was applied.
    """
    wanted = tuple(wanted)
    live = {ref.name: body for ref in map(ref_of, wanted) if (body := api.get(ref)) is not None}
    differing = unlike(wanted, live)
    if differing:
        advice = "somebody else writes them, such as a GitOps tool or the CRD upgrader of the Helm chart: stop that, and run again"
        raise errors.Conflict(api.context, "comparing the definitions with what was applied", "; ".join(differing[:3]), advice)
    return tuple(f"{api.context}: {sentence}" for body in wanted for sentence in surplus(body, live[body["metadata"]["name"]]))
