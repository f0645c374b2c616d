# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A whole fleet before a run: all that can be known of it is looked at, and only then it fails."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any

from .._core.checks import judge
from .._core.checks_network import PORTS
from .._core.checks_room import storage_classes
from .._core.findings import findings_of, message_of
from .._core.fleet import Fleet, Probed, Survey
from .._core.kubeconfig import Access
from .._core.readings import ContextReading
from .._kube.client import Client
from .._kube.errors import ClusterError
from .._kube.fleet import side_by_side
from .._kube.probing import Site, Trial, try_ways
from .._kube.survey import Aim, read_survey, unread_survey
from .argspec import CLUSTER, CONTEXT, CONTEXTS_WITH_DATACENTERS
from .connect import access_of
from .definition import Definition
from .run import Call
from .wish import is_own, remote_accesses, wished_cluster


def check_fleet(call: Call) -> dict[str, Any]:
    """Looks at every context side by side and judges all of it together. Raises for wrong options only."""
    with _clients(call.parameters) as (clients, accesses):
        fleet = _fleet(call, [access.name for access in accesses])
        aims = _aims(fleet, accesses, call.parameters)
        apis = {client.context: client for client in clients}
        call.say(f"preflight: reading {len(aims)} context{'s' if len(aims) != 1 else ''}")
        answers = side_by_side(lambda aim: read_survey(apis[aim.context], aim), aims)
        surveys = tuple(_survey(aim, answers[aim.context]) for aim in aims)
        fleet = replace(fleet, surveys=_probed(call, replace(fleet, surveys=surveys), apis))
    return _result(fleet)


def _fleet(call: Call, names: Sequence[str]) -> Fleet:
    """What is to be judged, with nothing read yet."""
    parameters = call.parameters
    wished = {key: (parameters["cluster"] or {}).get(key) for key in ("name", "definition", "spec", "annotations")}
    wish = wished_cluster(Call({**parameters, **wished}, check_mode=True, warn=call.warn)) if parameters["cluster"] else None
    operators = parameters["operator_namespace"] or parameters["namespace"]
    watched = () if parameters["cluster_scoped"] else tuple(parameters["watch_namespaces"]) or (operators,)
    empty = tuple(Survey(ContextReading(name, control_plane=index == 0)) for index, name in enumerate(names))
    days, brings = parameters["certificate_days"], parameters["brings_cert_manager"]
    return Fleet(empty, wish, operators, watched, time.time(), days, brings)


def _aims(fleet: Fleet, accesses: Sequence[Access], parameters: Mapping[str, Any]) -> list[Aim]:
    cert_manager = parameters["cert_manager_namespace"] if parameters["brings_cert_manager"] else ""
    more = (fleet.watched, parameters["installer"], cert_manager, parameters["probe_namespace"] or "", parameters["control_plane"])
    return [
        Aim(access, survey.reading.control_plane, fleet.operators, fleet.wish, fleet.templates(survey), *more)
        for access, survey in zip(accesses, fleet.surveys)
    ]


def _survey(aim: Aim, answer: Survey | ClusterError) -> Survey:
    return unread_survey(aim, answer) if isinstance(answer, ClusterError) else answer


def _probed(call: Call, fleet: Fleet, apis: Mapping[str, Client]) -> tuple[Survey, ...]:
    """The surveys with what short-lived pods found out, where pods may be made."""
    why_not = "check mode makes no pods" if call.check_mode else "" if call.parameters["probe"] else "probe is false"
    if why_not:
        return tuple(replace(survey, probed=Probed(not_done=why_not)) for survey in fleet.surveys)
    reachable = fleet.reachable
    sites = [Site(apis[survey.context], storage_classes(fleet, survey), _tolerations(fleet, survey)) for survey in reachable]
    parameters = call.parameters
    trial = Trial(parameters["probe_image"], parameters["probe_namespace"] or "", float(parameters["probe_timeout"]), PORTS)
    found = try_ways(sites, trial, call.say, call.warn)
    return tuple(replace(survey, probed=found.get(survey.context, Probed())) for survey in fleet.surveys)


def _tolerations(fleet: Fleet, survey: Survey) -> list[Any]:
    """The pods that try the ways go where those of the datacenters go."""
    found: list[Any] = []
    for _datacenter, template in fleet.templates(survey):
        found += [toleration for toleration in template.get("tolerations") or () if toleration not in found]
    return found


def _result(fleet: Fleet) -> dict[str, Any]:
    outcomes = judge(fleet)
    findings = findings_of(outcomes)
    message = message_of(findings)
    returned = {
        "changed": False,
        "passed": not message,
        "findings": [finding.describe() for finding in findings],
        "checks": [outcome.describe() for outcome in outcomes],
        "routes": [
            {"from": route.source, "to": route.target, "port": route.port, "result": route.result}
            for survey in fleet.surveys
            for route in survey.probed.routes
        ],
    }
    return {**returned, "failed": True, "msg": message} if message else returned


@contextmanager
def _clients(parameters: Mapping[str, Any]) -> Iterator[tuple[list[Client], list[Access]]]:
    """A client a context, the control plane first, each under the name that `contexts` gives it; closed at the end."""
    own = next((entry["name"] for entry in parameters["contexts"] if is_own(entry, parameters)), parameters["context"])
    accesses = [replace(access_of(parameters), name=own), *remote_accesses(parameters)]
    with ExitStack() as opened:
        clients = [Client(access) for access in accesses]
        for client in clients:
            opened.callback(client.close)
        yield clients, accesses


FLEET_CHECK = Definition(
    name="fleet_check",
    argument_spec={
        **CONTEXT,
        **CONTEXTS_WITH_DATACENTERS,
        "namespace": {"type": "str", "default": "k8ssandra-operator"},
        "operator_namespace": {"type": "str"},
        "watch_namespaces": {"type": "list", "elements": "str", "default": []},
        "cluster_scoped": {"type": "bool", "default": False},
        "control_plane": {"type": "str", "choices": ["operator", "ansible"], "default": "operator"},
        "installer": {"type": "str", "choices": ["kustomize", "helm"], "default": "kustomize"},
        "brings_cert_manager": {"type": "bool", "default": False},
        "cert_manager_namespace": {"type": "str", "default": "cert-manager"},
        **CLUSTER,
        "certificate_days": {"type": "int", "default": 14},
        "probe": {"type": "bool", "default": True},
        "probe_image": {"type": "str", "default": "docker.io/library/busybox:1.37"},
        "probe_namespace": {"type": "str"},
        "probe_timeout": {"type": "int", "default": 20},
    },
    composition=check_fleet,
)
