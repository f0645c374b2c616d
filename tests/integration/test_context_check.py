"""One context is proven before anything is written to it."""

from __future__ import annotations

import pytest

from tests.integration.support.audit import Audit
from tests.integration.support.lab import CONTEXTS, Lab
from tests.integration.support.tasks import Tasks


@pytest.mark.parametrize("context", CONTEXTS)
def test_a_good_context_is_proven_by_its_log_in_and_its_version(lab: Lab, tasks: Tasks, context: str) -> None:
    pin = lab.read(context, "namespace", "kube-system")["metadata"]["uid"]
    audit = Audit.from_now()
    found = tasks.one("context_check", context=context, cluster_uid=pin)
    checks = {one["check"]: one["found"] for one in found["checks"]}
    assert checks["log-in"] == "accepted, and this is the pinned cluster"
    assert checks["version"].startswith("v1.")
    assert found["changed"] is False
    assert not audit.writes(dry_runs=True)


def test_another_cluster_than_the_pinned_one_is_refused_by_name(lab: Lab, tasks: Tasks) -> None:
    pin = lab.read("west", "namespace", "kube-system")["metadata"]["uid"]
    found = tasks.one("context_check", context="east", cluster_uid=pin)
    assert found["failed"]
    assert found["error"]["context"] == "east"
    assert pin in found["msg"]
