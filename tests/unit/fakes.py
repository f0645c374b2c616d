"""A cluster that is not there: an `Api` that keeps objects, logs calls and fails on demand; and a clock."""

from __future__ import annotations

import base64
import copy
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

from plugins.module_utils._core.kubeconfig import Access
from plugins.module_utils._core.objects import KINDS, Kind, Object, Ref, ref_of
from plugins.module_utils._core.plan import FIELD_MANAGER
from plugins.module_utils._kube import errors

READS = frozenset(("read", "find", "get", "list"))
# An apply or a create by dry run is logged with this mark at its end: it is sent as a write and changes nothing.
DRY = "?"


@dataclass
class Fault:
    """A call that fails: which verb, on what (None: on anything), with what, and how many times (None: always)."""

    verb: str
    on: Any
    error: errors.ClusterError
    times: int | None = None


class FakeApi:
    """One context.

    Args:
        context: its name.
        objects: what is there at first.
        without: kinds by name that it does not serve.
        answers: what `read` and `create` answer by path: a value, or a function of the body.

    Attributes:
        objects: what is there, by identity.
        kinds: what it serves.
        calls: every call in order, as (verb, ref or path or kind); see `writes`.
        react: called after each write with the verb and the identity or path, to play a controller.
    """

    def __init__(
        self, context: str, objects: Iterable[Object] = (), *, without: Iterable[str] = (), answers: Mapping[str, Any] | None = None
    ) -> None:
        self.context = context
        self.without = set(without)
        self.kinds = dict(KINDS)
        self.answers: dict[str, Any] = {"/version": {"gitVersion": "v1.33.0"}, **(answers or {})}
        self.objects: dict[Ref, dict[str, Any]] = {}
        self.calls: list[tuple[str, Any]] = []
        self.requests = 0
        self.date = ""
        self.faults: list[Fault] = []
        self.react: Callable[[str, Any], None] = lambda verb, on: None
        self._version = 0
        for body in objects:
            self.put(body)

    def put(self, body: Object) -> dict[str, Any]:
        """Puts an object there as somebody else would: no call is logged."""
        return self._store(ref_of(body), copy.deepcopy(dict(body)))

    def remove(self, ref: Ref) -> None:
        """Takes an object away as somebody else would."""
        self.objects.pop(ref, None)

    def fail(self, verb: str, on: Any = None, error: errors.ClusterError | None = None, times: int | None = None) -> None:
        """Makes calls fail: `verb` is a method's name or "*"; `on` is a Ref, path, or kind's name; default: unreachable."""
        self.faults.append(Fault(verb, on, error or errors.Unreachable(self.context, "asking", "no route to host"), times))

    @property
    def writes(self) -> list[tuple[str, Any]]:
        """The calls that an API server would see as writes, dry runs included."""
        return [call for call in self.calls if call[0] not in READS]

    # What follows is the `Api` protocol.

    def read(self, path: str, query: Mapping[str, str] | None = None) -> Object:
        self._called("read", path)
        whole = f"{path}?{urlencode(query)}" if f"{path}?{urlencode(query or {})}" in self.answers else path
        if whole not in self.answers:
            raise errors.Absent(self.context, f"reading {path}", "not found")
        return self._answer(whole, None)

    def find_kind(self, api_version: str, kind: str) -> Kind | None:
        return None if kind in self.without else self.kinds.get((api_version, kind))

    def get(self, ref: Ref) -> Object | None:
        self._called("get", ref)
        return copy.deepcopy(self.objects.get(ref))

    def list(self, kind: Kind, namespace: str = "", labels: Mapping[str, str] | None = None) -> list[Object] | None:
        self._called("list", kind.kind)
        if kind.kind in self.without:
            return None
        return [
            copy.deepcopy(body)
            for ref, body in sorted(self.objects.items())
            if (ref.api_version, ref.kind) == (kind.api_version, kind.kind)
            and (not namespace or ref.namespace == namespace)
            and (labels or {}).items() <= (body["metadata"].get("labels") or {}).items()
        ]

    def apply(self, body: Object, *, dry_run: bool = False, force: bool = False) -> Object:
        ref = ref_of(body)
        self._called("apply" + DRY * dry_run, ref)
        if ref.kind in self.without:
            raise errors.Absent(self.context, f"applying {ref}", f"the cluster does not serve {ref.kind}", "install its definition first")
        wanted = copy.deepcopy(dict(body))
        there = copy.deepcopy(self.objects.get(ref))
        if wanted["metadata"].pop("resourceVersion", None) not in (None, (there or {}).get("metadata", {}).get("resourceVersion")):
            raise errors.Overtaken(self.context, f"applying {ref}", "the object has been modified")
        merged = _merged(_given_up(there, wanted), wanted) if there else wanted
        merged["metadata"]["managedFields"] = [*_others(there), _managed(wanted)]
        if dry_run:
            return merged
        stored = self._store(ref, merged)
        self.react("apply", ref)
        return copy.deepcopy(stored)

    def create(self, path: str, body: Object, *, dry_run: bool = False) -> Object:
        self._called("create" + DRY * dry_run, path)
        answer = self._answer(path, body) if path in self.answers else body
        self.react("create" + DRY * dry_run, path)
        return answer

    def send(self, path: str, body: Object) -> None:
        self._called("send", path)
        self._answer(path, body)
        self.react("send", path)

    def merge(self, ref: Ref, patch: Object, *, subresource: str = "") -> Object:
        self._called("merge", ref)
        if ref not in self.objects:
            raise errors.Absent(self.context, f"patching {ref}", "not found")
        merged = _without_none(_merged(self.objects[ref], patch))
        if "managedFields" not in patch.get("metadata", {}):
            for entry in _entries(merged):
                _take(entry["fieldsV1"], patch)
        stored = self._store(ref, merged)
        self.react("merge", ref)
        return copy.deepcopy(stored)

    def delete(self, ref: Ref, *, alone: str = "") -> bool:
        self._called("delete", ref)
        there = self.objects.get(ref)
        if there is None:
            return False
        if alone and alone != there["metadata"]["resourceVersion"]:
            raise errors.Overtaken(self.context, f"removing {ref}", "the ResourceVersion in the precondition does not match")
        if there["metadata"].get("finalizers"):
            there["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z"
        else:
            del self.objects[ref]
        self.react("delete", ref)
        return True

    def close(self) -> None:
        """Nothing is open."""

    def _called(self, verb: str, on: Any) -> None:
        self.calls.append((verb, on))
        self.requests += 1
        names = {on, on.kind, str(on)} if isinstance(on, Ref) else {on}
        for fault in self.faults:
            if fault.verb in (verb, verb.rstrip(DRY), "*") and (fault.on is None or fault.on in names) and fault.times != 0:
                fault.times = None if fault.times is None else fault.times - 1
                raise fault.error

    def _answer(self, path: str, body: Object | None) -> Object:
        answer = self.answers[path]
        return copy.deepcopy(answer(body) if callable(answer) else answer)

    def _store(self, ref: Ref, body: dict[str, Any]) -> dict[str, Any]:
        before = self.objects.get(ref)
        metadata = dict(body.get("metadata") or {})
        changed = before is None or before.get("spec") != body.get("spec")
        generation = before["metadata"]["generation"] + changed if before else metadata.get("generation", 1)
        self._version += 1
        body["metadata"] = {
            "uid": f"uid-{self.context}-{self._version}", "creationTimestamp": "2026-01-01T00:00:00Z", **metadata,
            "generation": generation, "resourceVersion": str(self._version),
        }  # fmt: skip
        self.objects[ref] = body
        return body


class Clock(SimpleNamespace):
    """A clock that only a sleep moves; the day is long after all that was built."""

    now = 0.0

    def time(self) -> float:
        return 1_900_000_000.0 + self.now

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def connecting(apis: Mapping[str, FakeApi]) -> Callable[[Access], Any]:
    """A `connected` that finds the fake by the access's name."""

    @contextmanager
    def connect(access: Access) -> Iterator[FakeApi]:
        yield apis[access.name]

    return connect


def jwt(**claims: Any) -> str:
    """A token with these claims, signed by nobody."""
    parts = ({"alg": "RS256"}, claims)
    encoded = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts]
    return ".".join((*encoded, "c2lnbmF0dXJl"))


def _merged(there: Any, wanted: Any) -> Any:
    if isinstance(there, Mapping) and isinstance(wanted, Mapping):
        return {**there, **{key: _merged(there.get(key), value) for key, value in wanted.items()}}
    return copy.deepcopy(wanted)


def _without_none(value: Any) -> Any:
    return {key: _without_none(inner) for key, inner in value.items() if inner is not None} if isinstance(value, Mapping) else value


def _managed(wanted: Object) -> dict[str, Any]:
    """The managed fields entry of an apply: lists are atomic here."""
    owned = {key: value for key, value in wanted.items() if key not in ("apiVersion", "kind")}
    owned["metadata"] = {key: value for key, value in wanted["metadata"].items() if key in ("labels", "annotations", "finalizers")}
    return {"manager": FIELD_MANAGER, "operation": "Apply", "fieldsV1": _fields(owned)}


def _fields(value: Any) -> dict[str, Any]:
    return {f"f:{key}": _fields(inner) for key, inner in value.items()} if isinstance(value, Mapping) else {}


def _others(there: Object | None) -> list[Any]:
    return [entry for entry in _entries(there) if (entry["manager"], entry["operation"]) != (FIELD_MANAGER, "Apply")]


def _entries(there: Object | None) -> list[Any]:
    return list((there or {}).get("metadata", {}).get("managedFields") or ())


def _take(owned: dict[str, Any], patch: Mapping[str, Any]) -> None:
    """What somebody writes is nobody else's any longer."""
    for key, value in patch.items():
        if isinstance(value, Mapping) and owned.get(f"f:{key}"):
            _take(owned[f"f:{key}"], value)
            if not owned[f"f:{key}"]:
                del owned[f"f:{key}"]
        elif not isinstance(value, Mapping):
            owned.pop(f"f:{key}", None)


def _given_up(there: Object, wanted: Object) -> Object:
    """What is there without the fields that our last apply named and this one does not."""
    for entry in _entries(there):
        if entry not in _others(there):
            _drop(there, entry["fieldsV1"], wanted, [each.get("fieldsV1") or {} for each in _others(there)])
    return there


def _drop(there: Any, owned: Mapping[str, Any], wanted: Any, others: Sequence[Mapping[str, Any]]) -> None:
    """What others name as well stays."""
    for field, below in owned.items():
        name = field.removeprefix("f:")
        if not isinstance(there, dict) or name not in there:
            continue
        theirs = [each[field] for each in others if field in each]
        if isinstance(wanted, Mapping) and name in wanted:
            _drop(there[name], below, wanted[name], theirs)
        elif not theirs:
            del there[name]
