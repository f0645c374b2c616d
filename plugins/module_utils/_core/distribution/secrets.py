# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which Secrets a cluster needs in every namespace that holds a datacenter, and what their copies look like.

Sources: k8ssandra-operator v1.26.0 `controllers/k8ssandra/secrets.go`, `pkg/secret/replicated.go`,
`controllers/replication/secret_controller.go`; `reconcileMedusaSecrets` in `controllers/k8ssandra/medusa_reconciler.go`.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any

from ..errors import SpecError
from ..hashes import RESOURCE_HASH, secret_hash
from ..names import superuser_secret_name
from ..objects import Object
from ..readings import labels_of
from ..reapers import has_own_reaper
from .labels import CONTROLLER, clean_cluster_name, watched_by, with_common_metadata

REPLICATED_BY = "k8ssandra.io/replicated-by"
# A Secret that somebody else made is not removed with the cluster.
ORPHAN = "replicatedresource.k8ssandra.io/orphan"
PASSWORD_CHARACTERS, PASSWORD_LENGTH = "-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", 20
Found = tuple[str, Object]


def secret_names(definition: Object) -> tuple[str, ...]:
    """The Secrets with users of Cassandra or Reaper that every datacenter needs, the superuser's first; none with external secrets."""
    spec = definition["spec"]
    if spec.get("secretsProvider") == "external":
        return ()
    cluster, reaper, medusa = clean_cluster_name(definition), spec.get("reaper"), spec.get("medusa")
    names = [superuser_secret_name(cluster, _named(spec["cassandra"].get("superuserSecretRef")))]
    if has_own_reaper(definition) and spec.get("auth", True):
        names.append(_named(reaper.get("cassandraUserSecretRef")) or f"{cluster}-reaper")
        # A reference that is there and names nothing turns the log-in of Reaper's pages off.
        page = f"{cluster}-reaper-ui" if reaper.get("uiUserSecretRef") is None else _named(reaper["uiUserSecretRef"])
        names += [page] if page else []
    if medusa is not None:
        names.append(_named(medusa.get("cassandraUserSecretRef")) or f"{cluster}-medusa")
    return tuple(dict.fromkeys(names))


def agreed_data(name: str, found: Sequence[Found]) -> Mapping[str, str] | None:
    """The data, in base64, of a Secret of which several contexts may hold a copy; None when none does.

    Args:
        name: the Secret's name.
        found: each copy with the context that holds it.

    Raises:
        SpecError: two copies differ; nobody but the user knows which one is right.
    """
    copies = [(context, body.get("data") or {}) for context, body in found]
    for context, data in copies[1:]:
        if data != copies[0][1]:
            what = f"the Secret {name} is not the same in {copies[0][0]} and in {context}"
            raise SpecError("contexts", f"{what}; make its copies alike, or remove those that are wrong, and run again")
    return copies[0][1] if copies else None


def data_of(name: str, password: str) -> dict[str, str]:
    """The data, in base64, of a Secret for a user who is called as the Secret is."""
    return {key: base64.b64encode(value.encode()).decode() for key, value in (("username", name), ("password", password))}


def is_orphan(definition: Object, found: Sequence[Found]) -> bool:
    """Whether a Secret outlives the cluster: somebody else made it, as the lack of upstream's labels or upstream's mark tells."""
    ours = _replicated_by(definition).items()
    marks = [(body["metadata"].get("annotations") or {}).get(ORPHAN) == "true" for _context, body in found]
    return any(marks) or any(not ours <= labels_of(body).items() for _context, body in found)


def secret_copy(
    definition: Object, name: str, namespace: str, data: Mapping[str, str], *, kind: str = "Opaque", orphan: bool = False
) -> dict[str, Any]:
    """The Secret as upstream copies it into a namespace that holds a datacenter.

    Args:
        definition: the cluster.
        name, namespace: the copy's.
        data: as the API returns it: values in base64.
        kind: the Secret's `type`, which never changes.
        orphan: it outlives the cluster.
    """
    labels, annotations = with_common_metadata(definition, _replicated_by(definition))
    marks = {ORPHAN: "true"} if orphan else {}
    # Of a Secret that somebody else made, upstream keeps labels and annotations as they are.
    labels, annotations = (_replicated_by(definition), {}) if orphan else (labels, annotations or {})
    metadata = {"name": name, "namespace": namespace, "labels": labels}
    metadata["annotations"] = {**annotations, **marks, RESOURCE_HASH: secret_hash(data)}
    return {"apiVersion": "v1", "kind": "Secret", "type": kind, "metadata": metadata, "data": dict(data)}


def _replicated_by(definition: Object) -> dict[str, str]:
    return {REPLICATED_BY: CONTROLLER, **watched_by(definition)}


def _named(reference: Mapping[str, str] | None) -> str:
    return (reference or {}).get("name") or ""
