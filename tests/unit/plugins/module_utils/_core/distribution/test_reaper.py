"""Reaper's object and its user."""

from __future__ import annotations

import json
from typing import Any

import pytest

from plugins.module_utils._core.distribution.reaper import injected, reaper_of, reaper_users, with_remote_jmx
from plugins.module_utils._core.distribution.template import templates
from plugins.module_utils._core.errors import SpecError

from ..definitions import good

HTTP = {"httpManagement": {"enabled": True}}


def reaper(position: int = 0, **changes: Any) -> dict | None:
    definition = good(**{"spec.reaper": HTTP, **changes})
    return reaper_of(definition, templates(definition)[position])


def test_a_plain_reaper_is_as_upstream_writes_it() -> None:
    notes = [{"name": name, "path": f"/etc/secrets/{name}", "containers": ["reaper", "reaper-schema-init"]} for name in ("demo-reaper", "demo-reaper-ui")]
    found = reaper()
    assert found["metadata"] == {
        "name": "demo-dc1-reaper",
        "namespace": "k8ssandra",
        "labels": {
            "app.kubernetes.io/name": "k8ssandra-operator",
            "app.kubernetes.io/part-of": "k8ssandra",
            "app.kubernetes.io/component": "reaper",
            "app.kubernetes.io/managed-by": "k8ssandra-operator",
            "k8ssandra.io/cleaned-up-by": "k8ssandracluster-controller",
            "k8ssandra.io/cluster-name": "demo",
            "k8ssandra.io/cluster-namespace": "k8ssandra",
        },
    }
    assert found["spec"] == {
        **HTTP,
        "autoScheduling": {},
        "jmxUserSecretRef": {},
        "cassandraUserSecretRef": {"name": "demo-reaper"},
        "uiUserSecretRef": {"name": "demo-reaper-ui"},
        "datacenterRef": {"name": "dc1", "namespace": "k8ssandra"},
        "datacenterAvailability": "EACH",
        "metadata": {"pods": {"annotations": {"k8ssandra.io/inject-secret": json.dumps(notes, separators=(",", ":"))}}},
    }


@pytest.mark.parametrize(
    ("changes", "places"),
    [
        ({}, ["dc1", "dc2"]),
        ({"dc1.stopped": True}, ["dc2"]),
        ({"spec.reaper.deploymentMode": "SINGLE"}, ["dc1"]),
        ({"spec.reaper.deploymentMode": "SINGLE", "dc1.stopped": True}, ["dc2"]),
        ({"spec.reaper.reaperRef": {"name": "other"}}, []),
        ({"spec.reaper": None}, []),
    ],
)
def test_a_datacenter_gets_one_unless_it_is_stopped_or_served_by_another(changes: dict, places: list) -> None:
    definition = good(**{"spec.reaper": dict(HTTP), **changes})
    found = [reaper_of(definition, template) for template in templates(definition)]
    assert [one["spec"]["datacenterRef"]["name"] for one in found if one is not None] == places


@pytest.mark.parametrize(
    ("changes", "field", "expected"),
    [
        ({"spec.reaper": {"deploymentMode": "SINGLE"}}, "datacenterAvailability", "ALL"),
        ({"spec.cassandra.datacenters": [{"metadata": {"name": "dc1"}, "size": 1}]}, "datacenterAvailability", "ALL"),
        ({"dc2.stopped": True}, "skipSchemaMigration", True),
        ({"spec.reaper": {"skipSchemaMigration": False}}, "skipSchemaMigration", None),
        ({"spec.reaper": {"autoScheduling": {"enabled": False, "percentUnrepairedThreshold": 0}}}, "autoScheduling", {}),
        ({"spec.reaper": {"autoScheduling": {"enabled": True}}}, "autoScheduling", {"enabled": True}),
        ({"spec.secretsProvider": "external"}, "secretsProvider", "external"),
        ({"spec.secretsProvider": "external"}, "cassandraUserSecretRef", {}),
        ({"spec.auth": False}, "cassandraUserSecretRef", {}),
        ({"spec.auth": False}, "uiUserSecretRef", None),
        ({"spec.reaper": {"cassandraUserSecretRef": {"name": "own"}}}, "cassandraUserSecretRef", {"name": "own"}),
        ({"spec.reaper": {"uiUserSecretRef": {"name": ""}}}, "uiUserSecretRef", {"name": ""}),
        ({"spec.reaper": {"deploymentMode": "PER_DC", "reaperRef": {}}}, "deploymentMode", None),
        ({"spec.reaper": {"keyspace": "own"}}, "keyspace", "own"),
        ({"spec.cassandra.clientEncryptionStores": {"keystoreSecretRef": {"name": "k"}}}, "clientEncryptionStores", {"keystoreSecretRef": {"name": "k"}}),
    ],
)
def test_fields_follow_the_definition(changes: dict, field: str, expected: Any) -> None:
    assert reaper(**changes)["spec"].get(field) == expected


def test_the_clusters_common_metadata_is_over_reapers_own() -> None:
    found = reaper(**{
        "spec.auth": False,
        "spec.cassandra.metadata": {"commonLabels": {"a": "common"}, "commonAnnotations": {"b": "common"}},
        "spec.reaper.metadata": {"labels": {"a": "own", "c": "own"}, "annotations": {"b": "own"}, "pods": {"labels": {"a": "own"}}},
    })
    both = {"labels": {"a": "common"}, "annotations": {"b": "common"}}
    assert found["spec"]["metadata"] == {
        "labels": {"a": "common", "c": "own"},
        "annotations": {"b": "common"},
        "commonLabels": {"a": "common"},
        "commonAnnotations": {"b": "common"},
        "pods": both,
        "service": both,
    }
    assert (found["metadata"]["labels"]["a"], found["metadata"]["annotations"]) == ("own", {"b": "own"})


def test_local_storage_serves_one_reaper() -> None:
    with pytest.raises(SpecError, match="reaper.storageType: is local"):
        reaper(**{"spec.reaper": {"storageType": "local", "deploymentMode": "PER_DC"}})


@pytest.mark.parametrize(
    ("changes", "users"),
    [
        ({}, ("demo-reaper",)),
        ({"spec.reaper.cassandraUserSecretRef": {"name": "own"}}, ("own",)),
        ({"spec.auth": False}, ()),
        ({"spec.secretsProvider": "external"}, ()),
        ({"spec.reaper.reaperRef": {"name": "other"}}, ()),
    ],
)
def test_reaper_is_a_user_of_cassandra(changes: dict, users: tuple) -> None:
    assert reaper_users(good(**{"spec.reaper": dict(HTTP), **changes})) == users


@pytest.mark.parametrize(("settings", "opened"), [({}, True), ({"httpManagement": {"enabled": False}}, True), (HTTP, False)])
def test_jmx_is_open_unless_reaper_uses_http(settings: dict, opened: bool) -> None:
    pod = with_remote_jmx({}, good(**{"spec.reaper": settings}))
    assert (pod == {"spec": {"containers": [{"name": "cassandra", "env": [{"name": "LOCAL_JMX", "value": "no"}]}]}}) is opened


@pytest.mark.parametrize(
    ("there", "names"), [(None, ["a", "b"]), ("[]", ["a", "b"]), ('[{"name":"x","path":"/x"}]', ["x", "a", "b"]), ('[{"name":"a"}]', ["a", "b"])],
)
def test_secrets_are_added_to_those_that_are_injected(there: str | None, names: list) -> None:
    assert [entry["name"] for entry in json.loads(injected(there, ["a", "b", "a"], ["c"], "path"))] == names


@pytest.mark.parametrize("there", ["", "{", "7", "[7]", '[{"path":"/x"}]'])
def test_a_broken_list_of_secrets_is_refused(there: str) -> None:
    with pytest.raises(SpecError, match="path: k8ssandra.io/inject-secret is not a list of Secrets in JSON"):
        injected(there, ["a"], ["c"], "path")
