# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a service account's token says of itself, and when it wants to be renewed."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import Any

from .objects import Object


@dataclass(frozen=True)
class TokenClaims:
    """The claims of a token that we go by; nothing that would let anybody in.

    Args:
        subject: the account, e.g. ``system:serviceaccount:NAMESPACE:NAME``.
        issued: seconds since the epoch.
        expires: seconds since the epoch; None for a token that never does.
        account_uid: the UID of the account's object, which only one cluster has; empty when the token does not say.
    """

    subject: str
    issued: float
    expires: float | None
    account_uid: str = ""


def read_token(token: str) -> TokenClaims | None:
    """The claims of a JWT (RFC 7519), its signature unchecked: the API server checks that. None when it is no JWT."""
    parts = token.split(".")
    if len(parts) != 3:
        return None
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except ValueError:
        return None
    if not isinstance(claims, dict):
        return None
    uid = _account_uid(claims)
    return TokenClaims(str(claims.get("sub") or ""), _seconds(claims.get("iat")) or 0.0, _seconds(claims.get("exp")), uid)


def reason_to_renew(token: str, subject: str, account: Object | None, now: float) -> str:
    """Why a token has to be replaced, in one clause; empty when it is still good.

    A third of its own lifetime is left for a run that comes late. The lifetime is what the API server granted, not what was asked.
    A token belongs to one account, not to its name. Logging in does not tell: the API server remembers a good token for 10 s, whatever
    becomes of its account (`TokenSuccessCacheTTL`, kubernetes v1.34 pkg/kubeapiserver/options/authentication.go).

    Args:
        token: the token; empty when there is none.
        subject: the account that it has to be of.
        account: that account as it is now; None when there is none.
        now: seconds since the epoch.
    """
    if not token:
        return "there is no token yet"
    claims = read_token(token)
    if claims is None or claims.expires is None:
        return "the token never expires"
    if claims.subject != subject:
        return f"the token is of {claims.subject or 'nobody'}, not of {subject}"
    if account is None:
        return "its account is no longer there"
    if claims.account_uid and claims.account_uid != account["metadata"].get("uid"):
        return "its account was made anew"
    left, lifetime = claims.expires - now, claims.expires - claims.issued
    if left <= 0:
        return "the token has expired"
    return "less than a third of the token's lifetime is left" if left * 3 < lifetime else ""


def _account_uid(claims: dict[str, Any]) -> str:
    """Of a token that expires, else of one that a Secret holds (kubernetes v1.34 pkg/serviceaccount/{claims,legacy}.go)."""
    bound = claims.get("kubernetes.io")
    account = bound.get("serviceaccount") if isinstance(bound, dict) else None
    uid = account.get("uid") if isinstance(account, dict) else claims.get("kubernetes.io/serviceaccount/service-account.uid")
    return str(uid or "")


def _seconds(value: Any) -> float | None:
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None
