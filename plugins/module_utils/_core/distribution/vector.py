# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Vector agents beside Cassandra: their configuration, container and resources.

Source: k8ssandra-operator v1.26.0 `pkg/telemetry/vector.go`, `pkg/vector/vector.go`, `controllers/k8ssandra/vector.go`. Upstream goes by
the cluster's `telemetry` alone. It adds its own components to the definition in memory, once for each datacenter, so that later
datacenters may lose a source; here each datacenter gets what upstream gives the first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..errors import SpecError
from ..names import clean_for_kubernetes
from ..objects import Object
from .config_map import config_map
from .durations import whole_seconds
from .labels import clean_cluster_name, cleaned_up_by, watched_by, with_common_metadata
from .pod_parts import SYSTEM_LOGGER, Part, with_container
from .telemetry import of_cluster, uses_mcac, uses_vector
from .template import Template

Components = tuple[Mapping[str, Any], ...]

_RESOURCES = {"requests": {"cpu": "100m", "memory": "128Mi"}, "limits": {"memory": "2Gi", "cpu": "2"}}
_LOG_LEVELS = "^(INFO|WARN|ERROR|DEBUG|TRACE|FATAL)"
_SYSTEM_LOG = f"""include = [ "/var/log/cassandra/system.log" ]
read_from = "beginning"
fingerprint.strategy = "device_and_inode"
[sources.systemlog.multiline]
start_pattern = "{_LOG_LEVELS}"
condition_pattern = "{_LOG_LEVELS}"
mode = "halt_before"
timeout_ms = 10000
"""
_LOG_LINE = (
    r"%{LOGLEVEL:loglevel}\\s+\\[(?<thread>((.+)))\\]\\s+%{TIMESTAMP_ISO8601:timestamp_raw}"
    r"\\s+%{JAVACLASS:class}:%{NUMBER:line}\\s+-\\s+(?<message>(.+\\n?)+)"
)
_PARSED_LOG = f"""del(.source_type)
.message = string!(.message)
.message = strip_whitespace(.message)
. |= parse_groks!(.message, patterns: [
  "{_LOG_LINE}",
  ]
)
.timestamp = parse_timestamp!(.timestamp_raw, format: "%Y-%m-%d %T,%3f")
del(.timestamp_raw)
"""
_PLACES = {
    "pod_name": "POD_NAME",
    "node_name": "NODE_NAME",
    "cluster": "CLUSTER_NAME",
    "datacenter": "DATACENTER_NAME",
    "rack": "RACK_NAME",
    "namespace": "NAMESPACE",
}


def vector_name(definition: Object, template: Template) -> str:
    """The name of the ConfigMap."""
    return clean_for_kubernetes(f"{clean_cluster_name(definition)}-{template.cassandra_name}-cass-vector")


def vector_config_map(definition: Object, template: Template) -> dict[str, Any] | None:
    """The ConfigMap of one datacenter's agents; None when there are none."""
    if not uses_vector(of_cluster(definition)):
        return None
    labels, annotations = with_common_metadata(definition, cleaned_up_by(definition))
    labels.update(watched_by(definition))
    text = vector_text(of_cluster(definition)["vector"], mcac=uses_mcac(template.options.get("telemetry")))
    return config_map(vector_name(definition, template), template.namespace, {"vector.toml": text}, labels, annotations)


def vector_volume(definition: Object, template: Template) -> tuple[dict[str, Any], ...]:
    """The additional volume of the CassandraDatacenter that holds the ConfigMap; none without agents."""
    if not uses_vector(of_cluster(definition)):
        return ()
    source = {"configMap": {"name": vector_name(definition, template)}}
    return ({"name": "vector-config", "mountPath": "/etc/vector", "volumeSource": source},)


def vector_resources(definition: Object) -> Mapping[str, Any] | None:
    """Resources of the agents' container; None without agents."""
    telemetry = of_cluster(definition)
    if not uses_vector(telemetry):
        return None
    stated: Mapping[str, Any] | None = telemetry["vector"].get("resources")
    return _RESOURCES if stated is None else stated


def with_vector(pod: Object, definition: Object) -> Part:
    """`pod` with the agents' container, which cass-operator completes."""
    telemetry = of_cluster(definition)
    if not uses_vector(telemetry):
        return dict(pod)
    image = {"image": telemetry["vector"]["image"]} if telemetry["vector"].get("image") else {}
    return with_container(pod, SYSTEM_LOGGER, lambda container: {**container, **image})


def vector_text(vector: Mapping[str, Any], *, mcac: bool) -> str:
    """The agents' configuration: the definition's components, then upstream's, without what nothing uses.

    Args:
        vector: `telemetry.vector` of the cluster.
        mcac: whether MCAC serves the metrics, at another port than Cassandra itself.
    """
    stated = vector.get("components") or {}
    sources = (*(stated.get("sources") or ()), *_default_sources(vector, mcac))
    transforms = (*(stated.get("transforms") or ()), *_default_transforms())
    sinks = (*(stated.get("sinks") or ()), _default_sink())
    sources, transforms, sinks = _used(sources, transforms, sinks)
    blocks = (("sources", sources), ("transforms", transforms), ("sinks", sinks))
    return "".join(_block(kind, part) for kind, parts in blocks for part in parts)


def _default_sources(vector: Mapping[str, Any], mcac: bool) -> Components:
    interval = vector.get("scrapeInterval")
    try:
        seconds = 30 if interval is None else whole_seconds(interval)
    except ValueError as error:
        raise SpecError(
            "definition.spec.cassandra.telemetry.vector.scrapeInterval", f"is {interval!r}, not a duration; write e.g. 30s",
        ) from error
    address = "localhost:9103" if mcac else "localhost:9000/metrics"
    scraped = f'endpoints = [ "http://{address}" ]\nscrape_interval_secs = {seconds}'
    return (
        {"name": "systemlog", "type": "file", "config": _SYSTEM_LOG},
        {"name": "cassandra_metrics_raw", "type": "prometheus_scrape", "config": scraped},
    )


def _default_transforms() -> Components:
    parsed = _PARSED_LOG + "".join(_from_environment(field, variable) for field, variable in _PLACES.items())
    tagged = _from_environment("tags.namespace", "NAMESPACE")
    return (
        {"name": "parse_cassandra_log", "type": "remap", "inputs": ["systemlog"], "config": f"source = '''\n{parsed}'''\n"},
        {"name": "cassandra_metrics", "type": "remap", "inputs": ["cassandra_metrics_raw"], "config": f"source = '''\n{tagged}'''\n"},
    )


def _from_environment(field: str, variable: str) -> str:
    name = field.rpartition(".")[2]
    return f'{name}, err = get_env_var("{variable}")\nif err == null {{\n  .{field} = {name}\n}}\n'


def _default_sink() -> Mapping[str, Any]:
    config = 'target = "stdout"\nencoding.codec = "text"\n'
    return {"name": "console_log", "type": "console", "inputs": ["systemlog"], "config": config}


def _used(sources: Components, transforms: Components, sinks: Components) -> tuple[Components, Components, Components]:
    """The components that lead to a sink, the first of each name.

    A transform that is left out takes its name off the list of readers of each source and transform, even where it is only the second
    of its name (`FilterUnusedPipelines`).
    """
    read_by_sinks = {name for sink in sinks for name in sink.get("inputs") or ()}
    readers: dict[str, set[str]] = {}
    for transform in transforms:
        for name in transform.get("inputs") or ():
            readers.setdefault(name, set()).add(transform["name"])
    left = list(transforms)
    while (index := _first_unused(left, read_by_sinks, readers)) is not None:
        gone = left.pop(index)["name"]
        readers = {name: rest for name, names in readers.items() if (rest := names - {gone})}
    kept = tuple(source for source in _unique(sources) if source["name"] in read_by_sinks or source["name"] in readers)
    return kept, tuple(left), _unique(sinks)


def _first_unused(transforms: Sequence[Mapping[str, Any]], read_by_sinks: set[str], readers: Mapping[str, set[str]]) -> int | None:
    seen: set[str] = set()
    for index, transform in enumerate(transforms):
        name = transform["name"]
        if name in seen or (name not in read_by_sinks and name not in readers):
            return index
        seen.add(name)
    return None


def _unique(components: Components) -> Components:
    first: dict[str, Mapping[str, Any]] = {}
    for component in components:
        first.setdefault(component["name"], component)
    return tuple(first.values())


def _block(kind: str, component: Mapping[str, Any]) -> str:
    lines = [f"\n[{kind}.{component['name']}]", f'type = "{component["type"]}"']
    if kind != "sources":
        inputs = '", "'.join(component.get("inputs") or ())
        lines.append(f'inputs = ["{inputs}"]')
    if component.get("config"):
        lines.append(component["config"])
    return "\n".join(lines) + "\n"
