# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pieces of argument spec that several modules share. Each has a doc fragment of the same name, in the same order."""

from __future__ import annotations

from typing import Any

Spec = dict[str, dict[str, Any]]

CONTEXT: Spec = {
    "kubeconfig": {"type": "path", "required": True},
    "context": {"type": "str", "required": True},
    "cluster_uid": {"type": "str"},
}

CONTEXTS: Spec = {
    "contexts": {
        "type": "list",
        "elements": "dict",
        "default": [],
        "options": {
            "name": {"type": "str", "required": True},
            "kubeconfig": {"type": "path"},
            "context": {"type": "str"},
            "cluster_uid": {"type": "str"},
        },
    },
}

CONTEXTS_WITH_DATACENTERS: Spec = {
    "contexts": {
        **CONTEXTS["contexts"],
        "options": {**CONTEXTS["contexts"]["options"], "datacenters": {"type": "list", "elements": "dict"}},
    },
}

WAIT: Spec = {
    "wait": {"type": "bool", "default": True},
    "wait_timeout": {"type": "int", "default": 600},
    "wait_sleep": {"type": "int", "default": 2},
}

CLUSTER: Spec = {
    "cluster": {
        "type": "dict",
        "options": {
            "name": {"type": "str"},
            "definition": {"type": "dict"},
            "spec": {"type": "dict"},
            "annotations": {"type": "dict"},
        },
    },
}

CHART: Spec = {
    "chart": {"type": "str"},
    "chart_repository": {"type": "str"},
    "chart_version": {"type": "str"},
    "chart_plain_http": {"type": "bool", "default": False},
    "helm_binary": {"type": "path"},
}
