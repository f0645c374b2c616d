# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the wanted operators are an upgrade, what speaks against it, and in which order the contexts go. Writes to no cluster."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

from .._core.backup import Inside
from .._core.errors import SpecError
from .._core.standing import Standing, Wanted
from .._core.upgrade import Upgrade, is_due, plan_upgrade
from .._kube.client import Client
from .._kube.errors import ClusterError
from .._kube.upgrade_reading import completed, read_inside, read_running
from .argspec import CHART, CONTEXT, CONTEXTS
from .connect import access_of
from .definition import Definition
from .run import Call
from .upgrade_backup import keep_backup
from .wanted_operators import Running, are_wanted, render_wanted

_REFUSED = "the operators are not upgraded, and nothing was written"


def check_upgrade(call: Call) -> dict[str, Any]:
    """The verdict. It costs one request a context, and renders nothing, as long as the versions that run are the wanted ones."""
    parameters = call.parameters
    _check_options(parameters)
    with ExitStack() as opened:
        apis = [Client(access_of(entry, path=f"contexts[{index}]", default_kubeconfig=parameters["kubeconfig"]))
                for index, entry in enumerate(parameters["contexts"])]  # fmt: skip
        for api in apis:
            opened.callback(api.close)
        running = read_running(apis, parameters["namespace"])
        answering = [api for api in apis if not isinstance(running[api.context], ClusterError)]
        if not answering or are_wanted(parameters, running):
            return _result(_standings(parameters, running, {}), Upgrade())
        wanted = render_wanted(parameters, answering[0])
        standings = _standings(parameters, running, wanted)
        if not is_due(standings):
            return _result(standings, Upgrade())
        inside = read_inside(answering, wanted, parameters["namespace"])
    return _decide(call, [completed(each, inside[each.context]) if each.context in inside else each for each in standings], inside)


def _decide(call: Call, standings: Sequence[Standing], inside: Mapping[str, Inside | ClusterError]) -> dict[str, Any]:
    here = call.parameters["only"]
    upgrade = plan_upgrade(standings, [each.context for each in standings] if here is None else here)
    for warning in upgrade.warnings:
        call.warn(warning)
    result = _result(standings, upgrade)
    if upgrade.refused:
        message = f"{_REFUSED}: {'; '.join(upgrade.refused)}"
        return {**result, "failed": True, "msg": message, "error": {"reason": "refused", "found": list(upgrade.refused)}}
    if upgrade.order and call.parameters["backup"] and not call.check_mode:
        result["backup"] = keep_backup(call.parameters["backup"], standings, inside)
        result["summary"].append(f"custom resources and Helm values were kept in {result['backup']}")
    return result


def _check_options(parameters: Mapping[str, Any]) -> None:
    names = [entry["name"] for entry in parameters["contexts"]]
    if parameters["control_plane"] not in names:
        raise SpecError("control_plane", f"is {parameters['control_plane']}, which no entry of contexts is called ({', '.join(names)})")
    twice = next((name for name in names if names.count(name) > 1), "")
    if twice:
        raise SpecError("contexts", f"has {twice} twice; a context has one entry")


def _standings(parameters: Mapping[str, Any], running: Running, wanted: Mapping[str, Wanted]) -> list[Standing]:
    found = []
    for name, operators in running.items():
        standing = Standing(name, name == parameters["control_plane"], (), wanted.get(name, Wanted({})))
        if isinstance(operators, ClusterError):
            found.append(replace(standing, cause=f"{operators.doing}: {operators.found}"))
        else:
            found.append(replace(standing, running=operators))
    return found


def _result(standings: Sequence[Standing], upgrade: Upgrade) -> dict[str, Any]:
    return {"changed": False, "backup": "", **upgrade.describe(), "contexts": [each.describe() for each in standings],
            "summary": upgrade.summary(standings)}  # fmt: skip


UPGRADE_CHECK = Definition(
    name="upgrade_check",
    argument_spec={
        **CONTEXT,
        "contexts": {
            "type": "list",
            "elements": "dict",
            "required": True,
            "options": {**CONTEXTS["contexts"]["options"], "kustomize": {"type": "str"}, "chart_version": {"type": "str"}},
        },
        "control_plane": {"type": "str", "required": True},
        "only": {"type": "list", "elements": "str"},
        "namespace": {"type": "str", "default": "k8ssandra-operator"},
        "kustomize": {"type": "str"},
        "kustomize_binary": {"type": "path"},
        **CHART,
        "values": {"type": "dict", "default": {}},
        "release_name": {"type": "str", "default": "k8ssandra-operator"},
        "cluster_scoped": {"type": "bool", "default": False},
        "backup": {"type": "path"},
    },
    composition=check_upgrade,
    rules={"required_one_of": [("kustomize", "chart")], "mutually_exclusive": [("kustomize", "chart")]},
)
