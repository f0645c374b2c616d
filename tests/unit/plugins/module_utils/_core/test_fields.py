# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from plugins.module_utils._core.errors import SpecError
from plugins.module_utils._core.fields import check_fields

from .definitions import GONE, good

CASSANDRA = "definition.spec.cassandra"
DC1 = f"{CASSANDRA}.datacenters[0]"

BAD = {
    "a misspelt field of the cluster is met with the right one": (
        "spec.casandra", {}, "definition.spec.casandra", "did you mean cassandra?"),
    "a misspelt field of a datacenter": ("dc1.k8scontext", "east", f"{DC1}.k8scontext", "did you mean k8sContext?"),
    "a field of the datacenter in the cluster": ("spec.cassandra.k8sContext", "east", f"{CASSANDRA}.k8sContext", "not a field"),
    "a field of the cluster in a datacenter": ("dc1.clusterName", "x", f"{DC1}.clusterName", "not a field"),
    "a misspelt JVM option": (
        "spec.cassandra.config.jvmOptions", {"heapsize": "1Gi"}, f"{CASSANDRA}.config.jvmOptions.heapsize", "heapSize"),
    "settings of Cassandra one level too high": (
        "spec.cassandra.config", {"num_tokens": 16}, f"{CASSANDRA}.config.num_tokens", "known here: cassandraYaml, dseYaml, jvmOptions"),
    "a field of the metadata that Kubernetes has not": ("metadata.lables", {}, "definition.metadata.lables", "did you mean labels?"),
    "a field beside spec": ("specs", {}, "definition.specs", "did you mean spec?"),
    "the kind of another object": ("kind", "CassandraDatacenter", "definition.kind", "must be one of K8ssandraCluster"),
    "another version of the API": ("apiVersion", "k8ssandra.io/v1", "definition.apiVersion", "k8ssandra.io/v1alpha1"),
    "a size in quotes": ("dc1.size", "3", f"{DC1}.size", "without quotes"),
    "a size that is a boolean": ("dc1.size", True, f"{DC1}.size", "the boolean true; it must be a whole number"),
    "a size with a fraction": ("dc1.size", 1.5, f"{DC1}.size", "a whole number"),
    "a size of none": ("dc1.size", 0, f"{DC1}.size", "is 0; it must be 1 or more"),
    "no size": ("dc1.size", GONE, f"{DC1}.size", "is missing"),
    "no metadata in a datacenter": ("dc1.metadata", GONE, f"{DC1}.metadata", "is missing"),
    "no name of a datacenter": ("dc1.metadata.name", None, f"{DC1}.metadata.name", "is missing"),
    "a yes in quotes": ("dc1.stopped", "yes", f"{DC1}.stopped", "true or false, without quotes"),
    "a number for a boolean": ("spec.auth", 1, "definition.spec.auth", "the number 1; it must be true or false"),
    "a version that YAML reads as a number": (
        "spec.cassandra.serverVersion", 4.1, f"{CASSANDRA}.serverVersion", 'put it in quotes: "4.1"'),
    "datacenters by name and not as a list": (
        "spec.cassandra.datacenters", {"dc1": {"size": 1}}, f"{CASSANDRA}.datacenters", "must be a list"),
    "a datacenter that is only a name": ("spec.cassandra.datacenters.0", "dc1", DC1, 'the text "dc1"; it must be a mapping'),
    "one rack and not a list of them": ("dc1.racks", {"name": "rack1"}, f"{DC1}.racks", "must be a list"),
    "a rack without a name": ("dc1.racks", [{"zone": "a"}], f"{DC1}.racks[0].name", "is missing"),
    "a rack with a name of one letter": ("dc1.racks", [{"name": "r"}], f"{DC1}.racks[0].name", "2 characters or more"),
    "a list for a mapping": ("spec.cassandra.config", ["a"], f"{CASSANDRA}.config", "is a list; it must be a mapping"),
    "a type of server that is not known": ("spec.cassandra.serverType", "scylla", f"{CASSANDRA}.serverType", "one of cassandra, dse, hcd"),
    "a provider of secrets that is not known": ("spec.secretsProvider", "vault", "definition.spec.secretsProvider", "internal, external"),
    "a garbage collector that is not known": (
        "dc1.config.jvmOptions", {"gc": "g1"}, f"{DC1}.config.jvmOptions.gc", "one of G1GC, CMS"),
    "a heap with Java's unit": (
        "dc1.config.jvmOptions", {"heapSize": "512MB"}, f"{DC1}.config.jvmOptions.heapSize", 'a quantity such as "512Mi"'),
    "a label that is a number": (
        "metadata.labels", {"k8ssandra.io/x": 1}, 'definition.metadata.labels["k8ssandra.io/x"]', 'put it in quotes: "1"'),
    "a label that is a boolean": ("metadata.labels", {"x": True}, "definition.metadata.labels.x", "must be a text"),
    "a percentage of more than all": (
        "dc1.config.jvmOptions", {"gc_g1_rset_updating_pause_time_percent": 101},
        f"{DC1}.config.jvmOptions.gc_g1_rset_updating_pause_time_percent", "100 or less"),
    "encryption stores without a truststore": (
        "spec.cassandra.clientEncryptionStores", {"keystoreSecretRef": {"name": "a"}},
        f"{CASSANDRA}.clientEncryptionStores.truststoreSecretRef", "is missing"),
    "a storage provider that Medusa has not": (
        "spec.medusa.storageProperties", {"storageProvider": "gcs"}, "definition.spec.medusa.storageProperties.storageProvider",
        "google_storage"),
    "a mode that Reaper has not": ("spec.reaper", {"deploymentMode": "ONE"}, "definition.spec.reaper.deploymentMode", "SINGLE"),
    "a service account of Reaper spelt as usual": (
        "spec.reaper", {"serviceAccountName": "x"}, "definition.spec.reaper.serviceAccountName", "did you mean ServiceAccountName?"),
    "a Stargate of no size": ("spec.stargate", {"size": 0}, "definition.spec.stargate.size", "1 or more"),
    "a storage claim beside its place": (
        "spec.cassandra.storageConfig", {"storageClassName": "x"}, f"{CASSANDRA}.storageConfig.storageClassName", "not a field"),
    "a port in quotes": (
        "spec.cassandra.networking", {"nodePort": {"native": "30942"}}, f"{CASSANDRA}.networking.nodePort.native", "without quotes"),
}


@pytest.mark.parametrize(("field", "value", "path", "fragment"), BAD.values(), ids=BAD)
def test_refuses(field, value, path, fragment):
    with pytest.raises(SpecError) as refused:
        check_fields(good(**{field: value}))
    assert refused.value.path == path
    assert fragment in refused.value.message


GOOD = {
    "a cluster": {},
    "nulls as absent fields": {"spec.reaper": None, "dc1.stopped": None, "spec.cassandra.config": {"jvmOptions": None}},
    "anything in cassandraYaml": {"dc1.config.cassandraYaml": {"whatever": [{"a": None}], "num_tokens": 8}},
    "quantities as numbers": {"spec.cassandra.mgmtAPIHeap": 67108864},
    "what the server has set": {"status": {"error": "None"}, "metadata.uid": "x", "metadata.managedFields": [], "metadata.generation": 3},
    "the rebuild options of v1.31": {"spec.cassandra.rebuild": {"sourceDc": "dc1", "maxConcurrentRebuilds": 2}},
    "telemetry": {"spec.cassandra.telemetry": {"vector": {"enabled": True}, "prometheus": {"enabled": False}, "mcac": {"enabled": True}}},
    "pods of any form": {"dc1.containers": [{"name": "x", "image": "y"}], "dc1.podSecurityContext": {"runAsUser": 999}},
}


@pytest.mark.parametrize("changes", GOOD.values(), ids=GOOD)
def test_takes(changes):
    check_fields(good(**changes))


def test_a_newer_operators_fields_pass_when_asked_but_types_are_still_checked():
    check_fields(good(**{"spec.cassandra.futureField": 1}), strict=False)
    with pytest.raises(SpecError, match="size"):
        check_fields(good(**{"spec.cassandra.futureField": 1, "dc1.size": "1"}), strict=False)
