# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A remote context as the control plane knows it: a kubeconfig in a Secret, and a ClientConfig that names it."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .credentials import KUBECONFIG_KEY
from .identity import MANAGED_BY, Identity
from .kubeconfig import Access, build_kubeconfig, choose_context
from .names import client_config_name
from .objects import Object, Ref, kind_named

_HOST = re.compile(r"^https://(?:[^@/]*@)?(\[[^\]]*\]|[^:/?#]+)", re.IGNORECASE)
_LOOPBACK = re.compile(r"127(\.\d{1,3}){1,3}|0(\.0){0,3}|localhost|.*\.localhost|::|::1|(0{1,4}:){7}0{0,3}[01]|::ffff:127\..*")


@dataclass(frozen=True)
class Registration:
    """The wish for one remote context.

    Args:
        access: how we reach the remote cluster, as somebody who may make accounts there; its name is the context's.
        identity: the account that the control plane gets there.
        namespace: where Secret and ClientConfig lie in the control plane.
        cluster: the kubeconfig's `cluster` entry that the operator uses: server, certificate authority, proxy.
        config_name: the ClientConfig's name, where it is not made of the context's.
        secret_name: the Secret's name, where somebody else chose it.
    """

    access: Access
    identity: Identity
    namespace: str
    cluster: Mapping[str, Any] = field(repr=False)
    config_name: str = ""
    secret_name: str = ""

    @property
    def context(self) -> str:
        """The name that a K8ssandraCluster's `k8sContext` gives."""
        return self.access.name

    @property
    def client_config(self) -> Ref:
        """The ClientConfig."""
        return kind_named("ClientConfig").ref(self.config_name or client_config_name(self.context), self.namespace)

    @property
    def secret(self) -> Ref:
        """The Secret with the kubeconfig."""
        return kind_named("Secret").ref(self.secret_name or f"{self.client_config.name}-kubeconfig", self.namespace)

    def access_with(self, token: str) -> Access:
        """How the operator reaches the remote cluster; an empty token makes a stranger of it."""
        kubeconfig = build_kubeconfig(self.context, self.cluster, token)
        if not token:
            kubeconfig["users"] = [{"name": self.context, "user": {}}]
        return choose_context(kubeconfig, self.context, path=f"the kubeconfig for context {self.context}")

    def secret_body(self, token: str) -> Object:
        """The Secret as it is applied."""
        text = json.dumps(build_kubeconfig(self.context, self.cluster, token), indent=1)
        return {**self._body(self.secret), "type": "Opaque", "data": {KUBECONFIG_KEY: base64.b64encode(text.encode()).decode()}}

    def client_config_body(self) -> Object:
        """The ClientConfig as it is applied: never with the operator's two hashes, or it would not be loaded."""
        return {**self._body(self.client_config), "spec": {"contextName": self.context, "kubeConfigSecret": {"name": self.secret.name}}}

    def _body(self, ref: Ref) -> dict[str, Any]:
        labels = {**MANAGED_BY, "app.kubernetes.io/component": "client-config"}
        return {
            "apiVersion": ref.api_version,
            "kind": ref.kind,
            "metadata": {"name": ref.name, "namespace": ref.namespace, "labels": labels},
        }


def cluster_entry(
    found: Mapping[str, Any], *, server: str | None, ca: bytes | None, tls_server_name: str | None, proxy_url: str | None
) -> dict[str, Any]:
    """The `cluster` entry that the operator uses, self-contained: a file here is none in its container.

    Args:
        found: the entry of the kubeconfig that we use.
        server, tls_server_name, proxy_url: what replaces the entry's own; None keeps it.
        ca: the certificate authority in PEM, whether given or read from the file that the entry names; None keeps its inline data.
    """
    entry = {
        "server": server or found.get("server"),
        "certificate-authority-data": base64.b64encode(ca).decode() if ca else found.get("certificate-authority-data"),
        "tls-server-name": tls_server_name or found.get("tls-server-name"),
        "proxy-url": proxy_url or found.get("proxy-url"),
        "insecure-skip-tls-verify": found.get("insecure-skip-tls-verify") if not ca else None,
    }
    return {key: value for key, value in entry.items() if value}


def address_problem(cluster: Mapping[str, Any]) -> tuple[str, str]:
    """Why the operator could or should not use a `cluster` entry, and what to do; two empty texts when it can."""
    server = str(cluster.get("server") or "")
    host = _HOST.match(server)
    if not host:
        return f"the server {server} is not an https:// URL, and a token must not travel in the clear", "set `server`"
    name = host.group(1).strip("[]").rstrip(".").lower()
    if _LOOPBACK.fullmatch(name):
        found = f"the server {server} is a loopback address, which inside the operator's pod is the pod itself"
        return found, "set `server` to the address of this API server that pods of the control plane reach"
    if cluster.get("insecure-skip-tls-verify"):
        found = "the kubeconfig turns off the verification of the server's certificate, so anybody could take the token"
        return found, "set `ca_cert` to the certificate authority of this API server"
    return "", ""


@dataclass(frozen=True)
class Kept:
    """What a Secret of ours holds: how the operator reaches the remote cluster now."""

    cluster: Mapping[str, Any] = field(default_factory=dict, repr=False)
    token: str = field(default="", repr=False)


def read_secret(secret: Object | None) -> Kept:
    """The kubeconfig that `Registration.secret_body` wrote; nothing when there is none, or somebody else wrote another."""
    encoded = ((secret or {}).get("data") or {}).get(KUBECONFIG_KEY)
    if not isinstance(encoded, str):
        return Kept()
    try:
        kubeconfig = json.loads(base64.b64decode(encoded))
        return Kept(kubeconfig["clusters"][0]["cluster"], str(kubeconfig["users"][0]["user"]["token"]))
    except (ValueError, KeyError, IndexError, TypeError):
        return Kept()


def users_of(context: str, clusters: Iterable[Object], replicated: Iterable[Object], tasks: Iterable[Object]) -> tuple[str, ...]:
    """What in the control plane still uses a context, as words for people.

    Args:
        context: the context's name.
        clusters: all K8ssandraClusters.
        replicated: all ReplicatedSecrets; one that is being deleted counts only as part of its cluster.
        tasks: all K8ssandraTasks; one that is complete does not count.
    """
    using = {(body["metadata"]["namespace"], body["metadata"]["name"]): body for body in clusters if context in _contexts_of_cluster(body)}
    found = [f"K8ssandraCluster {namespace}/{name}" for namespace, name in using]
    for body in replicated:
        targets = (body.get("spec") or {}).get("replicationTargets") or ()
        if not body["metadata"].get("deletionTimestamp") and any(target.get("k8sContextName") == context for target in targets):
            found.append(f"ReplicatedSecret {body['metadata']['namespace']}/{body['metadata']['name']}")
    for body in tasks:
        cluster = (body.get("spec") or {}).get("cluster") or {}
        key = (cluster.get("namespace") or body["metadata"]["namespace"], cluster.get("name"))
        if key in using and not (body.get("status") or {}).get("completionTime"):
            found.append(f"K8ssandraTask {body['metadata']['namespace']}/{body['metadata']['name']}")
    return tuple(found)


def _contexts_of_cluster(cluster: Object) -> set[str]:
    """The contexts that a K8ssandraCluster names, and those where it still has a datacenter that it names no longer."""
    datacenters = ((cluster.get("spec") or {}).get("cassandra") or {}).get("datacenters") or ()
    statuses = (cluster.get("status") or {}).get("datacenters") or {}
    named = {str(datacenter.get("k8sContext") or "") for datacenter in datacenters}
    return named | {str((status or {}).get("contextName") or "") for status in statuses.values()}
