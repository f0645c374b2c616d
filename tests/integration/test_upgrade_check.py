"""An upgrade of the operators looked at before it is made: foretold, refused, and free of charge where there is none."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import pytest

from tests.integration.support.audit import Audit
from tests.integration.support.lab import CONTEXTS, deployments
from tests.integration.support.tasks import Tasks
from tests.integration.support.upgrade import NEW, OLD, be_old, kept, passwords, with_another_tag
from tests.integration.support.watch import Story

# Needs the older operators, and a cluster that they brought up.
pytestmark = pytest.mark.long

OPTIONS = {"control_plane": "hub", "contexts": [{"name": name} for name in CONTEXTS], "kustomize": deployments(NEW["k8ssandra-operator"])}


@pytest.fixture(scope="module", autouse=True)
def old(story: Story) -> None:
    be_old(story)


@pytest.mark.parametrize("as_module", [False, True], ids=["action plugin", "module"])
def test_an_upgrade_is_foretold_and_a_backup_kept_and_no_cluster_is_written_to(
    tasks: Tasks, story: Story, tmp_path: Path, as_module: bool
) -> None:
    audit = Audit.from_now()
    result = tasks.one("upgrade_check", as_module=as_module, **OPTIONS, backup=str(tmp_path / "backup"))
    assert not result["changed"], result.get("msg")
    assert [step["context"] for step in result["order"]] == ["east", "west", "hub"]
    assert "ScheduledTask.control.k8ssandra.io" in result["kinds_added"]
    moves = {(each["operator"], each["from"], each["to"]) for context in result["contexts"] for each in context["operators"]}
    assert moves == {(name, OLD[name], NEW[name]) for name in OLD}
    assert not audit.writes(dry_runs=True)
    folder = Path(result["backup"])
    assert {stat.S_IMODE(path.stat().st_mode) for path in (folder, *folder.rglob("*"))} == {0o700, 0o600}
    text = kept(folder)
    assert "name: demo" in text
    assert not [secret for secret in passwords(story.lab) if secret in text]


def test_the_versions_that_run_cost_one_request_a_context(tasks: Tasks) -> None:
    audit = Audit.from_now()
    result = tasks.one("upgrade_check", **{**OPTIONS, "kustomize": deployments(OLD["k8ssandra-operator"])})
    assert (result["upgrade"], result["summary"]) == (False, [])
    counts = {context: sum(verbs.values()) for context, verbs in audit.counts().items()}
    print(f"requests to tell that there is nothing to upgrade: {counts}")
    assert set(counts.values()) == {1}


def _refused(tasks: Tasks, **options: Any) -> str:
    audit = Audit.from_now()
    result = tasks.one("upgrade_check", **{**OPTIONS, **options})
    assert result.get("failed"), result["summary"]
    assert not audit.writes(dry_runs=True)
    return str(result["msg"])


def test_a_step_that_upstream_reports_as_broken_is_refused(tasks: Tasks, tmp_path: Path) -> None:
    message = _refused(tasks, kustomize=with_another_tag(tmp_path, "v1.23.1"))
    assert "k8ssandra-operator v1.20.0 to v1.23.1" in message
    assert "https://github.com/k8ssandra/k8ssandra-operator/issues/1558" in message


def test_a_step_back_is_refused(tasks: Tasks, tmp_path: Path) -> None:
    assert "v1.20.0 to v1.19.0 is a step back" in _refused(tasks, kustomize=with_another_tag(tmp_path, "v1.19.0"))


def test_an_order_that_the_run_cannot_keep_is_refused(tasks: Tasks) -> None:
    assert "hub must come after east, which is not part of this run" in _refused(tasks, only=["hub"])
