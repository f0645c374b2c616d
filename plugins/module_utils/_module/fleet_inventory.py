# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A fleet installed by hand, read into an inventory. No cluster is written to."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from typing import Any

from .._core.adoption import Fleet, Place, check_fleet
from .._core.adoption_inventory import Sources, inventory_of
from .._core.adoption_report import report
from .._core.errors import SpecError
from .._core.kubeconfig import Access
from .._core.objects import Object, kind_named
from .._core.readings import name_of, namespace_of
from .._kube import errors
from .._kube.adoption import find_out, read_place, read_registrations
from .._kube.api import Api
from .._kube.fleet import side_by_side
from .argspec import CONTEXT, CONTEXTS
from .candidates import authority_of
from .connect import access_of, connected
from .definition import Definition
from .documents import parse_yaml
from .inventory_files import check_overwrite, files_of, write_files
from .prepare import Connect
from .run import Call

_DOING = "reading the fleet"


def read_fleet(call: Call, connect: Connect = connected) -> dict[str, Any]:
    """Reads all contexts and says, and writes if asked, the inventory that describes them.

    Args:
        call: what Ansible asks.
        connect: opens a client, which closes at the end; for tests.
    """
    parameters = call.parameters
    sources = Sources(parameters["chart"] or "", parameters["chart_repository"] or "", parameters["kustomize"] or "")
    with ExitStack() as stack:
        accesses = _accesses(parameters)
        apis = {access.name: stack.enter_context(connect(access)) for access in accesses}
        fleet = _read(parameters, accesses, apis, connect)
    check_fleet(fleet)
    inventory = inventory_of(fleet, sources)
    findings = report(fleet, inventory, sources)
    folder = parameters["folder"] or ""
    files = files_of(inventory, folder)
    written = tuple(file for file in files if folder and file.differs)
    if folder:
        check_overwrite(files, folder, parameters["overwrite"])
    if not call.check_mode:
        write_files(written, folder)
    return {
        "changed": bool(written),
        "diff": [file.diff() for file in written],
        "files": [{"path": file.path, "content": file.text} for file in files],
        "findings": [finding.describe() for finding in findings],
        "report": [str(finding) for finding in findings],
    }


def _accesses(parameters: Mapping[str, Any]) -> list[Access]:
    """The control plane's access, then the data planes'."""
    entries = [{"name": name} for name in parameters["data_planes"]] + list(parameters["contexts"])
    found = [access_of(parameters)]
    names = {found[0].name}
    for index, entry in enumerate(entries):
        if entry["name"] in names:
            raise SpecError("contexts", f"{entry['name']} is there twice; the control plane has no entry, and each data plane one")
        names.add(entry["name"])
        found.append(access_of(entry, path=f"contexts[{index}]", default_kubeconfig=parameters["kubeconfig"]))
    return found


def _read(parameters: Mapping[str, Any], accesses: Sequence[Access], apis: Mapping[str, Api], connect: Connect) -> Fleet:
    by_name = {access.name: access for access in accesses}
    paths = {entry["name"]: entry.get("kubeconfig") for entry in parameters["contexts"]}

    def read(api: Api) -> Place:
        kubeconfig = str(paths.get(api.context) or parameters["kubeconfig"])
        return read_place(api, by_name[api.context], kubeconfig, parameters["namespace"] or "")

    answers = side_by_side(read, list(apis.values()))
    for answer in answers.values():
        if isinstance(answer, errors.ClusterError):
            raise answer
    places = [answer for answer in answers.values() if isinstance(answer, Place)]
    control, hub = places[0], apis[accesses[0].name]
    operator = control.operator()
    registered = read_registrations(hub, operator.namespace, parse_yaml) if operator else ()
    known = [(place, apis[place.name], _authority(place.access)) for place in (*places[1:], control)]
    led = tuple(find_out(one, known, connect) for one in registered)
    cluster, others = _cluster(hub, parameters)
    return Fleet(control, tuple(places[1:]), led, cluster, others)


def _authority(access: Access) -> str:
    given = authority_of(access, None, "contexts")
    return base64.b64encode(given).decode() if given else str(access.cluster.get("certificate-authority-data") or "")


def _cluster(api: Api, parameters: Mapping[str, Any]) -> tuple[Object | None, tuple[str, ...]]:
    """The K8ssandraCluster to adopt, and the others."""
    listed = list(api.list(kind_named("K8ssandraCluster"), parameters["cluster_namespace"] or "") or ())
    name = parameters["name"]
    chosen = [body for body in listed if name_of(body) == name] if name else listed
    names = ", ".join(f"{namespace_of(body)}/{name_of(body)}" for body in listed) or "none"
    if name and not chosen:
        raise errors.Absent(api.context, _DOING, f"there is no K8ssandraCluster {name} (found {names})", "correct the name")
    if len(chosen) > 1:
        raise SpecError("name", f"is needed, with cluster_namespace if need be: the control plane has {names}")
    others = [f"{namespace_of(body)}/{name_of(body)}" for body in listed if body not in chosen]
    return (chosen[0] if chosen else None), tuple(others)


FLEET_INVENTORY = Definition(
    name="fleet_inventory",
    argument_spec={
        **CONTEXT,
        **CONTEXTS,
        "data_planes": {"type": "list", "elements": "str", "default": []},
        "namespace": {"type": "str"},
        "name": {"type": "str"},
        "cluster_namespace": {"type": "str"},
        "chart": {"type": "str"},
        "chart_repository": {"type": "str"},
        "kustomize": {"type": "str"},
        "folder": {"type": "path"},
        "overwrite": {"type": "bool", "default": False},
    },
    composition=read_fleet,
)
