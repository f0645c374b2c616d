# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A kubeconfig is a path; what is none is refused without being quoted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from plugins.module_utils._core.errors import SpecError
from plugins.module_utils._module import connect
from plugins.module_utils._module.connect import access_of


@pytest.mark.parametrize("given", ['{"users": [{"user": {"token": "hunter2"}}]}', "users:\n- user: {token: hunter2}\n"])
def test_what_a_kubeconfig_holds_is_never_quoted(given: str) -> None:
    with pytest.raises(SpecError, match="is no path") as refused:
        access_of({"kubeconfig": given, "context": "hub"})
    assert "hunter2" not in str(refused.value)


def test_a_file_of_many_contexts_is_parsed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[str] = []

    def count(text: str, path: str) -> Any:
        parsed.append(path)
        return json.loads(text)

    names = [f"plane-{number}" for number in range(100)]
    whole = {
        "clusters": [{"name": "c", "cluster": {"server": "https://a:6443"}}],
        "users": [{"name": "u", "user": {}}],
        "contexts": [{"name": name, "context": {"cluster": "c", "user": "u"}} for name in names],
    }
    file = tmp_path / "kubeconfig"
    file.write_text(json.dumps(whole))
    monkeypatch.setattr(connect, "parse_yaml", count)
    assert [access_of({"kubeconfig": str(file), "context": name}).context for name in names] == names
    assert len(parsed) == 1


def test_a_file_that_has_changed_is_parsed_again(tmp_path: Path) -> None:
    file = tmp_path / "kubeconfig"
    file.write_text("no: kubeconfig")
    with pytest.raises(SpecError, match=r"kubeconfig \(.*\): is not a kubeconfig"):
        access_of({"kubeconfig": str(file), "context": "hub"})
    file.write_text("{")
    with pytest.raises(SpecError, match=r"kubeconfig \(.*\): is not YAML"):
        access_of({"kubeconfig": str(file), "context": "hub"})
