# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an API server's refusal means, and what time it is there."""

from __future__ import annotations

import json
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any

from . import errors
from .api import Api

_LONGEST = 600
# What an API server answers, as plain text, where it serves no such API group: a kind whose definition is not installed.
_NO_SUCH_GROUP = b"404 page not found"
_NOBODY_BEHIND = (502, 503, 504)
# Words that an API server hands on from etcd, after which a write may be carried out all the same. Source: etcd v3.6
# server/etcdserver/v3_server.go `processInternalRaftRequestOnce`. Not "leader changed": it says that of reads only (`requestCurrentIndex`).
_UNFINISHED = (
    "etcdserver: request timed out",
    "etcdserver: server stopped",
    "rpc error: code = Unavailable",  # by etcd's client (client/v3/retry.go): it lost its connection, or had none
)


def meaning(context: str, doing: str, status: int, body: bytes, *, secret: bool) -> errors.ClusterError:
    """The error that an HTTP answer stands for.

    Args:
        context: the kube context that answered.
        doing: what we were doing.
        status: the HTTP status code.
        body: the answer's body; only a Kubernetes `Status` is ever quoted, so that no foreign page and no secret gets into a message.
        secret: the object is a Secret, whose refusal may quote its values: name the reason only, or the status where there is none.
    """
    answer = as_status(body)
    if status == 404 and body.strip() == _NO_SUCH_GROUP:
        return errors.NotServed(context, doing, "the cluster does not serve this kind", "install its definition first")
    if answer is None:
        found = f"HTTP {status}, and not from a Kubernetes API server"
        if status in _NOBODY_BEHIND:
            return errors.NotForwarded(context, doing, found)
        return errors.Unavailable(context, doing, found) if status >= 500 else errors.Unreachable(context, doing, found)
    reason = answer.get("reason") or f"HTTP {status}"
    message = str(reason if secret else answer.get("message") or reason)[:_LONGEST]
    if status == 409 and answer.get("reason") == "Conflict":
        owned = _conflicts(answer)
        # Of a Secret too: fields and their owners, no values.
        return (errors.Conflict if owned else errors.Overtaken)(context, doing, owned or message)
    if "denied the request" in message or "is forbidden: violates" in message:
        return errors.Denied(context, doing, message)
    if status >= 500 or status == 429:
        return (errors.Unfinished if _is_unfinished(status, answer) else errors.Unavailable)(context, doing, message)
    return _BY_STATUS.get(status, errors.ClusterError)(context, doing, message)


def as_status(body: bytes) -> Mapping[str, Any] | None:
    """The body as a Kubernetes `Status`; None when it is something else."""
    try:
        answer = json.loads(body)
    except ValueError:
        return None
    return answer if isinstance(answer, dict) and answer.get("kind") == "Status" else None


_BY_STATUS = {
    400: errors.Invalid,
    401: errors.Unauthorized,
    403: errors.Forbidden,
    404: errors.Absent,
    409: errors.Conflict,
    413: errors.Invalid,
    415: errors.Invalid,
    422: errors.Invalid,
}


def root_cause(problem: BaseException) -> str:
    """The innermost cause in words: urllib3 wraps it several times."""
    while problem.__cause__ or problem.__context__ or getattr(problem, "reason", None):
        inner = problem.__cause__ or problem.__context__ or getattr(problem, "reason", None)
        if not isinstance(inner, BaseException) or inner is problem:
            break
        problem = inner
    return str(problem) or type(problem).__name__


def server_time(api: Api) -> float | None:
    """When the last answer was given, by the API server's own clock, in seconds since 1970; None when it did not say."""
    try:
        return parsedate_to_datetime(api.date).timestamp()
    except (TypeError, ValueError):
        return None


def _is_unfinished(status: int, answer: Mapping[str, Any]) -> bool:
    words = str(answer.get("message"))
    return status == 504 or answer.get("reason") == "ServerTimeout" or any(each in words for each in _UNFINISHED)


def _conflicts(answer: Mapping[str, Any]) -> str:
    """Each conflicting field with the manager that owns it, from the causes of a server-side apply conflict."""
    causes = (answer.get("details") or {}).get("causes") or ()
    return "; ".join(f"{cause.get('field', '').lstrip('.')}: {cause.get('message', '')}" for cause in causes)[:_LONGEST]
