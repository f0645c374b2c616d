# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the datacenters that are left have to forget of a context that is lost for good: its copies, its nodes, its seeds.

The keyspaces of users come first, so that nobody counts on copies that are gone; then the nodes leave the ring; then the system keyspaces
are altered as ever, which Cassandra refuses before. Each step may be where an earlier run was killed.
"""

from __future__ import annotations

from collections.abc import Mapping

from .._core.diff import Change
from .._core.distribution.keyspaces import copies_of
from .._core.distribution.lost import remaining_copies, told_unaltered
from .._core.objects import Ref
from .._core.plan import Plan, Step, Verb
from .._kube import errors
from .._kube.apply import write_each
from .._kube.management import ManagementApi
from .direct_distribution import Distribution
from .direct_plan import API, KEYSPACE
from .direct_ring import DOING, await_forgotten, heard_of, plan_nodes, survivors
from .direct_waiting import Waits


def check_dead(distribution: Distribution) -> None:
    """Raises `Conflict` when a node hears of one that should be dead: then its context is not lost."""
    if not distribution.lost or not distribution.definition:
        return
    living = heard_of(distribution, distribution.lost)
    if living:
        found = f"{', '.join(living)} of {', '.join(distribution.lost)}: alive, so that the context is not lost"
        advice = "end these nodes first, or wait a minute if they died just now, and run again"
        raise errors.Conflict(survivors(distribution)[0].api.context, DOING, found, advice)


def plan_lost(distribution: Distribution) -> Plan:
    """The keyspaces of users that have copies in a lost datacenter, then the nodes that leave the ring; nothing when none is lost.

    Warns of the keyspaces of which copies may be lost and which stay as they are, with what to do about them.
    """
    if not distribution.lost:
        return Plan()
    management = survivors(distribution)[0]
    found, own = management.replications(), distribution.replications()
    kept = {name: remaining_copies(copies, distribution.lost) for name, copies in found.items() if name not in own}
    for warning in (told_unaltered(name, found[name], distribution.lost) for name in kept):
        if warning:
            distribution.call.warn(warning)
    altered = [_altered(distribution, management, name, found[name], copies) for name, copies in kept.items() if copies]
    why = f"is dead for good, as {', '.join(distribution.lost)} is lost"
    return Plan(tuple(altered)) + plan_nodes(distribution, distribution.lost, why)


def forget(distribution: Distribution, waits: Waits, done: list[Step]) -> None:
    """Carries `plan_lost` out.

    Args:
        distribution: what the run knows.
        waits: the time that the run has.
        done: gets each step that was done.
    """
    plan = plan_lost(distribution)

    def write(step: Step) -> None:
        management = survivors(distribution)[0]
        if step.ref.kind == KEYSPACE:
            waits.until_agreed(management)
            management.alter_keyspace(step.ref.name, (step.body or {})["replication"])
        else:
            # Half a minute goes by with each: a network that comes back meanwhile brings living nodes.
            check_dead(distribution)
            management.assassinate(step.ref.name)
        distribution.wrote = True

    write_each(plan, write, say=distribution.call.say, done=done)
    if plan:
        await_forgotten(distribution, waits, distribution.lost)


def _altered(distribution: Distribution, management: ManagementApi, name: str, found: Mapping[str, str], kept: Mapping[str, int]) -> Step:
    ref = Ref(API, KEYSPACE, distribution.wish.namespace, name)
    change = Change(("replication",), copies_of(found), dict(kept))
    more = {"body": {"replication": dict(kept)}, "found": {"replication": found}, "changes": (change,)}
    return Step(management.api.context, Verb.UPDATE, ref, f"its copies in {', '.join(distribution.lost)} are lost", **more)
