# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From contexts to the manifests that grant the rights that our roles use there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError

from ..module_utils._core.identity import SERVICE_ACCOUNT, Identity
from ..module_utils._core.plain import plain
from ..module_utils._core.rights import ANSIBLE, Scope, add_ons_in
from ..module_utils._core.rights_granted import Account, identity_manifest, manifest

DOCUMENTATION = r"""
name: rights
short_description: Write the manifests that grant what this collection's roles use in each context
version_added: 0.1.0
description:
  - Makes Roles, ClusterRoles and their bindings, with the reason of each rule, of the same table by which
    M(k8ssandra.operator.fleet_check) asks for rights. An account with these rights and no others can run preflight, site, status and
    teardown.
  - Of a data plane, also the account that M(k8ssandra.operator.client_config) makes there for the control plane, for those who want to
    read it beforehand.
positional: control_plane
author:
  - The k8ssandra.operator project (@k8ssandra)
options:
  _input:
    description: The contexts, as the filter P(k8ssandra.operator.contexts#filter) gives them, with C(name) and C(datacenters).
    type: list
    elements: dict
    required: true
  control_plane:
    description: The name of the control plane.
    type: str
    required: true
  namespace:
    description: The namespace of the operators, in every context.
    type: str
    default: k8ssandra-operator
  cluster_namespace:
    description: The namespace of the C(K8ssandraCluster). Without it, O(namespace).
    type: str
  watch_namespaces:
    description: The namespaces that the operators watch. Empty is their own alone.
    type: list
    elements: str
    default: []
  cluster_scoped:
    description: Whether the operators watch all namespaces.
    type: bool
    default: false
  distributed_by:
    description: Who distributes the cluster, as O(k8ssandra.operator.k8ssandra_cluster#module:control_plane) says it.
    type: str
    choices: [operator, ansible]
    default: operator
  spec:
    description: The cluster's C(spec). With O(distributed_by=ansible), its Reaper and Medusa take rights of their own.
    type: dict
    default: {}
  installer:
    description: What installs the operators.
    type: str
    choices: [kustomize, helm]
    default: kustomize
  cert_manager_namespace:
    description: The namespace of the cert-manager that this collection installs. Empty when somebody else brings it.
    type: str
  probe_namespace:
    description: The namespace of a preflight's pods. Empty when it makes one for them, which takes rights to pods in all namespaces.
    type: str
  account:
    description:
      - Who gets the rights, with C(kind) being C(ServiceAccount), C(User) or C(Group), and C(name). A ServiceAccount is part of the
        manifests, in O(namespace) unless it has a C(namespace).
    type: dict
    default: {kind: ServiceAccount, name: k8ssandra-ansible}
"""

EXAMPLES = r"""
- name: Keep the manifests for the control plane
  ansible.builtin.copy:
    content: "{{ ([{'name': 'hub'}] | k8ssandra.operator.rights('hub') | first).manifest }}"
    dest: hub.yml
    mode: "0600"
"""

RETURN = r"""
_value:
  description: One entry a context.
  type: list
  elements: dict
  contains:
    context:
      description: The context's name.
      type: str
    manifest:
      description: The rights of the account that runs this collection, as YAML for C(kubectl apply).
      type: str
    operator_manifest:
      description: Of a data plane, the account that C(register_contexts) makes for the control plane; empty for the control plane, and
        with O(distributed_by=ansible).
      type: str
"""

_ACCOUNT = {"kind": "ServiceAccount", "name": "k8ssandra-ansible"}


def rights(
    contexts: Iterable[Mapping[str, Any]],
    control_plane: str,
    namespace: str = "k8ssandra-operator",
    *,
    cluster_namespace: str | None = None,
    watch_namespaces: Iterable[str] = (),
    cluster_scoped: bool = False,
    distributed_by: str = "operator",
    spec: Mapping[str, Any] | None = None,
    installer: str = "kustomize",
    cert_manager_namespace: str | None = None,
    probe_namespace: str | None = None,
    account: Mapping[str, str] | None = None,
) -> list[dict[str, str]]:
    """One entry a context, with what grants the rights there."""
    operators, watched = str(namespace), tuple(str(name) for name in watch_namespaces)
    clusters = str(cluster_namespace or operators)
    identity = Identity(operators, SERVICE_ACCOUNT, watched, cluster_scoped)
    found, add_ons = [], add_ons_in(plain(spec or {}))
    for entry in plain(list(contexts)):
        own = entry["name"] == control_plane
        looked = (clusters,) if own or distributed_by == ANSIBLE else ()
        used = tuple(dict.fromkeys((*looked, *_places(entry, clusters))))
        watching = () if cluster_scoped else watched or (operators,)
        more = map(str, (installer, cert_manager_namespace or "", probe_namespace or "", distributed_by))
        scope = Scope(own, operators, used, watching, *more, add_ons=add_ons)
        text = manifest(scope, _account(account or _ACCOUNT, operators))
        other = "" if own or distributed_by == ANSIBLE else identity_manifest(identity)
        found.append({"context": entry["name"], "manifest": text, "operator_manifest": other})
    return found


def _places(entry: Mapping[str, Any], clusters: str) -> Iterator[str]:
    """The namespaces of a context's datacenters."""
    return (str((one.get("metadata") or {}).get("namespace") or clusters) for one in entry.get("datacenters") or ())


def _account(given: Mapping[str, str], operators: str) -> Account:
    kind, name = str(given.get("kind") or ""), str(given.get("name") or "")
    if kind not in ("ServiceAccount", "User", "Group") or not name:
        said = f"kind {kind!r} and name {name!r}"
        raise AnsibleFilterError(f"the filter `rights` was given an account of {said}; give kind ServiceAccount, User or Group, and a name")
    return Account(kind, name, str(given.get("namespace") or operators))


class FilterModule:
    """The filters of this file, as Ansible looks for them."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"rights": rights}
