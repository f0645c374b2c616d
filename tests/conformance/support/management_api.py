"""What the management API of Cassandra's nodes answers about keyspaces, for all nodes of all clusters of a run."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.lab.layout import MOST_CLUSTERS, Cluster
from tests.lab.steps import run

Replication = dict[str, str]
_STRATEGY = "org.apache.cassandra.locator."
_LOCAL = ("system", "system_schema")
_SIMPLE = ("system_auth", "system_distributed", "system_traces", "dse_leases", "dse_perf", "dse_security")
_VERSION = "e84b6a60-24cf-30ca-9b58-452d92911703"


class Nodes:
    """The addresses of all nodes, and the keyspaces of the clusters that they belong to."""

    def __init__(self, network: str) -> None:
        self._network = network
        self._clusters: dict[str, str] = {}
        self._keyspaces: dict[str, dict[str, Replication]] = {}
        self.port = 0

    def join(self, cluster: str) -> str:
        """The address of a new node of a cluster."""
        number = len(self._clusters) + 1
        address = f"{self._network}.{number // 250}.{number % 250 + 1}"
        self._clusters[address] = cluster
        self._keyspaces.setdefault(cluster, _before())
        return address

    def keyspaces(self, cluster: str) -> dict[str, Replication]:
        """The keyspaces of a cluster, each with its replication."""
        return self._keyspaces.get(cluster, {})

    def at(self, address: str) -> dict[str, Replication]:
        return self._keyspaces[self._clusters[address]]


def _before() -> dict[str, Replication]:
    """What a new Cassandra has before anybody alters it."""
    local = {name: {"class": f"{_STRATEGY}LocalStrategy"} for name in _LOCAL}
    return local | {name: {"class": f"{_STRATEGY}SimpleStrategy", "replication_factor": "1"} for name in _SIMPLE}


def answer(keyspaces: dict[str, Replication], path: str, asked: dict[str, Any]) -> Any:
    """What a node answers; it changes the cluster's keyspaces when it is told to. Raises KeyError for what no node knows."""
    place, _mark, query = path.partition("?")
    name = parse_qs(query).get("keyspaceName", [""])[0]
    if place == "/api/v1/ops/node/schema/versions":
        return {_VERSION: ["10.0.0.1"]}
    if place == "/api/v0/ops/keyspace":
        return [each for each in keyspaces if name in ("", each)]
    if place == "/api/v0/ops/keyspace/replication":
        return keyspaces[name]
    if place in ("/api/v0/ops/keyspace/create", "/api/v0/ops/keyspace/alter"):
        settings = {each["dc_name"]: each["replication_factor"] for each in asked["replication_settings"]}
        keyspaces[asked["keyspace_name"]] = {"class": f"{_STRATEGY}NetworkTopologyStrategy", **settings}
        return "OK"
    raise KeyError(urlsplit(path).path)


@contextmanager
def serving(cluster: Cluster) -> Iterator[Nodes]:
    """Answer for all addresses that the lab's last, absent cluster would give to its pods: every cluster has a route there."""
    absent = cluster.neighbour(MOST_CLUSTERS)
    nodes = Nodes(absent.pod_network.removesuffix(".0.0/16"))
    server = ThreadingHTTPServer(("", 0), _handling(nodes))
    nodes.port = server.server_address[1]
    doing = "giving this host the addresses of Cassandra's nodes"
    run(["ip", "addr", "replace", f"{absent.address}/24", "dev", cluster.bridge], doing=doing)
    run(["ip", "route", "replace", "local", absent.pod_network, "dev", "lo"], doing=doing)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield nodes
    finally:
        server.shutdown()
        server.server_close()
        run(["ip", "route", "del", "local", absent.pod_network, "dev", "lo"], doing="taking the addresses of Cassandra's nodes away")
        run(["ip", "addr", "del", f"{absent.address}/24", "dev", cluster.bridge], doing="taking the addresses of Cassandra's nodes away")


def _handling(nodes: Nodes) -> type[BaseHTTPRequestHandler]:
    class Node(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._reply({})

        def do_POST(self) -> None:
            self._reply(json.loads(self.rfile.read(int(self.headers["Content-Length"])) or b"{}"))

        def _reply(self, asked: dict[str, Any]) -> None:
            try:
                status, said = 200, json.dumps(answer(nodes.at(self.connection.getsockname()[0]), self.path, asked)).encode()
            except KeyError as unknown:
                status, said = 404, f"no node here knows {unknown}".encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_words: object) -> None:
            """Says nothing: the operator asks hundreds of times."""

    return Node
