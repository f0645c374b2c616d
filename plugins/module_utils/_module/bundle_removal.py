# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Removing a bundle of objects from one context, when nobody needs it any more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._core.bundle import Bundle
from .._core.objects import Object, Ref
from .._kube.api import Api
from .._kube.apply import carry_out
from .._kube.bundle import plan_removal, require_unused
from .operator_waiting import await_removal
from .run import Call, foretelling, outcome, reporting


def remove_bundle(call: Call, api: Api, bundle: Bundle, found: Mapping[Ref, Object], **returned: Any) -> dict[str, Any]:
    """Removes the objects of a bundle that were found, and waits until they are gone; the outcome, with what else is `returned`.

    Raises:
        Conflict: something of somebody else's would go too.
    """
    plan = plan_removal(api, found, bundle)
    known = {"objects": len(plan.steps), **returned}
    with foretelling(call):
        require_unused(api, found, bundle)
    if not call.check_mode:
        with reporting(**known) as done:
            carry_out(api, plan, say=call.say, done=done)
            if call.parameters["wait"]:
                await_removal(call, api, found)
    return outcome(plan, **known)
