# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whose a cluster is, and what its record says."""

from __future__ import annotations

import json

import pytest

from plugins.module_utils._core.distribution.ownership import (
    Record,
    all_places,
    as_cluster,
    check_masters,
    check_no_record,
    record_body,
    record_of,
    recorded,
)
from plugins.module_utils._core.errors import SpecError
from plugins.module_utils._core.fingerprint import digest_of
from tests.unit.plugins.module_utils._core.definitions import GONE, good

KEPT = recorded(good(**{"spec.cassandra.datacenters.0.k8sContext": GONE}), "hub")


def test_a_record_names_every_context_and_holds_no_password() -> None:
    definition = good(**{"spec.cassandra.config": {"jvmOptions": {"additionalOptions": ["-Djavax.net.ssl.keyStorePassword=hidden"]}}})
    assert "hidden" not in str(recorded(definition, "hub"))
    assert [entry["k8sContext"] for entry in KEPT["spec"]["cassandra"]["datacenters"]] == ["hub", "west"]


def test_a_record_is_read_as_it_was_written() -> None:
    leaving = ({"metadata": {"name": "dc0"}, "size": 1, "k8sContext": "west"},)
    for record in (Record(KEPT, "digest", ("dc1", "dc2"), leaving), Record(KEPT, "digest", dropped=("Reaper", "Medusa"), lost=("Data Center 2",))):
        assert record_of(record_body(record, "ns")) == record
    assert record_of({}) is None


WHOLE = record_body(Record(KEPT), "ns")["data"]


BROKEN = ["", "{", "null", "[]", "{}", "3", '{"spec": null}', '{"spec": {"cassandra": {"datacenters": [{}]}}}', json.dumps({"spec": KEPT["spec"]})]


@pytest.mark.parametrize("definition", BROKEN)
def test_what_no_run_writes_is_no_record(definition: str) -> None:
    assert record_of({"data": {**WHOLE, "definition": definition}}) is None


@pytest.mark.parametrize("more", [{"leaving": "null"}, {"leaving": '["dc1"]'}, {"lost": "3"}, {"lost": "["}])
def test_a_record_with_a_part_that_no_run_writes_is_none(more: dict[str, str]) -> None:
    assert record_of({"data": {**WHOLE, **more}}) is None


def test_a_cluster_is_what_was_asked_for_and_not_yet_carried_out() -> None:
    done, other = Record(KEPT, digest_of(KEPT)), Record({**KEPT, "spec": {**KEPT["spec"], "auth": False}}, digest_of(KEPT), ("dc2",))
    found = as_cluster([done, other])
    assert found is not None
    assert found["spec"]["auth"] is False
    assert found["metadata"]["annotations"] == {"k8ssandra.io/rebuild-dc": "dc2"}
    assert found["status"]["observedGeneration"] < found["metadata"]["generation"]
    complete = as_cluster([done])
    assert complete is not None
    assert complete["status"]["observedGeneration"] == complete["metadata"]["generation"]
    assert as_cluster([]) is None


def test_a_datacenter_that_leaves_is_in_the_status_and_comes_first() -> None:
    entry = {"metadata": {"name": "dc0", "namespace": "other"}, "size": 1, "k8sContext": "north"}
    found = as_cluster([Record(KEPT, digest_of(KEPT)), Record(KEPT, "", (), (entry,))])
    assert found is not None
    assert found["status"]["datacenters"] == {"dc0": {"contextName": "north", "namespace": "other"}}
    namespace = KEPT["metadata"]["namespace"]
    assert all_places(found) == (("north", "other", "dc0"), ("hub", namespace, "dc1"), ("west", namespace, "dc2"))


MASTERS = {
    "the same name": ({"dc1.k8sContext": "elsewhere", "dc2.k8sContext": "elsewhere"}, True),
    "the same datacenter": ({"metadata.name": "other", "dc2.k8sContext": "elsewhere"}, True),
    "another cluster": ({"metadata.name": "other", "dc1.metadata.name": "x", "dc2.metadata.name": "y"}, False),
    "another context": ({"metadata.name": "other", "dc1.k8sContext": "north", "dc2.k8sContext": "south"}, False),
    "its own context": ({"metadata.name": "other", "dc1.k8sContext": GONE, "dc2.k8sContext": "south"}, True),
}


@pytest.mark.parametrize("case", MASTERS)
def test_an_operators_cluster_with(case: str) -> None:
    changes, refused = MASTERS[case]
    others = {"east": [good(**changes)]}
    if not refused:
        check_masters(good(), "hub", others)
        return
    with pytest.raises(SpecError, match="in context east is distributed by the operator there"):
        check_masters(good(), "hub", others)


def test_a_record_keeps_an_operator_away() -> None:
    check_no_record("demo", "k8ssandra", {"east": []})
    with pytest.raises(SpecError, match="ConfigMap ns/demo-control-plane in context east"):
        check_no_record("demo", "k8ssandra", {"east": [record_body(Record(KEPT), "ns")]})
