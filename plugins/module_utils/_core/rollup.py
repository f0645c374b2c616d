# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One verdict over a K8ssandraCluster: upstream's status has no Ready, no phase and no reason, so they are rolled up here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from .credentials import Credential
from .datacenters import Datacenter, datacenters_of
from .error_patience import ErrorPatience
from .objects import Object
from .operators import Certificate, Operator, certificates_in, operators_in
from .problems import Problem, problems_of
from .readings import ClusterReading, ContextReading, holds, status_of
from .verdict import Verdict


@dataclass(frozen=True)
class ClusterStatus:
    """Where one K8ssandraCluster stands, everywhere.

    Args:
        name, namespace: its identity in the control plane.
        context: the control plane.
        found: it is there; None when the control plane did not answer.
        problems: all that is not as it should be, the first blocking one first.
        error: `status.error`; empty when there is none.
        requires_update: the operator holds a change back until it is allowed to carry it out.
        settled: the operator has carried out the newest generation.
        datacenters, contexts, operators, credentials: what was found.
        certificates: those of the operators' webhooks, by context.
    """

    name: str
    namespace: str
    context: str
    found: bool | None
    problems: tuple[Problem, ...]
    error: str
    requires_update: bool
    settled: bool
    datacenters: tuple[Datacenter, ...]
    contexts: tuple[ContextReading, ...]
    operators: tuple[Operator, ...]
    credentials: tuple[Credential, ...]
    certificates: tuple[tuple[str, Certificate], ...]

    @property
    def ready(self) -> bool:
        """Everything is as wanted, and everybody who was asked answered."""
        return not self.problems

    @property
    def reason(self) -> str:
        """The first problem, in one sentence; empty when ready."""
        return self.problems[0].sentence if self.problems else ""

    @property
    def held(self) -> tuple[str, ...]:
        """The updates that an operator holds back until it is allowed to carry them out, a sentence each."""
        return tuple(problem.sentence for problem in self.problems if problem.held)

    def without_held(self) -> ClusterStatus:
        """The same for somebody to whom an update that is held back is no problem."""
        return replace(self, problems=tuple(problem for problem in self.problems if not problem.held))

    def verdict(self, patience: ErrorPatience | None = None) -> Verdict:
        """The answer to "is it there yet?"; a problem that waiting cannot mend takes the place of the first.

        Args:
            patience: how long `error` has stood, for a caller that looks again and again.
        """
        if self.ready:
            return Verdict(True, lines=self.lines)
        if patience is not None and patience.hopeless:
            reason = f"{self.context}: the operator cannot carry out K8ssandraCluster {self.name}: {patience.error}"
            return Verdict(False, reason, True, self.context, self.lines, patience.advice)
        first = next((problem for problem in self.problems if problem.hopeless), self.problems[0])
        return Verdict(False, first.sentence, first.hopeless, first.context, self.lines, first.advice)

    @property
    def lines(self) -> tuple[str, ...]:
        """Where each datacenter stands, a line each."""
        return tuple(datacenter.line for datacenter in self.datacenters)

    @property
    def summary(self) -> tuple[str, ...]:
        """The whole status for people: the verdict, a line a datacenter, a line a context."""
        verdict = "ready" if self.ready else f"not ready: {self.reason}"
        others = [problem.sentence for problem in self.problems[1:]]
        first = f"K8ssandraCluster {self.namespace}/{self.name} is {verdict}"
        return (first, *others, *self.lines, *map(self._context_line, self.contexts))

    def _context_line(self, reading: ContextReading) -> str:
        if not reading.reachable:
            return f"{reading.context}: unknown: {reading.cause}"
        running = [f"{operator.operator} {operator.version}" for operator in self.operators if operator.context == reading.context]
        expiry = [each.describe()["token_expires"] for each in self.credentials if each.context == reading.context]
        tokens = [f"token expires {moment}" for moment in expiry if moment]
        return f"{reading.context}: " + ", ".join((f"Kubernetes {reading.server_version or 'of unknown version'}", *running, *tokens))

    def describe(self) -> dict[str, Any]:
        """The status as a module returns it."""
        return {
            "ready": self.ready,
            "summary": list(self.summary),
            "reason": self.reason,
            "problems": [problem.sentence for problem in self.problems],
            "error": self.error,
            "requires_update": self.requires_update,
            "held_updates": list(self.held),
            "datacenters": [datacenter.describe() for datacenter in self.datacenters],
            "contexts": [*(self._describe_context(context) for context in self.contexts), *self._describe_others()],
            "operators": [operator.describe() for operator in self.operators],
        }

    def _describe_context(self, reading: ContextReading) -> dict[str, Any]:
        return {
            "name": reading.context,
            "control_plane": reading.control_plane,
            "reachable": reading.reachable,
            "cause": reading.cause,
            "server_version": reading.server_version,
            "credential": next((each.describe() for each in self.credentials if each.context == reading.context), None),
            "certificates": [certificate.describe() for context, certificate in self.certificates if context == reading.context],
            "gaps": list(reading.gaps),
        }

    def _describe_others(self) -> list[dict[str, Any]]:
        """Contexts that the operator can log in to and that we were not asked to look at."""
        asked = {reading.context for reading in self.contexts}
        unknown = [credential for credential in self.credentials if credential.context not in asked]
        plain = [ContextReading(credential.context, cause="this context was not given") for credential in unknown]
        return [{**self._describe_context(reading), "reachable": None} for reading in plain]


def roll_up(reading: ClusterReading, now: float) -> ClusterStatus:
    """The verdict on what was read. `now` is in seconds since 1970: tokens and certificates expire, and causes last."""
    datacenters = datacenters_of(reading, now)
    operators = tuple(operator for context in reading.contexts for operator in operators_in(context))
    certificates = tuple((context.context, certificate) for context in reading.contexts for certificate in certificates_in(context))
    cluster: Object = reading.cluster or {}
    error = str(status_of(cluster).get("error") or "")
    return ClusterStatus(
        name=reading.name,
        namespace=reading.namespace,
        context=reading.control_plane.context,
        found=reading.cluster is not None if reading.control_plane.reachable else None,
        problems=tuple(problems_of(reading, datacenters, operators, certificates, now)),
        error="" if error == "None" else error,
        requires_update=holds(cluster, "RequiresUpdate"),
        settled=bool(cluster) and status_of(cluster).get("observedGeneration", 0) >= cluster["metadata"].get("generation", 0),
        datacenters=datacenters,
        contexts=reading.contexts,
        operators=operators,
        credentials=reading.credentials,
        certificates=certificates,
    )
