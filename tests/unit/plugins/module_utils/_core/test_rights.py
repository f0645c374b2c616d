"""The table of rights: what is asked in which plane, and what an audit log may not show."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from plugins.module_utils._core.rights import NEEDS, Scope, add_ons_in
from plugins.module_utils._core.rights_asked import Question, lacking, questions, unlisted

HUB = Scope(True, "ops", ("data",), ("ops", "far"))
EAST = Scope(False, "ops", ("data",), ("ops", "far"))


def _asked(control_plane: bool) -> set[str]:
    return {f"{one.verb} {one.resource} {one.namespace}" for one in questions(HUB if control_plane else EAST)}


@pytest.mark.parametrize(
    ("question", "control", "data"),
    [
        ("patch deployments ops", True, True),
        ("create serviceaccounts/token ops", False, True),
        ("patch clientconfigs ops", True, False),
        ("delete k8ssandraclusters data", True, False),
        ("list pods data", True, True),
        ("list servicecidrs ", False, False),
        ("escalate clusterroles ", True, True),
        ("bind roles ops", True, True),
        ("bind roles far", False, True),
        ("create issuers default", True, True),
    ],
)
def test_a_right_is_asked_for_where_it_is_used(question: str, control: bool, data: bool) -> None:
    assert (question in _asked(True), question in _asked(False)) == (control, data)


def test_no_question_is_asked_twice_and_every_row_has_its_reason() -> None:
    asked = [(one.group, one.resource, one.verb, one.namespace) for one in questions(replace(HUB, clusters=("ops", "data")))]
    assert len(asked) == len(set(asked))
    assert all(len(need.right.why.split()) > 2 for need in NEEDS)


def test_a_right_that_several_need_tells_all_of_them() -> None:
    (found,) = (one for one in questions(replace(HUB, clusters=("ops",))) if (one.verb, one.resource, one.namespace) == ("list", "pods", "ops"))
    assert [reason.partition(" ")[0] for reason in found.why.split("; ")] == ["install_operator", "deploy_cluster"]


@pytest.mark.parametrize(
    ("more", "question"),
    [
        ({"installer": "helm"}, "update secrets ops"),
        ({"installer": "helm"}, "list deployments "),
        ({"cert_manager": "certs"}, "patch deployments certs"),
        ({"cert_manager": "certs"}, "escalate roles kube-system"),
        ({"cert_manager": "certs"}, "list secrets "),
    ],
)
def test_what_only_one_way_of_installing_needs_is_asked_for_there_alone(more: dict[str, Any], question: str) -> None:
    asked = {f"{one.verb} {one.resource} {one.namespace}" for one in questions(replace(HUB, **more))}
    assert question in asked
    assert question not in _asked(True)


@pytest.mark.parametrize(
    ("question", "operator", "ansible"),
    [
        ("patch k8ssandraclusters data", True, False),
        ("patch clientconfigs ops", True, False),
        ("get clientconfigs ops", True, True),
        ("create cassandradatacenters data", False, True),
        ("create pods/proxy data", False, True),
        ("patch secrets data", False, True),
        ("delete servicemonitors data", False, True),
        ("patch replicatedsecrets data", False, False),
    ],
)
def test_a_right_is_asked_for_where_that_control_plane_uses_it(question: str, operator: bool, ansible: bool) -> None:
    direct = {f"{one.verb} {one.resource} {one.namespace}" for one in questions(replace(HUB, distributed_by="ansible"))}
    assert (question in _asked(True), question in direct) == (operator, ansible)


@pytest.mark.parametrize(
    ("spec", "question"),
    [
        ({"reaper": {}}, "patch reapers data"),
        ({"medusa": {}}, "create cronjobs ops"),
    ],
)
def test_an_add_on_is_asked_for_where_the_collection_distributes_it(spec: dict[str, Any], question: str) -> None:
    scope = replace(HUB, distributed_by="ansible", add_ons=add_ons_in(spec))
    ways = (scope, replace(scope, add_ons=()), replace(scope, distributed_by="operator"))
    asked = [{f"{one.verb} {one.resource} {one.namespace}" for one in questions(way)} for way in ways]
    assert [question in found for found in asked] == [True, False, False]


def test_a_subresource_is_asked_for_by_its_own_field() -> None:
    review = Question("", "serviceaccounts/token", "create", "ops", "why").review
    attributes = {"resource": "serviceaccounts", "subresource": "token", "verb": "create", "namespace": "ops"}
    assert review["spec"] == {"resourceAttributes": attributes}


def test_what_is_lacking_is_a_line_a_kind_and_place() -> None:
    refused = [Question("apps", "deployments", verb, "ops", "it is used") for verb in ("get", "patch")]
    refused.append(Question("", "nodes", "list", "", "it is seen"))
    assert lacking(refused) == (
        "get, patch deployments.apps in namespace ops; it is used", "list nodes in the whole cluster; it is seen",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("use", "said"),
    [
        (("apps", "deployments", "patch", "ops"), []),
        (("apps", "deployments", "patch", "elsewhere"), ["patch deployments.apps in elsewhere"]),
        (("", "secrets", "list", ""), ["list secrets in all namespaces"]),
        (("config.k8ssandra.io", "clientconfigs", "patch", "ops"), ["patch clientconfigs.config.k8ssandra.io in ops"]),
    ],
)
def test_a_use_that_is_in_no_row_is_told(use: tuple[str, ...], said: list[str]) -> None:
    uses: list[dict[str, Any]] = [dict(zip(("group", "resource", "verb", "namespace"), use, strict=True))]
    assert list(unlisted(uses, EAST)) == said
