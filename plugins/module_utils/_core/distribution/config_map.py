# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ConfigMaps as upstream writes them: with the hash by which it tells whether they have changed.

The hash is over the whole object, without the hash itself
(k8ssandra-operator v1.26.0 `AddHashAnnotation` in `pkg/annotations/annotations.go`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..hashes import RESOURCE_HASH, object_hash

_NO_TIME = "(v1.Time){Time:(time.Time){wall:(uint64)0 ext:(int64)0 loc:(*time.Location)<nil>}}"
_TYPE = "TypeMeta:(v1.TypeMeta){Kind:(string) APIVersion:(string)}"
_SERVER_SET = (
    "SelfLink:(string) UID:(types.UID) ResourceVersion:(string) Generation:(int64)0 "
    f"CreationTimestamp:{_NO_TIME} DeletionTimestamp:(*v1.Time)<nil> DeletionGracePeriodSeconds:(*int64)<nil>"
)
_REST = "OwnerReferences:([]v1.OwnerReference)<nil> Finalizers:([]string)<nil> ManagedFields:([]v1.ManagedFieldsEntry)<nil>"


def config_map(
    name: str, namespace: str, data: Mapping[str, str], labels: Mapping[str, str], annotations: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """A ConfigMap with its hash.

    Args:
        name, namespace: where it is.
        data: texts by key.
        labels: all of its labels.
        annotations: all others; None when upstream sets none, which hashes otherwise than an empty mapping.
    """
    digest = config_map_hash(name, namespace, data, labels, annotations)
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {
            "name": name,
            "namespace": namespace,
            "labels": dict(labels),
            "annotations": {**(annotations or {}), RESOURCE_HASH: digest},
        },
        "data": dict(data),
    }


def config_map_hash(
    name: str, namespace: str, data: Mapping[str, str], labels: Mapping[str, str] | None, annotations: Mapping[str, str] | None = None,
) -> str:
    """The hash of a ConfigMap that was never read from a server; arguments as for `config_map`."""
    metadata = (
        f"Name:(string){name} GenerateName:(string) Namespace:(string){namespace} {_SERVER_SET} "
        f"Labels:{_strings(labels)} Annotations:{_strings(annotations)} {_REST}"
    )
    return object_hash(
        f"(*v1.ConfigMap){{{_TYPE} ObjectMeta:(v1.ObjectMeta){{{metadata}}} "
        f"Immutable:(*bool)<nil> Data:{_strings(data)} BinaryData:(map[string][]uint8)<nil>}}"
    )


def _strings(values: Mapping[str, str] | None) -> str:
    if values is None:
        return "(map[string]string)<nil>"
    # Go sorts strings by their bytes.
    keys = sorted(values, key=lambda key: key.encode())
    return f"(map[string]string)map[{' '.join(f'{key}:{values[key]}' for key in keys)}]"
