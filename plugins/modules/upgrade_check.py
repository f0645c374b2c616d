#!/usr/bin/python
# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: upgrade_check
short_description: What speaks against upgrading the operators, and in which order the contexts go
version_added: 0.1.0
author: The k8ssandra.operator authors (@k8ssandra)
description:
  - Compares the versions of k8ssandra-operator and cass-operator that run in each context with those that are wanted, and when they
    differ, also the operators' kinds and all their objects. Writes to no cluster.
  - Fails when the upgrade must not be. That is a step back, a step that upstream reports as broken, a kind or field that an object uses
    and that the wanted version no longer has, an API server that is too old, or an order that this run cannot keep.
  - Keeps the custom resources and the values of Helm releases of all contexts in a folder, when an upgrade is about to happen. No Secret is
    kept.
  - Where nothing is installed, or the versions that run are the wanted ones, it costs one request a context and nothing is rendered.
options:
  contexts:
    description:
      - All contexts with operators, the control plane's among them, each a Kubernetes cluster.
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description: The context's name, for O(control_plane), O(only) and RV(order).
        type: str
        required: true
      kubeconfig:
        description: The path of a kubeconfig file. Without it, the module's own O(kubeconfig).
        type: path
      context:
        description: The name of the context in that file. Without it, O(contexts[].name).
        type: str
      cluster_uid:
        description: The UID that the cluster's C(kube-system) namespace must have. With another one, the context counts as not answering.
        type: str
      kustomize:
        description: What this context is to have, if that is another than O(kustomize).
        type: str
      chart_version:
        description: The version that this context is to have, if that is another than O(chart_version).
        type: str
  control_plane:
    description: The name of that entry of O(contexts) that is the control plane.
    type: str
    required: true
  only:
    description:
      - The names of the contexts to which the run may write. Without it, all.
      - An upgrade of a context that must come after one that is not among them is refused.
    type: list
    elements: str
  namespace:
    description: The namespace of the operators, in every context.
    type: str
    default: k8ssandra-operator
  kustomize:
    description: What is wanted, as M(k8ssandra.operator.operator_bundle) takes it; this or O(chart).
    type: str
  kustomize_binary:
    description: As M(k8ssandra.operator.operator_bundle) takes it.
    type: path
  chart:
    description: What is wanted, as M(k8ssandra.operator.operator_bundle) takes it; this or O(kustomize).
    type: str
  values:
    description: As M(k8ssandra.operator.operator_bundle) takes it. Images that they name count.
    type: dict
    default: {}
  release_name:
    description: As M(k8ssandra.operator.operator_bundle) takes it.
    type: str
    default: k8ssandra-operator
  cluster_scoped:
    description: As M(k8ssandra.operator.operator_bundle) takes it.
    type: bool
    default: false
  backup:
    description:
      - The folder in which a new one is made for the backup, on the host that runs the task. Without it, none is made.
      - Check mode makes none.
    type: path
extends_documentation_fragment:
  - k8ssandra.operator.attributes
  - k8ssandra.operator.chart
  - k8ssandra.operator.context
notes:
  - O(context) is not asked anything unless it is in O(contexts) too.
"""

EXAMPLES = r"""
- name: Look at an upgrade before it is made
  k8ssandra.operator.upgrade_check:
    kubeconfig: ~/.kube/config
    context: hub
    control_plane: hub
    contexts: [{name: hub}, {name: east}, {name: west}]
    kustomize: github.com/k8ssandra/k8ssandra-operator/config/deployments?ref=v1.26.0
  register: check

- name: Say what it would be
  ansible.builtin.debug:
    msg: "{{ check.summary }}"
"""

RETURN = r"""
upgrade:
  description: Whether any context runs other versions than are wanted.
  returned: always
  type: bool
order:
  description: The contexts of this run that are to be upgraded, in the order in which they have to be, one after the other.
  returned: always
  type: list
  elements: dict
  contains:
    context:
      description: The context's name.
      type: str
    step:
      description: Which step of the upgrade it is, for the message when it fails.
      type: str
left:
  description: Contexts that are to be upgraded and are not in O(only).
  returned: always
  type: list
  elements: str
why:
  description: Why the order is as it is.
  returned: always
  type: str
  sample: "data planes first, since ScheduledTask.control.k8ssandra.io is new: ..."
refused:
  description: What speaks against the upgrade, a sentence each, with upstream's word on it. The module fails when there is one.
  returned: always
  type: list
  elements: str
cautions:
  description: What is to be known and does not stop the upgrade.
  returned: always
  type: list
  elements: str
kinds_added:
  description: The kinds that the wanted version adds.
  returned: always
  type: list
  elements: str
kinds_removed:
  description: The kinds that are there and that the wanted version no longer has.
  returned: always
  type: list
  elements: str
contexts:
  description: What runs in each context.
  returned: always
  type: list
  elements: dict
  contains:
    name:
      description: The context's name.
      type: str
    control_plane:
      description: Whether it is the control plane.
      type: bool
    reachable:
      description: Whether it could be read.
      type: bool
    cause:
      description: Why not.
      type: str
    operators:
      description: The operators that run there, with the version and image that runs (V(from), V(image)) and that is wanted.
      type: list
      elements: dict
backup:
  description: The folder of the backup; empty when none was made.
  returned: always
  type: str
summary:
  description: All of this for people, a line each; empty when there is nothing to upgrade.
  returned: always
  type: list
  elements: str
"""

from ..module_utils._module.ansible_module import run_module
from ..module_utils._module.upgrade_check import UPGRADE_CHECK


def main() -> None:
    """Runs the composition as a module."""
    run_module(UPGRADE_CHECK)


if __name__ == "__main__":
    main()
