"""Short-lived pods: what pod security `restricted` demands of them, and what they say."""

from __future__ import annotations

from typing import Any

import pytest

from plugins.module_utils._core.fleet import Route
from plugins.module_utils._core.probes import claim_body, claimer_body, last_words, listener_body, prober_body, read_routes

PORTS = (7000, 8080)


def _pods() -> list[Any]:
    return [
        listener_body("n", "r", "i", PORTS, []),
        prober_body("n", "r", "i", ["10.0.0.1"], PORTS, [{"operator": "Exists"}]),
        claimer_body("n", "r", 0, "i", []),
    ]


@pytest.mark.parametrize("pod", _pods(), ids=["listener", "prober", "claimer"])
def test_a_pod_is_restricted_ends_by_itself_and_is_known_by_its_labels(pod: dict[str, Any]) -> None:
    spec, container = pod["spec"], pod["spec"]["containers"][0]
    assert spec["securityContext"]["runAsNonRoot"]
    assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert container["securityContext"] == {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
    assert set(container["resources"]) == {"requests", "limits"}
    assert spec["activeDeadlineSeconds"] > 0
    assert spec["automountServiceAccountToken"] is False
    assert pod["metadata"]["labels"] == {"k8ssandra.operator/probe": "preflight", "k8ssandra.operator/probe-run": "r"}


def test_every_way_is_tried_and_the_claim_is_the_one_that_is_mounted() -> None:
    script = prober_body("n", "r", "i", ["10.0.0.1", "fd00::1"], PORTS, [])["spec"]["containers"][0]["command"][-1]
    assert [line for line in script.splitlines() if line.startswith("try ")] == [
        "try 0 10.0.0.1 7000 &", "try 0 10.0.0.1 8080 &", "try 1 fd00::1 7000 &", "try 1 fd00::1 8080 &",
    ]  # fmt: skip
    claimed = claimer_body("n", "r", 3, "i", [])["spec"]["volumes"][0]["persistentVolumeClaim"]["claimName"]
    assert claimed == claim_body("n", "r", 3, "standard", ["ReadWriteOnce"])["metadata"]["name"]


def test_what_a_prober_says_is_a_result_for_every_way() -> None:
    said = read_routes("east", ["hub", "west"], PORTS, "0 7000 open\n1 8080 Connection refused\n1 7000 \n")
    assert said == (
        Route("east", "hub", 7000, "open"), Route("east", "hub", 8080, "untold"),
        Route("east", "west", 7000, "no answer"), Route("east", "west", 8080, "connection refused"),
    )  # fmt: skip


def test_last_words_are_those_of_a_container_that_ended() -> None:
    assert last_words({"status": {"containerStatuses": [{"state": {"terminated": {"message": "0 1 open"}}}]}}) == "0 1 open"
    assert last_words({"status": {"containerStatuses": [{"state": {"terminated": {}}}]}}) == ""
    assert last_words({"status": {"containerStatuses": [{"state": {"running": {}}}]}}) is None
    assert last_words(None) is None
