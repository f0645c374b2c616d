"""Running `ansible-playbook` as a person does, and reading what it says."""

from __future__ import annotations

import itertools
import os
import re
import shlex
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from .lab import ROOT

PROGRAM, RUNNER = (ROOT / ".venv" / "bin" / name for name in ("ansible-playbook", "ansible-runner"))
_NUMBER = itertools.count()
_RECAP = re.compile(r"^(\S+)\s+: (ok=\d+ .*)$", re.MULTILINE)
# At -vvvv a result has many lines, of which the last is a brace alone.
_FAILURE = re.compile(r"^(?:fatal|failed|\[ERROR\]): .*?(?:$(?!\n    )|^\}$)", re.MULTILINE | re.DOTALL)


def _family(pid: int) -> list[int]:
    """A process and its descendants: each worker of ansible-playbook is in a session of its own."""
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        children = [int(child) for task in tasks for child in (task / "children").read_text().split()]
    except (FileNotFoundError, ProcessLookupError):
        return [pid]
    return [pid, *(each for child in children for each in _family(child))]


@dataclass
class Run:
    """One run that has ended.

    Args:
        command: what was run.
        code: its exit code.
        text: everything it printed.
        seconds: how long it took.
        explain: the state of the clusters, for a message.
    """

    command: str
    code: int
    text: str
    seconds: float
    explain: Callable[[], str] = field(default=str, repr=False)

    @property
    def recap(self) -> dict[str, dict[str, int]]:
        """PLAY RECAP: the counts of every host."""
        return {
            host: {name: int(count) for name, count in (pair.split("=") for pair in counts.split())}
            for host, counts in _RECAP.findall(self.text)
        }

    def changed(self) -> dict[str, int]:
        return {host: counts["changed"] for host, counts in self.recap.items()}

    def failures(self) -> str:
        """The lines in which tasks failed."""
        return "\n".join(_FAILURE.findall(self.text))

    def demand(self, code: int = 0) -> Run:
        """Insists on an exit code; says all it can when it is another."""
        if (self.code == 0) != (code == 0):
            tail = "\n".join(self.text.splitlines()[-40:])
            message = f"`{self.command}` ended {self.code} after {self.seconds:.0f} s"
            raise AssertionError(f"{message}\n{self.failures()[:3000]}\n--- its last lines\n{tail}\n--- the clusters\n{self.explain()}")
        return self

    def demand_unchanged(self) -> Run:
        self.demand()
        assert not any(self.changed().values()), f"`{self.command}` changed {self.changed()}:\n{changed_lines(self.text)}"
        return self


def changed_lines(text: str) -> str:
    """The tasks that changed something, with what they said on the way."""
    tasks = re.split(r"^(?=TASK )", text, flags=re.MULTILINE)
    lines = [line[:300] for task in tasks if re.search(r"^changed:", task, re.MULTILINE) for line in task.splitlines() if line]
    return "\n".join(lines[:60])


@dataclass
class Player:
    """Runs playbooks, and keeps what each of them printed.

    Args:
        outputs: the folder for it.
        explain: the state of the clusters, for a message.
        environment: variables that runs get besides the test's own.
    """

    outputs: Path
    explain: Callable[[], str]
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def temporary(self) -> Path:
        """The folder for temporary files of all runs."""
        return self._folder("temporary")

    @property
    def of_ansible(self) -> Path:
        """The folder for what Ansible itself keeps during a run."""
        return self._folder("ansible")

    def _folder(self, name: str) -> Path:
        found = self.outputs / name
        found.mkdir(mode=0o700, exist_ok=True)
        return found

    def play(self, playbook: str, inventory: Path, *more: str, timeout: float = 900) -> Run:
        """Runs to the end. A run that hangs is killed and fails the test."""
        with self.start(playbook, inventory, *more) as started:
            return started.finish(timeout)

    def play_by_runner(self, playbook: str, inventory: Path, *more: str, timeout: float = 900) -> Run:
        """The same by ansible-runner, as an AWX does; what it keeps of the job stays with the outputs."""
        name = f"{next(_NUMBER):03}-{playbook}"
        job = ["run", str(self._folder(name)), "-p", playbook, "--inventory", str(inventory), f"--cmdline={shlex.join(more)}"]
        with self._start([str(RUNNER), *job], f"{name}.log") as started:
            return started.finish(timeout)

    def start(self, playbook: str, inventory: Path, *more: str) -> Started:
        return self._start([str(PROGRAM), playbook, "-i", str(inventory), *more], f"{next(_NUMBER):03}-{Path(playbook).name}.log")

    def _start(self, command: list[str], log: str) -> Started:
        folders = {"TMPDIR": self.temporary, "ANSIBLE_LOCAL_TEMP": self.of_ansible, "ANSIBLE_REMOTE_TEMP": self.of_ansible}
        own = {"PATH": f"{PROGRAM.parent}:{os.environ['PATH']}", **{name: str(path) for name, path in folders.items()}}
        return Started(command, self.outputs / log, self.explain, {**own, **self.environment})


class Started:
    """A run under way, in a process group of its own."""

    def __init__(self, command: list[str], log: Path, explain: Callable[[], str], more: Mapping[str, str]) -> None:
        self.command, self.log, self._explain = " ".join(command).replace(f"{ROOT}/", ""), log, explain
        environment = {**os.environ, "ANSIBLE_NOCOLOR": "1", "ANSIBLE_FORCE_COLOR": "0", "PYTHONUNBUFFERED": "1", **more}
        self._began = time.monotonic()
        with log.open("wb") as opened:
            self._process = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=opened, stderr=opened, start_new_session=True
            )

    def __enter__(self) -> Started:
        return self

    def __exit__(self, *_ignored: object) -> None:
        self.kill()

    def kill(self) -> None:
        """SIGKILL for the process and all that it started: nobody gets to tidy up, or to go on alone."""
        self.signal(signal.SIGKILL)
        self._process.wait()

    def kill_at(self, pattern: str, timeout: float) -> None:
        """SIGKILL as soon as it says something."""
        for _line in self.lines_until(pattern, timeout):
            pass
        self.kill()

    def signal(self, number: int) -> None:
        """A signal for the process and all that it started, as a person's Ctrl-C or a runner's end gives it."""
        for pid in _family(self._process.pid) if self._process.poll() is None else ():
            with suppress(ProcessLookupError):
                os.kill(pid, number)

    def text(self) -> str:
        return self.log.read_text(errors="replace")

    def finish(self, timeout: float) -> Run:
        try:
            code = self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()
            code = -1
        run = Run(self.command, code, self.text(), time.monotonic() - self._began, self._explain)
        assert code != -1, f"`{self.command}` did not end in {timeout:.0f} s\n{run.text[-3000:]}\n--- the clusters\n{self._explain()}"
        return run

    def lives_until(self, what: str, look: Callable[[], bool], timeout: float) -> None:
        """Until something is so. Fails when the run ends, or the time, before that."""
        deadline = time.monotonic() + timeout
        while not look():
            assert self._process.poll() is None, f"`{self.command}` ended before {what}:\n{self.text()[-3000:]}"
            assert time.monotonic() < deadline, f"`{self.command}`: not in {timeout:.0f} s {what}:\n{self.text()[-3000:]}"
            time.sleep(0.1)

    def lines_until(self, pattern: str, timeout: float) -> Iterator[str]:
        """The lines printed up to the first that a pattern fits. Fails when the run ends, or the time, without one."""
        deadline, wanted, seen = time.monotonic() + timeout, re.compile(pattern), 0
        while True:
            ended = self._process.poll() is not None
            lines = self.text().split("\n")
            if not ended:
                lines.pop()  # which is still on its way
            for line in lines[seen:]:
                yield line
                if wanted.search(line):
                    return
            seen = len(lines)
            assert not ended, f"`{self.command}` ended before it said {pattern!r}:\n" + "\n".join(lines[-30:])
            assert time.monotonic() < deadline, f"`{self.command}` did not say {pattern!r} in {timeout:.0f} s:\n" + "\n".join(lines[-30:])
            time.sleep(0.1)
