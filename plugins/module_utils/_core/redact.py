# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bodies without their secrets, for diffs and results."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from .hashes import RESOURCE_HASH

MASK = "(masked)"
_SECRET_FIELD = re.compile(r"(?i)(password|passphrase|token|secret_?key|private_?key|access_?key|credentials|kubeconfig)$")
# A line of JVM options may carry a store's password: -Djavax.net.ssl.keyStorePassword=...
_SECRET_OPTION = re.compile(r"(?i)(-D[\w.]*(?:password|secret|token)[\w.]*=)\S+")
# What Kubernetes, and most that logs in to it, have for a token: https://www.rfc-editor.org/rfc/rfc7519#section-3
_TOKEN = re.compile(r"\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*")
# Whom a URL logs in as: https://user:token@host
_LOG_IN = re.compile(r"(://)[^/\s@'\"]+(@)")
# A kubeconfig is given as a path, which is no secret, and now and then, by mistake, as what the file holds.
_PATH = re.compile(r"[~./][^\n{]{0,1000}")


def redact(value: Any) -> Any:
    """A deep copy with everything masked that may be a secret.

    The values of a Secret's `data` and `stringData`, those of fields and variables named like a password, token, key or kubeconfig,
    passwords in JVM options and URLs, and tokens. A field whose name ends in `Ref`, `Name` or `Secret` names a secret and is kept.
    """
    if isinstance(value, Mapping):
        if value.get("kind") == "Secret":
            return {key: _masked(inner) if key in ("data", "stringData") else _without_hash(redact(inner)) for key, inner in value.items()}
        named = {"value"} if _SECRET_FIELD.search(str(value.get("name") or "")) else ()
        return {key: redact_field("password" if key in named else key, inner) for key, inner in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, (str, bytes)):
        return [redact(inner) for inner in value]
    return redact_text(value) if isinstance(value, str) else value


def redact_field(name: str, value: Any) -> Any:
    """The value of a field, masked when its name says that it is a secret; an element of a list has its name in brackets."""
    return MASK if _holds_secret(name.strip("[]"), value) else redact(value)


def redact_text(text: str) -> str:
    """A text without the passwords in JVM options and URLs, and without tokens that can be told by their looks."""
    return _TOKEN.sub(MASK, _LOG_IN.sub(rf"\1{MASK}\2", _SECRET_OPTION.sub(rf"\1{MASK}", text)))


def _without_hash(metadata: Any) -> Any:
    """Upstream keeps a hash of a Secret's values beside them: with it, a weak password could be guessed."""
    annotations = metadata.get("annotations") if isinstance(metadata, Mapping) else None
    if not annotations or RESOURCE_HASH not in annotations:
        return metadata
    return {**metadata, "annotations": {**annotations, RESOURCE_HASH: MASK}}


def _masked(inner: Any) -> Any:
    return dict.fromkeys(inner, MASK) if isinstance(inner, Mapping) else MASK


def _holds_secret(key: Any, inner: Any) -> bool:
    if str(key) == "kubeconfig" and isinstance(inner, str) and _PATH.fullmatch(inner):
        return False
    # A password of digits alone is a number, unless somebody puts it in quotes.
    return isinstance(inner, (str, bytes, int)) and not isinstance(inner, bool) and bool(inner) and bool(_SECRET_FIELD.search(str(key)))
