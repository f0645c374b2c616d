# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A plan: the ordered steps from what is there to what is wanted. `changed`, the diff and check mode read the same steps."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any

from .diff import Change, changes
from .fingerprint import digest_of
from .objects import Object, Ref, ref_of
from .redact import MASK, redact, redact_field

FIELD_MANAGER = "k8ssandra.operator"
# What people read of one step: a new version of a custom resource definition changes hundreds of fields.
MOST_CHANGES, LONGEST_VALUE = 10, 120


class Verb(str, Enum):
    """What a step does to its object."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"


@dataclass(frozen=True)
class Step:
    """One write to one object of one context.

    Args:
        context: the name of the kube context.
        verb: create, update or delete.
        ref: the object.
        why: one clause for people, e.g. ``is not there`` or ``spec.replicas differs``.
        body: what is applied; None for a removal.
        found: the live object before; None when it is not there.
        changes: the fields that change, for an update.
        preview: how far the server confirmed the step in advance; empty when it did, or when nobody asked it.
    """

    context: str
    verb: Verb
    ref: Ref
    why: str
    body: Object | None = field(default=None, repr=False)
    found: Object | None = field(default=None, repr=False)
    changes: tuple[Change, ...] = field(default=(), repr=False)
    preview: str = ""

    def describe(self) -> dict[str, Any]:
        """The step as a module returns it: no body, since one may hold a secret."""
        shown = {"context": self.context, "verb": self.verb.value, "object": str(self.ref), "why": self.why}
        more = {"changes": list(self._told()), "preview": self.preview}
        return {**shown, **{name: value for name, value in more.items() if value}, "digest": self._digest()}

    def _told(self) -> tuple[str, ...]:
        """The fields that change, a line each, secrets masked and long values cut."""
        told = [f"{change}: {_brief(found)} -> {_brief(wanted)}" for change, found, wanted in self.masked()]
        more = len(told) - MOST_CHANGES
        return (*told[:MOST_CHANGES], f"and {more} more") if more > 0 else tuple(told)

    def _digest(self) -> str:
        """What is done, in few letters: not why, and no secret, so it neither tells nor depends on the body of a token."""
        done = [[str(change), found, wanted] for change, found, wanted in self.masked()]
        return digest_of([self.context, self.verb.value, str(self.ref), redact(self.body) if self.verb is Verb.CREATE else done])

    def masked(self) -> Iterator[tuple[Change, Any, Any]]:
        """Each field that changes, with what was found and what is wanted, secrets masked."""
        secret = self.ref.kind == "Secret"
        for change in self.changes:
            yield change, _masked(change, change.found, secret), _masked(change, change.wanted, secret)


@dataclass(frozen=True)
class Plan:
    """Ordered steps. An empty plan means that everything is as wanted."""

    steps: tuple[Step, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.steps)

    def __add__(self, other: Plan) -> Plan:
        return Plan(self.steps + other.steps)

    def of(self, context: str) -> Plan:
        """The steps that concern one context, in order."""
        return Plan(tuple(step for step in self.steps if step.context == context))

    def describe(self) -> list[dict[str, Any]]:
        """The steps as a module returns them."""
        return [step.describe() for step in self.steps]

    def diff(self) -> list[dict[str, Any]]:
        """Ansible's diff, an entry an object, secrets masked: only the fields that are ours."""
        return [_diff_of(step) for step in self.steps]


def plan_presence(context: str, wanted: Iterable[Object], found: Mapping[Ref, Object]) -> Plan:
    """The steps that make every wanted object be there as wanted, in the order given.

    Args:
        context: the name of the kube context.
        wanted: bodies as they would be applied: only fields that are ours.
        found: the live objects by identity; one that is missing is not there.
    """
    return Plan(tuple(step for body in wanted for step in _presence(context, body, found.get(ref_of(body)))))


def plan_absence(context: str, unwanted: Iterable[Ref], found: Mapping[Ref, Object], why: str) -> Plan:
    """The steps that remove those of the unwanted objects that are there, in the order given."""
    there = [ref for ref in unwanted if ref in found and not found[ref]["metadata"].get("deletionTimestamp")]
    return Plan(tuple(Step(context, Verb.DELETE, ref, why, found=found[ref]) for ref in there))


def update_step(context: str, body: Object | None, found: Object | None, differing: tuple[Change, ...], why: str = "") -> Step:
    """The step that changes these fields of an object that is there; `why` says it unless the fields do."""
    known = body if body is not None else found or {}
    return Step(context, Verb.UPDATE, ref_of(known), why or _why(differing), body=body, found=found, changes=differing)


def drop_ineffective(plan: Plan, answers: Mapping[Ref, Object]) -> Plan:
    """Without the updates that the server says would change nothing.

    Args:
        plan: the steps of one context.
        answers: what a dry-run apply of a step's body answered, by object.
    """
    return Plan(tuple(step for step in plan.steps if step.ref not in answers or _takes_effect(step, answers[step.ref])))


def with_preview(step: Step, preview: str) -> Step:
    """The same step with a remark on how far it could be previewed."""
    return replace(step, preview=preview)


def _presence(context: str, body: Object, found: Object | None) -> tuple[Step, ...]:
    if found is None:
        return (Step(context, Verb.CREATE, ref_of(body), "is not there", body=body),)
    differing = changes(body, found, FIELD_MANAGER)
    return (update_step(context, body, found, differing),) if differing else ()


def _why(differing: tuple[Change, ...]) -> str:
    named = ", ".join(str(change) for change in differing[:3])
    rest = f" and {len(differing) - 3} more" if len(differing) > 3 else ""
    return f"{named}{rest} {'differs' if len(differing) == 1 else 'differ'}"


_VOLATILE = frozenset(("managedFields", "resourceVersion", "generation"))


def _takes_effect(step: Step, answer: Object) -> bool:
    return step.verb is not Verb.UPDATE or step.found is None or _settled(answer) != _settled(step.found)


def _settled(body: Object) -> dict[str, Any]:
    metadata = {key: value for key, value in body.get("metadata", {}).items() if key not in _VOLATILE}
    return {**{key: value for key, value in body.items() if key != "status"}, "metadata": metadata}


def _diff_of(step: Step) -> dict[str, Any]:
    header = f"{step.context}: {step.ref}"
    if step.verb is Verb.UPDATE:
        before = {str(change): _condensed(found) for change, found, _wanted in step.masked()}
        after = {str(change): _condensed(wanted) for change, _found, wanted in step.masked()}
    else:
        before = {} if step.verb is Verb.CREATE else {"object": str(step.ref)}
        after = _condensed(redact(step.body)) if step.body is not None else {}
    return {"before_header": header, "after_header": f"{header} ({step.verb.value})", "before": before, "after": after}


def _masked(change: Change, value: Any, secret: bool) -> Any:
    if secret and value is not None:
        return MASK
    # The value of a variable in a list is named by the element: `env.[PASSWORD].value`.
    return redact_field(change.path[-2:][0] if change.path[-1] == "value" else change.path[-1], value)


def _brief(value: Any) -> str:
    text = "nothing" if value is None else json.dumps(_condensed(value), default=str)
    return text if len(text) <= LONGEST_VALUE else f"{text[: LONGEST_VALUE - 3]}..."


def _condensed(value: Any) -> Any:
    """Without what nobody reads: the schema of a custom resource definition alone has up to 30,000 lines."""
    if isinstance(value, dict):
        return {key: "(a schema)" if key == "openAPIV3Schema" else _condensed(inner) for key, inner in value.items()}
    return [_condensed(inner) for inner in value] if isinstance(value, list) else value
