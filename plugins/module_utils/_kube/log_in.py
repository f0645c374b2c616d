# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Logging in: what a kubeconfig says of a user, as connections, and without a file that a killed run would leave behind."""

from __future__ import annotations

import base64
import os
import ssl
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

from .._core.kubeconfig import Access
from .._core.times import instant
from . import errors
from .plugin import ask_plugin

KUBERNETES_IMPORT_ERROR: str | None = None
try:
    from kubernetes.client import Configuration
    from kubernetes.client.rest import RESTClientObject
    from kubernetes.config.config_exception import ConfigException
    from kubernetes.config.kube_config import KubeConfigLoader
    from urllib3.util.ssl_ import create_urllib3_context
except ImportError as problem:
    KUBERNETES_IMPORT_ERROR = str(problem)

_DOING = "reading the kubeconfig"
# A token is renewed this many seconds before it ends.
_EARLY = 60.0


@dataclass(frozen=True)
class LogIn:
    """An open log-in.

    Args:
        configuration: the library's, which renews the tokens that it knows how to renew.
        pool: the connections.
        ends: when a plugin has to be asked again, in seconds since 1970; None for never.
    """

    configuration: Any = field(repr=False)
    pool: Any = field(repr=False)
    ends: float | None = None

    def headers(self) -> dict[str, str]:
        """What a request has to carry."""
        token = self.configuration.get_api_key_with_prefix("BearerToken", "authorization")  # its name in new and in old versions
        basic = self.configuration.get_basic_auth_token() if self.configuration.username else None
        carried = str(token or basic or "")
        return {"Authorization": carried} if carried else {}

    def holds(self, now: float) -> bool:
        """Whether it can be used at a time in seconds since 1970."""
        return self.ends is None or now < self.ends - _EARLY


def log_in(access: Access) -> LogIn:
    """Opens the log-in of one context. Raises `Unauthorized`, or `Unreachable` for certificates that cannot be used."""
    user, ends = dict(access.user), None
    if user.get("exec") and not (user.get("token") or user.get("tokenFile")):
        user, ends = _answered(ask_plugin(access))
    try:
        with ExitStack() as held:
            configuration = _load(access, user, held)
            return LogIn(configuration, _connections(configuration), ends)
    except ConfigException as problem:
        raise errors.Unauthorized(access.name, _DOING, str(problem), "correct the user of this context in the kubeconfig") from problem
    except (OSError, ValueError) as problem:
        found = f"{type(problem).__name__}: {problem}"
        raise errors.Unreachable(access.name, _DOING, found, "correct the certificate or key files that the kubeconfig names") from problem


def _answered(status: Mapping[str, Any]) -> tuple[dict[str, Any], float | None]:
    """What a plugin answered, as a kubeconfig's user, and when it ends."""
    pem = {"client-certificate-data": status.get("clientCertificateData"), "client-key-data": status.get("clientKeyData")}
    user: dict[str, Any] = {name: base64.b64encode(str(text).encode()).decode() for name, text in pem.items() if text}
    if status.get("token"):
        user["token"] = status["token"]
    return user, instant(status.get("expirationTimestamp"))


def _load(access: Access, user: Mapping[str, Any], held: ExitStack) -> Any:
    """The library's configuration; the files that it names are there while `held` is."""
    cluster = _in_files(access.cluster, ("certificate-authority",), held)
    kubeconfig = {
        "contexts": [{"name": access.context, "context": {"cluster": access.context, "user": access.context}}],
        "clusters": [{"name": access.context, "cluster": cluster}],
        "users": [{"name": access.context, "user": _in_files(user, ("client-certificate", "client-key"), held)}],
    }
    configuration = Configuration()
    KubeConfigLoader(kubeconfig, active_context=access.context, config_base_path=access.folder).load_and_set(configuration)
    return configuration


def _in_files(entry: Mapping[str, Any], names: Iterable[str], held: ExitStack) -> dict[str, Any]:
    """The entry with a path in the place of each inline text: the library would write it to a file, and leave that there."""
    placed = dict(entry)
    for name in names:
        inline = placed.pop(f"{name}-data", None)
        if inline:
            placed[name] = _path_to(base64.standard_b64decode(str(inline)), held)
    return placed


def _path_to(content: bytes, held: ExitStack) -> str:
    """A path that reads as this content while `held` is; in memory where the system can, so that a kill leaves nothing."""
    if not hasattr(os, "memfd_create"):
        folder = held.enter_context(tempfile.TemporaryDirectory())
        path = os.path.join(folder, "kubeconfig")
        with open(path, "wb") as file:
            file.write(content)
        return path
    descriptor = os.memfd_create("kubeconfig", os.MFD_CLOEXEC)
    held.callback(os.close, descriptor)
    with open(descriptor, "wb", closefd=False) as memory:
        memory.write(content)
    return f"/proc/self/fd/{descriptor}"


def _connections(configuration: Any) -> Any:
    """The connections, with certificates and keys already read."""
    context = create_urllib3_context(cert_reqs=ssl.CERT_REQUIRED if configuration.verify_ssl else ssl.CERT_NONE)
    if configuration.ssl_ca_cert:
        context.load_verify_locations(configuration.ssl_ca_cert)
    elif configuration.verify_ssl:
        context.load_default_certs()
    if configuration.cert_file:
        # An empty password: OpenSSL would ask a terminal for that of an encrypted key.
        context.load_cert_chain(configuration.cert_file, configuration.key_file, password="")
    configuration.ssl_ca_cert = configuration.cert_file = configuration.key_file = None
    pool = RESTClientObject(configuration).pool_manager
    pool.connection_pool_kw["ssl_context"] = context
    return pool
