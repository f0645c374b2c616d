# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rights of the table as questions to an API server, and what its answers and its audit log say of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .objects import Object
from .rights import Scope


@dataclass(frozen=True)
class Question:
    """One right in one place; an empty namespace stands for all, and for kinds that have none."""

    group: str
    resource: str
    verb: str
    namespace: str
    why: str

    @property
    def review(self) -> Object:
        """The question as an API server takes it."""
        resource, _slash, subresource = self.resource.partition("/")
        named = {"group": self.group, "resource": resource, "subresource": subresource, "verb": self.verb, "namespace": self.namespace}
        asked = {key: value for key, value in named.items() if value}
        return {"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview", "spec": {"resourceAttributes": asked}}


# Whoever may do everything is not asked for each right.
EVERYTHING = Question("*", "*", "*", "", "")


def questions(scope: Scope, *, optional: bool = False) -> tuple[Question, ...]:
    """What has to be asked in one context, each once, with all that needs it.

    Args:
        optional: the rights that a role does without, in place of those that it needs.
    """
    reasons: dict[tuple[str, str, str, str], list[str]] = {}
    for need in scope.needs():
        for resource in need.right.resources if need.optional is optional else ():
            for namespace in scope.places(need.where):
                for verb in need.right.verbs:
                    reasons.setdefault((need.right.group, resource, verb, namespace), []).append(need.right.why)
    return tuple(Question(*key, "; ".join(dict.fromkeys(whys))) for key, whys in reasons.items())


def lacking(refused: Iterable[Question]) -> tuple[str, ...]:
    """What is refused, a line a kind and place: the verbs, the kind, where, and after a semicolon what needs them."""
    rows: dict[tuple[str, str], list[Question]] = {}
    for question in refused:
        rows.setdefault((f"{question.resource}.{question.group}".rstrip("."), question.namespace), []).append(question)
    return tuple(
        f"{', '.join(one.verb for one in asked)} {kind} in {f'namespace {namespace}' if namespace else 'the whole cluster'}; "
        + "; ".join(dict.fromkeys(reason for one in asked for reason in one.why.split("; ")))
        for (kind, namespace), asked in rows.items()
    )


def unlisted(uses: Iterable[Mapping[str, Any]], scope: Scope) -> Iterator[str]:
    """What was used and is in no row.

    Args:
        uses: each with `group`, `resource` (with its subresource), `verb` and `namespace`, as an audit log has them.
    """
    listed = {
        (need.right.group, resource, verb, namespace)
        for need in scope.needs()
        for resource in need.right.resources
        for verb in need.right.verbs
        for namespace in scope.places(need.where)
    }
    for use in uses:
        if not {(use["group"], use["resource"], use["verb"], namespace) for namespace in ("", use["namespace"])} & listed:
            yield f"{use['verb']} {use['resource']}.{use['group']}".rstrip(".") + f" in {use['namespace'] or 'all namespaces'}"
