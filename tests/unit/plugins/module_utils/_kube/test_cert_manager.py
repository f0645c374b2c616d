# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Looking for cert-manager costs two reads at most, and waiting for somebody's tells the cause."""

from __future__ import annotations

from typing import Any

import pytest

from plugins.module_utils._kube import cert_manager, errors
from tests.unit import build
from tests.unit.fakes import FakeApi

NOW = 1_900_000_000.0
ISSUERS = "/apis/cert-manager.io/v1/namespaces/default/issuers"
OTHERS_WEBHOOKS = {**build.cert_manager_webhooks(), "metadata": {"name": "others"}, "webhooks": [{"name": "w", "clientConfig": {}}]}


@pytest.mark.parametrize(("there", "reads"), [([], 1), ([build.cert_manager_definition()], 2)], ids=["nothing", "a definition"])
def test_looking_costs_two_reads_at_most(there: list[dict[str, Any]], reads: int) -> None:
    api = FakeApi("hub", there)
    cert_manager.read_cert_manager(api, controllers=False)
    assert len(api.calls) == reads
    assert not api.writes


def test_what_shows_whose_it_is() -> None:
    elsewhere = build.body("Deployment", "apps/v1", "web", spec={})
    there = [build.cert_manager_definition(), build.cert_manager_webhooks(), build.cert_manager_controller(), elsewhere, OTHERS_WEBHOOKS]
    reading = cert_manager.read_cert_manager(FakeApi("hub", there), controllers=True)
    assert [body["metadata"]["name"] for body in (*reading.webhooks, *reading.deployments)] == ["cert-manager-webhook", "cert-manager"]


def test_a_deployment_without_definitions_is_found() -> None:
    assert cert_manager.read_cert_manager(FakeApi("hub", [build.cert_manager_controller()]), controllers=True).deployments


def test_the_webhook_is_asked_when_all_else_is_there() -> None:
    api = FakeApi("hub", [build.cert_manager_definition(), build.cert_manager_webhooks()])
    assert cert_manager.look_at_service(api, "cert-manager", NOW).done
    assert api.writes == [("create?", ISSUERS)]


def test_a_webhook_without_a_ca_is_not_asked() -> None:
    api = FakeApi("hub", [build.cert_manager_definition(), build.cert_manager_webhooks(ca="")])
    assert "has no caBundle" in cert_manager.look_at_service(api, "", NOW).reason
    assert not api.writes


@pytest.mark.parametrize(
    ("answer", "done"),
    [
        (errors.Unavailable("hub", "probing", "no endpoints available for service"), False),
        (errors.Absent("hub", "probing", "not found"), False),
        (errors.Denied("hub", "probing", "no"), True),
        (errors.Invalid("hub", "probing", "no"), True),
    ],
    ids=["nobody answers", "not served yet", "a refusal", "an error in the object"],
)
def test_a_refusal_is_an_answer(answer: errors.ClusterError, done: bool) -> None:
    api = FakeApi("hub")
    api.fail("create", error=answer)
    assert cert_manager.ask_webhook(api).done == done


def test_a_wait_for_somebodys_tells_what_keeps_its_pods() -> None:
    pod = build.body("Pod", "v1", "cert-manager-1", labels={"app": "cert-manager"}, metadata={"namespace": "cert-manager"})
    pod["status"] = {"conditions": build.conditions(Initialized=True), **build.waiting("ImagePullBackOff")}
    there = [build.cert_manager_definition(), build.cert_manager_webhooks(ca=""), build.cert_manager_controller(ready=False), pod]
    verdict = cert_manager.look_at_service(FakeApi("hub", there), "cert-manager", NOW)
    assert (verdict.done, verdict.hopeless) == (False, True)
    assert "pod cert-manager-1" in verdict.reason
