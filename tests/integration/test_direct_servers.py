"""The collection as the control plane while API servers are killed under it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.integration.support.moments import DISTRIBUTING, WITHDRAWING, Journey
from tests.integration.support.watch import SITE, TEARDOWN, Story

pytestmark = pytest.mark.long


@pytest.fixture(scope="module", autouse=True)
def direct(story: Story) -> Iterator[None]:
    """Empty clusters, and an inventory that says who distributes."""
    story.be_empty()
    with story.inventory.saying(k8ssandra_control_plane="ansible"):
        yield


@pytest.fixture(scope="module")
def deployment(story: Story, direct: None) -> Journey:
    return Journey(DISTRIBUTING).travel(story, SITE)


@pytest.mark.parametrize("moment", DISTRIBUTING)
def test_an_api_server_may_be_killed_while_a_cluster_is_distributed(deployment: Journey, moment: str) -> None:
    assert moment in deployment.seen
    print(f"{moment}: {deployment.seen[moment]}")


def test_after_that_the_cluster_is_whole_and_there_is_nothing_to_do(deployment: Journey, story: Story) -> None:
    story.site().demand_unchanged()
    story.keep_a_row("written through dc1")
    assert story.row_in("west", "dc2") == "written through dc1"
    assert story.nodes() == {"east dc1": 1, "west dc2": 1}


@pytest.fixture(scope="module")
def teardown(deployment: Journey, story: Story) -> Journey:
    return Journey(WITHDRAWING).travel(story, TEARDOWN, "-e", "k8ssandra_confirm=demo")


@pytest.mark.parametrize("moment", WITHDRAWING)
def test_an_api_server_may_be_killed_while_a_cluster_is_withdrawn(teardown: Journey, moment: str) -> None:
    assert moment in teardown.seen
    print(f"{moment}: {teardown.seen[moment]}")


def test_such_a_teardown_leaves_nothing_behind(teardown: Journey, story: Story) -> None:
    assert story.left_behind() == {}
