"""ConfigMaps and their hashes: the values come from the operator's own Go code."""

from __future__ import annotations

import pytest

from plugins.module_utils._core.distribution.config_map import config_map, config_map_hash

LABELS = {
    "app.kubernetes.io/name": "k8ssandra-operator",
    "app.kubernetes.io/part-of": "k8ssandra",
    "app.kubernetes.io/component": "cassandra",
    "k8ssandra.io/cleaned-up-by": "k8ssandracluster-controller",
    "k8ssandra.io/cluster-name": "test",
    "k8ssandra.io/cluster-namespace": "ns1",
}
DATA = {"test-dc1-default-sts-0_cassandra.yaml": "\ninitial_token: -9223372036854775808"}


def test_the_hash_is_the_operators() -> None:
    body = config_map("test-dc1-per-node-config", "ns1", DATA, LABELS)
    assert body["metadata"]["annotations"] == {"k8ssandra.io/resource-hash": "lvlmgZPFcYNzsGzI4NquNbtcEZiOf+ytcviS9SFXGrI="}
    assert (body["kind"], body["data"], body["metadata"]["labels"]) == ("ConfigMap", DATA, LABELS)


def test_other_annotations_are_kept_and_hashed() -> None:
    bodies = [config_map("a", "ns1", DATA, LABELS, annotations) for annotations in ({"b": "c"}, {})]
    assert bodies[0]["metadata"]["annotations"].keys() == {"b", "k8ssandra.io/resource-hash"}
    assert bodies[0]["metadata"]["annotations"] != {**bodies[1]["metadata"]["annotations"], "b": "c"}


@pytest.mark.parametrize("other", [{"name": "b"}, {"namespace": "b"}, {"data": {}}, {"labels": None}, {"annotations": {}}])
def test_whatever_differs_gives_another_hash(other: dict) -> None:
    usual = {"name": "a", "namespace": "a", "data": DATA, "labels": LABELS, "annotations": None}
    assert config_map_hash(**usual) != config_map_hash(**{**usual, **other})
