# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A K8ssandraCluster as a wish: what the user wrote, typed and complete, before anything is asked of a cluster."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .errors import SpecError
from .fields import API_VERSION, KIND, SERVER_METADATA, check_datacenter_fields, check_fields
from .names import cassandra_name
from .reapers import has_own_reaper
from .shapes import described, join, plain, suggestion

PARTS = ("name", "namespace", "spec", "datacenters")
# Set by the operator itself (`K8ssandraClusterFinalizer`); owning it by apply would fight its removal.
FINALIZER = "k8ssandracluster.k8ssandra.io/finalizer"
_LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
# Stored as written, null included: `x-kubernetes-preserve-unknown-fields` in upstream's CRD.
_FREE_FORM = ("cassandraYaml", "dseYaml")


@dataclass(frozen=True)
class Datacenter:
    """One entry of `spec.cassandra.datacenters`, its place resolved.

    Args:
        name: the CassandraDatacenter object's name.
        context: the context that holds it; empty for the control plane's own cluster.
        namespace: its own, else the cluster's.
        cassandra_name: what Cassandra calls it: `datacenterName`, else `name`.
        size: Cassandra nodes.
        stopped: whether its nodes are to be shut down.
        path: its option path, e.g. ``definition.spec.cassandra.datacenters[0]``.
    """

    name: str
    context: str
    namespace: str
    cassandra_name: str
    size: int
    stopped: bool
    path: str


@dataclass(frozen=True)
class ClusterWish:
    """A K8ssandraCluster that is well formed; whether it makes sense is `validate.check_cluster`'s business.

    Args:
        name: the object's name.
        namespace: the object's namespace in the control plane.
        cassandra_name: `cluster_name` in Cassandra: `spec.cassandra.clusterName`, else `name`.
        definition: the object to apply, in plain types, without status and what servers set. Never changed in place.
        datacenters: in the order of the spec.
        wants_reaper: Reaper objects will exist: `spec.reaper` without a `reaperRef`.
        wants_stargate: `stargate` for the cluster or any datacenter.
        wants_medusa: `spec.medusa` is there.
        path: the option that holds the definition.
    """

    name: str
    namespace: str
    cassandra_name: str
    definition: Mapping[str, Any]
    datacenters: tuple[Datacenter, ...]
    wants_reaper: bool
    wants_stargate: bool
    wants_medusa: bool
    path: str = "definition"

    @property
    def spec(self) -> Mapping[str, Any]:
        """`spec` of the definition."""
        spec: Mapping[str, Any] = self.definition["spec"]
        return spec

    @property
    def cassandra(self) -> Mapping[str, Any]:
        """`spec.cassandra` of the definition."""
        cassandra: Mapping[str, Any] = self.spec["cassandra"]
        return cassandra

    def templates(self) -> tuple[tuple[Datacenter, Mapping[str, Any]], ...]:
        """Each datacenter with its own entry of the definition."""
        return tuple(zip(self.datacenters, self.cassandra["datacenters"]))

    def at(self, *keys: str) -> str:
        """The option path of a field of the definition."""
        path = self.path
        for key in keys:
            path = join(path, key)
        return path


def parse_cluster(
    definition: Mapping[str, Any], *, namespace: str = "", path: str = "definition", strict: bool = True,
) -> ClusterWish:
    """The wish that `definition` states.

    Args:
        definition: a whole K8ssandraCluster; `apiVersion` and `kind` may be left out.
        namespace: where it goes when the definition does not say.
        path: the option it came from; empty when the options are its own fields.
        strict: refuse fields that we do not know; false for an operator newer than our table.

    Raises `SpecError` for a wrong type, an unknown or missing field, or a namespace that contradicts `namespace`.
    """
    if not isinstance(definition, Mapping):
        raise SpecError(path, f"is {described(definition)}, not a mapping; write a whole K8ssandraCluster: metadata, spec")
    whole = plain(definition, path)
    check_fields(whole, path, strict=strict)
    body = _completed(whole, namespace, path)
    spec = body["spec"]
    cassandra = spec["cassandra"]
    metadata = body["metadata"]
    datacenters = tuple(
        _datacenter(template, metadata["namespace"], f"{join(path, 'spec')}.cassandra.datacenters[{index}]")
        for index, template in enumerate(cassandra["datacenters"])
    )
    return ClusterWish(
        name=metadata["name"],
        namespace=metadata["namespace"],
        cassandra_name=cassandra.get("clusterName") or metadata["name"],
        definition=body,
        datacenters=datacenters,
        wants_reaper=has_own_reaper(body),
        wants_stargate="stargate" in spec or any("stargate" in template for template in cassandra["datacenters"]),
        wants_medusa="medusa" in spec,
        path=path,
    )


def assemble_cluster(parts: Mapping[str, Any]) -> dict[str, Any]:
    """A definition for `parse_cluster` (with `path=""`) from parts, so that each data plane's host can hold its datacenters.

    Args:
        parts: `name`, `namespace`, `spec` (all of a K8ssandraCluster's spec) and `datacenters` (entries that follow those of
            `spec.cassandra.datacenters`); each may be left out.

    Raises `SpecError` for an unknown part, a wrong type, or a datacenter that is there twice.
    """
    for key in parts:
        if key not in PARTS:
            raise SpecError(str(key), f"is not a part of a cluster{suggestion(str(key), PARTS)}")
    spec = _part(parts, "spec", Mapping, {})
    added = _part(parts, "datacenters", (list, tuple), [])
    for index, template in enumerate(added):
        check_datacenter_fields(template, f"datacenters[{index}]")
    cassandra = _inner(spec, "cassandra", Mapping, {})
    stated = _inner(cassandra, "datacenters", (list, tuple), [], "spec.cassandra.datacenters")
    _refuse_repeats(stated, added)
    metadata = {key: parts[key] for key in ("name", "namespace") if parts.get(key) is not None}
    body = {**spec, "cassandra": {**cassandra, "datacenters": [*stated, *added]}}
    return {"apiVersion": API_VERSION, "kind": KIND, "metadata": metadata, "spec": body}


def _part(parts: Mapping[str, Any], key: str, wanted: Any, default: Any) -> Any:
    return plain(_inner(parts, key, wanted, default, key), key)


def _inner(holder: Mapping[str, Any], key: str, wanted: Any, default: Any, path: str = "spec.cassandra") -> Any:
    value = holder.get(key)
    if value is None:
        return default
    if not isinstance(value, wanted):
        raise SpecError(path, f"is {described(value)}; it must be {'a mapping' if wanted is Mapping else 'a list'}")
    return value


def _refuse_repeats(stated: Sequence[Any], added: Sequence[Mapping[str, Any]]) -> None:
    seen = {}
    for index, template in enumerate(stated):
        metadata = template.get("metadata") if isinstance(template, Mapping) else None
        if isinstance(metadata, Mapping):
            seen[metadata.get("name")] = f"spec.cassandra.datacenters[{index}]"
    for index, template in enumerate(added):
        name = template["metadata"]["name"]
        here = f"datacenters[{index}]"
        if name in seen:
            raise SpecError(f"{here}.metadata.name", f"{name} is already at {seen[name]}; keep one of the two")
        seen[name] = here


def _completed(whole: Mapping[str, Any], namespace: str, path: str) -> dict[str, Any]:
    body: dict[str, Any] = _without_nulls(whole)
    metadata = _own_metadata(body.get("metadata", {}))
    if not metadata.get("name"):
        raise SpecError(join(join(path, "metadata"), "name") if path else "name", "is missing; name the K8ssandraCluster")
    stated = metadata.get("namespace")
    where = f"{path}.metadata.namespace" if path else "namespace"
    if stated and namespace and stated != namespace:
        raise SpecError(where, f"is {stated}, but namespace is {namespace}; give one of them, or both alike")
    if not (stated or namespace):
        raise SpecError(where, "is missing; name the namespace of the control plane that holds the K8ssandraCluster")
    spec = body.get("spec", {})
    if "cassandra" not in spec:
        raise SpecError(f"{join(path, 'spec')}.cassandra", "is missing; a K8ssandraCluster without it does nothing")
    cassandra = {**spec["cassandra"], "datacenters": spec["cassandra"].get("datacenters", [])}
    return {
        "apiVersion": API_VERSION,
        "kind": KIND,
        "metadata": {**metadata, "namespace": stated or str.__str__(namespace)},
        "spec": {**spec, "cassandra": cassandra},
    }


def _own_metadata(metadata: Mapping[str, Any]) -> dict[str, Any]:
    own = {key: value for key, value in metadata.items() if key not in SERVER_METADATA}
    if "annotations" in own:
        own["annotations"] = {key: value for key, value in own["annotations"].items() if key != _LAST_APPLIED}
    if "finalizers" in own:
        own["finalizers"] = [finalizer for finalizer in own["finalizers"] if finalizer != FINALIZER]
    return {key: value for key, value in own.items() if value or key not in ("annotations", "finalizers")}


def _without_nulls(value: Any) -> Any:
    # The API server prunes nulls before it fills in defaults, so a null is an absent field.
    if isinstance(value, dict):
        return {
            key: entry if key in _FREE_FORM else _without_nulls(entry) for key, entry in value.items() if entry is not None
        }
    return [_without_nulls(entry) for entry in value] if isinstance(value, list) else value


def _datacenter(template: Mapping[str, Any], namespace: str, path: str) -> Datacenter:
    metadata = template["metadata"]
    return Datacenter(
        name=metadata["name"],
        context=template.get("k8sContext", ""),
        namespace=metadata.get("namespace") or namespace,
        cassandra_name=cassandra_name(template),
        size=template["size"],
        stopped=template.get("stopped", False),
        path=path,
    )
