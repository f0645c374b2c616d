"""cert-manager: somebody else's is named and left alone; ours is installed, found again, kept while in use, removed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from plugins.module_utils._core.rights import Scope
from plugins.module_utils._core.rights_asked import unlisted
from tests.integration.support.audit import Audit
from tests.integration.support.lab import CHARTS, MANIFESTS, NAMESPACE, Lab, eventually
from tests.integration.support.tasks import Task, Tasks
from tests.integration.support.uses import uses_in
from tests.integration.support.watch import Story

# The lab builds cert-manager first, which takes minutes.
pytestmark = pytest.mark.long

CONTEXT = "west"
MANIFEST = str(MANIFESTS / "cert-manager-install/cert-manager.yaml")
CHART = str(CHARTS / "cert-manager")
ISSUER = '{"apiVersion": "cert-manager.io/v1", "kind": "Issuer", "metadata": {"name": "somebodys"}, "spec": {"selfSigned": {}}}'


@pytest.fixture(scope="module", autouse=True)
def bare(story: Story) -> Iterator[Lab]:
    """Clusters without cert-manager."""
    story.be_empty()
    story.lab.empty(cert_manager=False)
    yield story.lab
    story.lab.empty()


@pytest.fixture(scope="module", autouse=True)
def began(bare: Lab) -> Audit:
    """When the chapter began, in the audit logs."""
    return Audit.from_now()


def _run(tasks: Tasks, *options: dict[str, Any], check: bool = False) -> list[dict[str, Any]]:
    return tasks.run([Task("cert_manager", {"context": CONTEXT, **more}, check=check) for more in options])


def _one(tasks: Tasks, *, check: bool = False, **options: Any) -> dict[str, Any]:
    return _run(tasks, options, check=check)[0]


def test_with_nothing_to_install_looking_costs_two_reads_at_most(tasks: Tasks) -> None:
    audit = Audit.from_now()
    result = _one(tasks)
    assert (result["changed"], result["cert_manager"]["found"]) == (False, False)
    assert sum(audit.counts()[CONTEXT].values()) <= 2


def test_a_dry_run_names_every_object_and_writes_none(tasks: Tasks) -> None:
    audit = Audit.from_now()
    result = _one(tasks, manifest=MANIFEST, check=True)
    assert {step["verb"] for step in result["plan"]} == {"create"}
    assert len(result["plan"]) == result["objects"] > 40
    assert not audit.writes(dry_runs=True)


def test_pods_that_cannot_start_end_the_run_with_the_cause_and_the_next_run_mends_it(tasks: Tasks, bare: Lab) -> None:
    wrong, right = _run(tasks, {"manifest": MANIFEST, "image_registry": "nowhere.lab", "wait_timeout": 45}, {"manifest": MANIFEST})
    assert wrong["failed"]
    assert "image nowhere.lab/jetstack/cert-manager-" in wrong["msg"]
    assert right["changed"], right.get("msg")
    assert {step["object"].split()[0] for step in right["plan"]} == {"Deployment"}
    assert (right["cert_manager"]["ours"], right["cert_manager"]["version"]) == (True, "v1.18.5")
    for kind in ("validating", "mutating"):
        found = bare.read(CONTEXT, f"{kind}webhookconfiguration", "cert-manager-webhook")
        assert all(webhook["clientConfig"]["caBundle"] for webhook in found["webhooks"])


def test_when_it_is_installed_its_webhook_answers(bare: Lab) -> None:
    bare.cluster(CONTEXT).kubectl("create", "--namespace=default", "--dry-run=server", "--filename=-", stdin=ISSUER)


def test_installing_again_changes_nothing(tasks: Tasks) -> None:
    audit = Audit.from_now()
    results = [*_run(tasks, {"manifest": MANIFEST}, {}), *_run(tasks, {"manifest": MANIFEST}, check=True)]
    assert [result["changed"] for result in results] == [False, False, False]
    assert not audit.writes(dry_runs=True)


def test_it_does_not_go_while_somebody_has_an_issuer(tasks: Tasks, bare: Lab) -> None:
    bare.cluster(CONTEXT).kubectl("create", "--namespace=default", "--filename=-", stdin=ISSUER)
    audit = Audit.from_now()
    refused = _one(tasks, state="absent")
    assert "1 issuers are still there, first Issuer default/somebodys" in refused["msg"]
    assert not audit.writes()
    bare.cluster(CONTEXT).kubectl("delete", "--namespace=default", "issuer", "somebodys")


def test_removing_leaves_nothing_behind_and_again_changes_nothing(tasks: Tasks, bare: Lab) -> None:
    removed, again = _run(tasks, {"state": "absent"}, {"state": "absent"})
    assert removed["changed"], removed.get("msg")
    assert not again["changed"]
    eventually("nothing of it is left", lambda: not [name for name in bare.objects(CONTEXT) if "cert-manager" in name])


def test_a_chart_installs_the_same_and_again_changes_nothing(tasks: Tasks) -> None:
    first, again = _run(tasks, {"chart": CHART}, {"chart": CHART})
    assert first["changed"], first.get("msg")
    assert "Job" not in {step["object"].split()[0] for step in first["plan"]}
    assert (again["changed"], again["cert_manager"]["ours"]) == (False, True)


@pytest.mark.parametrize("options", [{"manifest": MANIFEST}, {"chart": CHART}, {"state": "absent"}], ids=["manifest", "chart", "absent"])
def test_somebody_elses_is_named_and_never_touched(tasks: Tasks, bare: Lab, options: dict[str, Any]) -> None:
    """What was installed by the chart, without our label: a person's."""
    definition = "customresourcedefinition/certificates.cert-manager.io"
    bare.cluster(CONTEXT).kubectl("label", "--field-manager=a-person", definition, "k8ssandra.operator/bundle-")
    audit = Audit.from_now()
    result = _one(tasks, **options)
    assert (result.get("failed", False), result["changed"], result["plan"]) == (False, False, [])
    assert "cert-manager v1.18.5 in namespace cert-manager, by " in result["note"]
    assert "it is left as it is" in result["note"]
    assert not audit.writes(dry_runs=True)


def test_no_run_used_a_right_that_is_not_in_the_table_that_preflight_asks_for(began: Audit) -> None:
    uses = uses_in(CONTEXT, [(began, Audit.from_now())])
    assert {"patch deployments", "delete clusterroles"} <= {f"{use['verb']} {use['resource']}" for use in uses}
    assert not list(unlisted(uses, Scope(False, NAMESPACE, cert_manager="cert-manager")))
