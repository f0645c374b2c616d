# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Instants as Kubernetes writes them, without a clock: text to seconds since 1970 (UTC), and back."""

from __future__ import annotations

import re

_RFC3339 = re.compile(r"(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.\d+)?(?:[Zz]|([+-])(\d\d):(\d\d))")
_DAY = 86400


def instant(text: object) -> float | None:
    """Seconds since 1970 of an RFC 3339 text such as ``2026-11-21T10:00:00Z``; None for anything else."""
    match = _RFC3339.fullmatch(text) if isinstance(text, str) else None
    if not match:
        return None
    year, month, day, hour, minute, second = (int(part) for part in match.groups()[:6])
    offset = (int(match[8]) * 60 + int(match[9])) * 60 if match[7] else 0
    seconds = _days(year, month, day) * _DAY + hour * 3600 + minute * 60 + second
    return float(seconds + offset if match[7] == "-" else seconds - offset)


def written(seconds: float) -> str:
    """The RFC 3339 text, in UTC, of seconds since 1970."""
    days, rest = divmod(int(seconds), _DAY)
    year, month, day = _date(days)
    return f"{year:04}-{month:02}-{day:02}T{rest // 3600:02}:{rest % 3600 // 60:02}:{rest % 60:02}Z"


# Howard Hinnant's algorithms (https://howardhinnant.github.io/date_algorithms.html): years begin in March, so that a leap day is last.
def _days(year: int, month: int, day: int) -> int:
    year -= month <= 2
    era, of_era = divmod(year, 400)
    of_year = (153 * (month + (-3 if month > 2 else 9)) + 2) // 5 + day - 1
    return era * 146097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719468


def _date(days: int) -> tuple[int, int, int]:
    era, of_era = divmod(days + 719468, 146097)
    year = (of_era - of_era // 1460 + of_era // 36524 - of_era // 146096) // 365
    of_year = of_era - (365 * year + year // 4 - year // 100)
    shifted = (5 * of_year + 2) // 153
    month = shifted + (3 if shifted < 10 else -9)
    return year + era * 400 + (month <= 2), month, of_year - (153 * shifted + 2) // 5 + 1
