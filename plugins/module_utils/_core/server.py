# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The server's version and settings: what upstream accepts at first and fails on, or drops, later."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .cluster import ClusterWish, Datacenter
from .effective import amount, effective, effective_version, is_zero, stated_in
from .errors import SpecError

# github.com/Masterminds/semver; a version that is none makes the operator panic (`MustParse`, pkg/cassandra/datacenter.go).
_SEMVER = re.compile(r"v?(\d+)\.(\d+)\.(\d+)(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?")
# `IsOssVersionSupported` and its neighbours, cass-operator v1.28.0 pkg/images/images.go.
_SUPPORTED = {"cassandra": ("3.11", "4", "5"), "dse": ("6.8", "6.9"), "hcd": ("1",)}
# The `cass-config` tags of apis/k8ssandra/v1alpha1/cassandraconfig_types.go, k8ssandra-operator v1.26.0.
_ONLY_CASSANDRA_3 = ("gc_cms_", "gc_print_", "heapNewGenSize", "vm_enable_non_root", "cassandra_force_3_0")
_NOT_CASSANDRA_3 = frozenset("""
    vm_use_numa vm_print_heap_histogram_on_out_of_memory_error vm_exit_on_out_of_memory_error
    vm_crash_on_out_of_memory_error vm_guaranteed_safepoint_interval_ms netty_eventloop_maxpendingtasks
    netty_try_reflection_set_accessible nio_maxcachedbuffersize nio_align_direct_memory jdk_allow_attach_self
    cassandra_expiration_date_overflow_policy cassandra_max_hint_ttl_seconds jmx_remote_ssl_require_client_auth
    debug_disable_contended_annotations debug_non_safepoints debug_unlock_diagnostic_vm_options debug_log_compilation
    debug_preserve_frame_pointer""".split())


@dataclass(frozen=True, order=True)
class Version:
    """A semantic version; a pre-release comes before its release."""

    numbers: tuple[int, int, int]
    released: bool = True


def parse_version(text: str, path: str) -> Version:
    """The version that `text` states. Raises `SpecError` when it is none."""
    match = _SEMVER.fullmatch(text)
    if not match:
        raise SpecError(path, f'is "{text}", which is no semantic version; write three numbers, such as "4.1.8"')
    major, minor, patch = (int(number) for number in match.groups()[:3])
    return Version((major, minor, patch), match[4] is None)


def check_servers(wish: ClusterWish) -> None:
    """Raise `SpecError` for the first datacenter whose server upstream could not run as written."""
    for datacenter, template in wish.templates():
        version = _check_version(wish, datacenter, template)
        _check_metrics(wish, datacenter, template, version)
        _check_jvm_options(wish, datacenter, template, version)
        _check_settings(wish, datacenter, template, version)
        _check_sharing_of_workers(wish, datacenter, template)
    # `checkSchemas` parses the cluster's version alone: controllers/k8ssandra/schemas.go, k8ssandra-operator v1.31.0.
    if _server_type(wish) == "cassandra" and not wish.cassandra.get("serverVersion"):
        raise SpecError(
            wish.at("spec", "cassandra", "serverVersion"),
            "is missing; the operator needs it here even where each datacenter has its own, else the cluster never converges",
        )


def server_warnings(wish: ClusterWish) -> tuple[str, ...]:
    """What upstream takes and then ignores or changes, one sentence each."""
    found: dict[str, None] = {}
    for datacenter, template in wish.templates():
        for warning in (*_dropped_jvm_options(wish, datacenter, template), *_overridden(wish, datacenter, template)):
            found[warning] = None
    return tuple(found)


def _server_type(wish: ClusterWish) -> str:
    kind: str = wish.cassandra.get("serverType", "cassandra")
    return kind


def _path(wish: ClusterWish, datacenter: Datacenter, template: Mapping[str, Any], *keys: str) -> str:
    return stated_in(wish.at("spec", "cassandra"), datacenter.path, template, *keys)


def _check_version(wish: ClusterWish, datacenter: Datacenter, template: Mapping[str, Any]) -> Version:
    path = _path(wish, datacenter, template, "serverVersion")
    text = effective_version(wish.cassandra, template)
    kind = _server_type(wish)
    if not text:
        raise SpecError(path, 'is missing; write the version of the server, such as "4.1.8"')
    version = parse_version(text, path)
    start = ".".join(str(number) for number in version.numbers) + "."
    if not any(start.startswith(f"{supported}.") for supported in _SUPPORTED[kind]):
        raise SpecError(path, f"is {text}; cass-operator runs {kind} {', '.join(f'{one}.x' for one in _SUPPORTED[kind])} only")
    return version


def _check_metrics(wish: ClusterWish, datacenter: Datacenter, template: Mapping[str, Any], version: Version) -> None:
    # `createDatacenterConfigs`, controllers/k8ssandra/dcconfigs.go and pkg/telemetry/validation.go, k8ssandra-operator v1.26.0.
    has_endpoint = Version((3, 11, 12)) < version < Version((4, 0, 0)) or version > Version((4, 0, 3))
    mcac = effective(wish.cassandra, template, "telemetry", "mcac", "enabled")
    if _server_type(wish) == "cassandra" and not has_endpoint and not mcac:
        raise SpecError(
            _path(wish, datacenter, template, "serverVersion"),
            "is older than 3.11.13 or 4.0.4, which brought the metrics endpoint; use a newer one, or set "
            "telemetry.mcac.enabled: true",
        )


def _check_jvm_options(wish: ClusterWish, datacenter: Datacenter, template: Mapping[str, Any], version: Version) -> None:
    options = effective(wish.cassandra, template, "config", "jvmOptions") or {}
    path = _path(wish, datacenter, template, "config", "jvmOptions")
    # No version constraint of the `cass-config` tags matches a pre-release, not even "*", so the options vanish without a word.
    if not version.released and options:
        text = effective_version(wish.cassandra, template)
        raise SpecError(path, f"would be dropped by the operator, as {text} is a pre-release; remove them, or use a release")
    # `ValidateSingleDatacenter`, cass-operator v1.28.0.
    if _is_cassandra_3(wish, version) and options.get("additionalJvmServerOptions"):
        raise SpecError(f"{path}.additionalJvmServerOptions", "is refused for Cassandra 3.x; write them as additionalOptions")


def _check_settings(wish: ClusterWish, datacenter: Datacenter, template: Mapping[str, Any], version: Version) -> None:
    settings = effective(wish.cassandra, template, "config", "cassandraYaml") or {}
    path = _path(wish, datacenter, template, "config", "cassandraYaml")
    period, window = "commitlog_sync_period_in_ms", "commitlog_sync_batch_window_in_ms"
    if settings.get(period) is not None and settings.get(window) is not None:
        raise SpecError(f"{path}.{window}", f"is set together with {period}; they exclude each other, so keep one")
    if _is_cassandra_3(wish, version) and "full_query_logging_options" in settings:
        raise SpecError(f"{path}.full_query_logging_options", "is refused for Cassandra 3.x; it needs 4.0 or newer")
    if _server_type(wish) != "cassandra":
        return
    if effective(wish.cassandra, template, "config", "dseYaml"):
        raise SpecError(
            _path(wish, datacenter, template, "config", "dseYaml"), "is refused unless spec.cassandra.serverType is dse",
        )
    for workload, wanted in (effective(wish.cassandra, template, "dseWorkloads") or {}).items():
        if wanted:
            raise SpecError(
                _path(wish, datacenter, template, "dseWorkloads", workload), "is true, but spec.cassandra.serverType is cassandra",
            )


def _check_sharing_of_workers(wish: ClusterWish, datacenter: Datacenter, template: Mapping[str, Any]) -> None:
    # `ValidateSingleDatacenter`, cass-operator v1.28.0, for what becomes allowMultipleNodesPerWorker.
    if not effective(wish.cassandra, template, "softPodAntiAffinity"):
        return
    for kind in ("requests", "limits"):
        for resource in ("cpu", "memory"):
            given = effective(wish.cassandra, template, "resources", kind, resource)
            if given is None or not amount(given):
                raise SpecError(
                    _path(wish, datacenter, template, "resources", kind, resource),
                    "is missing; with softPodAntiAffinity, cpu and memory need requests and limits",
                )


def _is_cassandra_3(wish: ClusterWish, version: Version) -> bool:
    return _server_type(wish) == "cassandra" and version.numbers[0] == 3


def _dropped_jvm_options(wish: ClusterWish, datacenter: Datacenter, template: Mapping[str, Any]) -> Iterator[str]:
    text = effective_version(wish.cassandra, template)
    third = _is_cassandra_3(wish, parse_version(text, datacenter.path))
    for option in effective(wish.cassandra, template, "config", "jvmOptions") or {}:
        if option in _NOT_CASSANDRA_3 if third else option.startswith(_ONLY_CASSANDRA_3):
            where = _path(wish, datacenter, template, "config", "jvmOptions", option)
            yield f"{where}: has no effect on {_server_type(wish)} {text}"
    own = effective({}, template, "config", "jvmOptions")
    of_cluster = effective(wish.cassandra, {}, "config", "jvmOptions") or {}
    if own is not None and "gc" not in own and of_cluster.get("gc", "G1GC") != "G1GC":
        yield (
            f"{datacenter.path}.config.jvmOptions: gets gc G1GC by default, which overrides the cluster's {of_cluster['gc']}; "
            "repeat gc here"
        )


def _overridden(wish: ClusterWish, datacenter: Datacenter, template: Mapping[str, Any]) -> Iterator[str]:
    for kind in ("cassandraYaml", "dseYaml"):
        of_cluster = effective(wish.cassandra, {}, "config", kind) or {}
        own = effective({}, template, "config", kind) or {}
        for keys, value in _zeros(of_cluster, own):
            yield (
                f"{datacenter.path}.config.{kind}.{keys}: is {str(value).lower() or 'empty'}, which upstream takes as not "
                "given, so the cluster's value holds"
            )


def _zeros(of_cluster: Mapping[str, Any], own: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in own.items():
        other = of_cluster.get(key)
        if isinstance(value, Mapping) and isinstance(other, Mapping):
            yield from _zeros(other, value, f"{above}{key}.")
        elif is_zero(value) and other is not None and not is_zero(other):
            yield f"{above}{key}", value
