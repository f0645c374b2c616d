# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a direct distribution does not take: here no server and no operator looks at the definition before a datacenter is touched."""

from __future__ import annotations

from typing import Any

from .._core.distribution.ownership import all_places
from .._core.distribution.schema import check_required, schema_of, with_defaults
from .._core.errors import SpecError
from .._core.objects import Object, kind_named, ref_of
from .._core.readings import is_of
from .._kube.contents import read_definition
from .._kube.errors import Absent
from .direct_distribution import Distribution


def check_strangers(distribution: Distribution, known: Object | None) -> None:
    """Raises `SpecError` when a datacenter that is wanted is there and neither made for this cluster nor known to a record of ours.

    A run would make all its settings, its size too, what the definition says.

    Args:
        distribution: what was read, and no datacenter of another K8ssandraCluster among what is wanted.
        known: the cluster as the records know it; None without one.
    """
    wish, live = distribution.wish, distribution.live()
    recorded = () if known is None else all_places(known)
    for datacenter in wish.datacenters:
        body, context = live.get(datacenter.name), distribution.context(datacenter.context)
        if body is None or is_of(body, wish.name, wish.namespace) or (context, datacenter.namespace, datacenter.name) in recorded:
            continue
        found = f"{ref_of(body)} is in context {context}, belongs to no K8ssandraCluster, and no record knows it"
        advice = "take another name or namespace, or remove it first if its data is not wanted; nothing was changed"
        raise SpecError(f"{datacenter.path}.metadata.name", f"is {datacenter.name}, but {found}; {advice}")


def check_node_configs(distribution: Distribution) -> None:
    """Raises `Absent` when a user's ConfigMap for single nodes is not there: their pods would restart and could not mount it.

    Source: `reconcileUserProvidedPerNodeConfiguration`, k8ssandra-operator v1.26.0 `controllers/k8ssandra/per_node_config.go`, which ends
    with an error before it writes the datacenter.
    """
    for datacenter, template in distribution.wish.templates():
        name, context = (template.get("perNodeConfigMapRef") or {}).get("name"), distribution.context(datacenter.context)
        ref = kind_named("ConfigMap").ref(name or "", datacenter.namespace)
        if name and ref not in distribution.contents[context].objects:
            doing, found = f"looking for {datacenter.path}.perNodeConfigMapRef", f"{ref} is not there"
            raise Absent(context, doing, found, "create it, with the files of single nodes; nothing was changed")


def completed(distribution: Distribution, ordered: Object) -> dict[str, Any]:
    """A definition with the defaults of its kind.

    Raises `SpecError` when it lacks what its kind requires, and `Absent` when no context has the kind.

    Args:
        distribution: what was read.
        ordered: the user's definition with the datacenters in another order.
    """
    wish, schema = distribution.wish, schema_of(read_definition(list(distribution.apis.values())))
    check_required(schema, with_defaults(schema, wish.definition), wish.path)
    return with_defaults(schema, ordered)
