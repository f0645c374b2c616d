# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The records of a direct distribution, with the contexts as this run calls them."""

from __future__ import annotations

from .._core.distribution.ownership import Record, record_of, with_own_context
from .._kube.contents import Contents
from .run import Call
from .wish import is_own


def records_in(call: Call, contents: Contents) -> list[Record]:
    """What the records of one context say; the one that was not carried out comes last, as it counts.

    Where the control plane has another host since, its context is recorded by the name of its host in `contexts`.
    """
    parameters = call.parameters
    names = {entry["name"] for entry in parameters.get("contexts") or () if is_own(entry, parameters)}
    records = [record for record in map(record_of, contents.records) if record is not None]
    return sorted((with_own_context(record, names, parameters["context"]) for record in records), key=lambda record: not record.complete)
