"""The ConfigMap of the metrics agent; the YAML texts are those of the operator's own tests."""

from __future__ import annotations

import pytest

from plugins.module_utils._core.distribution.metrics_agent import agent_config_map, agent_volume
from plugins.module_utils._core.distribution.template import templates

from ..definitions import good

RELABELS = {"relabels": [{"sourceLabels": ["tag1", "tag2"], "separator": ";", "regex": "(.*);(b.*)", "modulus": 0, "action": "drop"}]}


def text(telemetry: dict | None) -> str:
    definition = good()
    return agent_config_map(definition, templates(definition)[0], telemetry)["data"]["metrics-collector.yaml"]


@pytest.mark.parametrize("telemetry", [None, {}, {"cassandra": {}}])
def test_metrics_of_tables_are_dropped_but_for_some(telemetry: dict | None) -> None:
    lines = text(telemetry).splitlines()
    assert lines[:6] == ["relabels:", "- regex: .+", '  replacement: "true"', "  sourceLabels:", "  - table", "  targetLabel: should_drop"]
    assert lines[6:8] == ["- regex: org_apache_cassandra_metrics_table_live_ss_table_count", '  replacement: "false"']
    assert lines[-4:] == ["- action: drop", '  regex: "true"', "  sourceLabels:", "  - should_drop"]
    assert len(lines) == 1 + 12 * 5 + 4


@pytest.mark.parametrize(
    ("cassandra", "expected"),
    [
        (RELABELS, "relabels:\n- action: drop\n  regex: (.*);(b.*)\n  separator: ;\n  sourceLabels:\n  - tag1\n  - tag2\n"),
        ({"relabels": [], "endpoint": {"address": "192.168.1.10", "port": "50000"}}, 'endpoint:\n  address: 192.168.1.10\n  port: "50000"\n'),
        ({"relabels": []}, "{}\n"),
    ],
)
def test_rules_of_the_definition_replace_all_others(cassandra: dict, expected: str) -> None:
    assert text({"cassandra": cassandra}) == expected


def test_an_endpoint_comes_beside_the_usual_rules() -> None:
    assert text({"cassandra": {"endpoint": {"port": "50000", "address": ""}}}).startswith('endpoint:\n  port: "50000"\nrelabels:\n- regex: .+\n')


def test_the_config_map_is_named_after_what_cassandra_knows() -> None:
    definition = good(**{"spec.cassandra.clusterName": "My Cluster", "dc2.datacenterName": "Real_DC", "dc2.metadata.namespace": "west"})
    template = templates(definition)[1]
    name = "mycluster-real-dc-metrics-agent-config"
    metadata = agent_config_map(definition, template, None)["metadata"]
    assert (metadata["name"], metadata["namespace"]) == (name, "west")
    assert metadata["labels"]["k8ssandra.io/cleaned-up-by"] == "k8ssandracluster-controller"
    assert agent_volume(definition, template) == {
        "name": "metrics-agent-config",
        "mountPath": "/opt/management-api/configs",
        "volumeSource": {"configMap": {"name": name, "items": [{"key": "metrics-collector.yaml", "path": "metrics-collector.yaml"}]}},
    }
