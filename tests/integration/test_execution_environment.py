"""The execution environment: what `ansible-builder create` and `introspect` make of our files, and what a run finds in the image."""

from __future__ import annotations

import os
import shutil
import subprocess
import sysconfig
import tarfile
from pathlib import Path

import pytest
import yaml

from tests.integration.support.lab import MANIFESTS, ROOT

BIN = ROOT / ".venv" / "bin"
GALAXY = yaml.safe_load((ROOT / "galaxy.yml").read_text())
TARBALL = f"{GALAXY['namespace']}-{GALAXY['name']}-{GALAXY['version']}.tar.gz"
BASE = MANIFESTS / "k8ssandra-operator/config/deployments"


def _run(*command: object, cwd: Path) -> str:
    environment = {**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}"}
    words = [str(word) for word in command]
    done = subprocess.run(words, cwd=cwd, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example project as docs/awx.md has people prepare it."""
    place = tmp_path_factory.mktemp("ee") / "project"
    shutil.copytree(ROOT / "inventories" / "awx", place)
    _run(BIN / "ansible-galaxy", "collection", "build", ROOT, "--output-path", place / "files", cwd=place)
    _run(BIN / "ansible-builder", "create", "-f", "execution-environment.yml", "--output-filename", "Containerfile", cwd=place)
    return place


def test_create_writes_a_build_that_holds_all_that_a_run_needs(project: Path) -> None:
    built = (project / "context" / "Containerfile").read_text()
    for wanted in ("ansible-core>=2.19", "ansible-runner", "render.sh /usr/share/k8ssandra-operator/deployments", "exclude-bindep.txt"):
        assert wanted in built
    assert (project / "context" / "_build" / "files" / TARBALL).is_file()
    named = yaml.safe_load((project / "context" / "_build" / "requirements.yml").read_text())["collections"]
    assert [each["name"] for each in named] == [f"files/{TARBALL}", "kubernetes.core"]
    assert [each["version"] for each in named[1:]] == [GALAXY["dependencies"]["kubernetes.core"]]


def test_introspect_finds_the_python_library_helm_and_kubectl(project: Path) -> None:
    """As the builder does in the image, over both collections as they are installed: ours from the tarball that Galaxy would get."""
    tree = project.parent / "usr" / "ansible_collections"
    (tree / "k8ssandra" / "operator").mkdir(parents=True)
    with tarfile.open(project / "files" / TARBALL) as tarball:
        tarball.extractall(tree / "k8ssandra" / "operator", filter="data")
    (tree / "kubernetes").mkdir()
    (tree / "kubernetes" / "core").symlink_to(Path(sysconfig.get_path("purelib"), "ansible_collections", "kubernetes", "core"))
    excluded = project / "context" / "_build" / "exclude-bindep.txt"
    found = yaml.safe_load(_run(BIN / "ansible-builder", "introspect", tree.parent, "--exclude-bindep-reqs", excluded, cwd=project))
    python, system = ([line.partition("#")[0].strip() for line in found[kind]] for kind in ("python", "system"))
    wanted = [line for line in (ROOT / "requirements.txt").read_text().splitlines() if line.startswith("kubernetes")]
    assert set(wanted) <= set(python)
    assert {"helm [platform:fedora]", "kubernetes1.34-client [platform:fedora]"} <= set(system)
    assert "kubernetes-client [platform:fedora]" not in system


@pytest.mark.parametrize("flavour", ["control-plane", "control-plane/cluster-scope", "data-plane", "data-plane/cluster-scope"])
def test_the_manifests_in_the_image_are_what_upstreams_base_renders(flavour: str, project: Path) -> None:
    image = project.parent / "deployments"
    if not image.exists():
        _run("sh", "files/render.sh", image, BASE, cwd=project)
    assert _run("kubectl", "kustomize", image / flavour, cwd=project) == _run("kubectl", "kustomize", BASE / flavour, cwd=project)


def test_the_example_takes_the_manifests_from_the_image() -> None:
    said = yaml.safe_load((ROOT / "inventories/awx/inventory/group_vars/k8ssandra.yml").read_text())
    definition = (ROOT / "inventories/awx/execution-environment.yml").read_text()
    assert f"render.sh {said['k8ssandra_kustomize']} " in definition
