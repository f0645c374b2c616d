# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Static manifests: YAML files of whole objects, on this host or behind a URL."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

from ansible.module_utils.urls import open_url

from .._core.errors import SpecError
from .._core.objects import Object, ref_of
from .._core.redact import redact_text
from .documents import parse_documents

_FETCH_SECONDS = 60


def read_manifest(place: str, option: str) -> list[Object]:
    """The objects of a manifest.

    Args:
        place: a file, or an http or https URL.
        option: the option that names it, for messages.

    Raises:
        SpecError: it cannot be read, is not YAML, or holds what is no Kubernetes object.
    """
    shown = redact_text(place)
    try:
        text = _fetched(place) if place.startswith(("http://", "https://")) else _opened(place)
    except (OSError, ValueError) as problem:
        raise SpecError(option, redact_text(f"cannot read {place}: {getattr(problem, 'strerror', None) or problem}")) from problem
    documents = parse_documents(text, f"{option} ({shown})")
    return [body for index, document in enumerate(documents) for body in _objects(document, f"{option} ({shown}, object {index + 1})")]


def _opened(place: str) -> str:
    with open(os.path.abspath(os.path.expanduser(place)), encoding="utf-8") as opened:
        return opened.read()


def _fetched(url: str) -> str:
    return str(open_url(url, timeout=_FETCH_SECONDS).read().decode("utf-8"))


def _objects(document: Any, path: str) -> Iterator[Object]:
    if not isinstance(document, dict):
        raise SpecError(path, "is no Kubernetes object")
    if str(document.get("kind")) == "List":
        for item in document.get("items") or ():
            yield from _objects(item, path)
        return
    ref_of(document, path)
    yield document
