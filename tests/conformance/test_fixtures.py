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

# What makes something unwanted that was there: it goes, or stays, as it does with upstream.
_NO_SEEDS = {"spec": {"cassandra": {"additionalSeeds": None}}}
_WATCHED = {"spec": {"cassandra": {"telemetry": {"prometheus": {"enabled": True}}}}}
_UNWATCHED = {"spec": {"cassandra": {"telemetry": {"prometheus": {"enabled": False}, "vector": {"enabled": False}}}}}
_NO_TELEMETRY = {"spec": {"cassandra": {"telemetry": None}}}
_NO_TOKENS = _of_datacenters(dc1={"config": {"cassandraYaml": {"partitioner": "org.apache.cassandra.dht.ByteOrderedPartitioner"}}})
_NO_NODE_CONFIG = _of_datacenters(dc1={"perNodeConfigMapRef": None})
_ONE_REAPER = {"spec": {"reaper": {"deploymentMode": "SINGLE"}}}
_NO_REAPER = {"spec": {"reaper": None}}
_OWN_REAPER = {"spec": {"reaper": {"reaperRef": None}}}
_FOREIGN_REAPER = {"spec": {"reaper": {"reaperRef": {"name": "reaper1"}}}}
_NO_PURGE = {"spec": {"medusa": {"purgeBackups": False}}}
_NO_MEDUSA = {"spec": {"medusa": None}}
_NO_USERS = {"spec": {"auth": False}}

# Each with the changes that upstream's own tests make to it, and some that take something away.
FIRST: dict[str, tuple[Object, ...]] = {
    "add-dc": (_SECOND,),
    "add-dc-cass-only": (_SECOND,),
    "add-external-dc": (_SEEDS, _NO_SEEDS),
    "gc/3.11-jdk8-CMS": (),
    "gc/3.11-jdk8-G1": (),
    "gc/4.0-jdk11-CMS": (),
    "gc/4.0-jdk11-G1": (),
    "gc/4.0-jdk11-ZGC": (),
    "multi-dc": (_WATCHED, _NO_TELEMETRY),
    "multi-dc-auth": (),
    "multi-dc-cluster-scope": (),
    "multi-dc-initial-tokens": (_NO_TOKENS,),
    "multi-dc-mixed": (),
    "remove-dc": (),
    "remove-local-dc": (),
    "single-dc": (_WATCHED, _UNWATCHED),
    "single-dc-per-node-config": (_NO_NODE_CONFIG,),
    "single-dc-upgrade": (_NEWER,),
    "stop-dc": (_STOPPED, _RUNNING),
}
SECOND: dict[str, tuple[Object, ...]] = {
    "multi-dc-encryption-medusa": (),
    "multi-dc-encryption-reaper": (),
    "multi-dc-medusa": (_NO_PURGE, _NO_MEDUSA),
    "multi-dc-reaper": (_ONE_REAPER, _STOPPED, _NO_REAPER),
    "reaper-control-plane": (_OWN_REAPER, _FOREIGN_REAPER),
    "single-dc-encryption-medusa": (_NO_MEDUSA,),
    "single-dc-encryption-reaper": (_STOPPED,),
    "single-dc-hcd": (),
    "single-dc-multi-cluster-medusa": (),
    "single-dc-reaper": (_NO_USERS, _NO_REAPER),
}
FIXTURES = FIRST | SECOND
# `make test` judges these.
FEW = ("multi-dc", "multi-dc-medusa", "single-dc-reaper")


@pytest.fixture(scope="module")
def verdicts(court: Court, request: pytest.FixtureRequest) -> dict[str, Verdict]:
    """All fixtures that were asked for, judged side by side."""
    asked = {item.callspec.params["name"] for item in request.session.items if item.path == request.path}
    given: list[Input] = [fixture(name, *changes) for name, changes in FIXTURES.items() if name in asked]
    return court.verdicts(given)


@pytest.mark.parametrize("name", [pytest.param(each, marks=() if each in FEW else pytest.mark.long) for each in FIXTURES])
def test_fixture(verdicts: dict[str, Verdict], name: str) -> None:
    found = verdicts[name]
    assert not found.refusal, found.refusal
    assert not found.differences, "\n".join(str(each) for each in found.differences)
