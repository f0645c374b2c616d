# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a user said of a K8ssandraCluster and of a release: without what servers added, and without what nobody may read."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .deployment import AUTOUPDATE
from .diff import changes
from .objects import Object
from .redact import redact

_LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
# The operator's own on a K8ssandraCluster: k8ssandra-operator v1.26.0 controllers/k8ssandra/{schemas,datacenters}.go.
_OPERATORS_OWN = (_LAST_APPLIED, "k8ssandra.io/initial-system-replication", "k8ssandra.io/rebuild-dc", "k8ssandra.io/resource-hash")
_CLIENT_SIDE = "kubectl-client-side-apply"


@dataclass(frozen=True)
class Variable:
    """A variable of the inventory that stands where a secret was found.

    Args:
        name: the variable.
        path: where the secret was.
    """

    name: str
    path: str


def spec_said(cluster: Object) -> Mapping[str, Any]:
    """A K8ssandraCluster's spec without its datacenters: in the words of whoever applied it, where they are known to be all there is.

    Else as it is, with the defaults that the API server filled in.
    """
    live: Mapping[str, Any] = cluster.get("spec") or {}
    said = _last_applied(cluster).get("spec")
    if not isinstance(said, Mapping) or _edited_since(cluster) or _differs(said, cluster):
        said = live
    cassandra = {key: value for key, value in (said.get("cassandra") or {}).items() if key != "datacenters"}
    return {**said, "cassandra": cassandra}


def datacenters_said(cluster: Object) -> Sequence[Mapping[str, Any]]:
    """A K8ssandraCluster's datacenters in the same words as `spec_said`."""
    live = ((cluster.get("spec") or {}).get("cassandra") or {}).get("datacenters") or ()
    said = ((_last_applied(cluster).get("spec") or {}).get("cassandra") or {}).get("datacenters") or ()
    return live if not said or _edited_since(cluster) or _differs({"cassandra": {"datacenters": said}}, cluster) else said


def annotations_said(cluster: Object) -> dict[str, str]:
    """The annotations that are a user's. One that the operator removes by itself (`once`) is left out."""
    found = (cluster.get("metadata") or {}).get("annotations") or {}
    return {key: value for key, value in found.items() if key not in _OPERATORS_OWN and (key, value) != (AUTOUPDATE, "once")}


def without_secrets(value: Any, prefix: str) -> tuple[Any, tuple[Variable, ...]]:
    """A deep copy with a variable in place of each value that may be a secret, and those variables.

    Args:
        value: what was found.
        prefix: where, as the first word of the variables' names and paths.
    """
    found: list[Variable] = []
    return _replaced(value, redact(value), (prefix,), found), tuple(found)


def _replaced(value: Any, masked: Any, path: tuple[str, ...], found: list[Variable]) -> Any:
    if value == masked:
        return value
    if isinstance(value, Mapping) and isinstance(masked, Mapping):
        return {key: _replaced(inner, masked[key], (*path, str(key)), found) for key, inner in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str) and isinstance(masked, Sequence) and len(value) == len(masked):
        return [_replaced(inner, masked[index], (*path, str(index)), found) for index, inner in enumerate(value)]
    name = re.sub(r"[^a-z0-9]+", "_", "_".join(path).lower()).strip("_")
    found.append(Variable(f"k8ssandra_secret_{name}", ".".join(path)))
    return found[-1]


def _differs(spec: Mapping[str, Any], cluster: Object) -> bool:
    return bool(changes({"apiVersion": cluster["apiVersion"], "spec": spec}, cluster, ""))


def _last_applied(cluster: Object) -> Mapping[str, Any]:
    text = ((cluster.get("metadata") or {}).get("annotations") or {}).get(_LAST_APPLIED)
    try:
        found = json.loads(text or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, Mapping) else {}


def _edited_since(cluster: Object) -> bool:
    """Whether anybody but a client-side apply has set fields of the spec, which its annotation does not show."""
    return any(manager != _CLIENT_SIDE for manager in managers_of_spec(cluster))


def managers_of_spec(cluster: Object) -> Iterator[str]:
    """The field managers that have set fields of a spec."""
    for entry in (cluster.get("metadata") or {}).get("managedFields") or ():
        if "f:spec" in (entry.get("fieldsV1") or {}):
            yield str(entry.get("manager") or "")
