# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The records of a direct distribution, with the contexts as this run calls them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from .._core.distribution.ownership import Record, record_of, renamed
from .._kube.contents import Contents
from .run import Call
from .wish import is_own


def records_in(call: Call, contents: Contents) -> list[Record]:
    """What the records of one context say; the one that was not carried out comes last, as it counts."""
    names = _names(call.parameters)
    records = [record for record in map(record_of, contents.records) if record is not None]
    return sorted((renamed(record, names) for record in records), key=lambda record: not record.complete)


def _names(parameters: Mapping[str, Any]) -> dict[str, str]:
    """What this run calls a context, by what records may call it.

    The control plane's own context is recorded by its kube context, all others by the name of their host in `contexts`: it changes with
    the control plane's host. A kube context that several hosts have, or that is the name of one, tells nothing.
    """
    entries, own = parameters.get("contexts") or (), parameters["context"]
    hosts, called = {entry["name"] for entry in entries}, Counter(entry.get("context") or entry["name"] for entry in entries)
    remotes = [entry for entry in entries if not is_own(entry, parameters) and entry.get("context")]
    known = {entry["context"]: entry["name"] for entry in remotes if called[entry["context"]] == 1}
    return {
        **{context: name for context, name in known.items() if context not in hosts and context != own},
        **{entry["name"]: own for entry in entries if is_own(entry, parameters)},
    }
