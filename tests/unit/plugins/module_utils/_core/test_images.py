# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where images come from."""

from __future__ import annotations

from typing import Any

import pytest

from plugins.module_utils._core.images import configure, containers_of, from_registry, strays

OURS = "here:5000/mirror"
V1 = {"apiVersion": "config.k8ssandra.io/v1beta1", "images": {"system-logger": "k8ssandra/system-logger:v1"}}
V2 = {"apiVersion": "config.k8ssandra.io/v1beta2", "images": {"system-logger": {"name": "system-logger"}}, "defaults": {"registry": "docker.io"}}


@pytest.mark.parametrize(
    ("image", "moved"),
    [
        ("cr.k8ssandra.io/k8ssandra/k8ssandra-operator:v1", f"{OURS}/k8ssandra/k8ssandra-operator:v1"),
        ("k8ssandra/cass-operator:v1", f"{OURS}/k8ssandra/cass-operator:v1"),
        ("localhost/one:v1", f"{OURS}/one:v1"),
        ("other:5000/one@sha256:12", f"{OURS}/one@sha256:12"),
        ("busybox", f"{OURS}/busybox"),
        (f"{OURS}/k8ssandra/cass-operator:v1", f"{OURS}/k8ssandra/cass-operator:v1"),
    ],
)
def test_the_same_image_out_of_another_registry(image: str, moved: str) -> None:
    assert from_registry(image, OURS) == moved


CONFIGURED = {
    "one registry, old": (V1, ("r", []), {"imageRegistry": "r"}),
    "old holds one secret": (V1, ("", ["a", "b"]), {"imagePullSecret": {"name": "a"}}),
    "new": (V2, ("r", ["a", "b"]), {"overrides": {"registry": "r", "pullSecrets": ["a", "b"]}}),
    "new keeps other overrides": (
        {**V2, "overrides": {"repository": "x"}}, ("r", []), {"overrides": {"repository": "x", "registry": "r"}},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("config", "asked", "more"), CONFIGURED.values(), ids=CONFIGURED)
def test_an_image_configuration_with(config: dict[str, Any], asked: tuple[str, list[str]], more: dict[str, Any]) -> None:
    assert configure(config, *asked) == {**config, **more}


@pytest.mark.parametrize(
    ("config", "stray"),
    [
        (V1, True),
        ({**V1, "imageRegistry": "r"}, False),
        (V2, True),
        ({**V2, "overrides": {"registry": "r"}}, False),
        ({**V2, "overrides": {"registry": "other"}}, True),
        ({**V2, "defaults": {"registry": "r"}}, False),
        ({**V2, "defaults": {"registry": "r"}, "types": {"cassandra": {"registry": "docker.io"}}}, True),
    ],
)
def test_a_configuration_strays_when_one_image_does(config: dict[str, Any], stray: bool) -> None:
    assert strays(config, "r") is stray


def test_containers_are_found_wherever_pods_are_made() -> None:
    pods = {"initContainers": [{"name": "a"}], "containers": [{"name": "b"}]}
    job = {"spec": {"template": {"spec": pods}}}
    for body in ({"kind": "Pod", "spec": pods}, {"kind": "Job", **job}, {"kind": "CronJob", "spec": {"jobTemplate": job}}):
        assert [container["name"] for container in containers_of(body)] == ["a", "b"]
    for body in ({"kind": "ConfigMap"}, {"kind": "Certificate", "spec": {"dnsNames": []}}):
        assert not list(containers_of(body))
