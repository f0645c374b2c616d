# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a K8ssandraCluster that exists may become the one that is wanted, and what would be removed on the way.

Sources: `ValidateUpdate`, k8ssandra-operator v1.26.0 k8ssandracluster_webhook.go; `validateK8ssandraCluster`, v1.26.0
controllers/k8ssandra/validate_cluster_update.go; `ValidateDatacenterFieldChanges`, cass-operator v1.28.0.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from .cluster import ClusterWish, Datacenter
from .effective import amount, effective, effective_racks, effective_version
from .errors import SpecError
from .names import superuser_secret_name
from .server import parse_version

_ALLOW_STORAGE_CHANGES = "cassandra.datastax.com/allow-storage-changes"


def check_update(wanted: ClusterWish, found: Mapping[str, Any]) -> None:
    """Raise `SpecError` for the first change that upstream forbids, cannot carry out, or would half carry out.

    Args:
        wanted: a wish that has passed `check_cluster`.
        found: the live K8ssandraCluster of that name, with its status.
    """
    spec = found.get("spec") or {}
    cassandra = spec.get("cassandra") or {}
    before = {template["metadata"]["name"]: template for template in cassandra.get("datacenters") or []}
    _check_reaper_keyspace(wanted, spec)
    for datacenter, template in wanted.templates():
        if datacenter.name in before:
            _check_num_tokens(wanted, datacenter, template, cassandra, before[datacenter.name])
    _check_one_direction(wanted, found, before)
    _check_cluster_names(wanted, cassandra)
    for datacenter, template in wanted.templates():
        if datacenter.name in before:
            _check_place(wanted, datacenter, before[datacenter.name], found)
            _check_fixed_fields(wanted, datacenter, template, cassandra, before[datacenter.name])
            _check_racks(wanted, datacenter, template, cassandra, before[datacenter.name])
        elif datacenter.stopped and _status(found):
            raise SpecError(
                f"{datacenter.path}.stopped", "is true for a datacenter that is being added; upstream rebuilds it first, so add it "
                "running and stop it afterwards",
            )


def removed_datacenters(wanted: ClusterWish, found: Mapping[str, Any], *, under_way: bool = True) -> tuple[str, ...]:
    """The object names of datacenters that `found` has in its spec or status and `wanted` has not, each once.

    With `under_way` false, those in the status alone are left out: their removal began in an earlier run and needs no second
    confirmation.
    """
    cassandra = (found.get("spec") or {}).get("cassandra") or {}
    there = [template["metadata"]["name"] for template in cassandra.get("datacenters") or []]
    kept = {datacenter.name for datacenter in wanted.datacenters}
    return tuple(name for name in dict.fromkeys([*there, *(_status(found) if under_way else ())]) if name not in kept)


def check_removals(removed: Collection[str], confirmed: Collection[str]) -> None:
    """Raise `SpecError` unless the exact name of every datacenter in `removed` is in `confirmed`."""
    missing = [name for name in removed if name not in confirmed]
    if missing:
        names = ", ".join(missing)
        raise SpecError(
            "remove_datacenters",
            f"does not name {names}, which the cluster has and the definition leaves out; removing it decommissions its nodes "
            f"and deletes its data volumes. Put it back into the definition, or add {names} to remove_datacenters",
        )


def check_decommission(wanted: ClusterWish, removed: Collection[str], operator: str) -> None:
    """Raise `SpecError` when the operator would start to remove a datacenter and could never finish.

    Before v1.30.0 it takes the datacenter out of `system_auth` while its nodes are still there, which Cassandra 4.1 and newer refuses
    (https://github.com/k8ssandra/k8ssandra-operator/issues/1644).

    Args:
        wanted: a wish that has passed `check_cluster`.
        removed: the datacenters whose removal would begin now.
        operator: the version of the control plane's k8ssandra-operator, e.g. ``v1.26.0``; one that cannot be read is believed to be able.
    """
    running = _numbers(operator)
    server = _numbers(str(wanted.cassandra.get("serverVersion") or ""))
    if removed and running and running < (1, 30) and server >= (4, 1):
        raise SpecError(
            wanted.at("spec", "cassandra", "datacenters"),
            f"leaves out {', '.join(removed)}, and k8ssandra-operator {operator} cannot remove a datacenter of Cassandra 4.1 or newer "
            "(k8ssandra-operator#1644); upgrade the operators to 1.30.0 or newer first",
        )


def _numbers(version: str) -> tuple[int, ...]:
    match = re.match(r"v?(\d+)\.(\d+)", version)
    return tuple(map(int, match.groups())) if match else ()


def _status(found: Mapping[str, Any]) -> Mapping[str, Any]:
    datacenters: Mapping[str, Any] = (found.get("status") or {}).get("datacenters") or {}
    return datacenters


def _check_reaper_keyspace(wanted: ClusterWish, spec: Mapping[str, Any]) -> None:
    before, now = spec.get("reaper"), wanted.spec.get("reaper")
    if before is None or now is None:
        return
    keyspaces = before.get("keyspace") or "reaper_db", now.get("keyspace") or "reaper_db"
    if keyspaces[0] != keyspaces[1]:
        raise _fixed(wanted.at("spec", "reaper", "keyspace"), *keyspaces)


def _fixed(path: str, before: object, now: object, advice: str = "upstream never changes it; write the old value") -> SpecError:
    return SpecError(path, f"is {now if now not in (None, '') else 'not set'}, but the cluster has {before or 'none'}; {advice}")


def _num_tokens(cassandra: Mapping[str, Any], template: Mapping[str, Any], path: str) -> Any:
    stated = effective(cassandra, template, "config", "cassandraYaml", "num_tokens")
    if stated is not None:
        return stated
    version = effective_version(cassandra, template)
    if not version:
        return None
    third = parse_version(version, path).numbers[0] == 3
    return 256 if third and cassandra.get("serverType", "cassandra") != "dse" else 16


def _check_num_tokens(
    wanted: ClusterWish, datacenter: Datacenter, template: Mapping[str, Any], cassandra: Mapping[str, Any],
    before: Mapping[str, Any],
) -> None:
    path = f"{datacenter.path}.config.cassandraYaml.num_tokens"
    tokens = _num_tokens(cassandra, before, path), _num_tokens(wanted.cassandra, template, path)
    if tokens[0] is not None and tokens[0] != tokens[1]:
        raise _fixed(path, *tokens, f"a datacenter's tokens never change; write num_tokens: {tokens[0]}")


def _check_one_direction(wanted: ClusterWish, found: Mapping[str, Any], before: Mapping[str, Any]) -> None:
    kept = {datacenter.name for datacenter in wanted.datacenters}
    # The webhook compares with the old spec, the reconciler with the status, so either can stop the change.
    for there in (before, _status(found)):
        gone = [name for name in there if name not in kept]
        new = [datacenter for datacenter in wanted.datacenters if datacenter.name not in there]
        if gone and new:
            raise SpecError(
                f"{new[0].path}.metadata.name",
                f"adds {new[0].name} while {', '.join(gone)} is removed, which upstream prohibits (a renamed datacenter counts as "
                f"both); take two steps: first add {new[0].name} and wait until the cluster is ready, then remove "
                f"{', '.join(gone)}",
            )


def _check_cluster_names(wanted: ClusterWish, cassandra: Mapping[str, Any]) -> None:
    before, now = cassandra.get("clusterName") or "", wanted.cassandra.get("clusterName") or ""
    if before != now:
        raise _fixed(wanted.at("spec", "cassandra", "clusterName"), before, now)
    secrets = tuple(
        superuser_secret_name(wanted.cassandra_name, (holder.get("superuserSecretRef") or {}).get("name") or "")
        for holder in (cassandra, wanted.cassandra)
    )
    if secrets[0] != secrets[1]:
        raise _fixed(wanted.at("spec", "cassandra", "superuserSecretRef", "name"), *secrets)


def _check_place(wanted: ClusterWish, datacenter: Datacenter, before: Mapping[str, Any], found: Mapping[str, Any]) -> None:
    advice = "upstream cannot move a datacenter; add one with another name there, then remove this one"
    context = before.get("k8sContext") or ""
    if context != datacenter.context:
        own = "the control plane's own cluster"
        raise _fixed(f"{datacenter.path}.k8sContext", context or own, datacenter.context or own, advice)
    cluster = (found.get("metadata") or {}).get("namespace") or wanted.namespace
    namespace = (before.get("metadata") or {}).get("namespace") or cluster
    if namespace != datacenter.namespace:
        raise _fixed(f"{datacenter.path}.metadata.namespace", namespace, datacenter.namespace, advice)


def _check_fixed_fields(
    wanted: ClusterWish, datacenter: Datacenter, template: Mapping[str, Any], cassandra: Mapping[str, Any],
    before: Mapping[str, Any],
) -> None:
    if (before.get("datacenterName") or "") != (template.get("datacenterName") or ""):
        raise _fixed(f"{datacenter.path}.datacenterName", before.get("datacenterName"), template.get("datacenterName"))
    for field in ("softPodAntiAffinity", "serviceAccount"):
        values = effective(cassandra, before, field) or None, effective(wanted.cassandra, template, field) or None
        if values[0] != values[1]:
            raise _fixed(f"{datacenter.path}.{field}", *values)
    keys = ("storageConfig", "cassandraDataVolumeClaimSpec")
    old, new = _claim(effective(cassandra, before, *keys)), _claim(effective(wanted.cassandra, template, *keys))
    annotations = effective(template, wanted.cassandra, "metadata", "annotations") or {}
    if annotations.get(_ALLOW_STORAGE_CHANGES) == "true":
        old, new = ({**claim, "resources": None} for claim in (old, new))
    if old != new:
        raise SpecError(
            f"{datacenter.path}.{'.'.join(keys)}", "differs from the cluster's; cass-operator refuses to change volumes that exist. "
            f'Write the old value, or allow another size with the annotation {_ALLOW_STORAGE_CHANGES}: "true"',
        )


def _claim(claim: Mapping[str, Any] | None) -> dict[str, Any]:
    claim = claim or {}
    resources = claim.get("resources") or {}
    amounts = {
        kind: {name: amount(quantity) for name, quantity in (resources.get(kind) or {}).items()} for kind in ("requests", "limits")
    }
    return {**claim, "resources": amounts}


def _check_racks(
    wanted: ClusterWish, datacenter: Datacenter, template: Mapping[str, Any], cassandra: Mapping[str, Any],
    before: Mapping[str, Any],
) -> None:
    old, new = effective_racks(cassandra, before), effective_racks(wanted.cassandra, template)
    if new[: len(old)] != old:
        raise SpecError(
            f"{datacenter.path}.racks", f"are {', '.join(new)}, but the cluster has {', '.join(old)}; racks can only be added, after "
            "the others",
        )
    # `SplitRacks`: nodes are spread evenly, so the smallest of the old racks has the floor of the mean.
    needed = before["size"] + max(1, (len(new) - len(old)) * (before["size"] // len(old)))
    if len(new) > len(old) and datacenter.size < needed:
        raise SpecError(
            f"{datacenter.path}.size", f"is {datacenter.size}; with {len(new) - len(old)} more racks it must be {needed} or more, so "
            "that no node changes its rack",
        )
