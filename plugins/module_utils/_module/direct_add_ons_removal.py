# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Removing what Reaper and Medusa have in the data planes, when their cluster goes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from .._core.distribution.reaper import reaper_claim
from .._core.names import cassandra_name
from .._core.objects import Object, Ref, kind_named, ref_of
from .._core.plan import Plan, plan_absence
from .._core.readings import cluster_labels
from .._core.reapers import REAPER_LABEL
from .._core.verdict import Verdict
from .._kube.api import Api
from .._kube.observe import observe
from .._kube.wait import wait_for
from .run import Call

_KINDS = {"Reaper": "Reaper", "Medusa": "CronJob"}


def plan_add_ons_removal(apis: Mapping[str, Api], known: Object, names: Iterable[str]) -> Plan:
    """The removal of the add-ons' objects.

    Args:
        apis: all contexts by name.
        known: the cluster as its records say.
        names: the add-ons of which something may be there; nothing is asked about others.
    """
    metadata, plan = known["metadata"], Plan()
    why = f"belongs to {metadata['namespace']}/{metadata['name']}"
    for context, api in apis.items():
        for name in names:
            listed = api.list(kind_named(_KINDS[name]), labels=cluster_labels(metadata["name"], metadata["namespace"])) or ()
            found = {ref_of(body): body for body in listed}
            claims = observe(api, _claims(known, context)) if name == "Reaper" else {}
            plan += plan_absence(context, [*found, *claims], {**found, **claims}, why)
    return plan


def until_add_ons_are_gone(call: Call, api: Api, gone: Plan) -> None:
    """Waits until no pod of a Reaper that was removed is left in a context."""
    reapers = [step.ref for step in gone.steps if step.ref.kind == "Reaper"]

    def look() -> Verdict:
        left = [ref_of(pod) for pod in _pods(api, reapers)]
        lines = tuple(f"{api.context} {ref.name}: is being removed" for ref in left)
        return Verdict(not left, f"{left[0]} is still there" if left else "", lines=lines)

    if reapers:
        wait_for(look, call.patience, context=api.context, doing="waiting for the removal of Reaper", say=call.say)


def _pods(api: Api, reapers: Sequence[Ref]) -> Iterator[Object]:
    for ref in reapers:
        yield from api.list(kind_named("Pod"), ref.namespace, {REAPER_LABEL: ref.name}) or ()


def _claims(known: Object, context: str) -> Iterator[Ref]:
    """The volumes of Reapers with local storage."""
    for entry in known["spec"]["cassandra"]["datacenters"]:
        namespace = entry["metadata"].get("namespace") or known["metadata"]["namespace"]
        claim = reaper_claim(known, namespace, cassandra_name(entry))
        if claim is not None and entry["k8sContext"] == context:
            yield claim
