# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All that keeps a K8ssandraCluster from being ready, in the order in which a person would look for it.

Generation and `CassandraInitialized` are looked at last although they come first in upstream's passes: the operator sets them at
the end of a complete pass, so until then something else says better what the pass waits for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .datacenters import REBUILD_ANNOTATION, Datacenter
from .objects import Object, ref_of
from .operators import K8SSANDRA, Certificate, Operator
from .readings import ClusterReading, holds, status_of

_ALLOWED = "k8ssandra.io/autoupdate-spec"
_ALLOW = "allow it at a good time: apply_updates: once of k8ssandra_cluster, one datacenter after the other, which may restart nodes"
Certificates = Sequence[tuple[str, Certificate]]


@dataclass(frozen=True)
class Problem:
    """Something that is not as it should be.

    Args:
        sentence: what, in one sentence that names the context and the object.
        context: where it is to be mended.
        advice: what to do about it; empty for the usual advice.
        hopeless: waiting cannot help.
        held: nothing is broken; an operator that was upgraded waits for leave to change the datacenters.
    """

    sentence: str
    context: str
    advice: str = ""
    hopeless: bool = False
    held: bool = False


def problems_of(
    reading: ClusterReading, datacenters: Sequence[Datacenter], operators: Sequence[Operator], certificates: Certificates, now: float
) -> Iterator[Problem]:
    """Every problem, the first blocking one first. `now` is in seconds since 1970."""
    yield from _of_presence(reading)
    for remote in reading.remotes:
        if not remote.reachable:
            yield Problem(f"{remote.context} unreachable: {remote.cause}", remote.context)
    yield from _of_operators(reading, operators)
    if reading.cluster is not None:
        yield from _of_cluster(reading, reading.cluster, datacenters)
    yield from _of_log_ins(reading, certificates, now)


def _of_presence(reading: ClusterReading) -> Iterator[Problem]:
    context, cause = reading.control_plane.context, reading.control_plane.cause
    where = f"K8ssandraCluster {reading.namespace}/{reading.name}"
    if cause:
        yield Problem(f"control plane {context} unreachable: {cause}", context)
    elif not reading.installed:
        what = f"{context}: {K8SSANDRA} is not installed, the cluster does not serve K8ssandraClusters"
        yield Problem(what, context, "install the operators in the control plane first")
    elif reading.cluster is None:
        yield Problem(f"{context}: there is no {where}", context, "deploy the cluster first", hopeless=True)
    elif reading.cluster["metadata"].get("deletionTimestamp"):
        yield Problem(f"{context}: {where} is being removed", context, "deploy it again when it is gone", hopeless=True)


def _of_operators(reading: ClusterReading, operators: Sequence[Operator]) -> Iterator[Problem]:
    for context in reading.remotes if reading.installed else ():
        if "CassandraDatacenter" in context.not_served:
            what = f"{context.context}: the operators are not installed, the cluster does not serve CassandraDatacenters"
            yield Problem(what, context.context, "install the operators there first")
    for operator in operators:
        if operator.problem():
            yield Problem(operator.problem(), operator.context)
    here = [operator for operator in operators if operator.operator == K8SSANDRA and operator.context == reading.control_plane.context]
    if here and not reading.direct and not any(operator.control_plane for operator in here):
        yield Problem(
            f"{reading.control_plane.context}: {K8SSANDRA} runs in data plane mode, so nobody reconciles K8ssandraClusters",
            reading.control_plane.context,
            "set K8SSANDRA_CONTROL_PLANE to true on its Deployment",
        )


def _of_cluster(reading: ClusterReading, cluster: Object, datacenters: Sequence[Datacenter]) -> Iterator[Problem]:
    """The eight points of a complete reconciliation (k8ssandra-operator v1.26.0, `k8ssandracluster_controller.go`)."""
    context, status, metadata = reading.control_plane.context, status_of(cluster), cluster["metadata"]
    where = f"{context}: K8ssandraCluster {metadata['name']}"
    error = status.get("error") or "None"
    if error != "None":
        yield Problem(f"{where}: the operator reports: {error}", context)
    yield from _of_datacenters(datacenters)
    annotations = metadata.get("annotations") or {}
    generation, observed = metadata.get("generation", 0), status.get("observedGeneration", 0)
    rebuilding = annotations.get(REBUILD_ANNOTATION)
    if rebuilding and all(datacenter.ready for datacenter in datacenters if datacenter.name == rebuilding):
        yield Problem(f"{where}: the rebuild of {rebuilding} has not ended yet", context)
    if holds(status, "RequiresUpdate"):
        names = ", ".join(datacenter.name for datacenter in datacenters if datacenter.wanted)
        what = f"{where}: an upgrade of the operator wants to change the datacenters and has to be allowed to ({names})"
        # Upstream's `AllowUpdate`: a new generation or the annotation. Without either, nothing will ever happen.
        held = generation == observed and _ALLOWED not in annotations
        yield Problem(what, context, _ALLOW, held, held)
    for datacenter in datacenters:
        if datacenter.requires_update:
            what = f"{datacenter.context} {datacenter.name}: an upgrade of cass-operator wants to change its nodes and has to be allowed to"
            more, advice = _of_task(reading, f"refresh-{generation}-{observed}")
            yield Problem(what + more, datacenter.context, advice, held=_ALLOWED not in annotations)
    if not holds(status, "CassandraInitialized"):
        yield Problem(f"{where}: Cassandra has not been initialized yet", context)
    if generation != observed and reading.direct:
        yield Problem(f"{where}: what was asked for last has not been carried out to its end yet", context, "run k8ssandra_cluster again")
    elif generation != observed:
        yield Problem(f"{where}: the operator has not carried out generation {generation} yet (the last one was {observed})", context)


def _of_task(reading: ClusterReading, name: str) -> tuple[str, str]:
    """How upstream's task stands in the way of an update that cass-operator holds back, if it does, and what to do to let that through.

    The operator lets cass-operator go on by a task of this name, for ``once`` as for ``always``, and makes none while there is one:
    what has ended is done (k8ssandra-operator v1.26.0 `controllers/k8ssandra/datacenters.go`).
    """
    task = reading.control_plane.find("K8ssandraTask", name, reading.namespace)
    if task is None or not status_of(task).get("completionTime"):
        return "", _ALLOW
    context, ref = reading.control_plane.context, ref_of(task)
    more = f", and {ref} of {context} has run already: upstream runs no other for this generation"
    return more, f"remove {ref} in {context}, then {_ALLOW}"


def _of_datacenters(datacenters: Sequence[Datacenter]) -> Iterator[Problem]:
    for datacenter in datacenters:
        cause = datacenter.causes[0] if datacenter.causes else None
        failed = datacenter.rebuild is not None and datacenter.rebuild.state == "failed"
        if not datacenter.ready:
            advice = cause.advice if cause else "read the server's log, then rebuild its nodes again" if failed else ""
            yield Problem(datacenter.sentence, datacenter.context, advice, failed or bool(cause and cause.hopeless))
    for datacenter in datacenters:
        if datacenter.ready and datacenter.reaper not in ("", "ready"):
            cause = datacenter.reaper_causes[0] if datacenter.reaper_causes else None
            known = (cause.advice, cause.hopeless) if cause else ()
            yield Problem(datacenter.reaper_sentence, datacenter.context, *known)
        if datacenter.ready and datacenter.stargate not in ("", "ready"):
            what = f"{datacenter.context} {datacenter.name}: Stargate is not ready ({datacenter.stargate})"
            yield Problem(what, datacenter.context)


def _of_log_ins(reading: ClusterReading, certificates: Certificates, now: float) -> Iterator[Problem]:
    for credential in reading.credentials:
        problem = credential.problem(now)
        if problem:
            where = f"{reading.control_plane.context}: ClientConfig {credential.client_config} for {credential.context}"
            yield Problem(f"{where}: {problem}", reading.control_plane.context, "register the context again")
    for context, certificate in certificates:
        if certificate.problem(now):
            yield Problem(f"{context}: {certificate.problem(now)}", context, "look at the Certificate and its issuer")
