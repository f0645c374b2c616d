"""Manifests of the table of rights: every right that is asked for is granted, each once, and its reason stands above it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
import yaml

from plugins.module_utils._core.identity import RIGHTS, Identity
from plugins.module_utils._core.rights import Scope
from plugins.module_utils._core.rights_asked import questions
from plugins.module_utils._core.rights_granted import Account, identity_manifest, manifest, rules

HUB = Scope(True, "ops", ("ops", "data"), ("ops",))
EAST = replace(HUB, control_plane=False)
SCOPES = {
    "hub": HUB,
    "east": EAST,
    "helm": replace(HUB, installer="helm"),
    "all namespaces": replace(EAST, watched=()),
    "several namespaces": replace(EAST, watched=("ops", "far")),
    "cert-manager too": replace(HUB, cert_manager="certs"),
    "distributed by the collection": replace(HUB, distributed_by="ansible"),
    "distributed by the collection, in a data plane": replace(EAST, clusters=("data",), distributed_by="ansible"),
    "distributed with add-ons": replace(HUB, distributed_by="ansible", add_ons=("reaper", "medusa")),
    "a namespace for probes": replace(EAST, probes="probes"),
}
ACCOUNT = Account("ServiceAccount", "ansible", "ops")


def _granted(scope: Scope, *, optional: bool = False) -> Counter[tuple[str, str, str, str]]:
    found = rules(scope, optional=optional).items()
    return Counter(
        (right.group, resource, verb, namespace)
        for namespace, rights in found for right in rights for resource in right.resources for verb in right.verbs
    )  # fmt: skip


def _documents(scope: Scope, account: Account = ACCOUNT) -> list[dict[str, Any]]:
    return list(yaml.safe_load_all(manifest(scope, account)))


@pytest.mark.parametrize("name", SCOPES)
def test_all_that_is_asked_for_is_granted_once_and_nothing_else(name: str) -> None:
    granted = _granted(SCOPES[name])
    asked = {(one.group, one.resource, one.verb, one.namespace) for one in questions(SCOPES[name])}
    assert set(granted) <= asked
    assert not {key for key in asked if key not in granted and (*key[:3], "") not in granted}
    assert not [key for key, times in granted.items() if times > 1]
    assert not [key for key in granted if key[3] and (*key[:3], "") in granted], "a rule could go without being missed"


@pytest.mark.parametrize("name", SCOPES)
def test_what_a_role_does_without_is_granted_apart(name: str) -> None:
    needed, spared = _granted(SCOPES[name]), _granted(SCOPES[name], optional=True)
    assert ("networking.k8s.io", "servicecidrs", "list", "") in spared
    assert not set(needed) & set(spared)


@pytest.mark.parametrize("name", SCOPES)
def test_a_manifest_is_the_rules_with_a_binding_each(name: str) -> None:
    documents = _documents(SCOPES[name])
    roles = [body for body in documents if body["kind"] in ("Role", "ClusterRole")]
    found = Counter(
        (rule["apiGroups"][0], resource, verb, role["metadata"].get("namespace", ""))
        for role in roles for rule in role["rules"] for resource in rule["resources"] for verb in rule["verbs"]
    )  # fmt: skip
    assert found == _granted(SCOPES[name]) + _granted(SCOPES[name], optional=True)
    bound = [(body["roleRef"]["kind"], body["roleRef"]["name"], body["metadata"].get("namespace")) for body in documents if "roleRef" in body]
    assert bound == [(role["kind"], role["metadata"]["name"], role["metadata"].get("namespace")) for role in roles]


def test_every_namespace_of_a_role_is_made_but_those_of_kubernetes() -> None:
    documents = _documents(replace(HUB, cert_manager="certs"))
    made = {body["metadata"]["name"] for body in documents if body["kind"] == "Namespace"}
    assert {body["metadata"]["namespace"] for body in documents if body["kind"] == "Role"} - made == {"default", "kube-system"}


@pytest.mark.parametrize(
    ("account", "subject"),
    [
        (ACCOUNT, {"kind": "ServiceAccount", "name": "ansible", "namespace": "ops"}),
        (Account("Group", "db@example.com"), {"kind": "Group", "apiGroup": "rbac.authorization.k8s.io", "name": "db@example.com"}),
    ],
)
def test_the_account_is_bound_and_made_where_that_is_possible(account: Account, subject: dict[str, str]) -> None:
    documents = _documents(HUB, account)
    assert all(body["subjects"] == [subject] for body in documents if "roleRef" in body)
    made = [body["metadata"] for body in documents if body["kind"] == "ServiceAccount"]
    assert made == ([{"name": "ansible", "namespace": "ops"}] if subject["kind"] == "ServiceAccount" else [])


def test_the_reason_stands_above_its_rules() -> None:
    lines = manifest(EAST, ACCOUNT).splitlines()
    at = next(number for number, line in enumerate(lines) if "serviceaccounts/token" in line)
    assert lines[at - 1] == "  # register_contexts has tokens issued for the control plane"


@pytest.mark.parametrize("cluster_scoped", [False, True])
def test_the_account_of_the_control_plane_is_what_is_made_in_a_data_plane(cluster_scoped: bool) -> None:
    identity = Identity("ops", "control-plane", ("ops", "far"), cluster_scoped)
    text = identity_manifest(identity)
    assert list(yaml.safe_load_all(text)) == [dict(body) for body in identity.objects()]
    assert all(f"# {right.why}" in text for right in RIGHTS)
