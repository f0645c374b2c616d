"""Running a job template as an AWX does: ansible-runner, the answers of a survey, and the credential as one file."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from .lab import KUBECONFIG, ROOT

PROGRAM = ROOT / ".venv" / "bin" / "ansible-runner"
_DEFAULTS: dict[str, Any] = yaml.safe_load((ROOT / "roles" / "configure_awx" / "defaults" / "main.yml").read_text())
TEMPLATES: dict[str, dict[str, Any]] = {template["name"]: template for template in _DEFAULTS["configure_awx_job_templates"]}
_NUMBER = itertools.count()


@dataclass(frozen=True)
class Job:
    """A job that has ended.

    Args:
        code: the exit code.
        stdout: its output, as AWX shows it.
        events: its events, in order, as AWX stores them.
        folder: where ansible-runner left them.
    """

    code: int
    stdout: str
    events: list[dict[str, Any]]
    folder: Path

    def demand(self, code: int = 0) -> Job:
        assert (self.code == 0) == (code == 0), f"the job ended {self.code}:\n{self.stdout[-4000:]}"
        return self

    @property
    def artifacts(self) -> dict[str, Any]:
        """What `set_stats` gave: the artifacts of the job, which a workflow hands on."""
        return dict(self._of("playbook_on_stats")[0].get("artifact_data") or {})

    def changed(self) -> dict[str, int]:
        return dict(self._of("playbook_on_stats")[0]["changed"])

    def failures(self) -> dict[str, str]:
        """The hosts whose tasks failed, and what each said."""
        return {event["host"]: json.dumps(event["res"].get("msg")) for event in self._of("runner_on_failed")}

    def _of(self, kind: str) -> list[dict[str, Any]]:
        return [event["event_data"] for event in self.events if event["event"] == kind]


def answers_of(survey: list[Any], given: dict[str, Any]) -> dict[str, Any]:
    """What AWX makes of the answers to a survey: defaults where nothing was typed, blanks left out. Refuses what AWX refuses."""
    questions = [yaml.safe_load(json.dumps(_question(each))) for each in survey]
    unknown = set(given) - {question["variable"] for question in questions}
    assert not unknown, f"the survey does not ask for {unknown}"
    found = {question["variable"]: given.get(question["variable"], question["default"]) for question in questions}
    for question in questions:
        answer = found[question["variable"]]
        assert answer or not question["required"], f"{question['variable']} needs an answer"
        assert question["type"] != "multiplechoice" or answer in question["choices"], f"{question['variable']}: {answer}"
    return {variable: answer for variable, answer in found.items() if answer != ""}


def _question(said: Any) -> dict[str, Any]:
    """A question of a survey; one that several templates ask is named by its variable."""
    return said if isinstance(said, dict) else _DEFAULTS[said.strip("{} ")]


@dataclass(frozen=True)
class Awx:
    """The project of the examples and a folder for jobs.

    Args:
        folder: where the jobs run.
        inventory: the inventory's folder.
    """

    folder: Path
    inventory: Path

    def launch(
        self, name: str, answers: dict[str, Any] | None = None, *more: str, artifacts: dict[str, Any] | None = None, limit: str = ""
    ) -> Job:
        """Runs a job template with answers to its survey, and with the artifacts of the jobs before it in a workflow."""
        template, place = TEMPLATES[name], self.folder / f"{next(_NUMBER):02}-{name}"
        assert not limit or template.get("ask_limit_on_launch"), f"the template {name} does not ask for a limit"
        variables = {**answers_of(template["questions"], answers or {}), **(artifacts or {}), **self._inject(place)}
        (place / "env" / "extravars").write_text(json.dumps(variables))
        shutil.copytree(ROOT / "inventories" / "awx", place / "project")
        command = [str(PROGRAM), "run", str(place), "-p", template["playbook"], "--inventory", str(self.inventory), "--ident", "job", "-q"]
        command += (["--limit", limit] if limit else []) + ([f"--cmdline={' '.join(more)}"] if more else [])
        environment = {**os.environ, "PATH": f"{PROGRAM.parent}:{os.environ['PATH']}"}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)
        job = place / "artifacts" / "job"
        assert (job / "stdout").exists(), done.stdout + done.stderr
        events = [json.loads(path.read_text()) for path in (job / "job_events").glob("*.json")]
        return Job(done.returncode, (job / "stdout").read_text(), sorted(events, key=lambda event: event["counter"]), place / "artifacts")

    def _inject(self, place: Path) -> dict[str, str]:
        """The credential: one file that the job alone can read, and the variable that names it."""
        (place / "env").mkdir(parents=True)
        kubeconfig = place / "env" / "kubeconfig"
        kubeconfig.touch(mode=0o600)
        kubeconfig.write_text(KUBECONFIG.read_text())
        return {"k8ssandra_kubeconfig": str(kubeconfig)}
