# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the operator logs in to a data plane with, and how long that lasts. A token itself never gets into a value."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from typing import Any

from .hashes import RESOURCE_HASH, SECRET_HASH, client_config_hash, secret_hash
from .objects import Object
from .times import written
from .tokens import read_token

KUBECONFIG_KEY = "kubeconfig"

_JWT = re.compile(r"eyJ[\w-]+\.eyJ[\w-]+\.[\w-]+")


@dataclass(frozen=True)
class Credential:
    """One ClientConfig with its Secret.

    Args:
        context: the `k8sContext` that it serves.
        client_config, secret: the names of the two objects.
        found: the Secret is there and holds a kubeconfig; None when it could not be read.
        expires: when the token expires, in seconds since 1970; None when it does not, or cannot be told.
        loaded: the operator has loaded it as it is now: it does so at its start only.
        named: the kubeconfig has the context that the operator looks for in it.
    """

    context: str
    client_config: str
    secret: str
    found: bool | None
    expires: float | None
    loaded: bool
    named: bool = True

    @property
    def unloadable(self) -> str:
        """Why the operator ends at its start (`InitClientConfigs`, k8ssandra-operator v1.26.0); empty when it is not for this."""
        if self.found is False:
            return f"its Secret {self.secret} is missing or holds no kubeconfig"
        return "" if self.named else f"the kubeconfig in its Secret {self.secret} has no context {self.context}"

    def problem(self, now: float) -> str:
        """What keeps the operator from logging in with it, as the end of a sentence; empty when nothing does."""
        if self.unloadable:
            return self.unloadable
        if self.expires is not None and self.expires <= now:
            return f"its token expired at {written(self.expires)}"
        return "" if self.loaded else "the operator has not loaded it"

    def describe(self) -> dict[str, Any]:
        """The credential as a module returns it."""
        expires = written(self.expires) if self.expires is not None else None
        return {"client_config": self.client_config, "secret": self.secret, "loaded": self.loaded, "token_expires": expires}


def credential_of(client_config: Object, secret: Object | None, *, readable: bool = True) -> Credential:
    """The credential that a ClientConfig and its Secret make; `readable` is false when we may not read the Secret."""
    metadata, spec = client_config["metadata"], client_config.get("spec") or {}
    kubeconfig = _decoded(((secret or {}).get("data") or {}).get(KUBECONFIG_KEY))
    return Credential(
        context=context_of(client_config),
        client_config=metadata["name"],
        secret=(spec.get("kubeConfigSecret") or {}).get("name", ""),
        found=bool(kubeconfig) if readable else None,
        expires=token_expiry(kubeconfig),
        loaded=is_loaded(client_config, secret) if readable else all(_hashes_of(client_config)),
        named=not kubeconfig or context_of(client_config) in kubeconfig,
    )


def context_of(client_config: Object) -> str:
    """The context that a ClientConfig stands for: `GetContextName` of upstream's clientconfig_types.go."""
    return str((client_config.get("spec") or {}).get("contextName") or client_config["metadata"]["name"])


def is_loaded(client_config: Object | None, secret: Object | None) -> bool:
    """Whether the operator, at its last start, loaded both objects as they are now."""
    if client_config is None or secret is None:
        return False
    return _hashes_of(client_config) == (client_config_hash(client_config.get("spec") or {}), secret_hash(secret.get("data")))


def _hashes_of(client_config: Object) -> tuple[str | None, str | None]:
    """What the operator wrote of the two objects when it loaded them."""
    annotations = client_config["metadata"].get("annotations") or {}
    return annotations.get(RESOURCE_HASH), annotations.get(SECRET_HASH)


def token_expiry(text: str) -> float | None:
    """When the first JSON web token in a text expires, in seconds since 1970; None when there is none that says.

    The text may be a kubeconfig of anybody's making, YAML or JSON: a token looks the same in both.
    """
    match = _JWT.search(text)
    claims = read_token(match[0]) if match else None
    return claims.expires if claims else None


def _decoded(value: object) -> str:
    try:
        return base64.b64decode(str(value or "")).decode()
    except ValueError:
        return ""
