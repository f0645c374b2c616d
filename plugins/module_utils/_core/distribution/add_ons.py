# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which add-ons a cluster has, and which it has had."""

from __future__ import annotations

from collections.abc import Iterable

from ..objects import Object
from ..reapers import has_own_reaper
from .ownership import Record
from .reaper import REAPER

# A kind by which one sees that a cluster knows the add-on: the object that is distributed, or that the purge of backups makes.
ADD_ONS = {"Reaper": REAPER, "Medusa": ("medusa.k8ssandra.io/v1alpha1", "MedusaTask")}


def add_ons(definition: Object) -> tuple[str, ...]:
    """The add-ons that need k8ssandra-operator beside the datacenters."""
    medusa = (definition.get("spec") or {}).get("medusa")
    wanted = {"Reaper": has_own_reaper(definition), "Medusa": medusa is not None}
    return tuple(name for name in ADD_ONS if wanted[name])


def known_add_ons(records: Iterable[Record]) -> tuple[str, ...]:
    """The add-ons of which something may be there, as the records of a cluster say."""
    found = {name for record in records for name in (*record.dropped, *add_ons(record.definition))}
    return tuple(name for name in ADD_ONS if name in found)
