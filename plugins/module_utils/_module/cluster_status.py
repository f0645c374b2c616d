# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One verdict over the control plane and all data planes, by reading only."""

from __future__ import annotations

import time
from typing import Any

from .._core.rollup import roll_up
from .._kube.cluster_reading import read_cluster
from .argspec import CONTEXT, CONTEXTS
from .definition import Definition
from .run import Call
from .wish import fleet


def tell_status(call: Call) -> dict[str, Any]:
    """Where a K8ssandraCluster stands. It fails for options only: a context that does not answer is part of the answer."""
    parameters = call.parameters
    with fleet(parameters) as (control_plane, remotes):
        operators = parameters["operator_namespace"] or ""
        reading = read_cluster(control_plane, remotes, parameters["name"], parameters["namespace"], operators=operators)
    return {"changed": False, **roll_up(reading, time.time()).describe()}


CLUSTER_STATUS = Definition(
    name="cluster_status",
    argument_spec={
        **CONTEXT,
        **CONTEXTS,
        "name": {"type": "str", "required": True},
        "namespace": {"type": "str", "default": "k8ssandra-operator"},
        "operator_namespace": {"type": "str"},
    },
    composition=tell_status,
)
