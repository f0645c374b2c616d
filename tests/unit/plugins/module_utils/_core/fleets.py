"""Fleets to judge: two contexts in which everything is right, and the same with some things changed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from plugins.module_utils._core.checks import judge
from plugins.module_utils._core.findings import Finding, findings_of
from plugins.module_utils._core.fleet import Fleet, Probed, Route, Survey
from plugins.module_utils._core.readings import ContextReading

from .definitions import wish

NOW = 1_800_000_000.0
PORTS = (7000, 7001, 9042, 8080)
GIB = {"cpu": "8", "memory": "32Gi", "pods": "110"}


def body(kind: str, name: str, namespace: str = "", labels: dict[str, str] | None = None, **content: Any) -> dict[str, Any]:
    metadata = {"name": name, "namespace": namespace, "labels": labels or {}}
    return {"apiVersion": "v1", "kind": kind, "metadata": metadata, **content}


def node(name: str, cidr: str = "", **spec: Any) -> dict[str, Any]:
    status = {"allocatable": GIB, "conditions": [{"type": "Ready", "status": "True"}]}
    return body("Node", name, spec={**({"podCIDRs": [cidr]} if cidr else {}), **spec}, status=status)


def survey(context: str, number: int, control_plane: bool = False, **changes: Any) -> Survey:
    """A context in which all is right: three nodes, a storage class, open ways."""
    objects = {
        "Node": tuple(node(f"{context}-{index}", f"10.{number}.{index}.0/24") for index in range(3)),
        "StorageClass": (body("StorageClass", "standard", provisioner="x", allowVolumeExpansion=True),),
        "Namespace": (body("Namespace", "k8ssandra"),),
        **changes.pop("objects", {}),
    }
    reading = ContextReading(context, control_plane, objects=objects, server_version=changes.pop("version", "v1.33.1"))
    routes = tuple(Route(context, target, port, "open") for target in ("hub", "east", "west") for port in PORTS)
    made = Survey(reading, uid=f"uid-{context}", offsets=(0.4, -0.3, 0.1), asked=9, probed=Probed(routes=routes, bindings={"standard": ""}))
    return replace(made, **changes)


def fleet(hub: Any = None, east: Any = None, west: Any = None, cluster: Any = None, **changes: Any) -> Fleet:
    """hub, east with dc1 and west with dc2, each with its changes; dc1 and dc2 have three nodes."""
    surveys = (survey("hub", 1, True, **(hub or {})), survey("east", 2, **(east or {})), survey("west", 3, **(west or {})))
    return replace(Fleet(surveys, wish(**(cluster or {})), "k8ssandra", ("k8ssandra",), NOW, 14), **changes)


def found(judged: Fleet) -> list[Finding]:
    """The findings of a fleet."""
    return list(findings_of(judge(judged)))
