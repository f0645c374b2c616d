# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a preflight that was killed left behind: found by its label, and removed by the next one."""

from __future__ import annotations

import hashlib
import os
import secrets
import socket
import time

from .._core import probes
from .._core.objects import Object, kind_named, ref_of
from .._core.readings import labels_of
from .._core.times import instant
from . import errors
from .api import Api

_LEFT = ("Pod", "PersistentVolumeClaim")


def clear_leftovers(api: Api, namespace: str) -> None:
    """Removes what a run that was killed left behind.

    Args:
        namespace: where its pods were made; empty for namespaces of their own.
    """
    try:
        kinds = [(kind_named("Namespace"), "")] + [(kind_named(name), namespace) for name in _LEFT if namespace]
        left = [body for kind, place in kinds for body in api.list(kind, place, probes.PROBE) or () if _abandoned(body)]
    except errors.Forbidden:
        return
    for body in left:
        api.delete(ref_of(body))


def _abandoned(body: Object) -> bool:
    """Whether the run that made an object is over: its process on this machine, or the time that its pods have."""
    machine, _dash, rest = labels_of(body).get(probes.RUN_LABEL, "").partition("-")
    made = instant(body["metadata"].get("creationTimestamp")) or 0.0
    number = rest.partition("-")[0]
    if machine == this_machine() and number.isdigit():
        return not _alive(int(number))
    return time.time() - made > 2 * probes.LIFETIME


def _alive(number: int) -> bool:
    try:
        os.kill(number, 0)
    except OSError as problem:
        return isinstance(problem, PermissionError)
    return not _is_zombie(number)


def _is_zombie(number: int) -> bool:
    """Whether a process has ended and nobody asked how, as it stays in a container whose first process asks late or never."""
    try:
        with open(f"/proc/{number}/stat", encoding="utf-8", errors="replace") as file:
            return file.read().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return False


def run_id() -> str:
    """What the objects of a run are labelled with: this machine, this process, and a word of chance."""
    return f"{this_machine()}-{os.getpid()}-{secrets.token_hex(2)}"


def this_machine() -> str:
    """This host, without its name."""
    return hashlib.sha256(socket.gethostname().encode()).hexdigest()[:6]
