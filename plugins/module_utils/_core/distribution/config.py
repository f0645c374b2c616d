# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The configuration of Cassandra in one datacenter: `spec.config` of its CassandraDatacenter.

Source: `createDatacenterConfigs`, k8ssandra-operator v1.26.0 `controllers/k8ssandra/dcconfigs.go`, and `pkg/cassandra/config.go`.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from typing import Any

from ..objects import Object
from .authentication import authentication_settings, jmx_options
from .encryption import encryptions
from .jvm_options import jvm_files, with_current_names
from .observation import Observation
from .template import Template, template_at
from .told import system_replication_of
from .versions import DSE, HCD, Server, server_of

_MOST_REPLICAS = 3


def config_of(definition: Object, template: Template, observation: Observation) -> dict[str, Any]:
    """`spec.config` of a datacenter, with all that upstream adds by itself.

    Raises `SpecError` for a version that is none, or an encryption whose passwords cannot be read.
    """
    server = server_of(template)
    written = template.options.get("config") or {}
    options = dict(written.get("jvmOptions") or {})
    _prepend(options, _automatic_options(definition, template, observation, server))
    yaml = {
        "cassandra-yaml": cassandra_yaml(definition, template, observation),
        "dse-yaml": _with_defaults(written.get("dseYaml"), authentication_settings(definition, server)[1]),
    }
    files = jvm_files(with_current_names(options), server)
    return {**files, **{name: settings for name, settings in yaml.items() if settings}}


def cassandra_yaml(definition: Object, template: Template, observation: Observation) -> dict[str, Any]:
    """The settings of cassandra.yaml in a datacenter: what the definition says, and what upstream adds where it says nothing."""
    server = server_of(template)
    written = (template.options.get("config") or {}).get("cassandraYaml")
    added: list[tuple[str, Any]] = [
        setting for encryption in encryptions(definition, template, observation) for setting in encryption.settings
    ]
    added += authentication_settings(definition, server)[0]
    added.append(("num_tokens", 256 if server.is_cassandra_3 else 16))
    if server.is_cassandra_3:
        added.append(("start_rpc", False))
    if server.distribution in (DSE, HCD):
        added.append(("allocate_tokens_for_local_replication_factor", 3))
    return _with_defaults(written, added)


def system_replication(definition: Object, observation: Observation) -> Mapping[str, int]:
    """With how many replicas the first datacenter makes the system keyspaces, by Cassandra datacenter.

    What a cluster was made with stays; `checkInitialSystemReplication`, controllers/k8ssandra/schemas.go.
    """
    if observation.system_replication is not None:
        return observation.system_replication
    first = template_at(definition, 0)
    external = definition["spec"].get("externalDatacenters") or ()
    own = {first.cassandra_name: min(_MOST_REPLICAS, first.own["size"])}
    return {**own, **dict.fromkeys(external, _MOST_REPLICAS)}


def _automatic_options(definition: Object, template: Template, observation: Observation, server: Server) -> list[str]:
    """JVM options in the order in which upstream puts each before the others."""
    options = [option for encryption in encryptions(definition, template, observation) for option in encryption.options]
    options += jmx_options(definition)
    if server.is_like_cassandra and _makes_system_keyspaces(template, observation):
        replication = system_replication(definition, observation)
        factors = ",".join(f"{name}:{replication[name]}" for name in sorted(replication, key=str.encode))
        options.append(f"-Dcassandra.system_distributed_replication={factors}")
    if server.is_like_cassandra and server.major != 3:
        options.append("-Dcassandra.allow_alter_rf_during_range_movement=true")
    return options


def _makes_system_keyspaces(template: Template, observation: Observation) -> bool:
    """Whether a datacenter has the option that only the first one needs, when it starts for the first time.

    One that is there keeps what it has. Upstream gives the option to the next one when the first is removed, which restarts its nodes.
    """
    live = observation.datacenters.get(template.name)
    return template.index == 0 if live is None else system_replication_of([live]) is not None


def _prepend(options: dict[str, Any], added: Iterable[str]) -> None:
    for option in added:
        present = options.get("additionalOptions") or []
        if option not in present:
            options["additionalOptions"] = [option, *present]


def _with_defaults(settings: Mapping[str, Any] | None, added: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """`settings` with values at paths where there is none or a null; a path through something else than a mapping is left.

    Source: `PutIfAbsent`, pkg/unstructured/unstructured.go.
    """
    result: dict[str, Any] = copy.deepcopy(dict(settings or {}))
    for path, value in added:
        *above, last = path.split("/")
        section: Any = result
        for name in above:
            if section.get(name) is None:
                section[name] = {}
            section = section[name]
            if not isinstance(section, dict):
                break
        else:
            if section.get(last) is None:
                section[last] = value
    return result
