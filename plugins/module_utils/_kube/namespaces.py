# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What would be lost with a namespace, and whether it stays. That we made it does not make ours what others put there since."""

from __future__ import annotations

from collections.abc import Callable

from .._core.objects import Object, Ref, kind_named, ref_of
from .._core.readings import is_owned_by_another
from . import errors
from .api import Api

_KINDS = (
    "K8ssandraCluster", "CassandraDatacenter", "PersistentVolumeClaim", "StatefulSet", "Deployment", "DaemonSet", "CronJob", "Job", "Pod",
)  # fmt: skip


def require_staying(context: str, body: Object | None, doing: str) -> None:
    """Proves that a namespace or a definition is not on its way out: it takes nothing in any more, and is gone a moment later.

    Raises:
        Conflict: it is.
    """
    if body is not None and body["metadata"].get("deletionTimestamp"):
        raise errors.Conflict(context, doing, f"{ref_of(body)} is being removed", "run again when it is gone; nothing was changed")


def tenants(api: Api, namespace: str, goes: Callable[[Object], bool]) -> list[Ref]:
    """The workloads and volumes of a namespace, data first; without what is on its way out, and what belongs to another object.

    Args:
        goes: whether an object goes anyway, with what is being removed.
    """
    return [
        ref_of(body)
        for kind in _KINDS
        for body in api.list(kind_named(kind), namespace) or ()
        if not (body["metadata"].get("deletionTimestamp") or is_owned_by_another(body) or goes(body))
    ]
