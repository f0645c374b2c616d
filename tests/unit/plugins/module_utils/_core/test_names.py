# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from plugins.module_utils._core import names

# Verified against Go: reference C.1, and upstream's own tests.
CLEANED = [
    ("E2E Test Cluster", "e2etestcluster", "E2ETestCluster"),
    ("Not K8s_Compliant", "notk8s-compliant", "NotK8s_Compliant"),
    ("1abc", "abc", "1abc"),
    ("a.b", "ab", "a.b"),
    ("dc1-", "dc1", "dc1"),
    ("dc1", "dc1", "dc1"),
    ("D_C-1", "d-c-1", "D_C-1"),
    ("123", "", "123"),
    ("", "", ""),
    ("a" * 70, "a" * 70, "a" * 70),
]


@pytest.mark.parametrize(("name", "in_names", "in_labels"), CLEANED, ids=[repr(row[0][:20]) for row in CLEANED])
def test_a_name_is_cleaned_as_upstream_does(name, in_names, in_labels):
    assert names.clean_for_kubernetes(name) == in_names
    assert names.clean_label_value(name) == in_labels


@pytest.mark.parametrize(("rack", "cleaned"), [("rack1", "rack1"), ("1a", "1a"), ("Rack_A", "rack-a"), ("r.1", "r.1"), ("r1-", "r1")])
def test_a_rack_keeps_digits_and_dots(rack, cleaned):
    assert names.clean_subdomain(rack) == cleaned


@pytest.mark.parametrize(
    ("name", "is_label"),
    [("dc1", True), ("d", True), ("d-c", True), ("a" * 63, True), ("a" * 64, False), ("1dc", False), ("DC1", False), ("dc1-", False),
     ("d.c", False), ("dc1\n", False), ("", False)],
)
def test_a_label_is_what_kubernetes_calls_one(name, is_label):
    assert names.is_dns1035_label(name) is is_label


def test_names_of_objects_follow_the_cleaned_cluster():
    assert names.statefulset_name("E2E Test Cluster", "dc1", "Rack_1") == "e2etestcluster-dc1-rack-1-sts"
    assert names.statefulset_name("demo", "dc1") == "demo-dc1-default-sts"
    assert names.superuser_secret_name("E2E Test Cluster") == "e2etestcluster-superuser"
    assert names.superuser_secret_name("demo", "mine") == "mine"
    assert names.service_names("demo", "dc1") == (
        "demo-seed-service", "demo-dc1-service", "demo-dc1-additional-seed-service", "demo-dc1-all-pods-service",
        "demo-dc1-node-port-service",
    )


CONTEXTS = [
    "arn:aws:eks:eu-west-1:123456789012:cluster/prod", "arn:aws:eks:eu-west-1:123456789012:cluster/prod-2", "admin@prod.example.com",
    "admin_prod.example.com", "gke_project_europe-west1_prod", "Prod", "prod", "PROD", "do-fra1-prod", "kind-k8ssandra-0", "1prod", "üni",
    "", "123", "a" * 50, "a" * 51, "a" * 60, "prod-0a1b2c3d", "x" * 200,
]


@pytest.mark.parametrize("context", CONTEXTS)
def test_a_client_config_is_named_by_a_short_label(context):
    name = names.client_config_name(context)
    assert names.is_dns1035_label(name)
    assert len(name) <= 50
    assert name == names.client_config_name(context)


@pytest.mark.parametrize("context", ["prod", "do-fra1-prod", "kind-k8ssandra-0", "a" * 50])
def test_a_context_that_is_a_good_name_keeps_it(context):
    assert names.client_config_name(context) == context


def test_two_contexts_never_share_a_client_config():
    assert len({names.client_config_name(context) for context in CONTEXTS}) == len(CONTEXTS)
    made = names.client_config_name("Prod")
    assert names.client_config_name(made) != made


def test_a_client_config_can_be_recognised():
    assert names.client_config_name("arn:aws:eks:eu-west-1:123456789012:cluster/prod").startswith("arn-aws-eks-eu-west-1-")
    assert names.client_config_name("admin@prod.example.com").startswith("admin-prod-example-com-")
