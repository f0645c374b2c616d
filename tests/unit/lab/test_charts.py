"""The charts' repository and registry, as Helm asks them; the stand-in charts, as far as they can be read without Helm."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from pathlib import Path

import pytest

from tests.lab.charts import cert_manager, making, serving
from tests.lab.steps import LabError


def _packed(folder: Path, version: str, about: str = "Chart.yaml") -> Path:
    archive = folder / f"k8ssandra-operator-{version}.tgz"
    files = {f"k8ssandra-operator/{about}": f'apiVersion: v2\nname: k8ssandra-operator\nversion: "{version}"\n'}
    files["k8ssandra-operator/charts/cass-operator/Chart.yaml"] = "name: cass-operator\nversion: 0.60.0\n"
    with tarfile.open(archive, "w:gz") as opened:
        for name, text in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(text)
            opened.addfile(member, io.BytesIO(text.encode()))
    return archive


@pytest.fixture
def index(tmp_path: Path) -> Path:
    path = tmp_path / "index.yaml"
    path.write_text("apiVersion: v1\n")
    return path


def test_the_repository_has_its_index_and_every_archive(tmp_path: Path, index: Path) -> None:
    archives = [_packed(tmp_path, version) for version in ("1.20.0", "1.26.0")]
    found = serving.answers(archives, index)
    assert found["/index.yaml"].content == b"apiVersion: v1\n"
    for archive in archives:
        assert found[f"/{archive.name}"].content == archive.read_bytes()


def test_the_registry_leads_from_a_tag_to_the_archive(tmp_path: Path, index: Path) -> None:
    archive = _packed(tmp_path, "1.26.0")
    found = serving.answers([archive], index)
    manifest = found["/v2/charts/k8ssandra-operator/manifests/1.26.0"].content
    assert found[f"/v2/charts/k8ssandra-operator/manifests/sha256:{hashlib.sha256(manifest).hexdigest()}"].content == manifest
    described = json.loads(manifest)
    blobs = {each["mediaType"]: found[f"/v2/charts/k8ssandra-operator/blobs/{each['digest']}"] for each in described["layers"]}
    assert blobs["application/vnd.cncf.helm.chart.content.v1.tar+gzip"].content == archive.read_bytes()
    config = json.loads(found[f"/v2/charts/k8ssandra-operator/blobs/{described['config']['digest']}"].content)
    assert (config["name"], config["version"]) == ("k8ssandra-operator", "1.26.0")


def test_the_registry_lists_the_tags_of_a_chart(tmp_path: Path, index: Path) -> None:
    found = serving.answers([_packed(tmp_path, version) for version in ("1.26.0+lab", "1.20.0")], index)
    assert json.loads(found["/v2/charts/k8ssandra-operator/tags/list"].content)["tags"] == ["1.20.0", "1.26.0_lab"]


def test_an_archive_that_is_no_chart_is_named(tmp_path: Path, index: Path) -> None:
    archive = _packed(tmp_path, "1.26.0", about="README.md")
    with pytest.raises(LabError, match=f"{archive} has no Chart.yaml"):
        serving.answers([archive], index)


def test_a_stand_in_gets_its_version_and_its_image(tmp_path: Path) -> None:
    marks = {"VERSION": "0.60.0", "CASS_OPERATOR": "v1.28.0", "REGISTRY": "docker.io"}
    making._stand_in("cass-operator", tmp_path / "cass-operator", marks)
    assert 'version: "0.60.0"' in (tmp_path / "cass-operator/Chart.yaml").read_text()
    values = (tmp_path / "cass-operator/values.yaml").read_text()
    assert 'tag: "v1.28.0"' in values
    assert 'registry: "docker.io"' in values
    assert "@" not in values
    templates = {path.suffix for path in (tmp_path / "cass-operator/templates").iterdir()}
    assert templates == {".tpl", ".yaml"}


def test_the_static_manifest_begins_with_the_namespace_and_the_kinds() -> None:
    rendered = "---\n# Source: a\nkind: ServiceAccount\n---\n# Source: b\nkind: CustomResourceDefinition\n---\nkind: Deployment\n"
    ordered = cert_manager.in_order("kind: Namespace\n", rendered)
    kinds = [line.removeprefix("kind: ") for line in ordered.splitlines() if line.startswith("kind: ")]
    assert kinds == ["Namespace", "CustomResourceDefinition", "ServiceAccount", "Deployment"]
    assert ordered.count("---\n") == len(kinds)
