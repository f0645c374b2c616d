# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What speaks against upgrading the operators of one context: known faults of the step, an old API server, kinds and fields in use."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .definitions import is_used, kind_of, removed_fields, removed_versions, unserved_versions, written
from .kubernetes_version import OLDEST, is_supported
from .objects import Object, ref_of
from .readings import labels_of
from .standing import Standing
from .upgrade_path import Finding, judge_move

_STARGATE = "Stargate.stargate.k8ssandra.io"
_DEFINITIONS = "https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/"


def findings_in(standing: Standing) -> Iterator[Finding]:
    """What speaks against upgrading one context, and what is to be known."""
    for move in standing.moves:
        yield from judge_move(move, standing.cassandras)
    if standing.moves and not is_supported(standing.server_version):
        oldest = ".".join(map(str, OLDEST))
        version = standing.server_version or "of unknown version"
        found = f"the API server is {version}; the wanted operators need Kubernetes {oldest} or newer"
        yield Finding(found, "https://docs.k8ssandra.io/install/")
    yield from _losses(standing)


def _losses(standing: Standing) -> Iterator[Finding]:
    """Kinds and fields that would go and that objects use, and versions in which nobody could read them any longer."""
    of_kind: dict[str, list[Object]] = {}
    for body in standing.objects:
        of_kind.setdefault(f"{body['kind']}.{str(body['apiVersion']).partition('/')[0]}", []).append(body)
    for name, live in standing.definitions.items():
        wanted, bodies = standing.wanted.definitions.get(name), of_kind.get(kind_of(live), [])
        if wanted is None:
            if bodies:
                found = f"the wanted version has no kind {kind_of(live)} any longer, and {_named(bodies)} of it is there; remove it first"
                yield Finding(found, "https://github.com/k8ssandra/k8ssandra-operator/issues/1786")
            continue
        for path in removed_fields(live, wanted):
            users = [body for body in bodies if is_used(body, path)]
            if users:
                found = f"the wanted {kind_of(live)} has no field {written(path)} any longer, and {_named(users)} uses it"
                yield Finding(f"{found}; take the field out of the object first, or of the one that it was made from", _DEFINITIONS)
        yield from _unreadable(live, wanted)
    if of_kind.get(_STARGATE) and _STARGATE not in standing.removed and standing.moves:
        what = f"{_named(of_kind[_STARGATE])} is there; upstream is going to remove Stargate"
        yield Finding(what, "https://github.com/k8ssandra/k8ssandra-operator/issues/1542", refused=False)


def _unreadable(live: Object, wanted: Object) -> Iterator[Finding]:
    gone = [version for version in unserved_versions({**wanted, "status": live.get("status")}) if version in removed_versions(live, wanted)]
    if gone:
        found = f"objects of {kind_of(live)} may be stored in {', '.join(gone)}, which the wanted version does not serve"
        advice = "write each of them anew, then take the version out of status.storedVersions of the definition"
        yield Finding(f"{found}; {advice}", _DEFINITIONS)


def _named(bodies: Sequence[Object]) -> str:
    owner = labels_of(bodies[0]).get("k8ssandra.io/cluster-name")
    first = f"{ref_of(bodies[0])}" + (f" (of K8ssandraCluster {owner})" if owner else "")
    return first + (f" and {len(bodies) - 1} more" if len(bodies) > 1 else "")
