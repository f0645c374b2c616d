# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options that say how the operators are installed, whatever installs them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._core.installation import Installation, check_installation
from .argspec import Spec

SETTINGS: Spec = {
    "namespace": {"type": "str", "default": "k8ssandra-operator"},
    "control_plane": {"type": "bool", "default": False},
    "resources": {"type": "dict", "default": {"requests": {"cpu": "100m", "memory": "64Mi"}, "limits": {"memory": "512Mi"}}},
    "watch_namespaces": {"type": "list", "elements": "str", "default": []},
    "namespace_labels": {"type": "dict", "default": {}},
    # Names of Secrets, not secrets.
    "image_pull_secrets": {"type": "list", "elements": "str", "default": [], "no_log": False},
    "node_selector": {"type": "dict", "default": {}},
    "tolerations": {"type": "list", "elements": "dict", "default": []},
    "image_registry": {"type": "str", "default": ""},
}


def installation_of(parameters: Mapping[str, Any]) -> Installation:
    """The installation that a task's options ask for. Raises `SpecError` for what could not be."""
    given = {name: parameters[name] for name in SETTINGS}
    given["namespace_labels"] = {name: str(value) for name, value in parameters["namespace_labels"].items()}
    wish = Installation(**given)
    check_installation(wish, cluster_scoped=parameters["cluster_scoped"])
    return wish
