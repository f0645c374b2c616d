# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The operators in one context: rendered, applied as one plan, awaited; or installed as a release of Helm's."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from .._core.bundle import Bundle, as_adopted, operators_in, readiness, shape
from .._core.cass_operator import operator_left_out, without_k8ssandra_operator
from .._core.errors import SpecError
from .._core.installation import Installation
from .._core.objects import KINDS, Object, Ref, ref_of
from .._core.redact import redact_text
from .._kube.bundle import install, plan_bundle, read_bundle, read_labelled, require_cert_manager
from .._kube.client import Client
from .argspec import CHART, CONTEXT, WAIT
from .bundle_removal import remove_bundle
from .connect import access_of, connected
from .definition import Definition
from .image_config import with_image_config
from .kustomize import base_of, render
from .operator_release import keep_release
from .operator_waiting import Watch
from .run import Call, foretelling, outcome, reporting, telling
from .settings import SETTINGS, installation_of


def keep_operators(call: Call) -> dict[str, Any]:
    """Installs, repairs, upgrades or removes the operators in one context."""
    with telling(call.parameters["upgrade_step"]):
        if not call.parameters["chart"]:
            return _keep_bundle(call)
        if call.parameters["cass_operator_alone"]:
            raise SpecError("cass_operator_alone", "is set together with chart, which brings both operators; leave it out")
        return keep_release(call)


def _keep_bundle(call: Call) -> dict[str, Any]:
    access = access_of(call.parameters)
    if call.parameters["state"] == "absent":
        with connected(access) as api:
            return _remove(call, api)
    wish, wanted = _wanted(call)
    with connected(access) as api:
        return _keep(call, api, wish, wanted)


def _keep(call: Call, api: Client, wish: Installation, wanted: tuple[Object, ...]) -> dict[str, Any]:
    force = call.parameters["force_conflicts"]

    bundle = operators_in(wish.namespace)
    if call.parameters["cass_operator_alone"]:
        wish, wanted = _alone(api, wish, wanted)
    api.learn_kinds(wanted)
    found = read_bundle(api, wanted, bundle)
    wanted = as_adopted(wanted, found) if call.parameters["adopted"] else wanted
    plan = plan_bundle(api, wanted, found, wish.namespace_labels, force=force)
    with foretelling(call):
        require_cert_manager(api, wanted, plan, probe=not call.check_mode, namespace="default")
    if call.check_mode:
        return outcome(plan, objects=len(wanted))
    watch = Watch(call, api, wanted, lambda watched: read_bundle(api, watched, bundle))
    with reporting(objects=len(wanted)) as done:
        install(api, plan, watch.for_definitions, force=force, say=call.say, done=done)
        if call.parameters["wait"] and (plan or not readiness(api.context, wanted, found).done):
            watch.for_operators(wish, plan)
    return outcome(plan, objects=len(wanted))


def _alone(api: Client, wish: Installation, wanted: tuple[Object, ...]) -> tuple[Installation, tuple[Object, ...]]:
    """cass-operator alone, unless k8ssandra-operator is there: others may need it, and then both are kept as they are rendered."""
    kept = without_k8ssandra_operator(wanted)
    if any(api.get(ref_of(body)) is not None for body in operator_left_out(wanted, kept)):
        return wish, wanted
    return replace(wish, control_plane=False), kept


def _wanted(call: Call) -> tuple[Installation, tuple[Object, ...]]:
    parameters = call.parameters
    wish = installation_of(parameters)
    scoped = parameters["cluster_scoped"] or bool(wish.watch_namespaces)
    base = base_of(parameters["kustomize"], control_plane=wish.control_plane, cluster_scoped=scoped)
    bodies = shape(with_image_config(render(base, parameters["kustomize_binary"]), wish), wish)
    if not any(body["kind"] == "Deployment" for body in bodies):
        raise SpecError("kustomize", f"{redact_text(base)} renders no Deployment: this does not install an operator")
    return wish, bodies


def _remove(call: Call, api: Client) -> dict[str, Any]:
    bundle = operators_in(call.parameters["namespace"])
    found = read_labelled(api, list(KINDS.values()), bundle)
    if call.parameters["adopted"]:
        found = {**found, **_adopted(call, api, bundle)}
    return remove_bundle(call, api, bundle, found)


def _adopted(call: Call, api: Client, bundle: Bundle) -> dict[Ref, Object]:
    """What somebody else installed, by what the base renders; a namespace that was there before us stays."""
    if not call.parameters["kustomize"]:
        raise SpecError("kustomize", "is needed with adopted: what it renders is what is removed")
    wanted = _wanted(call)[1]
    api.learn_kinds(wanted)
    found = read_bundle(api, [body for body in wanted if body["kind"] != "Namespace"], bundle)
    return {ref: body for ref, body in found.items() if ref.kind != "Namespace"}


OPERATOR_BUNDLE = Definition(
    name="operator_bundle",
    argument_spec={
        **CONTEXT,
        **SETTINGS,
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        "kustomize": {"type": "str"},
        "kustomize_binary": {"type": "path"},
        **CHART,
        "values": {"type": "dict", "default": {}},
        "release_name": {"type": "str", "default": "k8ssandra-operator"},
        "cluster_scoped": {"type": "bool", "default": False},
        "cass_operator_alone": {"type": "bool", "default": False},
        "adopted": {"type": "bool", "default": False},
        "upgrade_step": {"type": "str"},
        "force_conflicts": {"type": "bool", "default": False},
        **WAIT,
    },
    composition=keep_operators,
    rules={
        "required_if": [("state", "present", ("kustomize", "chart"), True)],
        "mutually_exclusive": [("kustomize", "chart")],
        "required_by": {"chart_repository": ("chart",), "chart_version": ("chart",)},
    },
    hidden=("values",),
)
