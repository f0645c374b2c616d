# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Renderings kept in the user's cache folder: to render the operators takes more CPU than all else of a run with nothing to do.

Nothing here may fail a run: what cannot be read or written is rendered anew.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from .files import write_whole

OFF = "K8SSANDRA_OPERATOR_RENDER_CACHE"
_MOST = 16
_LARGEST = 16_000_000


def keep(key: str, render: Callable[[], list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """The objects that were rendered under this key before, or are now.

    What holds a Secret's values is not kept; nor is anything where somebody else could change it, since it is applied to clusters.

    Args:
        key: names all that the rendering depends on, as a file may be called; empty keeps nothing.
        render: renders.
    """
    folder = _folder() if key and os.environ.get(OFF, "").lower() not in ("0", "no", "off", "false") else ""
    if not folder:
        return render()
    file = os.path.join(folder, f"{key}.json")
    found = _read(file)
    if found is None:
        found = render()
        _write(folder, file, found)
    return found


def _folder() -> str:
    """Our folder in the user's cache; empty when there can be none, or when others may write to it."""
    given = os.environ.get("XDG_CACHE_HOME", "")
    # https://specifications.freedesktop.org/basedir-spec/latest/: a relative path is to be ignored.
    folder = os.path.join(given if os.path.isabs(given) else os.path.expanduser("~/.cache"), "k8ssandra.operator")
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        return folder if _is_ours(os.lstat(folder)) else ""
    except OSError:
        return ""


def _is_ours(found: os.stat_result) -> bool:
    return not stat.S_ISLNK(found.st_mode) and found.st_uid == os.geteuid() and not stat.S_IMODE(found.st_mode) & 0o077


def _read(file: str) -> list[dict[str, Any]] | None:
    try:
        if not _is_ours(os.lstat(file)):
            return None
        with open(file, encoding="utf-8") as opened:
            found = json.load(opened)
        os.utime(file)
    except (OSError, ValueError):
        return None
    return found if isinstance(found, list) and all(isinstance(body, dict) for body in found) else None


def _write(folder: str, file: str, bodies: list[dict[str, Any]]) -> None:
    """Writes the file, unless it should not be kept."""
    if any(body.get("kind") == "Secret" and (body.get("data") or body.get("stringData")) for body in bodies):
        return
    try:
        text = json.dumps(bodies)
        # YAML has values that JSON has not: a date, a key that is a number.
        if len(text) > _LARGEST or json.loads(text) != bodies:
            return
        write_whole(file, text)
        _forget_the_oldest(folder)
    except (OSError, TypeError, ValueError):
        return


def _forget_the_oldest(folder: str) -> None:
    with os.scandir(folder) as entries:
        found = list(entries)
    aged = []
    for entry in found:
        with suppress(OSError):  # another run may have removed it
            aged.append((entry.stat().st_mtime, entry.path))
    for _age, path in sorted(aged)[:-_MOST]:
        with suppress(OSError):
            os.unlink(path)
