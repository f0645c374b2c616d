# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading what a direct distribution has to know of every context before it writes anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from .._core.distribution.ownership import record_of
from .._core.objects import Object, Ref, kind_named, ref_of
from .api import Api
from .errors import Absent, ClusterError, Conflict, Unreachable
from .fleet import failures, side_by_side
from .observe import observe
from .records import list_records

_DEFINITION = kind_named("CustomResourceDefinition").ref("k8ssandraclusters.k8ssandra.io")
_PUT_BACK = (
    "put back what it said: the records of other contexts say the same but for joining, the datacenters of a context that lack their data; "
    "run with force_conflicts after that; where there is no other, remove it, and distribute the cluster as it is; nothing was changed"
)
_DOING = "looking at the clusters before a distribution"


@dataclass(frozen=True)
class Aim:
    """What one context is asked for.

    Args:
        api: the context.
        name, namespace: the cluster's.
        refs: objects that the definition refers to.
    """

    api: Api
    name: str
    namespace: str
    refs: tuple[Ref, ...] = ()

    @property
    def context(self) -> str:
        """The context's name."""
        return self.api.context


@dataclass(frozen=True)
class Contents:
    """What one context holds.

    Args:
        clusters: its K8ssandraClusters, in all namespaces.
        records: ConfigMaps of ours that say that the collection distributes the cluster.
        objects: those of the objects asked for that are there.
    """

    clusters: tuple[Object, ...] = ()
    records: tuple[Object, ...] = ()
    objects: Mapping[Ref, Object] = field(default_factory=dict, repr=False)


def read_contents(aims: Sequence[Aim]) -> dict[str, Contents]:
    """What each context holds. Raises what the first context that failed said, such as of a broken record: never trust absence."""
    contents, failed = read_answers(aims)
    for problem in failed.values():
        raise problem
    return contents


def read_answers(aims: Sequence[Aim]) -> tuple[dict[str, Contents], dict[str, ClusterError]]:
    """What each context holds that answers, and why the others do not."""
    answers = side_by_side(_read, aims)
    failed = {context: _told(problem) for context, problem in failures(answers).items()}
    return {context: answer for context, answer in answers.items() if isinstance(answer, Contents)}, failed


def _told(problem: ClusterError) -> ClusterError:
    if isinstance(problem, Unreachable):
        return Unreachable(problem.context, _DOING, problem.found, "nothing was changed; run again when the context answers")
    return problem


def read_definition(apis: Sequence[Api]) -> Object:
    """The CustomResourceDefinition of K8ssandraClusters, from the first context that has it.

    Raises:
        Absent: none has it.
    """
    for api in apis:
        found = api.get(_DEFINITION)
        if found is not None:
            return found
    contexts = ", ".join(api.context for api in apis)
    advice = f"apply upstream's CustomResourceDefinition {_DEFINITION.name} in one of them: the definition's defaults come from it"
    raise Absent(apis[0].context, "reading the defaults of a K8ssandraCluster", f"none of {contexts} serves K8ssandraClusters", advice)


def _read(aim: Aim) -> Contents:
    api = aim.api
    clusters = tuple(api.list(kind_named("K8ssandraCluster")) or ())
    records = tuple(list_records(api, aim.name, aim.namespace))
    for body in records:
        if record_of(body) is None:
            found = f"it is a record of {aim.namespace}/{aim.name}, and its data is not what a run writes, such as broken JSON"
            raise Conflict(api.context, f"reading {ref_of(body)}", found, _PUT_BACK)
    return Contents(clusters, records, observe(api, aim.refs))
