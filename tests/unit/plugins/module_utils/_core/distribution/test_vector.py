"""Vector's configuration: the expected texts are those of upstream's rules."""

from __future__ import annotations

from typing import Any

import pytest

from plugins.module_utils._core.distribution.template import templates
from plugins.module_utils._core.distribution.vector import vector_config_map, vector_resources, vector_text, vector_volume, with_vector
from plugins.module_utils._core.errors import SpecError

from ..definitions import good

METRICS_SINK = {"name": "out", "type": "console", "inputs": ["cassandra_metrics"]}
LOG_SINK = {"name": "out", "type": "console", "inputs": ["parse_cassandra_log"], "config": "x = 1"}
ON = {"spec.cassandra.telemetry": {"vector": {"enabled": True}}}


def heads(vector: dict, **kwargs: Any) -> list[str]:
    text = vector_text(vector, mcac=kwargs.get("mcac", False))
    return [line for line in text.splitlines() if line.startswith("[") and "multiline" not in line]


def test_the_usual_agent_writes_the_system_log_to_its_own() -> None:
    assert vector_text({}, mcac=False) == (
        "\n[sources.systemlog]\n"
        'type = "file"\n'
        'include = [ "/var/log/cassandra/system.log" ]\n'
        'read_from = "beginning"\n'
        'fingerprint.strategy = "device_and_inode"\n'
        "[sources.systemlog.multiline]\n"
        'start_pattern = "^(INFO|WARN|ERROR|DEBUG|TRACE|FATAL)"\n'
        'condition_pattern = "^(INFO|WARN|ERROR|DEBUG|TRACE|FATAL)"\n'
        'mode = "halt_before"\n'
        "timeout_ms = 10000\n"
        "\n"
        "\n[sinks.console_log]\n"
        'type = "console"\n'
        'inputs = ["systemlog"]\n'
        'target = "stdout"\n'
        'encoding.codec = "text"\n'
        "\n"
    )


@pytest.mark.parametrize(
    ("components", "expected"),
    [
        ({}, "sources.systemlog sinks.console_log"),
        ({"sinks": [LOG_SINK]}, "sources.systemlog transforms.parse_cassandra_log sinks.out sinks.console_log"),
        (
            {"sinks": [METRICS_SINK]},
            "sources.systemlog sources.cassandra_metrics_raw transforms.cassandra_metrics sinks.out sinks.console_log",
        ),
        ({"sources": [{"name": "unread", "type": "file"}]}, "sources.systemlog sinks.console_log"),
        (
            {"sources": [{"name": "own", "type": "file"}], "sinks": [{"name": "out", "type": "console", "inputs": ["own"]}]},
            "sources.own sources.systemlog sinks.out sinks.console_log",
        ),
        (
            {"transforms": [{"name": "one", "type": "remap", "inputs": ["systemlog"]}, {"name": "two", "type": "remap", "inputs": ["one"]}]},
            "sources.systemlog sinks.console_log",
        ),
        ({"sinks": [{"name": "console_log", "type": "file", "inputs": []}]}, "sources.systemlog sinks.console_log"),
        (
            # The second of a name takes its inputs off, so the first stays without its source.
            {
                "transforms": [{"name": "cassandra_metrics", "type": "remap", "inputs": ["cassandra_metrics_raw"]}],
                "sinks": [METRICS_SINK],
            },
            "sources.systemlog transforms.cassandra_metrics sinks.out sinks.console_log",
        ),
    ],
)
def test_only_what_leads_to_a_sink_stays(components: dict, expected: str) -> None:
    assert heads({"components": components}) == [f"[{head}]" for head in expected.split()]


@pytest.mark.parametrize(
    ("mcac", "interval", "endpoint", "seconds"),
    [
        (False, None, "http://localhost:9000/metrics", 30),
        (True, None, "http://localhost:9103", 30),
        (False, "1m30s", "http://localhost:9000/metrics", 90),
    ],
)
def test_metrics_are_scraped_where_they_are_served(mcac: bool, interval: str | None, endpoint: str, seconds: int) -> None:
    text = vector_text({"components": {"sinks": [METRICS_SINK]}, "scrapeInterval": interval}, mcac=mcac)
    assert f'endpoints = [ "{endpoint}" ]\nscrape_interval_secs = {seconds}\n' in text


def test_an_interval_that_is_none_is_refused() -> None:
    with pytest.raises(SpecError, match="telemetry.vector.scrapeInterval: is 'soon', not a duration"):
        vector_text({"scrapeInterval": "soon"}, mcac=False)


def test_the_log_is_parsed_as_upstream_does() -> None:
    text = vector_text({"components": {"sinks": [LOG_SINK]}}, mcac=False)
    assert '[transforms.parse_cassandra_log]\ntype = "remap"\ninputs = ["systemlog"]\nsource = \'\'\'\ndel(.source_type)\n' in text
    assert r'"%{LOGLEVEL:loglevel}\\s+\\[(?<thread>((.+)))\\]\\s+%{TIMESTAMP_ISO8601:timestamp_raw}\\s+%{JAVACLASS:class}' in text
    assert 'rack, err = get_env_var("RACK_NAME")\nif err == null {\n  .rack = rack\n}\n' in text


def test_without_vector_there_is_nothing() -> None:
    definition = good(**{"dc1.telemetry": {"vector": {"enabled": True}}})
    template = templates(definition)[0]
    assert vector_config_map(definition, template) is None
    assert vector_volume(definition, template) == ()
    assert vector_resources(definition) is None
    assert with_vector({"spec": {}}, definition) == {"spec": {}}


def test_the_config_map_and_its_volume_have_the_name_that_cassandra_knows() -> None:
    definition = good(**{**ON, "dc2.datacenterName": "Real"})
    template = templates(definition)[1]
    found = vector_config_map(definition, template)
    assert found["metadata"]["name"] == "demo-real-cass-vector"
    assert found["metadata"]["labels"] == {
        "k8ssandra.io/cleaned-up-by": "k8ssandracluster-controller",
        "k8ssandra.io/cluster-name": "demo",
        "k8ssandra.io/cluster-namespace": "k8ssandra",
    }
    assert list(found["data"]) == ["vector.toml"]
    assert [volume["volumeSource"] for volume in vector_volume(definition, template)] == [{"configMap": {"name": "demo-real-cass-vector"}}]


@pytest.mark.parametrize(
    ("vector", "container", "cpu"),
    [
        ({}, {"name": "server-system-logger"}, "100m"),
        ({"image": "own"}, {"name": "server-system-logger", "image": "own"}, "100m"),
        ({"resources": {"requests": {"cpu": "1"}}}, {"name": "server-system-logger"}, "1"),
    ],
)
def test_the_agent_is_in_the_system_loggers_container(vector: dict, container: dict, cpu: str) -> None:
    definition = good(**{"spec.cassandra.telemetry": {"vector": {"enabled": True, **vector}}})
    assert with_vector({}, definition)["spec"]["containers"] == [container]
    assert vector_resources(definition)["requests"]["cpu"] == cpu
