# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The nodes of one datacenter: its pods, and what cass-operator says of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .objects import Object
from .readings import holds, labels_of, name_of, status_of

_NODE_STATE, _RACK = "cassandra.datastax.com/node-state", "cassandra.datastax.com/rack"
_UP = "Started"


@dataclass(frozen=True)
class Node:
    """One Cassandra node: its pod, and what cass-operator says of it. `ready` is None when only the control plane's word is known."""

    name: str
    ip: str
    rack: str
    host_id: str
    state: str
    ready: bool | None


def nodes_of(pods: tuple[Object, ...] | None, status: Mapping[str, Any]) -> tuple[Node, ...]:
    """The nodes by name.

    Args:
        pods: the datacenter's; None when its context was not asked, or did not answer.
        status: the CassandraDatacenter's.
    """
    told = status.get("nodeStatuses") or {}
    by_name = {name_of(pod): pod for pod in pods or ()}
    return tuple(_node(name, by_name.get(name), told.get(name) or {}, pods is not None) for name in sorted({*told, *by_name}))


def _node(name: str, pod: Object | None, told: Mapping[str, Any], asked: bool) -> Node:
    ip, rack, host_id = told.get("ip", ""), told.get("rack", ""), told.get("hostID", "")
    if pod is None:
        return Node(name, ip, rack, host_id, "missing" if asked else "unknown", False if asked else None)
    labels, status = labels_of(pod), status_of(pod)
    state = labels.get(_NODE_STATE) or status.get("phase") or "unknown"
    ready = state == _UP and holds(status, "Ready")
    return Node(name, status.get("podIP") or ip, labels.get(_RACK) or rack, host_id, state, ready)
