# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How upstream merges the settings of a cluster with those of one datacenter.

Source: `MergeCRs`, k8ssandra-operator v1.26.0 `pkg/goalesce/utils.go`, and github.com/adutra/goalesce
v0.0.0-20221124153206-5643f911003d. Zero values never override; a false does where Go has a pointer to it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

# Open mappings: each value goes by its type at run time.
_FREE = frozenset({"cassandraYaml", "dseYaml"})
# A false of these is a zero value: no pointers. All other booleans of the definition are pointers.
_PLAIN_BOOLEANS = frozenset(
    {"readOnly", "stdin", "stdinOnce", "tty", "analyticsEnabled", "graphEnabled", "searchEnabled", "skipSecretValidation"}
)
# Quantities that may be written as numbers: a zero is one, too.
_QUANTITIES = frozenset(
    "mgmtAPIHeap heapSize heapNewGenSize heap_initial_size heap_max_size vm_per_thread_stack_size vm_string_table_size"
    " nio_maxcachedbuffersize gc_cms_heap_size_young_generation gc_print_log_file_size".split()
)
# Lists that are merged element by element. `storageConfig.additionalVolumes` is not one: its Go type has a name of its own.
_KEYED = {
    "containers": "name",
    "initContainers": "name",
    "ports": "containerPort",
    "env": "name",
    "volumes": "name",
    "volumeMounts": "mountPath",
    "volumeDevices": "devicePath",
    "racks": "name",
    "pvcs": "name",
}


def merged(of_cluster: Any, of_datacenter: Any, field: str = "") -> Any:
    """The value of a field for one datacenter.

    Args:
        of_cluster, of_datacenter: what each level states; None when it states nothing.
        field: the name of the field in the definition.
    """
    if of_cluster is None or of_datacenter is None:
        return of_datacenter if of_cluster is None else of_cluster
    if field in _FREE:
        return _merged_freely(of_cluster, of_datacenter)
    if isinstance(of_cluster, Mapping) and isinstance(of_datacenter, Mapping):
        return _merged_mappings(of_cluster, of_datacenter, field)
    if isinstance(of_datacenter, list):
        return _merged_lists(of_cluster, of_datacenter, field) if field in _KEYED else of_datacenter
    if isinstance(of_datacenter, bool):
        return of_datacenter or (of_cluster if field in _PLAIN_BOOLEANS else False)
    if field == "port" and isinstance(of_cluster, str) and isinstance(of_datacenter, int):
        # IntOrString is merged part by part, and its type is one of the parts: that of a number is zero.
        return of_cluster
    return of_datacenter if field in _QUANTITIES else of_datacenter or of_cluster


def _merged_mappings(of_cluster: Mapping[str, Any], of_datacenter: Mapping[str, Any], field: str) -> Mapping[str, Any]:
    if field == "volumeSource":
        return of_datacenter or of_cluster
    if field in ("requests", "limits"):
        return {**of_cluster, **of_datacenter}
    return {key: merged(of_cluster.get(key), of_datacenter.get(key), key) for key in {**of_cluster, **of_datacenter}}


def _merged_lists(of_cluster: Sequence[Mapping[str, Any]], of_datacenter: Sequence[Mapping[str, Any]], field: str) -> list[Any]:
    name = _KEYED[field]
    first = {element.get(name): element for element in of_cluster}
    second = {element.get(name): element for element in of_datacenter}
    return [_merged_elements(first.get(key), second.get(key), field) for key in {**first, **second}]


def _merged_elements(of_cluster: Any, of_datacenter: Any, field: str) -> Any:
    if of_cluster is None or of_datacenter is None or field not in ("volumes", "env"):
        return merged(of_cluster, of_datacenter)
    if field == "volumes":
        source = {key: value for key, value in of_datacenter.items() if key != "name"}
        return {**of_datacenter} if source else of_cluster
    return _merged_variables(of_cluster, of_datacenter)


def _merged_variables(of_cluster: Mapping[str, Any], of_datacenter: Mapping[str, Any]) -> dict[str, Any]:
    """An environment variable has a value or a source of one, so what the datacenter states drops the other."""
    value = of_datacenter.get("value") or of_cluster.get("value")
    source = of_datacenter.get("valueFrom") or of_cluster.get("valueFrom")
    if value and source:
        value, source = (value, None) if of_datacenter.get("value") else (None, source)
    stated = {"name": of_datacenter["name"], "value": value, "valueFrom": source}
    return {key: part for key, part in stated.items() if part}


def _merged_freely(of_cluster: Any, of_datacenter: Any) -> Any:
    if of_cluster is None or of_datacenter is None:
        return of_datacenter if of_cluster is None else of_cluster
    if _kind(of_cluster) != _kind(of_datacenter):
        return of_datacenter
    if isinstance(of_datacenter, Mapping):
        return {
            key: _merged_freely(of_cluster.get(key), of_datacenter.get(key)) for key in {**of_cluster, **of_datacenter}
        }
    return of_datacenter if isinstance(of_datacenter, list) else of_datacenter or of_cluster


def _kind(value: Any) -> str:
    """The type that Go's JSON decoder gives a value; all numbers are of one."""
    for kind, types in (("bool", bool), ("number", (int, float)), ("string", str), ("list", list)):
        if isinstance(value, types):
            return kind
    return "mapping"
