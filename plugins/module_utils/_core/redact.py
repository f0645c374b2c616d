# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bodies without their secrets, for diffs and results."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

MASK = "(masked)"
_SECRET_FIELD = re.compile(r"(?i)(password|passphrase|token|secret_?key|private_?key|access_?key|credentials|kubeconfig)$")
# A line of JVM options may carry a store's password: -Djavax.net.ssl.keyStorePassword=...
_SECRET_OPTION = re.compile(r"(?i)(-D[\w.]*(?:password|secret|token)[\w.]*=)\S+")


def redact(value: Any) -> Any:
    """A deep copy with everything masked that may be a secret.

    The values of a Secret's `data` and `stringData`, and those of fields named like a password, token, key or kubeconfig. A field
    whose name ends in `Ref`, `Name` or `Secret` names a secret and is kept.
    """
    if isinstance(value, Mapping):
        if value.get("kind") == "Secret":
            return {key: _masked(inner) if key in ("data", "stringData") else redact(inner) for key, inner in value.items()}
        return {key: MASK if _holds_secret(key, inner) else redact(inner) for key, inner in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, (str, bytes)):
        return [redact(inner) for inner in value]
    return _SECRET_OPTION.sub(rf"\1{MASK}", value) if isinstance(value, str) else value


def _masked(inner: Any) -> Any:
    return dict.fromkeys(inner, MASK) if isinstance(inner, Mapping) else MASK


def _holds_secret(key: Any, inner: Any) -> bool:
    return isinstance(inner, (str, bytes)) and bool(inner) and bool(_SECRET_FIELD.search(str(key)))
