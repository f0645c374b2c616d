# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How Prometheus renames the metrics of the older Metrics Collector for Apache Cassandra (MCAC).

Source: `endpointStringLegacy`, k8ssandra-operator v1.26.0 `pkg/telemetry/prom_cass_servicemonitor.go`.
"""

from __future__ import annotations

from typing import Any

_M = r"org\.apache\.cassandra\.metrics\."
# Where a metric's own name matches, labels are taken from its parts.
_BY_NAME = (
    (rf"{_M}table\.(\w+)\.(\w+)\.(\w+)", {"table": "${3}", "keyspace": "${2}", "__name__": "mcac_table_${1}"}),
    (rf"{_M}keyspace\.(\w+)\.(\w+)", {"keyspace": "${2}", "__name__": "mcac_keyspace_${1}"}),
    (rf"{_M}thread_pools\.(\w+)\.(\w+)\.(\w+).*", {"pool_type": "${2}", "pool_name": "${3}", "__name__": "mcac_thread_pools_${1}"}),
    (rf"{_M}client_request\.(\w+)\.(\w+)$", {"request_type": "${2}", "__name__": "mcac_client_request_${1}"}),
    (rf"{_M}client_request\.(\w+)\.(\w+)\.(\w+)$", {"cl": "${3}", "request_type": "${2}", "__name__": "mcac_client_request_${1}_cl"}),
    (rf"{_M}cache\.(\w+)\.(\w+)", {"cache_name": "${2}", "__name__": "mcac_cache_${1}"}),
    (rf"{_M}cql\.(\w+)", {"__name__": "mcac_cql_${1}"}),
    (rf"{_M}dropped_message\.(\w+)\.(\w+)", {"message_type": "${2}", "__name__": "mcac_dropped_message_${1}"}),
    (rf"{_M}streaming\.(\w+)\.(.+)$", {"peer_ip": "${2}", "__name__": "mcac_streaming_${1}"}),
    (rf"{_M}streaming\.(\w+)$", {"__name__": "mcac_streaming_${1}"}),
    (rf"{_M}commit_log\.(\w+)", {"__name__": "mcac_commit_log_${1}"}),
    (rf"{_M}compaction\.(\w+)", {"__name__": "mcac_compaction_${1}"}),
    (rf"{_M}storage\.(\w+)", {"__name__": "mcac_storage_${1}"}),
    (rf"{_M}batch\.(\w+)", {"__name__": "mcac_batch_${1}"}),
    (rf"{_M}client\.(\w+)", {"__name__": "mcac_client_${1}"}),
    (rf"{_M}buffer_pool\.(\w+)", {"__name__": "mcac_buffer_pool_${1}"}),
    (rf"{_M}index\.(\w+)", {"__name__": "mcac_sstable_index_${1}"}),
    (rf"{_M}hinted_hand_off_manager\.([^\-]+)-(\w+)", {"peer_ip": "${2}", "__name__": "mcac_hints_${1}"}),
    (rf"{_M}hints_service\.hint_delays[\-\.]([\w\.]+)", {"peer_ip": "${1}", "__name__": "mcac_hints_hint_delays"}),
    (rf"{_M}hints_service\.hints_created[\-\.]([\w\.]+)", {"peer_ip": "${1}", "__name__": "mcac_hints_hint_created"}),
    (rf"{_M}hints_service\.([^\-]+)", {"__name__": "mcac_hints_${1}"}),
    (rf"{_M}memtable_pool\.(\w+)", {"__name__": "mcac_memtable_pool_${1}"}),
    (rf"{_M}cdc_agent\.(\w+)", {"__name__": "mcac_cdc_agent_${1}"}),
    (
        r"com\.datastax\.bdp\.type\.performance_objects\.name\.cql_slow_log\.metrics\.queries_latency",
        {"__name__": "mcac_cql_slow_log_query_latency"},
    ),
    (rf"{_M}read_coordination\.(.*)", {"read_type": "$1"}),
    (r"jvm\.gc\.(\w+)\.(\w+)", {"collector_type": "${1}", "__name__": "mcac_jvm_gc_${2}"}),
    (r"jvm\.memory\.(\w+)\.(\w+)", {"memory_type": "${1}", "__name__": "mcac_jvm_memory_${2}"}),
    (r"jvm\.memory\.pools\.(\w+)\.(\w+)", {"pool_name": "${2}", "__name__": "mcac_jvm_memory_pool_${2}"}),
    (r"jvm\.fd\.usage", {"__name__": "mcac_jvm_fd_usage"}),
    (r"jvm\.buffers\.(\w+)\.(\w+)", {"buffer_type": "${1}", "__name__": "mcac_jvm_buffer_${2}"}),
)
_SUFFIXES = "(mcac_.*);.*(_micros_bucket|_bucket|_micros_count_total|_count_total|_total|_micros_sum|_sum|_stddev).*"
# Upstream writes the default action here, and nowhere else.
_WITH_ACTION = ("hint_delays", "hints_created")


def mcac_relabels() -> list[dict[str, Any]]:
    """`metricRelabelings` of the endpoint that MCAC serves."""
    first = [
        _renamed("__name__", "collectd_mcac_(meter|histogram).*", "kind", "${1}"),
        {"action": "drop", "regex": ".*rate_(mean|1m|5m|15m)", "sourceLabels": ["__name__"]},
        _renamed("__name__", "(collectd_mcac_.+)", "prom_name", "${1}"),
        _renamed("prom_name", r".+_bucket_(\d+)", "le", "${1}"),
        _renamed("prom_name", ".+_bucket_inf", "le", "+Inf"),
        _renamed("prom_name", r".*_histogram_p(\d+)", "quantile", ".${1}"),
        _renamed("prom_name", ".*_histogram_min", "quantile", "0"),
        _renamed("prom_name", ".*_histogram_max", "quantile", "1"),
        {"action": "drop", "regex": rf"{_M}table\.(\w+)", "sourceLabels": ["mcac"]},
    ]
    last = [
        {**_renamed("__name__", _SUFFIXES, "__name__", "${1}${2}"), "sourceLabels": ["__name__", "prom_name"], "separator": ";"},
        {"action": "labeldrop", "regex": "prom_name"},
        {"action": "drop", "regex": r"(.*)\.+(.*)", "sourceLabels": ["__name__"]},
    ]
    named = [_renamed("mcac", regex, label, value) for regex, labels in _BY_NAME for label, value in labels.items()]
    return [*first, *named, *last]


def _renamed(source: str, regex: str, target: str, replacement: str) -> dict[str, Any]:
    action = {"action": "replace"} if any(name in regex for name in _WITH_ACTION) else {}
    return {**action, "sourceLabels": [source], "regex": regex, "targetLabel": target, "replacement": replacement}
