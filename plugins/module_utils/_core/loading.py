# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the control plane's operator is up, and has loaded what it should: judged from objects read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from .objects import Object
from .verdict import Verdict

_STUCK = frozenset(("ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull", "CreateContainerConfigError", "CreateContainerError"))
# One crash may be an API server that was away for a moment; the kubelet tries again.
_CRASHES_THAT_ARE_NO_ACCIDENT = 2
# Seconds of a wait in which nothing that keeps the pods from running is final: it may mend itself, or was mended just before.
_POD_PATIENCE = 60.0
_LOADS_NOTHING = "it runs as a data plane and loads no client configs"


@dataclass(frozen=True)
class Operator:
    """The operator as it was at one look.

    Args:
        context: the control plane's context.
        deployment: the operator's Deployment; None when it is not installed.
        pods: its pods; those that have ended are of no concern. An evicted one is kept for weeks, never ready.
    """

    context: str
    deployment: Object | None = field(default=None, repr=False)
    pods: Sequence[Object] = field(default=(), repr=False)

    @property
    def name(self) -> str:
        """The Deployment for people."""
        metadata = (self.deployment or {}).get("metadata", {})
        return f"Deployment {metadata.get('namespace')}/{metadata.get('name')}"

    @property
    def up(self) -> bool:
        """Whether all its pods that are to stay are ready, and there is one."""
        staying = [pod for pod in self.pods if not pod["metadata"].get("deletionTimestamp")]
        return bool(staying) and all(_ready(pod) for pod in staying)

    def restarts_since(self, before: Operator) -> int:
        """How often it started since: restarts of containers that were there, and starts of pods that were not."""
        then = {pod["metadata"]["uid"]: _restart_count(pod) for pod in before.pods}
        count = sum(_restart_count(pod) - then.get(pod["metadata"]["uid"], -1 if then else 0) for pod in self.pods)
        return max(count, 0)


def operator_verdict(now: Operator, before: Operator, waited: float) -> Verdict:
    """Whether the operator runs, or cannot.

    Args:
        now: the operator at this look.
        before: the operator before our first write; crashes from before do not count.
        waited: for how many seconds it has been waited for.
    """
    deployment = now.deployment
    if deployment is None:
        return _not_yet(now, "the operator's Deployment is gone", hopeless=True)
    if (deployment.get("spec") or {}).get("replicas") == 0:
        return _not_yet(now, f"{now.name} is scaled to 0", hopeless=True, advice="scale it to 1 and run again")
    if not _is_control_plane(deployment):
        advice = "name the control plane's context, or set K8SSANDRA_CONTROL_PLANE to true there"
        return _not_yet(now, f"{now.name}: {_LOADS_NOTHING}", hopeless=True, advice=advice)
    for pod in now.pods:
        cause = _stuck(pod, before)
        if cause:
            advice = f"see kubectl logs --previous -n {pod['metadata'].get('namespace')} {pod['metadata']['name']}"
            return _not_yet(now, f"operator pod {pod['metadata']['name']}: {cause}", hopeless=waited >= _POD_PATIENCE, advice=advice)
    if not (_available(deployment) and (now.up or not now.pods)):
        return _not_yet(now, f"{now.name} is not available yet", line="waiting for the operator to be available")
    return Verdict(True)


def loading_verdict(operator: Verdict, context: str, unloaded: Iterable[str]) -> Verdict:
    """The operator's verdict, and whether it has loaded the client configs.

    Args:
        operator: what `operator_verdict` says.
        context: the control plane's context.
        unloaded: the contexts whose ClientConfig or Secret it has not loaded as they are now.
    """
    if operator.hopeless:
        return operator
    names = ", ".join(unloaded)
    if not names:
        return operator
    line = f"{context}: waiting for the operator to load {names}"
    return _waiting(operator, context, f"the operator has not loaded {names} yet", line)


def restart_verdict(operator: Verdict, context: str, restarts: int, *, was_up: bool) -> Verdict:
    """The operator's verdict after a removal, which is over when the operator has started once more.

    One that was not up may have started without what was removed, and then sees no reason to start again.
    """
    if operator.hopeless or restarts or not was_up:
        return operator
    return _waiting(operator, context, "the operator has not restarted yet", f"{context}: waiting for the operator to restart")


def _waiting(operator: Verdict, context: str, reason: str, line: str) -> Verdict:
    """What is waited for, with what keeps the operator itself from running."""
    told = "; ".join(part for part in (reason, operator.reason) if part)
    return Verdict(False, told, context=context, lines=(line,), advice=operator.advice)


def probe_cluster(namespace: str, contexts: Sequence[str]) -> Object:
    """A K8ssandraCluster that the operator's webhook accepts when it knows all the contexts. Only ever sent as a dry run."""
    claim = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    datacenters = [{"metadata": {"name": f"dc{number}"}, "k8sContext": context, "size": 1} for number, context in enumerate(contexts, 1)]
    storage = {"cassandraDataVolumeClaimSpec": claim}
    return {
        "apiVersion": "k8ssandra.io/v1alpha1",
        "kind": "K8ssandraCluster",
        "metadata": {"generateName": "probe-", "namespace": namespace},
        "spec": {"cassandra": {"serverVersion": "4.1.8", "storageConfig": storage, "datacenters": datacenters}},
    }


def webhook_verdict(context: str, answer: str) -> Verdict:
    """What the answer to a probe says of the webhook; empty for "accepted"."""
    # The webhook runs in the process that is about to be replaced, which does not know the new contexts.
    if answer and "unable to find k8sContext" in answer:
        return Verdict(False, "the operator's webhook does not know the new contexts yet", context=context)
    return Verdict(True)


def webhook_silent(context: str, found: str) -> Verdict:
    """The verdict while the API server cannot ask the webhook."""
    lines = (f"{context}: waiting for the operator's webhook",)
    return Verdict(False, f"the operator's webhook does not answer yet: {found}", context=context, lines=lines)


def _not_yet(now: Operator, reason: str, *, line: str = "", hopeless: bool = False, advice: str = "") -> Verdict:
    lines = (f"{now.context}: {line}",) if line else ()
    return replace(Verdict(False, reason, hopeless, now.context, lines), advice=advice)


def _is_control_plane(deployment: Object) -> bool:
    """`IsControlPlane` of https://github.com/k8ssandra/k8ssandra-operator/blob/v1.26.0/main.go, unless we cannot see the value."""
    containers = deployment.get("spec", {}).get("template", {}).get("spec", {}).get("containers") or ()
    for variable in (variable for container in containers for variable in container.get("env") or ()):
        if variable.get("name") == "K8SSANDRA_CONTROL_PLANE":
            return "valueFrom" in variable or variable.get("value") == "true"
    return not containers or any(container.get("envFrom") for container in containers)


def _available(deployment: Object) -> bool:
    status = deployment.get("status") or {}
    settled = int(status.get("observedGeneration") or 0) >= int(deployment["metadata"].get("generation") or 0)
    conditions = {condition["type"]: condition["status"] for condition in status.get("conditions") or ()}
    return settled and conditions.get("Available") == "True"


def _statuses(pod: Object) -> Sequence[Mapping[str, Any]]:
    return (pod.get("status") or {}).get("containerStatuses") or ()


def _restart_count(pod: Object) -> int:
    return sum(int(status.get("restartCount") or 0) for status in _statuses(pod))


def _ready(pod: Object) -> bool:
    statuses = _statuses(pod)
    return bool(statuses) and all(status.get("ready") for status in statuses)


def _stuck(pod: Object, before: Operator) -> str:
    """Why a pod will not come up, in one clause; empty when it may."""
    since = Operator(before.context, None, [pod]).restarts_since(replace(before, pods=[old for old in before.pods if _same(old, pod)]))
    for status in _statuses(pod):
        waiting = (status.get("state") or {}).get("waiting") or {}
        if waiting.get("reason") in _STUCK:
            return f"{waiting['reason']}: {waiting.get('message') or status.get('image')}"
        ended = (status.get("lastState") or {}).get("terminated") or {}
        # An exit with 0 is how the operator asks for its restart, and the kubelet calls two of those a crash loop too.
        if waiting.get("reason") == "CrashLoopBackOff" and ended.get("exitCode") and since >= _CRASHES_THAT_ARE_NO_ACCIDENT:
            return f"it crashes: {ended.get('message') or ended.get('reason') or 'exit'} (exit code {ended['exitCode']})"
    return ""


def _same(one: Object, other: Object) -> bool:
    return bool(one["metadata"]["uid"] == other["metadata"]["uid"])
