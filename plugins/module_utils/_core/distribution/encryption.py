# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Encryption between clients and nodes, and among nodes: settings, JVM options, volumes and mounts.

Source: k8ssandra-operator v1.26.0 `pkg/cassandra/encryption.go`, `pkg/encryption/encryption.go`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import SpecError
from ..objects import Object
from .authentication import Setting, has_external_secrets
from .observation import Observation
from .template import Template

CLIENT, SERVER = "client", "server"
STORES = ("keystore", "truststore")
_JMX_OPTIONS = ("-Dcom.sun.management.jmxremote.ssl=true", "-Dcom.sun.management.jmxremote.ssl.need.client.auth=true")


@dataclass(frozen=True)
class Encryption:
    """What one kind of encryption sets.

    Args:
        settings: paths in cassandra.yaml and values, for where the definition does not say otherwise.
        options: JVM options, in the order in which upstream puts each before the others.
    """

    settings: tuple[Setting, ...] = ()
    options: tuple[str, ...] = ()


def encryptions(definition: Object, template: Template, observation: Observation) -> tuple[Encryption, ...]:
    """What encryption sets in a datacenter. Raises `SpecError` when a Secret with a password is not there."""
    kinds = _kinds(template)
    if has_external_secrets(definition):
        return (Encryption(options=_JMX_OPTIONS),) if CLIENT in kinds else ()
    return tuple(_encryption(template, kind, observation) for kind in kinds)


def encrypts_clients(template: Template) -> bool:
    """Whether clients have to talk to the nodes of a datacenter over TLS."""
    return CLIENT in _kinds(template)


def encryption_volumes(definition: Object, template: Template) -> tuple[dict[str, Any], ...]:
    """The pod's volumes with the stores, in upstream's order."""
    return tuple(
        {
            "name": f"{kind}-{store}",
            "secret": {
                "secretName": reference["name"],
                "items": [{"key": reference.get("key") or store, "path": store}],
            },
        }
        for kind, store, reference in _mounted(definition, template)
    )


def encryption_mounts(definition: Object, template: Template) -> tuple[dict[str, str], ...]:
    """Where the container of Cassandra has the stores, in upstream's order."""
    return tuple(
        {"name": f"{kind}-{store}", "mountPath": f"/mnt/{kind}-{store}"} for kind, store, _reference in _mounted(definition, template)
    )


def _mounted(definition: Object, template: Template) -> tuple[tuple[str, str, Mapping[str, str]], ...]:
    if has_external_secrets(definition):
        return ()
    return tuple((kind, store, _reference(template, kind, store)) for kind in _kinds(template) for store in STORES)


def _kinds(template: Template) -> tuple[str, ...]:
    """Which kinds of encryption are on: those with stores, and with a setting that asks for them."""
    yaml = (template.options.get("config") or {}).get("cassandraYaml") or {}
    client, server = (_section(yaml, f"{kind}_encryption_options") for kind in (CLIENT, SERVER))
    wanted = {
        CLIENT: client.get("enabled") is True,
        SERVER: server.get("internode_encryption") not in (None, "none"),
    }
    return tuple(kind for kind in (CLIENT, SERVER) if wanted[kind] and template.options.get(f"{kind}EncryptionStores") is not None)


def _section(yaml: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    section = yaml.get(name)
    return section if isinstance(section, Mapping) else {}


def _encryption(template: Template, kind: str, observation: Observation) -> Encryption:
    passwords = {store: _password(template, kind, store, observation) for store in STORES}
    paths = {store: f"/mnt/{kind}-{store}/{store}" for store in STORES}
    section = f"{kind}_encryption_options"
    settings = (
        *((f"{section}/{store}", paths[store]) for store in STORES),
        *((f"{section}/{store}_password", passwords[store]) for store in STORES),
    )
    if kind == SERVER:
        return Encryption(settings)
    options = (
        f"-Djavax.net.ssl.keyStore={paths['keystore']}",
        f"-Djavax.net.ssl.trustStore={paths['truststore']}",
        f"-Djavax.net.ssl.keyStorePassword={passwords['keystore']}",
        f"-Djavax.net.ssl.trustStorePassword={passwords['truststore']}",
    )
    return Encryption(settings, (*_JMX_OPTIONS, *options))


def _password(template: Template, kind: str, store: str, observation: Observation) -> str:
    """The password of a store: of its own Secret, else of the store's."""
    stores = template.options[f"{kind}EncryptionStores"]
    own = stores.get(f"{store}PasswordSecretRef") is not None
    reference = _reference(template, kind, store, "PasswordSecretRef" if own else "SecretRef")
    found = observation.secrets.get((template.context, reference["name"]))
    if found is None:
        raise SpecError(
            f"definition.spec.cassandra.{kind}EncryptionStores",
            f"needs the password of the {store} of datacenter {template.name}: Secret {reference['name']} is not in the cluster's own"
            f" namespace in context {template.context or 'of the control plane'}; create it there",
        )
    return found.get(reference.get("key") or f"{store}-password", "")


def _reference(template: Template, kind: str, store: str, which: str = "SecretRef") -> Mapping[str, str]:
    reference: Mapping[str, str] | None = template.options[f"{kind}EncryptionStores"].get(f"{store}{which}")
    # Its kind has an empty name as the default.
    if reference is None or not reference.get("name"):
        raise SpecError(f"definition.spec.cassandra.{kind}EncryptionStores.{store}{which}", "names no Secret; name the one that holds it")
    return reference
