"""Clients that write and read without a pause, through every datacenter, and count what fails."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from typing import Any, Self

from cassandra import ConsistencyLevel
from cassandra.auth import PlainTextAuthProvider
from cassandra.cluster import EXEC_PROFILE_DEFAULT, Cluster, ExecutionProfile, Session
from cassandra.policies import ConstantReconnectionPolicy, DCAwareRoundRobinPolicy, RetryPolicy
from cassandra.query import SimpleStatement

from tests.lab.cql import PORT, superuser

from .lab import Lab

_PAUSE = 0.05
_KEYSPACE = "load"


class NextHostOnce(RetryPolicy):
    """What fails is tried on the next node once, as any client does, and then it has failed."""

    def on_read_timeout(self, *_what: Any, retry_num: int, **_more: Any) -> tuple[int, None]:
        return self._once(retry_num)

    def on_write_timeout(self, *_what: Any, retry_num: int, **_more: Any) -> tuple[int, None]:
        return self._once(retry_num)

    def on_unavailable(self, *_what: Any, retry_num: int, **_more: Any) -> tuple[int, None]:
        return self._once(retry_num)

    def on_request_error(self, *_what: Any, retry_num: int, **_more: Any) -> tuple[int, None]:
        return self._once(retry_num)

    def _once(self, retry_num: int) -> tuple[int, None]:
        return (self.RETRY_NEXT_HOST if retry_num == 0 else self.RETHROW), None


class Load:
    """One client a datacenter, at LOCAL_QUORUM, from entering to leaving the context.

    Args:
        datacenters: the context of each datacenter, by name; each has `nodes` nodes.
    """

    def __init__(self, lab: Lab, datacenters: Mapping[str, str], nodes: int) -> None:
        self.requests = dict.fromkeys(datacenters, 0)
        self.failures: list[str] = []
        self._stop = threading.Event()
        self._clients = {name: _connected(lab, context, name) for name, context in datacenters.items()}
        factors = ", ".join(f"'{name}': {nodes}" for name in datacenters)
        session = next(iter(self._clients.values()))[1]
        session.execute(f"CREATE KEYSPACE IF NOT EXISTS {_KEYSPACE} WITH replication = {{'class': 'NetworkTopologyStrategy', {factors}}}")
        session.execute(f"CREATE TABLE IF NOT EXISTS {_KEYSPACE}.rows (client text, number int, PRIMARY KEY (client))")
        self._threads = [threading.Thread(target=self._ask, args=(name, client[1])) for name, client in self._clients.items()]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_ignored: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()
        for client, _session in self._clients.values():
            client.shutdown()

    def _ask(self, datacenter: str, session: Session) -> None:
        number = 0
        while not self._stop.is_set():
            number += 1
            self._do(datacenter, session, f"INSERT INTO {_KEYSPACE}.rows (client, number) VALUES ('{datacenter}', {number})")
            rows = self._do(datacenter, session, f"SELECT number FROM {_KEYSPACE}.rows WHERE client = '{datacenter}'")
            if rows and rows[0].number != number:
                self.failures.append(f"{datacenter}: wrote {number}, read {rows[0].number}")
            self._stop.wait(_PAUSE)

    def _do(self, datacenter: str, session: Session, text: str) -> list[Any]:
        statement = SimpleStatement(text, is_idempotent=True)
        self.requests[datacenter] += 1
        try:
            return list(session.execute(statement))
        except Exception as problem:
            moment = time.strftime("%H:%M:%S")
            self.failures.append(f"{moment} {datacenter}: {text.split()[0]}: {type(problem).__name__}: {problem}")
            return []


def _connected(lab: Lab, context: str, datacenter: str) -> tuple[Cluster, Session]:
    cluster = lab.cluster(context)
    pods = cluster.read("pods", "--selector", f"cassandra.datastax.com/datacenter={datacenter},app.kubernetes.io/managed-by=cass-operator")
    profile = ExecutionProfile(
        DCAwareRoundRobinPolicy(datacenter), NextHostOnce(), consistency_level=ConsistencyLevel.LOCAL_QUORUM, request_timeout=30
    )
    client = Cluster(
        [pod["status"]["podIP"] for pod in pods["items"]],
        PORT,
        auth_provider=PlainTextAuthProvider(*superuser(cluster, datacenter)),
        execution_profiles={EXEC_PROFILE_DEFAULT: profile},
        protocol_version=5,
        reconnection_policy=ConstantReconnectionPolicy(2, max_attempts=None),
        connect_timeout=60,
        control_connection_timeout=60,
        idle_heartbeat_interval=5,
        idle_heartbeat_timeout=5,
    )
    return client, client.connect()
