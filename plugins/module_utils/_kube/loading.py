# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Waiting for the control plane's operator: it loads client configs only at its start, so each change costs a restart."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from .._core.credentials import credential_of, is_loaded
from .._core.loading import (
    Operator,
    loading_verdict,
    operator_verdict,
    probe_cluster,
    restart_verdict,
    webhook_silent,
    webhook_verdict,
)  # fmt: skip
from .._core.objects import Ref, kind_named
from .._core.readings import has_ended, name_of
from .._core.registration import Registration
from .._core.verdict import Verdict
from . import errors
from .api import Api
from .observe import observe
from .wait import Patience, wait_for


def read_operator(api: Api, deployment: Ref) -> Operator:
    """The operator as it is now: its Deployment, and its pods that have not ended."""
    body = api.get(deployment)
    labels = ((body or {}).get("spec") or {}).get("selector", {}).get("matchLabels") or {}
    pods = api.list(kind_named("Pod"), deployment.namespace, labels) if labels else ()
    return Operator(api.context, body, tuple(pod for pod in pods or () if not has_ended(pod)))


def await_loaded(
    api: Api,
    before: Operator,
    deployment: Ref,
    wanted: Sequence[Registration],
    patience: Patience,
    *,
    probe: bool,
    say: Callable[[str], None],
) -> None:
    """Waits until the operator has loaded the client configs and answers.

    Args:
        api: the control plane.
        before: the operator before our first write.
        deployment: the operator's Deployment.
        wanted: the registrations.
        probe: also ask its webhook, by a dry-run creation of a K8ssandraCluster that names the contexts.
    """

    def look() -> Verdict:
        # As they are now, not as we wrote them: another run may have renewed a token since.
        there = observe(api, [ref for wish in wanted for ref in (wish.client_config, wish.secret)])
        unloaded = [wish.context for wish in wanted if not is_loaded(there.get(wish.client_config), there.get(wish.secret))]
        verdict = operator_verdict(read_operator(api, deployment), before, patience.clock() - began)
        verdict = loading_verdict(verdict, api.context, unloaded)
        return _ask_webhook(api, deployment.namespace, [wish.context for wish in wanted]) if verdict.done and probe else verdict

    began = patience.clock()
    wait_for(look, patience, context=api.context, doing="waiting for the operator to load the client configs", say=say)


def await_restart(api: Api, before: Operator, deployment: Ref, patience: Patience, say: Callable[[str], None]) -> None:
    """Waits until the operator has started once more, without the client configs that were removed."""

    def look() -> Verdict:
        now = read_operator(api, deployment)
        verdict = operator_verdict(now, before, patience.clock() - began)
        return restart_verdict(verdict, api.context, now.restarts_since(before), was_up=before.up)

    began = patience.clock()
    wait_for(look, patience, context=api.context, doing="waiting for the operator to restart without the client configs", say=say)


def why_it_cannot_start(api: Api, namespace: str) -> str:
    """What of its client configs keeps the operator from starting; empty when nothing does, or we may not look."""
    try:
        configs = api.list(kind_named("ClientConfig"), namespace) or ()
        named = {name_of(body): str(((body.get("spec") or {}).get("kubeConfigSecret") or {}).get("name") or "") for body in configs}
        refs = {config: kind_named("Secret").ref(secret, namespace) for config, secret in named.items() if secret}
        secrets = observe(api, refs.values())
    except errors.Forbidden:
        return ""
    found = [credential_of(body, secrets.get(refs[name_of(body)]) if name_of(body) in refs else None) for body in configs]
    return next((f"ClientConfig {one.client_config}: {one.unloadable}" for one in found if one.unloadable), "")


def _ask_webhook(api: Api, namespace: str, contexts: Sequence[str]) -> Verdict:
    try:
        api.create(kind_named("K8ssandraCluster").path(namespace), probe_cluster(namespace, contexts), dry_run=True)
    except errors.Unavailable as problem:
        return webhook_silent(api.context, problem.found)
    except (errors.Denied, errors.Invalid, errors.Forbidden, errors.Absent) as problem:
        # Whatever else it objects to, it answers; and who may not create a K8ssandraCluster cannot ask it.
        return webhook_verdict(api.context, problem.found)
    return webhook_verdict(api.context, "")
