# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a K8ssandraCluster makes sense: upstream's webhook, in its order, and what upstream fails on later.

Source of the order: `validateK8ssandraCluster`, k8ssandra-operator v1.26.0 apis/k8ssandra/v1alpha1/k8ssandracluster_webhook.go.
"""

from __future__ import annotations

import ipaddress
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from .addons import addon_warnings, check_medusa, check_medusa_credentials, check_reaper
from .cluster import ClusterWish, Datacenter
from .collisions import check_collisions
from .effective import effective, effective_racks
from .errors import SpecError
from .names import DNS_LABEL_LENGTH, STATEFULSET_LENGTH, clean_for_kubernetes, clean_subdomain, is_dns1035_label, statefulset_name
from .server import check_servers, server_warnings
from .shapes import suggestion
from .update import check_removals, check_update, removed_datacenters

__all__ = ["check_cluster", "check_collisions", "check_removals", "check_update", "removed_datacenters"]

AUTOUPDATE_ANNOTATION = "k8ssandra.io/autoupdate-spec"
# `ValidateServiceLabelsAndAnnotations`, cass-operator v1.28.0 cassandradatacenter_webhook.go.
_RESERVED = "cassandra.datastax.com"


def check_cluster(wish: ClusterWish, contexts: Collection[str] | None) -> tuple[str, ...]:
    """Raise `SpecError` for the first rule that `wish` breaks; otherwise return warnings, one sentence each.

    Args:
        wish: what is wanted.
        contexts: the contexts that the control plane has client configs for; `None` when that is not known, which skips the
            rule. The empty context, the control plane's own cluster, is always there.
    """
    _check_names(wish)
    if not wish.datacenters:
        raise SpecError(wish.at("spec", "cassandra", "datacenters"), "is empty; a cluster needs one datacenter or more")
    for datacenter, template in wish.templates():
        _check_datacenter(wish, datacenter, template, contexts)
    _check_autoupdate(wish)
    check_medusa(wish)
    check_reaper(wish)
    _check_statefulset_names(wish)
    _check_repeats(wish)
    check_servers(wish)
    _check_services(wish)
    _check_volumes(wish)
    _check_seeds(wish)
    check_medusa_credentials(wish)
    return (*addon_warnings(wish), *server_warnings(wish), *_ignored_fields(wish))


def _check_names(wish: ClusterWish) -> None:
    where = wish.at("metadata", "name")
    # It becomes a label value (k8ssandra.io/cluster-name) and the beginning of other objects' names.
    if clean_subdomain(wish.name) != wish.name or len(wish.name) > DNS_LABEL_LENGTH:
        raise SpecError(where, f"is {wish.name}; use at most 63 of a-z, 0-9, '-' and '.', a letter or digit first and last")
    namespaces = [(wish.namespace, wish.at("metadata", "namespace"))]
    namespaces += [(datacenter.namespace, f"{datacenter.path}.metadata.namespace") for datacenter in wish.datacenters]
    for namespace, path in namespaces:
        if clean_subdomain(namespace) != namespace or "." in namespace or len(namespace) > DNS_LABEL_LENGTH:
            raise SpecError(path, f"is {namespace}; use at most 63 of a-z, 0-9 and '-', a letter or digit first and last")
    if not clean_for_kubernetes(wish.cassandra_name):
        at_fault = wish.at("spec", "cassandra", "clusterName") if wish.cassandra.get("clusterName") else where
        raise SpecError(at_fault, f"is {wish.cassandra_name}; it needs a letter, as upstream names objects after its letters")


def _check_datacenter(
    wish: ClusterWish, datacenter: Datacenter, template: Mapping[str, Any], contexts: Collection[str] | None,
) -> None:
    if not is_dns1035_label(datacenter.name):
        raise SpecError(
            f"{datacenter.path}.metadata.name",
            f"is {datacenter.name}; use at most 63 of a-z, 0-9 and '-', a letter first, no '-' last, and datacenterName for the "
            "name that Cassandra sees",
        )
    if datacenter.context and contexts is not None and datacenter.context not in contexts:
        raise SpecError(
            f"{datacenter.path}.k8sContext",
            f"is {datacenter.context}, for which the control plane has no ClientConfig{suggestion(datacenter.context, contexts)}; "
            "register it, or leave k8sContext out for the control plane's own cluster",
        )
    if "storageConfig" not in template and "storageConfig" not in wish.cassandra:
        raise SpecError(
            f"{datacenter.path}.storageConfig",
            "is missing; write one here or in spec.cassandra.storageConfig, with a cassandraDataVolumeClaimSpec",
        )
    if template.get("softPodAntiAffinity") and "resources" not in template:
        raise SpecError(
            f"{datacenter.path}.resources", "is missing; softPodAntiAffinity of a datacenter needs resources of that datacenter",
        )


def _check_autoupdate(wish: ClusterWish) -> None:
    value = wish.definition["metadata"].get("annotations", {}).get(AUTOUPDATE_ANNOTATION)
    if value is not None and value not in ("always", "once"):
        path = wish.at("metadata", "annotations", AUTOUPDATE_ANNOTATION)
        raise SpecError(path, f"is {value}; it must be always or once, or not be there")


def _check_statefulset_names(wish: ClusterWish) -> None:
    for datacenter, template in wish.templates():
        names: dict[str, str] = {}
        for rack in effective_racks(wish.cassandra, template):
            name = statefulset_name(wish.cassandra_name, datacenter.name, rack)
            if len(name) > STATEFULSET_LENGTH:
                raise SpecError(
                    f"{datacenter.path}.metadata.name",
                    f"makes the StatefulSet name {name}, {len(name)} characters; at most {STATEFULSET_LENGTH} are allowed, so "
                    "shorten the name of the cluster, the datacenter or the rack",
                )
            if name in names:
                raise SpecError(f"{datacenter.path}.racks", f"has {names[name]} and {rack}, which share the StatefulSet {name}")
            names[name] = rack


def _check_repeats(wish: ClusterWish) -> None:
    for attribute, field in (("name", "metadata.name"), ("cassandra_name", "datacenterName")):
        seen: dict[str, str] = {}
        for datacenter in wish.datacenters:
            name = getattr(datacenter, attribute)
            if name in seen:
                raise SpecError(
                    f"{datacenter.path}.{field}",
                    f"is {name}, the same as at {seen[name]}; datacenters of a cluster need names of their own, whatever their "
                    "context",
                )
            seen[name] = datacenter.path
    for holder, path in _levels(wish):
        for rack, count in Counter(rack["name"] for rack in holder.get("racks", [])).items():
            if count > 1:
                raise SpecError(f"{path}.racks", f"has the rack {rack} {count} times; racks need names of their own")


def _levels(wish: ClusterWish) -> Iterator[tuple[Mapping[str, Any], str]]:
    yield wish.cassandra, wish.at("spec", "cassandra")
    for datacenter, template in wish.templates():
        yield template, datacenter.path


def _check_services(wish: ClusterWish) -> None:
    for holder, path in _levels(wish):
        for service, tags in holder.get("metadata", {}).get("services", {}).items():
            for kind in ("labels", "annotations"):
                for key in tags.get(kind, {}):
                    if key.startswith(_RESERVED):
                        raise SpecError(
                            f'{path}.metadata.services.{service}.{kind}["{key}"]', f"is reserved; keys of {_RESERVED} are upstream's",
                        )


def _check_volumes(wish: ClusterWish) -> None:
    # `ValidateAdditionalVolumes`, cass-operator v1.28.0 cassandradatacenter_webhook.go.
    for holder, path in _levels(wish):
        for index, volume in enumerate(holder.get("storageConfig", {}).get("additionalVolumes", [])):
            if ("pvcSpec" in volume) == ("volumeSource" in volume):
                raise SpecError(
                    f"{path}.storageConfig.additionalVolumes[{index}]", "needs one of pvcSpec and volumeSource, and not both",
                )
    # `IsValid`, cass-operator v1.28.0 pkg/reconciliation/handler.go; it takes no cluster's default class.
    for datacenter, template in wish.templates():
        for field, example in (("storageClassName", "standard"), ("accessModes", "[ReadWriteOnce]")):
            if not effective(wish.cassandra, template, "storageConfig", "cassandraDataVolumeClaimSpec", field):
                stated = datacenter.path if "storageConfig" in template else wish.at("spec", "cassandra")
                path = f"{stated}.storageConfig.cassandraDataVolumeClaimSpec.{field}"
                raise SpecError(path, f"is missing; cass-operator needs it for Cassandra's data, such as {example}")


def _check_seeds(wish: ClusterWish) -> None:
    # `reconcileSeedsEndpoints` drops what is no address, though the field's text allows host names: seeds.go, v1.26.0.
    for index, seed in enumerate(wish.cassandra.get("additionalSeeds", [])):
        if not _is_address(seed):
            path = f"{wish.at('spec', 'cassandra', 'additionalSeeds')}[{index}]"
            raise SpecError(path, f"is {seed}, which upstream drops without a word; write an IP address")


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _ignored_fields(wish: ClusterWish) -> Iterator[str]:
    for field in ("cdc", "datacenterName"):
        if field in wish.cassandra:
            yield f"{wish.at('spec', 'cassandra', field)}: is ignored by upstream here; write it in each datacenter"
    if wish.spec.get("reaper", {}).get("deploymentMode") == "CONTROL_PLANE":
        yield f"{wish.at('spec', 'reaper', 'deploymentMode')}: CONTROL_PLANE behaves like PER_DC here; use reaperRef"
    for datacenter, template in wish.templates():
        if wish.spec.get("externalDatacenters") and template.get("metadata", {}).get("annotations"):
            yield f"{datacenter.path}.metadata.annotations: are replaced by upstream because of spec.externalDatacenters"
