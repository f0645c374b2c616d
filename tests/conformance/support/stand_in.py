"""Does what cass-operator, Cassandra's nodes and the operators of data planes would have done, as far as a control plane looks at it."""

from __future__ import annotations

import http.client
import re
import threading
import time
from collections.abc import Callable, Mapping

from .management_api import Nodes
from .server import DATACENTER, POD, REAPER, TASK, Object, RefusedError, Server

_LABEL = "cassandra.datastax.com"
_MOST_NODES = 2
_NOW = "2026-01-01T00:00:00Z"


class StandIn:
    """Watches the datacenters, Reapers and tasks of all clusters, and lets each of them succeed."""

    def __init__(self, servers: Mapping[str, Server], nodes: Nodes) -> None:
        self._servers = servers
        self._nodes = nodes
        self._addresses: dict[tuple[str, str, str], tuple[str, ...]] = {}
        self.failure = ""

    def start(self) -> None:
        """Begin to watch, in threads that end with the process."""
        roles = {DATACENTER: self._run_datacenter, REAPER: self._run_reaper, TASK: self._run_task}
        for server in self._servers.values():
            for resource, play in roles.items():
                threading.Thread(target=self._follow, args=(server, resource.path(), play), daemon=True).start()

    def seeds(self, context: str, namespace: str, name: str) -> tuple[str, ...]:
        """The addresses of a datacenter's seed nodes."""
        return self._addresses.get((context, namespace, name), ())

    def _follow(self, server: Server, path: str, play: Callable[[Server, Object], None]) -> None:
        try:
            for found in server.watch(path):
                try:
                    play(server, found)
                except RefusedError as refused:
                    # It went before we came to it: its input is judged.
                    if refused.status != http.client.NOT_FOUND:
                        raise
        except Exception as error:
            if server.closed:
                return
            self.failure = f"standing in at {path} of {server.context}: {error!r}"
            raise

    def _run_datacenter(self, server: Server, found: Object) -> None:
        metadata, spec, status = found["metadata"], found["spec"], found.get("status", {})
        stopped, generation = bool(spec.get("stopped")), metadata["generation"]
        if status.get("observedGeneration") == generation or "deletionTimestamp" in metadata:
            return
        self._stop_nodes(server, found) if stopped else self._start_nodes(server, found)
        states = {"Ready": not stopped, "Stopped": stopped, "Initialized": True}
        # A datacenter that has never run is not initialized.
        if stopped and not status:
            states["Initialized"] = False
        now = {
            "conditions": [_condition(name, holds) for name, holds in states.items()],
            "cassandraOperatorProgress": "Ready",
            "observedGeneration": generation,
            "datacenterName": metadata["name"],
            "nodeStatuses": {},
        }
        server.patch(f"{DATACENTER.path(metadata['namespace'], metadata['name'])}/status", {"status": now})

    def _start_nodes(self, server: Server, found: Object) -> None:
        metadata = found["metadata"]
        key = (server.context, metadata["namespace"], metadata["name"])
        if self._addresses.get(key):
            return
        owner = metadata["labels"]
        cluster = f"{owner.get('k8ssandra.io/cluster-namespace')}/{owner.get('k8ssandra.io/cluster-name')}"
        addresses = tuple(self._nodes.join(cluster) for _node in range(min(found["spec"]["size"], _MOST_NODES)))
        for number, address in enumerate(addresses):
            self._start_node(server, found, number, address)
        self._addresses[key] = addresses

    def _stop_nodes(self, server: Server, found: Object) -> None:
        metadata = found["metadata"]
        for number in range(_MOST_NODES):
            server.delete(POD.path(metadata["namespace"], f"{metadata['name']}-{number}"))
        self._addresses.pop((server.context, metadata["namespace"], metadata["name"]), None)

    def _start_node(self, server: Server, found: Object, number: int, address: str) -> None:
        """A node is a Pod that no scheduler takes, and whose status says that it runs."""
        namespace, name = found["metadata"]["namespace"], found["metadata"]["name"]
        labels = {"cluster": label_value(found["spec"]["clusterName"]), "datacenter": name, "rack": "default", "seed-node": "true"}
        port = {"name": "mgmt-api-http", "containerPort": self._nodes.port}
        pod = {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {
                "namespace": namespace,
                "name": f"{name}-{number}",
                "labels": {f"{_LABEL}/{key}": value for key, value in labels.items()},
            },
            "spec": {"schedulerName": "nobody", "containers": [{"name": "cassandra", "image": "none", "ports": [port]}]},
        }
        _eventually(lambda: server.create(pod))
        container = {"name": "cassandra", "ready": True, "restartCount": 0, "image": "none", "imageID": "", "state": {"running": {}}}
        status = {"phase": "Running", "podIP": address, "podIPs": [{"ip": address}], "containerStatuses": [container]}
        server.patch(f"{POD.path(namespace, pod['metadata']['name'])}/status", {"status": status})

    def _run_reaper(self, server: Server, found: Object) -> None:
        conditions = found.get("status", {}).get("conditions", [])
        # A Reaper without a datacenter is somebody's own: upstream's operator runs it, or not.
        if any(each["type"] == "Ready" and each["status"] == "True" for each in conditions) or not found["spec"].get("datacenterRef"):
            return
        status = {"progress": "Running", "conditions": [_condition("Ready", True)]}
        server.patch(f"{REAPER.path(found['metadata']['namespace'], found['metadata']['name'])}/status", {"status": status})

    def _run_task(self, server: Server, found: Object) -> None:
        metadata = found["metadata"]
        if found.get("status", {}).get("completionTime"):
            return
        nodes = int(metadata.get("labels", {}).get("k8ssandra.io/rebuild-nodes", "1"))
        status = {"succeeded": nodes, "startTime": _NOW, "completionTime": _NOW}
        server.patch(f"{TASK.path(metadata['namespace'], metadata['name'])}/status", {"status": status})


def label_value(text: str) -> str:
    """A name as cass-operator writes it into a label (`CleanLabelValue`, v1.28.0)."""
    return "".join(found.group(0) for found in re.finditer(r"([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]", text.replace(" ", "")))


def _condition(name: str, holds: bool) -> Object:
    return {"type": name, "status": str(holds), "reason": "", "message": "", "lastTransitionTime": _NOW}


def _eventually(make: Callable[[], Object]) -> None:
    """A namespace that has just been made has no service account for a moment, and refuses pods."""
    for _attempt in range(50):
        try:
            make()
            return
        except RefusedError as refused:
            if refused.status == 409:
                return
            if refused.status != 403:
                raise
        time.sleep(0.2)
