# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
from copy import deepcopy
from datetime import date

import pytest

from plugins.module_utils._core.cluster import Datacenter, assemble_cluster, parse_cluster
from plugins.module_utils._core.errors import SpecError

from .definitions import GONE, good, wish

DC1 = "definition.spec.cassandra.datacenters[0]"


class Tagged(str):
    """Stands for the subclasses of str that ansible-core gives to modules and action plugins."""


def test_a_wish_knows_where_each_datacenter_goes():
    parsed = wish(**{"dc2.metadata.namespace": "other", "dc2.datacenterName": "Real DC2", "dc2.stopped": True, "dc1.k8sContext": GONE})
    assert parsed.datacenters == (
        Datacenter("dc1", "", "k8ssandra", "dc1", 3, False, DC1),
        Datacenter("dc2", "west", "other", "Real DC2", 3, True, "definition.spec.cassandra.datacenters[1]"),
    )
    assert (parsed.name, parsed.namespace, parsed.cassandra_name) == ("demo", "k8ssandra", "demo")


def test_a_wish_knows_which_addons_it_has():
    none = wish()
    assert (none.wants_reaper, none.wants_stargate, none.wants_medusa) == (False, False, False)
    every = wish(**{"spec.reaper": {}, "dc2.stargate": {"size": 1}, "spec.medusa": {}})
    assert (every.wants_reaper, every.wants_stargate, every.wants_medusa) == (True, True, True)
    assert not wish(**{"spec.reaper": {"reaperRef": {"name": "shared"}}}).wants_reaper
    assert wish(**{"spec.cassandra.clusterName": "E2E Test Cluster"}).cassandra_name == "E2E Test Cluster"


def test_the_kind_and_the_namespace_are_filled_in():
    definition = good(apiVersion=GONE, kind=GONE, **{"metadata.namespace": GONE})
    body = parse_cluster(definition, namespace="k8ssandra").definition
    assert (body["apiVersion"], body["kind"]) == ("k8ssandra.io/v1alpha1", "K8ssandraCluster")
    assert body["metadata"] == {"name": "demo", "namespace": "k8ssandra"}


def test_what_servers_set_is_left_out():
    body = wish(
        status={"error": "None"},
        **{
            "metadata.uid": "1", "metadata.resourceVersion": "2", "metadata.generation": 3,
            "metadata.creationTimestamp": date(2026, 1, 1).isoformat(),
            "metadata.managedFields": [{}], "metadata.finalizers": ["k8ssandracluster.k8ssandra.io/finalizer"],
            "metadata.annotations": {"kubectl.kubernetes.io/last-applied-configuration": "{}"}, "metadata.labels": {"team": "db"},
        },
    ).definition
    assert "status" not in body
    assert body["metadata"] == {"name": "demo", "namespace": "k8ssandra", "labels": {"team": "db"}}


def test_the_definition_is_a_plain_copy():
    definition = good(**{"metadata.name": Tagged("demo"), "metadata.labels": {Tagged("a"): Tagged("b")}, "dc1.tolerations": ({},)})
    before = deepcopy(definition)
    body = parse_cluster(definition).definition
    assert definition == before
    assert json.loads(json.dumps(body)) == body
    assert body["metadata"]["name"].__class__ is str
    assert [(key.__class__, value.__class__) for key, value in body["metadata"]["labels"].items()] == [(str, str)]
    body["spec"]["cassandra"]["datacenters"][0]["size"] = 9
    assert definition == before


def test_nulls_go_except_in_free_form_settings():
    spec = wish(**{"spec.reaper": None, "dc1.config": {"cassandraYaml": {"a": None}, "jvmOptions": {"gc": None}}}).spec
    assert "reaper" not in spec
    assert spec["cassandra"]["datacenters"][0]["config"] == {"cassandraYaml": {"a": None}, "jvmOptions": {}}


BAD = {
    "a text, as when a file is not YAML": ("hello", "definition", 'the text "hello", not a mapping'),
    "nothing": (None, "definition", "not a mapping"),
    "a list of objects": ([good()], "definition", "is a list, not a mapping"),
    "no name": (good(**{"metadata.name": GONE}), "definition.metadata.name", "is missing"),
    "no metadata": (good(metadata=GONE), "definition.metadata.name", "is missing"),
    "no namespace": (good(**{"metadata.namespace": GONE}), "definition.metadata.namespace", "is missing"),
    "no spec": (good(spec=GONE), "definition.spec.cassandra", "is missing"),
    "no Cassandra": (good(**{"spec.cassandra": None}), "definition.spec.cassandra", "is missing"),
    "a date, which YAML makes of 2026-01-01": (
        good(**{"dc1.config": {"cassandraYaml": {"d": date(2026, 1, 1)}}}),
        f"{DC1}.config.cassandraYaml.d",
        "put it in quotes",
    ),
    "a key that is a number": (good(**{"dc1.config": {"cassandraYaml": {1: "a"}}}), f"{DC1}.config.cassandraYaml", "the number 1"),
    "infinity": (good(**{"dc1.config": {"cassandraYaml": {"a": float("inf")}}}), f"{DC1}.config.cassandraYaml.a", "cannot store"),
}


@pytest.mark.parametrize(("definition", "path", "fragment"), BAD.values(), ids=BAD)
def test_refuses_as_a_definition(definition, path, fragment):
    with pytest.raises(SpecError) as refused:
        parse_cluster(definition)
    assert refused.value.path == path
    assert fragment in refused.value.message


def test_two_namespaces_that_differ_are_refused():
    with pytest.raises(SpecError, match="is k8ssandra, but namespace is other"):
        parse_cluster(good(), namespace="other")
    assert parse_cluster(good(), namespace="k8ssandra").namespace == "k8ssandra"


def parts(**changes):
    spec = good()["spec"]
    spec["cassandra"]["datacenters"] = [{"metadata": {"name": "dc1"}, "size": 1}]
    return {"name": "demo", "namespace": "k8ssandra", "spec": spec, "datacenters": [{"metadata": {"name": "dc2"}, "size": 1}], **changes}


def test_datacenters_of_the_hosts_follow_those_of_the_spec():
    given = parts()
    before = deepcopy(given)
    parsed = parse_cluster(assemble_cluster(given), path="")
    assert [datacenter.name for datacenter in parsed.datacenters] == ["dc1", "dc2"]
    assert parsed.datacenters[1].path == "spec.cassandra.datacenters[1]"
    assert given == before
    only = parts(spec={"cassandra": {"serverVersion": "4.1.8"}})
    assert [datacenter.name for datacenter in parse_cluster(assemble_cluster(only), path="").datacenters] == ["dc2"]


BAD_PARTS = {
    "a part that is not one": ({"datacentres": []}, "datacentres", "did you mean datacenters?"),
    "a datacenter that the spec has as well": (
        {"datacenters": [{"metadata": {"name": "dc1"}, "size": 1}]}, "datacenters[0].metadata.name",
        "already at spec.cassandra.datacenters[0]"),
    "a datacenter that two hosts have": (
        {"datacenters": [{"metadata": {"name": "dc3"}, "size": 1}] * 2}, "datacenters[1].metadata.name", "already at datacenters[0]"),
    "a wrong type in a host's datacenter": (
        {"datacenters": [{"metadata": {"name": "dc2"}, "size": "1"}]}, "datacenters[0].size", "whole number"),
    "a datacenter that is not in a list": ({"datacenters": {"metadata": {"name": "dc2"}}}, "datacenters", "must be a list"),
    "a spec that is a text": ({"spec": "x"}, "spec", "must be a mapping"),
    "a Cassandra that is a list": ({"spec": {"cassandra": []}}, "spec.cassandra", "must be a mapping"),
    "datacenters of the spec that are a mapping": (
        {"spec": {"cassandra": {"datacenters": {}}}}, "spec.cassandra.datacenters", "must be a list"),
    "no name": ({"name": None}, "name", "is missing"),
    "no namespace": ({"namespace": None}, "namespace", "is missing"),
}


@pytest.mark.parametrize(("changes", "path", "fragment"), BAD_PARTS.values(), ids=BAD_PARTS)
def test_refuses_as_parts(changes, path, fragment):
    with pytest.raises(SpecError) as refused:
        parse_cluster(assemble_cluster(parts(**changes)), path="")
    assert refused.value.path == path
    assert fragment in refused.value.message
