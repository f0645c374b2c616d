"""Two distributions field by field: what is no content is left out, and each difference names its place."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from .judged import Key
from .server import Object

_NOT_CONTENT = ("uid", "resourceVersion", "generation", "creationTimestamp", "managedFields", "selfLink")
_UNITS = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_QUANTITY = re.compile(r"([+-]?[0-9.]+)(?:([KMGTPE]i)|([numkMGTPE]?)|[eE]([+-]?[0-9]+))")
_AMOUNTS = ("requests", "limits")
_AMOUNT = ("sizeLimit", "heapSize", "divisor")
_TIMES = ("scrapeInterval", "interval")
_DURATION = re.compile(r"(?:([0-9]+)h)?(?:([0-9]+)m)?(?:([0-9]+)s)?")
# What Go's types write where nothing was said, and what means nothing.
_SAID_NOTHING = {"divisor": 0.0, "bearerTokenSecret": {"key": ""}}
MISSING, REFUSED, REMOVED = "(nothing)", "refused", "(removed)"
_LONGEST, _BEFORE = 300, 40


@dataclass(frozen=True)
class Difference:
    """One field that the two sides do not agree on; `path` is empty when one side lacks the object."""

    input: str
    context: str
    kind: str
    name: str
    path: str
    theirs: Any
    ours: Any

    def __str__(self) -> str:
        place = f"{self.input}: {self.kind} {self.name} in {self.context}: {self.path or 'the object'}"
        left, right = (each if isinstance(each, str) else json.dumps(each, sort_keys=True) for each in (self.theirs, self.ours))
        same = next((number for number, (one, other) in enumerate(zip(left, right, strict=False)) if one != other), 0)
        begin = max(0, same - _BEFORE) if max(len(left), len(right)) > _LONGEST else 0
        return f"{place}: theirs {_short(left, begin)}, ours {_short(right, begin)}"


def differences(
    name: str, theirs: Mapping[Key, Object], ours: Mapping[Key, Object], before: Collection[Key] = ()
) -> Iterator[Difference]:
    """Every difference between two sets of objects.

    Args:
        before: what ours had in an earlier state; what it lacks of that it has removed.
    """
    for key in sorted({*theirs, *ours}):
        context, kind, namespace, object_name = key
        about = (name, context, kind, f"{namespace}/{object_name}")
        if REFUSED in ours.get(key, {}):
            yield Difference(*about, REFUSED, "kept" if key in theirs else MISSING, ours[key][REFUSED])
        elif key in theirs and key in ours:
            for path, left, right in _unequal(content(theirs[key]), content(ours[key]), ""):
                yield Difference(*about, path, left, right)
        else:
            lacking = REMOVED if key in before else MISSING
            yield Difference(*about, "", "there" if key in theirs else MISSING, "there" if key in ours else lacking)


def content(body: Object) -> Any:
    """An object without what its API server adds, empty values, and other spellings of the same."""
    metadata = {key: value for key, value in body["metadata"].items() if key not in _NOT_CONTENT}
    owners = [{key: value for key, value in owner.items() if key != "uid"} for owner in metadata.get("ownerReferences", [])]
    kept = {key: value for key, value in body.items() if key not in ("apiVersion", "status")}
    if body["kind"] == "EndpointSlice":
        # A set of addresses: the order in which a cache lists pods says nothing.
        kept["endpoints"] = sorted({address for each in body.get("endpoints") or [] for address in each["addresses"]})
    return _plain(kept | {"metadata": metadata | {"ownerReferences": owners}}, ())


def hidden(found: Iterable[Difference], secrets: Iterable[Object]) -> Iterator[Difference]:
    """The same differences, with no value of a Secret in them."""
    words = {value for body in secrets for value in _values(body)}
    for each in found:
        yield replace(each, theirs=_masked(each.theirs, words, each.kind), ours=_masked(each.ours, words, each.kind))


def _values(body: Object) -> Iterator[str]:
    for encoded in (body.get("data") or {}).values():
        yield encoded
        value = base64.b64decode(encoded).decode(errors="replace")
        # A user's name is no secret, and is the name of the Secret too.
        if len(value) > 3 and value != body["metadata"]["name"]:
            yield value


def _masked(value: Any, words: set[str], kind: str) -> Any:
    if kind == "Secret" and isinstance(value, dict) and "data" in value:
        return "(an object with data)"
    text = value if isinstance(value, str) else json.dumps(value, sort_keys=True)
    masked = text
    for word in words:
        masked = masked.replace(word, "***")
    return value if masked == text else masked


def _plain(value: Any, path: tuple[str, ...]) -> Any:
    """Empties dropped at all depths, quantities and durations as numbers."""
    if isinstance(value, dict):
        found = {key: _plain(each, (*path, key)) for key, each in value.items()}
        return {key: each for key, each in found.items() if each not in ({}, [], None, _SAID_NOTHING.get(key))}
    if isinstance(value, list):
        return [_plain(each, (*path, "[]")) for each in value]
    if path[-1] in _TIMES and (duration := _DURATION.fullmatch(str(value))):
        hours, minutes, seconds = (int(each or 0) for each in duration.groups())
        return 3600 * hours + 60 * minutes + seconds
    if (len(path) > 1 and path[-2] in _AMOUNTS) or path[-1] in _AMOUNT:
        return _amount(value)
    return value


def _amount(value: Any) -> Any:
    found = _QUANTITY.fullmatch(str(value))
    if not found:
        return value
    number, binary, decimal, exponent = found.groups()
    if binary:
        factor = Decimal(1024) ** ("KMGTPE".index(binary[0]) + 1)
    else:
        factor = Decimal(10) ** (int(exponent) if exponent else _UNITS[decimal or ""])
    # Kubernetes keeps no finer amount.
    return float((Decimal(number) * factor).quantize(Decimal("1e-9")))


def _unequal(theirs: Any, ours: Any, path: str) -> Iterator[tuple[str, Any, Any]]:
    if isinstance(theirs, dict) and ours == MISSING:
        ours = {}
    elif isinstance(ours, dict) and theirs == MISSING:
        theirs = {}
    if isinstance(theirs, dict) and isinstance(ours, dict):
        for key in sorted({*theirs, *ours}):
            yield from _unequal(theirs.get(key, MISSING), ours.get(key, MISSING), f"{path}.{key}".lstrip("."))
    elif isinstance(theirs, list) and isinstance(ours, list) and len(theirs) == len(ours):
        for number, (left, right) in enumerate(zip(theirs, ours, strict=True)):
            yield from _unequal(left, right, f"{path}[{number}]")
    elif theirs != ours or isinstance(theirs, bool) != isinstance(ours, bool):
        yield path, theirs, ours


def _short(text: str, begin: int) -> str:
    """A long text from shortly before the place where it differs."""
    return f"{'…' * bool(begin)}{text[begin : begin + _LONGEST]!r}{'…' * (len(text) > begin + _LONGEST)}"
