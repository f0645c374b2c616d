# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The list of images, from what is rendered to a file."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from plugins.module_utils._module import image_sources
from plugins.module_utils._module.image_list import list_images
from plugins.module_utils._module.run import Call, run
from tests.unit import build
from tests.unit.plugins.module_utils._core.test_cluster_images import CONFIG

OPTIONS: dict[str, Any] = {
    "kubeconfig": "k", "context": "hub", "cluster_uid": None, "contexts": [], "namespace": "ns", "cluster": None, "kustomize": "/base",
    "kustomize_binary": None, "chart": None, "cluster_scoped": False, "cert_manager_manifest": None, "cert_manager_chart": None,
    "helm_binary": None, "image_registry": "", "file": None,
}  # fmt: skip
CLAIM = {"storageClassName": "s", "accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
CASSANDRA = {"serverVersion": "5.0.5", "storageConfig": {"cassandraDataVolumeClaimSpec": CLAIM}}
DC1 = [{"name": "east", "datacenters": [{"metadata": {"name": "dc1"}, "size": 1}]}]


def _rendered(version: str) -> list[dict[str, Any]]:
    operator = build.operator()
    operator["spec"]["template"]["spec"]["containers"][0]["image"] = f"cr.k8ssandra.io/k8ssandra/k8ssandra-operator:{version}"
    labels = {"k8ssandra.io/config": "image"}
    config = build.body("ConfigMap", "v1", "images", labels=labels, data={"image_config.yaml": json.dumps(CONFIG)})
    return [operator, config]


class Rendering:
    """A base that renders the operators, and how often it was asked."""

    def __init__(self, version: str = "v1.26.0") -> None:
        self.bodies = _rendered(version)
        self.bases: list[str] = []
        self.warned: list[str] = []

    def __call__(self, base: str, binary: str | None) -> list[dict[str, Any]]:
        self.bases.append(base)
        return self.bodies

    def run(self, *, check_mode: bool = False, **options: Any) -> dict[str, Any]:
        return run(list_images, Call({**OPTIONS, **options}, check_mode, warn=self.warned.append))


@pytest.fixture
def rendering(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Rendering]:
    def make(version: str = "v1.26.0") -> Rendering:
        made = Rendering(version)
        monkeypatch.setattr(image_sources, "render", made)
        return made

    return make


def _names(result: dict[str, Any], key: str = "name") -> list[str]:
    return [image[key] for image in result["images"]]


def test_a_cluster_in_one_context_renders_a_control_plane_alone(rendering: Callable[..., Rendering]) -> None:
    made = rendering()
    made.run(kustomize="/srv/deployments")
    assert made.bases == ["/srv/deployments/control-plane"]
    made.run(kustomize="/srv/deployments", contexts=[{"name": "hub"}, {"name": "east"}])
    assert made.bases[1:] == ["/srv/deployments/control-plane", "/srv/deployments/data-plane"]


def test_the_registry_reaches_what_is_rendered_configured_and_compiled_in(rendering: Callable[..., Rendering]) -> None:
    spec = {"cassandra": CASSANDRA, "reaper": {}}
    made = rendering()
    result = made.run(cluster={"name": "demo", "spec": spec}, contexts=DC1, image_registry="own.x/m")
    assert _names(result) == [
        "cr.k8ssandra.io/k8ssandra/k8ssandra-operator:v1.26.0", "docker.io/k8ssandra/cass-management-api:5.0.5-ubi",
        "docker.io/k8ssandra/k8ssandra-client:v0.8.3", "docker.io/k8ssandra/system-logger:v1.28.0",
        "docker.io/thelastpickle/cassandra-reaper:4.0.0-rc1",
    ]  # fmt: skip
    assert _names(result, "target") == [f"own.x/m/{name.partition('/')[2]}" for name in _names(result)]
    assert not [warning for warning in made.warned if "does not come from" in warning]


@pytest.mark.parametrize(("version", "warned"), [("v1.26.0", False), ("v1.31.0", True)])
def test_names_of_an_unknown_version_are_a_guess_and_say_so(rendering: Callable[..., Rendering], version: str, warned: bool) -> None:
    made = rendering(version)
    made.run(cluster={"name": "demo", "spec": {"cassandra": CASSANDRA, "reaper": {}}}, contexts=DC1)
    assert any(f"k8ssandra-operator {version} names in its own code is not known" in warning for warning in made.warned) == warned


def test_an_unknown_version_that_needs_no_such_name_is_no_guess(rendering: Callable[..., Rendering]) -> None:
    made = rendering("v1.31.0")
    made.run(cluster={"name": "demo", "spec": {"cassandra": CASSANDRA}}, contexts=DC1)
    assert not [warning for warning in made.warned if "not known" in warning]


def test_the_file_is_written_once_and_never_in_a_dry_run(rendering: Callable[..., Rendering], tmp_path: Path) -> None:
    made, file = rendering(), tmp_path / "images.txt"
    assert made.run(file=str(file), check_mode=True)["changed"]
    assert not file.exists()
    assert made.run(file=str(file))["changed"]
    assert file.read_text().splitlines()[0] == "cr.k8ssandra.io/k8ssandra/k8ssandra-operator:v1.26.0"
    assert not made.run(file=str(file))["changed"]
    assert made.run(file=str(file), image_registry="own.x")["changed"]
    assert [path.name for path in tmp_path.iterdir()] == ["images.txt"]


def test_a_base_without_an_image_configuration_is_refused(rendering: Callable[..., Rendering]) -> None:
    made = rendering()
    made.bodies = made.bodies[:1]
    failed = made.run()
    assert "kustomize: has no ConfigMap with image_config.yaml" in failed["msg"]


def test_a_registry_that_is_none_is_refused(rendering: Callable[..., Rendering]) -> None:
    assert "image_registry: is https://own.x" in rendering().run(image_registry="https://own.x")["msg"]


def test_a_definition_that_makes_no_sense_is_refused(rendering: Callable[..., Rendering]) -> None:
    failed = rendering().run(cluster={"name": "demo", "spec": {"cassandra": {"serverVersion": 5}}})
    assert failed["error"]["option"] == "spec.cassandra.serverVersion"


def test_cert_manager_from_a_manifest_is_listed_with_its_solver(rendering: Callable[..., Rendering], tmp_path: Path) -> None:
    manifest = tmp_path / "cert-manager.yaml"
    manifest.write_text("---\n".join(json.dumps(body) + "\n" for body in (build.cert_manager_definition(), build.cert_manager_controller())))
    result = rendering().run(cert_manager_manifest=str(manifest), image_registry="own.x")
    assert "own.x/jetstack/cert-manager-acmesolver:v1.16.1" in _names(result, "target")
    assert "own.x/jetstack/cert-manager-controller:v1.16.1" in _names(result, "target")
