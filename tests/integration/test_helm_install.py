"""The operators as a Helm release: from a folder, an archive, a repository and a registry; judged, mended, finished, removed."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.integration.support.audit import Audit
from tests.integration.support.lab import MANIFESTS, NAMESPACE, Lab, eventually
from tests.integration.support.tasks import Task, Tasks
from tests.integration.support.watch import Story
from tests.lab.charts import Served, serve
from tests.lab.layout import CHARTS, KUBECONFIG, STATE
from tests.lab.steps import run

CONTEXT = "west"
CHART = "k8ssandra-operator"
FOLDER, ARCHIVE = CHARTS / CHART, next(CHARTS.glob(f"{CHART}-*.tgz"), CHARTS)
BASE = str(MANIFESTS / "k8ssandra-operator/config/deployments")
PASSWORD = "correct-horse-battery"
# A hook that never ends keeps Helm in the middle of an upgrade for as long as a test likes.
HOOK = """
apiVersion: batch/v1
kind: Job
metadata: {name: endless, annotations: {helm.sh/hook: pre-upgrade}}
spec:
  template:
    spec: {restartPolicy: Never, containers: [{name: endless, image: docker.io/nobody/nothing:1}]}
"""


@pytest.fixture(scope="module", autouse=True)
def nothing_there(story: Story) -> Story:
    story.be_empty()
    return story


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with serve() as found:
        yield found


def _release(tasks: Tasks, **options: Any) -> dict[str, Any]:
    return tasks.one("operator_bundle", **{"context": CONTEXT, "chart": str(FOLDER), **options})


def _helm(*arguments: str) -> str:
    where = ("--kubeconfig", str(KUBECONFIG), "--kube-context", CONTEXT, "--namespace", NAMESPACE)
    return run([str(STATE / "bin" / "helm"), *arguments, *where], doing="running helm")


def _releases() -> list[tuple[str, str, str]]:
    return [(one["name"], one["revision"], one["status"]) for one in json.loads(_helm("list", "--all", "--output", "json"))]


def _steps(result: dict[str, Any]) -> list[str]:
    assert not result.get("failed"), result["msg"]
    return [f"{step['verb']} {step['object'].split()[0]}" for step in result["plan"]]


def _watched(lab: Lab) -> set[str]:
    """Where each operator looks: the value of WATCH_NAMESPACE, or the field that it is."""
    found = set()
    for deployment in lab.items(CONTEXT, "deployments"):
        for container in deployment["spec"]["template"]["spec"]["containers"]:
            variable = next(entry for entry in container["env"] if entry["name"] == "WATCH_NAMESPACE")
            found.add("its own" if "valueFrom" in variable else variable.get("value", "all"))
    return found


def test_a_dry_run_of_a_chart_names_every_object_and_writes_none(tasks: Tasks) -> None:
    audit = Audit.from_now()
    result = _release(tasks, check=True)
    steps = _steps(result)
    assert len(steps) == result["objects"] + 1  # the release itself
    assert {"create Namespace", "create CustomResourceDefinition", "create Release", "create Deployment"} <= set(steps)
    assert not audit.writes(dry_runs=True)


def test_a_chart_given_as_a_folder_installs_in_namespaced_form(tasks: Tasks, lab: Lab) -> None:
    result = _release(tasks, values={"unused": {"password": PASSWORD}})
    assert result["changed"], result.get("msg")
    assert _releases() == [(CHART, "1", "deployed")]
    assert _watched(lab) == {"its own"}
    assert all(one["status"]["availableReplicas"] == 1 for one in lab.items(CONTEXT, "deployments"))
    assert tasks.last is not None
    assert PASSWORD not in tasks.last.text


def test_an_unchanged_release_from_an_archive_is_left_alone(tasks: Tasks) -> None:
    audit = Audit.from_now()
    again = {"context": CONTEXT, "chart": str(ARCHIVE)}
    for result in tasks.run([Task("operator_bundle", again), Task("operator_bundle", again, check=True)]):
        assert not result["changed"], result.get("msg") or result["plan"]
    assert not audit.writes(dry_runs=True)


def test_a_chart_from_a_repository_installs_in_cluster_scoped_form(tasks: Tasks, lab: Lab, served: Served) -> None:
    result = _release(tasks, chart=CHART, chart_repository=served.repository, cluster_scoped=True)
    assert {"create ClusterRole", "update Deployment", "delete Role"} <= set(_steps(result))
    assert _watched(lab) == {"all"}


def test_a_chart_from_a_registry_is_the_same_chart(tasks: Tasks, served: Served) -> None:
    audit = Audit.from_now()
    oci = {"chart": f"{served.registry}/{CHART}", "chart_plain_http": True, "chart_version": ARCHIVE.stem.rpartition("-")[2]}
    result = _release(tasks, **oci, cluster_scoped=True)
    assert not result["changed"], result.get("msg") or result["plan"]
    assert not audit.writes()


def test_a_chart_given_as_an_archive_goes_back_to_one_namespace(tasks: Tasks, lab: Lab) -> None:
    result = _release(tasks, chart=str(ARCHIVE))
    assert {"create Role", "update Deployment", "delete ClusterRole"} <= set(_steps(result))
    assert _watched(lab) == {"its own"}


def test_a_changed_value_shows_only_the_objects_that_change(tasks: Tasks) -> None:
    audit = Audit.from_now()
    result = _release(tasks, values={"podAnnotations": {"team": "databases"}}, check=True)
    assert _steps(result) == ["update Release", "update Deployment"]
    assert result["diff"][1]["after"] == {"spec.template.metadata.annotations": {"team": "databases"}}
    assert not audit.writes()


def test_what_somebody_changed_in_the_cluster_is_put_right(tasks: Tasks, lab: Lab) -> None:
    patches = {
        "configmap/k8ssandra-operator-manager-config": {"data": {"controller_manager_config.yaml": "theirs"}},
        # Of a kind that Helm does not know: its own merge would leave this as it is.
        "certificate/k8ssandra-operator-serving-cert": {"spec": {"dnsNames": ["their.name"]}},
    }
    for name, patch in patches.items():
        lab.cluster(CONTEXT).kubectl("patch", name, "--type=merge", f"--patch={json.dumps(patch)}")
    mended, again = tasks.run([Task("operator_bundle", {"context": CONTEXT, "chart": str(FOLDER)})] * 2)
    assert _steps(mended) == ["update Release", "update ConfigMap", "update Certificate"]
    assert lab.read(CONTEXT, "certificate", "k8ssandra-operator-serving-cert")["spec"]["dnsNames"] != ["their.name"]
    assert not again["changed"], again.get("msg") or again["plan"]


def test_an_upgrade_that_was_killed_is_finished_by_the_next_run(tasks: Tasks, lab: Lab, tmp_path: Path) -> None:
    shutil.copytree(FOLDER, tmp_path / CHART)
    (tmp_path / CHART / "templates" / "hook.yaml").write_text(HOOK)
    changed = {"values": {"replicaCount": 1, "serviceAccount": {"annotations": {"team": "databases"}}}}

    def is_pending() -> bool:
        return any(status == "pending-upgrade" for _name, _revision, status in _releases())

    with tasks.start([Task("operator_bundle", {"context": CONTEXT, "chart": str(tmp_path / CHART), **changed})]) as started:
        eventually("Helm is in the middle of an upgrade", is_pending, seconds=240)
        started.kill()
    lab.cluster(CONTEXT).kubectl("delete", "job", "endless", "--ignore-not-found")
    assert is_pending()
    result = _release(tasks, **changed)
    assert _steps(result)[:2] == ["delete Secret", "update Release"]
    assert "cut short" in result["plan"][0]["why"]
    assert [status for _name, _revision, status in _releases()] == ["deployed"]
    assert lab.read(CONTEXT, "serviceaccount", CHART)["metadata"]["annotations"]["team"] == "databases"


def test_an_upgrade_by_hand_that_says_the_same_is_left_as_it_is(tasks: Tasks) -> None:
    _helm("upgrade", CHART, str(ARCHIVE), "--reuse-values", "--skip-crds")
    result = _release(tasks, values={"serviceAccount": {"annotations": {"team": "databases"}}})
    assert not result["changed"], result.get("msg") or result["plan"]


def test_kustomize_gives_way_to_a_release_only_when_asked(tasks: Tasks, lab: Lab) -> None:
    context = "east"
    kustomize = {"context": context, "kustomize": BASE, "wait": False}
    helm = {"context": context, "chart": str(FOLDER)}
    first, refused, taken, again = tasks.run([
        Task("operator_bundle", kustomize),
        Task("operator_bundle", helm),
        Task("operator_bundle", {**helm, "force_conflicts": True}),
        Task("operator_bundle", helm),
    ])  # fmt: skip
    assert first["changed"]
    assert "was installed from a Kustomize base" in refused["msg"]
    assert {"delete Deployment", "create Deployment"} <= set(_steps(taken))
    assert not again["changed"], again.get("msg") or again["plan"]
    assert {one["metadata"]["name"] for one in lab.items(context, "deployments")} == {CHART, f"{CHART}-cass-operator"}


def test_removing_a_release_leaves_nothing_behind_and_again_changes_nothing(tasks: Tasks, story: Story) -> None:
    audit = Audit.from_now()
    assert _release(tasks, state="absent", check=True)["changed"]
    assert not audit.writes()
    absent = {"chart": str(FOLDER), "state": "absent"}
    order = ({"context": CONTEXT, **absent}, {"context": "east", **absent}, {"context": CONTEXT, **absent})
    first, second, again = tasks.run([Task("operator_bundle", options) for options in order])
    assert "delete Release" in _steps(first)
    assert "delete Release" in _steps(second)
    assert not again["changed"], again.get("msg") or again["plan"]
    for context in (CONTEXT, "east"):
        eventually(f"{context} is empty", lambda where=context: story.lab.objects(where) <= story.before[where])


SETTINGS = {
    "watch_namespaces": [NAMESPACE, "team-a", "team-b"],
    "namespace_labels": {"pod-security.kubernetes.io/warn": "baseline"},
    "image_pull_secrets": ["mirror", "other"],
    "node_selector": {"kubernetes.io/os": "linux"},
    "tolerations": [{"key": "ours", "operator": "Exists"}],
    "resources": {"limits": {"memory": "600Mi"}},
    "image_registry": "registry.invalid:5000/mirror",
    "wait": False,
}


@pytest.mark.parametrize(("how", "what"), [("kustomize", BASE), ("chart", str(FOLDER))])
def test_the_settings_of_an_installation_reach_its_objects(tasks: Tasks, lab: Lab, how: str, what: str) -> None:
    theirs = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "team-a", "labels": {"team": "a"}}}
    lab.cluster(CONTEXT).kubectl("apply", "--filename=-", stdin=json.dumps(theirs))
    options = {"context": CONTEXT, how: what, "control_plane": True}
    absent = {"context": CONTEXT, how: what, "state": "absent"}
    first, again = tasks.run([Task("operator_bundle", {**options, **SETTINGS})] * 2)
    assert first["changed"], first.get("msg")
    assert not again["changed"], again.get("msg") or again["plan"]
    _demand_settings(lab)
    removed = tasks.one("operator_bundle", **absent)
    assert removed["changed"], removed.get("msg")
    assert lab.read(CONTEXT, "namespace", "team-a")["metadata"]["labels"]["team"] == "a"


def _demand_settings(lab: Lab) -> None:
    for name in SETTINGS["watch_namespaces"]:
        labels = lab.read(CONTEXT, "namespace", name)["metadata"]["labels"]
        assert labels["pod-security.kubernetes.io/warn"] == "baseline"
        assert ("k8ssandra.operator/bundle" in labels) is (name != "team-a")
    deployments = lab.items(CONTEXT, "deployments")
    assert len(deployments) == 2
    for deployment in deployments:
        pod = deployment["spec"]["template"]["spec"]
        (container,) = pod["containers"]
        assert pod["imagePullSecrets"] == [{"name": "mirror"}, {"name": "other"}]
        assert pod["nodeSelector"] == {"kubernetes.io/os": "linux"}
        assert pod["tolerations"] == [{"key": "ours", "operator": "Exists"}]
        assert container["resources"]["limits"] == {"memory": "600Mi"}
        assert container["image"].startswith("registry.invalid:5000/mirror/k8ssandra/")
        variables = {entry["name"]: entry.get("value") for entry in container["env"]}
        assert variables["WATCH_NAMESPACE"] == f"{NAMESPACE},team-a,team-b"
        if "K8SSANDRA_CONTROL_PLANE" in variables:
            assert variables["DEFAULT_REGISTRY"] == "registry.invalid:5000/mirror"
            assert variables["IMAGE_PULL_SECRETS"] == "mirror,other"
    (images,) = lab.read(CONTEXT, "configmap", "--selector=k8ssandra.io/config=image")["items"]
    assert "registry: registry.invalid:5000/mirror" in images["data"]["image_config.yaml"]
