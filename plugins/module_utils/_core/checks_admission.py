# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the namespaces would take the pods of the definition: quota, limit ranges, pod security and other admission."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from .cluster import Datacenter
from .effective import amount
from .findings import ERROR, WARNING, Fault
from .fleet import Fleet, Survey
from .objects import Object
from .pods import claims_of, containers_of, requested
from .readings import labels_of, name_of, namespace_of, status_of

_DATACENTER_LABEL = "cassandra.datastax.com/datacenter"
# How the API server's admission words its refusals: kubernetes v1.34 plugin/pkg/admission and staging/.../pod-security-admission.
_QUOTA = ("exceeded quota", "failed quota")
_LIMITS = ("maximum cpu", "maximum memory", "minimum cpu", "minimum memory", "limit to request ratio")
_SECURITY = "violates PodSecurity"
_ENFORCED = "pod-security.kubernetes.io/enforce"
_REFUSED = "the API server refuses the pods, with a word only in the StatefulSet's events"
_CHANGE = "change the limit range, or the resources of the definition"


def missing_pods(survey: Survey, datacenter: Datacenter) -> int:
    """How many pods a datacenter still needs: those that run are counted by the cluster already."""
    there = [
        pod
        for pod in survey.of("Pod")
        if namespace_of(pod) == datacenter.namespace and labels_of(pod).get(_DATACENTER_LABEL) == datacenter.name and _is_node(pod)
    ]
    return 0 if datacenter.stopped else max(datacenter.size - len(there), 0)


def _is_node(pod: Object) -> bool:
    return any(container.get("name") == "cassandra" for container in (pod.get("spec") or {}).get("containers") or ())


def judge_quota(fleet: Fleet, survey: Survey) -> tuple[str, Iterator[Fault]]:
    """What is left of the quotas is enough for the pods and claims that are still to be made."""
    quotas = [f"{namespace_of(body)}/{name_of(body)}" for body in survey.of("ResourceQuota")]
    return ", ".join(quotas) or "no quota", _over_quota(fleet, survey)


def _over_quota(fleet: Fleet, survey: Survey) -> Iterator[Fault]:
    for quota in survey.of("ResourceQuota"):
        spec, namespace = quota.get("spec") or {}, namespace_of(quota)
        if spec.get("scopes") or spec.get("scopeSelector"):
            continue  # a dry run of the pod judges these
        wanted = _wanted_in(fleet, survey, namespace)
        used = status_of(quota).get("used") or {}
        for resource, hard in sorted((spec.get("hard") or {}).items()):
            needed, left = wanted.get(resource, Decimal(0)), amount(hard) - amount(used.get(resource, 0))
            if needed > left:
                what = f"has {_shown(left)} of {resource} left, and the pods to be made need {_shown(needed)}"
                why = "cass-operator's StatefulSets would not get their pods, with a word only in their events"
                advice = "raise the quota, or ask for less in resources or size"
                yield Fault(ERROR, f"ResourceQuota {namespace}/{name_of(quota)}", what, why, advice)
    advice = "raise the quota, or give the pods the requests and limits that it counts"
    yield from _refusals(survey, _QUOTA, "a quota refuses the pod", advice)


def _wanted_in(fleet: Fleet, survey: Survey, namespace: str) -> Mapping[str, Decimal]:
    sums: dict[str, Decimal] = {}

    def add(name: str, value: Decimal) -> None:
        sums[name] = sums.get(name, Decimal(0)) + value

    for datacenter, template in fleet.templates(survey):
        if fleet.wish is None or datacenter.namespace != namespace:
            continue
        missing = missing_pods(survey, datacenter)
        main, init = containers_of(fleet.wish, template)
        for which in ("requests", "limits"):
            for resource, value in requested(main, init, which).items():
                add(f"{which}.{resource}", value * missing)
                if which == "requests":
                    add(resource, value * missing)
        for name in ("pods", "count/pods"):
            add(name, Decimal(missing))
        for claim in claims_of(template):
            size = amount(((claim.get("resources") or {}).get("requests") or {}).get("storage", 0))
            storage_class = f"{claim.get('storageClassName')}.storageclass.storage.k8s.io/"
            for prefix in ("", storage_class):
                add(f"{prefix}persistentvolumeclaims", Decimal(missing))
                add(f"{prefix}requests.storage", size * missing)
            add("count/persistentvolumeclaims", Decimal(missing))
    return sums


def _shown(value: Decimal) -> str:
    """A number as people write it: 3Gi, 250m, 12."""
    for power, unit in ((4, "Ti"), (3, "Gi"), (2, "Mi"), (1, "Ki")):
        size = Decimal(1024) ** power
        if abs(value) >= size:
            return f"{float(value / size):.4g}{unit}"
    return f"{float(value):g}" if value == value.to_integral_value() else f"{float(value * 1000):g}m"


def judge_limits(fleet: Fleet, survey: Survey) -> tuple[str, Iterator[Fault]]:
    """The limit ranges let the containers be as they are wanted."""
    ranges = [f"{namespace_of(body)}/{name_of(body)}" for body in survey.of("LimitRange")]
    return ", ".join(ranges) or "no limit range", _out_of_range(fleet, survey)


def _out_of_range(fleet: Fleet, survey: Survey) -> Iterator[Fault]:
    named = False
    for body in survey.of("LimitRange"):
        for datacenter, template in fleet.templates(survey):
            if fleet.wish is None or datacenter.namespace != namespace_of(body):
                continue
            main, init = containers_of(fleet.wish, template)
            subject = f"LimitRange {namespace_of(body)}/{name_of(body)}"
            for limit in (body.get("spec") or {}).get("limits") or ():
                for fault in _broken(limit, subject, datacenter.name, main, init):
                    named = named or fault.severity == ERROR
                    yield fault
    if not named:
        yield from _refusals(survey, _LIMITS, "a limit range refuses the pod", _CHANGE)


def _broken(limit: Mapping[str, Any], subject: str, datacenter: str, main: list[Any], init: list[Any]) -> Iterator[Fault]:
    kind = limit.get("type")
    asked: list[tuple[str, list[Any], list[Any]]] = [("the pod", main, init)] if kind == "Pod" else []
    if kind == "Container":
        asked = [(container["name"], [container], []) for container in (*main, *init)]
    for name, containers, beside in asked:
        for which, bound, wrong in (("limits", "max", 1), ("requests", "max", 1), ("requests", "min", -1)):
            have = requested(containers, beside, which)
            for resource, value in sorted((limit.get(bound) or {}).items()):
                if resource in have and (have[resource] - amount(value)) * wrong > 0:
                    what = f"{name} of {datacenter} asks for {_shown(have[resource])} of {resource} in its {which}, and {bound} is {value}"
                    yield Fault(ERROR, subject, what, _REFUSED, _CHANGE)
                    break
    default = (limit.get("default") or {}).get("memory")
    if kind == "Container" and default and "memory" not in requested(main[:1], [], "limits"):
        what = f"gives Cassandra of {datacenter} a memory limit of {default}, as the definition has none"
        advice = "write resources.limits.memory in the definition"
        yield Fault(WARNING, subject, what, "Cassandra is killed when it grows beyond it", advice)


def judge_admission(fleet: Fleet, survey: Survey) -> tuple[str, Iterator[Fault]]:
    """Pod security, and whatever else asks, lets the pods in: the API server said so to a dry run of one."""
    levels = {
        namespace_of(body) or name_of(body): labels_of(body)[_ENFORCED] for body in survey.of("Namespace") if labels_of(body).get(_ENFORCED)
    }
    said = [f"pod security {level} in {namespace}" for namespace, level in sorted(levels.items())]
    nobody = "no pod was asked about: the namespaces are not there yet"
    asked = f"a dry run of {', '.join(sorted(survey.admissions))}" if survey.admissions else nobody
    return ", ".join((asked, *said)), _refused(survey)


def _refused(survey: Survey) -> Iterator[Fault]:
    for datacenter, answer in sorted(survey.admissions.items()):
        if _SECURITY in answer:
            advice = "label the namespace for the level that Cassandra's pods need, or write podSecurityContext and readOnlyRootFilesystem"
            yield Fault(ERROR, f"pods of {datacenter}", f"pod security refuses them: {answer}", _REFUSED, advice)
        elif answer and not any(words in answer for words in (*_QUOTA, *_LIMITS)):
            yield Fault(ERROR, f"pods of {datacenter}", f"the API server refuses them: {answer}", _REFUSED, "change what the answer names")


def _refusals(survey: Survey, worded: tuple[str, ...], what: str, advice: str) -> Iterator[Fault]:
    for datacenter, answer in sorted(survey.admissions.items()):
        if any(words in answer for words in worded):
            yield Fault(ERROR, f"pods of {datacenter}", f"{what}: {answer}", _REFUSED, advice)


def judge_namespaces(fleet: Fleet, survey: Survey) -> tuple[str, Iterator[Fault]]:
    """No namespace that is needed is on its way out."""
    there = sorted(name_of(body) for body in survey.of("Namespace"))
    return f"there: {', '.join(there) or 'none yet'}", _leaving(survey)


def _leaving(survey: Survey) -> Iterator[Fault]:
    for body in survey.of("Namespace"):
        if body["metadata"].get("deletionTimestamp"):
            what, why = "is being removed", "nothing can be made in it until it is gone, and then it has to be made anew"
            yield Fault(ERROR, f"Namespace {name_of(body)}", what, why, "wait until it is gone; look for finalizers of what it holds")
