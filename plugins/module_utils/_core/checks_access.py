# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether each context is the right cluster, of a version that will do, with a right clock, and lets us do what later roles do."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .findings import ERROR, NOTE, WARNING, Fault
from .fleet import Fleet, Survey
from .kubernetes_version import OLDEST, is_supported

# Tokens and certificates are judged by the server's clock, and Cassandra orders writes by its nodes' clocks.
_SKEW_WARNING, _SKEW_ERROR = 5.0, 30.0
_MINOR = re.compile(r"^v?(\d+)\.(\d+)")


def judge_identity(fleet: Fleet, survey: Survey) -> tuple[str, Iterator[Fault]]:
    """No two contexts lead to one cluster."""
    return f"cluster {survey.uid}", _same_cluster(fleet, survey)


def _same_cluster(fleet: Fleet, survey: Survey) -> Iterator[Fault]:
    for other in fleet.surveys:
        if other.context == survey.context:
            break
        if survey.uid and other.uid == survey.uid:
            yield Fault(
                ERROR,
                f"cluster {survey.uid}",
                f"{survey.context} and {other.context} are the same cluster",
                "operators of two contexts would replace each other in one namespace, and datacenters would share their objects",
                f"correct the kubeconfig or context of one of them, or take {survey.context} out of the inventory",
            )


def judge_version(fleet: Fleet, survey: Survey) -> tuple[str, Iterator[Fault]]:
    """The server's version is supported; versions that differ are worth a note."""
    return survey.version or "unknown", _versions(fleet, survey)


def _versions(fleet: Fleet, survey: Survey) -> Iterator[Fault]:
    oldest = ".".join(map(str, OLDEST))
    subject = f"API server {survey.version or 'of unknown version'}"
    if not is_supported(survey.version):
        what = f"is not Kubernetes {oldest} or newer"
        yield Fault(ERROR, subject, what, "the operators use what older servers do not have", f"use Kubernetes {oldest} or newer")
        return
    first = fleet.reachable[0]
    if _minor(first.version) != _minor(survey.version):
        what = f"{first.context} has {first.version}"
        advice = "nothing now; upgrade one context after the other, the control plane last"
        yield Fault(NOTE, subject, what, "what one cluster accepts, another may not", advice)


def _minor(version: str) -> tuple[str, ...]:
    match = _MINOR.match(version)
    return match.groups() if match else ()


def judge_clock(fleet: Fleet, survey: Survey) -> tuple[str, Iterator[Fault]]:
    """The server's clock is ours, as far as its answers tell: their time is in whole seconds."""
    offset = sorted(survey.offsets)[len(survey.offsets) // 2]
    return f"{offset:+.0f} s against ours ({len(survey.offsets)} samples)", _skew(offset)


def _skew(offset: float) -> Iterator[Fault]:
    if abs(offset) < _SKEW_WARNING:
        return
    what = f"is {abs(offset):.0f} s {'ahead of' if offset > 0 else 'behind'} the clock of the machine that runs Ansible"
    why = "tokens and certificates are refused before their time or after it, and Cassandra keeps the write with the later time"
    severity = ERROR if abs(offset) >= _SKEW_ERROR else WARNING
    yield Fault(severity, "clock of the API server", what, why, "have both keep time by NTP or chrony, then look at the nodes' clocks too")


def judge_rights(fleet: Fleet, survey: Survey) -> tuple[str, Iterator[Fault]]:
    """We have the rights that the later roles use."""
    return f"{survey.asked - len(survey.refused)} of {survey.asked} rights that were asked for", _lacking(survey)


def _lacking(survey: Survey) -> Iterator[Fault]:
    for row in dict.fromkeys(survey.refused):
        right, _semicolon, why = row.partition("; ")
        yield Fault(ERROR, right, "our log-in lacks this right", why, "grant it to the account of this context's kubeconfig")
