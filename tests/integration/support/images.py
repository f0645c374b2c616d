"""The images of a cluster: which ones its workloads name, and other names for those that its node has."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tests.lab import store
from tests.lab.components import SOCKET
from tests.lab.layout import Lab as Machines

from .lab import Lab

_WORKLOADS = "pods,replicasets,deployments,statefulsets,daemonsets,jobs,cronjobs"
# Of the lab itself, as a cloud's own workloads are of the cloud.
_NOT_OURS = {"kube-system", "kube-public", "kube-node-lease"}
_URL = re.compile(r"\bhttps?://([^/\s:\"'\\]+)")
_INSIDE = re.compile(r"localhost|127\.0\.0\.1|0\.0\.0\.0|.*\.svc(\.cluster\.local)?|\$\(.*")


def name_anew(contexts: Sequence[str], names: Mapping[str, str]) -> None:
    """Lets the nodes of these clusters have images under further names, as if they had pulled them there.

    Args:
        names: from the new name to the one that is there.
    """
    machines = Machines.load().machines
    for context in contexts:
        store.load(machines[context].pid, SOCKET, (), names)


def containers(lab: Lab, context: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every container and init container of every workload, with the workload's name; what a workload once made included."""
    for body in lab.read(context, _WORKLOADS, "--all-namespaces")["items"]:
        namespace, name = body["metadata"]["namespace"], body["metadata"]["name"]
        if namespace in _NOT_OURS:
            continue
        spec = body["spec"].get("jobTemplate", body)["spec"]
        pod = spec if body["kind"] == "Pod" else spec["template"]["spec"]
        for container in (*pod.get("initContainers", ()), *pod["containers"]):
            yield f"{context} {body['kind']} {namespace}/{name} {container['name']}", container


def hosts_outside(container: Mapping[str, Any]) -> list[str]:
    """The hosts of URLs in a container's command, arguments and environment that are not of its own cluster."""
    variables = [str(variable.get("value", "")) for variable in container.get("env", ())]
    said = (*container.get("command", ()), *container.get("args", ()), *variables)
    return [host for text in said for host in _URL.findall(str(text)) if not _INSIDE.fullmatch(host)]
