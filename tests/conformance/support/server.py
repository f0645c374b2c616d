"""One API server of the lab, as the judge uses it: many small requests over one connection a thread."""

from __future__ import annotations

import contextlib
import http.client
import json
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from tests.lab.layout import Cluster

Object = dict[str, Any]
MERGE = "application/merge-patch+json"
_TIMEOUT = 30.0
_ATTEMPTS = 5


@dataclass(frozen=True)
class Resource:
    """Where objects of a kind are kept."""

    kind: str
    version: str
    plural: str

    def path(self, namespace: str = "", name: str = "") -> str:
        """The path of a namespace's objects, of one object, or of all in the cluster."""
        root = f"/apis/{self.version}" if "/" in self.version else f"/api/{self.version}"
        place = f"/namespaces/{namespace}" if namespace else ""
        return f"{root}{place}/{self.plural}{f'/{name}' if name else ''}"


DATACENTER = Resource("CassandraDatacenter", "cassandra.datastax.com/v1beta1", "cassandradatacenters")
TASK = Resource("CassandraTask", "control.k8ssandra.io/v1alpha1", "cassandratasks")
REAPER = Resource("Reaper", "reaper.k8ssandra.io/v1alpha1", "reapers")
CLUSTER = Resource("K8ssandraCluster", "k8ssandra.io/v1alpha1", "k8ssandraclusters")
MEDUSA = Resource("MedusaConfiguration", "medusa.k8ssandra.io/v1alpha1", "medusaconfigurations")
NAMESPACE = Resource("Namespace", "v1", "namespaces")
POD = Resource("Pod", "v1", "pods")
SECRET = Resource("Secret", "v1", "secrets")
CONFIG_MAP = Resource("ConfigMap", "v1", "configmaps")
SLICE = Resource("EndpointSlice", "discovery.k8s.io/v1", "endpointslices")
CRON_JOB = Resource("CronJob", "batch/v1", "cronjobs")
MONITOR = Resource("ServiceMonitor", "monitoring.coreos.com/v1", "servicemonitors")

# What a control plane distributes: everything of these kinds is compared.
DISTRIBUTED = (SECRET, CONFIG_MAP, SLICE, DATACENTER, CRON_JOB, MONITOR, REAPER, TASK)
RESOURCES = {each.kind: each for each in (*DISTRIBUTED, CLUSTER, MEDUSA, NAMESPACE, POD)}


def path_of(body: Object) -> str:
    """Where an object is."""
    return RESOURCES[body["kind"]].path(body["metadata"]["namespace"], body["metadata"]["name"])


class RefusedError(Exception):
    """The API server said no; `status` is its HTTP status."""

    def __init__(self, doing: str, status: int, text: str) -> None:
        super().__init__(f"{doing}: {status} {text}")
        self.status = status


class Server:
    """One cluster's API server. Every method raises RefusedError when the server refuses, OSError when it cannot be reached."""

    def __init__(self, cluster: Cluster) -> None:
        pki = cluster.folder / "pki"
        self.context = cluster.name
        self._host = cluster.address
        self._trust = ssl.create_default_context(cafile=str(pki / "ca.crt"))
        self._trust.load_cert_chain(pki / "lab-admin.crt", pki / "lab-admin.key")
        self._own = threading.local()
        self._connections: list[http.client.HTTPSConnection] = []
        self.closed = False

    def get(self, path: str) -> Object:
        return self._ask("GET", path)

    def find(self, path: str) -> Object | None:
        """One object, or None when there is none."""
        try:
            return self._ask("GET", path)
        except RefusedError as refused:
            if refused.status != http.client.NOT_FOUND:
                raise
            return None

    def create(self, body: Object, *, dry_run: bool = False) -> Object:
        """Make an object, or learn what would be stored."""
        query = "?dryRun=All" if dry_run else ""
        return self._ask("POST", RESOURCES[body["kind"]].path(body["metadata"].get("namespace", "")) + query, body)

    def store(self, body: Object, replacing: Callable[[Object], Object], *, dry_run: bool = False) -> Object:
        """Make an object, or put in the place of the live one what is made of that; or learn what would be stored.

        Again where somebody writes a status in between. Raises RefusedError.
        """
        attempts = _ATTEMPTS
        while live := self.find(path_of(body)):
            attempts -= 1
            try:
                return self._ask("PUT", path_of(body) + ("?dryRun=All" if dry_run else ""), replacing(live))
            except RefusedError as refused:
                if refused.status != http.client.CONFLICT or not attempts:
                    raise
        return self.create(body, dry_run=dry_run)

    def patch(self, path: str, body: Object) -> Object:
        """Merge values into an object."""
        return self._ask("PATCH", path, body, MERGE)

    def delete(self, path: str) -> None:
        """Delete an object at once; one that is gone is fine."""
        with contextlib.suppress(RefusedError):
            self._ask("DELETE", f"{path}?gracePeriodSeconds=0")

    def close(self) -> None:
        """Ask nothing more; whoever watches ends in peace when the server goes."""
        self.closed = True
        for connection in self._connections:
            connection.close()

    def watch(self, path: str) -> Iterator[Object]:
        """What is there, then each object again whenever it changes, until the server goes that was closed."""
        while not self.closed:
            try:
                yield from self._watched(path)
            except (OSError, http.client.HTTPException):
                if not self.closed:
                    raise

    def _watched(self, path: str) -> Iterator[Object]:
        found = self._ask("GET", path)
        yield from found["items"]
        query = {"watch": "1", "resourceVersion": found["metadata"]["resourceVersion"], "timeoutSeconds": "3600"}
        connection = self._connect(timeout=None)
        with contextlib.closing(connection):
            connection.request("GET", f"{path}?{urlencode(query)}")
            for line in connection.getresponse():
                event = json.loads(line)
                if event["type"] == "ERROR":
                    return
                if event["type"] != "DELETED":
                    yield event["object"]

    def _ask(self, method: str, path: str, body: Object | None = None, kind: str = "application/json") -> Object:
        sent = None if body is None else json.dumps(body).encode()
        for attempt in (1, 2):
            connection = getattr(self._own, "connection", None)
            if connection is None:
                connection = self._own.connection = self._connect(_TIMEOUT)
                self._connections.append(connection)
            try:
                connection.request(method, path, sent, {"Content-Type": kind})
                answer = connection.getresponse()
                content = answer.read()
                break
            except (OSError, http.client.HTTPException):
                # A server closes a connection that has been idle.
                connection.close()
                self._own.connection = None
                if attempt == 2:
                    raise
        if answer.status >= http.client.MULTIPLE_CHOICES:
            raise RefusedError(f"{method} {path} in context {self.context}", answer.status, _message(content))
        found: Object = json.loads(content)
        return found

    def _connect(self, timeout: float | None) -> http.client.HTTPSConnection:
        return http.client.HTTPSConnection(self._host, 6443, timeout=timeout, context=self._trust)


def _message(content: bytes) -> str:
    """Why a server refuses; of a kind that it does not know it says so in plain text."""
    try:
        return str(json.loads(content).get("message", ""))
    except ValueError:
        return content.decode(errors="replace").strip()
