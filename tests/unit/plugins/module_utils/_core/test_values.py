# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The values of the operators' chart."""

from __future__ import annotations

from typing import Any

import pytest

from plugins.module_utils._core.installation import IMAGES_ANNOTATION, Installation
from plugins.module_utils._core.values import merged, secret_values, values_of


def values(*, cluster_scoped: bool = False, **wish: Any) -> dict[str, Any]:
    return values_of(Installation("ns", True, **wish), cluster_scoped=cluster_scoped)


def test_without_settings_only_what_is_ours_is_set() -> None:
    assert values() == {
        "controlPlane": True,
        "disableCrdUpgraderJob": True,
        "global": {"clusterScoped": False},
        "cass-operator": {"disableCertManagerCheck": True, "disableCrdUpgraderJob": True},
    }


def test_what_the_operators_watch() -> None:
    assert values(cluster_scoped=True)["global"] == {"clusterScoped": True}
    assert values(watch_namespaces=["ns", "a"])["global"] == {"clusterScoped": True, "watchNamespaces": ["ns", "a"]}


def test_settings_of_pods_reach_both_operators() -> None:
    wish = {
        "resources": {"limits": {"memory": "1Gi"}},
        "node_selector": {"a": "b"},
        "tolerations": [{"key": "c"}],
        "image_pull_secrets": ["s"],
    }
    both = values(**wish)
    for chart in (both, both["cass-operator"]):
        assert chart["resources"] == wish["resources"]
        assert chart["nodeSelector"] == {"a": "b"}
        assert chart["tolerations"] == [{"key": "c"}]
        assert chart["imagePullSecrets"] == [{"name": "s"}]
        assert set(chart["podAnnotations"]) == {IMAGES_ANNOTATION}
    assert both["global"]["imageConfig"] == {"overrides": {"pullSecrets": ["s"]}}


def test_a_registry_reaches_every_image() -> None:
    found = values(image_registry="here")
    assert found["image"] == found["cass-operator"]["image"] == {"registry": "here", "registryOverride": "here"}
    assert found["client"] == {"image": {"registry": "here"}}
    assert found["global"]["imageConfig"] == {"overrides": {"registry": "here"}}


@pytest.mark.parametrize(
    ("theirs", "result"),
    [
        ({}, {"a": {"b": 1, "c": [1]}}),
        ({"a": {"b": 2}}, {"a": {"b": 2, "c": [1]}}),
        ({"a": {"c": [2]}, "d": 1}, {"a": {"b": 1, "c": [2]}, "d": 1}),
        ({"a": None}, {"a": None}),
    ],
)
def test_the_users_values_are_merged_over_ours(theirs: dict[str, Any], result: dict[str, Any]) -> None:
    assert merged({"a": {"b": 1, "c": [1]}}, theirs) == result


def test_secrets_among_values_are_known() -> None:
    given = {"auth": {"password": "hunter2"}, "env": [{"name": "API_TOKEN", "value": "abcd-efgh"}], "image": {"tag": "v1.26.0"}}
    assert secret_values(given) == {"hunter2", "abcd-efgh"}
