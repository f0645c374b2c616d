# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The backup before an upgrade, as files on the host that runs the task."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from typing import Any

from .._core.backup import README, Inside, files_of
from .._core.errors import SpecError
from .._core.standing import Standing
from .._kube.errors import ClusterError
from .documents import write_documents


def keep_backup(folder: str, standings: Sequence[Standing], inside: Mapping[str, Inside | ClusterError]) -> str:
    """Writes the files into a new folder, which only its owner can read, and returns its path. Raises `SpecError` when it cannot."""
    files: dict[str, Any] = {"README.md": README}
    for standing in standings:
        found = inside.get(standing.context)
        if isinstance(found, Inside):
            files.update(files_of(standing.context, found, standing.running))
    root = os.path.join(os.path.abspath(folder), time.strftime("%Y%m%dT%H%M%SZ", time.gmtime()))
    try:
        os.makedirs(os.path.dirname(root), exist_ok=True)
        os.mkdir(root, 0o700)
        for name, content in files.items():
            _write(os.path.join(root, name), content)
    except OSError as problem:
        raise SpecError("backup", f"cannot be written: {root}: {problem.strerror}; nothing was upgraded") from problem
    return root


def _write(path: str, content: Any) -> None:
    os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
    text = content if isinstance(content, str) else write_documents(content)
    # Never readable for others, not even for the moment before a chmod; a name that is taken is not followed.
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
        opened.write(text)
