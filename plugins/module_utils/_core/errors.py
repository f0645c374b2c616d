# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class SpecError(Exception):
    """A wish that cannot be fulfilled as written.

    Args:
        path: the option at fault, as the user wrote it, e.g. ``definition.spec.cassandra.datacenters[0].size``.
        message: what was found there, and what to write instead.

    `result` may be set to what is known all the same, where only what was done before could show it: what was changed, and the last status.
    """

    result: Mapping[str, Any] = {}

    def __init__(self, path: str, message: str) -> None:
        super().__init__(f"{path}: {message}")
        self.path = path
        self.message = message
