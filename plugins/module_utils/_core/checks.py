# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every check of a preflight, in the order in which people read them, and what each has to know."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from . import checks_access, checks_admission, checks_network, checks_ownership, checks_room
from .findings import ERROR, IMPOSSIBLE, NOT_DONE, NOTE, Fault, Outcome, judged
from .fleet import Fleet, Survey

Judge = Callable[[Fleet, Survey], tuple[str, Iterable[Fault]]]


@dataclass(frozen=True)
class Check:
    """One check.

    Args:
        name: as findings and the table call it.
        judge: what was seen in a few words, and the faults.
        needs: the kinds and questions without which it cannot look.
        wish: it judges the definition.
        probes: it judges what short-lived pods found out.
    """

    name: str
    judge: Judge
    needs: tuple[str, ...] = ()
    wish: bool = False
    probes: bool = False


CHECKS: tuple[Check, ...] = (
    Check("version", checks_access.judge_version),
    Check("identity", checks_access.judge_identity, ("kube-system",)),
    Check("clock", checks_access.judge_clock, ("clock",)),
    Check("rights", checks_access.judge_rights, ("rights",)),
    Check("certificates", checks_ownership.judge_certificates, ("certificates",)),
    Check("cert-manager", checks_ownership.judge_cert_manager, ("cert-manager",)),
    Check("definitions", checks_ownership.judge_definitions, ("CustomResourceDefinition",)),
    Check("control-plane", checks_ownership.judge_ownership, ("Deployment", "CassandraDatacenter")),
    Check("names", checks_ownership.judge_names, ("CassandraDatacenter",), wish=True),
    Check("namespaces", checks_admission.judge_namespaces, ("Namespace",)),
    Check("quota", checks_admission.judge_quota, ("ResourceQuota",), wish=True),
    Check("limits", checks_admission.judge_limits, ("LimitRange",), wish=True),
    Check("admission", checks_admission.judge_admission, ("admission",), wish=True),
    Check("capacity", checks_room.judge_capacity, ("Node", "Pod"), wish=True),
    Check("storage", checks_room.judge_storage, ("StorageClass",), wish=True),
    Check("binding", checks_room.judge_binding, ("StorageClass",), wish=True, probes=True),
    Check("networks", checks_network.judge_networks, ("Node", "Pod")),
    Check("ports", checks_network.judge_ports, ("Service", "Pod", "Node"), wish=True),
    Check("routes", checks_network.judge_routes, probes=True),
)


def judge(fleet: Fleet) -> tuple[Outcome, ...]:
    """How each check of each context ended, in the order of contexts and checks."""
    return tuple(outcome for survey in fleet.surveys for outcome in (_reached(survey), *_outcomes(fleet, survey)))


def _reached(survey: Survey) -> Outcome:
    if survey.reading.reachable:
        return judged(survey.context, "reachable", "the API server answers and accepts the log-in", ())
    why = "nothing is known of this context: it is not taken for empty, and nothing can be done in it"
    return judged(survey.context, "reachable", survey.reason, [Fault(ERROR, "API server", survey.reading.cause, why, survey.advice)])


def _outcomes(fleet: Fleet, survey: Survey) -> Iterable[Outcome]:
    if not survey.reading.reachable:
        return [Outcome(survey.context, check.name, IMPOSSIBLE, "the context could not be read") for check in CHECKS]
    return [_outcome(check, fleet, survey) for check in CHECKS]


def _outcome(check: Check, fleet: Fleet, survey: Survey) -> Outcome:
    if check.wish and fleet.wish is None:
        return Outcome(survey.context, check.name, IMPOSSIBLE, "no definition was given")
    if check.probes and survey.probed.not_done:
        return Outcome(survey.context, check.name, NOT_DONE, survey.probed.not_done)
    unread = [f"{survey.unread[need]}" for need in check.needs if need in survey.unread]
    if check.probes and survey.probed.trouble:
        unread.append(survey.probed.trouble)
    if unread:
        why = "this check says nothing of the context, neither good nor bad"
        fault = Fault(NOTE, check.name, f"could not look: {unread[0]}", why, "grant the right, or look by other means")
        return Outcome(survey.context, check.name, IMPOSSIBLE, unread[0], (fault,))
    return judged(survey.context, check.name, *check.judge(fleet, survey))
