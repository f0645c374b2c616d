# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Running Helm: a program that stands in for it tells what it got."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from plugins.module_utils._kube.helm import HelmFailed, private_helm


def program(folder: Path, *lines: str) -> str:
    path = folder / "helm"
    path.write_text("\n".join(("#!/bin/sh", *lines)))
    path.chmod(0o700)
    return str(path)


def test_nothing_of_the_users_settings_is_used_and_nothing_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HELM_NAMESPACE", "theirs")
    monkeypatch.setenv("KUBECONFIG", "theirs")
    monkeypatch.setenv("HELM_DRIVER", "memory")
    with private_helm(program(tmp_path, "env")) as helm:
        said = dict(line.partition("=")[::2] for line in helm.run([]).splitlines())
        assert Path(helm.folder).stat().st_mode & 0o777 == 0o700
    assert "HELM_NAMESPACE" not in said
    assert "KUBECONFIG" not in said
    assert said["HELM_DRIVER"] == "secret"
    assert said["HELM_CACHE_HOME"].startswith(helm.folder)
    assert not os.path.exists(helm.folder)


def test_the_folder_of_a_killed_run_goes_and_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    binary = program(tmp_path, "true")
    for name in ("k8ssandra-helm-killed", "k8ssandra-helm-young", "somebodys"):
        (tmp_path / name / "cache").mkdir(parents=True)
    (tmp_path / "k8ssandra-helm-led-away").symlink_to(tmp_path / "somebodys")
    with private_helm(binary) as running:
        for folder in (tmp_path / "k8ssandra-helm-killed", tmp_path / "somebodys", Path(running.folder)):
            os.utime(folder, (0, 0))
        with private_helm(binary):
            left = {path.name for path in tmp_path.iterdir()}
        assert {"k8ssandra-helm-young", "k8ssandra-helm-led-away", "somebodys", Path(running.folder).name} <= left
        assert "k8ssandra-helm-killed" not in left


def test_where_somebody_logged_in_to_a_registry_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log_ins = tmp_path / "config.json"
    log_ins.write_text("{}")
    monkeypatch.setenv("HELM_REGISTRY_CONFIG", str(log_ins))
    with private_helm(program(tmp_path, "echo $HELM_REGISTRY_CONFIG")) as helm:
        assert helm.run([]).strip() == str(log_ins)


def test_values_are_given_without_a_file(tmp_path: Path) -> None:
    with private_helm(program(tmp_path, "cat")) as helm:
        assert helm.run([], given="values") == "values"


def test_what_it_says_when_it_fails_holds_no_secret(tmp_path: Path) -> None:
    lines = ["echo 'WARNING: noise' >&2", "echo 'Error: bad hunter2 at https://me:pass@host' >&2", "exit 1"]
    with private_helm(program(tmp_path, *lines)) as helm, pytest.raises(HelmFailed) as failed:
        helm.run([], secrets={"hunter2"})
    assert str(failed.value) == "Error: bad (masked) at https://(masked)@host"


def test_a_helm_that_hangs_or_is_none_is_named(tmp_path: Path) -> None:
    with private_helm(program(tmp_path, "exec sleep 5")) as helm, pytest.raises(HelmFailed, match="did not end in 0.1 s"):
        helm.run([], seconds=0.1)
    with pytest.raises(HelmFailed, match="found no nohelm"), private_helm("nohelm"):
        pass
