# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One context before any write: is it the right cluster, does it answer, and does the wished cluster make sense?"""

from __future__ import annotations

from typing import Any

from .._core.kubernetes_version import OLDEST, is_supported
from .._core.objects import kind_named
from .._kube import errors
from .._kube.client import Client
from .argspec import CLUSTER, CONTEXT, CONTEXTS_WITH_DATACENTERS
from .connect import access_of, connected
from .definition import Definition
from .run import Call
from .wish import remote_accesses, wished_cluster

_CHECKING = "checking the context"
# Whom an API server takes a request without credentials for.
_NOBODY = "system:anonymous"


def check_context(call: Call) -> dict[str, Any]:
    """Proves one context by reading only, and a wished cluster without asking any cluster. Raises at the first that does not hold."""
    checks = [*_check_cluster(call)]
    with connected(access_of(call.parameters)) as api:
        checks += [_check_log_in(api, call.parameters["cluster_uid"]), _check_version(api)]
        return {"changed": False, "checks": [{"check": check, "found": found} for check, found in checks]}


def _check_cluster(call: Call) -> list[tuple[str, str]]:
    if not call.parameters["cluster"]:
        return []
    remote_accesses(call.parameters)
    wished = {key: call.parameters["cluster"].get(key) for key in ("name", "definition", "spec", "annotations")}
    wish = wished_cluster(Call({**call.parameters, **wished}, check_mode=True, warn=call.warn))
    return [("cluster", f"K8ssandraCluster {wish.namespace}/{wish.name} with {len(wish.datacenters)} datacenters makes sense")]


def _check_log_in(api: Client, pin: str | None) -> tuple[str, str]:
    """Only a request that needs an account proves a log-in: an API server tells its version to anybody."""
    try:
        api.get(kind_named("Namespace").ref("kube-system"))
    except errors.Forbidden as problem:
        if _NOBODY in problem.found:
            found = f"the kubeconfig gives no credentials, so the API server takes us for {_NOBODY}"
            raise errors.Unauthorized(api.context, _CHECKING, found, "give the user of this context a certificate or a token") from problem
        return "log-in", "accepted, without the right to read namespaces"
    return "log-in", "accepted" + (", and this is the pinned cluster" if pin else "")


def _check_version(api: Client) -> tuple[str, str]:
    version = str(api.read("/version").get("gitVersion", ""))
    if not is_supported(version):
        oldest = ".".join(map(str, OLDEST))
        raise errors.Invalid(
            api.context, _CHECKING, f"the API server is {version or 'of unknown version'}", f"use Kubernetes {oldest} or newer"
        )
    return "version", version


CONTEXT_CHECK = Definition(
    name="context_check",
    argument_spec={
        **CONTEXT,
        **CONTEXTS_WITH_DATACENTERS,
        "namespace": {"type": "str", "default": "k8ssandra-operator"},
        **CLUSTER,
    },
    composition=check_context,
)
