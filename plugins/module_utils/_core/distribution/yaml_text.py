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
_DATE = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt ].*)?")
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
    if _means_something_else(value) or not value.isprintable():
        return json.dumps(value, ensure_ascii=False)
    if _INDICATOR.match(value):
        return "'" + value.replace("'", "''") + "'"
    return value


def _means_something_else(text: str) -> bool:
    """Whether a reader of YAML 1.1 would take the bare text for a number, a boolean, a time or nothing."""
    if text in _WORDS:
        return True
    digits = text.replace("_", "")
    return any(pattern.fullmatch(text) for pattern in (_DATE, _BASE_60)) or any(
        pattern.fullmatch(digits) for pattern in (_INTEGER, _FLOAT)
    )
