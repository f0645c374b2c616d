"""JVM options: from the names that a definition uses to the flags that Java takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

DEFAULT_HEAP = "384M"
DEFAULT_COLLECTOR = "-XX:+UseSerialGC"  # the smallest in memory

# {on} and {off} become + and - for true, - and + for false.
_FLAGS = {
    "agent_lib_jdwp": "-agentlib:jdwp=transport=dt_socket,server={yes},suspend=n,address=1414",
    "always_pre_touch": "-XX:{on}AlwaysPreTouch",
    "cassandra_available_processors": "-Dcassandra.available_processors={value}",
    "cassandra_disable_auth_caches_remote_configuration": "-Dcassandra.disable_auth_caches_remote_configuration={value}",
    "cassandra_expiration_date_overflow_policy": "-Dcassandra.expiration_date_overflow_policy={value}",
    "cassandra_force_default_indexing_page_size": "-Dcassandra.force_default_indexing_page_size={value}",
    "cassandra_max_hint_ttl": "-Dcassandra.maxHintTTL={value}",
    "cassandra_metrics_reporter_config_file": "-Dcassandra.metricsReporterConfigFile={value}",
    "cassandra_ring_delay_ms": "-Dcassandra.ring_delay_ms={value}",
    "cassandra_triggers_dir": "-Dcassandra.triggers_dir={value}",
    "cassandra_write_survey": "-Dcassandra.write_survey={value}",
    "conc_gc_threads": "-XX:ConcGCThreads={value}",
    "crash_on_out_of_memory_error": "-XX:{on}CrashOnOutOfMemoryError",
    "debug-non-safepoints": "-XX:{on}DebugNonSafepoints",
    "enable_assertions": "{assertions}",
    "exit_on_out_of_memory_error": "-XX:{on}ExitOnOutOfMemoryError",
    "flight_recorder": "-XX:{on}FlightRecorder",
    "g1r_set_updating_pause_time_percent": "-XX:G1RSetUpdatingPauseTimePercent={value}",
    "guaranteed-safepoint-interval": "-XX:GuaranteedSafepointInterval={value}",
    "heap_dump_on_out_of_memory_error": "-XX:{on}HeapDumpOnOutOfMemoryError",
    "initial_heap_size": "-Xms{value}",
    "initiating_heap_occupancy_percent": "-XX:InitiatingHeapOccupancyPercent={value}",
    "io_netty_eventloop_maxpendingtasks": "-Dio.netty.eventLoop.maxPendingTasks={value}",
    "io_netty_try_reflection_set_accessible": "-Dio.netty.tryReflectionSetAccessible={value}",
    "java_net_prefer_ipv4_stack": "-Djava.net.preferIPv4Stack={value}",
    "jdk_attach_allow_attach_self": "-Djdk.attach.allowAttachSelf={value}",
    "jdk_nio_maxcachedbuffersize": "-Djdk.nio.maxCachedBufferSize={value}",
    "log_compilation": "-XX:{on}LogCompilation",
    "max_direct_memory": "-XX:MaxDirectMemorySize={value}",
    "max_gc_pause_millis": "-XX:MaxGCPauseMillis={value}",
    "max_heap_size": "-Xmx{value}",
    "page-align-direct-memory": "-Dsun.nio.PageAlignDirectMemory={value}",
    "parallel_gc_threads": "-XX:ParallelGCThreads={value}",
    "per_thread_stack_size": "-Xss{value}",
    "perf_disable_shared_mem": "-XX:{on}PerfDisableSharedMem",
    "preserve-frame-pointer": "-XX:{on}PreserveFramePointer",
    "print_heap_histogram_on_out_of_memory_error": "-Dcassandra.printHeapHistogramOnOutOfMemoryError={value}",
    "resize_tlb": "-XX:{on}ResizeTLAB",
    "restrict-contended": "-XX:{off}RestrictContended",
    "string_table_size": "-XX:StringTableSize={value}",
    "unlock-diagnostic-vm-options": "-XX:{on}UnlockDiagnosticVMOptions",
    "unlock_commercial_features": "-XX:{on}UnlockCommercialFeatures",
    "use-biased-locking": "-XX:{off}UseBiasedLocking",
    "use_numa": "-XX:{on}UseNUMA",
    "use_thread_priorities": "-XX:{on}UseThreadPriorities",
    "use_tlb": "-XX:{on}UseTLAB",
}
_COLLECTORS = {
    "G1GC": ["-XX:+UseG1GC"],
    "ZGC": ["-XX:+UseZGC"],
    "Shenandoah": ["-XX:+UseShenandoahGC"],
    "CMS": [],  # Java 17 has none
}


def flags(section: Mapping[str, Any]) -> list[str]:
    """The flags of one section of the definition (`jvm-server-options` and its like)."""
    found = list(_COLLECTORS.get(str(section.get("garbage_collector")), []))
    found += [_flag(_FLAGS[key], value) for key, value in section.items() if key in _FLAGS]
    return found + [str(option) for option in section.get("additional-jvm-opts", [])]


def _flag(template: str, value: Any) -> str:
    on, off = ("+", "-") if value else ("-", "+")
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return template.format(on=on, off=off, value=text, yes="y" if value else "n", assertions="-ea" if value else "-da")


def complete(given: Sequence[str]) -> list[str]:
    """The options with a heap and a collector where none was chosen; Java refuses two collectors, and a start above the maximum."""
    options = list(given)
    if not any(option.startswith("-XX:+Use") and option.endswith("GC") for option in options):
        options.append(DEFAULT_COLLECTOR)
    if not any(option.startswith("-Xmx") for option in options):
        initial = [option.removeprefix("-Xms") for option in options if option.startswith("-Xms")]
        options.append(f"-Xmx{initial[-1] if initial else DEFAULT_HEAP}")
    return options
