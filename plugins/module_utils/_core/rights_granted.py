# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rights of the table as manifests: what a platform team applies for the account of this collection, with the reason of each rule."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .identity import RIGHTS, Identity, Right
from .objects import Object, kind_named
from .rights import Scope
from .rights_asked import Question, questions

_RBAC = "rbac.authorization.k8s.io"
# What YAML reads as text without quotes, whatever stands around it.
_PLAIN = re.compile(r"(?!(?:true|false|yes|no|on|off|null|y|n)$)[a-z][a-zA-Z0-9./-]*|[A-Z][a-zA-Z]+")
_THERE = ("default", "kube-system")


@dataclass(frozen=True)
class Account:
    """Who gets the rights.

    Args:
        kind: `ServiceAccount`, which the manifests make, or a `User` or `Group` of the cluster's own log-in.
        name: its name.
        namespace: of a ServiceAccount.
        roles: what the roles are called.
    """

    kind: str
    name: str
    namespace: str = ""
    roles: str = "k8ssandra-ansible"

    @property
    def subject(self) -> Mapping[str, str]:
        """The account as a binding names it."""
        more = {"namespace": self.namespace} if self.kind == "ServiceAccount" else {"apiGroup": _RBAC}
        return {"kind": self.kind, "name": self.name, **more}


def rules(scope: Scope, *, optional: bool = False) -> dict[str, tuple[Right, ...]]:
    """The rules that grant the rights of the table, by namespace; an empty name stands for all. No right is granted twice.

    Args:
        optional: the rights that a role does without, in place of those that it needs.
    """
    granted = {_key(one) for one in questions(scope)} if optional else set()
    wanted = [one for one in questions(scope, optional=optional) if _key(one) not in granted]
    everywhere = granted | {_key(one) for one in wanted}
    wanted = [one for one in wanted if not one.namespace or (*_key(one)[:3], "") not in everywhere]
    found: dict[str, tuple[Right, ...]] = {}
    for namespace in dict.fromkeys(one.namespace for one in wanted):
        found[namespace] = tuple(_grouped([one for one in wanted if one.namespace == namespace]))
    return found


def _key(question: Question) -> tuple[str, str, str, str]:
    return question.group, question.resource, question.verb, question.namespace


def _grouped(wanted: Sequence[Question]) -> Iterator[Right]:
    """As few rules as tell each reason: the verbs of a resource first, then the resources that have the same."""
    verbs: dict[tuple[str, str, str], list[str]] = {}
    for one in wanted:
        verbs.setdefault((one.why, one.group, one.resource), []).append(one.verb)
    resources: dict[tuple[str, str, tuple[str, ...]], list[str]] = {}
    for (why, group, resource), used in verbs.items():
        resources.setdefault((why, group, tuple(used)), []).append(resource)
    for (why, group, alike), named in resources.items():
        yield Right(group, tuple(named), alike, why)


def manifest(scope: Scope, account: Account) -> str:
    """What grants an account all that our roles use in a context, as YAML with the reason of each rule."""
    needed, spared = rules(scope), rules(scope, optional=True)
    names = dict.fromkeys((scope.operators, *(namespace for namespace in (*needed, *spared) if namespace not in ("", *_THERE))))
    parts = [_text(_body("Namespace", name)) for name in names]
    if account.kind == "ServiceAccount":
        parts.append(_text(_body("ServiceAccount", account.name, account.namespace)))
    for namespace, granted in needed.items():
        parts += _granting(account, account.roles, namespace, granted)
    for namespace, granted in spared.items():
        first, *rest = _granting(account, f"{account.roles}-optional", namespace, granted)
        parts += [f"# May be left out: what is not granted is not looked at, or not moved.\n{first}", *rest]
    return "".join(f"---\n{part}" for part in parts)


def identity_manifest(identity: Identity) -> str:
    """The account that `register_contexts` makes in a data plane for the control plane, as YAML with the reason of each rule."""
    return "".join(f"---\n{_text(body, RIGHTS)}" for body in identity.objects())


def _granting(account: Account, name: str, namespace: str, granted: Sequence[Right]) -> list[str]:
    kind = "Role" if namespace else "ClusterRole"
    role = {**_body(kind, name, namespace), "rules": []}
    binding = {
        **_body(f"{kind}Binding", name, namespace),
        "roleRef": {"apiGroup": _RBAC, "kind": kind, "name": name},
        "subjects": [account.subject],
    }
    return [_text(role, granted), _text(binding)]


def _body(kind: str, name: str, namespace: str = "") -> dict[str, Any]:
    metadata = {"name": name, **({"namespace": namespace} if namespace else {})}
    return {"apiVersion": kind_named(kind).api_version, "kind": kind, "metadata": metadata}


def _text(body: Object, granted: Sequence[Right] = ()) -> str:
    """An object as YAML; of a role, its rules below their reasons."""
    lines = [f"{name}: {_flow(value)}" for name, value in body.items() if name != "rules"]
    if "rules" in body:
        lines.append("rules:")
        for why in dict.fromkeys(right.why for right in granted):
            lines.append(f"  # {why}")
            lines += [f"  - {_flow(right.rule)}" for right in granted if right.why == why]
    return "\n".join(lines) + "\n"


def _flow(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{name}: {_flow(inner)}" for name, inner in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(_flow, value)) + "]"
    return value if _PLAIN.fullmatch(value) else json.dumps(value)
