# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a CassandraDatacenter that is there already keeps, and what of it nobody can change.

Source: `reconcileDatacenters`, k8ssandra-operator v1.26.0 `controllers/k8ssandra/datacenters.go`; `SetNewDefaultNumTokens` and
`ValidateConfig`, `pkg/cassandra/datacenter.go`. Upstream keeps the number of tokens on the way from Cassandra 3 to 4 only, and refuses the
next change of the definition; here nodes keep theirs as long as the definition states none.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..errors import SpecError
from ..objects import Object
from .template import Template

_YAML, _TOKENS = "cassandra-yaml", "num_tokens"


def kept(template: Template, spec: Mapping[str, Any], live: Object) -> dict[str, Any]:
    """`spec` of a CassandraDatacenter with what the live one keeps: its superuser, and its tokens where nothing else is stated.

    Raises `SpecError` for another name of the cluster or another number of tokens.
    """
    there: Mapping[str, Any] = live["spec"]
    if there["clusterName"] != spec["clusterName"]:
        raise SpecError(
            "definition.spec.cassandra.clusterName",
            f"is {spec['clusterName']}, but CassandraDatacenter {template.name} belongs to {there['clusterName']}, and never changes that;"
            " write that name",
        )
    result = {**spec, "config": _with_tokens(template, spec["config"], there.get("config") or {})}
    superuser = there.get("superuserSecretName")
    return {**result, "superuserSecretName": superuser} if superuser else _without(result, "superuserSecretName")


def _with_tokens(template: Template, config: Mapping[str, Any], live: Mapping[str, Any]) -> Mapping[str, Any]:
    found = (live.get(_YAML) or {}).get(_TOKENS)
    wanted = ((template.options.get("config") or {}).get("cassandraYaml") or {}).get(_TOKENS)
    if found is None or wanted == found:
        return config
    if wanted is not None:
        path = f"definition.spec.cassandra.datacenters[{template.index}].config.cassandraYaml.{_TOKENS}"
        raise SpecError(path, f"is {wanted}, but the nodes have {found} for good; write that")
    return {**config, _YAML: {**config[_YAML], _TOKENS: found}}


def _without(fields: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {field: value for field, value in fields.items() if field != name}
