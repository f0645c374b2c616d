# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Asking the log-in plugin that a kubeconfig names (`exec`), and not for ever.

https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
from collections.abc import Mapping
from typing import Any

from .._core.kubeconfig import Access
from .._core.redact import MASK, redact_text
from . import errors

# A hundred contexts may ask as many plugins on few processors.
PLUGIN_SECONDS = 60.0
_LONGEST = 300
_SECRET = re.compile(r"(?i)pass|secret|token|key")
_CLUSTER = ("server", "tls-server-name", "insecure-skip-tls-verify", "certificate-authority-data", "proxy-url")
_EXTENSION = "client.authentication.k8s.io/exec"


def ask_plugin(access: Access, seconds: float = PLUGIN_SECONDS) -> Mapping[str, Any]:
    """The `status` that the plugin of a context's user answers: a token, or a certificate with its key.

    Args:
        seconds: how long it may take; it gets no terminal to ask anybody.

    Raises:
        Unauthorized: it cannot be run, fails, hangs, or answers nonsense. What it printed is not quoted, but its complaint.
    """
    entry = access.user["exec"]
    command = [str(part) for part in (entry.get("command"), *(entry.get("args") or ()))]
    try:
        code, said, complaint = _run(command, _environment(access, entry), access.folder, seconds)
    except subprocess.TimeoutExpired as problem:
        raise _refusal(access, command[0], f"it did not answer in {seconds:g} s and was ended") from problem
    except OSError as problem:
        raise _refusal(access, command[0], f"it cannot be run: {problem.strerror}") from problem
    if code:
        lines = _without_secrets(" ".join(complaint.split()), entry)
        raise _refusal(access, command[0], f"it ended with {code}" + (f": {lines[:_LONGEST]}" if lines else ""))
    return _status(access, command[0], entry.get("apiVersion"), said)


def _without_secrets(complaint: str, entry: Mapping[str, Any]) -> str:
    """What a plugin said, less what the kubeconfig gave it for a secret: among its variables, and as `--name value` or `--name=value`."""
    words = [part for argument in entry.get("args") or () for part in str(argument).split("=", 1)]
    given = [(name, value) for name, value in zip(words, words[1:]) if name.startswith("-")]
    given += [(str(each["name"]), str(each["value"])) for each in entry.get("env") or ()]
    secrets = {value for name, value in given if _SECRET.search(name) and value}
    for secret in sorted(secrets, key=len, reverse=True):
        complaint = complaint.replace(secret, MASK)
    return redact_text(complaint)


def _run(command: list[str], environment: Mapping[str, str], folder: str, seconds: float) -> tuple[int, str, str]:
    # In a session of its own, so that what it started ends with it.
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=folder or None,
        env=environment,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            said, complaint = process.communicate(timeout=seconds)
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            raise
        return process.returncode, said, complaint


def _environment(access: Access, entry: Mapping[str, Any]) -> dict[str, str]:
    spec: dict[str, Any] = {"interactive": False}
    if entry.get("provideClusterInfo"):
        extensions = access.cluster.get("extensions") or ()
        spec["cluster"] = {name: access.cluster[name] for name in _CLUSTER if name in access.cluster}
        for each in (each for each in extensions if each.get("name") == _EXTENSION):
            spec["cluster"]["config"] = each.get("extension")
    asked = {"apiVersion": entry.get("apiVersion"), "kind": "ExecCredential", "spec": spec}
    given = {str(each["name"]): str(each["value"]) for each in entry.get("env") or ()}
    return {**os.environ, **given, "KUBERNETES_EXEC_INFO": json.dumps(asked)}


def _status(access: Access, command: str, version: object, said: str) -> Mapping[str, Any]:
    try:
        answer = json.loads(said)
    except ValueError as problem:
        raise _refusal(access, command, "what it printed is not JSON") from problem
    if not isinstance(answer, dict) or answer.get("kind") != "ExecCredential":
        raise _refusal(access, command, "what it printed is no ExecCredential")
    if answer.get("apiVersion") != version:
        raise _refusal(access, command, f"it speaks {answer.get('apiVersion')}, and the kubeconfig asks for {version}")
    status = answer.get("status") or {}
    if not status.get("token") and not (status.get("clientCertificateData") and status.get("clientKeyData")):
        raise _refusal(access, command, "it gave neither a token nor a certificate with its key")
    return dict(status)


def _refusal(access: Access, command: str, found: str) -> errors.Unauthorized:
    advice = "run it by hand, log in where it wants that, and run again"
    return errors.Unauthorized(access.name, f"logging in by the kubeconfig's plugin {command}", found, advice)
