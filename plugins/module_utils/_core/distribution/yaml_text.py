# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""YAML as upstream writes it into ConfigMaps, byte for byte, for mappings, lists and one-line texts.

Source: sigs.k8s.io/yaml v1.4.0, `goyaml.v2/encode.go`, `resolve.go` and `emitterc.go`: keys sorted, lists not indented.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

_WORDS = frozenset(
    " y Y yes Yes YES true True TRUE on On ON n N no No NO false False FALSE off Off OFF ~ null Null NULL"
    " .nan .NaN .NAN .inf .Inf .INF +.inf +.Inf +.INF -.inf -.Inf -.INF".split(" ")
)
_INTEGER = re.compile(r"[-+]?(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9][0-9]*)")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_BASE_60 = re.compile(r"[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?")
_CLOCK = r"([01]?\d|2[0-3]):[0-5]?\d:[0-5]?\d(\.\d+)?"
_TIME = re.compile(rf"(\d{{4}})-(\d{{1,2}})-(\d{{1,2}})([Tt]{_CLOCK}(Z|[-+]\d\d:\d\d)| {_CLOCK})?")
_UNUSUAL = re.compile("[^ -~\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd]")
# What a plain text must not begin with, hold or end with.
_INDICATOR = re.compile(r"[#,\[\]{}&*!|>'\"%@`]|[?:-](\s|$)|---|\.\.\.|\s|.*(:(\s|$)|\s#|\s$)")


def yaml_text(value: Mapping[str, Any]) -> str:
    """`value` as a YAML document that ends with a newline.

    Args:
        value: mappings, lists, texts and integers.
    """
    return "\n".join(_lines(value, "")) + "\n" if value else "{}\n"


def _lines(value: Any, indent: str) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key in sorted(value):
            yield from _entry(f"{indent}{_scalar(key)}:", value[key], indent)
    else:
        for element in value:
            first, *rest = _lines(element, f"{indent}  ") if isinstance(element, Mapping) and element else [_scalar(element)]
            yield f"{indent}- {first.lstrip()}"
            yield from rest


def _entry(head: str, value: Any, indent: str) -> Iterator[str]:
    if value and isinstance(value, (Mapping, list)):
        yield head
        yield from _lines(value, f"{indent}  " if isinstance(value, Mapping) else indent)
    else:
        yield f"{head} {_scalar(value)}"


def _scalar(value: Any) -> str:
    if not isinstance(value, str):
        return json.dumps(value)
    if _means_something_else(value) or _UNUSUAL.search(value):
        return json.dumps(value)
    if _INDICATOR.match(value):
        return "'" + value.replace("'", "''") + "'"
    return value


def _means_something_else(text: str) -> bool:
    """Whether a reader of YAML 1.1 would take the bare text for a number, a boolean, a time or nothing."""
    if text in _WORDS:
        return True
    if text[0] not in "+-.0123456789":
        return False
    digits = text if text[0] == "." else text.replace("_", "")
    return bool(_is_integer(digits) or _FLOAT.fullmatch(digits) or _BASE_60.fullmatch(text) or _is_time(text))


def _is_integer(text: str) -> bool:
    """Whether Go reads a whole number of 64 bits, in any of its notations."""
    if not _INTEGER.fullmatch(text):
        return False
    octal = re.fullmatch(r"([-+]?)0([0-7]+)", text)
    value = int(f"{octal[1]}0o{octal[2]}" if octal else text, 0)
    return -(2**63) <= value < (2**63 if text[0] in "+-" else 2**64)


def _is_time(text: str) -> bool:
    found = _TIME.fullmatch(text)
    if found is None:
        return False
    year, month, day = (int(found[part]) for part in (1, 2, 3))
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    days = (31, 29 if leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
    return 1 <= month <= 12 and 1 <= day <= days[month - 1]
