# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which add-ons a definition wants, and of which something may be there."""

from __future__ import annotations

import pytest

from plugins.module_utils._core.distribution.add_ons import add_ons, known_add_ons
from plugins.module_utils._core.distribution.ownership import Record
from tests.unit.plugins.module_utils._core.definitions import good

MEDUSA = {"storageProperties": {"storageSecretRef": {"name": "key"}}}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, ()),
        ({"spec.reaper": {}}, ("Reaper",)),
        ({"spec.reaper": {"reaperRef": {"name": "shared"}}}, ()),
        ({"spec.medusa": MEDUSA}, ("Medusa",)),
        ({"spec.medusa": MEDUSA, "spec.reaper": {"reaperRef": {"name": ""}}}, ("Reaper", "Medusa")),
    ],
)
def test_a_definition_says_which_it_wants(changes: dict, expected: tuple[str, ...]) -> None:
    assert add_ons(good(**changes)) == expected


def test_records_say_of_which_something_may_be_there() -> None:
    wanted = Record(good(**{"spec.medusa": MEDUSA}))
    assert known_add_ons([wanted, Record(good(), dropped=("Reaper",))]) == ("Reaper", "Medusa")
    assert known_add_ons([Record({}), Record(good())]) == ()
