# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From inventory hosts to the `contexts` option of our modules."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError

from ..module_utils._core.plain import plain

DOCUMENTATION = r"""
name: contexts
short_description: Make the contexts option of a module from inventory hosts
version_added: 0.1.0
description:
  - Contexts are inventory hosts. This filter turns a list of hosts into the list that the O(ignore:contexts) option of this
    collection's modules takes, one entry a host, in the order given.
  - The key C(name) is the host's name. Every other key is taken from the host's variable of that name behind the prefix
    C(k8ssandra_), for example C(kubeconfig) from C(k8ssandra_kubeconfig). A variable that is not set leaves its key out.
  - A host that its variable C(k8ssandra_lost_contexts) names is left out, so that nothing is asked of a context that is lost for good. With
    an operator's control plane none is left out, as that cannot forget one; see C(k8ssandra_control_plane).
  - It only collects. What is missing or wrong is judged by the module.
positional: hostvars
author:
  - The k8ssandra.operator project (@k8ssandra)
options:
  _input:
    description: Names of inventory hosts.
    type: list
    elements: str
    required: true
  hostvars:
    description: The variables of all hosts, that is Ansible's C(hostvars).
    type: dict
    required: true
  keys:
    description: The keys that the module takes.
    type: list
    elements: str
    choices: [name, kubeconfig, context, cluster_uid, server, ca_cert, tls_server_name, proxy_url, credential, client_config,
      datacenters, kustomize, chart_version]
    default: [name, kubeconfig, context, cluster_uid, server, ca_cert, tls_server_name, proxy_url, credential, client_config,
      datacenters]
  with_lost:
    description: Keep the hosts that C(k8ssandra_lost_contexts) names, without their datacenters, for the module that forgets them.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: See the status of a cluster over all contexts
  k8ssandra.operator.cluster_status:
    kubeconfig: "{{ k8ssandra_kubeconfig }}"
    context: hub
    name: demo
    contexts: "{{ groups['k8ssandra'] | k8ssandra.operator.contexts(hostvars, keys=['name', 'kubeconfig', 'context', 'cluster_uid']) }}"
"""

RETURN = r"""
_value:
  description: One entry a host. Plain copies, with all templates resolved.
  type: list
  elements: dict
  sample:
    - name: east
      kubeconfig: ~/.kube/config
      datacenters: [{metadata: {name: dc1}, size: 3}]
"""

DEFAULT_KEYS = (
    "name", "kubeconfig", "context", "cluster_uid", "server", "ca_cert", "tls_server_name", "proxy_url", "credential", "client_config",
    "datacenters",
)  # fmt: skip
KEYS = (*DEFAULT_KEYS, "kustomize", "chart_version")


def contexts(
    hosts: Iterable[str], hostvars: Mapping[str, Any], keys: Iterable[str] = DEFAULT_KEYS, with_lost: bool = False
) -> list[dict[str, Any]]:
    """One entry a host, with those of the keys that its variables hold."""
    chosen = [str(key) for key in keys]
    unknown = sorted(set(chosen) - set(KEYS))
    if unknown:
        raise AnsibleFilterError(f"the filter `contexts` knows no key {', '.join(unknown)}; it knows {', '.join(KEYS)}")
    named = [str(host) for host in hosts]
    lost = [host for host in named if host in _lost(hostvars.get(host, {}))]
    kept = [host for host in named if with_lost or host not in lost]
    return [_entry(host, hostvars, [key for key in chosen if key != "datacenters" or host not in lost]) for host in kept]


def _lost(variables: Mapping[str, Any]) -> list[str]:
    """The contexts that are named as lost: a list, or names with commas between them as `-e` and a survey give them."""
    if variables.get("k8ssandra_control_plane") != "ansible":
        return []
    said = plain(variables.get("k8ssandra_lost_contexts") or [])
    return [name.strip() for name in said.split(",")] if isinstance(said, str) else [str(name) for name in said]


def _entry(host: str, hostvars: Mapping[str, Any], keys: list[str]) -> dict[str, Any]:
    if host not in hostvars:
        raise AnsibleFilterError(f"the filter `contexts` was given {host}, which is not a host of the inventory")
    variables = hostvars[host]
    found = {key: plain(variables[f"k8ssandra_{key}"]) for key in keys if key != "name" and f"k8ssandra_{key}" in variables}
    return {"name": host, **{key: value for key, value in found.items() if value is not None}}


class FilterModule:
    """The filters of this file, as Ansible looks for them."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"contexts": contexts}
