"""Names and labels that all objects of a cluster share."""

from __future__ import annotations

import pytest

from plugins.module_utils._core.distribution.labels import clean_cluster_name, cluster_name, overlaid, with_common_metadata

from ..definitions import good


@pytest.mark.parametrize(
    ("override", "name", "clean"),
    [("", "demo", "demo"), ("E2E Test Cluster", "E2E Test Cluster", "e2etestcluster"), ("Not K8s_Compliant", "Not K8s_Compliant", "notk8s-compliant")],
)
def test_the_cluster_has_the_name_that_cassandra_knows(override: str, name: str, clean: str) -> None:
    definition = good(**{"spec.cassandra.clusterName": override})
    assert (cluster_name(definition), clean_cluster_name(definition)) == (name, clean)


@pytest.mark.parametrize(
    ("below", "above", "expected"),
    [
        (None, None, None),
        ({"a": "1"}, None, {"a": "1"}),
        (None, {"a": "1"}, {"a": "1"}),
        ({"a": "1", "b": "2"}, {"b": "3"}, {"a": "1", "b": "3"}),
        ({"a": "1"}, {"a": "", "b": ""}, {"a": "1", "b": ""}),
    ],
)
def test_an_empty_value_replaces_none(below: dict | None, above: dict | None, expected: dict | None) -> None:
    assert overlaid(below, above) == expected


def test_common_metadata_wins_over_an_objects_own() -> None:
    common = {"commonLabels": {"a": "cluster"}, "commonAnnotations": {"b": "cluster"}}
    definition = good(**{"spec.cassandra.metadata": common})
    assert with_common_metadata(definition, {"a": "own", "c": "own"}) == ({"a": "cluster", "c": "own"}, {"b": "cluster"})


def test_without_common_metadata_there_are_no_annotations() -> None:
    assert with_common_metadata(good(), {"a": "own"}) == ({"a": "own"}, None)
