# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Shapes of values: what a field may hold, each a function that raises `SpecError` with the path of the value at fault.

`None` stands for an absent field, as in the Kubernetes API, and passes every shape.
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Callable, Collection, Mapping
from typing import Any

from .errors import SpecError

# The value, its path, and whether unknown fields are refused.
Shape = Callable[[Any, str, bool], None]

_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
# k8s.io/apimachinery pkg/api/resource; the same pattern stands in upstream's CRD.
_QUANTITY = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+))?")


def join(path: str, key: str) -> str:
    """The path of field `key` of the value at `path`."""
    if not _PLAIN_KEY.fullmatch(key):
        return f'{path}["{key}"]'
    return f"{path}.{key}" if path else key


def described(value: object) -> str:
    """A few words for what was found, e.g. ``the text "3"``."""
    if isinstance(value, bool):
        return "the boolean " + str(value).lower()
    if isinstance(value, str):
        return f'the text "{value:.60}"' if value else "an empty text"
    if isinstance(value, (int, float)):
        return f"the number {value}"
    if isinstance(value, Mapping):
        return "a mapping"
    return "a list" if isinstance(value, (list, tuple)) else f"a value of type {type(value).__name__}"


def suggestion(word: str, known: Collection[str]) -> str:
    """A sentence that names the nearest of `known`, or all of them when they are few; empty when neither helps."""
    folded = {name.lower(): name for name in known}
    near = difflib.get_close_matches(word.lower(), folded, n=1, cutoff=0.7)
    if near:
        return f"; did you mean {folded[near[0]]}?"
    return f"; known here: {', '.join(sorted(known))}" if 0 < len(known) <= 12 else ""


def _wrong(path: str, value: object, wanted: str) -> SpecError:
    return SpecError(path, f"is {described(value)}; it must be {wanted}")


def text(value: Any, path: str, strict: bool = True) -> None:
    """Any text."""
    if isinstance(value, str):
        return
    hint = f', so put it in quotes: "{value}"' if isinstance(value, (int, float)) and not isinstance(value, bool) else ""
    raise _wrong(path, value, f"a text{hint}")


def truth(value: Any, path: str, strict: bool = True) -> None:
    """A boolean; never a text such as "yes"."""
    if not isinstance(value, bool):
        raise _wrong(path, value, "true or false, without quotes")


def quantity(value: Any, path: str, strict: bool = True) -> None:
    """A Kubernetes quantity: an integer, or a text such as "2Gi"."""
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        raise _wrong(path, value, 'a quantity such as "2Gi"')
    if isinstance(value, str) and not _QUANTITY.fullmatch(value):
        raise _wrong(path, value, 'a quantity such as "512Mi" or "2Gi"')


def free(value: Any, path: str, strict: bool = True) -> None:
    """A mapping whose fields are not known here."""
    if not isinstance(value, Mapping):
        raise _wrong(path, value, "a mapping of names to values")


def whole(minimum: int | None = None, maximum: int | None = None) -> Shape:
    """The shape of an integer within bounds, both inclusive."""

    def shape(value: Any, path: str, strict: bool = True) -> None:
        if isinstance(value, bool) or not isinstance(value, int):
            raise _wrong(path, value, "a whole number" + (", without quotes" if isinstance(value, str) else ""))
        if minimum is not None and value < minimum:
            raise SpecError(path, f"is {value}; it must be {minimum} or more")
        if maximum is not None and value > maximum:
            raise SpecError(path, f"is {value}; it must be {maximum} or less")

    return shape


def long_text(minimum: int) -> Shape:
    """The shape of a text of at least `minimum` characters."""

    def shape(value: Any, path: str, strict: bool = True) -> None:
        text(value, path)
        if len(value) < minimum:
            raise SpecError(path, f"is {described(value)}; it must have {minimum} characters or more")

    return shape


def choice(*choices: str) -> Shape:
    """The shape of a text that is one of `choices`."""

    def shape(value: Any, path: str, strict: bool = True) -> None:
        if not isinstance(value, str) or value not in choices:
            raise _wrong(path, value, f"one of {', '.join(choices)}")

    return shape


def list_of(item: Shape) -> Shape:
    """The shape of a list of `item`."""

    def shape(value: Any, path: str, strict: bool = True) -> None:
        if not isinstance(value, (list, tuple)):
            raise _wrong(path, value, "a list: put a '-' before each entry")
        for index, entry in enumerate(value):
            item(entry, f"{path}[{index}]", strict)

    return shape


def map_of(item: Shape) -> Shape:
    """The shape of a mapping of any names to `item`."""

    def shape(value: Any, path: str, strict: bool = True) -> None:
        free(value, path)
        for key, entry in value.items():
            if entry is not None:
                item(entry, join(path, key), strict)

    return shape


def fields(known: Mapping[str, Shape], required: tuple[str, ...] = ()) -> Shape:
    """The shape of a mapping whose fields are `known`, each with its own shape; those `required` must be there."""

    def shape(value: Any, path: str, strict: bool = True) -> None:
        free(value, path)
        for key, entry in value.items():
            if key in known:
                if entry is not None:
                    known[key](entry, join(path, key), strict)
            elif strict:
                raise SpecError(join(path, key), f"is not a field that upstream knows{suggestion(key, known)}")
        for key in required:
            if value.get(key) is None:
                raise SpecError(join(path, key), "is missing; it is required")

    return shape


def plain(value: Any, path: str) -> Any:
    """A deep copy of `value` in JSON's own types: no subclasses of str or int, no tuples.

    Raises `SpecError` for what JSON cannot hold: keys that are not text, dates, bytes, infinity.
    """
    if value is None or isinstance(value, bool):
        return value
    # The unbound methods drop the tags that ansible-core's subclasses carry, which `str(value)` may keep.
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int):
        return int.__int__(value)
    if isinstance(value, float) and math.isfinite(value):
        return float.__float__(value)
    if isinstance(value, Mapping):
        return {_plain_key(key, path): plain(entry, join(path, str(key))) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(entry, f"{path}[{index}]") for index, entry in enumerate(value)]
    raise SpecError(path, f"is {described(value)}, which Kubernetes cannot store; put it in quotes")


def _plain_key(key: object, path: str) -> str:
    if not isinstance(key, str):
        raise SpecError(path, f"has {described(key)} as the name of a field; put that name in quotes")
    return str.__str__(key)
