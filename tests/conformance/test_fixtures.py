"""Upstream's own fixtures, distributed by its operator and by us."""

from __future__ import annotations

import pytest

from .support.inputs import Input, fixture
from .support.server import Object
from .support.verdict import Court, Verdict


def _of_datacenters(**changes: Object) -> Object:
    """A change of single datacenters of a definition."""
    return {"spec": {"cassandra": {"datacenters": [{"metadata": {"name": name}, **change} for name, change in changes.items()]}}}


_SECOND = _of_datacenters(dc2={"k8sContext": "west", "size": 2})
_STOPPED = _of_datacenters(dc1={"stopped": True})
_RUNNING = _of_datacenters(dc1={"stopped": False})
_SEEDS = {"spec": {"cassandra": {"additionalSeeds": ["10.1.2.3", "seed.example.com", "fd00::1"]}}}
_NEWER = {"spec": {"cassandra": {"serverVersion": "5.0.5"}}}

# Each with the changes that upstream's own tests make to it.
FIRST: dict[str, tuple[Object, ...]] = {
    "add-dc": (_SECOND,),
    "add-dc-cass-only": (_SECOND,),
    "add-external-dc": (_SEEDS,),
    "gc/3.11-jdk8-CMS": (),
    "gc/3.11-jdk8-G1": (),
    "gc/4.0-jdk11-CMS": (),
    "gc/4.0-jdk11-G1": (),
    "gc/4.0-jdk11-ZGC": (),
    "multi-dc": (),
    "multi-dc-auth": (),
    "multi-dc-cluster-scope": (),
    "multi-dc-initial-tokens": (),
    "multi-dc-mixed": (),
    "remove-dc": (),
    "remove-local-dc": (),
    "single-dc": (),
    "single-dc-per-node-config": (),
    "single-dc-upgrade": (_NEWER,),
    "stop-dc": (_STOPPED, _RUNNING),
}
SECOND: dict[str, tuple[Object, ...]] = {
    "multi-dc-encryption-medusa": (),
    "multi-dc-encryption-reaper": (),
    "multi-dc-medusa": (),
    "multi-dc-reaper": (),
    "reaper-control-plane": (),
    "single-dc-encryption-medusa": (),
    "single-dc-encryption-reaper": (),
    "single-dc-hcd": (),
    "single-dc-multi-cluster-medusa": (),
    "single-dc-reaper": (),
}
FIXTURES = FIRST | SECOND


@pytest.fixture(scope="module")
def verdicts(court: Court, request: pytest.FixtureRequest) -> dict[str, Verdict]:
    """All fixtures that were asked for, judged side by side."""
    asked = {item.callspec.params["name"] for item in request.session.items if item.path == request.path}
    given: list[Input] = [fixture(name, *changes) for name, changes in FIXTURES.items() if name in asked]
    return court.verdicts(given)


@pytest.mark.parametrize("name", FIXTURES)
def test_fixture(verdicts: dict[str, Verdict], name: str) -> None:
    found = verdicts[name]
    assert not found.refusal, found.refusal
    assert not found.differences, "\n".join(str(each) for each in found.differences)
