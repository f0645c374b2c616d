# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A registration that somebody else made: what it is, and which cluster it leads to. Names prove nothing."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .credentials import KUBECONFIG_KEY, context_of
from .errors import SpecError
from .kubeconfig import Access, build_kubeconfig, choose_context
from .objects import Object, Ref, kind_named
from .tokens import read_token

# What a kubeconfig may say that needs no file and starts no command. It was found in a cluster: a file that it names would be one of
# this machine, sent to a server of its choice, and a command would run here.
_INLINE: Mapping[str, frozenset[str]] = {
    "cluster": frozenset(
        "server certificate-authority-data tls-server-name proxy-url insecure-skip-tls-verify disable-compression extensions".split()
    ),
    "user": frozenset("token client-certificate-data client-key-data username password extensions".split()),
}
_SUBJECT = "system:serviceaccount:"


@dataclass(frozen=True)
class Account:
    """The service account that a token is of.

    Args:
        namespace, name: the account's.
        uid: that of its object; empty when the token does not say.
        expires: when the token does, in seconds since 1970; None when it never does.
    """

    namespace: str
    name: str
    uid: str
    expires: float | None

    @property
    def ref(self) -> Ref:
        """The ServiceAccount."""
        return kind_named("ServiceAccount").ref(self.name, self.namespace)

    @property
    def token(self) -> str:
        """The kind of token, for people."""
        return "never expires: a Secret of the account holds it" if self.expires is None else "is bound and expires"


def registrations_of(context: str, client_configs: Iterable[Object]) -> tuple[Object, ...]:
    """The ClientConfigs that stand for a context, whatever they are called."""
    return tuple(body for body in client_configs if context_of(body) == context)


def secret_name_of(client_config: Object) -> str:
    """The Secret that a ClientConfig names; empty when it names none."""
    return str(((client_config.get("spec") or {}).get("kubeConfigSecret") or {}).get("name") or "")


def kubeconfig_text(secret: Object | None) -> str:
    """The kubeconfig in a Secret as text; empty when there is none."""
    encoded = ((secret or {}).get("data") or {}).get(KUBECONFIG_KEY)
    try:
        return base64.b64decode(str(encoded or "")).decode()
    except ValueError:
        return ""


def inline_access(kubeconfig: Any, context: str, *, path: str) -> Access:
    """How the operator reaches a context, with nothing but what its kubeconfig itself holds.

    Args:
        kubeconfig: what the Secret holds, parsed.
        context: the context's name, by which the operator chooses.
        path: where it was found, for messages.

    Raises:
        SpecError: it is no kubeconfig, has no such context, or names files or a command.
    """
    found = choose_context(kubeconfig, context, path=path)
    for section, entry in (("cluster", found.cluster), ("user", found.user)):
        foreign = sorted(str(key) for key, value in entry.items() if value and key not in _INLINE[section])
        if foreign:
            found_there = f"its {section} says {', '.join(foreign)}"
            raise SpecError(path, f"{found_there}: a file or command of another machine, which is never used here")
    alone = build_kubeconfig(context, found.cluster, "")
    alone["users"][0]["user"] = dict(found.user)
    return choose_context(alone, context, path=path)


def account_of(access: Access) -> Account | None:
    """The service account that a registration logs in as; None when it logs in otherwise."""
    claims = read_token(str(access.user.get("token") or ""))
    if claims is None or not claims.subject.startswith(_SUBJECT):
        return None
    namespace, mark, name = claims.subject[len(_SUBJECT) :].partition(":")
    return Account(namespace, name, claims.account_uid, claims.expires) if mark and namespace and name else None


def leads_elsewhere(account: Account, there: Object | None) -> str:
    """Why a registration does not lead to the cluster in which we looked for its account; empty when it does, or cannot be told."""
    if there is None:
        return f"its token is of {account.ref}, which this cluster does not have"
    found = str(there["metadata"].get("uid") or "")
    return f"its token is of another {account.ref}, with UID {account.uid} and not {found}" if account.uid and account.uid != found else ""
