# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading what is there. Absence is believed only from an API server that answered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from .._core.objects import Kind, Object, Ref, ref_of
from .api import Api

# Below this many wanted objects of a kind in a namespace, reading each costs less than a list of everybody's.
_WORTH_A_LIST = 3


def observe(api: Api, wanted: Iterable[Ref], labels: Mapping[str, str] | None = None) -> dict[Ref, Object]:
    """Those of the wanted objects that are there, by identity; a list a kind and namespace where several are wanted.

    With `labels`, a list holds only what carries them: who asks looks for the rest one by one.

    Custom resource definitions are read one by one: they are the largest objects of a cluster, and most are somebody else's.
    """
    groups: dict[tuple[str, str, str], list[Ref]] = defaultdict(list)
    for ref in wanted:
        groups[ref.api_version, ref.kind, ref.namespace].append(ref)
    found: dict[Ref, Object] = {}
    for (api_version, name, namespace), refs in groups.items():
        kind = api.find_kind(api_version, name)
        if kind is not None:
            found.update(_observe_kind(api, kind, namespace, refs, labels))
    return found


def _observe_kind(api: Api, kind: Kind, namespace: str, refs: list[Ref], labels: Mapping[str, str] | None) -> Mapping[Ref, Object]:
    if len(refs) < _WORTH_A_LIST or kind.kind == "CustomResourceDefinition":
        each = {ref: api.get(ref) for ref in refs}
        return {ref: body for ref, body in each.items() if body is not None}
    there = {ref_of(body): body for body in api.list(kind, namespace, labels) or ()}
    return {ref: there[ref] for ref in refs if ref in there}
