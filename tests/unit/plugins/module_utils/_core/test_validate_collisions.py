# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from plugins.module_utils._core.errors import SpecError
from plugins.module_utils._core.validate import check_collisions

from .definitions import GONE, wish

DC1 = "definition.spec.cassandra.datacenters[0]"
DC2 = "definition.spec.cassandra.datacenters[1]"


def live(name="dc1", *, owner="demo", owner_namespace="k8ssandra", cluster="demo", namespace="k8ssandra", **more):
    labels = {"k8ssandra.io/cluster-name": owner, "k8ssandra.io/cluster-namespace": owner_namespace} if owner else {}
    return {"metadata": {"name": name, "namespace": namespace, "labels": labels}, "spec": {"clusterName": cluster}, **more}


BAD = {
    "a datacenter of another K8ssandraCluster": (
        {"east": [live(owner="shop", cluster="shop")]}, f"{DC1}.metadata.name", "K8ssandraCluster k8ssandra/shop"),
    "a datacenter of the same name's cluster in another namespace": (
        {"east": [live(owner_namespace="other")]}, f"{DC1}.metadata.name", "K8ssandraCluster other/demo"),
    "a datacenter of cass-operator alone": (
        {"east": [live(owner="", cluster="Old")]}, f"{DC1}.metadata.name", 'the Cassandra cluster "Old"'),
    "our datacenter under another cluster's name": ({"east": [live(cluster="Old")]}, f"{DC1}.metadata.name", "belongs to"),
    "a neighbour whose cluster is cleaned to the same name": (
        {"west": [live("dc7", owner="x", cluster="De mo")]}, f"{DC2}.metadata.namespace", "Service demo-seed-service"),
    "a neighbour that uses our name inside Cassandra": (
        {"east": [live("dc9", status={"datacenterName": "dc1"})]}, f"{DC1}.metadata.name", "uses it as its datacenterName"),
}


@pytest.mark.parametrize(("found", "path", "fragment"), BAD.values(), ids=BAD)
def test_refuses_to_meet(found, path, fragment):
    with pytest.raises(SpecError) as refused:
        check_collisions(wish(), found)
    assert refused.value.path == path
    assert fragment in refused.value.message


GOOD = {
    "nothing": {},
    "itself": {"east": [live()], "west": [live("dc2")]},
    "another cluster in another namespace": {"east": [live(owner="shop", cluster="shop", namespace="shop")]},
    "another cluster in another context": {"north": [live(owner="shop", cluster="shop")]},
    "another cluster with other names": {"east": [live("dc7", owner="shop", cluster="shop")]},
    "its own datacenter of an earlier wish": {"east": [live("dc7")]},
    "a part of the same Cassandra cluster that cass-operator runs alone": {"east": [live("old", owner="")]},
}


@pytest.mark.parametrize("found", GOOD.values(), ids=GOOD)
def test_meets(found):
    check_collisions(wish(), found)


def test_a_neighbours_statefulset_counts():
    neighbour = live("b", owner="x", cluster="demo-a", spec={"clusterName": "demo-a", "racks": [{"name": "c-d"}]})
    with pytest.raises(SpecError, match="StatefulSet demo-a-b-c-d-sts"):
        check_collisions(wish(**{"dc1.metadata.name": "a-b", "dc1.racks": [{"name": "c-d"}]}), {"east": [neighbour]})


def test_two_contexts_of_one_cluster_are_seen_as_one():
    found = {"hub": [live(owner="shop", cluster="shop")]}
    local = wish(**{"dc1.k8sContext": GONE})
    check_collisions(local, found)
    check_collisions(local, found, {"": "uid-1", "hub": "uid-2"})
    with pytest.raises(SpecError, match="control plane's own cluster belongs to"):
        check_collisions(local, found, {"": "uid-1", "hub": "uid-1"})


def test_the_racks_of_two_datacenters_can_share_a_statefulset():
    meeting = {"dc1.metadata.name": "a", "dc1.racks": [{"name": "b-r1"}], "dc2.metadata.name": "a-b", "dc2.racks": [{"name": "r2"}, {"name": "r1"}]}
    check_collisions(wish(**meeting), {})
    with pytest.raises(SpecError, match=r"StatefulSet demo-a-b-r1-sts in namespace k8ssandra with a at") as refused:
        check_collisions(wish(**meeting), {}, {"east": "uid-1", "west": "uid-1"})
    assert refused.value.path == f"{DC2}.metadata.name"
    check_collisions(wish(**meeting, **{"dc2.metadata.namespace": "other"}), {}, {"east": "uid-1", "west": "uid-1"})


def test_a_datacenter_cannot_take_the_name_of_the_seeds():
    with pytest.raises(SpecError, match="Service demo-seed-service that upstream uses for seeds"):
        check_collisions(wish(**{"dc1.metadata.name": "seed"}), {})


def test_the_services_of_two_datacenters_can_meet():
    meeting = {"dc1.metadata.name": "a", "dc2.metadata.name": "a-all-pods", "dc2.k8sContext": "east"}
    with pytest.raises(SpecError, match="Service demo-a-all-pods-service"):
        check_collisions(wish(**meeting), {})
