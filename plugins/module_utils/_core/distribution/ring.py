# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The nodes of a cluster as one of them knows them by gossip.

Source of the words: `EndpointState`, cass-operator v1.28.0 `pkg/httphelper/client.go`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# Gossip tells of a node that left for three days more, so that nobody takes it back.
_GONE = ("LEFT", "removed", "removing")


@dataclass(frozen=True)
class Endpoint:
    """One node.

    Args:
        address: where the other nodes reach it.
        datacenter: what Cassandra calls its datacenter; empty when nobody has said so since the node that was asked began.
        alive: whether it is heard of; true too when the answer does not say, as nobody takes it for dead then.
        status: `NORMAL`, `LEFT`, `shutdown` and the like, with what follows; empty when it is not known.
    """

    address: str
    datacenter: str = ""
    alive: bool = False
    status: str = ""

    @property
    def in_ring(self) -> bool:
        """Whether it still counts as a node of the cluster."""
        return not self.status.startswith(_GONE)


def endpoints_of(answer: Mapping[str, Any]) -> tuple[Endpoint, ...]:
    """The nodes that an answer of `/api/v0/metadata/endpoints` tells of."""
    return tuple(
        Endpoint(
            str(state.get("ENDPOINT_IP") or ""),
            str(state.get("DC") or ""),
            str(state.get("IS_ALIVE")).lower() != "false",
            str(state.get("STATUS_WITH_PORT") or state.get("STATUS") or ""),
        )
        for state in answer.get("entity") or ()
    )
