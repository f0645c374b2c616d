# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can go wrong with a cluster, by meaning. Every error carries the context's name and its cause."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class ClusterError(Exception):
    """Something went wrong in one context.

    Args:
        context: the name of the kube context.
        doing: what we were doing, e.g. ``reading Deployment ns/name``.
        found: what the cluster, or the way to it, answered. Never a body that may hold a secret.
        advice: what to do about it.

    `result` may be set to what is known all the same: what was changed before, and the last status. `outcome_unknown` tells whether
    a write may be carried out all the same; the client corrects what the class says, as it knows what it sent, and how often.
    """

    reason = "failed"
    outcome_unknown = False
    advice = "look at the API server's answer above"
    result: Mapping[str, Any] = {}

    def __init__(self, context: str, doing: str, found: str, advice: str = "") -> None:
        self.context = context
        self.doing = doing
        self.found = found
        self.advice = advice or type(self).advice
        super().__init__(f"context {context}: {doing}: {found}; {self.advice}")


class Unreachable(ClusterError):
    """No answer: network, name resolution, TLS, a proxy. The context is unknown, not empty."""

    reason = "unreachable"
    outcome_unknown = True
    advice = "check the network, the server's address and its certificate in the kubeconfig"


class Unauthorized(ClusterError):
    """The API server does not accept the credentials."""

    reason = "unauthorized"
    advice = "renew the credentials of this context; the token or certificate is invalid or expired"


class Forbidden(ClusterError):
    """The credentials are accepted and lack a right."""

    reason = "forbidden"
    advice = "grant this right to the account, or use another context"


class Unavailable(ClusterError):
    """The API server, or a webhook that it has to ask, answers that it cannot serve now."""

    reason = "unavailable"
    advice = "wait for it, or look at its pods; run again when it serves"


class NotForwarded(Unavailable):
    """Something before the API server, such as a load balancer, answers that it has nobody to ask. The context is unknown, not empty."""

    outcome_unknown = True


class Unfinished(Unavailable):
    """The API server answers that it has waited for long enough, such as for etcd, or has lost its etcd."""

    outcome_unknown = True


# The API server did not answer.
NO_ANSWER = (Unreachable, NotForwarded)


class Absent(ClusterError):
    """An object, or its kind, that had to be there is not."""

    reason = "absent"
    advice = "create it first"


class NotServed(Absent):
    """The API server knows no such kind."""


class Conflict(ClusterError):
    """Another field manager owns a field that we want to set, or something is still in use."""

    reason = "conflict"
    advice = "leave the field to its owner, or take it over with force_conflicts"


class Overtaken(Conflict):
    """Somebody else wrote the object at the same moment. Nobody owns what we want to set, so the same again may succeed."""

    advice = "run again; when it stays so, look who writes the object all the time"


class Denied(ClusterError):
    """An admission webhook or policy refused the object."""

    reason = "denied"
    advice = "change the definition as the message asks"


class Invalid(ClusterError):
    """The API server does not accept the object: unknown fields, wrong types, broken rules of the kind."""

    reason = "invalid"
    advice = "correct the definition"


class TimedOut(ClusterError):
    """What we waited for did not come in time."""

    reason = "timed out"
    advice = "look at the reason above; run again to go on waiting, or raise wait_timeout"


class Hopeless(ClusterError):
    """What we waited for cannot come: waiting longer would not help."""

    reason = "cannot succeed"
    advice = "remove the cause and run again"


class WrongCluster(ClusterError):
    """The context leads to another cluster than the inventory pins."""

    reason = "wrong cluster"
    advice = "correct the kubeconfig or the pin (cluster_uid); nothing was written"
