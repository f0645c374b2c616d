#!/usr/bin/python
# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: client_config
short_description: Register remote contexts with the control plane, renew and remove them
version_added: 0.1.0
author: The k8ssandra.operator authors (@k8ssandra)
description:
  - Lets the k8ssandra-operator of the control plane reach the clusters that run datacenters, one or many in one call.
  - In each remote cluster, side by side, it keeps a ServiceAccount with only the rights that the operator needs there, and a token of
    limited lifetime. In the control plane it keeps, for each, a Secret with a kubeconfig and a ClientConfig that names it.
  - Everything is proven before the control plane is written to. The server answers at the address that the operator will use, its
    certificate is valid, the token logs in, the account has its rights. Rights are asked for one by one when the account or its token
    is new or repaired; a token that is kept proves itself by one read.
  - The registration of a context that fails its proof is left as it is. The others are registered, and the task fails at the end naming
    the bad ones.
  - The operator reads client configs only at its start and restarts itself for every change. All changes of one call cost one restart,
    and the module waits until the operator has loaded them and its webhook answers.
  - A token is renewed when less than a third of its lifetime is left, or when it no longer logs in, so run this module regularly.
options:
  namespace:
    description:
      - The operator's namespace in the control plane, where Secret and ClientConfig lie, and in the remote clusters, where the
        ServiceAccount lies.
    type: str
    default: k8ssandra-operator
  state:
    description:
      - V(present) registers, repairs and renews.
      - V(absent) removes ClientConfig, Secret and the remote account, and refuses, before any write, while a K8ssandraCluster,
        ReplicatedSecret or K8ssandraTask uses one of the contexts. The account of an adopted registration is somebody else's and stays.
    type: str
    choices: [present, absent]
    default: present
  contexts:
    description:
      - The remote contexts. The account that the kubeconfig gives must be allowed to make ServiceAccounts, Roles and tokens there.
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description:
          - The name by which a K8ssandraCluster knows the context, in C(k8sContext).
        type: str
        required: true
      kubeconfig:
        description:
          - The path of a kubeconfig file. Without it, the module's own O(kubeconfig).
        type: path
      context:
        description:
          - The name of the context in that file. Without it, O(contexts[].name).
        type: str
      cluster_uid:
        description:
          - The UID that the cluster's C(kube-system) namespace must have. With another one, nothing is written.
        type: str
      namespace:
        description:
          - The namespace of the ServiceAccount there. Without it, the module's own O(namespace).
        type: str
      server:
        description:
          - The URL at which the operator, from its pod, reaches the API server. Without it, the one in the kubeconfig, which must not be
            a loopback address.
        type: str
      ca_cert:
        description:
          - The certificate authority of that URL, as PEM text. Without it, the one in the kubeconfig.
        type: str
      tls_server_name:
        description:
          - The name to look for in the server's certificate, when it is not that of the URL.
        type: str
      proxy_url:
        description:
          - The proxy through which the operator, and the proof made here, reach that URL.
        type: str
      credential:
        description:
          - V(managed) keeps an account of this module's and a token that it renews.
          - V(adopted) takes a registration that somebody else made, for example upstream's C(create-clientconfig.sh), as it is. It is
            found by the context that it registers, proven by using it, and never written to. What ends in it is not renewed.
          - Going from V(adopted) to V(managed) gives the same ClientConfig a Secret and token of this module's, at the price of one
            restart, and removes the old Secret when no other ClientConfig names it. It needs O(force_conflicts), since the
            ClientConfig is somebody else's.
        type: str
        choices: [managed, adopted]
        default: managed
      client_config:
        description:
          - The name of the ClientConfig, where somebody else chose it. Without it, one made of O(contexts[].name).
        type: str
  cluster_scoped:
    description:
      - Whether the control plane watches all namespaces. The account then gets a ClusterRole in place of Roles.
    type: bool
    default: false
  watch_namespaces:
    description:
      - The namespaces that the control plane watches, as C(WATCH_NAMESPACE) of its operator says. The account gets a Role in each. The
        module does not change what the operator watches.
      - Without it, the account gets one in its own namespace.
    type: list
    elements: str
    default: []
  service_account:
    description:
      - The name of the ServiceAccount. Give each control plane its own where several share a remote cluster.
    type: str
    default: k8ssandra-control-plane
  token_lifetime:
    description:
      - Seconds for which a new token is asked for, 600 or more. The API server may grant less, and what it grants counts. A token that
        is good already is kept until it is due.
    type: int
    default: 7776000
  operator_deployment:
    description:
      - The name of the operator's Deployment in the control plane. When it is not there, the contexts are registered without waiting.
    type: str
    default: k8ssandra-operator
  forget_unreachable:
    description:
      - With O(state=absent), remove the registration of a context that does not answer too. Its account stays there.
    type: bool
    default: false
  force_conflicts:
    description: Take over fields that another field manager owns, instead of failing with the manager's name.
    type: bool
    default: false
extends_documentation_fragment:
  - k8ssandra.operator.attributes
  - k8ssandra.operator.context
  - k8ssandra.operator.wait
"""

EXAMPLES = r"""
- name: Register two data planes
  k8ssandra.operator.client_config:
    kubeconfig: ~/.kube/config
    context: hub
    contexts:
      - name: east
      - name: west

- name: Register a kind cluster, which its kubeconfig knows by a loopback address
  k8ssandra.operator.client_config:
    kubeconfig: ~/.kube/config
    context: hub
    contexts:
      - name: east
        context: kind-east
        server: https://east-control-plane:6443

- name: Leave a registration that a script made as it is, and prove it
  k8ssandra.operator.client_config:
    kubeconfig: ~/.kube/config
    context: hub
    contexts:
      - name: west
        credential: adopted

- name: Remove a data plane that is gone for ever
  k8ssandra.operator.client_config:
    kubeconfig: ~/.kube/config
    context: hub
    state: absent
    forget_unreachable: true
    contexts:
      - name: west
"""

RETURN = r"""
contexts:
  description: Each context in the order given, with what was proven and done.
  returned: when the options are valid and the control plane answers
  type: list
  elements: dict
  contains:
    name:
      description: The context.
      type: str
    client_config:
      description: The name of its ClientConfig.
      type: str
    secret:
      description: The name of its Secret.
      type: str
    credential:
      description: V(managed), or V(adopted) for a registration that somebody else made.
      type: str
    action:
      description: V(registered), V(renewed), V(updated), V(removed), V(unchanged) or V(failed); in check mode what it would be.
      type: str
    token_expires:
      description: When its token expires; none when there is no token yet.
      type: str
    server_version:
      description: The version of its API server.
      type: str
    checks:
      description: What was proven, in order.
      type: list
      elements: dict
      contains:
        check:
          description: What was checked.
          type: str
        ok:
          description: Whether it is as it has to be.
          type: bool
        found:
          description: What was found.
          type: str
    error:
      description: What is wrong with it.
      returned: for a context that failed
      type: dict
  sample:
    - name: east
      client_config: east
      secret: east-kubeconfig
      action: unchanged
      token_expires: '2027-02-19T10:45:00Z'
      server_version: v1.33.1
      checks:
        - {check: server, ok: true, found: 'https://10.0.0.7:6443 answers and its certificate is valid'}
operator_restarts:
  description: How often the operator of the control plane started during the call.
  returned: when the options are valid and the control plane answers
  type: int
  sample: 1
plan:
  description: What was done, or would be done in check mode, in order.
  returned: when the options are valid and the control plane answers
  type: list
  elements: dict
  contains:
    context:
      description: The context of the step.
      type: str
    verb:
      description: V(create), V(update) or V(delete).
      type: str
    object:
      description: The object, as kind, namespace and name.
      type: str
    why:
      description: Why the step is needed.
      type: str
    changes:
      description: The fields that change, a line each, secrets masked and long values cut.
      returned: for an update
      type: list
      elements: str
    digest:
      description: The SHA-256 of what the step does, without secrets. See P(k8ssandra.operator.fleet_plan#filter).
      type: str
    preview:
      description: Why the step could not be previewed.
      returned: in check mode, when what it needs is not there yet
      type: str
  sample:
    - {context: hub, verb: create, object: ClientConfig k8ssandra-operator/east, why: is not there}
"""

from ..module_utils._module.ansible_module import run_module
from ..module_utils._module.client_config import CLIENT_CONFIG


def main() -> None:
    """Runs the composition as a module."""
    run_module(CLIENT_CONFIG)


if __name__ == "__main__":
    main()
