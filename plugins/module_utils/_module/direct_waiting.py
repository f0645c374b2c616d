# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Waiting in a direct distribution: for one datacenter, its rebuild, and agreement on the schema."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from .._core.datacenters import Datacenter
from .._core.rollup import ClusterStatus, roll_up
from .._core.verdict import Verdict
from .._kube.management import ManagementApi
from .._kube.wait import Patience, wait_for
from .awaiting import REACTION
from .direct_distribution import Distribution


class Waits:
    """All waits of one run, which share its time.

    Args:
        distribution: what the run knows.
    """

    def __init__(self, distribution: Distribution) -> None:
        self._distribution = distribution
        self._whole = distribution.call.patience
        self._began = self._whole.clock()

    def until_settled(self, name: str) -> None:
        """Until cass-operator has nothing left to do for a datacenter. Raises `Hopeless` when it never will, or `TimedOut`."""
        self._until(name, "waiting for the datacenter", lambda found: found.settled)

    def until_rebuilt(self, name: str) -> None:
        """Until a new datacenter has the data that was there."""
        self._until(name, "waiting for the rebuild of", lambda found: found.rebuild is not None and found.rebuild.state == "complete")

    def until_agreed(self, management: ManagementApi) -> None:
        """Until all nodes that can be reached have the same schema: without that, no keyspace is altered."""

        def look() -> Verdict:
            agreed = management.agrees()
            return Verdict(agreed, "" if agreed else f"the nodes of {management.datacenter} do not agree on the schema yet")

        doing = "waiting for agreement on the schema"
        wait_for(look, self._left(), context=management.api.context, doing=doing, say=self._distribution.call.say)

    def _until(self, name: str, doing: str, done: Callable[[Datacenter], bool]) -> None:
        distribution, began = self._distribution, self._whole.clock()

        def look() -> Verdict:
            reading = distribution.known() if first else distribution.read(surroundings=False)
            first.clear()
            status = roll_up(reading, time.time())
            return _verdict(status, name, done, fresh=self._whole.clock() - began < REACTION)

        first = [True]
        wait_for(look, self._left(), context=distribution.own.context, doing=f"{doing} {name}", say=distribution.call.say)

    def _left(self) -> Patience:
        return replace(self._whole, timeout=max(self._whole.timeout - (self._whole.clock() - self._began), 0.0))


def _verdict(status: ClusterStatus, name: str, done: Callable[[Datacenter], bool], *, fresh: bool) -> Verdict:
    found = next(datacenter for datacenter in status.datacenters if datacenter.name == name)
    if done(found):
        return Verdict(True, lines=status.lines)
    if found.rebuild is not None and found.rebuild.state == "failed":
        advice = f"read the server's log, remove the CassandraTask {name}-rebuild, and run again"
        return Verdict(False, found.sentence, True, found.context, status.lines, advice)
    cause = found.causes[0] if found.causes else None
    # Whoever mended a cause and ran again finds it as it was for a while.
    hopeless = cause is not None and cause.hopeless and not fresh
    return Verdict(False, found.sentence, hopeless, found.context, status.lines, cause.advice if cause else "")
