# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything that one definition puts into all data planes, in the order in which upstream does.

Source: `reconcileDatacenters` and `afterCassandraReconciled`, k8ssandra-operator v1.26.0 `controllers/k8ssandra/`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..errors import SpecError
from ..objects import Object, Ref, ref_of
from .datacenter import add_ons_of, configs_of, datacenter_of
from .observation import Observation
from .template import in_order, templates


@dataclass(frozen=True)
class Placed:
    """One object and where it goes.

    Args:
        context: the context of its cluster; empty is the control plane's own.
        body: the whole object.
        datacenter: the name of the CassandraDatacenter that it is for.
    """

    context: str
    body: Object
    datacenter: str


def distribute(definition: Object, observation: Observation) -> tuple[Placed, ...]:
    """All objects of a definition that has its defaults, except Secrets and seeds: datacenter by datacenter, then the add-ons.

    Raises `SpecError` for what upstream would refuse, for Stargate, and for two datacenters that want one object to be two things.
    """
    check_stargate(definition)
    first: dict[tuple[str, Ref], Placed] = {}
    for placed in _all(definition, observation):
        ref = ref_of(placed.body)
        known = first.setdefault((placed.context, ref), placed)
        if known.body != placed.body:
            raise SpecError(
                "definition.spec.cassandra.datacenters",
                f"{known.datacenter} and {placed.datacenter} both need {ref} in context {placed.context or 'of the control plane'}, "
                "each another content; give one of them a namespace or a name of its own",
            )
    return tuple(first.values())


def check_stargate(definition: Object) -> None:
    """Raises `SpecError` when the definition wants Stargate, for the cluster or for a datacenter."""
    spec = definition["spec"]
    holders = [("definition.spec", spec)]
    holders += [(f"definition.spec.cassandra.datacenters[{index}]", own) for index, own in enumerate(spec["cassandra"]["datacenters"])]
    for path, holder in holders:
        if holder.get("stargate") is not None:
            raise SpecError(f"{path}.stargate", "is deprecated upstream and is not distributed by Ansible; remove it, or use the operator")


def _all(definition: Object, observation: Observation) -> Iterator[Placed]:
    for position, template in enumerate(in_order(templates(definition))):
        bodies = (
            *configs_of(definition, template, observation, position),
            datacenter_of(definition, template, observation, position),
        )
        yield from (Placed(template.context, body, template.name) for body in bodies)
    for template in templates(definition):
        yield from (Placed(template.context, body, template.name) for body in add_ons_of(definition, template, observation))
