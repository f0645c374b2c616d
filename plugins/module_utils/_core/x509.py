# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From when to when certificates are good: as much of X.509 (RFC 5280, 4.1) as that takes, since no library for it is always there."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator

from .times import instant

_PEM = re.compile(rb"-----BEGIN CERTIFICATE-----(.+?)-----END CERTIFICATE-----", re.DOTALL)
_UTC_TIME, _GENERALIZED_TIME, _VERSION = 0x17, 0x18, 0xA0
_TIME = re.compile(rb"(\d{2,4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z")


def validity_of(der: bytes) -> tuple[float, float] | None:
    """The first and the last second, since 1970, of a certificate in DER; None when it cannot be read."""
    try:
        certificate = next(_elements(der))[1]
        fields = [part for part in _elements(next(_elements(certificate))[1]) if part[0] != _VERSION]
        # serialNumber, signature, issuer, validity
        begins, ends = [_instant(tag, text) for tag, text in _elements(fields[3][1])]
    except (IndexError, ValueError, StopIteration):
        return None
    return (begins, ends) if begins is not None and ends is not None else None


def validities_in(pem: bytes) -> list[tuple[float, float]]:
    """The validity of each certificate in a PEM text that can be read, in its order."""
    found = (validity_of(_decoded(match[1])) for match in _PEM.finditer(pem))
    return [validity for validity in found if validity]


def _decoded(text: bytes) -> bytes:
    try:
        return base64.b64decode(text)
    except ValueError:
        return b""


def _elements(der: bytes) -> Iterator[tuple[int, bytes]]:
    """The tag and content of each element that follows the other in DER."""
    at = 0
    while at < len(der):
        tag, length, at = der[at], der[at + 1], at + 2
        if length & 0x80:
            count = length & 0x7F
            length, at = int.from_bytes(der[at : at + count], "big"), at + count
        if at + length > len(der):
            raise ValueError("ends too early")
        yield tag, der[at : at + length]
        at += length


def _instant(tag: int, text: bytes) -> float | None:
    match = _TIME.fullmatch(text)
    if not match or tag not in (_UTC_TIME, _GENERALIZED_TIME):
        return None
    year, month, day, hour, minute, second = (part.decode() for part in match.groups())
    if tag == _UTC_TIME:
        year = f"{'19' if int(year) >= 50 else '20'}{year}"
    return instant(f"{year}-{month}-{day}T{hour}:{minute}:{second}Z")
