# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""YAML text as values, by the C parser where there is one: the operators' manifests are 4 MB."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .._core.errors import SpecError
from .._core.shapes import plain

YAML_IMPORT_ERROR: str | None = None
try:
    import yaml
except ImportError as problem:
    YAML_IMPORT_ERROR = str(problem)


def parse_yaml(text: str, path: str) -> Any:
    """One document. The error names the line and never quotes it: it may hold a secret.

    Args:
        text: the YAML.
        path: where it came from: an option or a file, for the message.
    """
    documents = parse_documents(text, path)
    return documents[0] if documents else None


def parse_documents(text: str, path: str) -> list[Any]:
    """All documents that are not empty; see `parse_yaml`."""
    try:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        return [document for document in yaml.load_all(text, Loader=loader) if document]
    except yaml.YAMLError as problem:
        mark = getattr(problem, "problem_mark", None)
        line = f" (line {mark.line + 1})" if mark else ""
        raise SpecError(path, f"is not YAML{line}") from None


def write_yaml(value: Any) -> str:
    """A value as one YAML document, its fields in their order. Text from a playbook is of a kind of its own, which YAML would refuse."""
    written: str = yaml.safe_dump(plain(value, ""), sort_keys=False, width=120)
    return written


def write_documents(values: Iterable[Any]) -> str:
    """Values out of a cluster as YAML documents, their fields in their order."""
    written: str = yaml.safe_dump_all(values, sort_keys=False, width=120)
    return written
