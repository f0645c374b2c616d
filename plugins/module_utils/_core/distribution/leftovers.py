# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects of a datacenter that a definition may have wanted once and does not want any more.

Sources: k8ssandra-operator v1.26.0 `controllers/k8ssandra/`: `vector.go`, `per_node_config.go`, `medusa_reconciler.go`,
`cassandra_telemetry_reconciler.go` and `reaper.go`. There the purge of backups stays when Medusa goes, and fails each night; here it goes
too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..objects import Object, Ref, ref_of
from .monitors import MONITOR, monitor_name
from .node_config import node_config_name
from .observation import Observation
from .purge import purge_name
from .reaper import REAPER, reaper_name
from .template import Template
from .vector import vector_name


def leftovers_of(definition: Object, template: Template, observation: Observation, wanted: Iterable[Object]) -> tuple[Ref, ...]:
    """What may be there of a datacenter and is not wanted; whoever removes one looks first whether it is of the cluster.

    Args:
        wanted: all objects of the datacenter.
    """
    there = {ref_of(body) for body in wanted}
    return tuple(ref for ref in _possible(definition, template, observation) if ref not in there)


def _possible(definition: Object, template: Template, observation: Observation) -> Iterator[Ref]:
    namespace = template.namespace
    yield Ref("v1", "ConfigMap", namespace, vector_name(definition, template))
    if not (template.own.get("perNodeConfigMapRef") or {}).get("name"):
        yield Ref("v1", "ConfigMap", namespace, node_config_name(definition, template))
    yield Ref(*MONITOR, namespace, monitor_name(definition, template, observation))
    if template.context in observation.operators:
        yield Ref("batch/v1", "CronJob", observation.operators[template.context][0], purge_name(definition, template))
        yield Ref(*REAPER, namespace, reaper_name(definition, template))
