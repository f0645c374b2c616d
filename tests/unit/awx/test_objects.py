# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What `configure_awx` would make, judged by the argument specs of awx.awx: the role runs, and its calls are recorded in place of an AWX."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from tests.unit.drift import tree

PROGRAMS = Path(sys.executable).parent
AWX = Path(sysconfig.get_path("purelib"), "ansible_collections", "awx", "awx")
GIVEN = {
    "k8ssandra_awx_scm_url": "https://git.example.com/fleet.git",
    "k8ssandra_awx_image": "registry.example.com/k8ssandra-ee:0.1.0",
    "k8ssandra_awx_prefix": "Fleet",
}
RECORDER = """
import json, os
from ansible.plugins.action import ActionBase
class ActionModule(ActionBase):
    def run(self, tmp=None, task_vars=None):
        with open(os.environ["RECORD"], "a") as record:
            record.write(json.dumps([self._task.action, self._task.args], default=str) + "\\n")
        return {"changed": False}
"""
KINDS = {"text", "textarea", "password", "integer", "float", "multiplechoice", "multiselect"}


def _stand_in(folder: Path, modules: set[str]) -> None:
    """A collection awx.awx that records what its modules are called with."""
    plugins = folder / "ansible_collections" / "awx" / "awx" / "plugins"
    (plugins / "action").mkdir(parents=True)
    (plugins / "modules").symlink_to(AWX / "plugins" / "modules")
    for module in modules:
        (plugins / "action" / f"{module}.py").write_text(RECORDER)


def _run(folder: Path, given: dict[str, Any]) -> tuple[subprocess.CompletedProcess[str], list[tuple[str, dict[str, Any]]]]:
    record = folder / "record"
    environment = {**os.environ, "ANSIBLE_COLLECTIONS_PATH": str(folder), "RECORD": str(record), "ANSIBLE_NOCOLOR": "1"}
    command = [str(PROGRAMS / "ansible-playbook"), "k8ssandra.operator.configure_awx", "-i", "localhost,", "-e", json.dumps(given)]
    done = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, timeout=120, check=False)
    lines = record.read_text().splitlines() if record.exists() else []
    return done, [(name.rpartition(".")[2], arguments) for name, arguments in map(json.loads, lines)]


@pytest.fixture(scope="module")
def calls(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, dict[str, Any]]]:
    folder = tmp_path_factory.mktemp("awx")
    _stand_in(folder, _named_modules())
    (folder / "kubeconfig").write_text("apiVersion: v1\n")
    done, recorded = _run(folder, {**GIVEN, "k8ssandra_awx_kubeconfig": str(folder / "kubeconfig")})
    assert done.returncode == 0, done.stdout + done.stderr
    assert "apiVersion" not in done.stdout + done.stderr, "the kubeconfig was printed"
    return recorded


def _named_modules() -> set[str]:
    tasks = [task for name in tree.matching("roles/configure_awx/tasks/*.yml") for task in tree.loaded(name)]
    return {key.removeprefix("awx.awx.") for task in tasks for key in task if key.startswith("awx.awx.")}


def _argument_spec(module: str) -> dict[str, Any]:
    """What awx.awx documents, which its own tests hold to what it takes."""
    found = yaml.safe_load(tree.constant(str(AWX / "plugins" / "modules" / f"{module}.py"), "DOCUMENTATION"))
    fragment = yaml.safe_load(tree.constant(str(AWX / "plugins" / "doc_fragments" / "auth.py"), "DOCUMENTATION"))
    return _spec({**fragment["options"], **found["options"]})


def _spec(options: dict[str, Any]) -> dict[str, Any]:
    kept = ("type", "required", "choices", "elements")
    return {
        name: {
            **{key: option[key] for key in kept if option.get(key) is not None},
            **({"options": _spec(option["suboptions"])} if option.get("suboptions") else {}),
        }
        for name, option in options.items()
    }


def _of(calls: list[tuple[str, dict[str, Any]]], module: str) -> list[dict[str, Any]]:
    return [arguments for name, arguments in calls if name == module]


def test_every_call_is_one_that_its_module_takes(calls: list[tuple[str, dict[str, Any]]]) -> None:
    assert {name for name, _arguments in calls} == _named_modules()
    for module, arguments in calls:
        judged = ArgumentSpecValidator(_argument_spec(module)).validate(arguments)
        assert not judged.error_messages, f"awx.awx.{module} {arguments.get('name')}"


@pytest.mark.parametrize("wrong", [{"playbok": "x"}, {"job_type": "walk"}, {"survey_spec": "x"}], ids=str)
def test_a_call_that_its_module_refuses_is_found(calls: list[tuple[str, dict[str, Any]]], wrong: dict[str, Any]) -> None:
    arguments = {**_of(calls, "job_template")[0], **wrong}
    assert ArgumentSpecValidator(_argument_spec("job_template")).validate(arguments).error_messages


def _surveys(calls: list[tuple[str, dict[str, Any]]]) -> list[dict[str, Any]]:
    return [call["survey_spec"] for module in ("job_template", "workflow_job_template") for call in _of(calls, module)]


def problems_of(survey: dict[str, Any]) -> list[str]:
    """What AWX would refuse of a survey, whose inner form the modules do not check."""
    found = [] if {"name", "description", "spec"} == set(survey) else [f"keys {sorted(survey)}"]
    for question in survey["spec"]:
        name = question.get("variable", "?")
        found += [f"{name}: no {key}" for key in ("question_name", "variable", "type", "required") if key not in question]
        found += [] if question.get("type") in KINDS else [f"{name}: type {question.get('type')}"]
        found += [] if isinstance(question.get("required"), bool) else [f"{name}: required {question.get('required')}"]
        if question.get("type") in ("multiplechoice", "multiselect"):
            choices = question.get("choices") or []
            found += [] if choices and all(isinstance(choice, str) for choice in choices) else [f"{name}: choices {choices}"]
            found += [] if question.get("default", "") in ("", *choices) else [f"{name}: default {question['default']}"]
    variables = [question.get("variable") for question in survey["spec"]]
    return found + ([] if len(set(variables)) == len(variables) else ["a variable twice"])


def test_every_survey_is_one_that_awx_takes(calls: list[tuple[str, dict[str, Any]]]) -> None:
    assert [problems for survey in _surveys(calls) if (problems := problems_of(survey))] == []


QUESTION = {"question_name": "Which", "variable": "which", "type": "multiplechoice", "choices": ["a", "b"], "default": "a", "required": True}


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [({"type": "choice"}, "type choice"), ({"default": "c"}, "default c"), ({"choices": []}, "choices []"), ({"required": "yes"}, "required yes")],
)
def test_a_wrong_survey_is_found(wrong: dict[str, Any], problem: str) -> None:
    assert f"which: {problem}" in problems_of({"name": "", "description": "", "spec": [{**QUESTION, **wrong}]})


def test_every_answer_is_a_variable_that_something_reads(calls: list[tuple[str, dict[str, Any]]]) -> None:
    read = "".join(tree.text(name) for name in tree.matching("roles/*/defaults/main.yml", "playbooks/*.yml") if "configure_awx" not in name)
    asked = {question["variable"] for survey in _surveys(calls) for question in survey["spec"]}
    assert not {variable for variable in asked if variable not in read}


def test_every_template_runs_a_playbook_of_the_example_project(calls: list[tuple[str, dict[str, Any]]]) -> None:
    for template in _of(calls, "job_template"):
        plays = tree.loaded(f"inventories/awx/{template['playbook']}")
        assert plays[0]["ansible.builtin.import_playbook"].removeprefix("k8ssandra.operator.") in tree.playbooks()


def test_what_a_template_names_is_made_before_it(calls: list[tuple[str, dict[str, Any]]]) -> None:
    kinds = {"project": "project", "inventory": "inventory", "execution_environment": "execution_environment", "credentials": "credential"}
    made: set[tuple[str, str]] = set()
    for module, arguments in calls:
        if module == "job_template":
            for key, kind in kinds.items():
                names = [arguments[key]] if isinstance(arguments[key], str) else arguments[key]
                assert {(kind, name) for name in names} <= made
        made.add((module, arguments.get("name", "")))


def test_the_workflow_is_plan_then_approval_then_apply(calls: list[tuple[str, dict[str, Any]]]) -> None:
    nodes = _of(calls, "workflow_job_template_node")
    runs = {node["identifier"]: node.get("unified_job_template", "") for node in nodes if "success_nodes" not in node}
    assert runs == {"plan": "Fleet plan", "apply": "Fleet apply", "approval": ""}
    assert {node["identifier"]: node["success_nodes"] for node in nodes if "success_nodes" in node} == {
        "plan": ["approval"],
        "approval": ["apply"],
    }
    assert not [node for node in nodes if {"always_nodes", "failure_nodes"} & set(node)], "what failed must not go on"
    [approval] = [node["approval_node"] for node in nodes if "approval_node" in node]
    assert approval["timeout"] == 86400
    assert set(runs.values()) - {""} <= {template["name"] for template in _of(calls, "job_template")}


def test_what_the_workflow_asks_its_jobs_ask_too(calls: list[tuple[str, dict[str, Any]]]) -> None:
    [workflow] = _of(calls, "workflow_job_template")
    surveys = {call["name"]: {question["variable"] for question in call["survey_spec"]["spec"]} for call in _of(calls, "job_template")}
    asked = {question["variable"] for question in workflow["survey_spec"]["spec"]}
    assert asked <= surveys["Fleet plan"]
    assert asked <= surveys["Fleet apply"]


def test_the_credential_becomes_one_file_and_the_variable_that_names_it(calls: list[tuple[str, dict[str, Any]]]) -> None:
    [kind], [credential] = _of(calls, "credential_type"), _of(calls, "credential")
    assert kind["injectors"] == {
        "file": {"template": "{{ kubeconfig }}"},
        "env": {"K8SSANDRA_KUBECONFIG": "{{ tower.filename }}"},
        "extra_vars": {"k8ssandra_kubeconfig": "{{ tower.filename }}"},
    }
    assert [field["id"] for field in kind["inputs"]["fields"] if field["secret"]] == list(credential["inputs"])


def test_without_a_repository_or_an_image_nothing_is_made(tmp_path: Path) -> None:
    _stand_in(tmp_path, _named_modules())
    done, recorded = _run(tmp_path, {})
    assert done.returncode
    assert not recorded
    assert "k8ssandra_awx_scm_url and k8ssandra_awx_image must say" in done.stdout + done.stderr
