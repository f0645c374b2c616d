# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which files a kustomization or a chart is rendered from, so that a rendering can be told from one of other files."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Iterator
from typing import Any

from .._core.errors import SpecError
from .documents import parse_yaml

FILES = ("kustomization.yaml", "kustomization.yml", "Kustomization")
# The fields that may name other folders. What the other fields name has to be below the kustomization's own folder
# (`LoadRestrictionsRootOnly`, https://github.com/kubernetes-sigs/kustomize/blob/kustomize/v5.7.1/api/types/loadrestrictions.go).
_ELSEWHERE = ("resources", "bases", "components", "generators", "transformers", "validators")
_EXACT = re.compile(r"[?&](?:ref|version)=(?:v?\d+\.\d+\.\d+|[0-9a-f]{40})(?:&|$)")
_MOST_BYTES = 64_000_000


class _NotLocalError(Exception):
    """What is needed cannot be read here, or is too much."""


def fingerprint(base: str, binary: str) -> str:
    """Names all that a rendering depends on: the renderer and every file, or the exact version behind a URL; empty if it cannot be told.

    Args:
        base: a folder or a URL.
        binary: the renderer's path.
    """
    try:
        digest = _renderer(binary)
        if os.path.isdir(base):
            _add_folders(digest, os.path.realpath(base))
        elif _EXACT.search(base):
            _add(digest, base)
        else:
            return ""
    except (OSError, ValueError, SpecError, _NotLocalError):
        return ""
    return str(digest.hexdigest())


def fingerprint_of_chart(path: str, binary: str) -> str:
    """Names all that a chart's own description and definitions depend on: Helm, and the archive or every file of the folder.

    Args:
        path: the archive or folder.
        binary: Helm's path.
    """
    try:
        digest = _renderer(binary)
        _add_files(digest, path, _files(path) if os.path.isdir(path) else [path], _MOST_BYTES)
    except (OSError, _NotLocalError):
        return ""
    return str(digest.hexdigest())


def _renderer(binary: str) -> Any:
    found, digest = os.stat(binary), hashlib.sha256()
    _add(digest, os.path.realpath(binary), str(found.st_size), str(found.st_mtime_ns))
    return digest


def _add_folders(digest: Any, base: str) -> None:
    ahead, seen, left = [base], {base}, _MOST_BYTES
    while ahead:
        folder = ahead.pop(0)
        _add(digest, os.path.relpath(folder, base))
        left = _add_files(digest, folder, _files(folder), left)
        for other in _named(folder):
            if other not in seen:
                seen.add(other)
                ahead.append(other)


def _add_files(digest: Any, folder: str, paths: Iterable[str], left: int) -> int:
    """Adds names and contents; how many bytes are left for more. Raises `_NotLocalError` when there are too many."""
    for path in paths:
        left -= os.lstat(path).st_size
        if left < 0:
            raise _NotLocalError
        _add(digest, os.path.relpath(path, folder), os.readlink(path) if os.path.islink(path) else "")
        if os.path.isfile(path):
            with open(path, "rb") as opened:
                digest.update(hashlib.sha256(opened.read()).digest())
    return left


def _files(folder: str) -> Iterator[str]:
    """Every file below, and every link, in an order of its own."""
    for place, folders, files in os.walk(folder):
        folders.sort()
        links = [name for name in folders if os.path.islink(os.path.join(place, name))]
        yield from (os.path.join(place, name) for name in sorted((*files, *links)))


def _named(folder: str) -> Iterator[str]:
    """The folders that the kustomization of a folder names. Raises `_NotLocalError` when it names what is not on this host."""
    file = next((path for path in (os.path.join(folder, name) for name in FILES) if os.path.isfile(path)), "")
    with open(file, encoding="utf-8") as opened:
        body = parse_yaml(opened.read(), file) or {}
    if not isinstance(body, dict) or "://" in str(body):
        raise _NotLocalError
    for entry in (entry for field in _ELSEWHERE for entry in body.get(field) or ()):
        if not isinstance(entry, str) or "\n" in entry:
            continue
        path = os.path.realpath(os.path.join(folder, entry))
        if not os.path.exists(path):
            raise _NotLocalError
        if os.path.isdir(path):
            yield path


def _add(digest: Any, *parts: str) -> None:
    for part in parts:
        digest.update(part.encode() + b"\0")
