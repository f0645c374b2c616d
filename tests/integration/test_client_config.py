"""Remote contexts: registered, renewed, removed; proven before, one restart in all."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.integration.support.audit import Audit
from tests.integration.support.lab import Lab, eventually
from tests.integration.support.play import Run
from tests.integration.support.tasks import Tasks

ACCOUNT = "k8ssandra-control-plane"
USED = [{"name": "east"}, {"name": "west"}]
# The control plane itself under another name, so that a third context is there to come and go.
SPARE = {"name": "spare", "context": "hub"}
BROKEN = {"name": "broken", "context": "east", "server": "https://127.0.0.1:6443"}


@pytest.fixture(scope="module", autouse=True)
def there(story: Any) -> Run:
    found: Run = story.be_deployed()
    return found


@pytest.fixture
def rested(lab: Lab) -> None:
    """An operator in a new pod: the kubelet lets one that restarts often wait for minutes."""
    hub = lab.cluster("hub")
    hub.kubectl("delete", "pod", "--selector", "control-plane=k8ssandra-operator", "--wait=true")
    hub.kubectl("rollout", "status", "deployment/k8ssandra-operator", "--timeout=120s")


def _register(tasks: Tasks, *contexts: dict[str, Any], **options: Any) -> dict[str, Any]:
    return tasks.one("client_config", contexts=list(contexts), **options)


def test_registering_again_changes_nothing(tasks: Tasks) -> None:
    audit = Audit.from_now()
    result = _register(tasks, *USED)
    assert [one["action"] for one in result["contexts"]] == ["unchanged", "unchanged"], result.get("msg")
    assert result["operator_restarts"] == 0
    assert not audit.writes(dry_runs=True)


def test_the_account_has_rights_in_its_namespace_alone_and_its_token_ends(lab: Lab, tasks: Tasks) -> None:
    for context in ("east", "west"):
        roles = lab.read(context, "rolebindings")["items"]
        assert any(subject.get("name") == ACCOUNT for role in roles for subject in role.get("subjects", []))
        everywhere = lab.read(context, "clusterrolebindings")["items"]
        assert not any(subject.get("name") == ACCOUNT for role in everywhere for subject in role.get("subjects") or [])
    assert all(one["token_expires"] for one in _register(tasks, *USED)["contexts"])


def test_tokens_that_no_longer_log_in_are_renewed_with_one_restart_for_both(lab: Lab, tasks: Tasks) -> None:
    for context in ("east", "west"):
        lab.cluster(context).kubectl("delete", "serviceaccount", ACCOUNT)
    result = _register(tasks, *USED)
    assert [one["action"] for one in result["contexts"]] == ["renewed", "renewed"], result.get("msg")
    assert result["operator_restarts"] == 1
    eventually(
        "the cluster is ready with the new tokens",
        lambda: tasks.one("cluster_status", name="demo", contexts=USED)["ready"],
        seconds=120,
    )


def test_a_token_of_an_account_that_somebody_made_anew_is_renewed_at_once(rested: None, lab: Lab, tasks: Tasks) -> None:
    _register(tasks, *USED)  # logs in: the API server remembers a good token for 10 s, whatever becomes of its account
    east = lab.cluster("east")
    account = lab.read("east", "serviceaccount", ACCOUNT)
    anew = {**account, "metadata": {key: account["metadata"][key] for key in ("name", "namespace", "labels")}}
    east.kubectl("delete", "serviceaccount", ACCOUNT)
    east.kubectl("create", "--filename=-", stdin=json.dumps(anew))
    result = _register(tasks, *USED)
    assert [one["action"] for one in result["contexts"]] == ["renewed", "unchanged"], result.get("msg")


def test_a_dry_run_of_a_registration_writes_nothing(tasks: Tasks) -> None:
    audit = Audit.from_now()
    result = _register(tasks, SPARE, check=True)
    assert {step["verb"] for step in result["plan"]} == {"create"}
    assert not audit.writes()


def test_a_bad_context_is_named_and_the_good_ones_are_registered(rested: None, lab: Lab, tasks: Tasks) -> None:
    result = _register(tasks, *USED, SPARE, BROKEN)
    assert result["failed"]
    assert "context broken" in result["msg"]
    assert "loopback" in result["msg"]
    assert {one["name"]: one["action"] for one in result["contexts"]} == {
        "east": "unchanged", "west": "unchanged", "spare": "registered", "broken": "failed",
    }  # fmt: skip
    assert result["operator_restarts"] == 1
    assert {one["metadata"]["name"] for one in lab.items("hub", "clientconfigs")} == {"east", "west", "spare"}


def test_a_context_in_use_stays_registered(lab: Lab, tasks: Tasks) -> None:
    audit = Audit.from_now()
    result = _register(tasks, *USED, state="absent")
    assert result["failed"]
    assert "K8ssandraCluster k8ssandra-operator/demo" in result["msg"]
    assert not audit.writes()


def test_a_context_that_is_not_in_use_goes_with_its_account(rested: None, lab: Lab, tasks: Tasks) -> None:
    assert _register(tasks, SPARE, state="absent", check=True)["changed"]
    result = _register(tasks, SPARE, state="absent")
    assert [one["action"] for one in result["contexts"]] == ["removed"], result.get("msg")
    assert not [one for one in lab.items("hub", "secrets") if one["metadata"]["name"] == "spare-kubeconfig"]
    assert not [one for one in lab.items("hub", "serviceaccounts") if one["metadata"]["name"] == ACCOUNT]
    assert not _register(tasks, SPARE, state="absent")["changed"]
