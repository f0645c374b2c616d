# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ServiceMonitor by which Prometheus finds the metrics of a datacenter.

Source: k8ssandra-operator v1.26.0 `controllers/k8ssandra/cassandra_telemetry_reconciler.go`,
`pkg/telemetry/prom_cass_servicemonitor.go`. Upstream selects Services by the definition's name, and finds none where `clusterName` is
another; here it is the name that the Services have.
"""

from __future__ import annotations

from typing import Any

from ..errors import SpecError
from ..names import clean_for_kubernetes, clean_label_value
from ..objects import Object
from .labels import COMPONENT, DATACENTER, MANAGED_BY, OPERATOR, PART_OF, PRODUCT, cluster_name, watched_by
from .mcac_relabels import mcac_relabels
from .observation import Observation
from .telemetry import uses_mcac, uses_prometheus
from .template import Template

MONITOR = ("monitoring.coreos.com/v1", "ServiceMonitor")
_CLUSTER, _DATACENTER = "cassandra.datastax.com/cluster", "cassandra.datastax.com/datacenter"


def monitor_of(definition: Object, template: Template, observation: Observation) -> dict[str, Any] | None:
    """The ServiceMonitor of a datacenter; None when the definition wants none.

    Raises `SpecError` when one is wanted in a context that does not know the kind.
    """
    telemetry = template.options.get("telemetry")
    if not uses_prometheus(telemetry):
        return None
    if template.context not in observation.monitored:
        raise SpecError(
            f"definition.spec.cassandra.datacenters[{template.index}].telemetry.prometheus.enabled",
            f"is true, but context {template.context or 'of the control plane'} serves no ServiceMonitors; install prometheus-operator"
            " there, or write false",
        )
    common = (telemetry or {}).get("prometheus", {}).get("commonLabels") or {}
    place = _place(template, observation)
    metadata = {
        "name": monitor_name(definition, template, observation),
        "namespace": template.namespace,
        "labels": {**common, **_labels(definition, place)},
        "ownerReferences": _owners(template, observation),
    }
    return {
        "apiVersion": MONITOR[0],
        "kind": MONITOR[1],
        "metadata": {name: value for name, value in metadata.items() if value},
        "spec": {
            "selector": _selector(definition, template),
            "namespaceSelector": {"matchNames": [template.namespace]},
            "targetLabels": [_CLUSTER, _DATACENTER],
            "endpoints": [_endpoint(mcac=uses_mcac(telemetry))],
        },
    }


def monitor_name(definition: Object, template: Template, observation: Observation) -> str:
    """The name of a datacenter's ServiceMonitor."""
    return clean_for_kubernetes(f"{cluster_name(definition)}-{_place(template, observation)}-cass-servicemonitor")


def _place(template: Template, observation: Observation) -> str:
    """What cass-operator calls the datacenter in names and labels: what its status keeps, else the object's name."""
    status = observation.datacenters.get(template.name, {}).get("status") or {}
    return clean_for_kubernetes(status.get("datacenterName") or template.name)


def _labels(definition: Object, place: str) -> dict[str, str]:
    own = {MANAGED_BY: OPERATOR, PART_OF: PRODUCT, DATACENTER: place, COMPONENT: "telemetry"}
    return {**own, **watched_by(definition)}


def _owners(template: Template, observation: Observation) -> list[dict[str, Any]]:
    """The live CassandraDatacenter, with which the ServiceMonitor goes."""
    live = observation.datacenters.get(template.name)
    if live is None:
        return []
    owner = {"apiVersion": live["apiVersion"], "kind": live["kind"], "name": template.name, "uid": live["metadata"]["uid"]}
    return [{**owner, "controller": True, "blockOwnerDeletion": True}]


def _selector(definition: Object, template: Template) -> dict[str, Any]:
    values = {_CLUSTER: clean_label_value(cluster_name(definition)), _DATACENTER: template.name}
    return {
        "matchLabels": {MANAGED_BY: "cass-operator", "cassandra.datastax.com/prom-metrics": "true"},
        "matchExpressions": [{"key": key, "operator": "In", "values": [value]} for key, value in values.items()],
    }


def _endpoint(*, mcac: bool) -> dict[str, Any]:
    endpoint = {"interval": "15s", "path": "/metrics", "scheme": "http", "scrapeTimeout": "15s"}
    return {**endpoint, "port": "prometheus", "metricRelabelings": mcac_relabels()} if mcac else {**endpoint, "port": "metrics"}
