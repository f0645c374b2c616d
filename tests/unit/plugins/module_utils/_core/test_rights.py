"""The table of rights: what is asked in which plane, and what an audit log may not show."""

from __future__ import annotations

from typing import Any

import pytest

from plugins.module_utils._core.rights import NEEDS, Question, lacking, questions, unlisted


def _asked(control_plane: bool) -> set[str]:
    return {f"{one.verb} {one.resource} {one.namespace}" for one in questions(control_plane, "ops", ("data",))}


@pytest.mark.parametrize(
    ("question", "control", "data"),
    [
        ("patch deployments ops", True, True),
        ("create serviceaccounts/token ops", False, True),
        ("patch clientconfigs ops", True, False),
        ("delete k8ssandraclusters data", True, False),
        ("list pods data", True, True),
        ("list servicecidrs ", False, False),
    ],
)
def test_a_right_is_asked_for_where_it_is_used(question: str, control: bool, data: bool) -> None:
    assert (question in _asked(True), question in _asked(False)) == (control, data)


def test_no_question_is_asked_twice_and_every_row_has_its_reason() -> None:
    asked = [(one.group, one.resource, one.verb, one.namespace) for one in questions(True, "ops", ("ops", "data"))]
    assert len(asked) == len(set(asked))
    assert all(len(need.why.split()) > 2 for need in NEEDS)


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
    assert list(unlisted(uses, False, "ops", ("data",))) == said
