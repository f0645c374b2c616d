# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documents the piece of argument spec `CONTEXTS_WITH_DATACENTERS`."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  contexts:
    description:
      - The contexts that hold datacenters, each a Kubernetes cluster, with its datacenters.
      - The entry of the control plane itself may be among them; its datacenters get no C(k8sContext).
    type: list
    elements: dict
    default: []
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
      datacenters:
        description:
          - The datacenters in this context, as in upstream's C(spec.cassandra.datacenters), without C(k8sContext).
        type: list
        elements: dict
"""
