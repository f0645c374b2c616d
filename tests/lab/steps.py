"""What the lab says while it works, how it runs commands, and the one kind of error it ends with."""

from __future__ import annotations

import fcntl
import os
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path


class LabError(Exception):
    """Something the person at the terminal has to know: one sentence, with what to do about it."""


def say(text: str) -> None:
    """Print one line at once, also when the output is a pipe."""
    print(f"lab: {text}", flush=True)


@contextmanager
def step(text: str) -> Iterator[None]:
    """Say what is being done, and how long it took once it is done."""
    say(f"{text} ...")
    started = time.monotonic()
    yield
    say(f"{text}: {time.monotonic() - started:.1f} s")


def run(
    command: Sequence[str | Path], *, doing: str, stdin: str = "", cwd: Path | None = None, env: Mapping[str, str] | None = None
) -> str:
    """Run a command and return what it printed.

    Raises LabError, beginning with `doing`, when the command is missing or fails.
    """
    words = [str(word) for word in command]
    path = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"  # a root shell made by su or sudo may lack these
    try:
        done = subprocess.run(
            words, input=stdin, cwd=cwd, env={**os.environ, "PATH": path, **(env or {})}, capture_output=True, text=True, check=False
        )
    except FileNotFoundError as error:
        raise LabError(f"{doing}: the command {words[0]} is missing on this machine: install it") from error
    if done.returncode:
        last = " / ".join((done.stderr or done.stdout).strip().splitlines()[-5:])
        raise LabError(f"{doing}: `{' '.join(words[:6])}` ended with {done.returncode}: {last}")
    return done.stdout


@contextmanager
def exclusive(lock: Path, waiting: str) -> Iterator[None]:
    """Hold a lock file for as long as the block runs; the kernel frees it when the process dies."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as opened:
        try:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"waiting for another run that is {waiting}")
            fcntl.flock(opened, fcntl.LOCK_EX)
        yield
