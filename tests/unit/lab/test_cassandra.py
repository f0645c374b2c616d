"""The decisions of the program inside the lab's Cassandra image: no Cassandra runs here."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.lab.cassandra import configuration, cql, endpoints, jmx, jobs, options, routes, server

CONF = Path(configuration.__file__).parent / "conf"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """The JMX operations that were called; each answers 0."""
    calls: list[tuple[Any, ...]] = []

    def call(operation: str, *arguments: Any, mbean: str = jmx.STORAGE) -> int:
        calls.append((operation, *arguments))
        return 0

    monkeypatch.setattr(jmx, "call", call)
    monkeypatch.setattr(jmx, "read", lambda attribute, mbean=jmx.STORAGE: ["a", "b"])
    return calls


@pytest.mark.parametrize(
    ("section", "flags"),
    [
        ({"max_heap_size": 402653184, "initial_heap_size": "256M"}, ["-Xmx402653184", "-Xms256M"]),
        ({"garbage_collector": "G1GC", "max_gc_pause_millis": 300}, ["-XX:+UseG1GC", "-XX:MaxGCPauseMillis=300"]),
        ({"garbage_collector": "CMS"}, []),
        ({"use_numa": False, "restrict-contended": True}, ["-XX:-UseNUMA", "-XX:-RestrictContended"]),
        ({"cassandra_ring_delay_ms": 1, "cassandra_write_survey": True}, ["-Dcassandra.ring_delay_ms=1", "-Dcassandra.write_survey=true"]),
        ({"enable_assertions": False}, ["-da"]),
        ({"additional-jvm-opts": ["-Da=b", "-Dc=d"]}, ["-Da=b", "-Dc=d"]),
        ({"jmx-port": 7199}, []),
    ],
)
def test_words_of_a_definition_become_flags(section: dict[str, Any], flags: list[str]) -> None:
    assert options.flags(section) == flags


@pytest.mark.parametrize(
    ("given", "added"),
    [
        ([], ["-XX:+UseSerialGC", "-Xmx384M"]),
        (["-XX:+UseZGC"], ["-Xmx384M"]),
        (["-Xms512M"], ["-XX:+UseSerialGC", "-Xmx512M"]),
        (["-Xmx1G", "-XX:+UseG1GC"], []),
    ],
)
def test_heap_and_collector_are_completed(given: list[str], added: list[str]) -> None:
    assert options.complete(given) == [*given, *added]


def test_build_writes_what_the_definition_says(tmp_path: Path) -> None:
    wanted = {
        "cluster-info": {"name": "demo", "seeds": "one,two"},
        "datacenter-info": {"name": "dc1"},
        "cassandra-yaml": {"num_tokens": 8, "listen_address": "ignored", "auto_snapshot": None},
        "jvm-server-options": {"max_heap_size": 1},
        "cassandra-env-sh": {"additional-jvm-opts": ["-Dlast=1"]},
    }
    environment = {"CONFIG_FILE_DATA": json.dumps(wanted), "POD_IP": "10.0.0.1", "RACK_NAME": "r1"}
    configuration.build(CONF, tmp_path, environment)
    settings = yaml.safe_load((tmp_path / "cassandra.yaml").read_text())
    assert (settings["num_tokens"], settings["listen_address"], settings["cluster_name"]) == (8, "10.0.0.1", "demo")
    assert "auto_snapshot" not in settings
    assert configuration.seeds(tmp_path) == ["one", "two"]
    assert (tmp_path / "cassandra-rackdc.properties").read_text() == "dc=dc1\nrack=r1\n"
    written = configuration.read_options(tmp_path / configuration.JVM_OPTIONS)
    assert written[-3:] == ["-Xmx1", "-Dlast=1", "-XX:+UseSerialGC"]
    assert any(option.startswith("--add-opens") for option in written)


def test_endpoints_are_read_from_what_gossip_prints() -> None:
    text = "/10.0.0.1:7000\n  generation:1\n  STATUS_WITH_PORT:14:NORMAL,-5\n  TOKENS:13:<hidden>\nname/10.0.0.2:7000\n  DC:2:dc2\n"
    first, second = endpoints.parse(text)
    assert first == {"ENDPOINT_IP": "10.0.0.1", "STATUS_WITH_PORT": "NORMAL,-5", "STATUS": "NORMAL,-5"}
    assert (second["ENDPOINT_IP"], second["DC"], second["STATUS"]) == ("10.0.0.2", "dc2", "")


def test_table_definition_becomes_cql(asked: list[tuple[Any, ...]]) -> None:
    columns = [
        {"name": "v", "type": "text", "kind": "REGULAR", "position": 0},
        {"name": "b", "type": "int", "kind": "CLUSTERING_COLUMN", "position": 0, "order": "DESC"},
        {"name": "a", "type": "int", "kind": "PARTITION_KEY", "position": 0},
    ]
    cql.create_table({"keyspace_name": "k", "table_name": "t", "columns": columns, "options": {"comment": "it's"}})
    assert asked == [
        (
            "query",
            (
                'CREATE TABLE IF NOT EXISTS "k"."t" ("v" text, "b" int, "a" int, PRIMARY KEY (("a"), "b"))'
                " WITH comment = 'it''s' AND CLUSTERING ORDER BY (\"b\" DESC)"
            ),
        )
    ]


def test_keyspace_names_are_quoted(asked: list[tuple[Any, ...]]) -> None:
    cql.write_keyspace("ALTER KEYSPACE", 'a"b', [{"dc_name": "dc1", "replication_factor": "3"}])
    assert asked[0][1] == "ALTER KEYSPACE \"a\"\"b\" WITH replication = {'class': 'NetworkTopologyStrategy', 'dc1': 3}"


def test_jobs_go_over_every_keyspace_unless_one_is_named(asked: list[tuple[Any, ...]]) -> None:
    jobs.cleanup({}, {"jobs": "-1"})
    jobs.cleanup({}, {"keyspace_name": "one", "tables": ["t"], "jobs": "2"})
    assert [call[1:] for call in asked] == [(1, "a", []), (1, "b", []), (2, "one", ["t"])]


def test_a_job_that_fails_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(query: jobs.Query, body: jobs.Body) -> None:
        raise jmx.JmxError("no source")

    job = {"id": "1"}
    jobs._run(job, fail, {}, {})
    assert (job["status"], job["error"]) == ("ERROR", "no source")


def test_no_answer_repeats_a_password(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: Any, **options: Any) -> None:
        raise jmx.JmxError(f"cannot take {arguments}")

    monkeypatch.setattr(cql, "create_role", refuse)
    status, text = server.answer("POST", "/api/v0/ops/auth/role", {"username": "u", "password": "hidden"}, None)
    assert status == 500
    assert "hidden" not in text


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/api/v0/probes/liveness", 200), ("GET", "/api/v0/none", 404), ("DELETE", "/api/v0/ops/auth/role", 400)],
)
def test_answers(method: str, path: str, status: int) -> None:
    assert server.answer(method, path, {}, None)[0] == status


def test_a_node_without_cassandra_lives_but_is_not_ready() -> None:
    assert server.answer("GET", "/api/v0/probes/readiness", {}, None) == (500, "Cassandra does not run")
    assert server.answer("GET", "/api/v0/lifecycle/pid", {}, None) == (200, "")


def test_each_operation_blocks_in_v0_and_is_a_job_in_v1() -> None:
    for path in routes.OPERATIONS:
        assert {("POST", f"/v0{path}"), ("POST", f"/v1{path}")} <= routes.ROUTES.keys()
