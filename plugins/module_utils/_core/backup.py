# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is kept of all contexts before an upgrade: which file holds what. Never the body of a Secret."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .definitions import kind_of, served_versions
from .objects import Object
from .operators import Operator
from .readings import labels_of, name_of
from .release import Release, history_of

README = """\
What was there before the operators were upgraded, a folder for each context:

- `Kind.group.yaml`: the custom resources of the operators' kinds, with their status
- `operators.yaml`: the images of the operators; `definitions.yaml`: the definitions of their kinds, by name and version
- `helm-NAME.yaml`: values and chart of a Helm release; `helm-NAME-manifest.yaml`: what it had rendered, without Secrets

**No Secret is kept here**: passwords, certificates and kubeconfigs are in the clusters alone. Values of a Helm release are kept as they
were given; keep this folder as you keep them.

An upgrade is not undone by this: upstream's operators do not take back what a newer one has changed in StatefulSets
(https://github.com/k8ssandra/k8ssandra-operator/issues/1068). It is good for what was lost or overwritten:

1. Stop the k8ssandra-operator of the control plane: `kubectl scale deployment NAME --replicas=0`.
2. Compare: `kubectl diff --server-side --field-manager=k8ssandra.operator -f Kind.group.yaml`.
3. Restore single objects with `kubectl apply --server-side --field-manager=k8ssandra.operator --force-conflicts -f`, K8ssandraClusters in
   the control plane first; the operator makes CassandraDatacenters from them.
4. Start the operator again, and run the playbook `status`.
"""
# What only the API server writes, and what would stand in the way of an apply.
_OF_THE_SERVER = ("managedFields", "resourceVersion", "uid", "creationTimestamp", "generation", "selfLink", "ownerReferences")


@dataclass(frozen=True)
class Inside:
    """What one context holds of the operators' kinds, for the check and for the backup.

    Args:
        server_version: of the API server.
        definitions: by name.
        objects: all custom resources, in all namespaces.
        releases: the Helm releases in the operators' namespace; empty when nobody may read them.
        gaps: what could not be read, a sentence each.
    """

    server_version: str = ""
    definitions: Mapping[str, Object] = field(default_factory=dict, repr=False)
    objects: tuple[Object, ...] = field(default=(), repr=False)
    releases: tuple[Release, ...] = field(default=(), repr=False)
    gaps: tuple[str, ...] = ()


def newest_releases(secrets: Iterable[Object]) -> tuple[Release, ...]:
    """The newest revision of each release among Helm's records; one that cannot be read is left out."""
    records: dict[str, list[Object]] = {}
    for body in secrets:
        records.setdefault(labels_of(body).get("name", ""), []).append(body)
    return tuple(release for bodies in records.values() if (release := _newest(bodies)))


def _newest(records: Sequence[Object]) -> Release | None:
    try:
        return history_of(records).last
    except (OSError, EOFError, ValueError, KeyError, TypeError):
        return None


def files_of(context: str, inside: Inside, running: Sequence[Operator]) -> dict[str, Any]:
    """The files of one context by path: a list of YAML documents, or text."""
    folder = re.sub(r"[^A-Za-z0-9._@-]", "_", context)
    files: dict[str, Any] = {
        "operators.yaml": [{each.operator: each.image, "deployment": f"{each.namespace}/{each.name}"} for each in running],
        "definitions.yaml": [_outline(body) for body in inside.definitions.values()],
    }
    for body in inside.objects:
        group = str(body["apiVersion"]).partition("/")[0]
        files.setdefault(f"{body['kind']}.{group}.yaml", []).append(_restorable(body))
    for release in inside.releases:
        files[f"helm-{release.name}.yaml"] = [{"chart": release.chart, "revision": release.revision, "values": dict(release.values)}]
        files[f"helm-{release.name}-manifest.yaml"] = without_secrets(release.manifest)
    return {f"{folder}/{name}": content for name, content in files.items()}


def without_secrets(manifest: str) -> str:
    """A manifest without its Secrets, told from their text: each document of Helm's names its kind at the beginning of a line."""
    documents = re.split(r"(?m)^---\s*$", manifest)
    kept = [document for document in documents if not re.search(r"(?m)^kind:\s*[\"']?Secret[\"']?\s*$", document)]
    return "---".join(kept)


def _restorable(body: Object) -> dict[str, Any]:
    metadata = {key: value for key, value in body["metadata"].items() if key not in _OF_THE_SERVER}
    return {**body, "metadata": metadata}


def _outline(definition: Object) -> dict[str, Any]:
    stored = list((definition.get("status") or {}).get("storedVersions") or ())
    return {"name": name_of(definition), "kind": kind_of(definition), "served": list(served_versions(definition)), "stored": stored}
