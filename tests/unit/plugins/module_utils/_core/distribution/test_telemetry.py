"""What `telemetry` asks for."""

from __future__ import annotations

import pytest

from plugins.module_utils._core.distribution.telemetry import check_metrics, uses_mcac, uses_prometheus, uses_vector, with_metric_filters
from plugins.module_utils._core.distribution.template import templates
from plugins.module_utils._core.errors import SpecError

from ..definitions import good


@pytest.mark.parametrize(
    ("telemetry", "mcac", "vector", "prometheus"),
    [
        (None, True, False, False),
        ({}, True, False, False),
        ({"mcac": {}, "vector": {}, "prometheus": {}}, True, False, False),
        ({"mcac": {"enabled": False}}, False, False, False),
        ({"mcac": {"enabled": True}, "vector": {"enabled": True}, "prometheus": {"enabled": True}}, True, True, True),
    ],
)
def test_mcac_serves_metrics_unless_told_otherwise(telemetry: dict | None, mcac: bool, vector: bool, prometheus: bool) -> None:
    assert (uses_mcac(telemetry), uses_vector(telemetry), uses_prometheus(telemetry)) == (mcac, vector, prometheus)


@pytest.mark.parametrize(
    ("telemetry", "env"),
    [
        ({"mcac": {"metricFilters": ["deny:a", "allow:b"]}}, [{"name": "METRIC_FILTERS", "value": "deny:a allow:b"}]),
        ({"mcac": {"metricFilters": []}}, [{"name": "METRIC_FILTERS"}]),
        ({"mcac": {"enabled": False}}, None),
    ],
)
def test_the_clusters_filters_reach_cassandra(telemetry: dict, env: list | None) -> None:
    definition = good(**{"spec.cassandra.telemetry": telemetry})
    pod = with_metric_filters({"spec": {"containers": [{"name": "cassandra"}]}}, definition)
    assert pod["spec"]["containers"][0].get("env") == env


def test_metrics_of_tables_are_left_out_by_default() -> None:
    pod = with_metric_filters({}, good())
    text = pod["spec"]["containers"][0]["env"][0]["value"]
    assert text.startswith("deny:org.apache.cassandra.metrics.Table deny:org.apache.cassandra.metrics.table allow:")
    assert len(text.split()) == 14


@pytest.mark.parametrize("version", ["3.11.13", "4.0.4", "4.1.0", "5.0.2"])
def test_newer_servers_need_no_mcac(version: str) -> None:
    definition = good(**{"spec.cassandra.serverVersion": version, "spec.cassandra.telemetry": {"mcac": {"enabled": False}}})
    check_metrics(templates(definition)[0])


@pytest.mark.parametrize("version", ["3.11.12", "4.0.0", "4.0.3"])
def test_older_servers_need_it(version: str) -> None:
    definition = good(**{"spec.cassandra.serverVersion": version, "spec.cassandra.telemetry": {"mcac": {"enabled": False}}})
    with pytest.raises(SpecError, match=rf"datacenters\[0\].telemetry.mcac.enabled: is false, but Cassandra {version} has no metrics endpoint"):
        check_metrics(templates(definition)[0])
