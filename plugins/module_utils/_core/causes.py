# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Why a datacenter does not come up, where its pods and volumes say so, and whether waiting could still help.

Much of what looks fatal mends itself: a registry hiccups, an autoscaler adds a machine. So a cause is hopeless only after it has
lasted, by the timestamps of the objects that show it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .names import clean_label_value
from .objects import Object
from .readings import ContextReading, condition, labels_of, name_of, namespace_of, status_of
from .times import instant

DATACENTER_LABEL = "cassandra.datastax.com/datacenter"

# Seconds for which a cause has to last until it is hopeless.
IMAGE_PATIENCE = 60.0
SCHEDULING_PATIENCE = 120.0
NODE_PATIENCE = 900.0
VOLUME_PATIENCE = 60.0
REFUSAL_PATIENCE = 60.0
CONFIGURATION_PATIENCE = 120.0
# Seconds for which a crash is fresh.
CRASH_PATIENCE = 60.0
# A Cassandra node that starts before its seeds may fail once or twice; after five restarts kubelet waits minutes between tries.
CRASHES = 5

# What cluster-autoscaler and Karpenter say of a pod for which they bring a node.
NODE_COMES = ("TriggeredScaleUp", "Nominated")

_IMAGE = ("ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull", "RegistryUnavailable", "ImageInspectError")
_CONFIGURATION = ("CreateContainerConfigError", "CreateContainerError", "RunContainerError")
_REFUSALS = {
    "exceeded quota": "raise the ResourceQuota of the namespace, or ask for less",
    "failed quota": "give the containers it names what the quota counts, in containers and initContainers or by a LimitRange",
    "violates PodSecurity": "allow the pod in the namespace's pod security level",
    "per Container": "change the LimitRange of the namespace, or the resources asked for",
    "per Pod": "change the LimitRange of the namespace, or the resources asked for",
    "denied the request": "change what the webhook refuses",
    "is forbidden": "grant what is refused",
}
# As the StatefulSets' controller says it of a pod, and of a pod's claim (Kubernetes, `recordPodEvent` and `recordClaimEvent`).
_REFUSED_POD = re.compile(r"\bPod (\S+) in StatefulSet ")


@dataclass(frozen=True)
class Cause:
    """Something that keeps a datacenter from coming up.

    Args:
        context: where it is.
        what: the object and what is wrong with it, as one clause.
        advice: what to do about it.
        hopeless: it has lasted so long, or is of such a kind, that waiting cannot help.
    """

    context: str
    what: str
    advice: str
    hopeless: bool


def causes_of(reading: ContextReading, datacenter: str, namespace: str, now: float) -> tuple[Cause, ...]:
    """What keeps one datacenter from coming up, hopeless causes first.

    Args:
        reading: the context that holds it; without PersistentVolumeClaims and Events, their causes are not found.
        datacenter, namespace: the CassandraDatacenter's.
        now: seconds since 1970, by our clock: where the context said the time, its own counts.
    """
    now = reading.now(now)
    causes = [
        *_invalid(reading, datacenter, namespace),
        *(cause for pod in pods_of(reading, datacenter, namespace) for cause in _of_pod(reading, pod, now)),
        *_volumes(reading, datacenter, namespace, now),
        *_refused(reading, datacenter, namespace, now),
    ]
    return tuple(sorted(causes, key=lambda cause: not cause.hopeless))


def pods_of(reading: ContextReading, datacenter: str, namespace: str) -> tuple[Object, ...]:
    """A datacenter's pods, by the label that cass-operator gives them (`GetDatacenterLabels`, v1.28.0)."""
    return tuple(sorted(_labelled(reading, "Pod", datacenter, namespace), key=name_of))


def _labelled(reading: ContextReading, kind: str, datacenter: str, namespace: str) -> list[Object]:
    label = clean_label_value(datacenter)
    return [body for body in reading.of(kind) if labels_of(body).get(DATACENTER_LABEL) == label and namespace_of(body) == namespace]


def _lasted(since: object, now: float, patience: float) -> bool:
    began = instant(since)
    return began is not None and now - began >= patience


def _invalid(reading: ContextReading, datacenter: str, namespace: str) -> Iterator[Cause]:
    body = reading.find("CassandraDatacenter", datacenter, namespace)
    valid = condition(body or {}, "Valid")
    if valid.get("status") == "False":
        message = valid.get("message") or valid.get("reason") or "no reason given"
        what = f"CassandraDatacenter {namespace}/{datacenter} is invalid: {message}"
        yield Cause(reading.context, what, "change the definition as the message asks", hopeless=True)


def unschedulable(pod: Object) -> bool:
    """Whether the scheduler has found no node for a pod."""
    scheduled = condition(pod, "PodScheduled")
    return scheduled.get("status") == "False" and scheduled.get("reason") == "Unschedulable"


def _of_pod(reading: ContextReading, pod: Object, now: float) -> Iterator[Cause]:
    comes = any(_events(reading, pod, reason) for reason in NODE_COMES)
    yield from causes_of_pod(reading.context, pod, now, NODE_PATIENCE if comes else SCHEDULING_PATIENCE)


def causes_of_pod(context: str, pod: Object, now: float, scheduling: float = SCHEDULING_PATIENCE) -> Iterator[Cause]:
    """What keeps one pod from running. `now` is in seconds since 1970; `scheduling` is for how long a pod may wait for a node."""
    status, name = status_of(pod), f"pod {name_of(pod)}"
    scheduled = condition(status, "PodScheduled")
    if unschedulable(pod):
        hopeless = _lasted(scheduled.get("lastTransitionTime"), now, scheduling)
        what = f"{name} cannot be scheduled: {scheduled.get('message', 'no reason given')}"
        yield Cause(context, what, "add nodes, or ask for less or for other nodes", hopeless)
    began = _began(pod)
    for container in [*(status.get("initContainerStatuses") or ()), *(status.get("containerStatuses") or ())]:
        yield from _container(context, name, container, began, now)


def _began(pod: Object) -> object:
    """When the pod's containers began to be made: after its init containers, or else once a node was found."""
    for name in ("Initialized", "PodScheduled"):
        entry = condition(pod, name)
        if entry.get("status") == "True":
            return entry.get("lastTransitionTime")
    return None


def _container(context: str, pod: str, container: Mapping[str, Any], began: object, now: float) -> Iterator[Cause]:
    waiting = (container.get("state") or {}).get("waiting") or {}
    reason, message = waiting.get("reason"), waiting.get("message") or "no reason given"
    where = f"{pod}, container {container.get('name')}"
    if reason in _IMAGE:
        # A container that ran before had its image; what fails now is a new pull, which began at some later time.
        lasted = _lasted(began, now, IMAGE_PATIENCE) and not container.get("restartCount")
        what = f"{where}: the image {container.get('image')} cannot be pulled ({reason}): {message}"
        advice = "correct the image's name, or its registry, pull secret or network"
        yield Cause(context, what, advice, lasted or reason == "InvalidImageName")
    elif reason in _CONFIGURATION:
        what = f"{where} cannot be made ({reason}): {message}"
        yield Cause(context, what, "create what the message misses", _lasted(began, now, CONFIGURATION_PATIENCE))
    elif reason == "CrashLoopBackOff":
        ended = (container.get("lastState") or {}).get("terminated") or {}
        restarts = int(container.get("restartCount") or 0)
        why = f"exit code {ended.get('exitCode', 'unknown')}" + (f", {ended['reason']}" if ended.get("reason") else "")
        what = f"{where} crashes again and again ({restarts} restarts, {why})"
        # While it backs off, up to five minutes, a crash of some time ago says nothing of what was mended since.
        fresh = not _lasted(ended.get("finishedAt"), now, CRASH_PATIENCE)
        yield Cause(context, what, "read the container's log of its last run", restarts >= CRASHES and fresh)


def _volumes(reading: ContextReading, datacenter: str, namespace: str, now: float) -> Iterator[Cause]:
    for claim in _labelled(reading, "PersistentVolumeClaim", datacenter, namespace):
        if status_of(claim).get("phase") != "Pending":
            continue
        name, spec = f"PersistentVolumeClaim {namespace}/{name_of(claim)}", claim.get("spec") or {}
        lasted = _lasted(claim["metadata"].get("creationTimestamp"), now, VOLUME_PATIENCE)
        if not spec.get("storageClassName") and not spec.get("volumeName"):
            what = f"{name} is pending: it names no StorageClass and the cluster has no default one"
            yield Cause(reading.context, what, "set storageClassName in storageConfig, or make a class the default", lasted)
            continue
        failed = _events(reading, claim, "ProvisioningFailed")
        if failed:
            message = str(failed[-1].get("message", ""))
            what = f"{name} is pending: {message}"
            yield Cause(reading.context, what, "correct the StorageClass or its provisioner", lasted and "not found" in message)


def _refused(reading: ContextReading, datacenter: str, namespace: str, now: float) -> Iterator[Cause]:
    """Pods that an API server refuses to make: only the events of their StatefulSet say so."""
    made = {name_of(pod) for pod in pods_of(reading, datacenter, namespace)}
    for stateful_set in _labelled(reading, "StatefulSet", datacenter, namespace):
        if int(status_of(stateful_set).get("replicas") or 0) >= int((stateful_set.get("spec") or {}).get("replicas", 1)):
            continue
        for event in [event for event in _events(reading, stateful_set, "FailedCreate") if _refused_pod(event) not in made][-1:]:
            message = str(event.get("message", ""))
            advice = next((advice for words, advice in _REFUSALS.items() if words in message), "")
            what = f"StatefulSet {namespace}/{name_of(stateful_set)} cannot make its pods: {message}"
            lasted = _lasted(event.get("firstTimestamp") or event.get("eventTime"), now, REFUSAL_PATIENCE)
            # Kubernetes tries ever more rarely, at last every 17 minutes: what it met some time ago may have been mended since.
            fresh = not _lasted(_seen(event), now, REFUSAL_PATIENCE)
            yield Cause(reading.context, what, advice or "remove what the message names", bool(advice) and lasted and fresh)


def _refused_pod(event: Object) -> str:
    found = _REFUSED_POD.search(str(event.get("message", "")))
    return found[1] if found else ""


def _events(reading: ContextReading, body: Object, reason: str) -> list[Object]:
    """The events of one object with one reason, oldest first."""
    about = [event for event in reading.of("Event") if event.get("reason") == reason and _concerns(event, body)]
    return sorted(about, key=_seen)


def _seen(event: Object) -> str:
    """When an event was seen last; those of a series say it there."""
    return str((event.get("series") or {}).get("lastObservedTime") or event.get("lastTimestamp") or event.get("eventTime") or "")


def _concerns(event: Object, body: Object) -> bool:
    about = event.get("involvedObject") or {}
    return (about.get("kind"), about.get("name"), about.get("namespace")) == (body.get("kind"), name_of(body), namespace_of(body))
