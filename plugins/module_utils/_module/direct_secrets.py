# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Secrets of a cluster that the collection distributes: taken from where they are, generated where there are none."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Mapping
from typing import Any

from .._core.distribution.secrets import (
    PASSWORD_CHARACTERS,
    PASSWORD_LENGTH,
    agreed_data,
    data_of,
    is_orphan,
    secret_copy,
    secret_names,
)
from .._core.objects import Object, Ref, kind_named
from .._kube.contents import Contents

# What a dry run shows in place of the password that a run would generate.
_FORETOLD = "-" * PASSWORD_LENGTH


def wanted_secrets(
    definition: Object, places: Mapping[str, tuple[str, ...]], contents: Mapping[str, Contents], *, check_mode: bool
) -> dict[str, list[dict[str, Any]]]:
    """The Secrets of users that each context needs, by context.

    A password is generated only when no context holds the Secret; whoever calls this knows that all of them answered.

    Args:
        definition: the cluster.
        places: the namespaces with datacenters, by context.
        contents: what each context holds.
        check_mode: generate nothing.
    """
    wanted: dict[str, list[dict[str, Any]]] = {context: [] for context in places}
    for name in secret_names(definition):
        found = [(context, body) for context, one in contents.items() for ref, body in one.objects.items() if _is_copy(ref, name)]
        data = agreed_data(name, found) or data_of(name, _FORETOLD if check_mode else _password())
        more = {"orphan": is_orphan(definition, found), "kind": found[0][1].get("type") or "Opaque" if found else "Opaque"}
        for context, namespaces in places.items():
            wanted[context] += [secret_copy(definition, name, namespace, data, **more) for namespace in namespaces]
    return wanted


def secret_refs(definition: Object, namespaces: tuple[str, ...]) -> list[Ref]:
    """Where a context may hold the Secrets of users."""
    return [kind_named("Secret").ref(name, namespace) for name in secret_names(definition) for namespace in namespaces]


def decoded(secret: Object) -> dict[str, str]:
    """The values of a Secret as text; what is none is replaced."""
    return {key: base64.b64decode(value).decode(errors="replace") for key, value in (secret.get("data") or {}).items()}


def _is_copy(ref: Ref, name: str) -> bool:
    return ref.kind == "Secret" and ref.name == name


def _password() -> str:
    return "".join(secrets.choice(PASSWORD_CHARACTERS) for _each in range(PASSWORD_LENGTH))
