# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Remote contexts, registered with the control plane, renewed and removed."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .._core.credentials import context_of, is_loaded
from .._core.identity import SERVICE_ACCOUNT
from .._core.objects import Object, Ref, kind_named, ref_of
from .._core.plan import Plan, Step, Verb, plan_presence, with_preview
from .._kube import errors
from .._kube.api import Api
from .._kube.apply import carry_out, confirm
from .._kube.credentials import missing_namespaces
from .._kube.fleet import side_by_side
from .._kube.loading import await_loaded, read_operator
from .._kube.observe import observe
from .._kube.wait import Patience
from .adopted import accept, made_by, plan_replaced, point_at_adopted
from .argspec import CONTEXT, CONTEXTS, WAIT
from .candidates import Candidate, candidates_of, failure, returned
from .client_config_absent import remove
from .connect import access_of, connected
from .definition import Definition
from .prepare import SETTLING, Connect, Preparation
from .run import Call


@dataclass(frozen=True)
class ControlPlane:
    """What is in the control plane before our first write.

    Args:
        api: its client.
        deployment: the operator's Deployment.
        client_configs: all ClientConfigs of the namespace.
        secrets: our Secrets.
        missing: what has to be there before a registration can be; only a dry run goes on without.
    """

    api: Api
    deployment: Ref
    client_configs: Mapping[Ref, Object] = field(repr=False)
    secrets: Mapping[Ref, Object] = field(repr=False)
    missing: str = ""

    @property
    def found(self) -> dict[Ref, Object]:
        """Both kinds by identity."""
        return {**self.client_configs, **self.secrets}


def keep_client_configs(
    call: Call, connect: Connect = connected, clock: Callable[[], float] = time.time, settling: Patience = SETTLING
) -> dict[str, Any]:
    """Registers, renews or removes remote contexts.

    Args:
        call: what Ansible asks.
        connect: opens a client, which closes at the end; for tests.
        clock: seconds since the epoch; for tests.
        settling: how long a new account may be refused; for tests.
    """
    access = access_of(call.parameters)
    candidates = candidates_of(call.parameters)
    with connect(access) as api:
        if call.parameters["state"] == "absent":
            return remove(call, api, candidates, connect)
        control = _read_control_plane(call, api, candidates)
        preparation = Preparation(call, connect, clock(), control.secrets, settling)
        for candidate in candidates:
            candidate.problem = candidate.problem or _registered_otherwise(call, candidate, control)
        _prepare(preparation, [candidate for candidate in candidates if not candidate.problem])
        return _register(call, control, candidates)


def _prepare(preparation: Preparation, candidates: Sequence[Candidate]) -> None:
    def prepare(candidate: Candidate) -> None:
        if candidate.adopted:
            accept(candidate, preparation.connect, preparation.secrets.get(candidate.wish.secret), preparation.call.warn)
        else:
            preparation.prepare(candidate)

    for name, answer in side_by_side(prepare, candidates).items():
        if isinstance(answer, errors.ClusterError):
            next(candidate for candidate in candidates if candidate.context == name).problem = answer


def _read_control_plane(call: Call, api: Api, candidates: Sequence[Candidate]) -> ControlPlane:
    namespace = call.parameters["namespace"]
    deployment = kind_named("Deployment").ref(call.parameters["operator_deployment"], namespace)
    listed = api.list(kind_named("ClientConfig"), namespace)
    point_at_adopted(candidates, listed or ())
    wishes = [candidate.wish for candidate in candidates]
    secrets = observe(api, [wish.secret for wish in wishes])
    missing = "" if listed is not None else "the kind ClientConfig, which the operators bring"
    if len(secrets) < len(wishes) and missing_namespaces(api, [namespace]):
        missing = f"namespace {namespace}"
    if missing and not call.check_mode:
        advice = "install the operators in the control plane first, or correct `namespace`"
        raise errors.Absent(api.context, "looking at the control plane", f"it lacks {missing}", advice)
    return ControlPlane(api, deployment, {ref_of(body): body for body in listed or ()}, secrets, missing)


def _registered_otherwise(call: Call, candidate: Candidate, control: ControlPlane) -> errors.ClusterError | None:
    """Of two ClientConfigs for one context, the operator takes the last it reads, without a word."""
    wish = candidate.wish
    for ref, body in control.client_configs.items():
        if context_of(body) == wish.context and ref != wish.client_config:
            found = f"{ref} of the control plane registers this context already, and is not ours"
            advice = "remove it, give its name as `client_config`, or name the context otherwise"
            return errors.Conflict(wish.context, "registering", found, advice)
    theirs = "" if candidate.adopted else made_by(control.client_configs.get(wish.client_config), wish)
    if theirs and not call.parameters["force_conflicts"]:
        advice = "leave it with `credential` adopted, or take it over with force_conflicts; nothing was written for it"
        return errors.Conflict(wish.context, "registering", theirs, advice)
    return None


def _register(call: Call, control: ControlPlane, candidates: Sequence[Candidate]) -> dict[str, Any]:
    # The steps of a context that failed half-way were done none the less.
    accounts = Plan(tuple(step for candidate in candidates for step in candidate.plan.steps))
    restarts, done = 0, list[Step]()
    try:
        plan = _plan(call, control, candidates)
        good = [candidate for candidate in candidates if not candidate.problem]
        for candidate in good:
            candidate.action = _action(candidate, plan, control)
        if not call.check_mode:
            restarts = _carry_out(call, control, good, plan, done)
    except errors.ClusterError as problem:
        problem.result = returned(accounts + Plan(tuple(done)), candidates, restarts)
        raise
    return {**returned(accounts + plan, candidates, restarts), **failure(candidates, "registered")}


def _plan(call: Call, control: ControlPlane, candidates: Sequence[Candidate]) -> Plan:
    """New Secrets, then changed ones, then ClientConfigs: the first change that the operator sees is close to the last.

    Secrets that nothing uses any more go at the end, when the operator has let go of them.
    """
    ours = [candidate for candidate in candidates if not (candidate.problem or candidate.adopted)]
    steps = [step for candidate in ours for step in _plan_one(call, control, candidate).steps]
    return Plan(tuple(sorted(steps, key=_rank)))


def _rank(step: Step) -> int:
    if step.verb is Verb.DELETE:
        return 3
    return 2 if step.ref.kind == "ClientConfig" else int(step.verb is not Verb.CREATE)


def _plan_one(call: Call, control: ControlPlane, candidate: Candidate) -> Plan:
    """One context's steps in the control plane; none, and its problem noted, when the API server refuses them."""
    wanted = (candidate.wish.secret_body(candidate.token), candidate.wish.client_config_body())
    plan = plan_presence(control.api.context, wanted, control.found)
    replaced = plan_replaced(control.api.context, candidate, control.client_configs, control.api.get)
    if call.check_mode:
        remark = f"not previewed, needs {control.missing}" if control.missing else ""
        return Plan(tuple(with_preview(step, remark) for step in plan.steps)) + replaced
    try:
        return confirm(control.api, plan, force=call.parameters["force_conflicts"]) + replaced
    except (errors.Conflict, errors.Denied, errors.Invalid) as problem:
        candidate.problem = problem
        return Plan()


def _action(candidate: Candidate, plan: Plan, control: ControlPlane) -> str:
    wish = candidate.wish
    touched = {step.ref: step.verb for step in plan.steps}
    if touched.get(wish.client_config) is Verb.CREATE:
        return "registered"
    if any(step.ref.kind == "TokenRequest" for step in candidate.plan.steps):
        return "renewed"
    return "updated" if candidate.plan or wish.secret in touched or wish.client_config in touched else "unchanged"


def _carry_out(call: Call, control: ControlPlane, good: Sequence[Candidate], plan: Plan, done: list[Step]) -> int:
    wishes = [candidate.wish for candidate in good]
    loaded = all(is_loaded(control.client_configs.get(wish.client_config), control.secrets.get(wish.secret)) for wish in wishes)
    if loaded and not plan:
        return 0
    before = read_operator(control.api, control.deployment)
    needed = Plan(tuple(step for step in plan.steps if step.verb is not Verb.DELETE))
    replaced = Plan(tuple(step for step in plan.steps if step.verb is Verb.DELETE))
    carry_out(control.api, needed, force=call.parameters["force_conflicts"], say=call.say, done=done)
    if before.deployment is None:
        call.warn(f"{control.api.context}: {control.deployment} is not there; the operator loads the client configs when it is installed")
    elif call.parameters["wait"]:
        await_loaded(control.api, before, control.deployment, wishes, call.patience, probe=bool(plan), say=call.say)
    carry_out(control.api, replaced, say=call.say, done=done)
    return read_operator(control.api, control.deployment).restarts_since(before) if call.parameters["wait"] else 0


CLIENT_CONFIG = Definition(
    name="client_config",
    argument_spec={
        **CONTEXT,
        "namespace": {"type": "str", "default": "k8ssandra-operator"},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        "contexts": {
            "type": "list",
            "elements": "dict",
            "required": True,
            "options": {
                **CONTEXTS["contexts"]["options"],
                "namespace": {"type": "str"},
                "server": {"type": "str"},
                "ca_cert": {"type": "str"},
                "tls_server_name": {"type": "str"},
                "proxy_url": {"type": "str", "no_log": True},
                "credential": {"type": "str", "choices": ["managed", "adopted"], "default": "managed"},
                "client_config": {"type": "str"},
            },
        },
        "cluster_scoped": {"type": "bool", "default": False},
        "watch_namespaces": {"type": "list", "elements": "str", "default": []},
        "service_account": {"type": "str", "default": SERVICE_ACCOUNT},
        "token_lifetime": {"type": "int", "default": 7776000, "no_log": False},
        "operator_deployment": {"type": "str", "default": "k8ssandra-operator"},
        "forget_unreachable": {"type": "bool", "default": False},
        "force_conflicts": {"type": "bool", "default": False},
        **WAIT,
    },
    composition=keep_client_configs,
)
