# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Renderings in the cache folder: taken from there when nothing differs, and never where that would be wrong."""

from __future__ import annotations

import datetime
import threading
from pathlib import Path
from typing import Any

import pytest

from plugins.module_utils._module import rendered

BODIES: list[dict[str, Any]] = [{"kind": "ConfigMap", "data": {"a": "ä"}}, {"kind": "Secret", "metadata": {"name": "token"}}]


class Renderer:
    """Renders the same each time, and counts."""

    def __init__(self, bodies: Any = None) -> None:
        self.bodies, self.times = BODIES if bodies is None else bodies, 0

    def __call__(self) -> Any:
        self.times += 1
        return self.bodies


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.delenv(rendered.OFF, raising=False)
    return tmp_path / "k8ssandra.operator"


def keep_twice(render: Renderer, key: str = "key") -> int:
    """How often it rendered when it was asked for twice."""
    assert rendered.keep(key, render) == render.bodies
    assert rendered.keep(key, render) == render.bodies
    return render.times


def test_what_was_rendered_is_read_again_and_belongs_to_the_user_alone(folder: Path) -> None:
    assert keep_twice(Renderer()) == 1
    assert [folder.stat().st_mode & 0o777, *(file.stat().st_mode & 0o777 for file in folder.iterdir())] == [0o700, 0o600]


def test_another_key_is_another_rendering(folder: Path) -> None:
    rendered.keep("one", Renderer([{"kind": "Old"}]))
    assert rendered.keep("two", Renderer([{"kind": "New"}])) == [{"kind": "New"}]


@pytest.mark.parametrize(
    "bodies",
    [
        [{"kind": "Secret", "data": {"password": "aHVudGVyMg=="}}],
        [{"kind": "Secret", "stringData": {"password": "hunter2"}}],
        [{"kind": "ConfigMap", "data": {1: "a key that is a number"}}],
        [{"kind": "ConfigMap", "data": {"on": datetime.date(2026, 1, 1)}}],
    ],
)
def test_what_is_secret_or_no_json_is_not_kept(bodies: Any, folder: Path) -> None:
    assert keep_twice(Renderer(bodies)) == 2
    assert not list(folder.iterdir())


@pytest.mark.parametrize("said", ["0", "no", "OFF", "false"])
def test_a_variable_turns_it_off(said: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(rendered.OFF, said)
    assert keep_twice(Renderer()) == 2
    assert not folder.exists()


def test_without_a_key_nothing_is_kept(folder: Path) -> None:
    assert keep_twice(Renderer(), key="") == 2
    assert not folder.exists()


@pytest.mark.parametrize("mode", [0o777, 0o750, 0o701])
def test_a_folder_that_others_may_enter_is_not_used(mode: int, folder: Path) -> None:
    folder.mkdir()
    folder.chmod(mode)
    assert keep_twice(Renderer()) == 2


def test_a_file_that_others_may_write_is_rendered_anew(folder: Path) -> None:
    rendered.keep("key", Renderer([{"kind": "Theirs"}]))
    (folder / "key.json").chmod(0o666)
    assert rendered.keep("key", Renderer()) == BODIES


def test_a_link_is_not_followed(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    folder.symlink_to(tmp_path / "elsewhere")
    assert keep_twice(Renderer()) == 2


@pytest.mark.parametrize("text", ["", "[{", '{"kind": "one"}', '["text"]'])
def test_what_cannot_be_a_rendering_is_rendered_anew(text: str, folder: Path) -> None:
    rendered.keep("key", Renderer([{"kind": "Old"}]))
    (folder / "key.json").write_text(text)
    assert rendered.keep("key", Renderer()) == BODIES


def test_a_cache_home_that_is_no_absolute_path_is_ignored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", "here")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert keep_twice(Renderer()) == 1
    assert not (tmp_path / "here").exists()


def test_a_cache_that_cannot_be_made_costs_no_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert keep_twice(Renderer()) == 2


def test_the_oldest_go(folder: Path) -> None:
    for number in range(rendered._MOST + 5):
        rendered.keep(f"key-{number}", Renderer())
    assert len(list(folder.iterdir())) == rendered._MOST


def test_writers_at_the_same_time_never_leave_half_a_file(folder: Path) -> None:
    large = [{"kind": "ConfigMap", "data": {str(number): "x" * 1000 for number in range(500)}}]
    wrong: list[Any] = []

    def work() -> None:
        for _attempt in range(10):
            if rendered.keep("key", Renderer(large)) != large:
                wrong.append(1)
            (folder / "key.json").unlink(missing_ok=True)

    threads = [threading.Thread(target=work) for _number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    assert not list(folder.glob(".part-*"))
