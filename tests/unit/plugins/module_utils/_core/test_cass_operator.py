"""cass-operator alone: what is taken out of what upstream renders for both."""

from __future__ import annotations

from typing import Any

import pytest

from plugins.module_utils._core.cass_operator import operator_left_out, without_k8ssandra_operator
from plugins.module_utils._core.errors import SpecError
from plugins.module_utils._core.objects import Object


def _body(kind: str, name: str, **more: Any) -> Object:
    return {"apiVersion": "v1", "kind": kind, "metadata": {"name": name}, **more}


def _deployment(name: str, image: str) -> Object:
    return _body("Deployment", name, spec={"template": {"spec": {"containers": [{"name": "manager", "image": image}]}}})


def _definition(plural: str, group: str) -> Object:
    return _body("CustomResourceDefinition", f"{plural}.{group}", spec={"group": group})


KEPT = [
    _body("Namespace", "k8ssandra-operator"),
    _definition("cassandradatacenters", "cassandra.datastax.com"),
    _definition("cassandratasks", "control.k8ssandra.io"),
    _definition("k8ssandraclusters", "k8ssandra.io"),
    _body("ServiceAccount", "cass-operator-controller-manager"),
    _body("ConfigMap", "cass-operator-manager-config"),
    _body("NetworkPolicy", "of-the-user"),
    _deployment("cass-operator-controller-manager", "cr.k8ssandra.io/k8ssandra/cass-operator:v1.28.0"),
]
LEFT_OUT = [
    _definition("clientconfigs", "config.k8ssandra.io"),
    _definition("k8ssandratasks", "control.k8ssandra.io"),
    _definition("medusatasks", "medusa.k8ssandra.io"),
    _body("ServiceAccount", "k8ssandra-operator"),
    _body("Role", "leader-election-role"),
    _body("ConfigMap", "manager-config"),
    _body("MutatingWebhookConfiguration", "k8ssandra-operator-mutating-webhook-configuration"),
    _deployment("k8ssandra-operator", "cr.k8ssandra.io/k8ssandra/k8ssandra-operator:v1.26.0"),
]


def test_what_is_k8ssandra_operators_goes_and_all_else_stays() -> None:
    kept = without_k8ssandra_operator([*LEFT_OUT, *KEPT])
    assert list(kept) == KEPT
    assert operator_left_out([*LEFT_OUT, *KEPT], kept) == (LEFT_OUT[-1],)


def test_a_base_that_renames_it_is_refused() -> None:
    with pytest.raises(SpecError, match="upstream's names"):
        without_k8ssandra_operator([_deployment("our-operator", "docker.io/k8ssandra/k8ssandra-operator:v1.26.0")])
