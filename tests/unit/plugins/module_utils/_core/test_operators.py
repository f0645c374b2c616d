from __future__ import annotations

from typing import Any

import pytest

from plugins.module_utils._core.operators import certificates_in, operators_in
from plugins.module_utils._core.readings import ContextReading
from tests.unit import build

NOW = 1_790_000_000.0


def _reading(**objects: Any) -> ContextReading:
    return ContextReading("east", objects={kind: tuple(bodies) for kind, bodies in objects.items()})


def test_operators_are_known_by_their_images_whatever_a_chart_calls_them() -> None:
    stranger = build.operator("something-else")
    found = operators_in(_reading(Deployment=[stranger, build.operator("cass-operator"), build.operator(control_plane=True)]))
    assert [(one.operator, one.name, one.version, one.control_plane) for one in found] == [
        ("k8ssandra-operator", "release-k8ssandra-operator", "v1.26.0", True),
        ("cass-operator", "release-cass-operator", "v1.26.0", False),
    ]


@pytest.mark.parametrize(
    ("watch", "watched"),
    [
        pytest.param(None, ("k8ssandra-operator",), id="its own namespace by a field reference"),
        pytest.param("", (), id="all namespaces"),
        pytest.param("a, b", ("a", "b"), id="a list"),
    ],
)
def test_watched_namespaces(watch: str | None, watched: tuple[str, ...]) -> None:
    assert operators_in(_reading(Deployment=[build.operator(watch=watch)]))[0].watches == watched


def test_a_digest_is_no_version() -> None:
    deployment = build.operator()
    deployment["spec"]["template"]["spec"]["containers"][0]["image"] = "cr.k8ssandra.io/k8ssandra/k8ssandra-operator@sha256:abc"
    assert operators_in(_reading(Deployment=[deployment]))[0].version == ""


def _changed(**status: Any) -> dict[str, Any]:
    deployment = build.operator(ready=False)
    deployment["status"].update(status)
    return deployment


@pytest.mark.parametrize(
    ("deployment", "problem"),
    [
        pytest.param(build.operator(), "", id="one that serves"),
        pytest.param(_changed(), "east: k8ssandra-operator is not ready, 0 of 1 pods available", id="one without an available pod"),
        pytest.param(
            _changed(conditions=[{"type": "ReplicaFailure", "status": "True", "message": 'pods "x" is forbidden: exceeded quota'}]),
            'east: k8ssandra-operator is not ready, 0 of 1 pods available: pods "x" is forbidden: exceeded quota',
            id="one whose pods are refused",
        ),
        pytest.param(
            _changed(conditions=[{"type": "Progressing", "status": "False", "message": "has timed out progressing"}]),
            "east: k8ssandra-operator is not ready, 0 of 1 pods available: has timed out progressing",
            id="one that is stuck",
        ),
        pytest.param(
            _changed(availableReplicas=1, observedGeneration=0),
            "east: k8ssandra-operator is not ready, 1 of 1 pods available",
            id="one whose change is not rolled out",
        ),
        pytest.param(
            {**_changed(), "spec": {**build.operator()["spec"], "replicas": 0}},
            "east: k8ssandra-operator is scaled to 0",
            id="one switched off",
        ),
    ],
)
def test_problem_of_an_operator(deployment: Any, problem: str) -> None:
    assert operators_in(_reading(Deployment=[deployment]))[0].problem() == problem


@pytest.mark.parametrize(
    ("certificate", "problem"),
    [
        pytest.param(build.certificate(), "", id="a good one"),
        pytest.param(build.certificate(ready=False), "is not ready: Issuing certificate", id="one that is not issued"),
        pytest.param(build.certificate(not_after="2026-01-01T00:00:00Z"), "expired at 2026-01-01T00:00:00Z", id="an expired one"),
    ],
)
def test_problem_of_a_certificate(certificate: Any, problem: str) -> None:
    found = certificates_in(_reading(Certificate=[certificate, build.body("Certificate", "cert-manager.io/v1", "other", spec={"secretName": "x"})]))
    assert len(found) == 1
    assert found[0].problem(NOW).endswith(problem)
    assert bool(found[0].problem(NOW)) == bool(problem)
