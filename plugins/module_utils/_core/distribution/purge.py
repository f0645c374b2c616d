# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The nightly purge of backups that are too old or too many.

Source: `PurgeCronJob`, k8ssandra-operator v1.26.0 `pkg/medusa/reconcile.go`. Upstream gives a task for a datacenter without a namespace
of its own to the operator's namespace, and names the datacenter as Cassandra does; its own controller finds no datacenter there. Here the
task names the CassandraDatacenter in its namespace.
"""

from __future__ import annotations

from typing import Any

from ..errors import SpecError
from ..names import clean_for_kubernetes
from ..objects import Object
from .labels import clean_cluster_name, cleaned_up_by
from .observation import Observation
from .template import Template

_IMAGE = "bitnami/kubectl:1.29.3"
_NAME_LENGTH = 253


def purge_of(definition: Object, template: Template, observation: Observation) -> dict[str, Any] | None:
    """The CronJob beside the operator of the datacenter's context; None without Medusa or with `purgeBackups: false`.

    Raises `SpecError` when the context has no k8ssandra-operator, which carries the purge out.
    """
    medusa = definition["spec"].get("medusa")
    if medusa is None or medusa.get("purgeBackups") is False:
        return None
    if template.context not in observation.operators:
        raise SpecError(
            "definition.spec.medusa.purgeBackups",
            f"needs k8ssandra-operator in context {template.context or 'of the control plane'}, where none was found;"
            " install it there as a data plane, or write false",
        )
    namespace, account = observation.operators[template.context]
    name = purge_name(definition, template)
    if len(name) > _NAME_LENGTH:
        raise SpecError("definition.spec.medusa.purgeBackups", f"makes the name {name}, longer than {_NAME_LENGTH}; use shorter names")
    return {
        "apiVersion": "batch/v1",
        "kind": "CronJob",
        "metadata": {"name": name, "namespace": namespace, "labels": cleaned_up_by(definition)},
        "spec": {
            "schedule": "0 0 * * *",
            "suspend": False,
            "successfulJobsHistoryLimit": 3,
            "failedJobsHistoryLimit": 1,
            "jobTemplate": {"spec": {"template": {"spec": _pod(account, _script(template))}}},
        },
    }


def purge_name(definition: Object, template: Template) -> str:
    """The name of a datacenter's CronJob."""
    return f"{clean_cluster_name(definition)}-{clean_for_kubernetes(template.cassandra_name)}-medusa-purge"


def _pod(account: str, script: str) -> dict[str, Any]:
    container = {
        "name": "k8ssandra-purge-backups",
        "image": _IMAGE,
        "imagePullPolicy": "IfNotPresent",
        "terminationMessagePath": "/dev/termination-log",
        "terminationMessagePolicy": "File",
        "command": ["/bin/bash", "-c", script],
    }
    return {"restartPolicy": "OnFailure", "serviceAccountName": account, "containers": [container]}


def _script(template: Template) -> str:
    lines = (
        "apiVersion: medusa.k8ssandra.io/v1alpha1",
        "kind: MedusaTask",
        "metadata:",
        "  name: purge-backups-timestamp",
        f"  namespace: {template.namespace}",
        "spec:",
        f"  cassandraDatacenter: {template.name}",
        "  operation: purge",
    )
    text = "\\n".join(lines)
    return f'printf "{text}" | sed "s/timestamp/$(date +%Y%m%d%H%M%S)/g" | kubectl apply -f -'
