# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""cert-manager in one context: somebody's, which is left as it is, or ours, applied as one plan; in both cases awaited."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from .._core.bundle import Bundle, readiness
from .._core.cert_manager import Presence, cert_manager_in, presence_in, serves, shape_cert_manager
from .._core.installation import Installation, check_installation
from .._core.objects import KINDS, Object
from .._core.plan import Plan
from .._core.verdict import Verdict
from .._kube import errors
from .._kube.bundle import install, look, plan_bundle, read_bundle, read_labelled
from .._kube.cert_manager import ask_webhook, look_at_service, read_cert_manager
from .._kube.client import Client
from .._kube.release import read_served
from .._kube.wait import wait_for
from .argspec import CHART, CONTEXT, WAIT
from .awaiting import REACTION
from .bundle_removal import remove_bundle
from .cert_manager_given import given_cert_manager
from .chart import Served
from .connect import access_of, connected
from .definition import Definition
from .run import Call, outcome, reporting

_WAITING = "waiting for cert-manager"


def keep_cert_manager(call: Call) -> dict[str, Any]:
    """Installs, repairs, upgrades or removes our cert-manager in one context; waits for one that is somebody else's."""
    parameters, wish = call.parameters, wish_of(call.parameters)
    absent, bundle = parameters["state"] == "absent", cert_manager_in(wish.namespace)
    with given_cert_manager({} if absent else parameters) as given, connected(access_of(parameters)) as api:
        reading = read_cert_manager(api, controllers=absent or given is not None)
        presence = presence_in(reading)
        if presence.mark and presence.mark != bundle.mark:
            found = f"this collection installed it in namespace {presence.mark.partition('.')[2]}, not in {wish.namespace}"
            raise errors.Conflict(api.context, "looking for cert-manager", found, "correct `namespace`")
        somebodys = presence.found and not presence.mark
        if absent and not somebodys:
            ours = read_labelled(api, list(KINDS.values()), bundle)
            return remove_bundle(call, api, bundle, ours, cert_manager=presence.describe(), note="")
        if somebodys or given is None:
            if presence.found and not absent:
                _await_present(call, api, presence, serves(api.context, reading))
            note = _said(presence, asked=absent or given is not None)
            return outcome(Plan(), objects=0, cert_manager=presence.describe(), note=note)
        return _keep(call, api, bundle, shape_cert_manager(given(lambda: Served(*read_served(api))), wish), presence)


def wish_of(parameters: Mapping[str, Any]) -> Installation:
    """The installation that a task's options ask for. Raises `SpecError` for what could not be."""
    given = {name: parameters[name] for name in ("namespace", "image_pull_secrets", "node_selector", "tolerations", "image_registry")}
    wish = Installation(control_plane=False, **given)
    check_installation(wish, cluster_scoped=False)
    return wish


def _await_present(call: Call, api: Client, presence: Presence, verdict: Verdict) -> None:
    """Waits for what is there and not ready. What is ready costs no request more, and a dry run waits for nothing."""
    if verdict.done or call.check_mode or not call.parameters["wait"]:
        return
    _wait(call, api, lambda: look_at_service(api, presence.namespace, time.time()))


def _keep(call: Call, api: Client, bundle: Bundle, wanted: tuple[Object, ...], presence: Presence) -> dict[str, Any]:
    api.learn_kinds(wanted)
    force = call.parameters["force_conflicts"]
    found = read_bundle(api, wanted, bundle)
    plan = plan_bundle(api, wanted, found, {}, force=force)
    known: dict[str, Any] = {"objects": len(wanted), "note": ""}
    if not call.check_mode:
        with reporting(**known, cert_manager=presence.describe()) as done:
            look_at_kinds = partial(look, api, wanted, bundle, 0.0, ("CustomResourceDefinition",))
            install(api, plan, lambda: _wait(call, api, look_at_kinds), force=force, say=call.say, done=done)
            if call.parameters["wait"] and (plan or not readiness(api.context, wanted, found).done):
                _wait(call, api, lambda: look(api, wanted, bundle, time.time()))
                _wait(call, api, lambda: ask_webhook(api))
            presence = presence_in(read_cert_manager(api, controllers=True)) if plan else presence
    return outcome(plan, **known, cert_manager=presence.describe())


def _wait(call: Call, api: Client, look_once: Callable[[], Verdict]) -> Verdict:
    began = time.monotonic()

    def look_again() -> Verdict:
        verdict = look_once()
        # A pod from before the run is about to go, whatever keeps it from running.
        return replace(verdict, hopeless=verdict.hopeless and time.monotonic() - began >= REACTION)

    return wait_for(look_again, call.patience, context=api.context, doing=_WAITING, say=call.say)


def _said(presence: Presence, *, asked: bool) -> str:
    if not presence.found:
        return "there is no cert-manager, and none was asked for"
    left = "; it is left as it is" if asked else ""
    orphaned = "; remove the definitions if nobody needs them, and run again" if asked and not presence.runs else ""
    return f"{presence} is there{left}{orphaned}"


CERT_MANAGER = Definition(
    name="cert_manager",
    argument_spec={
        **CONTEXT,
        "namespace": {"type": "str", "default": "cert-manager"},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        "manifest": {"type": "str"},
        **CHART,
        "values": {"type": "dict", "default": {}},
        "release_name": {"type": "str", "default": "cert-manager"},
        # Names of Secrets, not secrets.
        "image_pull_secrets": {"type": "list", "elements": "str", "default": [], "no_log": False},
        "node_selector": {"type": "dict", "default": {}},
        "tolerations": {"type": "list", "elements": "dict", "default": []},
        "image_registry": {"type": "str", "default": ""},
        "force_conflicts": {"type": "bool", "default": False},
        **WAIT,
    },
    composition=keep_cert_manager,
    rules={
        "mutually_exclusive": [("manifest", "chart")],
        "required_by": {"chart_repository": ("chart",), "chart_version": ("chart",)},
    },
    hidden=("values",),
)
