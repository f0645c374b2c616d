# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A bundle in one cluster: its wait tells the cause, and its removal takes nobody else's."""

from __future__ import annotations

from typing import Any

import pytest

from plugins.module_utils._core.bundle import BUNDLE_LABEL, as_adopted, operators_in
from plugins.module_utils._core.objects import KINDS, kind_named, ref_of
from plugins.module_utils._core.plan import plan_presence
from plugins.module_utils._kube import bundle, errors
from plugins.module_utils._kube.wait import Patience
from tests.unit import build
from tests.unit.fakes import DRY, Clock, FakeApi

LABELS = {BUNDLE_LABEL: build.NAMESPACE}
OPERATORS = operators_in(build.NAMESPACE)
NOW = 1_900_000_000.0
NAMESPACE = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": build.NAMESPACE, "labels": LABELS}}


def _deployment(*, ready: bool) -> dict[str, Any]:
    spec = {"replicas": 1, "selector": {"matchLabels": {"app": "operator"}}}
    ready_status = {"observedGeneration": 1, "replicas": 1, "updatedReplicas": 1, "availableReplicas": int(ready)}
    return build.body("Deployment", "apps/v1", "operator", labels=LABELS, spec=spec, status=ready_status)


def _pod(**status: Any) -> dict[str, Any]:
    began = {"conditions": build.conditions(Initialized=True)}
    return build.body("Pod", "v1", "operator-1", labels={"app": "operator"}, status={**began, **status}, metadata={"ownerReferences": [{}]})


def _asks(times: int | None, error: errors.ClusterError) -> tuple[FakeApi, Clock, Any]:
    """A cert-manager that answers so, and a question to it; and the time that passes by asking."""
    api, clock, wanted = FakeApi("hub", [build.cert_manager_definition()]), Clock(), [build.certificate()]
    api.fail("create", error=error, times=times)
    patience = Patience(15.0, 2.0, clock.monotonic, clock.sleep)
    plan = plan_presence("hub", wanted, {})
    return api, clock, lambda: bundle.require_cert_manager(api, wanted, plan, probe=True, namespace="default", patience=patience)


STARTING = errors.Unavailable("hub", "probing Issuer", "failed calling webhook: connection refused")
AWAY = errors.Unreachable("hub", "probing Issuer", "no answer")


@pytest.mark.parametrize("error", [STARTING, AWAY], ids=["its webhook", "its API server"])
def test_a_cert_manager_that_is_just_starting_is_asked_again(error: errors.ClusterError) -> None:
    _api, clock, ask = _asks(3, error)
    ask()
    assert clock.now == 6.0


@pytest.mark.parametrize(
    ("error", "seconds"),
    [(STARTING, 14.0), (AWAY, 14.0), (errors.Denied("hub", "probing Issuer", "denied the request: no"), 0.0)],
    ids=["its webhook stays away", "its API server stays away", "it says no"],
)
def test_a_cert_manager_that_does_not_help_ends_the_run_with_its_own_words(error: errors.ClusterError, seconds: float) -> None:
    api, clock, ask = _asks(None, error)
    with pytest.raises(type(error), match=str(error)):
        ask()
    assert (clock.now, {verb for verb, _on in api.writes}) == (seconds, {"create" + DRY})


@pytest.mark.parametrize("moment", [NOW, 0.0], ids=["for long", "just now"])
def test_a_wait_for_the_operators_tells_what_keeps_their_pods(moment: float) -> None:
    deployment = _deployment(ready=False)
    verdict = bundle.look(FakeApi("hub", [deployment, _pod(**build.waiting("ImagePullBackOff"))]), [deployment], OPERATORS, moment)
    assert (verdict.done, verdict.hopeless) == (False, moment == NOW)
    assert "0 of 1 pods available: pod operator-1, container cassandra: the image" in verdict.reason
    assert "correct the image" in verdict.advice


def test_a_wait_for_the_operators_goes_by_the_clock_of_their_cluster() -> None:
    deployment, api = _deployment(ready=False), FakeApi("hub", [_deployment(ready=False), _pod(**build.waiting("ImagePullBackOff"))])
    api.date = "Thu, 01 Jan 1970 00:00:00 GMT"
    assert not bundle.look(api, [deployment], OPERATORS, NOW).hopeless


def test_operators_that_run_cost_no_look_at_their_pods() -> None:
    api = FakeApi("hub", [_deployment(ready=True), _pod()])
    assert bundle.look(api, [_deployment(ready=True)], OPERATORS, NOW).done
    assert ("list", "Pod") not in api.calls


def test_the_namespace_goes_with_the_operators() -> None:
    api = FakeApi("hub", [NAMESPACE, _deployment(ready=True), _pod()])
    found = bundle.read_labelled(api, list(KINDS.values()), OPERATORS)
    bundle.require_unused(api, found, OPERATORS)
    plan = bundle.plan_removal(api, found, OPERATORS)
    assert [step.ref.kind for step in plan.steps] == ["Deployment", "Namespace"]


def test_what_kubernetes_makes_of_services_is_left_to_go_with_them() -> None:
    made = [build.body(kind, kind_named(kind).api_version, "webhook", labels=LABELS) for kind in ("Service", "Endpoints", "EndpointSlice")]
    api = FakeApi("hub", made)
    found = bundle.read_labelled(api, list(KINDS.values()), OPERATORS)
    assert [ref.kind for ref in found] == ["Service"]
    assert not {("list", "Endpoints"), ("list", "EndpointSlice")} & set(api.calls)


@pytest.mark.parametrize("kind", ["PersistentVolumeClaim", "StatefulSet"])
def test_a_namespace_with_somebody_elses_data_does_not_go(kind: str) -> None:
    api = FakeApi("hub", [NAMESPACE, _deployment(ready=True), build.body(kind, kind_named(kind).api_version, "theirs")])
    found = bundle.read_labelled(api, list(KINDS.values()), OPERATORS)
    with pytest.raises(errors.Conflict, match=f"holds {kind} {build.NAMESPACE}/theirs"):
        bundle.require_unused(api, found, OPERATORS)


@pytest.mark.parametrize(
    ("owner", "finalizers", "refused"),
    [
        ("cassandra.datastax.com/v1beta1", [], False),
        ("cassandra.datastax.com/v1beta1", ["theirs"], True),
        ("example.com/v1", [], True),
        ("", [], True),
    ],
    ids=["of a datacenter that has gone", "with a finalizer", "of somebody else's object", "of nobody"],
)
def test_what_goes_with_its_owner_keeps_no_definition(owner: str, finalizers: list[str], refused: bool) -> None:
    names = {"control.k8ssandra.io": "CassandraTask", "cassandra.datastax.com": "CassandraDatacenter"}
    defined = [_definition(group, kind) for group, kind in names.items()]
    owners = [{"apiVersion": owner, "kind": "CassandraDatacenter", "name": "dc1", "uid": "1"}] if owner else []
    metadata = {"ownerReferences": owners, "finalizers": finalizers}
    api = FakeApi("hub", [build.body("CassandraTask", "control.k8ssandra.io/v1alpha1", "dc1-rebuild", metadata=metadata)])
    found = {ref_of(body): body for body in defined}
    if not refused:
        bundle.require_unused(api, found, OPERATORS)
        return
    with pytest.raises(errors.Conflict, match="1 cassandratasks are still there"):
        bundle.require_unused(api, found, OPERATORS)


def test_a_kind_that_is_not_served_for_a_moment_is_not_taken_for_one_without_objects() -> None:
    defined = build.definition("CassandraDatacenter", group="cassandra.datastax.com", versions=("v1beta1",), stored=("v1beta1",))
    api = FakeApi("hub", [defined], without=["CassandraDatacenter"])
    with pytest.raises(errors.Unavailable, match="does not serve cassandradatacenters now"):
        bundle.require_unused(api, {ref_of(defined): defined}, OPERATORS)
    new = {**defined, "status": {}}
    bundle.require_unused(api, {ref_of(new): new}, OPERATORS)
    going = {**defined, "metadata": {**defined["metadata"], "deletionTimestamp": build.LONG_AGO}}
    bundle.require_unused(api, {ref_of(going): going}, OPERATORS)


def _definition(group: str, kind: str) -> dict[str, Any]:
    versions = [{"name": "v1alpha1" if kind == "CassandraTask" else "v1beta1", "served": True}]
    spec = {"group": group, "scope": "Namespaced", "versions": versions, "names": {"kind": kind, "plural": f"{kind.lower()}s"}}
    return {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {"name": kind}, "spec": spec}


UNMARKED = {**_deployment(ready=True), "metadata": {"name": "operator", "namespace": build.NAMESPACE, "labels": {"app": "operator"}}}
MARKED = {**UNMARKED, "metadata": {**UNMARKED["metadata"], "labels": {"app": "operator", **LABELS}}}
MORE = {**MARKED, "spec": {**MARKED["spec"], "replicas": 2}}


@pytest.mark.parametrize(
    ("there", "wanted", "verb", "labels"),
    [
        ([UNMARKED], MARKED, None, None),
        ([UNMARKED], MORE, "update", {"app": "operator"}),
        ([MARKED], MORE, "update", {"app": "operator", **LABELS}),
        ([], MARKED, "create", {"app": "operator", **LABELS}),
    ],
    ids=["the same", "another field", "of ours", "missing"],
)
def test_an_adopted_object_does_not_get_the_label(there: list[Any], wanted: dict[str, Any], verb: Any, labels: Any) -> None:
    api = FakeApi("hub", there)
    found = bundle.read_bundle(api, [wanted], OPERATORS)
    plan = bundle.plan_bundle(api, as_adopted([wanted], found), found, {}, force=False)
    assert [step.verb.value for step in plan.steps] == ([verb] if verb else [])
    assert [(step.body or {})["metadata"]["labels"] for step in plan.steps] == ([labels] if verb else [])


def test_a_wait_sees_what_does_not_carry_the_label() -> None:
    assert bundle.look(FakeApi("hub", [UNMARKED]), [MARKED], OPERATORS, NOW).done


OTHERS = "k8ssandra.operator/cluster"
USED = {
    "ours": (LABELS, {**LABELS, "a": "b"}),
    "somebody else's": ({"team": "x"}, {"a": "b"}),
    "another bundle's": ({BUNDLE_LABEL: "other"}, {BUNDLE_LABEL: "other", "a": "b"}),
    "made for a cluster": ({OTHERS: "demo"}, {OTHERS: "demo", "a": "b"}),
}


@pytest.mark.parametrize(("there", "applied"), USED.values(), ids=USED)
def test_the_labels_of_a_namespace_that_is(there: dict[str, str], applied: dict[str, str]) -> None:
    live = {**NAMESPACE, "metadata": {"name": build.NAMESPACE, "labels": there}}
    wanted = {**NAMESPACE, "metadata": {"name": build.NAMESPACE, "labels": {**LABELS, "a": "b"}}}
    api = FakeApi("hub", [live])
    plan = bundle.plan_bundle(api, [wanted], bundle.read_bundle(api, [wanted], OPERATORS), {"a": "b"}, force=False)
    assert [step.body["metadata"]["labels"] for step in plan.steps if step.body] == [applied]


@pytest.mark.parametrize("kind", ["Namespace", "CustomResourceDefinition"])
def test_nothing_is_put_where_everything_is_about_to_go(kind: str) -> None:
    wanted = {"apiVersion": kind_named(kind).api_version, "kind": kind, "metadata": {"name": "here", "labels": LABELS}}
    going = {**wanted, "metadata": {**wanted["metadata"], "deletionTimestamp": build.LONG_AGO}}
    with pytest.raises(errors.Conflict, match=f"{kind} here is being removed; run again when it is gone"):
        bundle.plan_bundle(FakeApi("hub"), [wanted], {ref_of(going): going}, {}, force=False)


def test_a_namespace_that_was_there_is_left_as_it_is_unless_labels_are_asked_for() -> None:
    live = {**NAMESPACE, "metadata": {"name": build.NAMESPACE, "labels": {"team": "x"}}}
    api = FakeApi("hub", [live])
    assert not bundle.plan_bundle(api, [NAMESPACE], bundle.read_bundle(api, [NAMESPACE], OPERATORS), {}, force=False)
