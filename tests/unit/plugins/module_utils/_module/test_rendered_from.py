# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever a rendering depends on changes its fingerprint; what cannot be told has none."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from plugins.module_utils._module.rendered_from import fingerprint, fingerprint_of_chart

TAGGED = "https://github.com/k8ssandra/k8ssandra-operator/config/deployments/control-plane?ref="


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """An overlay of a base beside it, which names a component elsewhere."""
    write(tmp_path / "base/kustomization.yaml", "resources: [one.yaml]\ncomponents: [../deep/component]  # see https://example.com\n")
    write(tmp_path / "base/one.yaml", "kind: One")
    write(tmp_path / "deep/component/Kustomization", "kind: Component\npatches: [{path: patch.yaml}]\n")
    write(tmp_path / "deep/component/patch.yaml", "a patch")
    write(tmp_path / "overlay/kustomization.yml", "resources: [../base]\nconfigMapGenerator: [{name: c, files: [files/a.conf]}]\n")
    write(tmp_path / "overlay/files/a.conf", "text")
    write(tmp_path / "kubectl", "the program")
    write(tmp_path / "beside.txt", "nobody names it")
    return tmp_path / "overlay"


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def told(base: Path) -> str:
    return fingerprint(str(base), str(base.parent / "kubectl"))


@pytest.mark.parametrize(
    "name",
    "overlay/kustomization.yml overlay/files/a.conf overlay/new.yaml base/one.yaml base/kustomization.yaml deep/component/patch.yaml"
    " deep/component/more/new.yaml kubectl".split(),
)
def test_every_file_that_it_may_depend_on_counts(base: Path, name: str) -> None:
    before = told(base)
    path = base.parent / name
    write(path, (path.read_text() if path.exists() else "") + "\n#")
    assert told(base) not in (before, "")


def test_what_it_does_not_depend_on_does_not(base: Path, tmp_path: Path) -> None:
    before = told(base)
    write(base.parent / "beside.txt", "another text")
    assert told(base) == before != ""


def test_the_same_files_elsewhere_are_the_same(base: Path, tmp_path: Path) -> None:
    shutil.copytree(tmp_path, tmp_path / "copy")
    assert fingerprint(str(tmp_path / "copy/overlay"), str(tmp_path / "kubectl")) == told(base)


def test_a_link_to_another_file_counts(base: Path) -> None:
    (base / "link").symlink_to("files")
    before = told(base)
    (base / "link").unlink()
    (base / "link").symlink_to("other")
    assert told(base) not in (before, "")


@pytest.mark.parametrize(
    "text",
    [
        "resources: [github.com/k8ssandra/cass-operator/config/default?ref=v1.28.0]",
        "resources: [missing.yaml]",
        "patches: [{path: 'https://example.com/patch.yaml'}]",
        "resources: {",
        "- a list",
    ],
)
def test_what_is_not_on_this_host_or_no_kustomization_has_none(base: Path, text: str) -> None:
    write(base.parent / "base/kustomization.yaml", text)
    assert not told(base)


def test_no_kustomization_at_all_has_none(base: Path) -> None:
    os.unlink(base.parent / "base/kustomization.yaml")
    assert not told(base)


@pytest.mark.parametrize(
    ("url", "exact"),
    [(f"{TAGGED}v1.26.0", True), (f"{TAGGED}{'a' * 40}", True), (f"{TAGGED}main", False), (f"{TAGGED}v1.26", False), (TAGGED[:-5], False)],
)
def test_a_url_has_one_only_with_an_exact_version(base: Path, url: str, exact: bool) -> None:
    assert bool(fingerprint(url, str(base.parent / "kubectl"))) == exact


@pytest.mark.parametrize("name", ["Chart.yaml", "charts/cass-operator/crds/new.yaml", "../kubectl"])
def test_every_file_of_a_chart_counts(tmp_path: Path, name: str) -> None:
    chart, helm = tmp_path / "chart", tmp_path / "kubectl"
    write(chart / "Chart.yaml", "name: one")
    write(helm, "the program")
    before = fingerprint_of_chart(str(chart), str(helm))
    write(chart / name, "another text")
    assert fingerprint_of_chart(str(chart), str(helm)) not in (before, "")


def test_an_archive_is_told_by_what_it_holds_wherever_it_was_fetched_to(tmp_path: Path) -> None:
    write(tmp_path / "kubectl", "the program")
    found = []
    for place, text in (("one", "same"), ("two", "same"), ("three", "other")):
        write(tmp_path / place / "chart.tgz", text)
        found.append(fingerprint_of_chart(str(tmp_path / place / "chart.tgz"), str(tmp_path / "kubectl")))
    assert found[0] == found[1] != found[2]
    assert not fingerprint_of_chart(str(tmp_path / "missing.tgz"), str(tmp_path / "kubectl"))
