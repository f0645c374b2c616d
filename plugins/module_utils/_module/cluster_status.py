# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One verdict over the control plane and all data planes, by reading only."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

from .._core.rollup import ClusterStatus, roll_up
from .._core.verdict import Verdict
from .._kube.cluster_reading import read_cluster
from .._kube.errors import Hopeless, TimedOut
from .._kube.wait import wait_for
from .argspec import CONTEXT, CONTEXTS, WAIT
from .definition import Definition
from .run import Call
from .wish import fleet


def tell_status(call: Call) -> dict[str, Any]:
    """Where a K8ssandraCluster stands. It fails for options only: a context that does not answer is part of the answer."""
    parameters = call.parameters
    with fleet(parameters) as (control_plane, remotes):

        def read() -> ClusterStatus:
            operators = parameters["operator_namespace"] or ""
            reading = read_cluster(control_plane, remotes, parameters["name"], parameters["namespace"], operators=operators)
            return roll_up(reading, time.time())

        status = _last_of(read, call) if parameters["wait"] and not call.check_mode else read()
    return {"changed": False, **status.describe()}


def _last_of(read: Callable[[], ClusterStatus], call: Call) -> ClusterStatus:
    """The status once waiting changes nothing any more: it is ready, cannot become so, waits for leave, or time is up."""
    seen: list[ClusterStatus] = []

    def look() -> Verdict:
        seen[:] = [read()]
        status = seen[0].without_held()
        verdict = status.verdict()
        # A context that does not answer has been asked for long enough by its requests.
        silent = any(not context.reachable for context in status.contexts)
        return replace(verdict, hopeless=verdict.hopeless or silent, lines=tuple(problem.sentence for problem in status.problems))

    doing = f"waiting for K8ssandraCluster {call.parameters['namespace']}/{call.parameters['name']}"
    with suppress(Hopeless, TimedOut):
        wait_for(look, call.patience, context=call.parameters["context"], doing=doing, say=call.say)
    return seen[0]


CLUSTER_STATUS = Definition(
    name="cluster_status",
    argument_spec={
        **CONTEXT,
        **CONTEXTS,
        **WAIT,
        "wait": {"type": "bool", "default": False},
        "wait_timeout": {"type": "int", "default": 60},
        "name": {"type": "str", "required": True},
        "namespace": {"type": "str", "default": "k8ssandra-operator"},
        "operator_namespace": {"type": "str"},
    },
    composition=tell_status,
)
