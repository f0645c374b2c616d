# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a merged `telemetry` asks for, and the metrics that are left out by default.

Source: k8ssandra-operator v1.26.0 `apis/telemetry/v1alpha1/telemetry_methods.go`, `pkg/telemetry/cassandra_metrics_filters.go`,
`pkg/telemetry/validation.go`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..errors import SpecError
from ..objects import Object
from ..server import Version
from .pod_parts import CASSANDRA, Part, with_container, with_env
from .template import Template
from .versions import CASSANDRA as CASSANDRA_SERVER
from .versions import server_of

Telemetry = Mapping[str, Any]

_DENIED = ("Table", "table")
_ALLOWED = (
    "table.live_ss_table_count Table.LiveSSTableCount table.live_disk_space_used table.LiveDiskSpaceUsed Table.Pending Table.Memtable "
    "Table.Compaction table.read table.write table.range table.coordinator table.dropped_mutations"
).split()


def uses_mcac(telemetry: Telemetry | None) -> bool:
    """Whether the older Metrics Collector for Apache Cassandra serves the metrics; it does unless it is switched off."""
    return _enabled(telemetry, "mcac") is not False


def uses_vector(telemetry: Telemetry | None) -> bool:
    """Whether Vector agents run."""
    return _enabled(telemetry, "vector") is True


def uses_prometheus(telemetry: Telemetry | None) -> bool:
    """Whether ServiceMonitors are wanted."""
    return _enabled(telemetry, "prometheus") is True


def of_cluster(definition: Object) -> Telemetry:
    """`telemetry` of the cluster, before any datacenter's is merged."""
    telemetry: Telemetry = definition["spec"]["cassandra"].get("telemetry") or {}
    return telemetry


def with_metric_filters(pod: Object, definition: Object) -> Part:
    """`pod` with the filters of MCAC: the cluster's, which a datacenter cannot change."""
    telemetry = of_cluster(definition)
    if not uses_mcac(telemetry):
        return dict(pod)
    filters = (telemetry.get("mcac") or {}).get("metricFilters")
    text = " ".join(_default_filters() if filters is None else filters)
    return with_container(pod, CASSANDRA, lambda container: with_env(container, "METRIC_FILTERS", text))


def check_metrics(template: Template) -> None:
    """Raises `SpecError` when MCAC is off and this Cassandra has no metrics endpoint of its own, which came with 3.11.13 and 4.0.4."""
    server = server_of(template)
    if uses_mcac(template.options.get("telemetry")) or server.distribution != CASSANDRA_SERVER:
        return
    if not (Version((3, 11, 12)) < server.version < Version((4, 0, 0)) or server.version > Version((4, 0, 3))):
        raise SpecError(
            f"definition.spec.cassandra.datacenters[{template.index}].telemetry.mcac.enabled",
            f"is false, but Cassandra {server.text} has no metrics endpoint of its own; that came with 3.11.13 and 4.0.4: leave MCAC on",
        )


def _enabled(telemetry: Telemetry | None, part: str) -> Any:
    return ((telemetry or {}).get(part) or {}).get("enabled")


def _default_filters() -> list[str]:
    root = "org.apache.cassandra.metrics"
    return [*(f"deny:{root}.{name}" for name in _DENIED), *(f"allow:{root}.{name}" for name in _ALLOWED)]
