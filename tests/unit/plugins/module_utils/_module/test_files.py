"""Files are written whole or not at all, for their owner alone, and never through a link."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from plugins.module_utils._module import files


def test_a_file_has_its_text_and_is_for_its_owner_alone_whatever_was_there(tmp_path: Path) -> None:
    path = tmp_path / "file"
    for text in ("first", "second"):
        files.write_whole(str(path), text)
        assert (path.read_text(), path.stat().st_mode & 0o777) == (text, 0o600)
        path.chmod(0o644)
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]


def test_a_link_is_replaced_and_not_followed(tmp_path: Path) -> None:
    (tmp_path / "theirs").write_text("kept")
    (tmp_path / "file").symlink_to(tmp_path / "theirs")
    files.write_whole(str(tmp_path / "file"), "ours")
    assert ((tmp_path / "theirs").read_text(), (tmp_path / "file").read_text()) == ("kept", "ours")


@pytest.mark.parametrize("problem", [OSError, KeyboardInterrupt])
def test_what_cannot_be_finished_leaves_the_file_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, problem: type[BaseException]
) -> None:
    (tmp_path / "file").write_text("before")

    def fail(*_ignored: object) -> None:
        assert [entry.stat().st_mode & 0o077 for entry in tmp_path.glob(".part-*")] == [0]
        raise problem

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(problem):
        files.write_whole(str(tmp_path / "file"), "after")
    assert [(entry.name, entry.read_text()) for entry in tmp_path.iterdir()] == [("file", "before")]
