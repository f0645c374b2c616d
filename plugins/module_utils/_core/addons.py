# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Medusa, Reaper and Stargate: upstream's rules for the add-ons of a cluster."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .cluster import ClusterWish
from .effective import amount, effective
from .errors import SpecError
from .names import clean_for_kubernetes


def check_medusa(wish: ClusterWish) -> None:
    """Raise `SpecError` where the webhook would refuse `spec.medusa`.

    Source: `ValidateMedusa`, k8ssandra-operator v1.26.0 k8ssandracluster_webhook.go.
    """
    medusa = wish.spec.get("medusa")
    if medusa is None:
        return
    reference = medusa.get("medusaConfigurationRef", {})
    storage = medusa.get("storageProperties", {})
    if not reference.get("name"):
        for field, example in (("storageProvider", "s3"), ("bucketName", "backups")):
            if not storage.get(field):
                raise SpecError(
                    wish.at("spec", "medusa", "storageProperties", field),
                    f"is missing; write it, such as {example}, or name a MedusaConfiguration in medusaConfigurationRef",
                )
        return
    if not storage.get("prefix"):
        raise SpecError(
            wish.at("spec", "medusa", "storageProperties", "prefix"),
            "is missing; clusters that share a MedusaConfiguration need a prefix each",
        )
    for field in ("namespace", "apiVersion", "kind", "fieldPath", "resourceVersion", "uid"):
        if reference.get(field):
            raise SpecError(
                wish.at("spec", "medusa", "medusaConfigurationRef", field),
                f"is {reference[field]}; a MedusaConfiguration is referred to by name alone, in the cluster's namespace",
            )


def check_medusa_credentials(wish: ClusterWish) -> None:
    """Raise `SpecError` where the operator would fail on Medusa's credentials or certificates.

    Source: `validateStorageCredentials` and `reconcileMedusa`, k8ssandra-operator v1.26.0 medusa_reconciler.go.
    """
    medusa = wish.spec.get("medusa")
    if medusa is None:
        return
    storage = medusa.get("storageProperties", {})
    secret = storage.get("storageSecretRef", {}).get("name")
    by_role = storage.get("credentialsType") == "role-based"
    shared = medusa.get("medusaConfigurationRef", {}).get("name")
    if (secret and by_role) or not (secret or by_role or shared):
        raise SpecError(
            wish.at("spec", "medusa", "storageProperties", "storageSecretRef"),
            f"is {'set together with' if secret else 'missing without'} credentialsType: role-based; give one of the two",
        )
    certified = medusa.get("certificatesSecretRef", {}).get("name") or "clientEncryptionStores" in medusa
    if certified or wish.spec.get("secretsProvider") == "external" or "clientEncryptionStores" not in wish.cassandra:
        return
    for _datacenter, template in wish.templates():
        if effective(wish.cassandra, template, "config", "cassandraYaml", "client_encryption_options", "enabled") is True:
            raise SpecError(
                wish.at("spec", "medusa", "clientEncryptionStores"),
                "is missing; with client encryption on, Medusa needs its certificates",
            )


def check_reaper(wish: ClusterWish) -> None:
    """Raise `SpecError` where the webhook would refuse `spec.reaper`.

    Source: `validateReaper`, k8ssandra-operator v1.26.0 k8ssandracluster_webhook.go.
    """
    reaper = wish.spec.get("reaper")
    if reaper is None or reaper.get("storageType") != "local":
        return
    claim = reaper.get("storageConfig")
    path = wish.at("spec", "reaper", "storageConfig")
    if claim is None:
        raise SpecError(path, "is missing; Reaper's local storage needs accessModes and resources.requests.storage")
    if "accessModes" not in claim:
        raise SpecError(f"{path}.accessModes", "is missing; write a list such as [ReadWriteOnce]")
    requests = claim.get("resources", {}).get("requests", {})
    if not amount(requests.get("storage", 0)):
        raise SpecError(f"{path}.resources.requests.storage", 'is missing; write a size such as "5Gi"')
    # The CRD's default is PER_DC, so leaving it out fails as well.
    if reaper.get("deploymentMode", "PER_DC") == "PER_DC":
        raise SpecError(
            wish.at("spec", "reaper", "deploymentMode"),
            "is PER_DC, also when left out, which needs storageType: cassandra; write SINGLE for local storage",
        )


def addon_warnings(wish: ClusterWish) -> tuple[str, ...]:
    """What upstream deprecates or does wrong with the add-ons, one sentence each."""
    return (*_stargate_warnings(wish), *_naming_warnings(wish))


def _stargate_warnings(wish: ClusterWish) -> Iterator[str]:
    # `ValidateDeprecatedFieldUsage`, k8ssandra-operator v1.26.0 k8ssandracluster_webhook.go.
    if "stargate" in wish.spec:
        yield f"{wish.at('spec', 'stargate')}: Stargate is deprecated upstream"
    for datacenter, template in wish.templates():
        if "stargate" in template:
            yield f"{datacenter.path}.stargate: Stargate is deprecated upstream"


def _naming_warnings(wish: ClusterWish) -> Iterator[str]:
    # Upstream finds these by the object's name or its Cassandra name, not by the one it gave them: cleanup.go, telemetry.
    if clean_for_kubernetes(wish.cassandra_name) == wish.name and wish.cassandra_name == wish.name:
        return
    touched: Mapping[str, Any] = {"Reaper": wish.wants_reaper, "Stargate": wish.wants_stargate, "Prometheus": _monitored(wish)}
    named = [addon for addon, wanted in touched.items() if wanted]
    if named:
        yield (
            f"{wish.at('spec', 'cassandra', 'clusterName')}: differs from the object's name; upstream then leaves objects of "
            f"{' and '.join(named)} behind when a datacenter goes, or does not find them"
        )


def _monitored(wish: ClusterWish) -> bool:
    return any(effective(wish.cassandra, template, "telemetry", "prometheus", "enabled") for template in wish.cassandra["datacenters"])
