# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading what an upgrade is about: the operators that run, and only when one is due, their kinds and all objects of these."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from .._core.backup import Inside, newest_releases
from .._core.objects import Kind, Object, kind_named
from .._core.operators import Operator, operators_in
from .._core.readings import ContextReading
from .._core.standing import Standing, Wanted
from .api import Api
from .errors import Absent, ClusterError, Forbidden
from .fleet import side_by_side

_DEFINITION = kind_named("CustomResourceDefinition")


@dataclass(frozen=True)
class _Running:
    """One context to be looked at, and what it is to have."""

    api: Api
    wanted: Mapping[str, Object]

    @property
    def context(self) -> str:
        return self.api.context


def read_running(apis: Sequence[Api], namespace: str) -> dict[str, tuple[Operator, ...] | ClusterError]:
    """The operators that run in each context, by one request a context; or why that is unknown."""

    def read(api: Api) -> tuple[Operator, ...]:
        deployments = api.list(kind_named("Deployment"), namespace) or ()
        return operators_in(ContextReading(api.context, objects={"Deployment": tuple(deployments)}))

    return side_by_side(read, apis)


def read_inside(apis: Sequence[Api], wanted: Mapping[str, Wanted], namespace: str) -> dict[str, Inside | ClusterError]:
    """What each context holds of the operators' kinds; or why that is unknown."""
    looks = [_Running(api, wanted[api.context].definitions) for api in apis]
    return side_by_side(lambda look: _inside(look.api, look.wanted, namespace), looks)


def completed(standing: Standing, inside: Inside | ClusterError) -> Standing:
    """The standing with what was read of the inside of its context."""
    if isinstance(inside, ClusterError):
        return replace(standing, cause=f"{inside.doing}: {inside.found}")
    return replace(standing, server_version=inside.server_version, definitions=inside.definitions, objects=inside.objects)


def _inside(api: Api, wanted: Mapping[str, Object], namespace: str) -> Inside:
    definitions = {name: body for name in _names(api, wanted) if (body := api.get(_DEFINITION.ref(name))) is not None}
    objects = tuple(body for definition in definitions.values() for body in _objects(api, definition))
    gaps: list[str] = []
    try:
        secrets = api.list(kind_named("Secret"), namespace, {"owner": "helm"}) or ()
    except Forbidden as problem:
        secrets = ()
        gaps.append(f"{api.context}: {problem.doing}: {problem.found}")
    version = str(api.read("/version").get("gitVersion", ""))
    return Inside(version, definitions, objects, newest_releases(secrets), tuple(gaps))


def _names(api: Api, wanted: Mapping[str, Object]) -> list[str]:
    """The definitions to look for: those that are wanted, and those of upstream's groups that the cluster serves."""
    groups = {body["spec"]["group"] for body in wanted.values()}
    served = api.read("/apis").get("groups") or ()
    found = dict.fromkeys(wanted)
    for group in served:
        if group["name"] in groups or group["name"].endswith("k8ssandra.io") or group["name"] == "cassandra.datastax.com":
            for version in group["versions"]:
                found.update(dict.fromkeys(f"{plural}.{group['name']}" for plural in _plurals(api, version["groupVersion"])))
    return list(found)


def _plurals(api: Api, group_version: str) -> list[str]:
    try:
        resources = api.read(f"/apis/{group_version}").get("resources") or ()
    except Absent:
        # The group went while we looked: a definition that was being removed.
        return []
    return [entry["name"] for entry in resources if "/" not in entry["name"]]


def _objects(api: Api, definition: Object) -> Sequence[Object]:
    spec = definition["spec"]
    versions = [version["name"] for version in spec["versions"] if version.get("served")]
    if not versions:
        return ()
    stored = next((version["name"] for version in spec["versions"] if version.get("storage")), "")
    version = stored if stored in versions else versions[0]
    kind = Kind(f"{spec['group']}/{version}", spec["names"]["kind"], spec["names"]["plural"], spec["scope"] == "Namespaced")
    return api.list(kind) or ()
