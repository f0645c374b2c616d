"""Reading a context for a preflight: what may not be read is told, and stops nothing else."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from plugins.module_utils._core.fleet import Fleet, Survey
from plugins.module_utils._core.kubeconfig import choose_context
from plugins.module_utils._core.readings import ContextReading
from plugins.module_utils._kube import errors
from plugins.module_utils._kube.survey import Aim, read_survey, unread_survey
from tests.unit.fakes import FakeApi, jwt
from tests.unit.plugins.module_utils._core.definitions import wish

REVIEWS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
PODS = "/api/v1/namespaces/k8ssandra/pods"
KUBECONFIG: dict[str, Any] = {
    "contexts": [{"name": "east", "context": {"cluster": "c", "user": "u"}}],
    "clusters": [{"name": "c", "cluster": {"server": "http://east.example.com"}}],
    "users": [{"name": "u", "user": {"token": jwt(sub="me", iat=1, exp=99)}}],
}
BASE = [
    {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "kube-system", "uid": "u-1"}},
    {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "k8ssandra"}},
    {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n"}},
]
CERT_MANAGER = {"resources": [{"name": "certificates"}, {"name": "issuers"}]}


def _aim(control_plane: bool = False) -> Aim:
    access, wanted = choose_context(KUBECONFIG, "east", path="kubeconfig"), wish()
    fleet = Fleet((Survey(ContextReading("hub", True)), Survey(ContextReading("east"))), wanted, "k8ssandra", (), 0.0, 14)
    return Aim(access, control_plane, "k8ssandra", wanted, fleet.templates(fleet.surveys[1]))


def _api(everything: bool = True, **answers: Any) -> FakeApi:
    def review(body: Any) -> Any:
        attributes = body["spec"]["resourceAttributes"]
        return {"status": {"allowed": everything or (attributes["resource"] != "deployments" and attributes["verb"] != "*")}}

    api = FakeApi("east", BASE, answers={REVIEWS: review, "/apis/cert-manager.io/v1": CERT_MANAGER, **answers})
    api.date = "Sat, 21 Nov 2026 10:00:00 GMT"
    return api


def _now() -> float:
    return 1795255200.0  # the date above, to the second


def test_what_is_there_is_read_without_a_write() -> None:
    api = _api()
    survey = read_survey(api, _aim(), _now)
    assert (survey.uid, survey.version, survey.refused) == ("u-1", "v1.33.0", ())
    assert survey.offsets == (0.5,) * 5
    assert [ending.expires for ending in survey.endings] == [99.0]
    assert survey.admissions == {"dc1": ""}
    assert survey.cert_manager == ""
    assert {verb for verb, _on in api.writes} == {"create", "create?"}


def test_whoever_may_not_do_everything_is_asked_for_each_right() -> None:
    survey = read_survey(_api(everything=False), _aim(), _now)
    assert [line.partition(";")[0] for line in survey.refused] == [
        "get, list, create, patch, delete deployments.apps in namespace k8ssandra",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("verb", "on", "unread"),
    [
        ("list", "Node", "Node"),
        ("list", "ResourceQuota", "ResourceQuota"),
        ("list", "Deployment", "Deployment"),
        ("get", "Namespace kube-system", "kube-system"),
        ("get", "CustomResourceDefinition clientconfigs.config.k8ssandra.io", "CustomResourceDefinition"),
    ],
)
def test_what_may_not_be_read_is_told_and_the_rest_is_read(verb: str, on: str, unread: str) -> None:
    api = _api()
    api.fail(verb, on, errors.Forbidden("east", "reading", "you may not"))
    survey = read_survey(api, _aim(), _now)
    assert list(survey.unread) == [unread]
    assert survey.version == "v1.33.0"


@pytest.mark.parametrize(
    ("error", "admissions", "unread"),
    [
        (errors.Denied("east", "probing Pod", "violates PodSecurity"), {"dc1": "violates PodSecurity"}, []),
        (errors.Forbidden("east", "probing Pod", "exceeded quota: q"), {"dc1": "exceeded quota: q"}, []),
        (errors.Forbidden("east", "probing Pod", 'User "x" cannot create resource "pods"'), {}, ["admission"]),
    ],
)
def test_a_dry_run_of_a_pod_tells_admission_from_a_right_that_is_lacking(error: Any, admissions: Any, unread: list[str]) -> None:
    api = _api()
    api.fail("create", PODS, error)
    survey = read_survey(api, _aim(), _now)
    assert (dict(survey.admissions), list(survey.unread)) == (admissions, unread)


@pytest.mark.parametrize(
    ("served", "error", "words"),
    [
        ({"resources": [{"name": "issuers"}]}, None, "serves no certificates"),
        (CERT_MANAGER, errors.Unavailable("east", "probing Issuer", "no endpoints"), "its webhook does not answer: no endpoints"),
        (CERT_MANAGER, errors.Denied("east", "probing Issuer", "denied the request"), ""),
    ],
)
def test_cert_manager_is_there_when_it_answers(served: Any, error: Any, words: str) -> None:
    api = _api(**{"/apis/cert-manager.io/v1": served})
    if error:
        api.fail("create", "/apis/cert-manager.io/v1/namespaces/k8ssandra/issuers", error)
    assert words in read_survey(api, _aim(), _now).cert_manager


def test_what_ends_in_the_cluster_is_read() -> None:
    api = _api()
    kubeconfig = base64.b64encode(jwt(sub="x", iat=1, exp=500).encode()).decode()
    api.put({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s", "namespace": "k8ssandra"}, "data": {"kubeconfig": kubeconfig}})
    config = {"contextName": "west", "kubeConfigSecret": {"name": "s"}}
    api.put({"apiVersion": "config.k8ssandra.io/v1beta1", "kind": "ClientConfig", "metadata": {"name": "west", "namespace": "k8ssandra"}, "spec": config})
    certificate = {"apiVersion": "cert-manager.io/v1", "kind": "Certificate", "metadata": {"name": "c", "namespace": "k8ssandra"}}
    api.put({**certificate, "status": {"notBefore": "2020-01-01T00:00:00Z", "notAfter": "2020-04-01T00:00:00Z"}})
    ends = {ending.subject: ending.expires for ending in read_survey(api, _aim(control_plane=True), _now).endings}
    assert ends["token of ClientConfig west"] == 500.0
    assert ends["Certificate k8ssandra/c"] == 1585699200.0


def test_a_context_that_could_not_be_read_keeps_its_reason() -> None:
    survey = unread_survey(_aim(), errors.Unreachable("east", "reading /version", "no route to host"))
    assert (survey.context, survey.reading.cause, survey.reason) == ("east", "reading /version: no route to host", "unreachable")
