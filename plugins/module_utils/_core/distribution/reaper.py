# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reaper: its object for each datacenter, its user, and the pods' door for its repairs.

Source: k8ssandra-operator v1.26.0 `pkg/reaper/resource.go`, `pkg/reaper/datacenter.go`, `pkg/secret/inject.go`,
`controllers/k8ssandra/reaper.go`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from ..errors import SpecError
from ..names import clean_reaper_name
from ..objects import Object, Ref, kind_named
from ..reapers import has_own_reaper, wants_reaper
from .labels import MANAGED_BY, OPERATOR, clean_cluster_name, cleaned_up_by, cluster_name, component, overlaid
from .pod_parts import CASSANDRA, Part, with_container, with_env
from .template import Template

REAPER = ("reaper.k8ssandra.io/v1alpha1", "Reaper")
INJECTION = "k8ssandra.io/inject-secret"
_CONTAINERS = ("reaper", "reaper-schema-init")
# Of the template for a cluster alone; a Reaper does not have them.
_OF_CLUSTER = ("deploymentMode", "reaperRef")
# Go writes these even when they are empty, and a Reaper's own definition fills them.
_ALWAYS_THERE = ("autoScheduling", "cassandraUserSecretRef", "jmxUserSecretRef")
_PATH = "definition.spec.reaper"


def reaper_users(definition: Object) -> tuple[str, ...]:
    """The Secret of the user that Reaper is to Cassandra; none without authentication, and with external Secrets."""
    if not has_own_reaper(definition) or not _has_secrets(definition):
        return ()
    return (_user(definition),)


def with_remote_jmx(pod: Object, definition: Object) -> Part:
    """`pod` with JMX open to Reaper, unless Reaper uses the management API."""
    if not has_own_reaper(definition) or (definition["spec"]["reaper"].get("httpManagement") or {}).get("enabled"):
        return dict(pod)
    return with_container(pod, CASSANDRA, lambda container: with_env(container, "LOCAL_JMX", "no"))


def reaper_claim(definition: Object, namespace: str, cassandra_name: str) -> Ref | None:
    """The volume of a datacenter's Reaper with local storage: a StatefulSet leaves it behind (`computeVolumeClaims`, `deployment.go`)."""
    if (definition["spec"].get("reaper") or {}).get("storageType") != "local":
        return None
    name = clean_reaper_name(cluster_name(definition), cassandra_name)
    return kind_named("PersistentVolumeClaim").ref(f"reaper-data-{name}-0", namespace)


def reaper_of(definition: Object, template: Template) -> dict[str, Any] | None:
    """The Reaper of a datacenter; None when it gets none: it is stopped, or the only Reaper is elsewhere.

    Raises `SpecError` for local storage with a Reaper for each datacenter.
    """
    if template.own.get("stopped") or not wants_reaper(definition, template.name):
        return None
    reaper = definition["spec"]["reaper"]
    if reaper.get("storageType") == "local" and reaper.get("deploymentMode") == "PER_DC":
        raise SpecError(f"{_PATH}.storageType", "is local, which one Reaper alone can use; write deploymentMode SINGLE, or another storage")
    metadata = reaper.get("metadata") or {}
    labels = {**component("reaper"), MANAGED_BY: OPERATOR, **cleaned_up_by(definition), **(metadata.get("labels") or {})}
    found = {
        "name": reaper_name(definition, template),
        "namespace": template.namespace,
        "labels": labels,
        "annotations": metadata.get("annotations"),
    }
    return {
        "apiVersion": REAPER[0],
        "kind": REAPER[1],
        "metadata": {name: value for name, value in found.items() if value},
        "spec": _spec(definition, template),
    }


def reaper_name(definition: Object, template: Template) -> str:
    """The name of a datacenter's Reaper."""
    return clean_reaper_name(cluster_name(definition), template.cassandra_name)


def injected(annotation: str | None, secrets: Iterable[str], containers: Iterable[str], path: str) -> str:
    """The annotation by which the operator's webhook puts Secrets into containers, with those Secrets added.

    Args:
        annotation: what is there; None when nothing is.
        path: the option that holds it, for errors.
    """
    try:
        entries = json.loads(annotation) if annotation is not None else []
        known = {entry["name"] for entry in entries}
    except (ValueError, TypeError, KeyError) as error:
        raise SpecError(path, f"{INJECTION} is not a list of Secrets in JSON; write [] or remove it") from error
    for name in secrets:
        if name not in known:
            entries.append({"name": name, "path": f"/etc/secrets/{name}", "containers": list(containers)})
            known.add(name)
    return json.dumps(entries, separators=(",", ":"))


def _spec(definition: Object, template: Template) -> dict[str, Any]:
    spec = definition["spec"]
    cassandra, reaper = spec["cassandra"], spec["reaper"]
    datacenters = cassandra["datacenters"]
    alone = reaper.get("deploymentMode") == "SINGLE" or len(datacenters) == 1
    found = {
        **{name: value for name, value in reaper.items() if name not in _OF_CLUSTER},
        **{name: _stated(reaper.get(name) or {}) for name in _ALWAYS_THERE},
        **_log_ins(definition),
        "secretsProvider": spec.get("secretsProvider"),
        "datacenterRef": {"name": template.name, "namespace": template.namespace},
        "datacenterAvailability": "ALL" if alone else "EACH",
        "clientEncryptionStores": cassandra.get("clientEncryptionStores"),
        "metadata": _metadata(definition),
    }
    if any(own.get("stopped") for own in datacenters):
        # No quorum, so the schema could not be read.
        found["skipSchemaMigration"] = True
    return _stated(found)


def _log_ins(definition: Object) -> dict[str, Any]:
    if not _has_secrets(definition):
        return {}
    page = definition["spec"]["reaper"].get("uiUserSecretRef")
    reference = {"name": f"{clean_cluster_name(definition)}-reaper-ui"} if page is None else page
    return {"cassandraUserSecretRef": {"name": _user(definition)}, "uiUserSecretRef": reference}


def _metadata(definition: Object) -> dict[str, Any]:
    """Reaper's own metadata, with the cluster's common ones over it everywhere."""
    own = definition["spec"]["reaper"].get("metadata") or {}
    common = definition["spec"]["cassandra"].get("metadata") or {}
    labels, annotations = common.get("commonLabels"), common.get("commonAnnotations")
    pods = dict(own.get("pods") or {})
    names = [reference["name"] for reference in _log_ins(definition).values() if reference.get("name")]
    if names:
        notes = pods.get("annotations") or {}
        value = injected(notes.get(INJECTION), names, _CONTAINERS, f"{_PATH}.metadata.pods.annotations")
        pods["annotations"] = {**notes, INJECTION: value}
    found = {
        **_tagged(own, labels, annotations),
        "commonLabels": overlaid(own.get("commonLabels"), labels),
        "commonAnnotations": overlaid(own.get("commonAnnotations"), annotations),
        "pods": _tagged(pods, labels, annotations),
        "service": _tagged(own.get("service") or {}, labels, annotations),
    }
    return {name: value for name, value in found.items() if value}


def _tagged(tags: Mapping[str, Any], labels: Any, annotations: Any) -> dict[str, Any]:
    found = {"labels": overlaid(tags.get("labels"), labels), "annotations": overlaid(tags.get("annotations"), annotations)}
    return {name: value for name, value in found.items() if value}


def _stated(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Go leaves out zeros, so the default of a Reaper's own definition comes back; a reference to nothing stays."""
    kept = (*_ALWAYS_THERE, "uiUserSecretRef")
    return {name: value for name, value in fields.items() if value or (name in kept and value is not None)}


def _has_secrets(definition: Object) -> bool:
    spec = definition["spec"]
    return spec.get("auth", True) is not False and spec.get("secretsProvider") != "external"


def _user(definition: Object) -> str:
    reference = definition["spec"]["reaper"].get("cassandraUserSecretRef") or {}
    return reference.get("name") or f"{clean_cluster_name(definition)}-reaper"
