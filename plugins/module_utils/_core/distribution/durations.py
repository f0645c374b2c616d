# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Durations as Go writes them, e.g. `1m30s`.

Source: `ParseDuration`, Go 1.24 `time/format.go`.
"""

from __future__ import annotations

import re
from decimal import Decimal

_UNITS = {"ns": "0.000000001", "us": "0.000001", "µs": "0.000001", "μs": "0.000001", "ms": "0.001", "s": "1", "m": "60", "h": "3600"}
_PART = re.compile(r"([0-9]+\.?[0-9]*|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h)")


def whole_seconds(text: str) -> int:
    """A duration in seconds, rounded towards zero. Raises `ValueError` when it is none."""
    sign, rest = (-1, text[1:]) if text.startswith("-") else (1, text.removeprefix("+"))
    if rest == "0":
        return 0
    parts = _PART.findall(rest)
    if not parts or "".join(number + unit for number, unit in parts) != rest:
        raise ValueError(f"{text!r} is not a duration")
    return sign * int(sum(Decimal(number) * Decimal(_UNITS[unit]) for number, unit in parts))
