# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was read of the clusters before anything is computed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..objects import Object


@dataclass(frozen=True)
class Observation:
    """What the live clusters hold that a distribution depends on. The default is what a new cluster has: nothing.

    Args:
        datacenters: live CassandraDatacenters by object name.
        secrets: decoded Secrets by (context, name).
        seeds: pod IPs of seed nodes by datacenter object name.
        node_configs: users' per-node ConfigMaps by datacenter object name.
        medusa_configuration: the live MedusaConfiguration that the definition refers to.
        client_image: image of the per-node-config init container.
        monitored: contexts that serve ServiceMonitors.
        operators: namespace and service account of k8ssandra-operator by context, where it runs.
        system_replication: replication factor by Cassandra datacenter name that the first datacenter was made with; None for a new
            cluster.
    """

    datacenters: Mapping[str, Object] = field(default_factory=dict)
    secrets: Mapping[tuple[str, str], Mapping[str, str]] = field(default_factory=dict, repr=False)
    seeds: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    node_configs: Mapping[str, Object] = field(default_factory=dict)
    medusa_configuration: Object | None = None
    client_image: str = ""
    monitored: frozenset[str] = frozenset()
    operators: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    system_replication: Mapping[str, int] | None = None
