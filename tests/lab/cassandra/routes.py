"""Which request does what: the table of the management API."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from . import configuration, cql, jmx, jobs, jvm
from .endpoints import endpoints

Answer = tuple[int, Any]
START_SECONDS = 500  # cass-operator waits ten minutes
SEED_SECONDS = 30
FEATURES = (
    "async_sstable_tasks",
    "async_upgrade_sstable_task",
    "async_compaction_task",
    "async_scrub_task",
    "async_move_task",
    "async_gc_task",
    "async_flush_task",
    "rebuild",
    "reload_internode_truststore",
    "full_query_logging",
)


@dataclass(frozen=True)
class Request:
    """The words of a request: its query, and its body."""

    query: dict[str, str]
    body: dict[str, Any]


def live(request: Request) -> Answer:
    """The real API says that it lives itself; whether Cassandra does is readiness."""
    return 200, "OK"


def ready(request: Request) -> Answer:
    """Whether Cassandra serves: a query inside it is answered."""
    if not jvm.running():
        return 500, "Cassandra does not run"
    if not jmx.read("NativeTransportRunning"):
        return 500, "Cassandra does not serve clients"
    return (200, "OK") if cql.query("SELECT key FROM system.local") else (500, "system.local is empty")


def start(request: Request) -> Answer:
    """Start Cassandra and answer when it serves; a Cassandra that died is an error, as the operator deletes such a pod."""
    await_seeds()
    if not jvm.start(request.query.get("replace_ip", "")):
        return 202, "Cassandra runs already"
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if not jvm.running():
            return 500, "Cassandra ended during its start, see system.log"
        try:
            if jmx.read("NativeTransportRunning"):
                return 201, "OK"
        except jmx.JmxError:
            pass  # not up yet
        time.sleep(1)
    return 500, f"Cassandra did not serve within {START_SECONDS} s"


def await_seeds() -> None:
    """Wait until a seed has an address: the operator names the seeds just before the start, and Cassandra would die without one."""
    deadline = time.monotonic() + SEED_SECONDS
    while time.monotonic() < deadline:
        for name in configuration.seeds():
            try:
                socket.getaddrinfo(name, None)
                return
            except OSError:
                pass  # no such name yet
        time.sleep(0.2)


def stop(request: Request) -> Answer:
    """End Cassandra; the API stays."""
    jvm.stop()
    return 200, "OK"


def drain(request: Request) -> Answer:
    """Write everything to disk and serve nobody any more."""
    jmx.call("drain")
    jvm.remember_drained()
    return 200, "OK"


def features(request: Request) -> Answer:
    """What this API can, and for which Cassandra."""
    return 200, {"cassandra_version": os.environ.get("CASSANDRA_VERSION", ""), "mgmt_version": "0.1.100", "features": list(FEATURES)}


def create_role(request: Request) -> Answer:
    """Create a role with a password."""
    words = request.query
    superuser, login = (words.get(key, "").lower() == "true" for key in ("is_superuser", "can_login"))
    cql.create_role(words["username"], words["password"], superuser=superuser, login=login)
    return 200, "OK"


def drop_role(request: Request) -> Answer:
    """Drop a role."""
    cql.drop_role(request.query["username"])
    return 200, "OK"


def keyspaces(request: Request) -> Answer:
    """The names of all keyspaces, or of the one asked for if it is there."""
    wanted = request.query.get("keyspaceName", "")
    return 200, [name for name in jmx.read("Keyspaces") if wanted in ("", name)]


def replication(request: Request) -> Answer:
    """The replication of a keyspace."""
    found = cql.replication(request.query["keyspaceName"])
    return (404, "no such keyspace") if found is None else (200, found)


def write_keyspace(verb: str) -> Callable[[Request], Answer]:
    """Create or alter a keyspace."""

    def write(request: Request) -> Answer:
        cql.write_keyspace(verb, request.body["keyspace_name"], request.body["replication_settings"])
        return 200, "OK"

    return write


def create_table(request: Request) -> Answer:
    """Create a table."""
    cql.create_table(request.body)
    return 200, "OK"


def query_log(request: Request) -> Answer:
    """Turn full query logging on or off."""
    if request.query.get("enabled") == "true":
        signature = "enableFullQueryLogger(java.lang.String,java.lang.String,java.lang.Boolean,int,long,java.lang.String,int)"
        jmx.call(signature, "/var/log/cassandra/fql", "HOURLY", True, 1 << 20, 1 << 28, None, 10)
    else:
        jmx.call("stopFullQueryLogger")
    return 200, "OK"


def take_snapshot(request: Request) -> Answer:
    """Take a snapshot of keyspaces, all by default."""
    jmx.call("takeSnapshot(java.lang.String,[Ljava.lang.String;)", request.body["snapshot_name"], request.body.get("keyspaces") or [])
    return 200, "OK"


def clear_snapshots(request: Request) -> Answer:
    """Remove snapshots by name, all by default."""
    jmx.call("clearSnapshot(java.lang.String,[Ljava.lang.String;)", request.query.get("snapshotNames", ""), [])
    return 200, "OK"


def job(request: Request) -> Answer:
    """What became of a job."""
    found = jobs.details(request.query.get("job_id", ""))
    return (404, "no such job") if found is None else (200, found)


def calling(operation: str, mbean: str = jmx.STORAGE, *parameters: str) -> Callable[[Request], Answer]:
    """A route that only calls a JMX operation, with words of the query as arguments."""

    def call(request: Request) -> Answer:
        return 200, jmx.call(operation, *(request.query[each] for each in parameters), mbean=mbean) or "OK"

    return call


def blocking(operation: jobs.Operation) -> Callable[[Request], Answer]:
    """v0: answer when it is done."""

    def run(request: Request) -> Answer:
        operation(request.query, request.body)
        return 200, "OK"

    return run


def submitting(operation: jobs.Operation) -> Callable[[Request], Answer]:
    """v1: answer the id of a job."""
    return lambda request: (202, jobs.submit(operation.__name__, operation, request.query, request.body))


OPERATIONS: dict[str, jobs.Operation] = {
    "/ops/keyspace/cleanup": jobs.cleanup,
    "/ops/keyspace/refresh": jobs.refresh,
    "/ops/node/decommission": jobs.decommission,
    "/ops/node/rebuild": jobs.rebuild,
    "/ops/tables/compact": jobs.compact,
    "/ops/tables/flush": jobs.flush,
    "/ops/tables/garbagecollect": jobs.collect_garbage,
    "/ops/tables/scrub": jobs.scrub,
    "/ops/tables/sstables/upgrade": jobs.upgrade_sstables,
}
ROUTES: dict[tuple[str, str], Callable[[Request], Answer]] = {
    ("GET", "/v0/probes/liveness"): live,
    ("GET", "/v0/probes/readiness"): ready,
    ("GET", "/v0/probes/cluster"): ready,
    ("POST", "/v0/lifecycle/start"): start,
    ("POST", "/v0/lifecycle/stop"): stop,
    ("GET", "/v0/lifecycle/pid"): lambda request: (200, str(jvm.process_id() or "")),
    ("GET", "/v0/metadata/endpoints"): lambda request: (200, {"entity": endpoints()}),
    ("GET", "/v0/metadata/versions/features"): features,
    ("GET", "/v0/metadata/versions/release"): lambda request: (200, jmx.read("ReleaseVersion")),
    ("GET", "/v0/ops/auth/role"): lambda request: (200, cql.roles()),
    ("POST", "/v0/ops/auth/role"): create_role,
    ("DELETE", "/v0/ops/auth/role"): drop_role,
    ("GET", "/v0/ops/executor/job"): job,
    ("GET", "/v0/ops/keyspace"): keyspaces,
    ("GET", "/v0/ops/keyspace/replication"): replication,
    ("POST", "/v0/ops/keyspace/create"): write_keyspace("CREATE KEYSPACE IF NOT EXISTS"),
    ("POST", "/v0/ops/keyspace/alter"): write_keyspace("ALTER KEYSPACE"),
    ("GET", "/v0/ops/tables"): lambda request: (200, cql.tables(request.query["keyspaceName"])),
    ("POST", "/v0/ops/tables/create"): create_table,
    ("POST", "/v0/ops/seeds/reload"): calling("reloadSeeds", jmx.GOSSIPER),
    ("POST", "/v0/ops/node/drain"): drain,
    ("POST", "/v0/ops/node/assassinate"): calling("assassinateEndpoint", jmx.GOSSIPER, "address"),
    ("POST", "/v0/ops/node/move"): submitting(jobs.move),
    ("POST", "/v0/ops/node/encryption/internode/truststore/reload"): calling("reloadSslCertificates", jmx.MESSAGING),
    ("GET", "/v0/ops/node/fullquerylogging"): lambda request: (200, {"entity": jmx.read("FullQueryLogEnabled")}),
    ("POST", "/v0/ops/node/fullquerylogging"): query_log,
    ("POST", "/v0/ops/node/snapshots"): take_snapshot,
    ("DELETE", "/v0/ops/node/snapshots"): clear_snapshots,
    ("GET", "/v1/ops/node/schema/versions"): lambda request: (200, jmx.read("SchemaVersions", jmx.STORAGE_PROXY)),
    **{("POST", f"/v0{path}"): blocking(operation) for path, operation in OPERATIONS.items()},
    **{("POST", f"/v1{path}"): submitting(operation) for path, operation in OPERATIONS.items()},
}
