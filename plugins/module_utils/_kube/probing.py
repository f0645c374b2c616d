# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Trying the ways between contexts and the storage by short-lived pods, which are removed whatever happens."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from .._core import probes
from .._core.causes import causes_of_pod
from .._core.fleet import Probed
from .._core.objects import Object, Ref, kind_named, ref_of
from .._core.readings import status_of
from . import errors
from .api import Api
from .fleet import side_by_side
from .probe_leftovers import clear_leftovers, run_id

_PAUSE = 0.4
# A new namespace has its account a moment later.
_SETTLING = 10.0


@dataclass(frozen=True)
class Trial:
    """What is tried everywhere.

    Args:
        image: with busybox in it.
        namespace: where the pods are made; empty for one that is made for it.
        seconds: how long a pod may take to come up, and then again to end.
        ports: what is tried of every listener.
    """

    image: str
    namespace: str
    seconds: float
    ports: tuple[int, ...]


@dataclass
class Site:
    """The part of a trial in one context, in one thread at a time.

    Args:
        classes: the storage classes to try, with the access modes.
        tolerations: those of the datacenters' pods.
    """

    api: Api
    classes: Mapping[str, Sequence[str]]
    tolerations: Sequence[Any] = ()
    run: str = ""
    namespace: str = ""
    made: list[Ref] = field(default_factory=list)
    probed: Probed = field(default_factory=Probed)
    bindings: dict[str, str] = field(default_factory=dict)

    @property
    def context(self) -> str:
        """The context's name."""
        return self.api.context


class Stopped(Exception):
    """Somebody asked us to end."""


def try_ways(sites: Sequence[Site], trial: Trial, say: Callable[[str], None], warn: Callable[[str], None]) -> dict[str, Probed]:
    """What short-lived pods found out, by context. What they need is removed at the end, and what an earlier run left at the start."""
    run = run_id()
    with _stoppable() as stop:
        try:
            say("preflight: starting short-lived pods")
            opened = side_by_side(lambda site: _open(site, trial, run, stop), sites)
            addresses = {context: answer for context, answer in opened.items() if isinstance(answer, str) and answer}
            troubles = {context: str(answer.found) for context, answer in opened.items() if isinstance(answer, errors.ClusterError)}
            say("preflight: trying the ways between them")
            tried = side_by_side(lambda site: _try(site, trial, addresses, stop), [site for site in sites if site.context in addresses])
        except Stopped:
            tried, troubles = {}, {site.context: "the run was told to end" for site in sites}
        finally:
            for removed in side_by_side(_remove, sites).values():
                for problem in removed if isinstance(removed, list) else [removed]:
                    warn(f"a preflight left something behind: {problem}; it goes with the next one, or remove it by hand")
    return {site.context: _result(site, tried.get(site.context), troubles) for site in sites}


def _result(site: Site, answer: Probed | errors.ClusterError | None, troubles: Mapping[str, str]) -> Probed:
    if isinstance(answer, Probed):
        return answer
    return Probed(trouble=str(answer.found) if answer else troubles.get(site.context, "no pod came up"), bindings=site.bindings)


def _open(site: Site, trial: Trial, run: str, stop: threading.Event) -> str:
    """Starts the listener and tries the storage; the listener's address."""
    site.run = run
    clear_leftovers(site.api, trial.namespace)
    site.namespace = trial.namespace or f"k8ssandra-preflight-{run}"
    if site.api.get(kind_named("Namespace").ref(site.namespace)) is None:
        _make(site, probes.namespace_body(site.namespace, run), stop)
    listener = _make(site, probes.listener_body(site.namespace, run, trial.image, trial.ports, site.tolerations), stop)
    for number, (storage_class, modes) in enumerate(site.classes.items()):
        _make(site, probes.claim_body(site.namespace, run, number, storage_class, modes), stop)
        _make(site, probes.claimer_body(site.namespace, run, number, trial.image, site.tolerations), stop)
    pod = _await(site, listener, trial.seconds, stop, lambda body: status_of(body).get("phase") == "Running")
    for number, storage_class in enumerate(site.classes):
        site.bindings[storage_class] = _binding(site, number, trial.seconds, stop)
    return str(status_of(pod).get("podIP") or "")


def _binding(site: Site, number: int, seconds: float, stop: threading.Event) -> str:
    """Why the claim of that number was not bound, or not mounted; empty when it was."""
    pod = kind_named("Pod").ref(f"claimer-{number}-{site.run}", site.namespace)
    try:
        _await(site, pod, seconds, stop, lambda body: probes.last_words(body) is not None or status_of(body).get("phase") == "Running")
    except errors.TimedOut as problem:
        claim = site.api.get(kind_named("PersistentVolumeClaim").ref(f"claim-{number}-{site.run}", site.namespace))
        return f"{status_of(claim).get('phase') or 'gone'} after {seconds:g} s: {problem.found}"
    return ""


def _try(site: Site, trial: Trial, addresses: Mapping[str, str], stop: threading.Event) -> Probed:
    """Starts the prober and waits for what it says of all listeners."""
    body = probes.prober_body(site.namespace, site.run, trial.image, list(addresses.values()), trial.ports, site.tolerations)
    pod = _await(site, _make(site, body, stop), trial.seconds + 10, stop, lambda body: probes.last_words(body) is not None)
    routes = probes.read_routes(site.context, list(addresses), trial.ports, probes.last_words(pod) or "")
    return Probed(routes=routes, bindings=site.bindings, address=addresses[site.context])


def _make(site: Site, body: Object, stop: threading.Event) -> Ref:
    """Applies an object; noted before, so that one whose answer got lost is removed too."""
    ref, deadline = ref_of(body), time.monotonic() + _SETTLING
    site.made.append(ref)
    while True:
        if stop.is_set():
            raise Stopped
        try:
            site.api.apply(body)
            return ref
        except errors.Forbidden as problem:
            if "serviceaccount" not in problem.found or time.monotonic() > deadline:
                raise
        stop.wait(_PAUSE)


def _await(site: Site, ref: Ref, seconds: float, stop: threading.Event, done: Callable[[Object], bool]) -> Object:
    """Looks at a pod until it is as wanted. Raises `TimedOut` with the cause."""
    deadline = time.monotonic() + seconds
    while True:
        if stop.is_set():
            raise Stopped
        body = site.api.get(ref) or {}
        if done(body):
            return body
        if time.monotonic() > deadline:
            raise errors.TimedOut(site.context, f"waiting for {ref}", _trouble(site, ref, body), "look at the events of the namespace")
        stop.wait(_PAUSE)


def _trouble(site: Site, ref: Ref, body: Object) -> str:
    causes = list(causes_of_pod(site.context, body, time.time(), 0.0)) if body else []
    ways = {probes.LISTENER: "the listener", probes.PROBER: "the prober"}
    name = next((words for part, words in ways.items() if ref.name.startswith(part)), "the pod that mounts it")
    return causes[0].what if causes else f"{name} is {status_of(body).get('phase') or 'not there'}"


def _remove(site: Site) -> list[errors.ClusterError]:
    """Removes what was made, last first: a namespace takes along what did not go by itself. What could not be removed."""
    return [problem for ref in reversed(site.made) if (problem := _removed(site.api, ref))]


def _removed(api: Api, ref: Ref) -> errors.ClusterError | None:
    try:
        api.delete(ref)
    except errors.ClusterError as problem:
        return problem
    return None


@contextmanager
def _stoppable() -> Iterator[threading.Event]:
    """An event that is set when the process is told to end; told again to itself when all is removed."""
    stop, told = threading.Event(), []
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return

    def note(number: int, frame: Any) -> None:
        told.append(number)
        stop.set()

    before = {number: signal.signal(number, note) for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        for signalled in told[:1]:
            os.kill(os.getpid(), signalled)
