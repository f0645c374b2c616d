"""Every job template as an AWX runs it, with ansible-runner: what its users see, plan and approval and apply, and no secret in an event."""

from __future__ import annotations

import pytest

from tests.integration.support.audit import Audit
from tests.integration.support.awx import Awx, Job
from tests.integration.support.inventory import Inventory
from tests.integration.support.lab import CONTEXTS, MANIFESTS, Lab
from tests.integration.support.play import Run
from tests.integration.support.secrets import Secrets
from tests.integration.support.watch import Story

# The templates run the playbooks k8ssandra.operator.plan, k8ssandra.operator.apply, and those that other chapters run by themselves.
BASE = str(MANIFESTS / "k8ssandra-operator/config/deployments")
NOTE = {"example.com/note": "approved"}


@pytest.fixture(scope="module")
def awx(inventory: Inventory, tmp_path_factory: pytest.TempPathFactory) -> Awx:
    return Awx(tmp_path_factory.mktemp("awx"), inventory.path)


def _annotations(lab: Lab) -> dict[str, str]:
    found: dict[str, str] = lab.read("hub", "k8ssandraclusters/demo")["metadata"].get("annotations", {})
    return found


def test_status_is_an_artifact_and_changes_nothing(deployed: Run, awx: Awx) -> None:
    job = awx.launch("status").demand()
    datacenters = {"dc1": "ready", "dc2": "ready"}
    assert job.artifacts["k8ssandra_status"] == {"name": "demo", "ready": True, "reason": "", "datacenters": datacenters}
    assert not any(job.changed().values())


def test_preflight_runs_as_a_template_with_its_answers(deployed: Run, awx: Awx) -> None:
    job = awx.launch("preflight", {"k8ssandra_probe": "false"})
    assert not any(job.changed().values())
    assert "Show one table a context" in job.stdout


@pytest.fixture(scope="module")
def nothing(story: Story, awx: Awx) -> Job:
    """A plan of a fleet that is as it should be."""
    story.be_deployed()
    return awx.launch("plan").demand()


def test_a_plan_of_nothing_is_an_artifact_and_changes_nothing(nothing: Job) -> None:
    assert nothing.artifacts["k8ssandra_plan"] == ["nothing to do in hub, east, west"]
    assert len(nothing.artifacts["k8ssandra_plan_digest"]) == 64
    assert not any(nothing.changed().values())


def test_plan_approval_apply(nothing: Job, awx: Awx, inventory: Inventory, lab: Lab) -> None:
    """The workflow: what was approved is done, and nothing else."""
    with inventory.saying(deploy_cluster_annotations=NOTE):
        audit = Audit.from_now()
        planned = awx.launch("plan").demand()
        assert planned.artifacts["k8ssandra_plan"][0] == "1 step in hub, east, west"
        assert "hub: update K8ssandraCluster k8ssandra-operator/demo" in planned.artifacts["k8ssandra_plan"][1]
        assert '-> "approved"' in planned.artifacts["k8ssandra_plan"][2]
        _refused(awx, nothing.artifacts, "+ hub: update K8ssandraCluster k8ssandra-operator/demo")
        _refused(awx, {}, "k8ssandra_plan_digest is ''")
        assert not audit.writes(), "something was written without an approval"
        applied = awx.launch("apply", artifacts=planned.artifacts).demand()
        assert [line for line in audit.writes() if "k8ssandraclusters/demo" in line]
        assert NOTE.items() <= _annotations(lab).items()
        assert "hub: updated K8ssandraCluster k8ssandra-operator/demo" in applied.stdout, "no line said the step when it was taken"


def _refused(awx: Awx, artifacts: dict[str, object], named: str) -> None:
    job = awx.launch("apply", artifacts=artifacts).demand(code=1)
    assert set(job.failures()) == {"hub"}
    assert named in job.failures()["hub"]


def test_site_runs_as_a_template_with_its_answers(deployed: Run, awx: Awx, lab: Lab) -> None:
    job = awx.launch("site", {"k8ssandra_apply_updates": "once"}).demand()
    assert job.changed() == {"hub": 1}, "the note of the approved plan is not in the inventory any more"
    assert not NOTE.items() & _annotations(lab).items()
    assert job.artifacts["k8ssandra_status"]["ready"]


def test_a_plan_of_a_part_of_the_fleet_names_what_it_leaves_out(deployed: Run, awx: Awx) -> None:
    job = awx.launch("plan", limit="hub:east").demand()
    assert job.artifacts["k8ssandra_plan"] == ["nothing to do in hub, east", "not in this plan, being left out or failed: west"]


def test_upgrade_runs_as_a_template_with_its_answers(deployed: Run, awx: Awx) -> None:
    job = awx.launch("upgrade", {"k8ssandra_kustomize": BASE, "k8ssandra_apply_updates": "once"}, "--check").demand()
    assert not any(job.changed().values())


def test_teardown_without_the_exact_name_is_refused_on_every_context(deployed: Run, awx: Awx) -> None:
    audit = Audit.from_now()
    job = awx.launch("teardown", {"k8ssandra_confirm": "Demo"}).demand(code=1)
    assert set(job.failures()) == set(CONTEXTS)
    assert all("k8ssandra_confirm=demo" in said for said in job.failures().values())
    assert not audit.writes(dry_runs=True)


def test_teardown_can_be_launched_as_a_dry_run(deployed: Run, awx: Awx) -> None:
    audit = Audit.from_now()
    job = awx.launch("teardown", {"k8ssandra_confirm": "demo"}, "--check").demand()
    assert "hub: delete K8ssandraCluster k8ssandra-operator/demo" in job.stdout
    assert not audit.writes()


def test_a_context_that_fails_is_a_failed_host_of_its_name(deployed: Run, awx: Awx, inventory: Inventory) -> None:
    host = inventory.path / "host_vars" / "west.yml"
    kept = host.read_text()
    host.write_text(f"{kept}\nk8ssandra_cluster_uid: 1-2-3\n")
    try:
        job = awx.launch("site", limit="west").demand(code=1)
    finally:
        host.write_text(kept)
    assert list(job.failures()) == ["west"]
    assert "context west" in job.failures()["west"]


def test_no_secret_is_in_any_event_or_output_of_a_job(awx: Awx, lab: Lab, secrets: Secrets) -> None:
    secrets.note(lab)
    folders = list(awx.folder.glob("*/artifacts"))
    assert sum(1 for folder in folders for _path in folder.rglob("*.json")) > 50, "the jobs of this chapter left no events"
    assert not {str(folder): found for folder in folders if (found := secrets.in_files(folder))}
