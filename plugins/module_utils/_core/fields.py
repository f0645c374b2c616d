# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fields of a K8ssandraCluster that we know, with their types.

Source: `config/crd/bases/k8ssandra.io_k8ssandraclusters.yaml` of k8ssandra-operator v1.26.0, and `rebuild` of v1.31.0. Deeper
levels, and what upstream leaves open (`cassandraYaml`, `dseYaml`, pod fields), are mappings or lists of anything here: the API
server's dry run checks them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .shapes import Shape, choice, fields, free, list_of, long_text, map_of, quantity, text, truth, whole

API_VERSION = "k8ssandra.io/v1alpha1"
KIND = "K8ssandraCluster"

_texts = map_of(text)
_mappings = list_of(free)
_tags = fields({"labels": _texts, "annotations": _texts})
_reference = fields({"name": text})
_object_reference = fields(dict.fromkeys(("apiVersion", "fieldPath", "kind", "name", "namespace", "resourceVersion", "uid"), text))
_image = fields({
    "name": text, "pullPolicy": choice("Always", "IfNotPresent", "Never"), "pullSecretRef": _reference, "registry": text,
    "repository": text, "tag": text,
})
_resources = fields({"limits": map_of(quantity), "requests": map_of(quantity), "claims": _mappings})
_claim = fields({
    "accessModes": list_of(text), "dataSource": free, "dataSourceRef": free, "resources": _resources, "selector": free,
    "storageClassName": text, "volumeAttributesClassName": text, "volumeMode": text, "volumeName": text,
})
_encryption_stores = fields(
    dict.fromkeys(("keystorePasswordSecretRef", "keystoreSecretRef", "truststorePasswordSecretRef", "truststoreSecretRef"), free),
    ("keystoreSecretRef", "truststoreSecretRef"),
)
_telemetry = fields({
    "cassandra": fields({"endpoint": fields({"address": text, "port": text}), "relabels": _mappings}),
    "mcac": fields({"enabled": truth, "metricFilters": list_of(text)}),
    "prometheus": fields({"commonLabels": _texts, "enabled": truth}),
    "vector": fields({"components": free, "enabled": truth, "image": text, "resources": _resources, "scrapeInterval": text}),
})
_percent = whole(0, 100)


def _named(shape: Shape, names: str) -> dict[str, Shape]:
    return dict.fromkeys(names.split(), shape)


JVM_OPTIONS: Mapping[str, Shape] = {
    **_named(list_of(text), "additionalOptions additionalJvmServerOptions additionalJvm11ServerOptions additionalJvm8ServerOptions"),
    "gc": choice("G1GC", "CMS", "ZGC", "Shenandoah", "Graal", "Custom"),
    **_named(quantity, """
        heapSize heapNewGenSize heap_initial_size heap_max_size gc_cms_heap_size_young_generation gc_print_log_file_size
        nio_maxcachedbuffersize vm_per_thread_stack_size vm_string_table_size"""),
    **_named(text, """
        cassandra_expiration_date_overflow_policy cassandra_metrics_reporter_config_file cassandra_triggers_directory
        jmx_connection_type jmx_remote_ssl_opts"""),
    **_named(_percent, """
        gc_cms_initiating_occupancy_fraction gc_g1_initiating_heap_occupancy_percent gc_g1_rset_updating_pause_time_percent"""),
    **_named(whole(), """
        cassandra_available_processors cassandra_max_hint_ttl_seconds cassandra_ring_delay_ms gc_cms_max_tenuring_threshold
        gc_cms_survivor_ratio gc_cms_wait_duration_ms gc_g1_conc_threads gc_g1_max_gc_pause_ms gc_g1_parallel_threads
        gc_print_number_of_log_files jmx_port netty_eventloop_maxpendingtasks vm_guaranteed_safepoint_interval_ms"""),
    **_named(truth, """
        cassandra_disable_auth_caches_remote_configuration cassandra_force_3_0_protocol_version
        cassandra_force_default_indexing_page_size cassandra_write_survey debug_disable_contended_annotations
        debug_enable_flight_recorder debug_listen_remote_debuggers debug_log_compilation debug_non_safepoints
        debug_preserve_frame_pointer debug_unlock_commercial_features debug_unlock_diagnostic_vm_options
        gc_print_application_stopped_time gc_print_date_stamps gc_print_details gc_print_flss_statistics gc_print_heap
        gc_print_promotion_failure gc_print_tenuring_distribution gc_print_use_log_file gc_print_use_log_file_rotation
        jdk_allow_attach_self jmx_remote_ssl jmx_remote_ssl_require_client_auth netty_try_reflection_set_accessible
        nio_align_direct_memory vm_always_pre_touch vm_crash_on_out_of_memory_error vm_disable_biased_locking
        vm_disable_perf_shared_mem vm_enable_assertions vm_enable_non_root_thread_priority vm_enable_thread_priorities
        vm_exit_on_out_of_memory_error vm_heap_dump_on_out_of_memory_error vm_prefer_ipv4
        vm_print_heap_histogram_on_out_of_memory_error vm_resize_tlab vm_use_numa vm_use_tlab"""),
}

_services = fields(_named(_tags, "additionalSeedService allPodsService dcService nodePortService seedService"))
_template_metadata: Mapping[str, Shape] = {
    **_named(_texts, "annotations commonAnnotations commonLabels labels"), "pods": _tags, "services": _services,
}

# `DatacenterOptions` of k8ssandracluster_types.go: what both the cluster and a datacenter may set.
_datacenter_options: Mapping[str, Shape] = {
    "cdc": free,
    "config": fields({"cassandraYaml": free, "dseYaml": free, "jvmOptions": fields(JVM_OPTIONS)}),
    "containers": _mappings,
    "datacenterName": text,
    "dseWorkloads": fields(_named(truth, "analyticsEnabled graphEnabled searchEnabled")),
    "extraVolumes": fields({"pvcs": _mappings, "volumes": _mappings}),
    "initContainers": _mappings,
    "jmxInitContainerImage": _image,
    "managementApiAuth": fields({"insecure": free, "manual": free}),
    "mgmtAPIHeap": quantity,
    "networking": fields({
        "hostNetwork": truth, "nodePort": fields(_named(whole(), "internode internodeSSL native nativeSSL")),
    }),
    "perNodeConfigInitContainerImage": text,
    "podPriorityClassName": text,
    "podSecurityContext": free,
    "racks": list_of(fields({"affinity": free, "name": long_text(2), "nodeAffinityLabels": _texts, "zone": text}, ("name",))),
    "readOnlyRootFilesystem": truth,
    "resources": _resources,
    "serverImage": text,
    "serverVersion": text,
    "serviceAccount": text,
    "softPodAntiAffinity": truth,
    "storageConfig": fields({"additionalVolumes": _mappings, "cassandraDataVolumeClaimSpec": _claim}),
    "telemetry": _telemetry,
    "tolerations": _mappings,
}

_secrets_provider = choice("internal", "external")
_stargate: Mapping[str, Shape] = {
    **_named(free, "affinity livenessProbe metadata readinessProbe"),
    "allowStargateOnDataNodes": truth,
    "authOptions": fields({"apiAuthMethod": choice("Table", "JWT"), "providerUrl": text, "tokenTtlSeconds": whole(1)}),
    "cassandraConfigMapRef": _reference,
    "containerImage": _image,
    "heapSize": quantity,
    "nodeSelector": _texts,
    "resources": _resources,
    "secretsProvider": _secrets_provider,
    "serviceAccount": text,
    "size": whole(1),
    "telemetry": _telemetry,
    "tolerations": _mappings,
}

_datacenter = fields({
    **_datacenter_options,
    "k8sContext": text,
    "metadata": fields({**_template_metadata, "name": text, "namespace": text}, ("name",)),
    "perNodeConfigMapRef": _reference,
    "size": whole(1),
    "stargate": fields({**_stargate, "racks": _mappings}),
    "stopped": truth,
}, ("metadata", "size"))

_cassandra = fields({
    **_datacenter_options,
    "additionalSeeds": list_of(text),
    "clientEncryptionStores": _encryption_stores,
    "clusterName": text,
    "datacenters": list_of(_datacenter),
    "metadata": fields(_template_metadata),
    "rebuild": fields({"maxConcurrentRebuilds": whole(), "sourceDc": text}),
    "serverEncryptionStores": _encryption_stores,
    "serverType": choice("cassandra", "dse", "hcd"),
    "superuserSecretRef": _reference,
})

_reaper = fields({
    "ServiceAccountName": text,
    "additionalEnvVars": _mappings,
    **_named(free, """
        affinity initContainerSecurityContext livenessProbe metadata podSecurityContext readinessProbe securityContext"""),
    "autoScheduling": fields({
        "enabled": truth, "excludedClusters": list_of(text), "excludedKeyspaces": list_of(text),
        "percentUnrepairedThreshold": _percent, "repairType": choice("REGULAR", "ADAPTIVE", "INCREMENTAL", "AUTO"),
        **_named(text, "initialDelayPeriod periodBetweenPolls scheduleSpreadPeriod timeBeforeFirstSchedule"),
    }),
    **_named(_reference, "cassandraUserSecretRef jmxUserSecretRef uiUserSecretRef"),
    **_named(_image, "containerImage initContainerImage"),
    "deploymentMode": choice("PER_DC", "SINGLE", "CONTROL_PLANE"),
    "heapSize": quantity,
    "httpManagement": fields({"enabled": truth, "keystores": free}),
    **_named(_resources, "initContainerResources resources"),
    "keyspace": text,
    "reaperRef": _object_reference,
    "secretsProvider": _secrets_provider,
    "skipSchemaMigration": truth,
    "storageConfig": _claim,
    "storageType": choice("cassandra", "local"),
    "telemetry": _telemetry,
    "tolerations": _mappings,
})

_medusa = fields({
    **_named(_reference, "cassandraUserSecretRef certificatesSecretRef"),
    "clientEncryptionStores": _encryption_stores,
    "containerImage": _image,
    **_named(_resources, "containerResources initContainerResources"),
    **_named(free, "livenessProbe readinessProbe securityContext"),
    "medusaConfigurationRef": _object_reference,
    "purgeBackups": truth,
    "serviceProperties": fields({"grpcPort": whole()}),
    "storageProperties": fields({
        **_named(text, "apiProfile bucketName host prefix region transferMaxBandwidth"),
        **_named(whole(), "backupGracePeriodInDays concurrentTransfers maxBackupAge maxBackupCount multiPartUploadThreshold port"),
        "credentialsType": choice("role-based", "credential-based"),
        "podStorage": free,
        **_named(truth, "secure sslVerify"),
        "storageProvider": choice("google_storage", "azure_blobs", "s3", "s3_compatible", "s3_rgw", "ibm_storage"),
        "storageSecretRef": _reference,
    }),
})

_spec = fields({
    "auth": truth,
    "cassandra": _cassandra,
    "externalDatacenters": list_of(text),
    "medusa": _medusa,
    "reaper": _reaper,
    "secretsProvider": _secrets_provider,
    "stargate": fields(_stargate),
})

# What the API server or the operator sets: accepted, because people paste what `kubectl get -o yaml` prints.
SERVER_METADATA = (
    "creationTimestamp", "deletionGracePeriodSeconds", "deletionTimestamp", "generation", "managedFields", "resourceVersion",
    "selfLink", "uid",
)


def _anything(value: Any, path: str, strict: bool) -> None:
    """Fields that are dropped before anything reads them."""


_definition = fields({
    "apiVersion": choice(API_VERSION),
    "kind": choice(KIND),
    "metadata": fields({
        "name": text, "namespace": text, "labels": _texts, "annotations": _texts, "finalizers": list_of(text),
        "ownerReferences": _mappings, **dict.fromkeys(SERVER_METADATA, _anything),
    }),
    "spec": _spec,
    "status": _anything,
})


def check_fields(definition: Mapping[str, Any], path: str = "definition", *, strict: bool = True) -> None:
    """Raise `SpecError` for the first unknown field or wrong type of a K8ssandraCluster.

    With `strict` false, fields that we do not know pass: for an operator newer than this table.
    """
    _definition(definition, path, strict)


def check_datacenter_fields(datacenter: Mapping[str, Any], path: str, *, strict: bool = True) -> None:
    """Raise `SpecError` for the first unknown field or wrong type of one entry of `spec.cassandra.datacenters`."""
    _datacenter(datacenter, path, strict)
