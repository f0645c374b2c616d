# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether there is room for the datacenters: nodes, processors and memory, and storage."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from .checks_admission import missing_pods
from .cluster import ClusterWish, Datacenter
from .effective import amount
from .findings import ERROR, NOTE, WARNING, Fault
from .fleet import Fleet, Survey
from .objects import Object
from .pods import claims_of, containers_of, per_rack, requested, requested_by
from .readings import has_ended, holds, labels_of, name_of, status_of

_CLUSTER_LABELS = ("cassandra.datastax.com/cluster", "cassandra.datastax.com/datacenter", "cassandra.datastax.com/rack")
_ZONE = "topology.kubernetes.io/zone"
# What shows that somebody adds nodes when pods wait for them.
_AUTOSCALED = ("karpenter.sh/nodepool", "eks.amazonaws.com/capacityType")
_WAITING = "it would wait for a node, and the datacenters after it with it"


def judge_capacity(fleet: Fleet, survey: Survey) -> tuple[str, Iterator[Fault]]:
    """There are nodes enough for the size and the racks, with processors and memory left for the pods."""
    nodes = [node for node in survey.of("Node") if _usable(node, [])]
    return f"{len(nodes)} of {len(survey.of('Node'))} nodes take pods", _too_small(fleet, survey)


def _too_small(fleet: Fleet, survey: Survey) -> Iterator[Fault]:
    free = {name_of(node): _left_on(node, survey) for node in survey.of("Node")}
    cassandra = [pod for pod in survey.of("Pod") if all(label in labels_of(pod) for label in _CLUSTER_LABELS)]
    taken = {str((pod.get("spec") or {}).get("nodeName")) for pod in cassandra}
    severity = WARNING if any(label in labels_of(node) for node in survey.of("Node") for label in _AUTOSCALED) else ERROR
    for datacenter, template in fleet.templates(survey):
        missing = missing_pods(survey, datacenter)
        racks = template["racks"]
        counts = per_rack(datacenter.size, len(racks))
        for rack, size in zip(racks, counts):
            wanted = min(size, missing)
            missing -= wanted
            if fleet.wish is None or not wanted:
                continue
            what = _place(_Place(datacenter, template, rack, wanted), fleet.wish, survey, free, taken)
            if what:
                advice = "add nodes, ask for less, or set softPodAntiAffinity with resources; with an autoscaler, look that it may add them"
                yield Fault(severity, f"datacenter {datacenter.name}, rack {rack['name']}", what, _WAITING, advice)


class _Place:
    """The pods of one rack that look for nodes."""

    def __init__(self, datacenter: Datacenter, template: Mapping[str, Any], rack: Mapping[str, Any], wanted: int) -> None:
        self.datacenter, self.template, self.rack, self.wanted = datacenter, template, rack, wanted
        # `calculatePodAntiAffinity`, cass-operator v1.28.0: one pod a node, whatever cluster it is of, unless told otherwise.
        self.alone = not template.get("softPodAntiAffinity")


def _place(place: _Place, wish: ClusterWish, survey: Survey, free: dict[str, dict[str, Decimal]], taken: set[str]) -> str:
    """Takes the room from `free`; why there is not enough, or nothing."""
    main, init = containers_of(wish, place.template)
    needs = requested(main, init)
    nodes = [node for node in survey.of("Node") if _usable(node, place.template.get("tolerations") or []) and _fits(node, place.rack)]
    placed = 0
    short = ""
    for node in nodes:
        name = name_of(node)
        while placed < place.wanted and not (place.alone and name in taken):
            lacking = [resource for resource, value in needs.items() if free[name].get(resource, Decimal(0)) < value]
            if lacking or free[name]["pods"] < 1:
                short = short or _lack(name, lacking, needs, free[name])
                break
            placed += 1
            taken.add(name)
            free[name] = {resource: left - needs.get(resource, Decimal(0)) for resource, left in free[name].items()}
            free[name]["pods"] -= 1
    if placed >= place.wanted:
        return ""
    why = short or ("each needs a node of its own" if place.alone else "no node is left")
    return f"{placed} of {place.wanted} pods find room on {len(nodes)} node{'s' if len(nodes) != 1 else ''} that would take them: {why}"


def _lack(name: str, lacking: list[str], needs: Mapping[str, Decimal], left: Mapping[str, Decimal]) -> str:
    if not lacking:
        return f"{name} takes no more pods"
    first = lacking[0]
    return f"{name} has {_number(first, left.get(first, Decimal(0)))} of {first} left, and a pod asks for {_number(first, needs[first])}"


def _number(resource: str, value: Decimal) -> str:
    return f"{float(value / Decimal(1024) ** 3):.3g}Gi" if resource in ("memory", "ephemeral-storage") else f"{float(value):.3g}"


def _left_on(node: Object, survey: Survey) -> dict[str, Decimal]:
    left = {resource: amount(value) for resource, value in (status_of(node).get("allocatable") or {}).items()}
    left.setdefault("pods", Decimal(0))
    for pod in survey.of("Pod"):
        if (pod.get("spec") or {}).get("nodeName") == name_of(node) and not has_ended(pod):
            for resource, value in {**requested_by(pod), "pods": Decimal(1)}.items():
                left[resource] = left.get(resource, Decimal(0)) - value
    return left


def _usable(node: Object, tolerations: list[Mapping[str, Any]]) -> bool:
    spec = node.get("spec") or {}
    repelling = [taint for taint in spec.get("taints") or () if taint.get("effect") in ("NoSchedule", "NoExecute")]
    tolerated = all(any(_tolerates(toleration, taint) for toleration in tolerations) for taint in repelling)
    return holds(node, "Ready") and not spec.get("unschedulable") and tolerated


def _tolerates(toleration: Mapping[str, Any], taint: Mapping[str, Any]) -> bool:
    if toleration.get("effect") not in (None, "", taint.get("effect")):
        return False
    if toleration.get("operator") == "Exists":
        return toleration.get("key") in (None, "", taint.get("key"))
    return toleration.get("key") == taint.get("key") and (toleration.get("value") or "") == (taint.get("value") or "")


def _fits(node: Object, rack: Mapping[str, Any]) -> bool:
    wanted = {**(rack.get("nodeAffinityLabels") or {}), **({_ZONE: rack["zone"]} if rack.get("zone") else {})}
    return all(labels_of(node).get(key) == value for key, value in wanted.items())


def judge_storage(fleet: Fleet, survey: Survey) -> tuple[str, Iterator[Fault]]:
    """The storage classes of the datacenters are there."""
    there = {name_of(body): str(body.get("provisioner")) for body in survey.of("StorageClass")}
    named = dict.fromkeys(name for name, _datacenter in _classes(fleet, survey))
    found = [f"{name} ({there[name]})" for name in named if name in there]
    return ", ".join(found) or "no class wanted", _storage_faults(fleet, survey)


def _classes(fleet: Fleet, survey: Survey) -> list[tuple[str, str]]:
    return [
        (str(claim.get("storageClassName")), datacenter.name)
        for datacenter, template in fleet.templates(survey)
        for claim in claims_of(template)
        if claim.get("storageClassName")
    ]


def storage_classes(fleet: Fleet, survey: Survey) -> dict[str, list[str]]:
    """The storage classes that can be tried in a context, with the access modes of the claims.

    One that retains its volumes cannot: it would keep the one that was tried.
    """
    there = {name_of(body) for body in survey.of("StorageClass") if body.get("reclaimPolicy") != "Retain"}
    found: dict[str, list[str]] = {}
    for _datacenter, template in fleet.templates(survey):
        for claim in claims_of(template):
            if claim.get("storageClassName") in there:
                found.setdefault(str(claim["storageClassName"]), list(claim.get("accessModes") or ["ReadWriteOnce"]))
    return found


def _storage_faults(fleet: Fleet, survey: Survey) -> Iterator[Fault]:
    there = {name_of(body): body for body in survey.of("StorageClass")}
    for name, datacenter in dict.fromkeys(_classes(fleet, survey)):
        subject = f"StorageClass {name}"
        if name not in there:
            what = f"is not there, and {datacenter} wants it; there are {', '.join(sorted(there)) or 'none'}"
            why = "the claims of Cassandra's data stay pending, and so do its pods"
            yield Fault(ERROR, subject, what, why, "write a storageClassName that is there, or make the class")
        elif not there[name].get("allowVolumeExpansion"):
            what = f"does not allow volumes to grow (allowVolumeExpansion), and {datacenter} uses it"
            why = "more room for data then means new nodes and a decommission of the old"
            yield Fault(NOTE, subject, what, why, "choose a class that allows it, where there is one, before there is data")


def judge_binding(fleet: Fleet, survey: Survey) -> tuple[str, Iterator[Fault]]:
    """A claim of each of these classes was bound, and its volume mounted, a moment ago."""
    tried = ", ".join(sorted(survey.probed.bindings))
    kept = {name_of(body) for body in survey.of("StorageClass") if body.get("reclaimPolicy") == "Retain"}
    left_out = sorted(kept & {name for name, _datacenter in _classes(fleet, survey)})
    more = f"; {', '.join(left_out)} would keep the volume and was not tried" if left_out else ""
    return (f"a claim of {tried} was tried" if tried else "no class was tried") + more, _unbound(survey)


def _unbound(survey: Survey) -> Iterator[Fault]:
    for name, problem in sorted(survey.probed.bindings.items()):
        if problem:
            why = "the claims of Cassandra's data would not be bound either"
            advice = "look at the provisioner of the class and at the events of its claims"
            yield Fault(ERROR, f"StorageClass {name}", f"a claim of 1Gi, with a pod that uses it: {problem}", why, advice)
