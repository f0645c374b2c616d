# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whose cert-manager is there, whether it serves, and what its rendered objects become."""

from __future__ import annotations

from typing import Any

import pytest

from plugins.module_utils._core.bundle import BUNDLE_LABEL
from plugins.module_utils._core.cert_manager import Presence, Reading, cert_manager_in, presence_in, serves, shape_cert_manager
from plugins.module_utils._core.installation import Installation
from tests.unit import build

OURS = {BUNDLE_LABEL: "cert-manager.cert-manager"}
OPERATORS = {BUNDLE_LABEL: "k8ssandra-operator"}


def test_the_mark_is_no_namespaces_name() -> None:
    assert "." in cert_manager_in("cert-manager").mark


@pytest.mark.parametrize(
    ("reading", "found", "mark"),
    [
        pytest.param(Reading(None), False, "", id="nothing"),
        pytest.param(Reading(build.cert_manager_definition(labels=OURS)), True, "cert-manager.cert-manager", id="ours, half-way"),
        pytest.param(
            Reading(build.cert_manager_definition(labels=OURS), (), (build.cert_manager_controller(labels=OURS),)), True,
            "cert-manager.cert-manager", id="ours",
        ),
        pytest.param(Reading(build.cert_manager_definition()), True, "", id="somebody's definition"),
        pytest.param(Reading(build.cert_manager_definition(labels=OPERATORS)), True, "", id="the label of the operators' bundle"),
        pytest.param(
            Reading(build.cert_manager_definition(labels=OURS), (), (build.cert_manager_controller(),)), True, "",
            id="our definition and somebody's Deployment",
        ),
        pytest.param(Reading(None, (), (build.cert_manager_controller(),)), True, "", id="somebody's Deployment alone"),
    ],
)  # fmt: skip
def test_whose_it_is(reading: Reading, found: bool, mark: str) -> None:
    presence = presence_in(reading)
    assert (presence.found, presence.mark) == (found, mark)


def test_somebody_elses_is_named_by_version_namespace_and_field_managers() -> None:
    reading = Reading(build.cert_manager_definition(), (build.cert_manager_webhooks(),), (build.cert_manager_controller(),))
    assert str(presence_in(reading)) == "cert-manager v1.16.1 in namespace cert-manager, by helm, kubectl,"


def test_without_looking_for_deployments_labels_and_webhooks_tell() -> None:
    presence = presence_in(Reading(build.cert_manager_definition(), (build.cert_manager_webhooks(),)))
    assert (presence.version, presence.namespace, presence.managers) == ("v1.16.0", "cert-manager", ("helm",))


def test_definitions_that_a_removed_release_left_say_so() -> None:
    reading = Reading(build.cert_manager_definition())
    assert str(presence_in(reading)) == "cert-manager v1.16.0 without a controller, its definitions alone, by helm,"


def test_the_managers_are_those_of_what_is_not_ours() -> None:
    reading = Reading(build.cert_manager_definition(labels=OURS), (), (build.cert_manager_controller(),))
    assert presence_in(reading).managers == ("kubectl",)


def test_nothing_is_nothing() -> None:
    assert presence_in(Reading(None)).describe() == Presence().describe()


@pytest.mark.parametrize(
    ("reading", "reason"),
    [
        pytest.param(Reading(None), "CustomResourceDefinition certificates.cert-manager.io is not there", id="no definition"),
        pytest.param(
            Reading(build.cert_manager_definition(served=False)), "certificates.cert-manager.io: is not served yet", id="not served"
        ),
        pytest.param(
            Reading(build.cert_manager_definition(), (build.cert_manager_webhooks(ca=""),)), "webhook.cert-manager.io has no caBundle yet",
            id="no CA",
        ),
        pytest.param(Reading(build.cert_manager_definition(), (build.cert_manager_webhooks(),)), "", id="all there"),
        pytest.param(Reading(build.cert_manager_definition()), "", id="without webhooks"),
    ],
)  # fmt: skip
def test_whether_it_serves(reading: Reading, reason: str) -> None:
    verdict = serves("hub", reading)
    assert reason in verdict.reason
    assert verdict.done == (not reason)


def _shaped(**settings: Any) -> dict[str, dict[str, Any]]:
    given: dict[str, Any] = {"namespace": "cert-manager", **settings}
    hook = {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "check", "annotations": {"helm.sh/hook": "post-install"}}, "spec": {}}
    election = {
        "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding", "metadata": {"name": "election", "namespace": "kube-system"},
        "subjects": [{"kind": "ServiceAccount", "name": "cert-manager", "namespace": "cert-manager"}],
    }  # fmt: skip
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "cert-manager"}}
    rendered = [namespace, build.cert_manager_controller(), build.cert_manager_webhooks(ca=""), hook, election]
    return {body["kind"]: dict(body) for body in shape_cert_manager(rendered, Installation(control_plane=False, **given))}


def test_every_object_is_marked_and_hooks_are_left_out() -> None:
    shaped = _shaped()
    assert "Job" not in shaped
    assert {body["metadata"]["labels"][BUNDLE_LABEL] for body in shaped.values()} == {"cert-manager.cert-manager"}


def test_a_registry_reaches_the_controller_and_the_solver_that_it_names() -> None:
    container = _shaped(image_registry="r.x/m")["Deployment"]["spec"]["template"]["spec"]["containers"][0]
    assert container["image"] == "r.x/m/jetstack/cert-manager-controller:v1.16.1"
    assert container["args"] == ["--v=2", "--acme-http01-solver-image=r.x/m/jetstack/cert-manager-acmesolver:v1.16.1"]


def test_pods_get_the_nodes_and_secrets_asked_for() -> None:
    tolerations = [{"key": "system", "operator": "Exists"}]
    spec = _shaped(image_pull_secrets=["pull"], node_selector={"a": "b"}, tolerations=tolerations)["Deployment"]["spec"]["template"]["spec"]
    assert (spec["imagePullSecrets"], spec["nodeSelector"], spec["tolerations"]) == ([{"name": "pull"}], {"a": "b"}, tolerations)


def test_another_namespace_moves_all_but_the_election_of_a_leader() -> None:
    shaped = _shaped(namespace="certs")
    assert shaped["Deployment"]["metadata"]["namespace"] == "certs"
    assert shaped["RoleBinding"]["metadata"]["namespace"] == "kube-system"
    assert shaped["RoleBinding"]["subjects"][0]["namespace"] == "certs"
    webhooks = shaped["ValidatingWebhookConfiguration"]
    assert webhooks["metadata"]["annotations"]["cert-manager.io/inject-ca-from-secret"] == "certs/cert-manager-webhook-ca"
    assert webhooks["webhooks"][0]["clientConfig"]["service"]["namespace"] == "certs"
