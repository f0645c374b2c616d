# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The configuration of the agent that serves Cassandra's metrics: one ConfigMap for each datacenter, always.

Source: k8ssandra-operator v1.26.0 `pkg/telemetry/cassandra_agent/cassandra_agent_config.go`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..names import clean_for_kubernetes
from ..objects import Object
from .config_map import config_map
from .labels import cleaned_up_by, cluster_name, with_common_metadata
from .template import Template
from .yaml_text import yaml_text

_KEY = "metrics-collector.yaml"
_TABLE = "org_apache_cassandra_metrics_table_"
# Metrics of single tables are dropped, except these.
_KEPT = (
    "live_ss_table_count live_disk_space_used memtable.* all_memtables.* compaction_bytes_written pending_compactions read_.* write_.* "
    "range.* coordinator_.* dropped_mutations"
).split()
_FIELDS = ("sourceLabels", "separator", "targetLabel", "regex", "modulus", "replacement", "action")


def agent_name(definition: Object, template: Template) -> str:
    """The name of the ConfigMap."""
    return clean_for_kubernetes(f"{cluster_name(definition)}-{template.cassandra_name}-metrics-agent-config")


def agent_config_map(definition: Object, template: Template, telemetry: Mapping[str, Any] | None) -> dict[str, Any]:
    """The ConfigMap of one datacenter.

    Args:
        telemetry: the merged `telemetry` whose `cassandra` is asked; see `datacenter.agent_telemetry`.
    """
    labels, annotations = with_common_metadata(definition, cleaned_up_by(definition))
    data = {_KEY: yaml_text(_settings((telemetry or {}).get("cassandra") or {}))}
    return config_map(agent_name(definition, template), template.namespace, data, labels, annotations)


def agent_volume(definition: Object, template: Template) -> dict[str, Any]:
    """The additional volume of the CassandraDatacenter that holds the ConfigMap."""
    items = [{"key": _KEY, "path": _KEY}]
    return {
        "name": "metrics-agent-config",
        "mountPath": "/opt/management-api/configs",
        "volumeSource": {"configMap": {"name": agent_name(definition, template), "items": items}},
    }


def _settings(wanted: Mapping[str, Any]) -> dict[str, Any]:
    relabels = wanted.get("relabels")
    rules = _default_relabels() if relabels is None else [_stated(rule, _FIELDS) for rule in relabels]
    endpoint = wanted.get("endpoint")
    stated = {} if endpoint is None else {"endpoint": _stated(endpoint, ("address", "port"))}
    return {**stated, "relabels": rules} if rules else stated


def _stated(rule: Mapping[str, Any], fields: tuple[str, ...]) -> dict[str, Any]:
    """Go leaves empty fields out."""
    return {field: rule[field] for field in fields if rule.get(field)}


def _default_relabels() -> list[dict[str, Any]]:
    def marked(source: str, regex: str, replacement: str) -> dict[str, Any]:
        return {"sourceLabels": [source], "regex": regex, "targetLabel": "should_drop", "replacement": replacement}

    kept = [marked("__name__", f"{_TABLE}{name}", "false") for name in _KEPT]
    return [marked("table", ".+", "true"), *kept, {"sourceLabels": ["should_drop"], "regex": "true", "action": "drop"}]
