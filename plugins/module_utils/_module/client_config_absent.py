# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Removing remote contexts from the control plane, and the account in each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from .._core.adopted import secret_name_of
from .._core.credentials import is_loaded
from .._core.identity import IDENTITY_KINDS
from .._core.objects import Object, Ref, kind_named, ref_of
from .._core.plan import Plan, Step, plan_absence
from .._core.registration import users_of
from .._kube import errors
from .._kube.api import Api
from .._kube.apply import carry_out
from .._kube.credentials import find_identity, version
from .._kube.fleet import side_by_side
from .._kube.loading import await_restart, read_operator
from .._kube.observe import observe
from .adopted import point_at_adopted
from .candidates import Candidate, failure, returned
from .prepare import Connect
from .run import Call, foretelling

_WHY = "the context is to be forgotten"


@dataclass
class _Removal:
    """What a removal works with."""

    call: Call
    api: Api
    connect: Connect
    found: Mapping[Ref, Object] = field(repr=False)


def remove(call: Call, api: Api, candidates: Sequence[Candidate], connect: Connect) -> dict[str, Any]:
    """Removes ClientConfigs, then Secrets, then the accounts; nothing when one of the contexts is in use."""
    with foretelling(call):
        _refuse_while_used(api, candidates)
    if any(candidate.adopted for candidate in candidates):
        _find_adopted(api, candidates, call.parameters["namespace"])
    found = observe(api, [ref for candidate in candidates for ref in (candidate.wish.client_config, candidate.wish.secret)])
    removal = _Removal(call, api, connect, found)
    _for_each(candidates, lambda candidate: _plan_account(removal, candidate))
    for candidate in candidates:
        _forgive(call, candidate)
    good = [candidate for candidate in candidates if not candidate.problem]
    plan = _plan(removal, good)
    for candidate in good:
        touched = candidate.plan or any(step.ref in (candidate.wish.client_config, candidate.wish.secret) for step in plan.steps)
        candidate.action = "removed" if touched else "unchanged"
    restarts, done = 0, list[Step]()
    try:
        if not call.check_mode:
            restarts = _carry_out(removal, plan, good, done)
    except errors.ClusterError as problem:
        problem.result = returned(Plan(tuple(done)), candidates, restarts)
        raise
    accounts = Plan(tuple(step for candidate in candidates for step in candidate.plan.steps))
    return {**returned(plan + accounts, candidates, restarts), **failure(candidates, "removed")}


def _find_adopted(api: Api, candidates: Sequence[Candidate], namespace: str) -> None:
    """Their own objects by what they register. One that is gone already is no problem; a Secret that others use too stays."""
    listed = api.list(kind_named("ClientConfig"), namespace) or ()
    point_at_adopted(candidates, listed)
    leaving = {candidate.wish.client_config for candidate in candidates}
    staying = {secret_name_of(body) for body in listed if ref_of(body) not in leaving}
    for candidate in candidates:
        candidate.problem = None
        if candidate.wish.secret.name in staying:
            candidate.wish = replace(candidate.wish, secret_name="")


def _refuse_while_used(api: Api, candidates: Sequence[Candidate]) -> None:
    """Raises `Conflict` naming what still uses a context: without its client config, the operator could not even remove that."""
    kinds = ("K8ssandraCluster", "ReplicatedSecret", "K8ssandraTask")
    clusters, replicated, tasks = (api.list(kind_named(kind)) or () for kind in kinds)
    for candidate in candidates:
        users = users_of(candidate.context, clusters, replicated, tasks)
        if users:
            advice = "remove these, or their datacenters there, first; nothing was removed"
            raise errors.Conflict(candidate.context, "removing the registration", f"it is used by {', '.join(users)}", advice)


def _for_each(candidates: Sequence[Candidate], work: Callable[[Candidate], None]) -> None:
    answers = side_by_side(work, candidates)
    for candidate in candidates:
        answer = answers[candidate.context]
        if isinstance(answer, errors.ClusterError):
            candidate.problem = answer


def _plan_account(removal: _Removal, candidate: Candidate) -> None:
    wish = candidate.wish
    leads = f"the kubeconfig given leads to context {wish.access.context} and reads the account"
    with candidate.checked("access", leads), removal.connect(wish.access) as api:
        found = find_identity(api, wish.identity)
        candidate.server_version = version(api)
    order = [kind.kind for kind in IDENTITY_KINDS]
    refs = sorted(found, key=lambda ref: order.index(ref.kind))
    candidate.plan = plan_absence(candidate.context, refs, found, _WHY)


def _forgive(call: Call, candidate: Candidate) -> None:
    """An unreachable cluster may be gone for ever: who says so gets its registration removed, and keeps what is there."""
    problem = candidate.problem
    if not isinstance(problem, errors.NO_ANSWER):
        return
    if call.parameters["forget_unreachable"]:
        candidate.problem = None
        call.warn(f"{candidate.context}: not reachable; its account {candidate.wish.identity.subject} may still be there")
    else:
        advice = "when it is gone for ever, set forget_unreachable: true; nothing was removed for it"
        candidate.problem = errors.Unreachable(problem.context, problem.doing, problem.found, advice)
        candidate.problem.__cause__ = problem


def _plan(removal: _Removal, good: Sequence[Candidate]) -> Plan:
    """A ClientConfig whose Secret is missing keeps the operator from starting, so that goes first."""
    configs = [candidate.wish.client_config for candidate in good]
    secrets = [candidate.wish.secret for candidate in good]
    return plan_absence(removal.api.context, dict.fromkeys([*configs, *secrets]), removal.found, _WHY)


def _carry_out(removal: _Removal, plan: Plan, good: Sequence[Candidate], done: list[Step]) -> int:
    call, api = removal.call, removal.api
    deployment = kind_named("Deployment").ref(call.parameters["operator_deployment"], call.parameters["namespace"])
    before = read_operator(api, deployment) if plan else None
    carry_out(api, plan, say=call.say, done=done)
    _for_each([candidate for candidate in good if candidate.plan], lambda candidate: _remove_account(removal, candidate))
    known = any(is_loaded(removal.found.get(wish.client_config), removal.found.get(wish.secret)) for wish in (one.wish for one in good))
    if before is None or before.deployment is None or not known:
        return 0
    if call.parameters["wait"]:
        await_restart(api, before, deployment, call.patience, call.say)
    return read_operator(api, deployment).restarts_since(before)


def _remove_account(removal: _Removal, candidate: Candidate) -> None:
    done: list[Step] = []
    try:
        with removal.connect(candidate.wish.access) as api:
            carry_out(api, candidate.plan, say=removal.call.say, done=done)
    finally:
        candidate.plan = Plan(tuple(done))
