"""ansible-playbook dies at ten moments or more between empty clusters and a cluster that is ready; the next run goes on each time.

By an operator's control plane, and by the collection itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pytest

from tests.integration.support.kills import Write, kill_site_at
from tests.integration.support.lab import CONTEXTS
from tests.integration.support.play import Run
from tests.integration.support.watch import Story

pytestmark = pytest.mark.long

_SPACE = r"/namespaces/k8ssandra-operator"
_RECORD, _SECRET = rf"{_SPACE}/configmaps/demo-control-plane\?", rf"{_SPACE}/secrets/demo-superuser\?"


@dataclass(frozen=True)
class Way:
    """One way from empty clusters to a cluster.

    Args:
        control_plane: who distributes the cluster.
        moments: in the order of the story. Each run starts where the one before was killed, and must come further.
        once: how many of each kind there have to be in hub, east and west.
    """

    control_plane: str
    moments: Sequence[str | Write]
    once: Mapping[str, tuple[int, int, int]]


WAYS = [
    Way(
        "ansible",
        [
            r"TASK .*Prove the context",
            r"east: created Deployment",
            Write("east", _RECORD, carried_out=True),
            Write("west", _SECRET),
            Write("east", rf"{_SPACE}/cassandradatacenters/dc1\?"),
            Write("east", rf"{_SPACE}/cassandradatacenters/dc1\?", carried_out=True),
            r"east dc1: 0/1 nodes up",
            Write("east", "/ops/keyspace/alter", carried_out=True),
            Write("west", rf"{_SPACE}/cassandradatacenters/dc2\?", carried_out=True),
            r"west dc2: 0/1 nodes up",
            Write("west", rf"{_SPACE}/cassandratasks/dc2-rebuild\?"),
            r"west dc2: 1/1 nodes up, (waiting for rebuild|rebuild running)",
            Write("east", _RECORD),
        ],
        {
            "K8ssandraCluster": (0, 0, 0),
            "ClientConfig": (0, 0, 0),
            "CassandraDatacenter": (0, 1, 1),
            "CassandraTask": (0, 0, 1),
            "StatefulSet": (0, 1, 1),
            "Deployment": (1, 1, 1),
        },
    ),
    Way(
        "operator",
        [
            r"TASK .*Prove the context",
            r"TASK .*Install the operators and wait",
            r"east: created CustomResourceDefinition k8ssandraclusters",
            r"hub: created Deployment",
            r"TASK .*Prove and register",
            r"token issued",
            r"waiting for the operator to load",
            r"TASK .*Make the cluster be as declared",
            r"east dc1: 1/1 nodes up",
            r"west dc2: 1/1 nodes up, (waiting for rebuild|rebuild running)",
        ],
        {
            "K8ssandraCluster": (1, 0, 0),
            "ClientConfig": (2, 0, 0),
            "CassandraDatacenter": (0, 1, 1),
            "StatefulSet": (0, 1, 1),
            "Deployment": (2, 2, 2),
        },
    ),
]


@pytest.fixture(scope="module", params=WAYS, ids=lambda way: way.control_plane)
def way(request: pytest.FixtureRequest, story: Story, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Way]:
    """A cluster that came up this way, with a run killed at each moment."""
    found: Way = request.param
    folder = tmp_path_factory.mktemp("killed")
    story.be_empty()
    with story.inventory.saying(k8ssandra_control_plane=found.control_plane):
        for moment in found.moments:
            kill_site_at(story, moment, folder)
        story.first_run = story.site("-vvvv").demand()
        yield found


@pytest.fixture
def survived(way: Way, story: Story) -> Run:
    return story.be_deployed()


def test_the_run_after_ten_kills_brings_the_cluster_up(survived: Run, story: Story) -> None:
    story.keep_a_row("after ten kills")
    assert story.row_in("west", "dc2") == "after ten kills"
    assert story.nodes() == {"east dc1": 1, "west dc2": 1}


def test_nothing_is_doubled(way: Way, story: Story) -> None:
    objects = {context: story.lab.objects(context) - story.before[context] for context in CONTEXTS}
    for kind, wanted in way.once.items():
        counted = tuple(sum(one.startswith(f"{kind} ") for one in objects[context]) for context in CONTEXTS)
        assert counted == wanted, f"{kind} in {CONTEXTS}"


def test_the_run_after_only_reads(survived: Run, story: Story) -> None:
    story.site_only_reads()
