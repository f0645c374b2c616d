# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A plan says what would be done, once, for everybody who asks."""

from __future__ import annotations

from typing import Any

import pytest

from plugins.module_utils._core.objects import ref_of
from plugins.module_utils._core.plan import Plan, Verb, drop_ineffective, plan_absence, plan_presence


def config(name: str, **content: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": "a"}, "data": content}


def secret(**content: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s", "namespace": "a"}, "data": content}


def found(*bodies: dict[str, Any]) -> dict[Any, Any]:
    return {ref_of(body): body for body in bodies}


def test_an_object_that_is_as_wanted_needs_no_step() -> None:
    assert not plan_presence("east", [config("c", k="v")], found(config("c", k="v", other="theirs")))


def test_steps_keep_the_order_of_the_wish() -> None:
    plan = plan_presence("east", [config("b", k="v"), config("a", k="v"), config("c", k="v")], found(config("a", k="old")))
    assert [(step.verb, step.ref.name) for step in plan.steps] == [(Verb.CREATE, "b"), (Verb.UPDATE, "a"), (Verb.CREATE, "c")]


def test_a_step_says_where_what_and_why() -> None:
    plan = plan_presence("east", [config("c", k="new")], found(config("c", k="old")))
    [step] = plan.describe()
    assert len(step.pop("digest")) == 64
    changed = ['data.k: "old" -> "new"']
    assert step == {"context": "east", "verb": "update", "object": "ConfigMap a/c", "why": "data.k differs", "changes": changed}


def _digest(wanted: dict[str, Any], *before: dict[str, Any], context: str = "east") -> str:
    return plan_presence(context, [wanted], found(*before)).describe()[0]["digest"]


OTHER_STEPS = [
    pytest.param(_digest(config("c", k="new"), config("c", k="older")), id="another value before"),
    pytest.param(_digest(config("c", k="newer"), config("c", k="old")), id="another value after"),
    pytest.param(_digest(config("c", k="new", l="new"), config("c", k="old")), id="another field besides"),
    pytest.param(_digest(config("c", k="new")), id="another verb"),
    pytest.param(_digest(config("d", k="new"), config("d", k="old")), id="another object"),
    pytest.param(_digest(config("c", k="new"), config("c", k="old"), context="west"), id="another context"),
]


@pytest.mark.parametrize("other", OTHER_STEPS)
def test_another_step_has_another_digest(other: str) -> None:
    assert other != _digest(config("c", k="new"), config("c", k="old"))


def test_what_is_created_counts_in_the_digest() -> None:
    assert _digest(config("c", k="1")) != _digest(config("c", k="2"))


def test_neither_a_secret_nor_its_length_counts_in_the_digest() -> None:
    assert _digest(secret(kubeconfig="bmV3")) == _digest(secret(kubeconfig="bmV3ZXI="))
    assert _digest(secret(k="bmV3"), secret(k="b2xk")) == _digest(secret(k="bmV3ZXI="), secret(k="b2xkZXI="))
    assert _digest(secret(k="bmV3"), secret(k="b2xk")) != _digest(secret(k="bmV3", l="bmV3"), secret(k="b2xk"))


def test_what_people_read_of_a_step_is_short_and_masked() -> None:
    before = {"kind": "ConfigMap", **config("c"), "spec": {}}
    wanted = {**before, "spec": {"password": "hunter2", "long": "x" * 500, **{f"f{number:02}": number for number in range(30)}}}
    [step] = plan_presence("east", [wanted], found(before)).describe()
    assert step["changes"][0] == 'spec.password: nothing -> "(masked)"'
    assert step["changes"][-1] == "and 21 more"  # 0 and not there are one in this kind
    assert max(len(line) for line in step["changes"]) < 150


def test_many_changes_are_counted_not_listed() -> None:
    wanted = config("c", a="1", b="1", c="1", d="1", e="1")
    assert plan_presence("east", [wanted], found(config("c"))).steps[0].why == "data.a, data.b, data.c and 2 more differ"


def test_the_diff_of_a_secret_shows_fields_and_no_values() -> None:
    for plan in (plan_presence("east", [secret(k="bmV3")], {}), plan_presence("east", [secret(k="bmV3")], found(secret(k="b2xk")))):
        shown = str(plan.diff())
        assert "k" in shown
        assert not {"bmV3", "b2xk"} & set(shown.split("'"))


def test_the_diff_of_a_change_masks_what_its_fields_name_says() -> None:
    def body(text: str) -> dict[str, Any]:
        variables = [{"name": "DB_PASSWORD", "value": text}]
        return {**config("c"), "spec": {"keystore_password": text, "options": [f"-Da.password={text}"], "env": variables, "size": text}}

    for before, after in (("hunter2", "hunter3"), ("hunter2", "")):
        diff = plan_presence("east", [body(after)], found(body(before))).diff()[0]
        assert [name for side in (diff["before"], diff["after"]) for name, value in side.items() if "hunter" in value] == (
            ["spec.size", "spec.size"] if after else ["spec.size"]
        )


def test_the_diff_of_a_definition_leaves_its_schema_out() -> None:
    crd = {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {"name": "x"}}
    body = {**crd, "spec": {"versions": [{"name": "v1", "schema": {"openAPIV3Schema": {"type": "object"}}}]}}
    assert plan_presence("east", [body], {}).diff()[0]["after"]["spec"]["versions"][0]["schema"] == {"openAPIV3Schema": "(a schema)"}


def test_an_update_that_the_server_says_changes_nothing_is_dropped() -> None:
    before = config("c", k="old")
    plan = plan_presence("east", [config("c", k="new")], found(before))
    answer = {**before, "metadata": {**before["metadata"], "resourceVersion": "2", "managedFields": [{}]}}
    assert drop_ineffective(plan, {ref_of(before): answer}) == Plan()
    assert drop_ineffective(plan, {ref_of(before): config("c", k="new")}) == plan


def test_what_is_being_removed_is_not_removed_twice() -> None:
    going = config("c")
    going["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z"
    refs = [ref_of(config("c")), ref_of(config("d")), ref_of(config("e"))]
    plan = plan_absence("east", refs, found(going, config("d")), "is not wanted")
    assert [(step.verb, step.ref.name) for step in plan.steps] == [(Verb.DELETE, "d")]
