# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Carrying out a plan of one context, step by step, by server-side apply."""

from __future__ import annotations

from collections.abc import Callable

from .._core.objects import Object, Ref
from .._core.plan import Plan, Step, Verb, drop_ineffective, plan_presence
from .api import Api
from .errors import ClusterError, Overtaken
from .observe import observe


def confirm(api: Api, plan: Plan, *, force: bool = False) -> Plan:
    """The plan without the updates that the server, asked by a dry-run apply, says would change nothing.

    Only updates are asked about: to create an object is a change whatever the server answers, and its namespace or kind may not
    be there yet. Raises what the server refuses: a conflict, an unknown field, a webhook's denial.
    """
    updates = [step for step in plan.steps if step.verb is Verb.UPDATE and step.body is not None]
    answers: dict[Ref, Object] = {step.ref: api.apply(step.body, dry_run=True, force=force) for step in updates if step.body is not None}
    return drop_ineffective(plan, answers)


def carry_out(
    api: Api, plan: Plan, *, force: bool = False, say: Callable[[str], None] = lambda line: None, done: list[Step] | None = None
) -> None:
    """Applies, merges or deletes every step in order, as `write_each` does."""
    write_each(plan, lambda step: _do(api, step, force), say=say, done=[] if done is None else done)


def write_each(plan: Plan, write: Callable[[Step], object], *, say: Callable[[str], None], done: list[Step]) -> None:
    """Does every step in order and says each. Raises at the first that fails: what was done stays, and the next run goes on.

    Args:
        plan: the steps.
        write: does one.
        say: is told of each that was done.
        done: gets each step that was done, and the one that failed too when nobody knows whether it was done: no answer came, or the
            API server gave up waiting, such as for etcd.
    """
    for step in plan.steps:
        try:
            write(step)
        except ClusterError as problem:
            if problem.outcome_unknown:
                done.append(step)
            raise
        done.append(step)
        say(f"{step.context}: {step.verb.value}d {step.ref}")


def _do(api: Api, step: Step, force: bool) -> None:
    if step.verb is Verb.DELETE:
        api.delete(step.ref)
    elif step.body is not None:
        try:
            api.apply(step.body, force=force)
        except Overtaken:
            # Our own write, whose answer was lost, made the version that it is refused for when it is sent again.
            metadata = {key: value for key, value in step.body["metadata"].items() if key != "resourceVersion"}
            if plan_presence(step.context, [{**step.body, "metadata": metadata}], observe(api, [step.ref])):
                raise
