"""`teardown.yml` demands the cluster's name, and leaves nothing of ours behind."""

from __future__ import annotations

import pytest

from plugins.module_utils._core.rights import Scope
from plugins.module_utils._core.rights_asked import unlisted
from tests.integration.support.audit import Audit
from tests.integration.support.lab import CONTEXTS, NAMESPACE
from tests.integration.support.play import Run
from tests.integration.support.uses import uses_in
from tests.integration.support.watch import Story

WITHOUT_THE_NAME = {"no name": (), "another name": ("-e", "k8ssandra_confirm=dem"), "a part of the fleet": ("--limit", "east")}


@pytest.mark.parametrize("name", WITHOUT_THE_NAME)
def test_without_the_exact_name_nothing_is_removed(deployed: Run, story: Story, name: str) -> None:
    audit = Audit.from_now()
    run = story.teardown(*WITHOUT_THE_NAME[name]).demand(code=1)
    assert "k8ssandra_confirm=demo" in run.failures()
    assert not audit.writes(dry_runs=True)


def test_a_dry_run_says_what_it_would_remove_and_removes_nothing(deployed: Run, story: Story) -> None:
    audit = Audit.from_now()
    run = story.teardown("-e", "k8ssandra_confirm=demo", "--check", "--diff").demand()
    assert "K8ssandraCluster k8ssandra-operator/demo" in run.text
    assert not audit.writes()


def test_with_the_name_nothing_of_ours_is_left_in_any_cluster(deployed: Run, story: Story) -> None:
    run = story.teardown("-e", "k8ssandra_confirm=demo", "-vvvv").demand()
    story.first_run = None
    print(f"teardown.yml: {run.seconds:.0f} s")
    again = story.teardown("-e", "k8ssandra_confirm=demo").demand_unchanged()
    print(f"teardown.yml again: {again.seconds:.0f} s")
    assert story.left_behind() == {}


@pytest.mark.parametrize("context", CONTEXTS)
def test_no_run_used_a_right_that_is_not_in_the_table_that_preflight_asks_for(story: Story, context: str) -> None:
    uses = uses_in(context, story.played)
    assert {"patch deployments", "delete deployments"} <= {f"{use['verb']} {use['resource']}" for use in uses}
    clusters = tuple({use["namespace"] for use in uses if use["namespace"]})
    assert not list(unlisted(uses, Scope(context == "hub", NAMESPACE, clusters, (NAMESPACE,))))
