# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a direct distribution has to know for Reaper and Medusa: asked only where the definition wants one of them, or did."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from .._core.cluster import ClusterWish, Datacenter
from .._core.distribution.add_ons import ADD_ONS, add_ons
from .._core.distribution.medusa import medusa_storage_secret
from .._core.distribution.observation import Observation
from .._core.objects import Object, Ref, kind_named
from .._core.operators import K8SSANDRA, Operator, operators_in
from .._core.readings import ClusterReading, ContextReading
from .._kube import errors
from .._kube.api import Api

_CONFIGURATION = ("medusa.k8ssandra.io/v1alpha1", "MedusaConfiguration")
_PLANNING = "planning the add-ons of the cluster"
_INSTALL = "install k8ssandra-operator there as a data plane: role install_operator; nothing was changed"


@dataclass(frozen=True)
class AddOns:
    """What was found; nothing for a cluster that has no add-ons.

    Args:
        operators: namespace and service account of k8ssandra-operator, by context as the definition calls it.
        medusa_configuration: the MedusaConfiguration that the definition refers to.
    """

    operators: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    medusa_configuration: Object | None = None


def read_add_ons(
    wish: ClusterWish, reading: ClusterReading, apis: Mapping[str, Api], dropped: Sequence[str], *, operators: str,
) -> AddOns:
    """What a distribution of the add-ons needs.

    Args:
        wish: the cluster.
        reading: all contexts, with their operators.
        apis: the contexts by their names.
        dropped: the add-ons that are not wanted any more and may be there still.
        operators: the namespace in which operators are looked for.

    Raises:
        SpecError: the definition refers to a MedusaConfiguration that is not there.
        ClusterError: a data plane lacks what an add-on that is wanted needs.
    """
    wanted = add_ons(wish.definition)
    if not wanted and not dropped:
        return AddOns()
    for datacenter in wish.datacenters if wanted else ():
        _check_operator(reading, datacenter)
        _check_kinds(reading, datacenter, apis, wanted)
    places = dict(_operators(reading, operators))
    if "Medusa" not in wanted:
        return AddOns(places)
    configuration = _configuration(wish, apis[reading.control_plane.context])
    _check_storage_secret(wish, reading, apis, configuration)
    return AddOns(places, configuration)


def _operator_in(context: ContextReading | None) -> Operator | None:
    found = operators_in(context) if context is not None else ()
    return next((operator for operator in found if operator.operator == K8SSANDRA), None)


def _operators(reading: ClusterReading, namespace: str) -> Iterator[tuple[str, tuple[str, str]]]:
    for context in reading.contexts:
        operator = _operator_in(context)
        # What is not wanted any more goes also where its operator has gone before.
        place = (operator.namespace, operator.account) if operator is not None else (namespace, "default")
        yield from ((name, place) for name in (context.context, *([""] if context.control_plane else [])))


def _check_operator(reading: ClusterReading, datacenter: Datacenter) -> None:
    """Reaper and Medusa are run by k8ssandra-operator beside the datacenter, whoever distributes them."""
    asked = reading.context(datacenter.context)
    operator = _operator_in(asked)
    if operator is None and asked is not None:
        gaps = f" ({'; '.join(asked.gaps)})" if asked.gaps else ""
        raise errors.Absent(asked.context, _PLANNING, f"the operators' namespace has no k8ssandra-operator{gaps}", _INSTALL)
    if operator is not None and operator.watches and datacenter.namespace not in operator.watches:
        what = f"k8ssandra-operator watches {', '.join(operator.watches)} only, and {datacenter.name} is in {datacenter.namespace}"
        raise errors.Absent(operator.context, _PLANNING, what, "let it watch that namespace too; nothing was changed")
    if operator is not None and not operator.wanted:
        what = "k8ssandra-operator is scaled to 0, and runs Reaper and Medusa"
        raise errors.Conflict(operator.context, _PLANNING, what, "scale it up; nothing was changed")


def _check_kinds(reading: ClusterReading, datacenter: Datacenter, apis: Mapping[str, Api], wanted: Sequence[str]) -> None:
    asked = reading.context(datacenter.context)
    for name in wanted if asked is not None else ():
        kind = ADD_ONS[name][1]
        if kind in asked.not_served or (name == "Medusa" and apis[asked.context].find_kind(*ADD_ONS[name]) is None):
            raise errors.Absent(asked.context, _PLANNING, f"the cluster serves no {kind}s, which {name} needs", _INSTALL)


def _configuration(wish: ClusterWish, own: Api) -> Object | None:
    name = (wish.spec["medusa"].get("medusaConfigurationRef") or {}).get("name")
    return own.get(Ref(*_CONFIGURATION, wish.namespace, name)) if name else None


def _check_storage_secret(wish: ClusterWish, reading: ClusterReading, apis: Mapping[str, Api], configuration: Object | None) -> None:
    """Without the Secret of its storage no node starts, and nobody copies it: upstream leaves that to users."""
    secret = medusa_storage_secret(wish.definition, Observation(medusa_configuration=configuration))
    for context, ref in _places(wish, reading, secret) if secret else ():
        if apis[context].get(ref) is None:
            advice = "create it in every namespace that holds a datacenter, or no node starts; nothing was changed"
            raise errors.Absent(context, _PLANNING, f"there is no {ref}, by which Medusa logs in to its storage", advice)


def _places(wish: ClusterWish, reading: ClusterReading, secret: str) -> Iterator[tuple[str, Ref]]:
    places = dict.fromkeys((each.context or reading.control_plane.context, each.namespace) for each in wish.datacenters)
    yield from ((context, kind_named("Secret").ref(secret, namespace)) for context, namespace in places)
