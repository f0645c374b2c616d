# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A plan is carried out in order, and asked of the server first where that saves a write."""

from __future__ import annotations

from typing import Any

import pytest

from plugins.module_utils._core.objects import ref_of
from plugins.module_utils._core.plan import Step, plan_presence
from plugins.module_utils._kube.apply import carry_out, confirm
from plugins.module_utils._kube.errors import ClusterError, Conflict, NotForwarded, Unavailable, Unfinished, Unreachable
from tests.unit.fakes import FakeApi


def config(name: str, **content: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": "a"}, "data": content}


def test_planning_again_after_carrying_out_gives_no_steps() -> None:
    api, wanted = FakeApi("east", [config("a", k="old")]), [config("a", k="v"), config("b", k="v")]
    carry_out(api, plan_presence("east", wanted, api.objects))
    assert not plan_presence("east", wanted, api.objects)


def test_each_step_is_said_as_it_is_done() -> None:
    api, said = FakeApi("east"), []
    carry_out(api, plan_presence("east", [config("a"), config("b")], {}), say=said.append)
    assert said == ["east: created ConfigMap a/a", "east: created ConfigMap a/b"]


def test_the_first_failure_ends_it_and_keeps_what_was_done() -> None:
    api, wanted = FakeApi("east"), [config("a"), config("b"), config("c")]
    api.fail("apply", ref_of(wanted[1]), Conflict("east", "applying", "kubectl owns data.k"))
    done: list[Step] = []
    with pytest.raises(Conflict, match="kubectl owns data"):
        carry_out(api, plan_presence("east", wanted, {}), done=done)
    assert [ref.name for ref in api.objects] == ["a"]
    assert [step.ref.name for step in done] == ["a"]


@pytest.mark.parametrize("kind", [Unreachable, NotForwarded, Unfinished])
def test_a_write_whose_outcome_is_unknown_counts_as_done(kind: type[ClusterError]) -> None:
    api, done = FakeApi("east"), list[Step]()
    api.fail("apply", None, kind("east", "applying", "HTTP 502"))
    with pytest.raises(kind):
        carry_out(api, plan_presence("east", [config("a"), config("b")], {}), done=done)
    assert [step.ref.name for step in done] == ["a"]


def test_a_write_that_was_refused_when_it_was_repeated_counts_as_done_when_nobody_knows() -> None:
    api, done, refusal = FakeApi("east"), list[Step](), Unavailable("east", "applying", "failed calling webhook")
    refusal.outcome_unknown = True
    api.fail("apply", None, refusal)
    with pytest.raises(Unavailable, match="failed calling webhook"):
        carry_out(api, plan_presence("east", [config("a"), config("b")], {}), done=done)
    assert [step.ref.name for step in done] == ["a"]


def test_only_updates_are_asked_about() -> None:
    api = FakeApi("east", [config("a", k="old")])
    plan = confirm(api, plan_presence("east", [config("a", k="new"), config("b")], api.objects))
    assert [call for call in api.calls if call[0] == "apply?"] == [("apply?", ref_of(config("a")))]
    assert len(plan.steps) == 2
