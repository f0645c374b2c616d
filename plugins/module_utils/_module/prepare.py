# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One remote context made ready, and proven, before anything is written to the control plane."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field

from .._core.identity import token_request
from .._core.kubeconfig import Access
from .._core.objects import Object, Ref, ref_of
from .._core.plan import Plan, Step, Verb, plan_absence, plan_presence, with_preview
from .._core.registration import Kept, address_problem, read_secret
from .._core.times import written
from .._core.tokens import read_token, reason_to_renew
from .._kube import errors
from .._kube.api import Api
from .._kube.apply import carry_out, confirm
from .._kube.credentials import (
    find_identity,
    issue_token,
    missing_namespaces,
    prove_login,
    prove_new_login,
    prove_rights,
    prove_server,
    version,
)  # fmt: skip
from .._kube.wait import Patience
from .candidates import Candidate
from .run import Call

Connect = Callable[[Access], AbstractContextManager[Api]]
# An API server learns of a new account and its rights within a second or two.
SETTLING = Patience(15.0, 0.5)


@dataclass(frozen=True)
class Preparation:
    """What the preparation of every context needs.

    Args:
        call: what Ansible asks.
        connect: opens a client.
        now: seconds since the epoch.
        secrets: the Secrets of registrations that are in the control plane already.
        settling: how long a new account may be refused.
    """

    call: Call
    connect: Connect
    now: float
    secrets: Mapping[Ref, Object] = field(repr=False)
    settling: Patience = SETTLING

    def prepare(self, candidate: Candidate) -> None:
        """Makes the account and its token, or finds them good, and proves them. Raises what keeps it from that."""
        wish = candidate.wish
        kept = read_secret(self.secrets.get(wish.secret))
        _check_address(candidate)
        with ExitStack() as stack:
            with candidate.checked("access", f"the kubeconfig given leads to context {wish.access.context} and reads the account"):
                api = stack.enter_context(self.connect(wish.access))
                found = find_identity(api, wish.identity)
            plan = _plan_identity(candidate, found)
            due = reason_to_renew(kept.token, wish.identity.subject, found.get(wish.identity.account), self.now)
            reason = self._reason_to_renew(candidate, kept, due, plan)
            candidate.token = "" if reason else kept.token
            candidate.server_version = candidate.server_version or version(api)
            missing = missing_namespaces(api, _namespaces_of(plan, Verb.CREATE))
            token = self._token_step(candidate, reason) if reason else Plan()
            if self.call.check_mode:
                candidate.plan = _previewed(plan + token, missing)
            elif plan or reason:
                self._bring_about(candidate, api, plan, token, missing)

    def _reason_to_renew(self, candidate: Candidate, kept: Kept, due: str, repair: Plan) -> str:
        """Why there has to be a new token, after proving the address; a token that is not due for what it says is proven by using it."""
        wish = candidate.wish
        with ExitStack() as stack:
            with candidate.checked("server", f"{wish.cluster['server']} answers and its certificate is valid"):
                api = stack.enter_context(self.connect(wish.access_with("" if due else kept.token)))
                candidate.server_version = prove_server(api)
            if due:
                return due
            try:
                prove_login(api, wish.identity)
            except errors.Unauthorized:
                return "the token no longer logs in"
            except errors.Forbidden as problem:
                if not repair:
                    candidate.checks.append({"check": "rights", "ok": False, "found": problem.found})
                    raise
                return ""
        candidate.checks.append({"check": "login", "ok": True, "found": "the token logs in and reads"})
        return ""

    def _token_step(self, candidate: Candidate, reason: str) -> Plan:
        identity = candidate.wish.identity
        ref = Ref("authentication.k8s.io/v1", "TokenRequest", identity.namespace, identity.name)
        return Plan((Step(candidate.context, Verb.CREATE, ref, reason, body=token_request(self.call.parameters["token_lifetime"])),))

    def _bring_about(self, candidate: Candidate, api: Api, plan: Plan, token: Plan, missing: list[str]) -> None:
        if missing:
            advice = "install the operators there first, or correct `namespace` and `watch_namespaces`"
            raise errors.Absent(candidate.context, "making the account", f"there is no namespace {', '.join(missing)}", advice)
        identity, force = candidate.wish.identity, self.call.parameters["force_conflicts"]
        with candidate.checked("account", f"{identity.subject} has its Role"):
            plan, done = confirm(api, plan, force=force), list[Step]()
            try:
                carry_out(api, plan, force=force, say=self.call.say, done=done)
            finally:
                candidate.plan = Plan(tuple(done))
        if token:
            with candidate.checked("token", "the API server issued a token"):
                issued = issue_token(api, identity, self.call.parameters["token_lifetime"])
                candidate.plan = plan + token
        else:
            issued = candidate.token
        if plan or token:
            self._prove(candidate, issued)
        candidate.token = issued
        if token:
            self.call.say(f"{candidate.context}: token issued, {_expiry(issued)}")

    def _prove(self, candidate: Candidate, token: str) -> None:
        identity = candidate.wish.identity
        with self.connect(candidate.wish.access_with(token)) as api:
            with candidate.checked("login", "the token logs in and reads"):
                prove_new_login(api, identity, self.settling)
            with candidate.checked("rights", "the account has every right that the operator needs"):
                prove_rights(api, identity, self.settling)


def _check_address(candidate: Candidate) -> None:
    found, advice = address_problem(candidate.wish.cluster)
    with candidate.checked("address", f"{candidate.wish.cluster.get('server')} can be used from elsewhere"):
        if found:
            raise errors.Invalid(candidate.context, "choosing the address for the operator", found, advice)


def _plan_identity(candidate: Candidate, found: Mapping[Ref, Object]) -> Plan:
    wanted = candidate.wish.identity.objects()
    refs = {ref_of(body) for body in wanted}
    stale = [ref for ref in found if ref not in refs]
    presence = plan_presence(candidate.context, wanted, found)
    return presence + plan_absence(candidate.context, stale, found, "gives rights that are not wanted")


def _namespaces_of(plan: Plan, verb: Verb) -> list[str]:
    return [step.ref.namespace for step in plan.steps if step.verb is verb]


def _previewed(plan: Plan, missing: list[str]) -> Plan:
    def remark(step: Step) -> Step:
        return with_preview(step, f"not previewed, needs namespace {step.ref.namespace}") if step.ref.namespace in missing else step

    return Plan(tuple(remark(step) for step in plan.steps))


def _expiry(token: str) -> str:
    claims = read_token(token)
    return f"expires {written(claims.expires)[:10]}" if claims and claims.expires is not None else "never expires"
