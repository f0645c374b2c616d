"""The judge's own eyes: what counts as a difference, and what is only another way to write the same."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from tests.conformance.accepted import ACCEPTED, covering
from tests.conformance.support.comparison import MISSING, Difference, content, differences, hidden
from tests.conformance.support.inputs import Input, merged

KEY = ("east", "CassandraDatacenter", "ns", "dc1")


def a_datacenter(spec: Any = None, **metadata: Any) -> dict[str, Any]:
    return {"kind": "CassandraDatacenter", "metadata": {"name": "dc1", "namespace": "ns", **metadata}, "spec": spec or {}}


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ({"resources": {}, "racks": []}, {}),
        ({"resources": {"limits": {"cpu": "500m", "memory": "1Gi"}}}, {"resources": {"limits": {"cpu": 0.5, "memory": "1024Mi"}}}),
        ({"resources": {"requests": {"memory": "1G"}}}, {"resources": {"requests": {"memory": "1e9"}}}),
        ({"vector": {"scrapeInterval": "5m0s"}}, {"vector": {"scrapeInterval": "5m"}}),
        ({"heapSize": "256Mi"}, {"heapSize": 268435456}),
    ],
)
def test_other_words_for_the_same_are_no_difference(theirs: Any, ours: Any) -> None:
    assert content(a_datacenter(theirs)) == content(a_datacenter(ours))


@pytest.mark.parametrize(
    ("theirs", "ours", "path"),
    [
        ({"size": 1}, {"size": 2}, "spec.size"),
        ({"stopped": False}, {}, "spec.stopped"),
        ({"size": 1}, {"size": True}, "spec.size"),
        ({"config": {"jvm": {"heap": 1}}}, {}, "spec.config.jvm.heap"),
        ({"racks": [{"name": "a"}]}, {"racks": [{"name": "b"}]}, "spec.racks[0].name"),
        ({"options": ["a", "b"]}, {"options": ["b", "a"]}, "spec.options[0]"),
        ({"options": ["a"]}, {"options": ["a", "b"]}, "spec.options"),
    ],
)
def test_a_difference_names_its_place(theirs: Any, ours: Any, path: str) -> None:
    assert path in [each.path for each in differences("an input", {KEY: a_datacenter(theirs)}, {KEY: a_datacenter(ours)})]


def test_an_object_that_one_side_lacks_is_told() -> None:
    assert [(each.theirs, each.ours) for each in differences("an input", {KEY: a_datacenter()}, {})] == [("there", MISSING)]
    assert [(each.theirs, each.ours) for each in differences("an input", {}, {KEY: a_datacenter()})] == [(MISSING, "there")]


def test_what_we_removed_is_not_what_we_never_made() -> None:
    purge = {("east", "CronJob", "operators", "purge"): {"kind": "CronJob", "metadata": {"name": "purge"}}}
    (removed,), (missing,) = differences("i", purge, {}, before=purge), differences("i", purge, {})
    assert covering(removed) is not None
    assert covering(missing) is None


def test_what_api_servers_add_is_no_content() -> None:
    added = {"uid": "1", "resourceVersion": "2", "generation": 3, "creationTimestamp": "now", "managedFields": [{"manager": "m"}]}
    assert content(a_datacenter(**added) | {"status": {"ready": True}}) == content(a_datacenter())


def test_no_value_of_a_secret_is_shown() -> None:
    secret = {"metadata": {"name": "stores"}, "data": {"password": base64.b64encode(b"changeit").decode()}}
    found = differences("an input", {KEY: a_datacenter({"options": ["-Dpassword=changeit"]})}, {KEY: a_datacenter({"options": ["-Dx"]})})
    assert "changeit" not in "".join(str(each) for each in hidden(found, [secret]))


def test_every_accepted_difference_has_a_reason() -> None:
    assert all(len(row.reason) > 15 and "yet" not in row.reason.split() for row in ACCEPTED)


def test_the_purge_may_differ_in_two_words_only() -> None:
    path = "spec.jobTemplate.spec.template.spec.containers[0].command[2]"
    text = r"namespace: {}\nspec:\n  cassandraDatacenter: {}\n  operation: {}"
    allowed = Difference("i", "east", "CronJob", "n", path, text.format("a", "b", "purge"), text.format("c", "d", "purge"))
    refused = Difference("i", "east", "CronJob", "n", path, text.format("a", "b", "purge"), text.format("c", "d", "sync"))
    assert covering(allowed) is not None
    assert covering(refused) is None


def test_changes_meet_datacenters_by_name() -> None:
    below = {"datacenters": [{"metadata": {"name": "dc1"}, "size": 1}], "kept": True}
    above = {"datacenters": [{"metadata": {"name": "dc2"}, "size": 2}, {"metadata": {"name": "dc1"}, "stopped": True}]}
    first, second = {"metadata": {"name": "dc1"}, "size": 1, "stopped": True}, {"metadata": {"name": "dc2"}, "size": 2}
    assert merged(below, above) == {"datacenters": [first, second], "kept": True}


def test_a_change_takes_away_what_is_none_in_it() -> None:
    below = {"reaper": {"heapSize": "1Gi"}, "cassandra": {"telemetry": {"vector": {}}, "kept": 1}}
    assert merged(below, {"reaper": None, "cassandra": {"telemetry": None}, "medusa": {"prefix": None}}) == {"cassandra": {"kept": 1}, "medusa": {}}


def test_an_input_gets_a_place_of_its_own() -> None:
    cassandra = {"clusterName": "A B", "datacenters": [{"metadata": {"name": "dc1", "namespace": "x"}, "k8sContext": "kind-k8ssandra-1"}]}
    body = {"kind": "K8ssandraCluster", "metadata": {"name": "test", "namespace": "y"}, "spec": {"cassandra": cassandra}}
    secret = {"kind": "Secret", "metadata": {"name": "test-superuser"}}
    placed = Input("an input", ((body,),), (secret,)).placed("run-7")
    assert placed.namespaces == ("run-7-y", "run-7-x")
    assert placed.companions[0]["metadata"] == {"name": "test7-superuser", "namespace": "run-7"}
    assert placed.steps[0][0]["spec"]["cassandra"]["datacenters"][0]["k8sContext"] == "west"
    assert placed.steps[0][0]["spec"]["cassandra"]["clusterName"] == "A B n7"
