"""Bad input gives one clear message that names the option or the context, and writes nothing."""

from __future__ import annotations

from itertools import chain
from typing import Any

import pytest

from tests.integration.support.audit import Audit
from tests.integration.support.bad_input import Case, cluster_cases, demo_cases, kubeconfig_cases, operator_cases, registration_cases
from tests.integration.support.kubeconfigs import write_all
from tests.integration.support.play import Run
from tests.integration.support.tasks import Tasks
from tests.integration.support.watch import Story

Answers = dict[str, tuple[tuple[str, ...], dict[str, Any]]]
LEAST, LONGEST = 40, 1200


@pytest.fixture(scope="module")
def folder(story: Story, tmp_path_factory: pytest.TempPathFactory) -> Any:
    found = tmp_path_factory.mktemp("wrong")
    write_all(found)
    return found


@pytest.fixture(scope="module")
def cases(story: Story, folder: Any) -> list[Case]:
    wish = story.inventory.group()["k8ssandra_cluster"]
    return list(chain(kubeconfig_cases(folder), registration_cases(folder), operator_cases(folder), cluster_cases(), demo_cases(wish)))


@pytest.fixture(scope="module")
def audit(story: Story) -> Audit:
    story.be_deployed()
    return Audit.from_now()


@pytest.fixture(scope="module")
def answers(audit: Audit, cases: list[Case], folder: Any, story: Story) -> Answers:
    """What every case was told; all of them in one run."""
    results = Tasks(story.player, folder).run([case[1] for case in cases], timeout=600)
    return {name: (named, result) for (name, task, named), result in zip(cases, results, strict=True)}


def test_there_are_enough_of_them(cases: list[Case]) -> None:
    assert len({case[0] for case in cases}) == len(cases)
    assert len(cases) >= LEAST


def test_every_one_fails_and_changes_nothing(answers: Answers) -> None:
    assert not [name for name, (named, result) in answers.items() if not result.get("failed") or result.get("changed")]


def test_every_message_names_the_option_or_the_context(answers: Answers) -> None:
    wrong = {
        name: f"lacks {missing}: {result.get('msg')}"
        for name, (named, result) in answers.items()
        if (missing := [word for word in named if word not in str(result.get("msg"))])
    }
    assert not wrong


def test_every_message_is_one_sentence_or_two_and_no_traceback(answers: Answers) -> None:
    messages = {name: str(result.get("msg")) for name, (named, result) in answers.items()}
    bad = ("Traceback", "MODULE FAILURE", "Unexpected failure", "object has no attribute")
    assert not {
        name: message
        for name, message in messages.items()
        if len(message) > LONGEST or any(word in message for word in bad)
    }


def test_none_of_them_wrote_anything(answers: Answers, audit: Audit) -> None:
    assert answers
    assert not audit.writes()


INVENTORIES = {
    "no cluster": ({"k8ssandra_cluster": None}, "k8ssandra_cluster"),
    "a cluster without a name": ({"k8ssandra_cluster": {"spec": {}}}, "name"),
    "a bad name": ({"k8ssandra_cluster": {"name": "Demo!", "spec": {"cassandra": {"serverVersion": "5.0.5"}}}}, "Demo!"),
    "a file that is not there": ({"k8ssandra_kubeconfig": "/nowhere/kubeconfig"}, "/nowhere/kubeconfig"),
    "a word for a wait": ({"k8ssandra_wait_timeout": "soon"}, "wait_timeout"),
}


@pytest.mark.parametrize("name", INVENTORIES)
def test_an_inventory_that_is_wrong_ends_the_run_before_any_write(deployed: Run, story: Story, name: str) -> None:
    variables, named = INVENTORIES[name]
    audit = Audit.from_now()
    with story.inventory.saying(**variables):
        run = story.site("-vvvv").demand(code=1)
    assert named in run.failures()
    assert not audit.writes()
