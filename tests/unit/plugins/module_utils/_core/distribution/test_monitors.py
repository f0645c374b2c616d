"""The ServiceMonitor of a datacenter, and how MCAC's metrics are renamed."""

from __future__ import annotations

from typing import Any

import pytest

from plugins.module_utils._core.distribution.mcac_relabels import mcac_relabels
from plugins.module_utils._core.distribution.monitors import monitor_of
from plugins.module_utils._core.distribution.observation import Observation
from plugins.module_utils._core.distribution.template import templates
from plugins.module_utils._core.errors import SpecError

from ..definitions import good

ON = {"prometheus": {"enabled": True, "commonLabels": {"a": "b", "app.kubernetes.io/part-of": "own"}}, "mcac": {"enabled": False}}
LIVE = {"apiVersion": "cassandra.datastax.com/v1beta1", "kind": "CassandraDatacenter", "metadata": {"uid": "u"}, "status": {"datacenterName": "Real_DC"}}


def monitor(live: dict | None = None, **changes: Any) -> dict | None:
    definition = good(**{"spec.cassandra.telemetry": ON, **changes})
    observation = Observation(datacenters={} if live is None else {"dc1": live}, monitored=frozenset({"east"}))
    return monitor_of(definition, templates(definition)[0], observation)


def test_a_new_datacenter_gets_upstreams_monitor() -> None:
    found = monitor()
    assert found["metadata"] == {
        "name": "demo-dc1-cass-servicemonitor",
        "namespace": "k8ssandra",
        "labels": {
            "a": "b",
            "app.kubernetes.io/managed-by": "k8ssandra-operator",
            "app.kubernetes.io/part-of": "k8ssandra",
            "app.kubernetes.io/component": "telemetry",
            "k8ssandra.io/cluster-name": "demo",
            "k8ssandra.io/cluster-namespace": "k8ssandra",
            "k8ssandra.io/datacenter": "dc1",
        },
    }
    assert found["spec"] == {
        "selector": {
            "matchLabels": {"app.kubernetes.io/managed-by": "cass-operator", "cassandra.datastax.com/prom-metrics": "true"},
            "matchExpressions": [
                {"key": "cassandra.datastax.com/cluster", "operator": "In", "values": ["demo"]},
                {"key": "cassandra.datastax.com/datacenter", "operator": "In", "values": ["dc1"]},
            ],
        },
        "namespaceSelector": {"matchNames": ["k8ssandra"]},
        "targetLabels": ["cassandra.datastax.com/cluster", "cassandra.datastax.com/datacenter"],
        "endpoints": [{"port": "metrics", "interval": "15s", "path": "/metrics", "scheme": "http", "scrapeTimeout": "15s"}],
    }


def test_a_live_datacenter_owns_it_and_gives_its_name() -> None:
    metadata = monitor(LIVE)["metadata"]
    assert metadata["name"] == "demo-real-dc-cass-servicemonitor"
    assert metadata["labels"]["k8ssandra.io/datacenter"] == "real-dc"
    assert metadata["ownerReferences"] == [
        {
            "apiVersion": "cassandra.datastax.com/v1beta1",
            "kind": "CassandraDatacenter",
            "name": "dc1",
            "uid": "u",
            "controller": True,
            "blockOwnerDeletion": True,
        },
    ]


def test_services_are_selected_by_the_name_that_they_have() -> None:
    expressions = monitor(**{"spec.cassandra.clusterName": "My Cluster_1"})["spec"]["selector"]["matchExpressions"]
    assert expressions[0]["values"] == ["MyCluster_1"]


def test_mcac_has_a_port_of_its_own_and_names_that_are_changed() -> None:
    endpoint = monitor(**{"spec.cassandra.telemetry": {"prometheus": {"enabled": True}}})["spec"]["endpoints"][0]
    assert (endpoint["port"], len(endpoint["metricRelabelings"])) == ("prometheus", 60)


def test_mcacs_metrics_are_renamed_as_upstream_does() -> None:
    rules = mcac_relabels()
    assert rules[0] == {"sourceLabels": ["__name__"], "regex": "collectd_mcac_(meter|histogram).*", "targetLabel": "kind", "replacement": "${1}"}
    assert rules[9] == {
        "sourceLabels": ["mcac"],
        "regex": r"org\.apache\.cassandra\.metrics\.table\.(\w+)\.(\w+)\.(\w+)",
        "targetLabel": "table",
        "replacement": "${3}",
    }
    assert [rule["targetLabel"] for rule in rules if rule.get("action") == "replace"] == ["peer_ip", "__name__"] * 2
    assert [rule for rule in rules if rule.get("action") == "labeldrop"] == [{"action": "labeldrop", "regex": "prom_name"}]


@pytest.mark.parametrize("telemetry", [{}, {"prometheus": {}}, {"prometheus": {"enabled": False}}])
def test_without_prometheus_there_is_none(telemetry: dict) -> None:
    assert monitor(**{"spec.cassandra.telemetry": telemetry}) is None


def test_a_context_without_the_kind_is_refused() -> None:
    definition = good(**{"dc2.telemetry": ON})
    with pytest.raises(SpecError, match=r"datacenters\[1\].telemetry.prometheus.enabled: is true, but context west serves no ServiceMonitors"):
        monitor_of(definition, templates(definition)[1], Observation())
