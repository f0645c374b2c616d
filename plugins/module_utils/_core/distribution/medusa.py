# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Medusa beside Cassandra: its settings, ConfigMap, containers, volumes and user.

Source: k8ssandra-operator v1.26.0 `pkg/medusa/reconcile.go`, `controllers/k8ssandra/medusa_reconciler.go`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..errors import SpecError
from ..merge import merged
from ..objects import Object
from .authentication import has_external_secrets
from .config_map import config_map
from .encryption import encrypts_clients
from .labels import clean_cluster_name, cleaned_up_by
from .medusa_ini import certificate_references, medusa_ini
from .medusa_probe import medusa_probe
from .observation import Observation
from .pod_parts import CONFIG_BUILDER, Part, unchanged, with_container, with_init_container, with_pod_annotation, with_volume
from .reaper import INJECTION, injected
from .template import Template

Medusa = Mapping[str, Any]

RESTORE, SERVER = "medusa-restore", "medusa"
_IMAGE = {"registry": "docker.io", "repository": "k8ssandra", "name": "medusa", "tag": "0.25.0"}
_RESOURCES = {"requests": {"cpu": "100m", "memory": "100Mi"}, "limits": {"memory": "8Gi"}}
_PORT = 50051
_PATH = "definition.spec.medusa"


def medusa_of(definition: Object, template: Template, observation: Observation) -> Medusa | None:
    """`spec.medusa` as it holds for a datacenter: its storage complete; None without Medusa.

    Raises `SpecError` for storage without one way to log in, and for encryption without certificates.
    """
    medusa: Medusa | None = definition["spec"].get("medusa")
    if medusa is None:
        return None
    medusa = {**medusa, "storageProperties": _storage(medusa, observation)}
    _check_log_in(medusa["storageProperties"])
    if not encrypts_clients(template):
        return medusa
    if has_external_secrets(definition):
        return {**medusa, "certificatesSecretRef": {}}
    if not _name(medusa, "certificatesSecretRef") and medusa.get("clientEncryptionStores") is None:
        raise SpecError(f"{_PATH}.clientEncryptionStores", "is missing, but Cassandra's clients use TLS; give Medusa its certificates")
    return medusa


def medusa_config_map(definition: Object, template: Template, medusa: Medusa) -> dict[str, Any]:
    """The ConfigMap that all datacenters of the cluster in one namespace share."""
    text = medusa_ini(definition, medusa, authenticated=_client_secret(template) is not None)
    return config_map(_volume(definition), template.namespace, {"medusa.ini": text}, cleaned_up_by(definition))


def medusa_storage_secret(definition: Object, observation: Observation) -> str:
    """The Secret by which Medusa logs in to its storage, which users put beside each datacenter; empty when there is none."""
    medusa = definition["spec"].get("medusa")
    return "" if medusa is None else _name(_storage(medusa, observation), "storageSecretRef")


def medusa_users(definition: Object) -> tuple[str, ...]:
    """The Secret of the user that Medusa is to Cassandra; none with external Secrets."""
    medusa = definition["spec"].get("medusa")
    if medusa is None or has_external_secrets(definition):
        return ()
    return (_user(definition, medusa),)


def with_medusa(pod: Object, definition: Object, template: Template, medusa: Medusa) -> Part:
    """`pod` with Medusa's server, the container that restores before Cassandra starts, and their volumes."""
    common = _common(definition, template, medusa)
    server = {
        "name": SERVER,
        **common,
        **_environment(definition, medusa, "GRPC"),
        "ports": [{"name": "grpc", "containerPort": _port(medusa), "protocol": "TCP"}],
        "readinessProbe": medusa_probe(medusa, "readinessProbe", _port(medusa)),
        "livenessProbe": medusa_probe(medusa, "livenessProbe", _port(medusa)),
        "resources": _resources(medusa, "containerResources"),
    }
    restore = {**common, **_environment(definition, medusa, "RESTORE"), "resources": _resources(medusa, "initContainerResources")}
    if not any(container["name"] == RESTORE for container in pod["spec"].get("initContainers") or ()):
        # It reads what the config builder wrote.
        pod = with_init_container(pod, CONFIG_BUILDER, unchanged)
    pod = with_init_container(pod, RESTORE, lambda container: {**_without_context(container), **restore})
    pod = with_container(pod, SERVER, lambda _: server)
    for volume in _volumes(definition, template, medusa):
        pod = with_volume(pod, volume)
    return _with_injection(pod, definition, template)


def _with_injection(pod: Part, definition: Object, template: Template) -> Part:
    """Upstream's note to its webhook reaches the pods only where the definition has annotations for them."""
    notes = (template.metadata.get("pods") or {}).get("annotations")
    users = medusa_users(definition)
    if notes is None or not users:
        return pod
    path = f"definition.spec.cassandra.datacenters[{template.index}].metadata.pods.annotations"
    return with_pod_annotation(pod, INJECTION, injected(notes.get(INJECTION), users, (SERVER, RESTORE), path))


def _storage(medusa: Medusa, observation: Observation) -> Mapping[str, Any]:
    own: Mapping[str, Any] = medusa.get("storageProperties") or {}
    reference = _name(medusa, "medusaConfigurationRef")
    if not reference:
        return own
    if observation.medusa_configuration is None:
        raise SpecError(f"{_PATH}.medusaConfigurationRef.name", f"is {reference}, which is not there; create that MedusaConfiguration")
    if not own.get("prefix"):
        raise SpecError(f"{_PATH}.storageProperties.prefix", "is missing; clusters that share a MedusaConfiguration need one each")
    shared = observation.medusa_configuration["spec"].get("storageProperties") or {}
    # Its booleans are no pointers: a false does not override.
    stated = {field: value for field, value in own.items() if value is not False}
    storage: Mapping[str, Any] = merged(shared, stated)
    return storage


def _check_log_in(storage: Mapping[str, Any]) -> None:
    path, secret = f"{_PATH}.storageProperties", _name(storage, "storageSecretRef")
    by_role = storage.get("credentialsType") == "role-based"
    if secret and by_role:
        raise SpecError(path, f"has the Secret {secret} and credentialsType role-based; keep one of them")
    if not secret and not by_role:
        raise SpecError(path, "has neither storageSecretRef.name nor credentialsType role-based; give one of them")


def _common(definition: Object, template: Template, medusa: Medusa) -> Part:
    """What both containers have."""
    stated = {field: value for field, value in (medusa.get("containerImage") or {}).items() if value}
    image = {**_IMAGE, **stated}
    usual_policy = "Always" if image["tag"] == "latest" else "IfNotPresent"
    common = {
        "image": f"{image['registry']}/{image['repository']}/{image['name']}:{image['tag']}",
        "imagePullPolicy": image.get("pullPolicy", usual_policy),
        "volumeMounts": [{"name": name, "mountPath": path} for name, path in _mounts(definition, template, medusa)],
    }
    context = medusa.get("securityContext")
    return common if context is None else {**common, "securityContext": context}


def _environment(definition: Object, medusa: Medusa, mode: str) -> Part:
    variables: list[Part] = [
        {"name": "MEDUSA_MODE", "value": mode},
        {"name": "MEDUSA_TMP_DIR", "value": "/var/lib/cassandra"},
        {"name": "POD_NAME", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
    ]
    if not has_external_secrets(definition):
        user = _user(definition, medusa)
        variables += [
            {"name": f"CQL_{key.upper()}", "valueFrom": {"secretKeyRef": {"name": user, "key": key}}} for key in ("username", "password")
        ]
    return {"env": variables}


def _mounts(definition: Object, template: Template, medusa: Medusa) -> Iterator[tuple[str, str]]:
    yield "server-config", "/etc/cassandra"
    yield "server-data", "/var/lib/cassandra"
    yield _volume(definition), "/etc/medusa"
    yield "podinfo", "/etc/podinfo"
    yield "medusa-tmp", "/tmp"
    if _name(medusa, "certificatesSecretRef"):
        yield "certificates", "/etc/certificates"
    elif medusa.get("clientEncryptionStores") is not None:
        yield from ((option, f"/etc/certificates/{option}") for option in ("certfile", "usercert", "userkey"))
    secret = _name(medusa["storageProperties"], "storageSecretRef")
    if secret:
        yield secret, "/etc/medusa-secrets"
    if _client_secret(template) is not None:
        yield "mgmt-encryption", "/etc/encryption/mgmt"


def _volumes(definition: Object, template: Template, medusa: Medusa) -> Iterator[Part]:
    yield {"name": _volume(definition), "configMap": {"name": _volume(definition)}}
    secret = _name(medusa["storageProperties"], "storageSecretRef")
    if secret:
        yield _secret_volume(secret, secret)
    labels = {"path": "labels", "fieldRef": {"fieldPath": "metadata.labels"}}
    yield {"name": "podinfo", "downwardAPI": {"items": [labels]}}
    certificates = _name(medusa, "certificatesSecretRef")
    if certificates:
        yield _secret_volume("certificates", certificates)
    else:
        yield from (_secret_volume(option, reference["name"]) for option, reference in certificate_references(medusa))
    client_secret = _client_secret(template)
    if client_secret is not None:
        yield _secret_volume("mgmt-encryption", client_secret)
    yield {"name": "medusa-tmp", "emptyDir": {}}


def _secret_volume(name: str, secret: str) -> Part:
    return {"name": name, "secret": {"secretName": secret}}


def _client_secret(template: Template) -> str | None:
    """The Secret with the certificate that lets Medusa into the management API; None when that asks for none."""
    manual = (template.options.get("managementApiAuth") or {}).get("manual")
    return None if manual is None else manual.get("clientSecretName", "")


def _without_context(container: Object) -> Part:
    return {field: value for field, value in container.items() if field != "securityContext"}


def _resources(medusa: Medusa, field: str) -> Any:
    return _RESOURCES if medusa.get(field) is None else medusa[field]


def _port(medusa: Medusa) -> int:
    return (medusa.get("serviceProperties") or {}).get("grpcPort") or _PORT


def _name(holder: Mapping[str, Any], field: str) -> str:
    return (holder.get(field) or {}).get("name") or ""


def _user(definition: Object, medusa: Medusa) -> str:
    return _name(medusa, "cassandraUserSecretRef") or _volume(definition)


def _volume(definition: Object) -> str:
    return f"{clean_cluster_name(definition)}-medusa"
