"""What a CassandraDatacenter that is there keeps."""

from __future__ import annotations

from typing import Any

import pytest

from plugins.module_utils._core.distribution.datacenter import datacenter_of
from plugins.module_utils._core.distribution.observation import Observation
from plugins.module_utils._core.distribution.template import templates
from plugins.module_utils._core.errors import SpecError

from ..definitions import good

FIRST = "-Dcassandra.system_distributed_replication=dc1:3"
YAML = {"cassandra-yaml": {"num_tokens": 16}}
CONFIG = {**YAML, "cassandra-env-sh": {"additional-jvm-opts": [FIRST]}}
LIVE = {"clusterName": "demo", "serverVersion": "4.1.8", "superuserSecretName": "demo-superuser", "config": CONFIG}


def spec(there: dict, **changes: Any) -> dict:
    definition = good(**changes)
    observation = Observation(datacenters={"dc1": {"spec": {**LIVE, **there}}})
    return datacenter_of(definition, templates(definition)[0], observation, 0)["spec"]


@pytest.mark.parametrize(("there", "expected"), [("other", "other"), ("", None)])
def test_the_superuser_stays(there: str, expected: str | None) -> None:
    assert spec({"superuserSecretName": there}).get("superuserSecretName") == expected


def test_an_unchanged_datacenter_is_as_a_new_one() -> None:
    definition = good()
    assert spec({}) == datacenter_of(definition, templates(definition)[0], Observation(), 0)["spec"]


@pytest.mark.parametrize("version", ["3.11.14", "4.0.17", "4.1.8"])
def test_tokens_stay_where_none_are_stated(version: str) -> None:
    there = {"serverVersion": version, "config": {"cassandra-yaml": {"num_tokens": 256}}}
    assert spec(there)["config"]["cassandra-yaml"]["num_tokens"] == 256


@pytest.mark.parametrize(
    ("there", "changes", "message"),
    [
        ({"clusterName": "other"}, {}, "clusterName: is demo, but CassandraDatacenter dc1 belongs to other"),
        ({}, {"dc1.config": {"cassandraYaml": {"num_tokens": 8}}}, r"datacenters\[0\].config.cassandraYaml.num_tokens: is 8, but the nodes have 16"),
        (
            {"serverVersion": "3.11.14", "config": {"cassandra-yaml": {"num_tokens": 256}}},
            {"spec.cassandra.config": {"cassandraYaml": {"num_tokens": 16}}},
            "num_tokens: is 16, but the nodes have 256",
        ),
    ],
)
def test_what_never_changes_is_refused(there: dict, changes: dict, message: str) -> None:
    with pytest.raises(SpecError, match=message):
        spec(there, **changes)


@pytest.mark.parametrize("config", [{}, {"cassandra-yaml": {}}])
def test_a_live_datacenter_may_tell_nothing_of_tokens(config: dict) -> None:
    assert spec({"config": config})["config"]["cassandra-yaml"]["num_tokens"] == 16


@pytest.mark.parametrize(("config", "expected"), [(YAML, []), (CONFIG, [FIRST])], ids=["that never was the first", "that was made as the first"])
def test_what_makes_the_system_keyspaces_stays_with_the_one_that_has_it(config: dict, expected: list[str]) -> None:
    options = spec({"config": config})["config"]["cassandra-env-sh"]["additional-jvm-opts"]
    assert [option for option in options if "system_distributed" in option] == expected
