# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where each datacenter of a K8ssandraCluster stands, out of what its context and the control plane say of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from .causes import Cause, causes_of, pods_of
from .names import cassandra_name
from .nodes import Node, nodes_of
from .objects import Object
from .readings import ClusterReading, ContextReading, condition, holds, is_of, name_of, namespace_of, status_of
from .reapers import reaper_found, service_state, wants_reaper

REBUILD_ANNOTATION = "k8ssandra.io/rebuild-dc"
# What cass-operator is doing, by the condition that says so, the most telling first.
_ACTIVITIES = {
    "Decommission": "being decommissioned", "ReplacingNodes": "replacing nodes", "ScalingUp": "scaling up", "ScalingDown": "scaling down",
    "ResizingVolumes": "resizing volumes", "RollingRestart": "restarting", "Resuming": "starting again", "Updating": "updating",
}  # fmt: skip


@dataclass(frozen=True)
class Rebuild:
    """The streaming of existing data into a new datacenter: the CassandraTask `<datacenter>-rebuild`."""

    state: str
    succeeded: int = 0
    failed: int = 0


@dataclass(frozen=True)
class Datacenter:
    """One datacenter.

    Args:
        name: the CassandraDatacenter's name; `cassandra_name` is what Cassandra calls it.
        context, namespace: where it is.
        size: how many nodes are wanted.
        stopped: its nodes are wanted shut down.
        wanted: the K8ssandraCluster asks for it; otherwise it is on its way out.
        known_from: whose word this is: `data plane`, `control plane` when its context was not given or not reached, or `nothing`.
        ready: it is as wanted, rebuild included.
        settled: cass-operator has nothing left to do for it.
        state: where it stands, a few words.
        nodes: by name.
        nodes_up: how many serve; None when that is not known.
        decommission: upstream's `decommissionProgress`.
        rebuild: None when there is none.
        requires_update: cass-operator, after an upgrade of itself, holds back a change of the nodes until it is allowed.
        reaper, stargate: empty when not wanted here, else `ready`, `missing`, `unknown` or upstream's progress.
        reaper_causes: what keeps Reaper from running, hopeless ones first; known only where the collection distributes it.
        causes: what keeps it from coming up, hopeless ones first.
    """

    name: str
    cassandra_name: str
    context: str
    namespace: str
    size: int
    stopped: bool = False
    wanted: bool = True
    known_from: str = "nothing"
    ready: bool = False
    settled: bool = False
    state: str = "not created yet"
    nodes: tuple[Node, ...] = ()
    nodes_up: int | None = None
    decommission: str = ""
    rebuild: Rebuild | None = None
    requires_update: bool = False
    reaper: str = ""
    stargate: str = ""
    reaper_causes: tuple[Cause, ...] = ()
    causes: tuple[Cause, ...] = ()

    @property
    def line(self) -> str:
        """Where it stands, as a line of progress."""
        return f"{self.context} {self.name}: {'?' if self.nodes_up is None else self.nodes_up}/{self.size} nodes up, {self.state}"

    @property
    def sentence(self) -> str:
        """Where it stands, with the first cause if there is one."""
        count = f"{self.nodes_up} of {self.size} nodes up, " if self.nodes_up is not None else ""
        why = f": {self.causes[0].what}" if self.causes else ""
        return f"{self.context} {self.name}: {count}{self.state}{why}"

    @property
    def reaper_sentence(self) -> str:
        """That Reaper is not ready, with the first cause if there is one."""
        why = f": {self.reaper_causes[0].what}" if self.reaper_causes else ""
        return f"{self.context} {self.name}: Reaper is not ready ({self.reaper}){why}"

    def describe(self) -> dict[str, Any]:
        """The datacenter as a module returns it."""
        shown = ("name", "cassandra_name", "context", "namespace", "size", "stopped", "wanted", "known_from", "ready", "state", "nodes_up")
        rebuild = vars(self.rebuild) if self.rebuild else None
        return {
            **{field: getattr(self, field) for field in shown},
            "decommission": self.decommission,
            "rebuild": dict(rebuild) if rebuild else None,
            "requires_update": self.requires_update,
            "reaper": self.reaper,
            "stargate": self.stargate,
            "causes": [cause.what for cause in self.causes],
            "nodes": [dict(vars(node)) for node in self.nodes],
        }


def datacenters_of(reading: ClusterReading, now: float) -> tuple[Datacenter, ...]:
    """Every datacenter, those asked for in the order of the spec, then those on their way out.

    Without the K8ssandraCluster, the datacenters are those that the data planes hold of it. `now` is in seconds since 1970.
    """
    if reading.cluster is None:
        return tuple(_found(reading, now))
    datacenters: list[Datacenter] = []
    for template in templates(reading.cluster):
        datacenter = _filled(reading, _asked_for(reading, template), now)
        if reading.direct and datacenter.reaper:
            state, causes = reaper_found(reading, datacenter.context, datacenter.namespace, datacenter.cassandra_name, now)
            datacenter = replace(datacenter, reaper=state, reaper_causes=causes)
        waits_for = next((before.name for before in datacenters if not before.ready), "")
        if waits_for and datacenter.state == "not created yet":
            datacenter = replace(datacenter, state=f"waiting for {waits_for}")
        datacenters.append(datacenter)
    return (*datacenters, *_leaving(reading, {datacenter.name for datacenter in datacenters}, now))


def templates(cluster: Object) -> list[Mapping[str, Any]]:
    """The entries of `spec.cassandra.datacenters`."""
    return list((cluster["spec"].get("cassandra") or {}).get("datacenters") or ())


def rolled_up(cluster: Object | None, name: str) -> Mapping[str, Any]:
    """What a K8ssandraCluster's status says of one datacenter."""
    return (status_of(cluster).get("datacenters") or {}).get(name) or {}


def _asked_for(reading: ClusterReading, template: Mapping[str, Any]) -> Datacenter:
    metadata, context = template["metadata"], template.get("k8sContext") or ""
    cluster = reading.cluster or {}
    spec, name = cluster["spec"], metadata["name"]
    copy, stopped = rolled_up(cluster, name), bool(template.get("stopped"))
    wants_stargate = spec.get("stargate") is not None or template.get("stargate") is not None
    return Datacenter(
        name=name,
        cassandra_name=cassandra_name(template),
        context=context or reading.control_plane.context,
        namespace=metadata.get("namespace") or reading.namespace,
        size=int(template.get("size") or 0),
        stopped=stopped,
        reaper=service_state(copy.get("reaper")) if wants_reaper(cluster, name) and not stopped else "",
        stargate=service_state(copy.get("stargate")) if wants_stargate and not stopped else "",
    )


def _leaving(reading: ClusterReading, wanted: set[str], now: float) -> Iterator[Datacenter]:
    for name, copy in sorted((status_of(reading.cluster).get("datacenters") or {}).items()):
        if name in wanted:
            continue
        context = copy.get("contextName") or reading.control_plane.context
        asked = reading.context(context)
        there = [dc for dc in asked.of("CassandraDatacenter") if is_of(dc, reading.name, reading.namespace)] if asked else []
        body: Object = next((dc for dc in there if name_of(dc) == name), {})
        going = "Decommissioning" if holds(body, "Decommission") else ""
        progress, size = str(copy.get("decommissionProgress") or going), int((body.get("spec") or {}).get("size", 0))
        namespace = namespace_of(body) or str(copy.get("namespace") or reading.namespace)
        plain = Datacenter(name, name, context, namespace, size, wanted=False)
        filled = _filled(reading, plain, now)
        yield replace(filled, ready=False, decommission=progress, state=f"being removed{f' ({progress})' if progress else ''}")


def _found(reading: ClusterReading, now: float) -> Iterator[Datacenter]:
    for context in reading.contexts:
        owned = [body for body in context.of("CassandraDatacenter") if is_of(body, reading.name, reading.namespace)]
        for body in sorted(owned, key=name_of):
            spec, name = body["spec"], name_of(body)
            size, stopped = int(spec.get("size", 0)), bool(spec.get("stopped"))
            plain = Datacenter(name, spec.get("datacenterName") or name, context.context, namespace_of(body), size, stopped)
            yield _filled(reading, plain, now)


def _filled(reading: ClusterReading, plain: Datacenter, now: float) -> Datacenter:
    """The datacenter with what its context, or else the control plane, says of it."""
    asked, copy = reading.context(plain.context), rolled_up(reading.cluster, plain.name).get("cassandra") or {}
    if asked is None or not asked.reachable:
        known = replace(plain, known_from="control plane" if copy else "nothing", nodes=nodes_of(None, copy))
        if asked is not None:
            return replace(known, state=f"unknown, {asked.context} is unreachable")
        return _judged(known, {"status": copy}, reading) if copy else known
    body = asked.find("CassandraDatacenter", plain.name, plain.namespace)
    if body is None:
        return replace(plain, known_from="data plane", nodes_up=0)
    nodes = nodes_of(pods_of(asked, plain.name, plain.namespace), status_of(body))
    up = sum(1 for node in nodes if node.ready)
    known = replace(plain, known_from="data plane", nodes=nodes, nodes_up=up, rebuild=_rebuild(asked, plain))
    judged = _judged(known, body, reading)
    return judged if judged.ready else replace(judged, causes=causes_of(asked, plain.name, plain.namespace, now))


def _rebuild(asked: ContextReading, datacenter: Datacenter) -> Rebuild | None:
    task = asked.find("CassandraTask", f"{datacenter.name}-rebuild", datacenter.namespace)
    if task is None:
        return None
    status = status_of(task)
    succeeded, failed = int(status.get("succeeded") or 0), int(status.get("failed") or 0)
    over = bool(status.get("completionTime")) or condition(status, "Complete").get("status") == "True"
    return Rebuild("failed" if failed else "complete" if over else "running", succeeded, failed)


def _judged(datacenter: Datacenter, body: Object, reading: ClusterReading) -> Datacenter:
    """With `ready` and `state`: upstream's `DatacenterReady` and `DatacenterStopped`, and what those overlook."""
    datacenter = replace(datacenter, requires_update=holds(body, "RequiresUpdate"))
    state = _unsettled(datacenter, body)
    datacenter = replace(datacenter, settled=not state)
    if state or datacenter.stopped:
        return replace(datacenter, ready=not state, state=state or "stopped")
    if datacenter.rebuild and datacenter.rebuild.state == "failed":
        return replace(datacenter, state=f"rebuild failed on {datacenter.rebuild.failed} of {datacenter.size} nodes")
    if datacenter.rebuild and datacenter.rebuild.state == "running":
        return replace(datacenter, state="rebuild running")
    annotations = (reading.cluster or {}).get("metadata", {}).get("annotations") or {}
    if annotations.get(REBUILD_ANNOTATION) == datacenter.name:
        return replace(datacenter, state="waiting for rebuild")
    return replace(datacenter, ready=True, state="ready")


def _unsettled(datacenter: Datacenter, body: Object) -> str:
    """What cass-operator still has to do, a few words; empty when nothing."""
    metadata, status, spec = body.get("metadata") or {}, status_of(body), body.get("spec") or {}
    if metadata.get("deletionTimestamp"):
        return "being removed"
    settled = holds(status, "Stopped" if datacenter.stopped else "Ready") and status.get("cassandraOperatorProgress") == "Ready"
    if settled and metadata.get("generation", 0) > status.get("observedGeneration", 0):
        return "a change has not been taken up by cass-operator yet"
    if settled and spec and spec.get("size") != datacenter.size:
        return f"the change to {datacenter.size} nodes has not begun yet"
    if settled and not datacenter.stopped and datacenter.nodes_up is not None and datacenter.nodes_up < datacenter.size:
        return "a node is down"
    if settled:
        return ""
    doing = next((words for name, words in _ACTIVITIES.items() if holds(status, name)), "")
    return doing or ("stopping" if datacenter.stopped else "starting")
