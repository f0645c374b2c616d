# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Waiting until a K8ssandraCluster is as wished, and what its status looks like in a result."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from .._core.error_patience import ErrorPatience
from .._core.operators import operators_in
from .._core.plan import Plan
from .._core.readings import ClusterReading
from .._core.rollup import ClusterStatus, roll_up
from .._core.times import instant
from .._core.verdict import Verdict
from .._kube.errors import ClusterError
from .._kube.wait import wait_for
from .run import Call, outcome

# Seconds for which a cause is not final: whoever mended it and ran again finds it as it was, until the operator has taken up the
# change and Kubernetes has tried once more.
REACTION = 60.0


# Seconds that an operator gets, from its roll-out on, to look at the clusters: what it holds back shows only then.
SETTLING = 30.0
_NOT_LOOKED_YET = "an operator that was just rolled out may not have looked at the clusters yet"


def shown_status(reading: ClusterReading) -> dict[str, Any]:
    """The status as `cluster_status` returns it."""
    return roll_up(reading, time.time()).describe()


class _Watch:
    """Looks at a cluster again and again, and remembers what it saw."""

    def __init__(self, read: Callable[..., ClusterReading], first: ClusterReading, *, tolerant: bool) -> None:
        self.last = first
        self._tolerant = tolerant
        self._settling = _settling(first)
        self._read = read
        self._error = ErrorPatience()
        self._held = False
        self._began = time.monotonic()

    def look(self) -> Verdict:
        """One more look, at the cluster alone: its surroundings cost more requests than they change."""
        self.last = self._read(surroundings=False)
        status = roll_up(self.last, time.time())
        self._error = self._error.look(status.error, time.monotonic())
        verdict = (status.without_held() if self._tolerant else status).verdict(self._error)
        if verdict.done and time.monotonic() - self._began < self._settling:
            return replace(verdict, done=False, reason=f"{self.last.control_plane.context}: {_NOT_LOOKED_YET}")
        old = any(cause.hopeless for datacenter in status.datacenters for cause in datacenter.causes)
        passing = self._holds_anew(status) or (old and time.monotonic() - self._began < REACTION)
        return replace(verdict, hopeless=False) if passing else verdict

    def _holds_anew(self, status: ClusterStatus) -> bool:
        """Whether the operator holds an update back that it did not hold at the last look.

        When it has carried an update out it takes the leave away, and a write later it says that it needs none (`updateStatus`,
        k8ssandra-operator v1.26.0 `controllers/k8ssandra/k8ssandracluster_controller.go`).
        """
        before, self._held = self._held, any(problem.held and problem.hopeless for problem in status.problems)
        return self._held and not before


def await_ready(call: Call, plan: Plan, read: Callable[..., ClusterReading], known: ClusterReading | None) -> dict[str, Any]:
    """The cluster's status: when it is ready if the call waits, else as it is now.

    An update that an operator holds back is no reason to wait or to fail with `apply_updates: never`.

    Args:
        plan: what was carried out, for the result of a wait that fails.
        read: reads the cluster once, `surroundings` or not.
        known: a whole reading that is still fresh, or None.

    Raises:
        Hopeless, TimedOut: with `result` set: what was changed and the last status.
    """
    first = known or read()
    tolerant = call.parameters["apply_updates"] == "never"
    status = roll_up(first, time.time())
    ready = (status.without_held() if tolerant else status).ready and _settling(first) <= 0
    if not call.parameters["wait"] or ready:
        return shown_status(first)
    watch = _Watch(read, first, tolerant=tolerant)
    doing = f"waiting for K8ssandraCluster {first.namespace}/{first.name}"
    try:
        wait_for(watch.look, call.patience, context=first.control_plane.context, doing=doing, say=call.say)
    except ClusterError as problem:
        problem.result = outcome(plan, cluster=shown_status(watch.last))
        raise
    return shown_status(read())


def _settling(reading: ClusterReading) -> float:
    """The seconds that are left until every operator has looked at the clusters since it was rolled out; 0 or less for none."""
    running = ((context, instant(operator.rolled_out)) for context in reading.contexts for operator in operators_in(context))
    left = [moment + SETTLING - context.now(time.time()) for context, moment in running if moment is not None]
    return max(left, default=0.0)
