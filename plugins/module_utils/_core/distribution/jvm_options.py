# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""JVM options of a definition as the files that cass-config-builder writes for a server.

Source: the `cass-config` tags of k8ssandra-operator v1.26.0 `apis/k8ssandra/v1alpha1/cassandraconfig_types.go`, and
`preMarshalConfig` in `pkg/cassandra/config_premarshal.go`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..effective import amount
from .versions import Server

# Of each option: its name in the definition, for Cassandra 3.11 and for what came later; "-" where it is dropped.
_COMMON = """
heap_initial_size initial_heap_size =
heap_max_size max_heap_size =
vm_enable_assertions enable_assertions =
vm_enable_thread_priorities use_thread_priorities =
vm_enable_non_root_thread_priority thread_priority_policy_42 -
vm_heap_dump_on_out_of_memory_error heap_dump_on_out_of_memory_error =
vm_per_thread_stack_size per_thread_stack_size =
vm_string_table_size string_table_size =
vm_always_pre_touch always_pre_touch =
vm_disable_biased_locking use_biased_locking use-biased-locking
vm_use_tlab use_tlb =
vm_resize_tlab resize_tlb =
vm_disable_perf_shared_mem perf_disable_shared_mem =
vm_prefer_ipv4 java_net_prefer_ipv4_stack =
vm_use_numa - use_numa
vm_print_heap_histogram_on_out_of_memory_error - print_heap_histogram_on_out_of_memory_error
vm_exit_on_out_of_memory_error - exit_on_out_of_memory_error
vm_crash_on_out_of_memory_error - crash_on_out_of_memory_error
vm_guaranteed_safepoint_interval_ms - guaranteed-safepoint-interval
netty_eventloop_maxpendingtasks - io_netty_eventloop_maxpendingtasks
nio_maxcachedbuffersize - jdk_nio_maxcachedbuffersize
nio_align_direct_memory - page-align-direct-memory
cassandra_available_processors cassandra_available_processors =
cassandra_metrics_reporter_config_file cassandra_metrics_reporter_config_file =
cassandra_ring_delay_ms cassandra_ring_delay_ms =
cassandra_triggers_directory cassandra_triggers_dir =
cassandra_write_survey cassandra_write_survey =
cassandra_disable_auth_caches_remote_configuration cassandra_disable_auth_caches_remote_configuration =
cassandra_force_default_indexing_page_size cassandra_force_default_indexing_page_size =
cassandra_force_3_0_protocol_version cassandra_force_3_0_protocol_version -
cassandra_expiration_date_overflow_policy - cassandra_expiration_date_overflow_policy
cassandra_max_hint_ttl_seconds - cassandra_max_hint_ttl
gc_cms_heap_size_young_generation heap_size_young_generation -
gc_cms_survivor_ratio survivor_ratio -
gc_cms_max_tenuring_threshold max_tenuring_threshold -
gc_cms_initiating_occupancy_fraction cms_initiating_occupancy_fraction -
gc_cms_wait_duration_ms cms_wait_duration -
gc_print_details print_gc_details -
gc_print_date_stamps print_gc_date_stamps -
gc_print_heap print_heap_at_gc -
gc_print_tenuring_distribution print_tenuring_distribution -
gc_print_application_stopped_time print_gc_application_stopped_time -
gc_print_promotion_failure print_promotion_failure -
gc_print_flss_statistics print_flss_statistics -
gc_print_use_log_file log_gc -
gc_print_use_log_file_rotation use_gc_log_file_rotation -
gc_print_number_of_log_files number_of_gc_log_files -
gc_print_log_file_size gc_log_file_size -
jmx_port jmx-port =
jmx_connection_type jmx-connection-type =
jmx_remote_ssl jmx-remote-ssl =
jmx_remote_ssl_opts jmx-remote-ssl-opts =
jmx_remote_ssl_require_client_auth - jmx-remote-ssl-require-client-auth
debug_unlock_commercial_features unlock_commercial_features =
debug_enable_flight_recorder flight_recorder =
debug_listen_remote_debuggers agent_lib_jdwp =
debug_disable_contended_annotations - restrict-contended
debug_non_safepoints - debug-non-safepoints
debug_unlock_diagnostic_vm_options - unlock-diagnostic-vm-options
debug_log_compilation - log_compilation
debug_preserve_frame_pointer - preserve-frame-pointer
"""
# Options that go by the version of Java, in a file of its name.
_OF_JAVA = """
gc garbage_collector =
gc_g1_rset_updating_pause_time_percent g1r_set_updating_pause_time_percent =
gc_g1_max_gc_pause_ms max_gc_pause_millis =
gc_g1_initiating_heap_occupancy_percent initiating_heap_occupancy_percent =
gc_g1_parallel_threads parallel_gc_threads =
gc_g1_conc_threads conc_gc_threads =
netty_try_reflection_set_accessible - io_netty_try_reflection_set_accessible
jdk_allow_attach_self - jdk_attach_allow_attach_self
"""
# By what `jvm_options_of` says: the file of common options and that of Java's.
_FILES = {
    "cassandra-3": ("jvm-options", "jvm-options"),
    "cassandra-4": ("jvm-server-options", "jvm11-server-options"),
    "hcd": ("jvm-server-options", "jvm11-server-options"),
    "dse": ("jvm-server-options", "jvm8-server-options"),
}
_QUANTITIES = frozenset(
    "heap_initial_size heap_max_size vm_per_thread_stack_size vm_string_table_size nio_maxcachedbuffersize"
    " gc_cms_heap_size_young_generation gc_print_log_file_size".split()
)
# These are for every server that is a release: a pre-release fits no constraint that names none, not even "*".
_ADDITIONAL = {
    "additionalOptions": "cassandra-env-sh",
    "additionalJvmServerOptions": "jvm-server-options",
    "additionalJvm11ServerOptions": "jvm11-server-options",
    "additionalJvm8ServerOptions": "jvm8-server-options",
}
_DEPRECATED = {
    "heapSize": ("heap_initial_size", "heap_max_size"),
    "heapNewGenSize": ("gc_cms_heap_size_young_generation",),
}


def with_current_names(options: Mapping[str, Any]) -> dict[str, Any]:
    """`options` with what deprecated ones stand for, where that is not given (`HandleDeprecatedJvmOptions`)."""
    result = dict(options)
    for deprecated, current in _DEPRECATED.items():
        for name in current:
            if result.get(deprecated) is not None and result.get(name) is None:
                result[name] = result[deprecated]
    return result


def jvm_files(options: Mapping[str, Any], server: Server) -> dict[str, dict[str, Any]]:
    """The options of `config.jvmOptions` by file and name there; those that the server does not know are dropped."""
    found: dict[str, dict[str, Any]] = {}
    known = _names(server)
    for option, value in options.items():
        if value is not None and option in known:
            file, name = known[option]
            found.setdefault(file, {})[name] = _number(value) if option in _QUANTITIES else value
    return found


def _names(server: Server) -> dict[str, tuple[str, str]]:
    """Where each option goes: file and name."""
    if not server.version.released:
        return {}
    names = {option: (file, "additional-jvm-opts") for option, file in _ADDITIONAL.items()}
    form = server.jvm_options_of
    for file, table in zip(_FILES.get(form, ()), (_COMMON, _OF_JAVA)):
        for line in table.strip().splitlines():
            option, third, later = line.split()
            name = third if form == "cassandra-3" or later == "=" else later
            if name != "-":
                names[option] = (file, name)
    return names


def _number(quantity: int | str) -> int | float:
    """A quantity as a number of bytes; a fraction only where there is one (`convertQuantity`)."""
    number = amount(quantity)
    return int(number) if number == number.to_integral_value() else float(number)
