# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which versions of the operators a Kustomize base names, told from its files: to render it costs more than all else of a run."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import Any

from .._core.errors import SpecError
from .._core.operators import CASS, K8SSANDRA
from .._core.upgrade_path import read_version
from .documents import parse_documents
from .rendered_from import FILES

Mentions = dict[str, set[str]]
_IMAGE = re.compile(rf"({K8SSANDRA}|{CASS})(?::|@)([\w.:-]+)")
_REMOTE = re.compile(rf"github\.com/k8ssandra/({K8SSANDRA}|{CASS})(?:\.git)?/[^\s?'\"]*\?(?:[^\s'\"]*&)?ref=([\w.-]+)")


def mentioned_versions(base: str) -> Mentions:
    """Every version of each operator that a base names, or anything that it is made of; digests too, `latest` only when there is no other.

    Args:
        base: a folder or URL, as `kustomize.base_of` gives it.
    """
    found: Mentions = {K8SSANDRA: set(), CASS: set()}
    seen: set[str] = set()
    pending = [base]
    while pending:
        place = os.path.normpath(pending.pop()) if os.path.exists(pending[-1]) else pending.pop()
        if place not in seen:
            seen.add(place)
            pending += _scan(place, found)
    # Upstream's innermost folder says `latest`, and those around it what is really meant.
    return {operator: {tag for tag in tags if read_version(tag) or ":" in tag} or tags for operator, tags in found.items()}


def _scan(place: str, found: Mentions) -> list[str]:
    """Notes what one folder, file or URL names, and gives the places that it leads to."""
    text = _read(place)
    for pattern in (_IMAGE, _REMOTE):
        for operator, tag in pattern.findall(text):
            found[operator].add(tag)
    if not os.path.isdir(place):
        return []
    try:
        values = [value for document in parse_documents(text, place) for value in _values(document, found)]
    except SpecError:
        # What is wrong with it, rendering will say.
        return []
    return [path for value in values if "\n" not in value and os.path.exists(path := os.path.join(place, value)) and value]


def _read(place: str) -> str:
    files = [os.path.join(place, name) for name in FILES] if os.path.isdir(place) else [place]
    for file in files:
        if os.path.isfile(file):
            with open(file, encoding="utf-8", errors="replace") as opened:
                return opened.read()
    return "" if os.path.isdir(place) else place


def _values(node: Any, found: Mentions) -> Iterator[str]:
    """All text of a kustomization; what its `images` set is noted on the way."""
    if isinstance(node, dict):
        name = str(node.get("newName") or node.get("name") or "").rpartition("/")[2].partition(":")[0]
        if name in found and (node.get("newTag") or node.get("digest")):
            found[name].add(str(node.get("newTag") or node["digest"]))
        for value in node.values():
            yield from _values(value, found)
    elif isinstance(node, list):
        for value in node:
            yield from _values(value, found)
    elif isinstance(node, str):
        yield node
