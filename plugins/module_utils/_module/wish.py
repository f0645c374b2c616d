# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From options to the wished cluster and the contexts that hold it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any

from .._core.cluster import ClusterWish, assemble_cluster, parse_cluster
from .._core.errors import SpecError
from .._core.kubeconfig import Access
from .._core.validate import check_cluster
from .._kube.client import Client
from .connect import access_of
from .run import Call


def wished_cluster(call: Call) -> ClusterWish:
    """The validated wish of a call: `definition`, or `name`, `spec`, `annotations` and the contexts' datacenters.

    Raises:
        SpecError: what cannot be, at the option that says it. No cluster is touched.
    """
    parameters = call.parameters
    if parameters.get("definition"):
        wish = parse_cluster(parameters["definition"], namespace=parameters["namespace"])
        if parameters.get("name") and parameters["name"] != wish.name:
            raise SpecError("name", f"is {parameters['name']}, but the definition's metadata.name is {wish.name}; write one of them")
    else:
        wish = parse_cluster(_assembled(parameters), namespace=parameters["namespace"], path="")
    # Without an operator there are no client configs: whoever distributes the cluster asks for the contexts themselves.
    registered = [] if parameters.get("control_plane") == "ansible" else [entry["name"] for entry in remotes_of(parameters)]
    for warning in check_cluster(wish, registered or None):
        call.warn(warning)
    return wish


def is_move(call: Call, wish: ClusterWish) -> bool:
    """Whether a call moves the cluster to another control plane. Raises `SpecError` when it names another cluster."""
    named = call.parameters["confirm_move"]
    if named is not None and named != wish.name:
        what = f"is {named or 'empty'}, and this moves {wish.namespace}/{wish.name} to another control plane"
        raise SpecError("confirm_move", f"{what}; to move it, write its exact name: {wish.name}")
    return named is not None


def remotes_of(parameters: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The entries of `contexts` that are not the control plane's own."""
    return [entry for entry in parameters.get("contexts") or () if not is_own(entry, parameters)]


def is_own(entry: Mapping[str, Any], parameters: Mapping[str, Any]) -> bool:
    """Whether an entry of `contexts` is the context that the task itself runs against."""
    same_context = (entry.get("context") or entry["name"]) == parameters["context"]
    files = [
        os.path.realpath(os.path.expanduser(one)) for one in (entry.get("kubeconfig") or parameters["kubeconfig"], parameters["kubeconfig"])
    ]
    return same_context and files[0] == files[1]


def remote_accesses(parameters: Mapping[str, Any]) -> list[Access]:
    """How to reach each context of `contexts` but the control plane's own; its kubeconfig is the default of theirs."""
    entries = enumerate(parameters.get("contexts") or ())
    chosen = [(index, entry) for index, entry in entries if not is_own(entry, parameters)]
    names = [entry["name"] for entry in dict(chosen).values()]
    for index, entry in chosen:
        if entry["name"] == parameters["context"]:
            found = f"{entry['name']} is what the control plane's own context is called, and its kubeconfig or context is another"
            raise SpecError(f"contexts[{index}].name", f"{found}; correct that, or call one of the two otherwise")
        if names.count(entry["name"]) > 1:
            raise SpecError(f"contexts[{index}].name", f"{entry['name']} is there twice; a context has one entry")
    return [access_of(entry, path=f"contexts[{index}]", default_kubeconfig=parameters["kubeconfig"]) for index, entry in chosen]


@contextmanager
def fleet(parameters: Mapping[str, Any]) -> Iterator[tuple[Client, dict[str, Client]]]:
    """The control plane's client and the remotes' clients by name; closed at the end."""
    accesses = [access_of(parameters), *remote_accesses(parameters)]
    with ExitStack() as opened:
        clients = [Client(access) for access in accesses]
        for client in clients:
            opened.callback(client.close)
        yield clients[0], {client.context: client for client in clients[1:]}


def _assembled(parameters: Mapping[str, Any]) -> dict[str, Any]:
    datacenters = [
        _placed(template, entry, parameters) for entry in parameters.get("contexts") or () for template in entry.get("datacenters") or ()
    ]
    parts = {
        "name": parameters["name"],
        "namespace": parameters["namespace"],
        "spec": parameters.get("spec") or {},
        "datacenters": datacenters,
    }
    definition = assemble_cluster(parts)
    if parameters.get("annotations"):
        definition["metadata"]["annotations"] = dict(parameters["annotations"])
    return definition


def _placed(template: Any, entry: Mapping[str, Any], parameters: Mapping[str, Any]) -> Any:
    """A context's datacenter with the context written into it; the control plane's own cluster is not named."""
    if not isinstance(template, Mapping):
        return template
    place = {} if is_own(entry, parameters) else {"k8sContext": entry["name"]}
    if template.get("k8sContext", entry["name"]) != entry["name"]:
        raise SpecError(
            f"contexts ({entry['name']})", f"holds a datacenter whose k8sContext is {template['k8sContext']}; leave k8sContext out"
        )
    return {**{key: value for key, value in template.items() if key != "k8sContext"}, **place}
