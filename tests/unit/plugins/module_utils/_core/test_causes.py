from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from plugins.module_utils._core.causes import causes_of
from plugins.module_utils._core.readings import ContextReading
from plugins.module_utils._core.times import instant
from tests.unit import build

BEGAN = instant(build.LONG_AGO) or 0.0
POD = "pod demo-dc1-default-sts-0"
IMAGE = "k8ssandra/cass-management-api:5.0.6"
CRASHED = {"lastState": {"terminated": {"exitCode": 3, "reason": "Error"}}}
CRASHED_BEFORE = {"lastState": {"terminated": {"exitCode": 3, "reason": "Error", "finishedAt": "2020-01-01T00:00:00Z"}}}


def _reading(*bodies: Any, events: tuple[Any, ...] = ()) -> ContextReading:
    objects: dict[str, tuple[Any, ...]] = {"Event": events}
    for one in bodies:
        objects[one["kind"]] = (*objects.get(one["kind"], ()), one)
    return ContextReading("east", objects=objects)


def _invalid() -> dict[str, Any]:
    body = build.datacenter("dc1", ready=False)
    body["status"]["conditions"] = build.conditions(Valid="shrinking PVC server-data is not supported")
    return body


CLAIM = build.claim("dc1")
NO_CLASS = "it names no StorageClass and the cluster has no default one"
NAMED = build.claim("dc1", storageClassName="fast")
SET = build.stateful_set("dc1")
AGAIN = "2026-01-01T00:00:41Z"
REFUSED = f"create Pod demo-dc1-default-sts-0 in StatefulSet {SET['metadata']['name']} failed error: pods is forbidden: not yet allowed"
WAITS = build.pod("dc1", up=False, status=build.unschedulable("Insufficient cpu"))

TABLE = [
    pytest.param(_reading(build.datacenter("dc1"), build.pod("dc1")), [], id="a datacenter that is up has none"),
    pytest.param(
        _reading(build.pod("dc1", up=False, status=build.waiting("ErrImagePull", "manifest unknown"))),
        [(60, f"{POD}, container cassandra: the image {IMAGE} cannot be pulled (ErrImagePull): manifest unknown")],
        id="an image that cannot be pulled is hopeless after a minute",
    ),
    pytest.param(
        _reading(build.pod("dc1", up=False, status=build.waiting("InvalidImageName", "couldn't parse"))),
        [(0, f"{POD}, container cassandra: the image {IMAGE} cannot be pulled (InvalidImageName): couldn't parse")],
        id="an image name that is none is hopeless at once",
    ),
    pytest.param(
        _reading(build.pod("dc1", up=False, status=build.waiting("ImagePullBackOff", restartCount=2))),
        [(None, f"{POD}, container cassandra: the image {IMAGE} cannot be pulled (ImagePullBackOff): it says why")],
        id="a container that ran before may get its image again",
    ),
    pytest.param(
        _reading(build.pod("dc1", up=False, status=build.unschedulable("0/1 nodes are available: 1 Insufficient memory."))),
        [(120, f"{POD} cannot be scheduled: 0/1 nodes are available: 1 Insufficient memory.")],
        id="a pod that no node takes is hopeless after two minutes",
    ),
    pytest.param(
        _reading(WAITS, events=(build.event(WAITS, "TriggeredScaleUp", "pod triggered scale-up"),)),
        [(900, f"{POD} cannot be scheduled: Insufficient cpu")],
        id="a pod for which a node is brought gets longer",
    ),
    pytest.param(
        _reading(build.pod("dc1", up=False, status=build.waiting("CrashLoopBackOff", restartCount=5, **CRASHED))),
        [(0, f"{POD}, container cassandra crashes again and again (5 restarts, exit code 3, Error)")],
        id="five crashes are hopeless",
    ),
    pytest.param(
        _reading(build.pod("dc1", up=False, status=build.waiting("CrashLoopBackOff", restartCount=2, **CRASHED))),
        [(None, f"{POD}, container cassandra crashes again and again (2 restarts, exit code 3, Error)")],
        id="two crashes are not",
    ),
    pytest.param(
        _reading(build.pod("dc1", up=False, status=build.waiting("CrashLoopBackOff", restartCount=5, **CRASHED_BEFORE))),
        [(None, f"{POD}, container cassandra crashes again and again (5 restarts, exit code 3, Error)")],
        id="a crash from before what was mended is not",
    ),
    pytest.param(
        _reading(build.pod("dc1", up=False, status=build.waiting("CreateContainerConfigError", 'secret "x" not found'))),
        [(120, f'{POD}, container cassandra cannot be made (CreateContainerConfigError): secret "x" not found')],
        id="a container that misses a Secret is hopeless after two minutes",
    ),
    pytest.param(
        _reading(build.pod("dc1", up=False, status=build.waiting("PodInitializing"))),
        [],
        id="a pod that is being started has none",
    ),
    pytest.param(
        _reading(_invalid()),
        [(0, "CassandraDatacenter k8ssandra-operator/dc1 is invalid: shrinking PVC server-data is not supported")],
        id="an invalid datacenter is hopeless",
    ),
    pytest.param(
        _reading(CLAIM),
        [(60, f"PersistentVolumeClaim {build.NAMESPACE}/{CLAIM['metadata']['name']} is pending: {NO_CLASS}")],
        id="a claim without a StorageClass is hopeless after a minute",
    ),
    pytest.param(
        _reading(NAMED, events=(build.event(NAMED, "ProvisioningFailed", 'storageclass "fast" not found'),)),
        [(60, f"PersistentVolumeClaim k8ssandra-operator/{NAMED['metadata']['name']} is pending: storageclass \"fast\" not found")],
        id="a claim with a StorageClass that is not there is hopeless after a minute",
    ),
    pytest.param(_reading(NAMED), [], id="a claim that waits for its pod has none"),
    pytest.param(
        _reading(SET, events=(build.event(SET, "FailedCreate", "pods is forbidden: exceeded quota: memory", AGAIN),)),
        [(60, f"StatefulSet k8ssandra-operator/{SET['metadata']['name']} cannot make its pods: pods is forbidden: exceeded quota: memory")],
        id="a quota is hopeless after a minute",
    ),
    pytest.param(
        _reading(SET, events=(build.event(SET, "FailedCreate", "failed quota: q: must specify requests.memory for: a", AGAIN),)),
        [(60, f"StatefulSet {build.NAMESPACE}/{SET['metadata']['name']} cannot make its pods: failed quota: q: must specify requests.memory for: a")],
        id="a container that asks for nothing under a quota is hopeless after a minute",
    ),
    pytest.param(
        _reading(SET, events=(build.event(SET, "FailedCreate", "etcdserver: request timed out"),)),
        [(None, f"StatefulSet k8ssandra-operator/{SET['metadata']['name']} cannot make its pods: etcdserver: request timed out")],
        id="an API server in trouble is not hopeless",
    ),
    pytest.param(
        _reading(build.stateful_set("dc1", made=1), events=(build.event(SET, "FailedCreate", "exceeded quota"),)),
        [],
        id="an old refusal is none once the pods are there",
    ),
    pytest.param(
        _reading(SET, build.pod("dc1"), events=(build.event(SET, "FailedCreate", REFUSED),)),
        [],
        id="an old refusal of a pod that is there is none while another is to come",
    ),
    pytest.param(
        _reading(build.pod("dc2", up=False, status=build.waiting("ErrImagePull"))),
        [],
        id="another datacenter's pods are not its own",
    ),
]


@pytest.mark.parametrize(("reading", "expected"), TABLE)
def test_causes(reading: ContextReading, expected: list[tuple[int | None, str]]) -> None:
    """Each cause with the seconds after which it is hopeless; None for never."""
    for hopeless_after, what in expected:
        late = causes_of(reading, "dc1", build.NAMESPACE, BEGAN + (hopeless_after or 0))
        assert [(cause.context, cause.what, cause.hopeless) for cause in late] == [("east", what, hopeless_after is not None)]
        assert late[0].advice
        if hopeless_after:
            assert not any(cause.hopeless for cause in causes_of(reading, "dc1", build.NAMESPACE, BEGAN + hopeless_after - 1))
    if not expected:
        assert causes_of(reading, "dc1", build.NAMESPACE, BEGAN + 10_000) == ()


def test_hopeless_causes_come_first() -> None:
    pods = [build.pod("dc1", 0, up=False, status=build.unschedulable("no")), build.pod("dc1", 1, up=False, status=build.waiting("InvalidImageName"))]
    assert [cause.hopeless for cause in causes_of(_reading(*pods), "dc1", build.NAMESPACE, BEGAN)] == [True, False]


@pytest.mark.parametrize(("ahead", "hopeless"), [(-600.0, True), (600.0, False)], ids=["our clock is behind", "our clock is ahead"])
def test_a_cause_lasts_by_the_clock_of_its_own_cluster(ahead: float, hopeless: bool) -> None:
    there = BEGAN + (300.0 if hopeless else 1.0)
    reading = replace(_reading(build.pod("dc1", up=False, status=build.waiting("ErrImagePull"))), read_at=there)
    assert [cause.hopeless for cause in causes_of(reading, "dc1", build.NAMESPACE, there + ahead)] == [hopeless]


@pytest.mark.parametrize(
    ("when", "hopeless"),
    [
        ({"lastTimestamp": "2026-01-01T00:10:00Z"}, True),
        ({"lastTimestamp": "2026-01-01T00:09:00Z"}, False),
        ({"lastTimestamp": None, "eventTime": build.LONG_AGO, "series": {"lastObservedTime": "2026-01-01T00:10:00.000000Z"}}, True),
        ({"lastTimestamp": None, "eventTime": build.LONG_AGO}, False),
    ],
    ids=["just now", "a while ago", "just now, in a series", "once, long ago"],
)
def test_a_refusal_is_told_always_and_final_while_it_is_fresh(when: dict[str, Any], hopeless: bool) -> None:
    reading = _reading(SET, events=({**build.event(SET, "FailedCreate", REFUSED), **when},))
    causes = causes_of(reading, "dc1", build.NAMESPACE, BEGAN + 630)
    assert [(REFUSED in cause.what, cause.hopeless) for cause in causes] == [(True, hopeless)]
