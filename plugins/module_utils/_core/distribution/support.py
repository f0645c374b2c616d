# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a definition asks for that the collection, as the control plane, does not do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..cluster import ClusterWish
from ..effective import effective
from ..errors import SpecError

_USE_OPERATOR = "leave it out, or have the cluster distributed by the operator (control_plane: operator)"


def check_supported(wish: ClusterWish) -> None:
    """Raise `SpecError` for the first thing that direct distribution does not do."""
    for path, why in _refusals(wish):
        raise SpecError(path, f"{why}; {_USE_OPERATOR}")


def _refusals(wish: ClusterWish) -> Iterator[tuple[str, str]]:
    if wish.wants_stargate:
        yield wish.at("spec", "stargate"), "asks for Stargate, which upstream has deprecated and control_plane: ansible does not distribute"
    if ((wish.spec.get("reaper") or {}).get("reaperRef") or {}).get("name"):
        why = "names a Reaper that is there already, and only an operator inside its cluster can tell it of this one"
        yield wish.at("spec", "reaper", "reaperRef"), why
    for name in wish.cassandra.get("rebuild") or ():
        why = "is a field of newer operators than the one whose rules control_plane: ansible follows"
        instead = ", and the annotation k8ssandra.io/rebuild-src-dc names the source of a rebuild here" if name == "sourceDc" else ""
        yield wish.at("spec", "cassandra", "rebuild", name), f"{why} (v1.26.0){instead}"
    for datacenter, template in wish.templates():
        if "manual" in _management_auth(wish, template):
            why = "secures the management API by certificates, and the API server's proxy, through which we ask it, has none to show"
            yield f"{datacenter.path}.managementApiAuth.manual", why


def _management_auth(wish: ClusterWish, template: Mapping[str, Any]) -> Mapping[str, Any]:
    return effective(wish.cassandra, template, "managementApiAuth") or {}
