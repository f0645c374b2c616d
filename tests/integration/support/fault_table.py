"""The faults. What a row's run is told, and when, is in `faults.py`; rows of one kind stand together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .faults import Bench, Fault
from .proxy import Trouble

ACCOUNT = "k8ssandra-control-plane"
_WEST_AND_HUB = ("operators of hub", "operators of west")
_REFUSED = {"reason": "Conflict", "message": "Operation cannot be fulfilled: the object has been modified"}
_BUSY = {"reason": "TooManyRequests", "message": "Too many requests, please try again later"}
_WRITES = ("PATCH",)
# What a run makes anew, and nothing waits for.
_SERVICE = "service/cass-operator-controller-manager-metrics-service"


def _kill(context: str, part: str) -> Callable[[Bench], object]:
    return lambda bench: bench.lab.kill(context, part)


def _cut(context: str) -> Callable[[Bench], object]:
    return lambda bench: bench.cut(context)


def _tamper(context: str, *troubles: dict[str, Any]) -> Callable[[Bench], object]:
    return lambda bench: bench.tamper(context, *(Trouble(**trouble) for trouble in troubles))


def _delete(context: str, *names: str) -> Callable[[Bench], object]:
    return lambda bench: bench.kubectl(context, "delete", *names)


def _both(*harms: Callable[[Bench], object]) -> Callable[[Bench], object]:
    return lambda bench: [harm(bench) for harm in harms]


def _writing_in_west(*troubles: dict[str, Any]) -> Callable[[Bench], object]:
    """Something to write for a run, and trouble with it."""
    return _both(_delete("west", _SERVICE), _tamper("west", *troubles))


_TO_RENEW = _delete("east", f"serviceaccount/{ACCOUNT}")
_OPERATORS_POD = _delete("hub", "pod", "--selector=control-plane=k8ssandra-operator", "--wait=false")
_REGISTERING = r"TASK \[task_\d client_config\]"

# Together under five minutes: part of `make test`.
QUICK: tuple[Fault, ...] = (
    Fault(
        "west is cut off before the run", _cut("west"), "west", ("no answer from https://",),
        run=("operators of hub", "registrations"),
    ),
    Fault("the API server of hub is killed while it registers", _kill("hub", "apiserver"), at=_REGISTERING),
    Fault(
        "the API server of west is overloaded for a while", _tamper("west", {"status": 429, "times": 3, "seconds": 1, **_BUSY}),
        on_the_way=True,
    ),
    Fault(
        "a write in west is overtaken twice", _writing_in_west({"status": 409, "methods": _WRITES, "times": 2, **_REFUSED}),
        run=_WEST_AND_HUB,
    ),
    Fault("the operator's pod goes while it registers", _OPERATORS_POD, first=_TO_RENEW, at="token issued"),
)  # fmt: skip

LONG: tuple[Fault, ...] = (
    Fault(
        "the answer to a write in west is lost",
        _writing_in_west({"does": "lose", "methods": _WRITES, "path": "/services/cass-operator.*force=false$", "times": 1}),
        run=_WEST_AND_HUB,
    ),
    Fault("connections to west break", _tamper("west", {"does": "drop", "times": 2}, {"does": "halve", "times": 2}), on_the_way=True),
)  # fmt: skip
