"""Many tasks of our modules in one run, each with its result: a start of ansible-playbook costs more than all of them."""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from .lab import KUBECONFIG
from .play import Player, Run, Started

_HANDS_OVER = {"LC_TELLTALE": "environment makes an action plugin hand over to its module"}
_NUMBER = itertools.count()


@dataclass(frozen=True)
class Task:
    """One task.

    Args:
        module: the module's name, without the collection's.
        options: its options besides `kubeconfig` and `context`, which are the lab's and hub unless they are here; None leaves one out.
        check: run it in check mode.
        diff: ask for a diff.
        as_module: run the module itself and not the action plugin.
    """

    module: str
    options: dict[str, Any] = field(default_factory=dict)
    check: bool = False
    diff: bool = True
    as_module: bool = False

    def body(self, register: str) -> dict[str, Any]:
        options = {"kubeconfig": str(KUBECONFIG), "context": "hub", **self.options}
        return {
            "name": f"{register} {self.module}",
            f"k8ssandra.operator.{self.module}": {name: value for name, value in options.items() if value is not None},
            "register": register,
            "ignore_errors": True,
            "check_mode": self.check,
            "diff": self.diff,
            **({"environment": _HANDS_OVER} if self.as_module else {}),
        }


@dataclass
class Tasks:
    """Runs tasks on localhost."""

    player: Player
    folder: Path
    last: Run | None = None
    _found: Path = Path()

    def run(self, tasks: Sequence[Task], timeout: float = 300) -> list[dict[str, Any]]:
        """The registered result of each task, in order."""
        with self.start(tasks) as started:
            self.last = started.finish(timeout).demand()
        return self.results()

    def results(self) -> list[dict[str, Any]]:
        """What the tasks that were started last registered, when they have ended."""
        results: list[dict[str, Any]] = json.loads(self._found.read_text())
        return results

    def start(self, tasks: Sequence[Task]) -> Started:
        """The same under way, to be killed or waited for."""
        number = next(_NUMBER)
        self._found, playbook = self.player.outputs / f"results-{number}.json", self.folder / f"tasks-{number}.yml"
        names = [f"task_{index}" for index in range(len(tasks))]
        keep = {"content": "{{ [" + ", ".join(names) + "] | to_json }}", "dest": str(self._found), "mode": "0600"}
        steps = [task.body(name) for task, name in zip(tasks, names, strict=True)]
        steps.append({"name": "keep the results", "ansible.builtin.copy": keep, "diff": False})
        variables = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
        playbook.write_text(json.dumps([{"hosts": "localhost", "gather_facts": False, "vars": variables, "tasks": steps}]))
        inventory = self.folder / "localhost.yml"
        inventory.write_text(yaml.safe_dump({"all": {"hosts": {"localhost": {}}}}))
        return self.player.start(str(playbook), inventory, "-vvvv")

    def one(self, module: str, *, check: bool = False, as_module: bool = False, **options: Any) -> dict[str, Any]:
        """The result of one task."""
        return self.run([Task(module, options, check=check, as_module=as_module)])[0]
