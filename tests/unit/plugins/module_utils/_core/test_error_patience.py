from __future__ import annotations

import pytest

from plugins.module_utils._core.error_patience import ErrorPatience

FINAL = [
    'admission webhook "vcassandradatacenter.kb.io" denied the request: attempted to change racks',
    "No known client for context-name nowhere",
    "invalid Cassandra config: tried to change num_tokens in an existing datacenter",
    'StatefulSet.apps "x" is invalid: spec: Forbidden: updates to statefulset spec',
    "CassandraDatacenter x has cluster name a, but expected b. Cluster name cannot be changed in an existing cluster",
    "cannot add a datacenter in stopped state to an existing cluster",
]
TRANSIENT = [
    "None",
    "",
    "dial tcp 10.0.0.1:6443: connect: connection refused",
    'failed calling webhook "v.kb.io": Post "https://x": no endpoints available for service "webhook"',
    "Operation cannot be fulfilled on k8ssandraclusters: the object has been modified",
    "no pods in READY state found in datacenter dc1",
    "something that nobody knows",
]


@pytest.mark.parametrize("error", FINAL)
def test_an_error_that_cannot_mend_itself_is_hopeless_once_it_has_stood(error: str) -> None:
    patience = ErrorPatience().look(error, 100).look(error, 159)
    assert not patience.hopeless
    assert patience.look(error, 160).hopeless
    assert patience.advice


@pytest.mark.parametrize("error", TRANSIENT)
def test_an_error_that_may_mend_itself_is_never_hopeless(error: str) -> None:
    assert not ErrorPatience().look(error, 0).look(error, 100_000).hopeless


def test_another_error_begins_anew() -> None:
    assert not ErrorPatience().look(FINAL[0], 0).look(FINAL[1], 50).look(FINAL[1], 100).hopeless


def test_an_error_that_went_away_begins_anew() -> None:
    assert not ErrorPatience().look(FINAL[0], 0).look("None", 50).look(FINAL[0], 100).hopeless
