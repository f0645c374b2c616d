# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a CassandraDatacenter that is there already keeps, and what of it nobody can change.

Source: `reconcileDatacenters`, k8ssandra-operator v1.26.0 `controllers/k8ssandra/datacenters.go`; `SetNewDefaultNumTokens` and
`ValidateConfig`, `pkg/cassandra/datacenter.go`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..errors import SpecError
from ..objects import Object
from ..server import parse_version
from .template import Template
from .versions import CASSANDRA, server_of

_YAML = "cassandra-yaml"


def kept(definition: Object, template: Template, spec: Mapping[str, Any], live: Object) -> dict[str, Any]:
    """`spec` of a CassandraDatacenter with what the live one keeps: its superuser, and its tokens on the way from Cassandra 3.

    Raises `SpecError` for another name of the cluster or another number of tokens.
    """
    path = f"definition.spec.cassandra.datacenters[{template.index}]"
    there: Mapping[str, Any] = live["spec"]
    if there["clusterName"] != spec["clusterName"]:
        raise SpecError(
            "definition.spec.cassandra.clusterName",
            f"is {spec['clusterName']}, but CassandraDatacenter {template.name} belongs to {there['clusterName']}, and never changes that;"
            " write that name",
        )
    result = {**spec, "config": _with_tokens(definition, template, spec["config"], there)}
    wanted, found = (_yaml(config).get("num_tokens") for config in (result["config"], there.get("config") or {}))
    if _YAML in result["config"] and _YAML in (there.get("config") or {}) and wanted != found:
        raise SpecError(f"{path}.config.cassandraYaml.num_tokens", f"is {wanted}, but the nodes have {found} for good; write that")
    superuser = there.get("superuserSecretName")
    return {**result, "superuserSecretName": superuser} if superuser else _without(result, "superuserSecretName")


def _with_tokens(definition: Object, template: Template, config: Mapping[str, Any], there: Mapping[str, Any]) -> Mapping[str, Any]:
    server = server_of(template)
    was = parse_version(there["serverVersion"], f"the serverVersion of CassandraDatacenter {template.name}").numbers[0]
    stated = ((definition["spec"]["cassandra"].get("config") or {}).get("cassandraYaml") or {}).get("num_tokens")
    if server.distribution != CASSANDRA or was != 3 or server.major <= 3 or stated is not None:
        return config
    return {**config, _YAML: {**_yaml(config), "num_tokens": _yaml(there.get("config") or {}).get("num_tokens")}}


def _yaml(config: Mapping[str, Any]) -> Mapping[str, Any]:
    return config.get(_YAML) or {}


def _without(fields: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {field: value for field, value in fields.items() if field != name}
