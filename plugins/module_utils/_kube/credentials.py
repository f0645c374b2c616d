# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An account in a remote cluster: found, issued a token, and proven to do what the operator will do with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from .._core.identity import IDENTITY_KINDS, RIGHTS, Identity, access_review, token_request
from .._core.objects import Kind, Object, Ref, kind_named, ref_of
from .._core.verdict import Verdict
from . import errors
from .api import Api
from .wait import Patience, wait_for

_REVIEWS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"


def find_identity(api: Api, identity: Identity) -> dict[Ref, Object]:
    """The identity's objects by its labels, in whatever namespace an earlier run put them.

    Who may not list across namespaces sees those that are wanted now.
    """
    found: dict[Ref, Object] = {}
    for kind in IDENTITY_KINDS:
        for body in _labelled(api, kind, identity):
            found[ref_of(body)] = body
    return found


def _labelled(api: Api, kind: Kind, identity: Identity) -> Iterable[Object]:
    if kind.kind == "ServiceAccount":
        return api.list(kind, identity.namespace, identity.labels) or ()
    try:
        return api.list(kind, "", identity.labels) or ()
    except errors.Forbidden:
        if kind.namespaced != identity.cluster_scoped:
            namespaces = identity.namespaces if kind.namespaced else ("",)
            return [body for namespace in namespaces for body in api.list(kind, namespace, identity.labels) or ()]
        return ()


def missing_namespaces(api: Api, namespaces: Iterable[str]) -> list[str]:
    """Those of the namespaces that are not there."""
    kind = kind_named("Namespace")
    return [name for name in dict.fromkeys(namespaces) if name and api.get(kind.ref(name)) is None]


def prove_server(api: Api) -> str:
    """The server's version, asked as a stranger: proves address and certificate. Some servers do not tell strangers: empty.

    Raises `Unreachable` when there is no answer, or its certificate is not the expected one.
    """
    try:
        return version(api)
    except (errors.Unauthorized, errors.Forbidden):
        return ""


def version(api: Api) -> str:
    """The server's version, e.g. ``v1.33.1``."""
    return str(api.read("/version").get("gitVersion") or "")


def prove_login(api: Api, identity: Identity) -> None:
    """Does what the operator does first, with a single request. Raises `Unauthorized`, `Forbidden` or `Unreachable`."""
    api.read(kind_named("Secret").path(identity.namespaces[0]), {"limit": "1"})


def issue_token(api: Api, identity: Identity, seconds: int) -> str:
    """A new token of the account, of that lifetime or of what the API server allows."""
    try:
        answer = api.create(identity.token_path, token_request(seconds))
    except errors.Invalid as problem:
        raise errors.Invalid(api.context, problem.doing, problem.found, "correct token_lifetime") from problem
    return str((answer.get("status") or {}).get("token") or "")


def prove_new_login(api: Api, identity: Identity, patience: Patience) -> None:
    """`prove_login` for an account and rights made a moment ago: an API server may learn of them a little later."""

    def look() -> Verdict:
        try:
            prove_login(api, identity)
        except (errors.Unauthorized, errors.Forbidden) as problem:
            return Verdict(False, problem.found)
        return Verdict(True)

    _in_time(look, patience, api.context, "logging in with the new token")


def prove_rights(api: Api, identity: Identity, patience: Patience) -> int:
    """Asks, as the account, for the rights of every row of `RIGHTS` in every namespace; how many it has.

    The last verb of a row speaks for the row: our Role grants all verbs of a row or none. Raises `Forbidden` naming those missing.
    """
    wanted = [(right, namespace) for right in RIGHTS for namespace in identity.namespaces]
    missing: list[str] = []

    def look() -> Verdict:
        missing.clear()
        for right, namespace in wanted:
            answer = api.create(_REVIEWS, access_review(right, right.verbs[-1], namespace))
            if not (answer.get("status") or {}).get("allowed"):
                where = f"namespace {namespace}" if namespace else "all namespaces"
                missing.append(f"{right.verbs[-1]} {right.resources[0]} in {where}")
        return Verdict(not missing, f"the account may not {', '.join(missing)}")

    _in_time(look, patience, api.context, "asking for the rights of the new account")
    return len(wanted)


def _in_time(look: Callable[[], Verdict], patience: Patience, context: str, doing: str) -> None:
    try:
        wait_for(look, patience, context=context, doing=doing)
    except errors.TimedOut as problem:
        advice = "look for a policy of this cluster that takes the rights away from the account"
        raise errors.Forbidden(context, doing, problem.found, advice) from problem
