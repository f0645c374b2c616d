# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which Secrets a cluster needs, and what their copies look like."""

from __future__ import annotations

from typing import Any

import pytest

from plugins.module_utils._core.distribution.secrets import agreed_data, data_of, is_orphan, secret_copy, secret_names
from plugins.module_utils._core.errors import SpecError
from plugins.module_utils._core.plan import plan_presence
from plugins.module_utils._core.redact import MASK, redact
from tests.unit.plugins.module_utils._core.definitions import good

NAMES = {
    "a cluster": ({}, ["demo-superuser"]),
    "a cluster whose name upstream cleans": ({"spec.cassandra.clusterName": "E2E Test Cluster"}, ["e2etestcluster-superuser"]),
    "a superuser of one's own": ({"spec.cassandra.superuserSecretRef": {"name": "mine"}}, ["mine"]),
    "without authentication": ({"spec.auth": False, "spec.reaper": {}}, ["demo-superuser"]),
    "external secrets": ({"spec.secretsProvider": "external", "spec.reaper": {}, "spec.medusa": {}}, []),
    "Reaper": ({"spec.reaper": {}}, ["demo-superuser", "demo-reaper", "demo-reaper-ui"]),
    "Reaper without a log-in": ({"spec.reaper": {"uiUserSecretRef": {"name": ""}}}, ["demo-superuser", "demo-reaper"]),
    "a Reaper elsewhere": ({"spec.reaper": {"reaperRef": {"name": "central"}}}, ["demo-superuser"]),
    "Medusa": ({"spec.medusa": {}}, ["demo-superuser", "demo-medusa"]),
    "one user for both": (
        {"spec.medusa": {"cassandraUserSecretRef": {"name": "both"}}, "spec.cassandra.superuserSecretRef": {"name": "both"}}, ["both"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", NAMES)
def test_these_secrets_are_needed(case: str) -> None:
    changes, names = NAMES[case]
    assert list(secret_names(good(**changes))) == names


def _copy(**more: Any) -> dict[str, Any]:
    return secret_copy(good(), "demo-superuser", "ns", data_of("demo-superuser", "pw-1"), **more)


def test_a_copy_has_the_labels_and_the_hash_of_upstreams_copy() -> None:
    body = _copy()
    assert body["metadata"]["labels"] == {
        "k8ssandra.io/replicated-by": "k8ssandracluster-controller",
        "k8ssandra.io/cluster-name": "demo",
        "k8ssandra.io/cluster-namespace": "k8ssandra",
    }
    assert body["metadata"]["annotations"] == {"k8ssandra.io/resource-hash": "/7jpIQtK5xfXrJJxkGfJ7uu0z5HPDwC8/1QjuffOaok="}


def test_common_labels_are_on_a_generated_secret_and_not_on_one_of_somebody_elses() -> None:
    definition = good(**{"spec.cassandra.metadata": {"commonLabels": {"team": "a"}}})
    generated, theirs = (secret_copy(definition, "s", "ns", {}, orphan=orphan) for orphan in (False, True))
    assert generated["metadata"]["labels"]["team"] == "a"
    assert "team" not in theirs["metadata"]["labels"]
    assert theirs["metadata"]["annotations"]["replicatedresource.k8ssandra.io/orphan"] == "true"


def test_nobody_chooses_between_two_passwords() -> None:
    copies = [(context, {"data": {"password": password}}) for context, password in (("east", "YQ=="), ("west", "Yg=="))]
    assert agreed_data("s", copies[:1] * 2) == {"password": "YQ=="}
    assert agreed_data("s", []) is None
    with pytest.raises(SpecError, match="not the same in east and in west") as refused:
        agreed_data("s", copies)
    assert "Yg==" not in str(refused.value)


def test_a_secret_that_somebody_else_made_outlives_the_cluster() -> None:
    assert is_orphan(good(), [("east", {"metadata": {"name": "s"}})])
    assert is_orphan(good(), [("east", _copy()), ("west", _copy(orphan=True))])
    assert not is_orphan(good(), [("east", _copy())])
    assert not is_orphan(good(), [])


def test_neither_the_password_nor_its_hash_is_shown() -> None:
    shown = redact(_copy())
    assert shown["metadata"]["annotations"] == {"k8ssandra.io/resource-hash": MASK}
    plan = plan_presence("east", [_copy()], {})
    other = plan_presence("east", [secret_copy(good(), "demo-superuser", "ns", data_of("demo-superuser", "pw-2"))], {})
    assert plan.describe() == other.describe()
