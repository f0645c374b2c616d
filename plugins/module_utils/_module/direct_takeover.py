# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Taking a live cluster over from the operator's control plane, without a change to any of its datacenters.

The operator removes the datacenters of a K8ssandraCluster that goes while it has upstream's finalizer (`checkDeletion`,
k8ssandra-operator v1.26.0 `controllers/k8ssandra/cleanup.go`), and puts that finalizer back whenever it looks at the cluster. So the
object is removed in exactly the version that lacks it; from then on the API server admits no new finalizer. The operator stays up:
its webhook is asked about each of these writes.
"""

from __future__ import annotations

import time

from .._core.cluster import FINALIZER
from .._core.distribution.moving import REPLICATED_SECRET_FINALIZER, is_owned, remaining_owners, spec_changes
from .._core.distribution.schema import schema_of
from .._core.distribution.secrets import ORPHAN
from .._core.errors import SpecError
from .._core.objects import Object, Ref, kind_named, ref_of
from .._core.plan import Plan, Step, Verb, update_step
from .._core.readings import name_of, namespace_of
from .._core.rollup import roll_up
from .._core.verdict import Verdict
from .._kube import errors
from .._kube.apply import write_each
from .._kube.cluster_reading import read_cluster
from .._kube.observe import observe
from .._kube.wait import wait_for
from .direct_distribution import Distribution
from .direct_plan import plan_add_ons, plan_datacenter
from .direct_secrets import wanted_secrets

_MOVING = "taking the cluster over from the operator"
_DEFINITION = kind_named("CustomResourceDefinition").ref("cassandradatacenters.cassandra.datastax.com")
_ATTEMPTS = 5


def operators_cluster(distribution: Distribution) -> Object | None:
    """The K8ssandraCluster by which the operator distributes the cluster; None when it does not."""
    key = (distribution.wish.name, distribution.wish.namespace)
    clusters = distribution.contents[distribution.own.context].clusters
    return next((body for body in clusters if (name_of(body), namespace_of(body)) == key), None)


def check_takeover(distribution: Distribution) -> None:
    """Refuses unless the cluster is ready and every object in it is exactly what we would write."""
    cluster, live = operators_cluster(distribution), distribution.live()
    if cluster is None and not live:
        raise SpecError("confirm_move", f"names {distribution.wish.name}, and no context has a datacenter of it; there is nothing to move")
    if cluster is not None:
        _check_ready(distribution, cluster)
    missing = [each.name for each in distribution.order() if each.name not in live]
    if missing:
        raise SpecError("control_plane", f"cannot become ansible while {missing[0]} is not there; run again when the operator has made it")
    differing = _differences(distribution)
    if differing:
        more = f" and {len(differing) - 5} more" if len(differing) > 5 else ""
        what = f"cannot become ansible, since it would change the cluster: {'; '.join(differing[:5])}{more}"
        raise SpecError("control_plane", f"{what}; make the definition and the cluster alike first; nothing was changed")


def _check_ready(distribution: Distribution, cluster: Object) -> None:
    context, what = distribution.own.context, str(ref_of(cluster))
    if cluster["metadata"].get("deletionTimestamp"):
        if FINALIZER in (cluster["metadata"].get("finalizers") or ()):
            advice = "its datacenters go with it; nothing was changed"
            raise errors.Conflict(context, _MOVING, f"{what} is being removed by the operator", advice)
        return
    wish = distribution.wish
    reading = read_cluster(distribution.own, distribution.remotes, wish.name, wish.namespace, operators=distribution.operators)
    status = roll_up(reading, time.time())
    if not status.ready:
        raise errors.Conflict(context, _MOVING, f"{what} is not ready: {status.reason}", "run again when it is; nothing was changed")


def _differences(distribution: Distribution) -> list[str]:
    parts, live, found = distribution.parts(), distribution.live(), []
    for template in distribution.order():
        context = distribution.context(template.context)
        plan = plan_datacenter(distribution, template, parts[template.name]) + plan_add_ons(distribution, template, parts[template.name])
        # The purge of backups is not written as upstream does where operators are elsewhere; it restarts nothing.
        found += [f"{context}: {step.ref}: {step.why}" for step in plan.steps if step.ref.kind != "CronJob"]
        crd, wanted = distribution.apis[context].get(_DEFINITION) or {}, parts[template.name].datacenter
        differing = spec_changes(schema_of(crd), wanted, live[template.name])
        told = update_step(context, wanted, live[template.name], differing).describe().get("changes", ())
        found += [f"{context}: {ref_of(wanted)}: {line}" for line in told]
    return found


def plan_takeover(distribution: Distribution) -> Plan:
    """The steps after the records: the operator's objects go, and what it wrote becomes ours."""
    return _plan_release(distribution) + _plan_ownership(distribution)


def _plan_release(distribution: Distribution) -> Plan:
    wish, own = distribution.wish, distribution.own
    refs = [kind_named(kind).ref(wish.name, wish.namespace) for kind in ("K8ssandraCluster", "ReplicatedSecret")]
    why = "the collection takes its place; datacenters and Secrets stay"
    found = [(ref, own.get(ref)) for ref in refs]
    return Plan(tuple(Step(own.context, Verb.DELETE, ref, why, found=body) for ref, body in found if body is not None))


def _plan_ownership(distribution: Distribution) -> Plan:
    plan = Plan()
    for context, bodies in _bodies(distribution).items():
        found = observe(distribution.apis[context], map(ref_of, bodies))
        there = [(body, found[ref_of(body)]) for body in bodies if ref_of(body) in found]
        steps = [update_step(context, body, live, (), "was written by the operator") for body, live in there if not is_owned(live)]
        plan += Plan(tuple(steps))
    return plan


def _bodies(distribution: Distribution) -> dict[str, list[Object]]:
    """What we apply, by context."""
    definition, places = distribution.wish.definition, distribution.places()
    secrets = wanted_secrets(definition, places, distribution.contents, check_mode=distribution.call.check_mode)
    bodies: dict[str, list[Object]] = {context: list(found) for context, found in secrets.items()}
    for template, parts in zip(distribution.order(), (distribution.parts()[each.name] for each in distribution.order())):
        bodies[distribution.context(template.context)] += [*parts.before, parts.datacenter, *parts.after]
    return bodies


def take_over(distribution: Distribution, done: list[Step]) -> None:
    """Carries `plan_takeover` out; each step may be where an earlier run was killed.

    Args:
        distribution: what the run knows; its records are written.
        done: gets each step that was done.
    """
    say = distribution.call.say
    write_each(_plan_release(distribution), lambda step: _release(distribution, step.ref), say=say, done=done)
    _check_kept(distribution)
    write_each(_plan_ownership(distribution), lambda step: _own(distribution, step), say=say, done=done)


def _release(distribution: Distribution, ref: Ref) -> None:
    distribution.quiet, distribution.wrote = False, True
    if ref.kind == "K8ssandraCluster":
        _release_cluster(distribution, ref)
    else:
        _release_secrets(distribution, ref)
    _await_absence(distribution, ref)


def _release_cluster(distribution: Distribution, ref: Ref) -> None:
    for attempt in range(_ATTEMPTS):
        there = distribution.own.get(ref)
        if there is None or there["metadata"].get("deletionTimestamp"):
            break
        finalizers = there["metadata"].get("finalizers") or ()
        version = there["metadata"]["resourceVersion"]
        try:
            if FINALIZER in finalizers:
                kept = [each for each in finalizers if each != FINALIZER]
                patch = {"metadata": {"finalizers": kept, "resourceVersion": version}}
                version = distribution.own.merge(ref, patch)["metadata"]["resourceVersion"]
            distribution.own.delete(ref, alone=version)
        except errors.Overtaken:
            if attempt == _ATTEMPTS - 1:
                raise


def _release_secrets(distribution: Distribution, ref: Ref) -> None:
    """With this annotation the operator leaves the copies of Secrets where they are (`replication/secret_controller.go`)."""
    there = distribution.own.get(ref)
    if there is not None and not there["metadata"].get("deletionTimestamp"):
        kept = [each for each in there["metadata"].get("finalizers") or () if each != REPLICATED_SECRET_FINALIZER]
        distribution.own.merge(ref, {"metadata": {"annotations": {ORPHAN: "true"}, "finalizers": kept}})
        distribution.own.delete(ref)


def _await_absence(distribution: Distribution, ref: Ref) -> None:
    def look() -> Verdict:
        there = distribution.own.get(ref)
        finalizers = ", ".join((there or {}).get("metadata", {}).get("finalizers") or ())
        return Verdict(there is None, f"{ref} is still there" + (f", with the finalizers {finalizers}" if finalizers else ""))

    call, own = distribution.call, distribution.own.context
    wait_for(look, call.patience, context=own, doing=f"waiting for the removal of {ref}", say=call.say)


def _check_kept(distribution: Distribution) -> None:
    """Nothing of the cluster went along with the operator's objects."""
    for context, bodies in _bodies(distribution).items():
        refs = [ref_of(body) for body in bodies if body["kind"] in ("CassandraDatacenter", "Secret")]
        found = observe(distribution.apis[context], refs)
        for ref in refs:
            if ref not in found or found[ref]["metadata"].get("deletionTimestamp"):
                advice = "find out who removes it before anything else"
                raise errors.Absent(context, _MOVING, f"{ref} {'is being removed' if ref in found else 'is gone'}", advice)


def _own(distribution: Distribution, step: Step) -> None:
    distribution.quiet, distribution.wrote, api = False, True, distribution.apis[step.context]
    if step.body is not None:
        applied = api.apply(step.body, force=True)
        api.merge(step.ref, {"metadata": {"managedFields": remaining_owners(applied)}})
