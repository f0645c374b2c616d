# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a preflight has read of a fleet, as values: one survey a context."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .cluster import ClusterWish, Datacenter
from .merge import merged
from .objects import Object
from .readings import ContextReading


@dataclass(frozen=True)
class Ending:
    """Something that is good until a certain time.

    Args:
        subject: what it is, such as ``client certificate``.
        expires: seconds since 1970; None when that could not be told.
        why: what no longer works then.
        advice: how to renew it.
    """

    subject: str
    expires: float | None
    why: str
    advice: str


@dataclass(frozen=True)
class Route:
    """One way between pods: `result` is `open`, or how it failed."""

    source: str
    target: str
    port: int
    result: str


@dataclass(frozen=True)
class Probed:
    """What short-lived pods of one context found out.

    Args:
        trouble: why there were none; empty when there were.
        not_done: it was left out on purpose, and why.
        routes: from this context to all others and itself.
        bindings: by storage class, why a claim was not bound; empty when it was.
        address: the listener's.
    """

    trouble: str = ""
    not_done: str = ""
    routes: tuple[Route, ...] = ()
    bindings: Mapping[str, str] = field(default_factory=dict)
    address: str = ""


@dataclass(frozen=True)
class Survey:
    """What one context holds and answers.

    Args:
        reading: its objects; what could not be listed is in `unread`.
        reason: the kind of error when it could not be read at all, such as ``unreachable``, and what to do about it.
        unread: why a kind, or a question, could not be looked at, by its name.
        uid: of its `kube-system`.
        offsets: its clock less ours, in seconds, a sample each.
        endings: what ends.
        refused: the rights that we lack, as the names of `rights.Question`; `asked` is how many were asked for.
        admissions: by datacenter, what the API server said to a dry run of its pod; empty when it accepted.
        cert_manager: why cert-manager does not serve; empty when it does.
        probed: what short-lived pods found out.
    """

    reading: ContextReading
    reason: str = ""
    advice: str = ""
    unread: Mapping[str, str] = field(default_factory=dict)
    uid: str = ""
    offsets: tuple[float, ...] = ()
    endings: tuple[Ending, ...] = ()
    refused: tuple[str, ...] = ()
    asked: int = 0
    admissions: Mapping[str, str] = field(default_factory=dict)
    cert_manager: str = ""
    probed: Probed = field(default_factory=Probed)

    @property
    def context(self) -> str:
        """Its name."""
        return self.reading.context

    @property
    def version(self) -> str:
        """The API server's version."""
        return self.reading.server_version

    def of(self, kind: str) -> tuple[Object, ...]:
        """The objects of one kind."""
        return self.reading.of(kind)


@dataclass(frozen=True)
class Fleet:
    """All that the checks judge.

    Args:
        surveys: one a context, the control plane first.
        wish: the cluster that is wanted; None when none was given.
        operators: the operators' namespace in every context.
        watched: the namespaces that the operators watch; empty for all.
        now: seconds since 1970.
        days: how many days ahead of its end something is worth a warning.
        brings_cert_manager: whether cert-manager is installed where it is missing.
    """

    surveys: tuple[Survey, ...]
    wish: ClusterWish | None
    operators: str
    watched: tuple[str, ...]
    now: float
    days: int
    brings_cert_manager: bool = False

    @property
    def reachable(self) -> tuple[Survey, ...]:
        """The contexts that answered."""
        return tuple(survey for survey in self.surveys if survey.reading.reachable)

    def templates(self, survey: Survey) -> tuple[tuple[Datacenter, Mapping[str, Any]], ...]:
        """The datacenters of a context, each with what holds for it once upstream has merged the cluster's settings with its own."""
        if self.wish is None:
            return ()
        names = ("", survey.context) if survey.reading.control_plane else (survey.context,)
        cassandra = {key: value for key, value in self.wish.cassandra.items() if key != "datacenters"}
        return tuple((found, _whole(cassandra, own)) for found, own in self.wish.templates() if found.context in names)

    def holds_data(self, survey: Survey) -> bool:
        """Whether datacenters are wanted in a context; without a wish, wherever they could be."""
        return bool(self.templates(survey)) if self.wish else not survey.reading.control_plane or len(self.surveys) == 1


def _whole(cassandra: Mapping[str, Any], own: Mapping[str, Any]) -> Mapping[str, Any]:
    """What holds for one datacenter."""
    whole = merged(cassandra, own)
    return {**whole, "racks": whole.get("racks") or [{"name": "default"}]}
