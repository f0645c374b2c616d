# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from plugins.module_utils._core.errors import SpecError
from plugins.module_utils._core.validate import check_cluster

from .definitions import CLAIM, GONE, wish

CONTEXTS = ("east", "west")
CASSANDRA = "definition.spec.cassandra"
DC1, DC2 = f"{CASSANDRA}.datacenters[0]", f"{CASSANDRA}.datacenters[1]"
MEDUSA, REAPER = "definition.spec.medusa", "definition.spec.reaper"
AUTOUPDATE = {"metadata.annotations": {"k8ssandra.io/autoupdate-spec": "yes"}}
BUCKET = {"storageProvider": "s3", "bucketName": "backups"}
LOCAL = {"storageType": "local", "deploymentMode": "SINGLE", "storageConfig": CLAIM}
ALL_RESOURCES = {kind: {"cpu": "1", "memory": "2Gi"} for kind in ("requests", "limits")}
STORES = {"keystoreSecretRef": {"name": "a", "key": "k"}, "truststoreSecretRef": {"name": "a", "key": "t"}}
CLIENT_ENCRYPTION = {
    "spec.cassandra.clientEncryptionStores": STORES,
    "spec.cassandra.config": {"cassandraYaml": {"client_encryption_options": {"enabled": True}}},
}


def claim(**changes):
    return {"cassandraDataVolumeClaimSpec": {key: value for key, value in {**CLAIM, **changes}.items() if value is not GONE}}


def options(**jvm):
    return {"jvmOptions": jvm}


def settings(**yaml):
    return {"cassandraYaml": yaml}


# In the order in which upstream's webhook asks.
WEBHOOK = {
    "a datacenter with capitals": ({"dc1.metadata.name": "DC1"}, f"{DC1}.metadata.name", "a letter first"),
    "a datacenter that begins with a digit": ({"dc1.metadata.name": "1dc"}, f"{DC1}.metadata.name", "datacenterName"),
    "a datacenter with a dot": ({"dc2.metadata.name": "dc.2"}, f"{DC2}.metadata.name", "is dc.2"),
    "a datacenter with a name of 64 characters": ({"dc1.metadata.name": "a" * 64}, f"{DC1}.metadata.name", "at most 63"),
    "a context that was never registered": ({"dc2.k8sContext": "north"}, f"{DC2}.k8sContext", "no ClientConfig; known here: east, west"),
    "a context with a slip of the pen": ({"dc2.k8sContext": "wst"}, f"{DC2}.k8sContext", "did you mean west?"),
    "no storage anywhere": ({"spec.cassandra.storageConfig": GONE}, f"{DC1}.storageConfig", "is missing"),
    "storage in the other datacenter only": (
        {"spec.cassandra.storageConfig": GONE, "dc1.storageConfig": claim()}, f"{DC2}.storageConfig", "is missing"),
    "shared workers without resources": ({"dc1.softPodAntiAffinity": True}, f"{DC1}.resources", "is missing"),
    "shared workers of a datacenter with resources of the cluster": (
        {"dc1.softPodAntiAffinity": True, "spec.cassandra.resources": ALL_RESOURCES}, f"{DC1}.resources", "of that datacenter"),
    "an answer to autoupdate that is none": (
        AUTOUPDATE, 'definition.metadata.annotations["k8ssandra.io/autoupdate-spec"]', "always or once"),
    "Medusa's shared configuration without a prefix": (
        {"spec.medusa": {"medusaConfigurationRef": {"name": "shared"}}}, f"{MEDUSA}.storageProperties.prefix", "need a prefix each"),
    "Medusa's shared configuration of another namespace": (
        {"spec.medusa": {"medusaConfigurationRef": {"name": "shared", "namespace": "x"}, "storageProperties": {"prefix": "p"}}},
        f"{MEDUSA}.medusaConfigurationRef.namespace", "by name alone"),
    "Medusa's shared configuration by kind": (
        {
            "spec.medusa": {
                "medusaConfigurationRef": {"name": "shared", "kind": "MedusaConfiguration"},
                "storageProperties": {"prefix": "p"},
            }
        },
        f"{MEDUSA}.medusaConfigurationRef.kind", "by name alone"),
    "Medusa without anything": ({"spec.medusa": {}}, f"{MEDUSA}.storageProperties.storageProvider", "is missing"),
    "Medusa without a bucket": (
        {"spec.medusa": {"storageProperties": {"storageProvider": "s3"}}}, f"{MEDUSA}.storageProperties.bucketName", "is missing"),
    "Reaper's local storage without a claim": (
        {"spec.reaper": {"storageType": "local", "deploymentMode": "SINGLE"}}, f"{REAPER}.storageConfig", "is missing"),
    "Reaper's local storage without access modes": (
        {"spec.reaper": {**LOCAL, "storageConfig": {"resources": CLAIM["resources"]}}}, f"{REAPER}.storageConfig.accessModes", "missing"),
    "Reaper's local storage without a size": (
        {"spec.reaper": {**LOCAL, "storageConfig": {"accessModes": ["ReadWriteOnce"]}}},
        f"{REAPER}.storageConfig.resources.requests.storage", "is missing"),
    "Reaper's local storage of no size": (
        {"spec.reaper": {**LOCAL, "storageConfig": {**CLAIM, "resources": {"requests": {"storage": "0Gi"}}}}},
        f"{REAPER}.storageConfig.resources.requests.storage", "is missing"),
    "Reaper's local storage in each datacenter": (
        {"spec.reaper": {**LOCAL, "deploymentMode": "PER_DC"}}, f"{REAPER}.deploymentMode", "write SINGLE"),
    "Reaper's local storage with the default mode": (
        {"spec.reaper": {"storageType": "local", "storageConfig": CLAIM}}, f"{REAPER}.deploymentMode", "also when left out"),
    "a StatefulSet's name of more than 60 characters": ({"dc1.metadata.name": "a" * 50}, f"{DC1}.metadata.name", "at most 60"),
    "a rack that makes a StatefulSet's name too long": (
        {"dc2.racks": [{"name": "r" * 50}]}, f"{DC2}.metadata.name", "shorten the name of the cluster, the datacenter or the rack"),
}

LATER = {
    "no datacenters": ({"spec.cassandra.datacenters": []}, f"{CASSANDRA}.datacenters", "is empty"),
    "datacenters left out": ({"spec.cassandra.datacenters": GONE}, f"{CASSANDRA}.datacenters", "is empty"),
    "two datacenters of one name": ({"dc2.metadata.name": "dc1"}, f"{DC2}.metadata.name", f"the same as at {DC1}"),
    "two datacenters that Cassandra would call alike": ({"dc2.datacenterName": "dc1"}, f"{DC2}.datacenterName", f"the same as at {DC1}"),
    "a cluster's name with a blank": ({"metadata.name": "my cluster"}, "definition.metadata.name", "at most 63"),
    "a namespace with capitals": ({"metadata.namespace": "K8ssandra"}, "definition.metadata.namespace", "at most 63"),
    "a datacenter's namespace with a dot": ({"dc2.metadata.namespace": "a.b"}, f"{DC2}.metadata.namespace", "is a.b"),
    "a cluster's name of digits": ({"metadata.name": "123"}, "definition.metadata.name", "needs a letter"),
    "a name of Cassandra's cluster without letters": ({"spec.cassandra.clusterName": "42"}, f"{CASSANDRA}.clusterName", "needs a letter"),
    "two racks of one name": ({"dc1.racks": [{"name": "r1"}, {"name": "r1"}]}, f"{DC1}.racks", "2 times"),
    "two racks that share a StatefulSet": ({"dc1.racks": [{"name": "r_1"}, {"name": "r-1"}]}, f"{DC1}.racks", "share the StatefulSet"),
    "no version": ({"spec.cassandra.serverVersion": GONE}, f"{CASSANDRA}.serverVersion", "is missing"),
    "a version in the datacenters only": (
        {"spec.cassandra.serverVersion": GONE, "dc1.serverVersion": "4.1.8", "dc2.serverVersion": "4.1.8"},
        f"{CASSANDRA}.serverVersion", "never converges"),
    "a version of two numbers": ({"spec.cassandra.serverVersion": "4.1"}, f"{CASSANDRA}.serverVersion", "three numbers"),
    "a version of four numbers, which stops the operator": ({"dc2.serverVersion": "4.1.8.1"}, f"{DC2}.serverVersion", "three numbers"),
    "a version that is a word": ({"spec.cassandra.serverVersion": "latest"}, f"{CASSANDRA}.serverVersion", "three numbers"),
    "a version of Cassandra before 3.11": (
        {"spec.cassandra.serverVersion": "3.0.29"}, f"{CASSANDRA}.serverVersion", "cassandra 3.11.x, 4.x"),
    "a version of DSE that cass-operator has not": (
        {"spec.cassandra.serverType": "dse", "spec.cassandra.serverVersion": "5.1.0"}, f"{CASSANDRA}.serverVersion", "dse 6.8.x"),
    "a version older than the metrics endpoint": ({"spec.cassandra.serverVersion": "4.0.3"}, f"{CASSANDRA}.serverVersion", "mcac.enabled"),
    "a version of 3.11 older than the metrics endpoint": ({"dc2.serverVersion": "3.11.12"}, f"{DC2}.serverVersion", "3.11.13"),
    "JVM options of a pre-release, which would vanish": (
        {"spec.cassandra.serverVersion": "5.1.0-alpha1", "dc1.config": options(heapSize="1Gi")}, f"{DC1}.config.jvmOptions", "dropped"),
    "plain options of the JVM of a pre-release, which would vanish too": (
        {"spec.cassandra.serverVersion": "5.1.0-alpha1", "spec.cassandra.config": options(additionalOptions=["-Xmx1g"])},
        f"{CASSANDRA}.config.jvmOptions", "dropped"),
    "server options of the JVM for Cassandra 3": (
        {"spec.cassandra.serverVersion": "3.11.17", "spec.cassandra.config": options(additionalJvmServerOptions=["-Da=b"])},
        f"{CASSANDRA}.config.jvmOptions.additionalJvmServerOptions", "additionalOptions"),
    "full query logging for Cassandra 3": (
        {"spec.cassandra.serverVersion": "3.11.17", "dc1.config": settings(full_query_logging_options={})},
        f"{DC1}.config.cassandraYaml.full_query_logging_options", "4.0 or newer"),
    "two ways to sync the commit log": (
        {"dc1.config": settings(commitlog_sync_period_in_ms=1, commitlog_sync_batch_window_in_ms=2)},
        f"{DC1}.config.cassandraYaml.commitlog_sync_batch_window_in_ms", "exclude each other"),
    "two ways to sync the commit log, one of the cluster": (
        {"spec.cassandra.config": settings(commitlog_sync_period_in_ms=1), "dc2.config": settings(commitlog_sync_batch_window_in_ms=2)},
        f"{DC2}.config.cassandraYaml.commitlog_sync_batch_window_in_ms", "exclude each other"),
    "settings of DSE for Cassandra": ({"spec.cassandra.config": {"dseYaml": {"a": 1}}}, f"{CASSANDRA}.config.dseYaml", "is dse"),
    "workloads of DSE for Cassandra": (
        {"dc1.dseWorkloads": {"searchEnabled": True}}, f"{DC1}.dseWorkloads.searchEnabled", "serverType is cassandra"),
    "shared workers without limits": (
        {"dc1.softPodAntiAffinity": True, "dc1.resources": {"requests": {"cpu": "1", "memory": "1Gi"}}},
        f"{CASSANDRA}.resources.limits.cpu", "need requests and limits"),
    "shared workers of the whole cluster without resources": (
        {"spec.cassandra.softPodAntiAffinity": True}, f"{CASSANDRA}.resources.requests.cpu", "need requests and limits"),
    "a storage claim without a class": (
        {"spec.cassandra.storageConfig": claim(storageClassName=GONE)},
        f"{CASSANDRA}.storageConfig.cassandraDataVolumeClaimSpec.storageClassName", "is missing"),
    "a storage claim without access modes": (
        {"spec.cassandra.storageConfig": claim(accessModes=GONE)},
        f"{CASSANDRA}.storageConfig.cassandraDataVolumeClaimSpec.accessModes", "is missing"),
    "a storage configuration without a claim": (
        {"spec.cassandra.storageConfig": {}}, f"{CASSANDRA}.storageConfig.cassandraDataVolumeClaimSpec.storageClassName", "is missing"),
    "a further volume of nothing": (
        {"dc1.storageConfig": {"additionalVolumes": [{"name": "a", "mountPath": "/a"}]}},
        f"{DC1}.storageConfig.additionalVolumes[0]", "one of"),
    "a host name as a seed": (
        {"spec.cassandra.additionalSeeds": ["10.0.0.1", "old.example.com"]}, f"{CASSANDRA}.additionalSeeds[1]", "write an IP address"),
    "a reserved label of a service": (
        {"dc1.metadata.services": {"dcService": {"labels": {"cassandra.datastax.com/x": "y"}}}},
        f'{DC1}.metadata.services.dcService.labels["cassandra.datastax.com/x"]', "is reserved"),
    "Medusa without credentials": (
        {"spec.medusa": {"storageProperties": BUCKET}}, f"{MEDUSA}.storageProperties.storageSecretRef", "missing without"),
    "Medusa with two kinds of credentials": (
        {"spec.medusa": {"storageProperties": {**BUCKET, "credentialsType": "role-based", "storageSecretRef": {"name": "s"}}}},
        f"{MEDUSA}.storageProperties.storageSecretRef", "set together with"),
    "Medusa without certificates where clients are encrypted": (
        {"spec.medusa": {"storageProperties": {**BUCKET, "credentialsType": "role-based"}}, **CLIENT_ENCRYPTION},
        f"{MEDUSA}.clientEncryptionStores", "is missing"),
}
BAD = {**WEBHOOK, **LATER}


@pytest.mark.parametrize(("changes", "path", "fragment"), BAD.values(), ids=BAD)
def test_refuses(changes, path, fragment):
    with pytest.raises(SpecError) as refused:
        check_cluster(wish(**changes), CONTEXTS)
    assert refused.value.path == path
    assert fragment in refused.value.message


# After upstream's fixtures (test/testdata/fixtures), made small.
GOOD = {
    "two datacenters": {},
    "the control plane's own cluster": {"dc1.k8sContext": GONE},
    "storage in each datacenter": {"spec.cassandra.storageConfig": GONE, "dc1.storageConfig": claim(), "dc2.storageConfig": claim()},
    "storage of the cluster with a volume of a datacenter": {
        "dc1.storageConfig": {"additionalVolumes": [{"name": "a", "mountPath": "/a", "pvcSpec": CLAIM}]}},
    "racks, here with a zone each": {"dc1.racks": [{"name": "rack1", "zone": "a"}, {"name": "rack2", "zone": "b"}]},
    "a version of a datacenter": {"dc2.serverVersion": "5.0.4"},
    "an old version with MCAC": {"spec.cassandra.serverVersion": "3.11.11", "spec.cassandra.telemetry": {"mcac": {"enabled": True}}},
    "a pre-release with settings": {"spec.cassandra.serverVersion": "5.1.0-alpha1", "spec.cassandra.config": settings(num_tokens=8)},
    "DSE with search": {
        "spec.cassandra.serverType": "dse", "spec.cassandra.serverVersion": "6.8.26", "dc1.dseWorkloads": {"searchEnabled": True},
        "dc1.config": {"dseYaml": {"server_id": "x"}}},
    "DSE with versions in the datacenters": {
        "spec.cassandra.serverType": "dse", "spec.cassandra.serverVersion": GONE, "dc1.serverVersion": "6.8.26",
        "dc2.serverVersion": "6.9.1"},
    "HCD": {"spec.cassandra.serverType": "hcd", "spec.cassandra.serverVersion": "1.0.0", "spec.cassandra.serverImage": "x/hcd:1"},
    "shared workers with all resources": {"dc1.softPodAntiAffinity": True, "dc1.resources": ALL_RESOURCES},
    "shared workers forbidden by a datacenter": {
        "spec.cassandra.softPodAntiAffinity": True, "spec.cassandra.resources": ALL_RESOURCES, "dc1.softPodAntiAffinity": False},
    "Medusa with a Secret": {"spec.medusa": {"storageProperties": {**BUCKET, "storageSecretRef": {"name": "s"}}}},
    "Medusa with a shared configuration": {
        "spec.medusa": {"medusaConfigurationRef": {"name": "shared"}, "storageProperties": {"prefix": "demo"}}},
    "Reaper": {"spec.reaper": {"autoScheduling": {"enabled": True}}},
    "Reaper with local storage": {"spec.reaper": LOCAL},
    "seeds by address": {"spec.cassandra.additionalSeeds": ["10.0.0.1", "2001:db8::1"]},
    "client encryption with certificates for Medusa": {
        "spec.medusa": {"storageProperties": {**BUCKET, "credentialsType": "role-based"}, "clientEncryptionStores": STORES},
        **CLIENT_ENCRYPTION},
    "a stopped datacenter": {"dc2.stopped": True},
}


@pytest.mark.parametrize("changes", GOOD.values(), ids=GOOD)
def test_takes_without_a_warning(changes):
    assert check_cluster(wish(**changes), CONTEXTS) == ()


def test_an_unknown_list_of_contexts_refuses_none():
    assert check_cluster(wish(**{"dc2.k8sContext": "north"}), None) == ()


WARNED = {
    "Stargate of the cluster": ({"spec.stargate": {"size": 1}}, "definition.spec.stargate: Stargate is deprecated upstream"),
    "Stargate of a datacenter": ({"dc2.stargate": {"size": 1}}, f"{DC2}.stargate: Stargate is deprecated upstream"),
    "a name of Cassandra's cluster with Reaper": (
        {"spec.cassandra.clusterName": "E2E Test", "spec.reaper": {}}, "leaves objects of Reaper behind"),
    "options of CMS, which newer servers never see": (
        {"spec.cassandra.config": options(heapNewGenSize="256Mi")},
        f"{CASSANDRA}.config.jvmOptions.heapNewGenSize: has no effect on cassandra 4.1.8"),
    "options of newer servers for Cassandra 3": (
        {"spec.cassandra.serverVersion": "3.11.17", "dc1.config": options(vm_use_numa=True)},
        "vm_use_numa: has no effect on cassandra 3.11.17"),
    "a collector of the cluster that a datacenter resets by default": (
        {"spec.cassandra.config": options(gc="ZGC"), "dc1.config": options(heapSize="1Gi")},
        f"{DC1}.config.jvmOptions: gets gc G1GC by default"),
    "a false that cannot override a true": (
        {"spec.cassandra.config": settings(auto_snapshot=True), "dc1.config": settings(auto_snapshot=False)},
        f"{DC1}.config.cassandraYaml.auto_snapshot: is false, which upstream takes as not given"),
    "a nested nought that cannot override": (
        {"spec.cassandra.config": settings(a={"b": 1}), "dc1.config": settings(a={"b": 0})}, f"{DC1}.config.cassandraYaml.a.b: is 0"),
    "change data capture of the cluster": (
        {"spec.cassandra.cdc": {"pulsarServiceUrl": "x"}}, f"{CASSANDRA}.cdc: is ignored by upstream here"),
    "Reaper in the mode of a control plane": ({"spec.reaper": {"deploymentMode": "CONTROL_PLANE"}}, "use reaperRef"),
    "annotations that external datacenters replace": (
        {"spec.externalDatacenters": ["old"], "dc1.metadata.annotations": {"a": "b"}}, f"{DC1}.metadata.annotations: are replaced"),
}


@pytest.mark.parametrize(("changes", "fragment"), WARNED.values(), ids=WARNED)
def test_warns_once_of(changes, fragment):
    warnings = check_cluster(wish(**changes), CONTEXTS)
    assert len(warnings) == 1
    assert fragment in warnings[0]
