# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Contexts that do not answer: those that are lost for good are left alone, of the others is told what they hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from .._core.cluster import ClusterWish
from .._core.distribution.labels import cluster_name
from .._core.distribution.lost import Entry, entries_in, told_loss
from .._core.distribution.ownership import as_cluster
from .._core.distribution.seeds import seed_labels
from .._core.errors import SpecError
from .._core.objects import Object, kind_named
from .._kube.api import Api
from .._kube.contents import Contents
from .._kube.errors import NO_ANSWER, ClusterError, Unreachable
from .._kube.management import ManagementApi
from .direct_records import records_in
from .run import Call


def check_lost_option(call: Call) -> None:
    """Raises `SpecError` when contexts are named as lost in a call that could not forget them."""
    reasons = (
        (call.parameters["control_plane"] != "ansible", "with control_plane: operator the operator alone changes the cluster"),
        (call.parameters["state"] != "present", "state: absent removes the whole cluster; forget the context by a run before it"),
        (call.parameters["confirm_move"] is not None, "a move needs every context; forget the context by a run of its own"),
    )
    for refused, why in reasons if lost_contexts(call) else ():
        if refused:
            raise SpecError("lost_contexts", f"is set, and {why}; leave it out")


def lost_contexts(call: Call) -> list[str]:
    """The contexts that are named as lost. A survey that nobody answered gives one empty name, and people put spaces after commas."""
    return [context.strip() for context in call.parameters["lost_contexts"] if context.strip()]


def remaining(call: Call, wish: ClusterWish, own: Api, remotes: Mapping[str, Api]) -> dict[str, Api]:
    """The remotes without those that are named as lost: of these nothing is asked but whether they answer.

    Raises `SpecError` when one answers, holds datacenters that are wanted, or is the context of the task itself.
    """
    named = lost_contexts(call)
    for index, context in enumerate(named):
        path = f"lost_contexts[{index}]"
        if context == own.context:
            raise SpecError(path, f"is {context}, by which this very task works; run it by another context of the cluster")
        wanted = [datacenter for datacenter in wish.datacenters if datacenter.context == context]
        if wanted:
            what = f"is {context}, and the definition has {wanted[0].name} there; leave {wanted[0].name} out of the definition"
            raise SpecError(path, f"{what}, or {context} out of lost_contexts")
        if context in remotes and _answers(remotes[context]):
            raise SpecError(path, f"is {context}, and {context} answers; it is not lost: leave it out of lost_contexts")
    return {context: api for context, api in remotes.items() if context not in named}


def _answers(api: Api) -> bool:
    try:
        api.read("/version")
    except NO_ANSWER:
        return False
    except ClusterError:
        return True
    return True


def told_unreachable(call: Call, problem: ClusterError, apis: Mapping[str, Api], contents: Mapping[str, Contents]) -> ClusterError:
    """The same failure with what the context holds, as far as the others know.

    Args:
        call: what Ansible asks for.
        problem: why a context does not answer.
        apis: all contexts.
        contents: what those hold that answered.
    """
    records = [record for one in contents.values() for record in records_in(call, one)]
    known, entries = as_cluster(records), entries_in(records, [problem.context])
    if known is None or not entries or not isinstance(problem, NO_ANSWER):
        return problem
    others = [entry for entry in known["spec"]["cassandra"]["datacenters"] if entry["k8sContext"] in contents]
    answers = (_replications(_management(apis[entry["k8sContext"]], known, entry)) for entry in others)
    found = next((answer for answer in answers if answer is not None), None)
    return Unreachable(problem.context, problem.doing, problem.found, told_loss(problem.context, entries, found))


def _management(api: Api, known: Object, entry: Entry) -> Callable[[], ManagementApi]:
    """The management API of one datacenter, by its seeds; whoever calls it asks for its pods."""
    name, namespace = entry["metadata"]["name"], entry["metadata"].get("namespace") or known["metadata"]["namespace"]
    labels = seed_labels(cluster_name(known), name)
    return lambda: ManagementApi(api, name, api.list(kind_named("Pod"), namespace, labels) or ())


def _replications(ask: Callable[[], ManagementApi]) -> Mapping[str, Mapping[str, str]] | None:
    """The replication of every keyspace; None when the datacenter that is asked does not answer."""
    try:
        return ask().replications()
    except ClusterError:
        return None
