"""Versions told from the files of a Kustomize base."""

from __future__ import annotations

from pathlib import Path

import pytest

from plugins.module_utils._module.wanted_versions import mentioned_versions

BASE = {
    "config/control-plane/kustomization.yaml": "resources: [../default, ../cass]\nnamespace: k8ssandra-operator\n",
    "config/default/kustomization.yaml": """
resources: [../manager]
images: [{name: controller, newName: cr.k8ssandra.io/k8ssandra/k8ssandra-operator, newTag: v1.26.0}]
""",
    "config/manager/kustomization.yaml": """
resources: [manager.yaml]
images: [{name: controller, newName: k8ssandra/k8ssandra-operator, newTag: latest}]
""",
    "config/manager/manager.yaml": "kind: Deployment\nspec: {template: {spec: {containers: [{image: controller}]}}}\n",
    "config/cass/Kustomization": "resources: [all.yaml]\n",
    "config/cass/all.yaml": "kind: Deployment\nspec: {template: {spec: {containers: [{image: 'docker.io/k8ssandra/cass-operator:v1.28.0'}]}}}\n",
    "beside/kustomization.yaml": "images: [{name: k8ssandra-operator, newTag: v9.9.9}]\n",
}
OVER = "overlay/kustomization.yaml"


def _written(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def _told(base: str) -> tuple[list[str], list[str]]:
    found = mentioned_versions(base)
    return sorted(found["k8ssandra-operator"]), sorted(found["cass-operator"])


def test_a_local_base_is_followed_and_what_it_does_not_use_is_not_looked_at(tmp_path: Path) -> None:
    assert _told(str(_written(tmp_path, BASE) / "config/control-plane")) == (["v1.26.0"], ["v1.28.0"])


@pytest.mark.parametrize(
    ("overlay", "told"),
    [
        pytest.param("images: [{name: cr.k8ssandra.io/k8ssandra/k8ssandra-operator, newTag: v1.25.0}]", ["v1.25.0", "v1.26.0"], id="an image"),
        pytest.param("patches: [{patch: '- {op: replace, value: x/k8ssandra-operator:v1.24.0}'}]", ["v1.24.0", "v1.26.0"], id="a patch"),
        pytest.param("images: [{name: k8ssandra-operator, digest: 'sha256:abc'}]", ["sha256:abc", "v1.26.0"], id="a digest"),
        pytest.param("images: [{name: k8ssandra-operator, newName: registry:5000/k8ssandra-operator}]", ["v1.26.0"], id="a registry"),
    ],
)
def test_an_overlay_that_names_another_version_makes_it_uncertain(tmp_path: Path, overlay: str, told: list[str]) -> None:
    _written(tmp_path, {**BASE, OVER: f"resources: [../config/control-plane]\n{overlay}\n"})
    assert _told(str(tmp_path / "overlay"))[0] == told


@pytest.mark.parametrize(
    ("base", "told"),
    [
        ("github.com/k8ssandra/k8ssandra-operator/config/deployments/control-plane?ref=v1.26.0", (["v1.26.0"], [])),
        ("https://github.com/k8ssandra/k8ssandra-operator.git//config?submodules=0&ref=v1.25.0", (["v1.25.0"], [])),
        ("github.com/k8ssandra/k8ssandra-operator/config/deployments/control-plane?ref=main", (["main"], [])),
        ("github.com/me/mine/config", ([], [])),
    ],
)
def test_a_remote_base_names_its_reference(base: str, told: tuple[list[str], list[str]]) -> None:
    assert _told(base) == told


def test_what_is_no_yaml_is_left_to_the_tool_that_renders(tmp_path: Path) -> None:
    _written(tmp_path, {"kustomization.yaml": "resources: [\n"})
    assert _told(str(tmp_path)) == ([], [])
