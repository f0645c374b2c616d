# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""cert-manager installed from a manifest, again, upgraded, removed; and somebody else's, which is never touched."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from plugins.module_utils._core.bundle import BUNDLE_LABEL
from plugins.module_utils._core.kubeconfig import Access
from plugins.module_utils._core.objects import Ref, kind_named
from plugins.module_utils._kube import errors
from plugins.module_utils._module import cert_manager
from plugins.module_utils._module.run import Call, run
from tests.unit import build
from tests.unit.fakes import FakeApi, connecting

NAMESPACE = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "cert-manager"}}
OPTIONS: dict[str, Any] = {
    "namespace": "cert-manager", "state": "present", "manifest": None, "image_pull_secrets": [], "node_selector": {}, "tolerations": [],
    "image_registry": "", "force_conflicts": False, "wait": True, "wait_timeout": 0, "wait_sleep": 1,
}  # fmt: skip


class Cluster:
    """A cluster in which what is applied comes up at once, and a manifest that installs cert-manager."""

    def __init__(self, folder: Path, *there: dict[str, Any]) -> None:
        self.api = FakeApi("hub", there)
        self.api.learn_kinds = lambda objects: None  # type: ignore[attr-defined]  # of the real client alone
        self.api.react = self._come_up
        self.manifest = folder / "cert-manager.yaml"
        self.write(NAMESPACE, _plain(build.cert_manager_definition()), _plain(build.cert_manager_controller()), _webhooks())

    def write(self, *bodies: Any) -> None:
        self.manifest.write_text(yaml.safe_dump_all(bodies))

    def run(self, *, check_mode: bool = False, given: bool = True, **options: Any) -> dict[str, Any]:
        self.api.calls.clear()
        manifest = {"manifest": str(self.manifest)} if given else {}
        return run(cert_manager.keep_cert_manager, Call({**OPTIONS, **manifest, **options}, check_mode))

    def _come_up(self, verb: str, on: Any) -> None:
        body = self.api.objects.get(on) if isinstance(on, Ref) else None
        if body is None:
            return
        if body["kind"] == "CustomResourceDefinition":
            body["status"] = {"conditions": build.conditions(Established=True)}
        if body["kind"] == "Deployment":
            body["status"] = {"availableReplicas": 1, "updatedReplicas": 1, "observedGeneration": body["metadata"]["generation"]}
        if body["kind"].endswith("WebhookConfiguration"):
            body["webhooks"][0]["clientConfig"]["caBundle"] = "Q0E="


def _plain(body: dict[str, Any]) -> dict[str, Any]:
    metadata = {key: value for key, value in body["metadata"].items() if key in ("name", "namespace", "labels")}
    return {**{key: value for key, value in body.items() if key != "status"}, "metadata": metadata}


def _webhooks() -> dict[str, Any]:
    return build.cert_manager_webhooks(ca="")


@pytest.fixture
def cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cluster:
    return _cluster(tmp_path, monkeypatch)


def _cluster(folder: Path, monkeypatch: pytest.MonkeyPatch, *there: dict[str, Any]) -> Cluster:
    made = Cluster(folder, *there)
    access = Access("hub", {}, "hub", "")
    monkeypatch.setattr(cert_manager, "access_of", lambda parameters: access)
    monkeypatch.setattr(cert_manager, "connected", connecting({"hub": made.api}))
    return made


def test_it_is_installed_asked_and_then_left_alone(cluster: Cluster) -> None:
    foreseen = cluster.run(check_mode=True)
    assert not cluster.api.writes
    result = cluster.run()
    assert foreseen["plan"] == result["plan"]
    assert [step["object"].split()[0] for step in result["plan"]] == [
        "Namespace", "CustomResourceDefinition", "Deployment", "ValidatingWebhookConfiguration",
    ]  # fmt: skip
    assert any(verb == "create?" for verb, unused in cluster.api.writes)
    assert (result["cert_manager"]["ours"], result["cert_manager"]["version"]) == (True, "v1.16.1")
    again = cluster.run()
    assert (again["changed"], again["cert_manager"]) == (False, result["cert_manager"])
    assert not cluster.api.writes


def test_a_newer_manifest_is_an_upgrade(cluster: Cluster) -> None:
    cluster.run()
    newer = _plain(build.cert_manager_controller())
    newer["spec"]["template"]["spec"]["containers"][0]["image"] = "quay.io/jetstack/cert-manager-controller:v1.17.0"
    cluster.write(NAMESPACE, _plain(build.cert_manager_definition()), newer, _webhooks())
    result = cluster.run()
    assert [step["object"] for step in result["plan"]] == ["Deployment cert-manager/cert-manager"]
    assert result["cert_manager"]["version"] == "v1.17.0"


@pytest.mark.parametrize("state", ["present", "absent"])
@pytest.mark.parametrize("theirs", [build.cert_manager_definition(), build.cert_manager_controller()], ids=["definition", "Deployment"])
def test_somebody_elses_is_never_touched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, theirs: dict[str, Any], state: str) -> None:
    definition = [] if theirs["kind"] == "CustomResourceDefinition" else [build.cert_manager_definition(labels={BUNDLE_LABEL: "x"})]
    cluster = _cluster(tmp_path, monkeypatch, theirs, *definition)
    before = dict(cluster.api.objects)
    result = cluster.run(state=state)
    assert (result.get("failed"), result["changed"], result["plan"]) == (None, False, [])
    assert "is left as it is" in result["note"]
    assert cluster.api.objects == before
    assert not cluster.api.writes


def test_without_anything_given_looking_is_all(cluster: Cluster) -> None:
    result = cluster.run(given=False)
    assert (result["changed"], result["cert_manager"]["found"], len(cluster.api.calls)) == (False, False, 1)


def test_somebody_elses_that_does_not_serve_yet_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cluster = _cluster(tmp_path, monkeypatch, build.cert_manager_definition(), build.cert_manager_webhooks(ca=""))
    failed = cluster.run(given=False)
    assert (failed["failed"], failed["error"]["reason"]) == (True, "timed out")
    assert "has no caBundle yet" in failed["msg"]
    assert not cluster.run(given=False, wait=False).get("failed")
    assert not cluster.run(given=False, check_mode=True).get("failed")


def test_a_webhook_that_never_answers_ends_the_wait(cluster: Cluster) -> None:
    cluster.api.fail("create", error=errors.Unavailable("hub", "probing Issuer", "no endpoints available"))
    failed = cluster.run()
    assert "webhook does not answer yet: no endpoints available" in failed["msg"]
    assert (failed["changed"], failed["cert_manager"]["found"]) == (True, False)


def test_ours_in_another_namespace_is_refused(cluster: Cluster) -> None:
    cluster.run()
    failed = cluster.run(namespace="certs")
    assert "installed it in namespace cert-manager, not in certs" in failed["msg"]
    assert not cluster.api.writes


def test_it_goes_when_nobody_needs_it_and_again_changes_nothing(cluster: Cluster) -> None:
    cluster.run()
    issuer = cluster.api.put(build.body("Issuer", "cert-manager.io/v1", "somebodys"))
    cluster.api.put(_issuers())
    refused = cluster.run(state="absent")
    assert "removing cert-manager: 1 issuers are still there" in refused["msg"]
    assert not cluster.api.writes
    cluster.api.remove(kind_named("Issuer").ref(issuer["metadata"]["name"], build.NAMESPACE))
    assert cluster.run(state="absent", check_mode=True)["changed"]
    removed = cluster.run(state="absent")
    assert [step["object"].split()[0] for step in removed["plan"]] == [
        "ValidatingWebhookConfiguration", "Deployment", "CustomResourceDefinition", "CustomResourceDefinition", "Namespace",
    ]  # fmt: skip
    assert not cluster.api.objects
    assert not cluster.run(state="absent")["changed"]


def _issuers() -> dict[str, Any]:
    body = _plain(build.cert_manager_definition())
    body["metadata"] = {"name": "issuers.cert-manager.io", "labels": {BUNDLE_LABEL: "cert-manager.cert-manager"}}
    return {**body, "spec": {**body["spec"], "names": {"kind": "Issuer", "plural": "issuers"}}}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: [", "is not YAML"),
        ("just text", "is no Kubernetes object"),
        ("apiVersion: v1\nkind: Namespace", "metadata.name"),
        (yaml.safe_dump(NAMESPACE), "has no CustomResourceDefinition certificates.cert-manager.io: it does not install cert-manager"),
        (yaml.safe_dump(_plain(build.cert_manager_definition())), "has no Deployment: it does not install cert-manager"),
        (None, "No such file"),
    ],
)
def test_what_is_no_manifest_of_cert_manager_is_said(cluster: Cluster, text: str | None, said: str) -> None:
    if text is None:
        cluster.manifest.unlink()
    else:
        cluster.manifest.write_text(text)
    failed = cluster.run()
    assert failed["error"]["reason"] == "invalid option"
    assert said in failed["msg"]
    assert not cluster.api.calls


def test_a_list_of_objects_is_taken_apart(cluster: Cluster) -> None:
    bodies = [_plain(build.cert_manager_definition()), _plain(build.cert_manager_controller())]
    cluster.write({"apiVersion": "v1", "kind": "List", "items": bodies})
    assert cluster.run()["objects"] == 3
