# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Short-lived pods that try the ways between contexts and the storage: their bodies, and what they say at their end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .fleet import Route
from .objects import Object
from .readings import status_of

# All that a preflight makes carries both: the first finds what a killed run left, the second tells whose it is.
PROBE_LABEL, RUN_LABEL = "k8ssandra.operator/probe", "k8ssandra.operator/probe-run"
PROBE = {PROBE_LABEL: "preflight"}
# Kubernetes ends a probe's pods by itself after this many seconds, whatever became of the run.
LIFETIME = 120
LISTENER, PROBER = "listener", "prober"
_NOBODY = 65534
# httpd answers on each port until the pod is removed.
_LISTEN = "for port in {ports}; do busybox httpd -p $port; done; exec busybox sleep {seconds}"
# Each way is tried at once, and again while it is refused: the listener may just be starting. A pod's termination message is read
# with its status, so that nobody needs the right to read logs.
_TRY = """
try() {{
  for attempt in 1 2 3 4 5; do
    said=$(busybox timeout 8 busybox nc -w {seconds} "$2" "$3" 2>&1 >/dev/null </dev/null) && said=open && break
    case $said in *refused*) busybox sleep 1 ;; *) break ;; esac
  done
  echo "$1 $3 ${{said##*: }}" >>/dev/termination-log
}}
{tries}
wait
"""


def namespace_body(name: str, run: str) -> Object:
    """The namespace that a run makes for itself."""
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": {**PROBE, RUN_LABEL: run}}}


def listener_body(namespace: str, run: str, image: str, ports: Iterable[int], tolerations: Sequence[Any]) -> Object:
    """A pod that answers on all ports."""
    script = _LISTEN.format(ports=" ".join(map(str, ports)), seconds=LIFETIME)
    return _pod(LISTENER, namespace, run, image, script, tolerations)


def prober_body(
    namespace: str, run: str, image: str, addresses: Sequence[str], ports: Sequence[int], tolerations: Sequence[Any], seconds: int = 4
) -> Object:
    """A pod that tries each port of each address and ends; `read_routes` reads what it says."""
    tries = "\n".join(f"try {index} {address} {port} &" for index, address in enumerate(addresses) for port in ports)
    return _pod(PROBER, namespace, run, image, _TRY.format(tries=tries, seconds=seconds), tolerations)


def claim_body(namespace: str, run: str, number: int, storage_class: str, modes: Sequence[str]) -> Object:
    """A small claim of a storage class."""
    spec = {"storageClassName": storage_class, "accessModes": list(modes), "resources": {"requests": {"storage": "1Gi"}}}
    return {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": _metadata(f"claim-{number}", namespace, run), "spec": spec}


def claimer_body(namespace: str, run: str, number: int, image: str, tolerations: Sequence[Any]) -> Object:
    """A pod that mounts the claim of that number and ends."""
    pod = _pod(f"claimer-{number}", namespace, run, image, "true", tolerations)
    claim = {"name": "tried", "persistentVolumeClaim": {"claimName": f"claim-{number}-{run}"}}
    container = {**pod["spec"]["containers"][0], "volumeMounts": [{"name": "tried", "mountPath": "/tried"}]}
    return {**pod, "spec": {**pod["spec"], "containers": [container], "volumes": [claim]}}


def read_routes(source: str, targets: Sequence[str], ports: Sequence[int], message: str) -> tuple[Route, ...]:
    """The ways from a context, from what its prober said; one that it did not speak of is called untold."""
    said = {}
    for line in message.splitlines():
        index, _space, rest = line.partition(" ")
        port, _space, result = rest.partition(" ")
        said[index, port] = result.strip().lower() or "no answer"
    return tuple(
        Route(source, target, port, said.get((str(index), str(port)), "untold")) for index, target in enumerate(targets) for port in ports
    )


def last_words(pod: Object | None) -> str | None:
    """What a pod's container said when it ended; None while it has not."""
    for status in status_of(pod).get("containerStatuses") or ():
        ended = (status.get("state") or {}).get("terminated")
        if ended is not None:
            return str(ended.get("message") or "")
    return None


def _pod(name: str, namespace: str, run: str, image: str, script: str, tolerations: Sequence[Any]) -> dict[str, Any]:
    """A pod that pod security level `restricted` takes."""
    container = {
        "name": "probe",
        "image": image,
        "command": ["busybox", "sh", "-c", script],
        "resources": {"requests": {"cpu": "10m", "memory": "16Mi"}, "limits": {"cpu": "200m", "memory": "64Mi"}},
        "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
    }
    spec = {
        "containers": [container],
        "restartPolicy": "Never",
        "activeDeadlineSeconds": LIFETIME,
        "terminationGracePeriodSeconds": 0,
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "securityContext": {
            "runAsNonRoot": True,
            "seccompProfile": {"type": "RuntimeDefault"},
            **dict.fromkeys(("runAsUser", "runAsGroup", "fsGroup"), _NOBODY),
        },
        **({"tolerations": list(tolerations)} if tolerations else {}),
    }
    return {"apiVersion": "v1", "kind": "Pod", "metadata": _metadata(name, namespace, run), "spec": spec}


def _metadata(name: str, namespace: str, run: str) -> Mapping[str, Any]:
    return {"name": f"{name}-{run}", "namespace": namespace, "labels": {**PROBE, RUN_LABEL: run}}
