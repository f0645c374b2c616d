# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The operators in one context: rendered, applied as one plan, awaited."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from typing import Any

from .._core.bundle import Bundle, as_adopted, operators_in, readiness, shape, webhook_probes
from .._core.errors import SpecError
from .._core.installation import Installation
from .._core.objects import KINDS, Object, Ref
from .._core.plan import Plan
from .._core.redact import redact_text
from .._core.verdict import Verdict
from .._kube import errors
from .._kube.apply import carry_out
from .._kube.bundle import install, look, plan_bundle, plan_removal, read_bundle, read_labelled, require_cert_manager, require_unused
from .._kube.client import Client
from .._kube.wait import wait_for
from .argspec import CONTEXT, WAIT
from .awaiting import REACTION
from .connect import access_of, connected
from .definition import Definition
from .image_config import with_image_config
from .kustomize import base_of, render
from .run import Call, foretelling, outcome, reporting
from .settings import SETTINGS, installation_of

_WAITING = "waiting for the operators"


def keep_operators(call: Call) -> dict[str, Any]:
    """Installs, repairs, upgrades or removes the operators in one context."""
    access = access_of(call.parameters)
    if call.parameters["state"] == "absent":
        with connected(access) as api:
            return _remove(call, api)
    wish, wanted = _wanted(call)
    with connected(access) as api:
        api.learn_kinds(wanted)
        found = read_bundle(api, wanted, operators_in(wish.namespace))
        wanted = as_adopted(wanted, found) if call.parameters["adopted"] else wanted
        plan = plan_bundle(api, wanted, found, wish.namespace_labels, force=call.parameters["force_conflicts"])
        require_cert_manager(api, wanted, plan, probe=not call.check_mode, namespace="default")
        if call.check_mode:
            return outcome(plan, objects=len(wanted))
        with reporting(plan, objects=len(wanted)):
            _install(call, api, wish, wanted, plan)
            if call.parameters["wait"] and (plan or not readiness(api.context, wanted, found).done):
                _await(call, api, wish, wanted, plan)
        return outcome(plan, objects=len(wanted))


def _wanted(call: Call) -> tuple[Installation, tuple[Object, ...]]:
    parameters = call.parameters
    wish = installation_of(parameters)
    scoped = parameters["cluster_scoped"] or bool(wish.watch_namespaces)
    base = base_of(parameters["kustomize"], control_plane=wish.control_plane, cluster_scoped=scoped)
    bodies = shape(with_image_config(render(base, parameters["kustomize_binary"]), wish), wish)
    if not any(body["kind"] == "Deployment" for body in bodies):
        raise SpecError("kustomize", f"{redact_text(base)} renders no Deployment: this does not install an operator")
    return wish, bodies


def _install(call: Call, api: Client, wish: Installation, wanted: tuple[Object, ...], plan: Plan) -> None:
    def wait_for_definitions() -> Verdict:
        look_at_kinds = partial(look, api, wanted, operators_in(wish.namespace), 0.0, ("CustomResourceDefinition",))
        return wait_for(look_at_kinds, call.patience, context=api.context, doing="waiting for the operators' kinds")

    install(api, plan, wait_for_definitions, force=call.parameters["force_conflicts"], say=call.say)


def _await(call: Call, api: Client, wish: Installation, wanted: tuple[Object, ...], plan: Plan) -> None:
    began = time.monotonic()

    def look_at_all() -> Verdict:
        verdict = look(api, wanted, operators_in(wish.namespace), time.time())
        # A pod from before the run is about to go, whatever keeps it from running.
        return replace(verdict, hopeless=verdict.hopeless and time.monotonic() - began >= REACTION)

    wait_for(look_at_all, call.patience, context=api.context, doing=_WAITING, say=call.say)
    if plan:
        wait_for(lambda: _webhooks(api, wish), call.patience, context=api.context, doing="waiting for the webhooks", say=call.say)


def _webhooks(api: Client, wish: Installation) -> Verdict:
    for probe in webhook_probes(wish):
        kind = KINDS[str(probe["apiVersion"]), str(probe["kind"])]
        try:
            api.create(kind.path(wish.namespace), probe, dry_run=True)
        except errors.Unavailable as problem:
            reason = f"the webhook of {kind.plural} does not answer yet: {problem.found}"
            return Verdict(False, reason, context=api.context, lines=(f"{api.context}: the webhook of {kind.plural} does not answer yet",))
        except (errors.Denied, errors.Invalid):
            continue
    return Verdict(True)


def _remove(call: Call, api: Client) -> dict[str, Any]:
    bundle = operators_in(call.parameters["namespace"])
    found = read_labelled(api, list(KINDS.values()), bundle)
    if call.parameters["adopted"]:
        found = {**found, **_adopted(call, api, bundle)}
    plan = plan_removal(api, found, bundle)
    with foretelling(call):
        require_unused(api, found, bundle)
    if not call.check_mode:
        with reporting(plan, objects=len(plan.steps)):
            carry_out(api, plan, say=call.say)
            if call.parameters["wait"]:
                wait_for(lambda: _gone(api, found), call.patience, context=api.context, doing="waiting for removal", say=call.say)
    return outcome(plan, objects=len(plan.steps))


def _adopted(call: Call, api: Client, bundle: Bundle) -> dict[Ref, Object]:
    """What somebody else installed, by what the base renders; a namespace that was there before us stays."""
    if not call.parameters["kustomize"]:
        raise SpecError("kustomize", "is needed with adopted: what it renders is what is removed")
    wanted = _wanted(call)[1]
    api.learn_kinds(wanted)
    found = read_bundle(api, [body for body in wanted if body["kind"] != "Namespace"], bundle)
    return {ref: body for ref, body in found.items() if ref.kind != "Namespace"}


def _gone(api: Client, found: Iterable[Ref]) -> Verdict:
    """Namespaces and definitions go last and take the longest; when they are gone, so is everything in them."""
    left = [ref for ref in found if ref.kind in ("CustomResourceDefinition", "Namespace") and api.get(ref) is not None]
    lines = tuple(f"{api.context}: {ref} is going" for ref in left)
    return Verdict(not left, f"{left[0]} is still being removed" if left else "", lines=lines)


OPERATOR_BUNDLE = Definition(
    name="operator_bundle",
    argument_spec={
        **CONTEXT,
        **SETTINGS,
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        "kustomize": {"type": "str"},
        "kustomize_binary": {"type": "path"},
        "cluster_scoped": {"type": "bool", "default": False},
        "adopted": {"type": "bool", "default": False},
        "force_conflicts": {"type": "bool", "default": False},
        **WAIT,
    },
    composition=keep_operators,
    rules={"required_if": [("state", "present", ("kustomize",))]},
)
