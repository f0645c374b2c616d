# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an upgraded cass-operator would change at the nodes of a datacenter and holds back until it is allowed to.

Source: `UpdateAllowed` in cass-operator v1.28.0 `pkg/reconciliation/reconcile_racks.go`; `setDatacenterStatus` in `constructor.go` takes
the annotation away again. Upstream's control plane sets it by a task (`refreshDatacenter`, `internal/controllers/control/jobs.go`).

Whether something is held back cannot be read: `setDatacenterStatus` takes the condition `RequiresUpdate` back at the end of the same
reconciliation that set it.
"""

from __future__ import annotations

from ..objects import Object

LEAVE = "cassandra.datastax.com/autoupdate-spec"


def with_leave(datacenter: Object, live: Object | None, *, asked: bool) -> Object:
    """The CassandraDatacenter to apply, with the leave to change its nodes where one is asked for or still being used.

    Args:
        datacenter: what is wanted.
        live: the one that is there, or None.
        asked: the user wants what is held back to be carried out.
    """
    metadata = datacenter["metadata"]
    annotations = metadata.get("annotations") or {}
    if live is None or LEAVE in annotations or not (asked or uses_leave(live)):
        return datacenter
    return {**datacenter, "metadata": {**metadata, "annotations": {**annotations, LEAVE: "once"}}}


def uses_leave(live: Object) -> bool:
    """Whether cass-operator is not done yet with what it was allowed to change."""
    return (live["metadata"].get("annotations") or {}).get(LEAVE) == "once"
