"""Before anything is installed, `site.yml --check --diff` says of each step what it would do, and does nothing."""

from __future__ import annotations

import pytest

from tests.integration.support.audit import Audit
from tests.integration.support.lab import CONTEXTS
from tests.integration.support.play import Run
from tests.integration.support.watch import Story

# A part of a step's line in the output, and the context of the step.
SAID = [
    *((context, "Namespace k8ssandra-operator") for context in CONTEXTS),
    *((context, "CustomResourceDefinition k8ssandraclusters.k8ssandra.io") for context in CONTEXTS),
    *((context, "Deployment k8ssandra-operator/cass-operator-controller-manager") for context in CONTEXTS),
    *((context, "Deployment k8ssandra-operator/k8ssandra-operator") for context in CONTEXTS),
    *((context, "ServiceAccount k8ssandra-operator/k8ssandra-control-plane") for context in ("east", "west")),
    *((context, "TokenRequest k8ssandra-operator/k8ssandra-control-plane") for context in ("east", "west")),
    *(("hub", f"ClientConfig k8ssandra-operator/{context}") for context in ("east", "west")),
    *(("hub", f"Secret k8ssandra-operator/{context}-kubeconfig") for context in ("east", "west")),
    ("hub", "K8ssandraCluster k8ssandra-operator/demo"),
]


@pytest.fixture(scope="module")
def dry(story: Story) -> tuple[Run, Audit]:
    story.be_empty()
    audit = Audit.from_now()
    return story.site("--check", "--diff").demand(), audit


def test_a_dry_run_on_three_empty_clusters_writes_nothing(dry: tuple[Run, Audit]) -> None:
    run, audit = dry
    assert not audit.writes()
    assert all(run.changed().values()), "a dry run before the first run has something to do in every context"


@pytest.mark.parametrize(("context", "step"), SAID, ids=[f"{context} {step}" for context, step in SAID])
def test_a_dry_run_says_of_each_step_what_it_would_do(dry: tuple[Run, Audit], context: str, step: str) -> None:
    run = dry[0]
    assert f'"{context}: create {step} (' in run.text


def test_what_a_dry_run_cannot_preview_says_what_it_needs(dry: tuple[Run, Audit]) -> None:
    run = dry[0]
    assert "not previewed, needs" in run.text


def test_the_clusters_are_as_empty_as_before(dry: tuple[Run, Audit], story: Story) -> None:
    for context in CONTEXTS:
        assert story.lab.objects(context) == story.before[context], f"objects of {context}"
