# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The action plugin shows no more than the module would."""

from __future__ import annotations

import os
from types import SimpleNamespace
from typing import Any

import pytest

from plugins.module_utils._module.client_config import CLIENT_CONFIG
from plugins.module_utils._module.definition import Definition
from plugins.module_utils._module.k8ssandra_cluster import K8SSANDRA_CLUSTER
from plugins.module_utils._module.run import Call
from plugins.plugin_utils import _runner

PATH = "~/.kube/config"


def _run(monkeypatch: pytest.MonkeyPatch, of: Definition, args: dict[str, Any], *, no_log: bool = False) -> tuple[dict[str, Any], list[str]]:
    said: list[str] = []

    def composition(call: Call) -> dict[str, Any]:
        call.say("progress")
        call.warn("warning")
        return {"changed": False, "echo": str(call.parameters.get("contexts"))}

    task = SimpleNamespace(args={"kubeconfig": PATH, "context": "hub", **args}, no_log=no_log, check_mode=False, diff=False, async_val=0)
    task.environment = None
    monkeypatch.setattr(_runner, "display", SimpleNamespace(display=said.append, warning=said.append))
    runner: Any = type("Plugin", (_runner.Runner,), {"definition": Definition(of.name, of.argument_spec, composition, of.rules)})
    connection = SimpleNamespace(ansible_name="local", transport="local", _shell=SimpleNamespace(tmpdir="none"))
    return runner(task, connection, SimpleNamespace(become=False), None, None).run(task_vars={}), said


def test_the_invocation_masks_what_a_definition_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    definition = {"spec": {"cassandra": {"config": {"cassandraYaml": {"keystore_password": "hunter2"}}}}}
    result = _run(monkeypatch, K8SSANDRA_CLUSTER, {"definition": definition})[0]
    assert "hunter2" not in str(result)
    assert result["invocation"]["module_args"]["kubeconfig"] == os.path.expanduser(PATH)


def test_what_no_log_says_is_masked_everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    result = _run(monkeypatch, CLIENT_CONFIG, {"contexts": [{"name": "east", "proxy_url": "http://me:hunter2@proxy"}]})[0]
    assert "proxy" not in result["echo"].replace("proxy_url", "")
    assert "hunter2" not in str(result)


def test_a_task_that_is_not_to_be_logged_shows_no_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _run(monkeypatch, K8SSANDRA_CLUSTER, {"name": "demo"})[1] == ["progress", "warning"]
    assert _run(monkeypatch, K8SSANDRA_CLUSTER, {"name": "demo"}, no_log=True)[1] == []
