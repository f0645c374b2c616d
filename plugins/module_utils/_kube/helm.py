# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Running Helm: in a folder of its own, without the user's settings, and without a secret in what it is heard to say."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from .._core.redact import MASK, redact_text

_LONGEST = 600
_PREFIX = "k8ssandra-helm-"
_YOUNG = 60.0  # seconds
_RUN_SECONDS = 300.0


class HelmFailed(Exception):
    """Helm ended with an error; the message is what it said, without secrets."""


@dataclass(frozen=True)
class Helm:
    """One Helm with a folder of its own.

    Args:
        binary: the program.
        folder: where it keeps what it fetches; for us alone.
    """

    binary: str
    folder: str

    def run(
        self, arguments: Sequence[str], *, given: str | None = None, seconds: float = _RUN_SECONDS, secrets: Iterable[str] = ()
    ) -> str:
        """What Helm printed. Raises `HelmFailed`.

        Args:
            given: what it reads where an argument says ``-``: values may hold secrets, and a file would outlive a killed run.
            secrets: texts that are masked in what it says when it fails.
        """
        try:
            command, environment = [self.binary, *arguments], self._environment()
            done = subprocess.run(
                command, input=given or "", capture_output=True, text=True, timeout=seconds, check=False, env=environment
            )
        except subprocess.TimeoutExpired as problem:
            raise HelmFailed(f"it did not end in {seconds:g} s") from problem
        except OSError as problem:
            raise HelmFailed(f"{self.binary} cannot be run: {problem.strerror}") from problem
        if done.returncode:
            raise HelmFailed(_heard(done.stderr, secrets) or f"it ended with {done.returncode}")
        return done.stdout

    def _environment(self) -> dict[str, str]:
        """Ours, less every setting of Helm's but where somebody has logged in to a registry."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("HELM_", "KUBECONFIG"))}
        places = {f"HELM_{what}_HOME": os.path.join(self.folder, what.lower()) for what in ("CACHE", "CONFIG", "DATA")}
        home = os.environ.get("XDG_CONFIG_HOME") or os.path.expanduser("~/.config")
        log_ins = os.environ.get("HELM_REGISTRY_CONFIG") or os.path.join(home, "helm", "registry", "config.json")
        known = {"HELM_REGISTRY_CONFIG": log_ins} if os.path.isfile(log_ins) else {}
        return {**kept, **places, **known, "HELM_DRIVER": "secret"}


@contextmanager
def private_helm(binary: str | None) -> Iterator[Helm]:
    """A Helm whose folder is removed at the end, or by the next run after one that was killed. Raises `HelmFailed` when there is none.

    Args:
        binary: its name or path; without it, the first found beside the Python that runs this, then in PATH.
    """
    folders = os.pathsep.join((os.path.dirname(sys.executable), os.environ.get("PATH", "")))
    found = shutil.which(binary or "helm", path=folders)
    if not found:
        raise HelmFailed(f"found no {binary or 'helm'} on this host; install Helm 3, or give its path")
    _remove_abandoned()
    folder = tempfile.mkdtemp(prefix=_PREFIX)
    try:
        with _locked(folder):
            yield Helm(found, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _locked(folder: str) -> Iterator[bool]:
    """Holds a folder until the end, or until this process is killed; whether nobody else holds it."""
    descriptor, held = os.open(folder, os.O_RDONLY), True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        held = False
    try:
        yield held
    finally:
        os.close(descriptor)


def _remove_abandoned() -> None:
    """Removes the folders of runs that were killed. One that was just made may not be held yet."""
    with os.scandir(tempfile.gettempdir()) as entries:
        found = [entry for entry in entries if entry.name.startswith(_PREFIX) and entry.is_dir(follow_symlinks=False)]
    for entry in found:
        with suppress(OSError):  # another run may have removed it
            about = entry.stat(follow_symlinks=False)
            if about.st_uid == os.geteuid() and time.time() - about.st_mtime > _YOUNG:
                with _locked(entry.path) as abandoned:
                    if abandoned:
                        shutil.rmtree(entry.path, ignore_errors=True)


def _heard(said: str, secrets: Iterable[str]) -> str:
    lines = [line.strip() for line in said.splitlines() if line.strip() and not line.startswith(("WARNING", "level=", "I0", "W0"))]
    text = " ".join(line for line in lines if "--debug flag" not in line)
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, MASK)
    return redact_text(text)[:_LONGEST]
