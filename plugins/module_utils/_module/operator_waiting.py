# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Waiting for operators that were installed, whatever installed them."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from .._core.bundle import definitions, webhook_probes
from .._core.installation import Installation
from .._core.objects import KINDS, Object, Ref
from .._core.operators import K8SSANDRA, loads_client_configs
from .._core.plan import Plan
from .._core.verdict import Verdict
from .._kube import errors
from .._kube.api import Api
from .._kube.bundle import Read, look_by
from .._kube.definitions import require_definitions
from .._kube.loading import why_it_cannot_start
from .._kube.wait import wait_for
from .awaiting import REACTION
from .run import Call

_KEPT_LONGEST = ("CustomResourceDefinition", "Namespace")


@dataclass(frozen=True)
class Watch:
    """What is waited for in one context.

    Args:
        wanted: the objects that install the operators.
        read: reads those of them that are there.
    """

    call: Call
    api: Api
    wanted: Sequence[Object]
    read: Read

    def for_definitions(self) -> None:
        """Waits until the API server serves the operators' kinds, and proves that they are what was applied."""

        def look_at_kinds() -> Verdict:
            verdict = look_by(self.api, self.wanted, self.read, 0.0, ("CustomResourceDefinition",))
            # One line: it mostly takes a second.
            return replace(verdict, lines=verdict.lines[-1:])

        call, doing = self.call, "waiting for the operators' kinds"
        wait_for(look_at_kinds, call.patience, context=self.api.context, doing=doing, say=call.say)
        for more in require_definitions(self.api, definitions(self.wanted)):
            self.call.warn(more)

    def for_operators(self, wish: Installation, plan: Plan) -> None:
        """Waits until the operators run and, when the plan changed something, until their webhooks serve.

        Not for an operator that ends at its start because of its registrations: what repairs these comes after us.
        """
        began, wanted, unloadable = time.monotonic(), self.wanted, ""

        def look_at_all() -> Verdict:
            nonlocal wanted, unloadable
            verdict = look_by(self.api, wanted, self.read, time.time())
            if not (verdict.done or unloadable) and wish.control_plane:
                unloadable = why_it_cannot_start(self.api, wish.namespace)
                wanted = [body for body in wanted if not (unloadable and loads_client_configs(body))]
            # A pod from before the run is about to go, whatever keeps it from running.
            old = unloadable or time.monotonic() - began < REACTION
            return replace(verdict, hopeless=verdict.hopeless and not old)

        call, context = self.call, self.api.context
        wait_for(look_at_all, call.patience, context=context, doing="waiting for the operators", say=call.say)
        if unloadable:
            call.warn(f"{context}: {K8SSANDRA} starts when the registrations are repaired, as register_contexts does: {unloadable}")
        elif plan:
            wait_for(lambda: self._webhooks(wish), call.patience, context=context, doing="waiting for the webhooks", say=call.say)

    def _webhooks(self, wish: Installation) -> Verdict:
        context = self.api.context
        for probe in webhook_probes(wish):
            kind = KINDS[str(probe["apiVersion"]), str(probe["kind"])]
            try:
                self.api.create(kind.path(wish.namespace), probe, dry_run=True)
            except errors.Unavailable as problem:
                reason = f"the webhook of {kind.plural} does not answer yet"
                return Verdict(False, f"{reason}: {problem.found}", context=context, lines=(f"{context}: {reason}",))
            except (errors.Denied, errors.Invalid):
                continue
        return Verdict(True)


def await_removal(call: Call, api: Api, found: Iterable[Ref]) -> None:
    """Waits until namespaces and definitions are gone: they go last and take the longest, and then everything in them is gone."""
    watched = [ref for ref in found if ref.kind in _KEPT_LONGEST]

    def look_at_last() -> Verdict:
        left = [ref for ref in watched if api.get(ref) is not None]
        lines = tuple(f"{api.context}: {ref} is going" for ref in left)
        return Verdict(not left, f"{left[0]} is still being removed" if left else "", lines=lines)

    wait_for(look_at_last, call.patience, context=api.context, doing="waiting for removal", say=call.say)
