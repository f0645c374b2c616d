# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Looking for cert-manager in one cluster, and asking whether it answers."""

from __future__ import annotations

from .._core.cert_manager import CONTROLLER, DEFINITION, Reading, issuer_probe, judges_cert_manager, serves
from .._core.objects import kind_named
from .._core.verdict import Verdict
from . import errors
from .api import Api
from .bundle import with_causes


def read_cert_manager(api: Api, *, controllers: bool) -> Reading:
    """What shows whose cert-manager is there.

    Args:
        controllers: also look for its Deployments, in all namespaces.
    """
    definition = api.get(DEFINITION)
    deployments = tuple(api.list(kind_named("Deployment"), "", CONTROLLER) or ()) if controllers else ()
    if definition is None:
        return Reading(None, (), deployments)
    configured = api.list(kind_named("ValidatingWebhookConfiguration")) or ()
    return Reading(definition, tuple(body for body in configured if judges_cert_manager(body)), deployments)


def look_at_service(api: Api, namespace: str, now: float) -> Verdict:
    """Whether somebody's cert-manager serves: its kinds, a CA in its webhooks, an answer of its webhook; and what keeps its pods.

    Args:
        namespace: where it runs; empty when that is unknown.
        now: seconds since 1970: causes last.
    """
    verdict = serves(api.context, read_cert_manager(api, controllers=False))
    verdict = ask_webhook(api) if verdict.done else verdict
    if verdict.done or not namespace:
        return verdict
    return with_causes(api, verdict, api.list(kind_named("Deployment"), namespace) or (), now)


def ask_webhook(api: Api) -> Verdict:
    """Whether cert-manager's webhook answers, by the dry-run creation of an Issuer: a refusal is an answer."""
    try:
        api.create(kind_named("Issuer").path("default"), issuer_probe(), dry_run=True)
    except (errors.Unavailable, errors.Absent) as problem:
        return Verdict(False, f"cert-manager's webhook does not answer yet: {problem.found}", context=api.context,
                       lines=(f"{api.context}: cert-manager's webhook does not answer yet",))  # fmt: skip
    except (errors.Denied, errors.Invalid):
        pass
    return Verdict(True)
