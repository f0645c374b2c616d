# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ring as the nodes that are left see it, and those that leave it because they are gone for good."""

from __future__ import annotations

from collections.abc import Collection

from .._core.distribution.lost import dead_nodes, living_nodes
from .._core.distribution.ring import Endpoint
from .._core.objects import Ref
from .._core.plan import Plan, Step, Verb
from .._core.verdict import Verdict
from .._kube import errors
from .._kube.apply import write_each
from .._kube.management import ManagementApi
from .direct_distribution import Distribution
from .direct_plan import API
from .direct_waiting import Waits

NODE = "Node"
DOING = "looking at the nodes of the datacenters that are left"


def survivors(distribution: Distribution) -> list[ManagementApi]:
    """The datacenters that are left and answer, by any of which the whole cluster is asked and changed. Raises `Unavailable`."""
    there = [distribution.management(template) for template in distribution.order() if template.name in distribution.live()]
    found = [management for management in there if management.ready]
    if not found:
        why = "no datacenter of those that are left has a Cassandra that is ready"
        advice = "bring one up, as the others have to forget the nodes that are gone, and run again"
        raise errors.Unavailable(distribution.own.context, DOING, why, advice)
    return found


def heard_of(distribution: Distribution, names: Collection[str]) -> tuple[str, ...]:
    """The addresses of the nodes of datacenters, as Cassandra calls them, of which some node hears."""
    return living_nodes(_views(distribution), names)


def plan_nodes(distribution: Distribution, names: Collection[str], why: str) -> Plan:
    """The nodes of datacenters that leave the ring, a step each, with the reason that is given."""
    context = survivors(distribution)[0].api.context
    return Plan(tuple(Step(context, Verb.DELETE, Ref(API, NODE, "", address), why) for address in dead_nodes(_views(distribution), names)))


def await_forgotten(distribution: Distribution, waits: Waits, names: Collection[str]) -> None:
    """Waits until every node has forgotten those of datacenters."""

    def look() -> Verdict:
        left = ", ".join(dead_nodes(_views(distribution), names))
        return Verdict(not left, f"{left}: still in the ring" if left else "")

    waits.until(look, "waiting until every node has forgotten those that are gone", survivors(distribution)[0].api.context)


def forget_left(distribution: Distribution, waits: Waits, done: list[Step]) -> None:
    """Takes out of the ring the nodes of datacenters that left without all others having heard of it.

    cass-operator asks the node that leaves whether it has left, and ends it at once. Where that is before the news has spread, the others
    wait for it for ever, and Cassandra refuses to take its datacenter out of `system_auth` (`CheckDecommissioningNodes`, cass-operator
    v1.28.0 `pkg/reconciliation/decommission_node.go`).

    Args:
        distribution: what the run knows; the datacenters that leave have gone.
        waits: the time that the run has.
        done: gets each step that was done.
    """
    names = [template.cassandra_name for template in distribution.leaving]
    why = "has left, and not every node has heard of it"
    if not plan_nodes(distribution, names, why):
        return

    def look() -> Verdict:
        views = _views(distribution)
        heard = ", ".join(living_nodes(views, names)) if dead_nodes(views, names) else ""
        return Verdict(not heard, f"{heard}: not yet taken for dead" if heard else "")

    def write(step: Step) -> None:
        # Half a minute goes by with each.
        heard = ", ".join(heard_of(distribution, names))
        if heard:
            found = f"{heard} of {', '.join(names)}: alive, though the datacenter is gone"
            raise errors.Conflict(step.context, DOING, found, "find out what runs there, and run again when it has ended")
        survivors(distribution)[0].assassinate(step.ref.name)

    waits.until(look, "waiting until the nodes that have left are forgotten, or taken for dead", survivors(distribution)[0].api.context)
    plan, distribution.wrote = plan_nodes(distribution, names, why), True
    write_each(plan, write, say=distribution.call.say, done=done)
    await_forgotten(distribution, waits, names)


def _views(distribution: Distribution) -> list[tuple[Endpoint, ...]]:
    """The ring as each node that answers sees it."""
    return [view for management in survivors(distribution) for view in management.views()]
