# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole configuration of a datacenter."""

from __future__ import annotations

from typing import Any

import pytest

from plugins.module_utils._core.distribution.config import config_of
from plugins.module_utils._core.distribution.observation import Observation
from plugins.module_utils._core.distribution.template import templates

from ..definitions import good

ALTER = "-Dcassandra.allow_alter_rf_during_range_movement=true"
YAML = {"authenticator": "PasswordAuthenticator", "authorizer": "CassandraAuthorizer", "num_tokens": 16, "role_manager": "CassandraRoleManager"}
DSE = "com.datastax.bdp.cassandra.auth"


def config(place: int = 0, observation: Observation | None = None, **changes: Any) -> dict[str, Any]:
    definition = good(**changes)
    return config_of(definition, templates(definition)[place], observation or Observation())


def options(found: dict[str, Any]) -> list[str]:
    return found.get("cassandra-env-sh", {}).get("additional-jvm-opts", [])


def replication(*factors: str) -> str:
    return f"-Dcassandra.system_distributed_replication={','.join(factors)}"


def test_two_datacenters_get_what_upstream_writes() -> None:
    changes = {"spec.cassandra.config.jvmOptions": {"heapSize": "384Mi", "gc": "G1GC"}, "dc1.size": 2}
    expected = {
        "cassandra-yaml": YAML,
        "jvm-server-options": {"initial_heap_size": 402653184, "max_heap_size": 402653184},
        "jvm11-server-options": {"garbage_collector": "G1GC"},
    }
    assert config(0, **changes) == {**expected, "cassandra-env-sh": {"additional-jvm-opts": [ALTER, replication("dc1:2")]}}
    assert config(1, **changes) == {**expected, "cassandra-env-sh": {"additional-jvm-opts": [ALTER]}}


@pytest.mark.parametrize(
    ("server", "expected"),
    [
        (("cassandra", "3.11.19"), {**YAML, "num_tokens": 256, "start_rpc": False}),
        (("hcd", "1.2.3"), {**YAML, "allocate_tokens_for_local_replication_factor": 3}),
        (
            ("dse", "6.8.60"),
            {
                "authenticator": f"{DSE}.DseAuthenticator",
                "authorizer": f"{DSE}.DseAuthorizer",
                "role_manager": f"{DSE}.DseRoleManager",
                "num_tokens": 16,
                "allocate_tokens_for_local_replication_factor": 3,
            },
        ),
    ],
)
def test_each_distribution_gets_its_settings(server: tuple[str, str], expected: dict[str, Any]) -> None:
    found = config(**{"spec.cassandra.serverType": server[0], "spec.cassandra.serverVersion": server[1]})
    assert found["cassandra-yaml"] == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ({"authenticator": "Mine", "role_manager": None}, {**YAML, "authenticator": "Mine"}),
        ({"num_tokens": 8, "other": {"a": None}}, {**YAML, "num_tokens": 8, "other": {"a": None}}),
    ],
)
def test_what_the_definition_says_is_kept(written: dict[str, Any], expected: dict[str, Any]) -> None:
    assert config(**{"spec.cassandra.config.cassandraYaml": written})["cassandra-yaml"] == expected


def test_dse_yaml_is_filled_in_around_what_is_written() -> None:
    written = {"authorization_options": {"enabled": False}, "role_management_options": "none", "authentication_options": None}
    changes = {"spec.cassandra.serverType": "dse", "spec.cassandra.serverVersion": "6.8.60", "spec.cassandra.config.dseYaml": written}
    assert config(**changes)["dse-yaml"] == {**written, "authentication_options": {"enabled": "true"}}


def test_without_authentication_everybody_may_do_everything() -> None:
    found = config(**{"spec.auth": False})["cassandra-yaml"]
    assert (found["authenticator"], found["authorizer"]) == ("AllowAllAuthenticator", "AllowAllAuthorizer")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, [replication("dc1:3")]),
        ({"dc1.size": 5, "dc1.datacenterName": "east"}, [replication("east:3")]),
        ({"spec.externalDatacenters": ["b", "A"]}, [replication("A:3", "b:3", "dc1:3")]),
        ({"spec.cassandra.serverType": "dse", "spec.cassandra.serverVersion": "6.8.60"}, []),
    ],
)
def test_system_keyspaces_are_made_in_the_first_datacenter(changes: dict[str, Any], expected: list[str]) -> None:
    assert [option for option in options(config(**changes)) if "system_distributed" in option] == expected


def test_what_a_cluster_was_made_with_stays() -> None:
    seen = Observation(system_replication={"old": 2, "dc1": 1})
    assert replication("dc1:1", "old:2") in options(config(0, seen))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"spec.reaper": {"httpManagement": {"enabled": True}}}, []),
        ({"spec.reaper": {}, "spec.auth": False}, ["-Dcom.sun.management.jmxremote.authenticate=false"]),
        ({"spec.reaper": {}, "spec.secretsProvider": "external"}, ["-Dcom.sun.management.jmxremote.authenticate=true"]),
        (
            {"spec.reaper": {"httpManagement": {"enabled": False}}},
            [
                "-Dcassandra.jmx.authorizer=org.apache.cassandra.auth.jmx.AuthorizationProxy",
                "-Djava.security.auth.login.config=$CASSANDRA_HOME/conf/cassandra-jaas.config",
                "-Dcassandra.jmx.remote.login.config=CassandraLogin",
                "-Dcom.sun.management.jmxremote.authenticate=true",
            ],
        ),
    ],
)
def test_reaper_over_jmx_needs_options(changes: dict[str, Any], expected: list[str]) -> None:
    assert options(config(1, **changes)) == [ALTER, *expected]


def test_an_option_that_is_there_keeps_its_place() -> None:
    written = ["-Dmine", ALTER]
    assert options(config(1, **{"spec.cassandra.config.jvmOptions.additionalOptions": written})) == written


def test_computing_changes_no_definition() -> None:
    changes = {"spec.cassandra.config": {"cassandraYaml": {"a": {"b": 1}}, "jvmOptions": {"additionalOptions": ["-Da"]}}}
    definition = good(**changes)
    config_of(definition, templates(definition)[0], Observation())
    assert definition == good(**changes)
