# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The configuration that Medusa's containers read.

Source: `CreateMedusaIni`, k8ssandra-operator v1.26.0 `pkg/medusa/reconcile.go`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..objects import Object

_CERTIFICATES = "/etc/certificates"
_ENCRYPTION = "/etc/encryption/mgmt"
# Options that are written only when they say something, after those that always are.
_OPTIONAL = {
    "backup_grace_period_in_days": "backupGracePeriodInDays",
    "api_profile": "apiProfile",
    "transfer_max_bandwidth": "transferMaxBandwidth",
    "concurrent_transfers": "concurrentTransfers",
    "multi_part_upload_threshold": "multiPartUploadThreshold",
}


def medusa_ini(definition: Object, medusa: Mapping[str, Any], *, authenticated: bool) -> str:
    """The text of `medusa.ini`.

    Args:
        medusa: `spec.medusa`, its storage complete.
        authenticated: Medusa has a client certificate for the management API.
    """
    sections = {
        "cassandra": [("use_sudo", "false"), *_certificates(medusa)],
        "storage": [*_storage(medusa.get("storageProperties") or {}, definition["metadata"]["name"])],
        "grpc": [("enabled", 1), *_port(medusa)],
        "logging": [("level", "DEBUG")],
        "kubernetes": [("use_mgmt_api", 1), ("enabled", 1), *_management_api(authenticated)],
    }
    texts = ("".join([f"\n    [{name}]", *(f"\n    {key} = {value}" for key, value in lines)]) for name, lines in sections.items())
    return "\n".join(texts)


def _certificates(medusa: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if (medusa.get("certificatesSecretRef") or {}).get("name"):
        for option, file in (("certfile", "rootca.crt"), ("usercert", "client.crt_signed"), ("userkey", "client.key")):
            yield option, f"{_CERTIFICATES}/{file}"
        return
    for option, reference in certificate_references(medusa):
        yield option, f"{_CERTIFICATES}/{option}/{reference.get('key', '')}"


def certificate_references(medusa: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The references of `clientEncryptionStores` by the option of Medusa that each serves."""
    stores = medusa.get("clientEncryptionStores") or {}
    fields = {"certfile": "keystoreSecretRef", "usercert": "truststoreSecretRef", "userkey": "truststorePasswordSecretRef"}
    for option, field in fields.items():
        if stores.get(field) is not None:
            yield option, stores[field]


def _storage(storage: Mapping[str, Any], cluster: str) -> Iterator[tuple[str, Any]]:
    yield "use_sudo_for_restore", "false"
    yield "storage_provider", storage.get("storageProvider", "")
    yield "bucket_name", storage.get("bucketName", "")
    if (storage.get("storageSecretRef") or {}).get("name"):
        yield "key_file", "/etc/medusa-secrets/credentials"
    yield "prefix", storage.get("prefix") or cluster
    yield "max_backup_age", storage.get("maxBackupAge", 0)
    yield "max_backup_count", storage.get("maxBackupCount", 0)
    for name in ("region", "host", "port"):
        if storage.get(name):
            yield name, storage[name]
    yield "secure", bool(storage.get("secure"))
    yield "ssl_verify", bool(storage.get("sslVerify"))
    stated = {**storage, "concurrentTransfers": storage.get("concurrentTransfers") or 1}
    for option, field in _OPTIONAL.items():
        if stated.get(field):
            yield option, stated[field]


def _port(medusa: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    port = (medusa.get("serviceProperties") or {}).get("grpcPort")
    if port:
        yield "port", port


def _management_api(authenticated: bool) -> Iterator[tuple[str, str]]:
    scheme = "https" if authenticated else "http"
    yield "cassandra_url", f"{scheme}://127.0.0.1:8080/api/v0/ops/node/snapshots"
    if authenticated:
        for option, file in (("ca_cert", "ca.crt"), ("tls_cert", "tls.crt"), ("tls_key", "tls.key")):
            yield option, f"{_ENCRYPTION}/{file}"
