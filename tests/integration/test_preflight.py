"""Preflight finds what breaks installations, each planted for real, names it right, and leaves nothing behind.

What the lab cannot have is forged, by a server in front of west's API server: its clock, its version, and its certificate.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.integration.support.audit import Audit
from tests.integration.support.defects import BAD_DATACENTERS, ROUND_OF_OWNERS, ROUND_OF_PLACES, Bench, Defect
from tests.integration.support.forged import DAY, certificate, kubeconfig_with, user_of
from tests.integration.support.kubeconfigs import limited_user
from tests.integration.support.lab import CONTEXTS, NAMESPACE, Lab, eventually
from tests.integration.support.proxy import odd_server
from tests.integration.support.tasks import Tasks
from tests.integration.support.watch import Story

PREFLIGHT = "k8ssandra.operator.preflight"
PODS_COME = 60  # seconds: clusters that have just started unpack the image, all at once
SPEC = {"cassandra": {"serverVersion": "5.0.5", "storageConfig": {"cassandraDataVolumeClaimSpec": {
    "storageClassName": "lab-folder", "accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}},
}}}}  # fmt: skip


@pytest.fixture
def bench(empty: Story, lab: Lab) -> Iterator[Bench]:
    """Where defects are planted; all are gone at the end."""
    made = Bench(lab)
    yield made
    made.unplant()
    gone = f"namespace/{NAMESPACE}"
    for context in CONTEXTS:
        lab.cluster(context).kubectl("wait", "--for=delete", gone, "namespace/theirs", "--timeout=60s")


def _missed(defects: Sequence[Defect], findings: list[dict[str, Any]]) -> list[str]:
    """The defects that were not found, each with what was said in its place."""
    return [
        f"{defect.name}: {[found for found in findings if (found['context'], found['check']) == (defect.context, defect.check)]}"
        for defect in defects
        if not defect.found_in(findings)
    ]


def _strays(defects: Sequence[Defect], findings: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Errors and warnings about what nobody planted."""
    planted = {(defect.context, defect.check) for defect in defects}
    grave = [found for found in findings if found["severity"] != "note" and found["context"] in CONTEXTS]
    return [found for found in grave if (found["context"], found["check"]) not in planted]


def test_there_are_25_defects_or_more() -> None:
    names = [defect.name for defect in (*ROUND_OF_PLACES, *ROUND_OF_OWNERS)]
    assert len(names) == len(set(names)) >= 25


def test_finds_what_is_wrong_with_ways_networks_namespaces_room_and_storage(bench: Bench, tasks: Tasks) -> None:
    for defect in ROUND_OF_PLACES:
        defect.plant(bench)
    contexts = [{"name": context, "datacenters": [BAD_DATACENTERS[context]] if context in BAD_DATACENTERS else []} for context in CONTEXTS]
    cluster = {"name": "demo", "spec": SPEC}
    found = tasks.one("fleet_check", contexts=contexts, cluster=cluster, namespace=NAMESPACE, probe_timeout=PODS_COME)
    assert not _missed(ROUND_OF_PLACES, found["findings"])
    assert not _strays(ROUND_OF_PLACES, found["findings"])
    errors = [finding for finding in found["findings"] if finding["severity"] == "error"]
    assert found["failed"]
    assert found["msg"].startswith(f"context {errors[0]['context']}: {errors[0]['check']}: ")
    assert f"and {len(errors) - 1} more errors" in found["msg"]
    blocked = {(way["from"], way["to"], way["port"]) for way in found["routes"] if way["result"] != "open"}
    assert blocked == {("east", "west", 7000), ("west", "east", 9042), ("hub", "west", 8080), ("west", "east", 7001)}
    assert len(found["routes"]) == len(CONTEXTS) ** 2 * 4


def test_finds_whose_the_contexts_are_and_what_ends(bench: Bench, tasks: Tasks, tmp_path: Path) -> None:
    for defect in ROUND_OF_OWNERS:
        defect.plant(bench)
    ending = user_of(*certificate("east", "lab-admin", began=DAY, ends=3 * DAY + DAY / 10, organization="system:masters"))
    east = kubeconfig_with(tmp_path / "east", "east", user=ending)
    limited = kubeconfig_with(tmp_path / "limited", "west", user=limited_user(bench.lab.cluster("west")))
    with odd_server("west", tmp_path, ahead=DAY / 960, version="v1.19.3", ends=3 * DAY + DAY / 10) as url:
        contexts = [
            {"name": "hub"},
            {"name": "east", "kubeconfig": east, "datacenters": [{"metadata": {"name": "dc1"}, "size": 1}]},
            {"name": "west", "kubeconfig": kubeconfig_with(tmp_path / "west", "west", server=url)},
            {"name": "twin", "kubeconfig": kubeconfig_with(tmp_path / "twin", "hub"), "context": "hub"},
            {"name": "other", "context": "west", "cluster_uid": "7d7ea5a8-9c34-4f0c-8f2c-7a2b5a1c5c1e"},
            {"name": "limited", "kubeconfig": limited, "context": "west"},
        ]
        found = tasks.one("fleet_check", contexts=contexts, cluster={"name": "de-mo", "spec": SPEC}, namespace=NAMESPACE, probe=False)
    assert not _missed(ROUND_OF_OWNERS, found["findings"])
    assert not _strays(ROUND_OF_OWNERS, found["findings"])
    assert {one["result"] for one in found["checks"] if one["check"] == "routes" and one["context"] != "other"} == {"not done"}


def test_a_context_that_does_not_answer_is_one_finding_and_the_others_go_on(empty: Story, tasks: Tasks, healed: Lab) -> None:
    healed.cut("west")
    found = tasks.one("fleet_check", contexts=[{"name": context} for context in CONTEXTS], probe_timeout=PODS_COME)
    grave = [finding for finding in found["findings"] if finding["severity"] != "note"]
    assert [(finding["context"], finding["check"]) for finding in grave] == [("west", "reachable")]
    assert "no answer from https://" in grave[0]["what"]
    assert {way["from"] for way in found["routes"] if way["result"] == "open"} == {"hub", "east"}


def test_check_mode_makes_no_pods_and_says_what_was_not_done(empty: Story, tasks: Tasks) -> None:
    audit = Audit.from_now()
    found = tasks.one("fleet_check", check=True, contexts=[{"name": context} for context in CONTEXTS], cluster=None)
    assert not audit.writes()
    assert {one["check"] for one in found["checks"] if one["result"] == "not done"} == {"routes"}


def test_a_run_that_is_told_to_end_removes_its_pods_and_one_that_is_killed_leaves_them_to_the_next(
    empty: Story, lab: Lab, tasks: Tasks
) -> None:
    with empty.player.start(PREFLIGHT, empty.inventory.path) as run:
        eventually("pods of a preflight", lambda: _left(lab), 60)
        run.signal(signal.SIGTERM)
        eventually("no pods of a preflight that was told to end", lambda: not _left(lab), 60)
    with empty.player.start(PREFLIGHT, empty.inventory.path) as run:
        eventually("pods of a preflight", lambda: _left(lab), 60)
        run.kill()
    assert _left(lab)
    assert tasks.one("fleet_check", contexts=[{"name": context} for context in CONTEXTS], probe_timeout=PODS_COME)["passed"]
    eventually("no pods of a preflight that was killed", lambda: not _left(lab), 60)


def _left(lab: Lab) -> list[str]:
    """The pods of preflights, and what else they made."""
    kinds, label = "namespaces,pods,persistentvolumeclaims", "--selector=k8ssandra.operator/probe"
    return [name for one in CONTEXTS for name in lab.cluster(one).kubectl("get", kinds, "-A", label, "--output=name").split()]


def test_a_clean_fleet_gives_no_finding_a_table_a_context_within_a_minute_and_leaves_nothing(empty: Story, lab: Lab) -> None:
    before = {context: lab.objects(context) for context in CONTEXTS}
    audit = Audit.from_now()
    run = empty.player.play(PREFLIGHT, empty.inventory.path, "-e", f"k8ssandra_probe_timeout={PODS_COME}", timeout=120).demand_unchanged()
    print(f"preflight of three contexts: {run.seconds:.0f} s")
    assert run.seconds < 60
    assert "ERROR" not in run.text
    assert "WARNING " not in run.text
    assert all(f"(item={context})" in run.text for context in CONTEXTS)
    assert "open to hub 7000/7001/9042/8080, east 7000/7001/9042/8080, west 7000/7001/9042/8080" in run.text
    eventually("nothing of a preflight", lambda: all(lab.objects(context) <= before[context] for context in CONTEXTS), 60)
    written = [line.rsplit(" by ", 1)[0].split("?")[0].split(" ", 2) for line in audit.writes()]
    made = {(context, path) for context, verb, path in written if verb == "patch"}
    assert made
    assert made == {(context, path) for context, verb, path in written if verb == "delete"}
