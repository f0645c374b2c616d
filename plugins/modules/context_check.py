#!/usr/bin/python
# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: context_check
short_description: Prove one context before anything is written to it
version_added: 0.1.0
author: The k8ssandra.operator authors (@k8ssandra)
description:
  - Proves that the kubeconfig has the context, that the API server answers and accepts the log-in, that it is the pinned cluster, and that
    its version is supported.
  - With O(cluster), also validates a C(K8ssandraCluster) offline, so that a mistake in the last step is found before the first.
  - Reads only.
options:
  namespace:
    description: The namespace of the C(K8ssandraCluster).
    type: str
    default: k8ssandra-operator
  cluster:
    description: The cluster to validate, with the options of M(k8ssandra.operator.k8ssandra_cluster).
    type: dict
extends_documentation_fragment:
  - k8ssandra.operator.attributes
  - k8ssandra.operator.cluster
  - k8ssandra.operator.context
  - k8ssandra.operator.contexts_with_datacenters
"""

EXAMPLES = r"""
- name: Prove a context, pinned to one cluster
  k8ssandra.operator.context_check:
    kubeconfig: ~/.kube/config
    context: east
    cluster_uid: 7d7ea5a8-9c34-4f0c-8f2c-7a2b5a1c5c1e
"""

RETURN = r"""
checks:
  description: What was proven. The first thing that does not hold fails the task.
  returned: success
  type: list
  elements: dict
  contains:
    check:
      description: What was looked at.
      type: str
    found:
      description: What was found.
      type: str
  sample:
    - {check: log-in, found: accepted}
    - {check: version, found: v1.34.4}
"""

from ..module_utils._module.ansible_module import run_module
from ..module_utils._module.context_check import CONTEXT_CHECK


def main() -> None:
    """Runs the composition as a module."""
    run_module(CONTEXT_CHECK)


if __name__ == "__main__":
    main()
