# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Waiting in a direct distribution: for one datacenter, its rebuild, and agreement on the schema."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from .._core.causes import Cause
from .._core.datacenters import Datacenter
from .._core.distribution.held import uses_leave
from .._core.distribution.ownership import joining_in
from .._core.distribution.template import Template
from .._core.readings import ClusterReading, holds, runs_cassandra, status_of
from .._core.rollup import roll_up
from .._core.verdict import Verdict
from .._kube.errors import Hopeless
from .._kube.management import ManagementApi
from .._kube.wait import wait_for
from .awaiting import REACTION
from .direct_distribution import Distribution

Lines = tuple[str, ...]


class Waits:
    """All waits of one run, which share its time. Those for one datacenter tell whether they came to their end: a call that does not wait
    looks once.

    Args:
        distribution: what the run knows.
    """

    def __init__(self, distribution: Distribution) -> None:
        self._distribution = distribution
        self._whole = distribution.call.patience
        self._began = self._whole.clock()

    def until_settled(self, name: str) -> bool:
        """Until cass-operator has nothing left to do for a datacenter. Raises `Hopeless` when it never will, or `TimedOut`."""
        return self._until(name, "waiting for the datacenter", self._is_settled, _judge_settling)

    def until_rebuilt(self, name: str) -> bool:
        """Until a new datacenter has the data that was there. Raises as `until_settled` does."""
        return self._until(name, "waiting for the rebuild of", _is_rebuilt)

    def until_reaper(self, name: str) -> bool:
        """Until a datacenter's Reaper is ready, if it has one. Raises as `until_settled` does."""
        return self._until(name, "waiting for Reaper of", lambda found: found.reaper in ("", "ready"), _judge_reaper)

    def until_gone(self, template: Template) -> None:
        """Until cass-operator has let all nodes of a datacenter leave, and the datacenter is gone."""
        distribution = self._distribution

        def look() -> Verdict:
            reading = distribution.read(surroundings=False)
            if distribution.body(template) is None:
                return Verdict(True)
            found, lines = _looked_up(reading, template.name)
            return Verdict(False, found.sentence, context=found.context, lines=lines)

        if distribution.body(template) is not None:
            self.until(look, f"waiting until the nodes of {template.name} have left", distribution.context(template.context))

    def until_agreed(self, management: ManagementApi) -> None:
        """Until all nodes that can be reached have the same schema: without that, no keyspace is altered."""

        def look() -> Verdict:
            agreed = management.agrees()
            return Verdict(agreed, "" if agreed else f"the nodes of {management.datacenter} do not agree on the schema yet")

        self.until(look, "waiting for agreement on the schema", management.api.context)

    def until(self, look: Callable[[], Verdict], doing: str, context: str) -> None:
        """Until a look says that it is done. Raises `Hopeless` when it never will be, or `TimedOut`."""
        patience = replace(self._whole, spent=self._whole.clock() - self._began)
        wait_for(look, patience, context=context, doing=doing, say=self._distribution.call.say)

    def _until(self, name: str, doing: str, done: Callable[[Datacenter], bool], judge: Callable[..., Verdict] | None = None) -> bool:
        distribution, began = self._distribution, self._whole.clock()

        def look() -> Verdict:
            reading = distribution.known() if first else distribution.read(surroundings=False)
            first.clear()
            found, lines = _looked_up(reading, name)
            if done(found):
                return Verdict(True, lines=lines)
            return (judge or _judge)(found, lines, fresh=self._whole.clock() - began < REACTION)

        first, doing = [True], f"{doing} {name}"
        if distribution.call.parameters["wait"]:
            self.until(look, doing, distribution.own.context)
            return True
        verdict = look()
        if verdict.hopeless:
            raise Hopeless(verdict.context, doing, verdict.reason, verdict.advice)
        return verdict.done

    def _is_settled(self, found: Datacenter) -> bool:
        return found.settled and not uses_leave(self._distribution.live()[found.name])


def broken_first(distribution: Distribution) -> list[Template]:
    """The datacenters in the order in which they are worked on, first those with which cass-operator is not done as they are.

    So nodes of two datacenters are never down at once. One that has no data yet waits for its turn: it may need what comes before.
    """
    live, joining = distribution.live(), joining_in(distribution.records.values())

    def broken(template: Template) -> bool:
        body = live.get(template.name)
        if body is None or template.name in joining or body["spec"].get("stopped"):
            return False
        up = sum(map(runs_cassandra, distribution.pods(template)))
        done = holds(body, "Ready") and status_of(body).get("cassandraOperatorProgress") == "Ready"
        return not done or up < body["spec"]["size"]

    return sorted(distribution.order(), key=broken, reverse=True)


def _looked_up(reading: ClusterReading, name: str) -> tuple[Datacenter, Lines]:
    """One datacenter by its name, and the lines of all."""
    status = roll_up(reading, time.time())
    return next(datacenter for datacenter in status.datacenters if datacenter.name == name), status.lines


def _is_rebuilt(found: Datacenter) -> bool:
    return found.rebuild is not None and found.rebuild.state == "complete"


def _judge(found: Datacenter, lines: Lines, *, fresh: bool) -> Verdict:
    """On a datacenter whose nodes are not as they should be."""
    if found.rebuild is not None and found.rebuild.state == "failed":
        advice = f"read the server's log, remove the CassandraTask {found.name}-rebuild, and run again"
        return Verdict(False, found.sentence, True, found.context, lines, advice)
    return _with_cause(found.sentence, found.causes, Verdict(False, context=found.context, lines=lines), fresh=fresh)


def _judge_settling(found: Datacenter, lines: Lines, *, fresh: bool) -> Verdict:
    """On a datacenter with which cass-operator is not done."""
    if not found.settled:
        return _judge(found, lines, fresh=fresh)
    reason = f"{found.context} {found.name}: cass-operator is not done yet with what it was allowed to change"
    return Verdict(False, reason, context=found.context, lines=(*lines, reason))


def _judge_reaper(found: Datacenter, lines: Lines, *, fresh: bool) -> Verdict:
    """On a datacenter whose Reaper is not ready."""
    told = (*lines, f"{found.context} {found.name}: Reaper {found.reaper}")
    return _with_cause(found.reaper_sentence, found.reaper_causes, Verdict(False, context=found.context, lines=told), fresh=fresh)


def _with_cause(reason: str, causes: tuple[Cause, ...], verdict: Verdict, *, fresh: bool) -> Verdict:
    cause = causes[0] if causes else None
    # Whoever mended a cause and ran again finds it as it was for a while.
    hopeless = cause is not None and cause.hopeless and not fresh
    return replace(verdict, reason=reason, hopeless=hopeless, advice=cause.advice if cause else "")
