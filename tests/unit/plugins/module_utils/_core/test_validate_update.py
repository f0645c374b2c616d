# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from plugins.module_utils._core.errors import SpecError
from plugins.module_utils._core.update import check_decommission
from plugins.module_utils._core.validate import check_cluster, check_removals, check_update, removed_datacenters

from .definitions import CLAIM, GONE, good, wish

CASSANDRA = "definition.spec.cassandra"
DC1, DC2 = f"{CASSANDRA}.datacenters[0]", f"{CASSANDRA}.datacenters[1]"
RACKS = [{"name": "rack1"}, {"name": "rack2"}]


def datacenters(*names, **fields):
    return {"spec.cassandra.datacenters": [{"metadata": {"name": name}, "size": 3, **fields} for name in names]}


def status(*names):
    return {"status": {"datacenters": {name: {"contextName": "x"} for name in names}}}


def claim(storage):
    return {"cassandraDataVolumeClaimSpec": {**CLAIM, "resources": {"requests": {"storage": storage}}}}


def tokens(count):
    return {"cassandraYaml": {"num_tokens": count}}


# What is there, what is wanted, the path at fault, a piece of the message.
BAD = {
    "another keyspace of Reaper": (
        {"spec.reaper": {}}, {"spec.reaper": {"keyspace": "mine"}}, "definition.spec.reaper.keyspace",
        "is mine, but the cluster has reaper_db"),
    "another number of tokens": (
        {"spec.cassandra.config": tokens(8)}, {"spec.cassandra.config": tokens(16)}, f"{DC1}.config.cassandraYaml.num_tokens",
        "num_tokens: 8"),
    "tokens of the default taken away": (
        {"dc2.config": tokens(8)}, {}, f"{DC2}.config.cassandraYaml.num_tokens", "is 16, but the cluster has 8"),
    "an upgrade from 3.11, whose default was 256 tokens": (
        {"spec.cassandra.serverVersion": "3.11.17"}, {}, f"{DC1}.config.cassandraYaml.num_tokens", "write num_tokens: 256"),
    "adding one datacenter while another goes": (
        datacenters("dc1", "dc2"), datacenters("dc1", "dc3"), f"{DC2}.metadata.name",
        "first add dc3 and wait until the cluster is ready, then remove dc2"),
    "a new name for a datacenter": (datacenters("dc1"), datacenters("dc9"), f"{DC1}.metadata.name", "a renamed datacenter counts as both"),
    "adding a datacenter while one is still going": (
        {**datacenters("dc1"), **status("dc1", "dc2")}, datacenters("dc1", "dc3"), f"{DC2}.metadata.name", "two steps"),
    "another name of Cassandra's cluster": (
        {}, {"spec.cassandra.clusterName": "Other"}, f"{CASSANDRA}.clusterName", "is Other, but the cluster has none"),
    "the name of Cassandra's cluster taken away": (
        {"spec.cassandra.clusterName": "Other"}, {}, f"{CASSANDRA}.clusterName", "is not set, but the cluster has Other"),
    "another Secret of the superuser": (
        {}, {"spec.cassandra.superuserSecretRef": {"name": "mine"}}, f"{CASSANDRA}.superuserSecretRef.name",
        "the cluster has demo-superuser"),
    "a move to another context": ({}, {"dc2.k8sContext": "north"}, f"{DC2}.k8sContext", "cannot move a datacenter"),
    "a move to the control plane": ({}, {"dc2.k8sContext": GONE}, f"{DC2}.k8sContext", "is the control plane's own cluster"),
    "a move to another namespace": (
        {}, {"dc1.metadata.namespace": "other"}, f"{DC1}.metadata.namespace", "is other, but the cluster has k8ssandra"),
    "another name in Cassandra": ({}, {"dc1.datacenterName": "Real"}, f"{DC1}.datacenterName", "is Real"),
    "workers shared from now on": (
        {}, {"dc1.softPodAntiAffinity": True}, f"{DC1}.softPodAntiAffinity", "upstream never changes it"),
    "another service account": (
        {"spec.cassandra.serviceAccount": "a"}, {"spec.cassandra.serviceAccount": "b"}, f"{DC1}.serviceAccount", "is b"),
    "more storage": (
        {}, {"spec.cassandra.storageConfig": claim("6Gi")}, f"{DC1}.storageConfig.cassandraDataVolumeClaimSpec", "allow-storage-changes"),
    "a rack less": ({"dc1.racks": RACKS}, {"dc1.racks": RACKS[:1]}, f"{DC1}.racks", "after the others"),
    "racks in another order": ({"dc1.racks": RACKS}, {"dc1.racks": RACKS[::-1]}, f"{DC1}.racks", "are rack2, rack1"),
    "first racks for a datacenter that has none": ({}, {"dc1.racks": RACKS}, f"{DC1}.racks", "the cluster has default"),
    "a rack more without a node": (
        {"dc1.racks": RACKS[:1]}, {"dc1.racks": RACKS}, f"{DC1}.size", "must be 6 or more"),
    "a new datacenter that is stopped": (
        {**datacenters("dc1"), **status("dc1")}, {**datacenters("dc1", "dc2"), "dc2.stopped": True}, f"{DC2}.stopped", "add it running"),
}


@pytest.mark.parametrize(("there", "wanted", "path", "fragment"), BAD.values(), ids=BAD)
def test_refuses_to_change(there, wanted, path, fragment):
    with pytest.raises(SpecError) as refused:
        check_update(wish(**wanted), good(**there))
    assert refused.value.path == path
    assert fragment in refused.value.message


ALLOW = {"spec.cassandra.metadata": {"annotations": {"cassandra.datastax.com/allow-storage-changes": "true"}}}
GOOD = {
    "nothing": ({}, {}),
    "the number of nodes": ({}, {"dc2.size": 6}),
    "what is stopped": ({}, {"dc2.stopped": True}),
    "a datacenter more": (datacenters("dc1"), datacenters("dc1", "dc2")),
    "a datacenter less": (datacenters("dc1", "dc2"), datacenters("dc1")),
    "a version, with the tokens kept": (
        {"spec.cassandra.serverVersion": "3.11.17"}, {"spec.cassandra.config": tokens(256)}),
    "tokens from the default to the same, written out": ({}, {"spec.cassandra.config": tokens(16)}),
    "Reaper, which comes": ({}, {"spec.reaper": {"keyspace": "mine"}}),
    "a namespace, written out": ({}, {"dc1.metadata.namespace": "k8ssandra"}),
    "a size of volumes, written otherwise": ({}, {"spec.cassandra.storageConfig": claim("5120Mi")}),
    "a size of volumes, when allowed": ({}, {"spec.cassandra.storageConfig": claim("6Gi"), **ALLOW}),
    "a size of volumes, when allowed by the datacenter": (
        {}, {"dc1.storageConfig": claim("6Gi"), "dc1.metadata.annotations": ALLOW["spec.cassandra.metadata"]["annotations"]}),
    "the place of the storage": (
        {}, {"spec.cassandra.storageConfig": GONE, "dc1.storageConfig": claim("5Gi"), "dc2.storageConfig": claim("5Gi")}),
    "a rack, with nodes for it": ({"dc1.racks": RACKS[:1]}, {"dc1.racks": RACKS, "dc1.size": 6}),
    "the Secret of the superuser, written out": ({}, {"spec.cassandra.superuserSecretRef": {"name": "demo-superuser"}}),
    "a cluster that has just been made and has no status": ({**datacenters("dc1"), "status": {}}, datacenters("dc1", "dc2")),
    "two racks more than nodes allowed for, as each had less than one": (
        {"dc1.racks": [{"name": f"r{n}"} for n in range(4)]}, {"dc1.racks": [{"name": f"r{n}"} for n in range(6)], "dc1.size": 4}),
    "an object that was made without a version": ({"spec.cassandra.serverVersion": GONE}, {}),
    "an object that was made empty": ({"spec": {}}, {}),
}


@pytest.mark.parametrize(("there", "wanted"), GOOD.values(), ids=GOOD)
def test_lets_change(there, wanted):
    changed = wish(**wanted)
    check_cluster(changed, None)
    check_update(changed, good(**there))


def test_removed_datacenters_come_from_the_spec_and_the_status():
    found = good(**datacenters("dc1", "dc2"), **status("dc1", "dc3"))
    assert removed_datacenters(wish(**datacenters("dc1")), found) == ("dc2", "dc3")
    assert removed_datacenters(wish(**datacenters("dc1")), found, under_way=False) == ("dc2",)
    assert removed_datacenters(wish(**datacenters("dc1", "dc2", "dc3")), found) == ()
    assert removed_datacenters(wish(), {}) == ()


def test_a_removal_needs_the_exact_name():
    check_removals((), ())
    check_removals((), ("dc9",))
    check_removals(("dc1", "dc2"), ("dc2", "dc1"))
    for confirmed in ((), ("dc1",), ("dc",), ("DC2",), ("*",)):
        with pytest.raises(SpecError, match=r"add dc2 to remove_datacenters|add dc1, dc2 to remove_datacenters") as refused:
            check_removals(("dc1", "dc2"), confirmed)
        assert refused.value.path == "remove_datacenters"
        assert "deletes its data volumes" in refused.value.message


@pytest.mark.parametrize(
    ("operator", "server", "able"),
    [("v1.26.0", "5.0.5", False), ("v1.26.0", "4.0.17", True), ("v1.30.0", "5.0.5", True), ("latest", "5.0.5", True), ("", "5.0.5", True)],
)
def test_a_datacenter_goes_only_where_the_operator_can_finish(operator, server, able):
    wanted = wish(**{"spec.cassandra.serverVersion": server})
    check_decommission(wanted, (), operator)
    if able:
        check_decommission(wanted, ("dc3",), operator)
    else:
        with pytest.raises(SpecError, match=f"leaves out dc3, and k8ssandra-operator {operator} cannot remove"):
            check_decommission(wanted, ("dc3",), operator)
