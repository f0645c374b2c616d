# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kubeconfigs as values: choosing one context of one, and building the one that the control plane keeps for a data plane."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .errors import SpecError


@dataclass(frozen=True)
class Access:
    """How to reach one cluster.

    Args:
        name: what the inventory calls the context; every message names it.
        context: the context's name in the kubeconfig.
        kubeconfig: the parsed kubeconfig.
        folder: where relative paths in the kubeconfig start.
        cluster_uid: the UID that the cluster's `kube-system` namespace must have; empty to accept any.
    """

    name: str
    context: str
    kubeconfig: Mapping[str, Any] = field(repr=False)
    folder: str = ""
    cluster_uid: str = ""

    @property
    def cluster(self) -> Mapping[str, Any]:
        """The `cluster` entry that the context names: server, certificate authority, proxy."""
        return _entry(self.kubeconfig, "cluster", str(_entry(self.kubeconfig, "context", self.context).get("cluster")))

    @property
    def user(self) -> Mapping[str, Any]:
        """The `user` entry that the context names: the log-in."""
        return _entry(self.kubeconfig, "user", str(_entry(self.kubeconfig, "context", self.context).get("user")))

    @property
    def server(self) -> str:
        """The API server's URL."""
        return str(self.cluster.get("server") or "")


def choose_context(kubeconfig: Any, context: str, *, path: str, name: str = "", folder: str = "", cluster_uid: str = "") -> Access:
    """One context of a kubeconfig. `current-context` is never a fallback.

    Args:
        kubeconfig: what the file holds, parsed.
        context: the context's name in it.
        path: where the kubeconfig was given, for messages: an option or a file.
        name: what the inventory calls the context; the context's own name when empty.

    Raises:
        SpecError: it is no kubeconfig, or has no such context, or the context names a missing cluster, user or server.
    """
    if not isinstance(kubeconfig, Mapping) or not kubeconfig.get("contexts"):
        raise SpecError(path, "is not a kubeconfig: it has no contexts; give the file that `kubectl config view` reads")
    names = _names(kubeconfig, "contexts")
    if not context:
        raise SpecError(path, f"no context is named; name one of {', '.join(names)}")
    if context not in names:
        raise SpecError(path, f"has no context {context!r}; it has {', '.join(names)}")
    chosen = _entry(kubeconfig, "context", context)
    for kind in ("cluster", "user"):
        wanted = chosen.get(kind)
        if wanted not in _names(kubeconfig, f"{kind}s"):
            raise SpecError(path, f"context {context!r} names the {kind} {wanted!r}, which the kubeconfig does not have")
    access = Access(name or context, context, kubeconfig, folder, cluster_uid)
    if not access.server.startswith(("https://", "http://")):
        raise SpecError(path, f"the cluster of context {context!r} has no server URL (found {access.server!r})")
    return access


def build_kubeconfig(context: str, cluster: Mapping[str, Any], token: str) -> dict[str, Any]:
    """A self-contained kubeconfig of one context that logs in with a token.

    The operator selects the context by name and ignores `current-context`
    (https://github.com/k8ssandra/k8ssandra-operator/blob/v1.26.0/pkg/clientcache/cache.go).
    """
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": context, "cluster": dict(cluster)}],
        "users": [{"name": context, "user": {"token": token}}],
        "contexts": [{"name": context, "context": {"cluster": context, "user": context}}],
        "current-context": context,
    }


def _names(kubeconfig: Mapping[str, Any], section: str) -> list[str]:
    return [str(entry["name"]) for entry in _entries(kubeconfig, section) if "name" in entry]


def _entry(kubeconfig: Mapping[str, Any], kind: str, name: str) -> Mapping[str, Any]:
    for entry in _entries(kubeconfig, f"{kind}s"):
        if entry.get("name") == name and isinstance(entry.get(kind), Mapping):
            found: Mapping[str, Any] = entry[kind]
            return found
    return {}


def _entries(kubeconfig: Mapping[str, Any], section: str) -> list[Mapping[str, Any]]:
    """The entries of a section; a file written by hand may hold anything there."""
    listed = kubeconfig.get(section)
    return [entry for entry in listed if isinstance(entry, Mapping)] if isinstance(listed, Sequence) else []
