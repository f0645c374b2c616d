# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From options to clusters: which kubeconfig, which context, and whether it is the cluster that the inventory means."""

from __future__ import annotations

import functools
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from .._core.errors import SpecError
from .._core.kubeconfig import Access, choose_context
from .._kube.client import Client
from .documents import parse_yaml


def access_of(options: Mapping[str, Any], *, path: str = "", default_kubeconfig: Any = None) -> Access:
    """How to reach the cluster that a set of options names: `kubeconfig`, `context`, `cluster_uid`, and `name` if there is one.

    Nothing falls back to the environment, the in-cluster account or `current-context`.

    Args:
        options: the task's own options, or one entry of `contexts`.
        path: where the options stand, for messages, e.g. ``contexts[0]``.
        default_kubeconfig: the kubeconfig of an entry that gives none.

    Raises:
        SpecError: no kubeconfig, not a kubeconfig, or no such context in it.
    """
    option = f"{path}.kubeconfig" if path else "kubeconfig"
    given = options.get("kubeconfig") or default_kubeconfig
    # Among a task's own options, `name` is that of the object that the task is about.
    name = (options.get("name") if path else "") or options.get("context") or ""
    context = options.get("context") or name
    kubeconfig, source, folder = _read_kubeconfig(given, option)
    return choose_context(kubeconfig, context, path=source, name=name, folder=folder, cluster_uid=options.get("cluster_uid") or "")


@contextmanager
def connected(access: Access) -> Iterator[Client]:
    """A client of the cluster, closed at the end."""
    client = Client(access)
    try:
        yield client
    finally:
        client.close()


def _read_kubeconfig(given: Any, option: str) -> tuple[Any, str, str]:
    """What the file holds, the option and file for messages, and the file's folder."""
    if not given:
        raise SpecError(option, "is required: the path of a kubeconfig file")
    if "\n" in str(given) or "{" in str(given):
        # What a kubeconfig holds must not get into a message.
        raise SpecError(option, "is no path but what looks like a kubeconfig itself; write that to a file of mode 0600 and give its path")
    file = os.path.abspath(os.path.expanduser(str(given)))
    source = f"{option} ({given})"
    try:
        with open(file, encoding="utf-8") as opened:
            text = opened.read()
    except (OSError, UnicodeDecodeError) as problem:
        raise SpecError(source, f"cannot be read: {getattr(problem, 'strerror', None) or 'it is not text'}") from None
    if not text.strip():
        raise SpecError(source, "is empty; give the file that `kubectl config view` reads")
    try:
        return _parsed(text), source, os.path.dirname(file)
    except SpecError as problem:
        raise SpecError(source, problem.message) from None


@functools.lru_cache(maxsize=8)
def _parsed(text: str) -> Any:
    """What a kubeconfig holds. A hundred contexts are often in one file, which it takes longer to parse than to ask a cluster."""
    return parse_yaml(text, "")
