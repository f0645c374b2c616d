#!/usr/bin/python
# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: fleet_inventory
short_description: Read a fleet that somebody installed by hand into an inventory
version_added: 0.1.0
author: The k8ssandra.operator authors (@k8ssandra)
description:
  - Reads how the operators were installed in the control plane and in each data plane, by Helm or by C(kubectl) and Kustomize, what they
    watch, which ClientConfig leads to which data plane, and the K8ssandraCluster.
  - Says the inventory that describes all that, so that a run of C(site) over it changes nothing, and what such a run leaves as it is,
    changes when asked, and cannot manage.
  - Which data plane a ClientConfig leads to is proven, never taken from names. It is the one that has the service account whose token the
    ClientConfig's Secret holds, by that account's UID. A log-in of another kind proves it by the UID of C(kube-system), or else by server
    and certificate authority.
  - Writes to no cluster. With O(folder), it writes files there.
  - No secret is written. Where a value of the release or the cluster may be one, the file names a variable, and RV(report) says which.
options:
  data_planes:
    description:
      - The contexts of the data planes, by their names in O(kubeconfig). Short for O(contexts).
    type: list
    elements: str
    default: []
  namespace:
    description:
      - Where to look for the operators, in every context. Without it, in all namespaces.
    type: str
  name:
    description:
      - The K8ssandraCluster to adopt. It is needed where the control plane has several.
    type: str
  cluster_namespace:
    description:
      - Where to look for it. Without it, in all namespaces.
    type: str
  chart:
    description:
      - Where Helm's chart came from, which no cluster tells. A chart of O(chart_repository), an OCI reference, an archive or a folder.
        Without it, upstream's.
    type: str
  chart_repository:
    description:
      - The URL of the repository that has O(chart).
    type: str
  kustomize:
    description:
      - Where the Kustomize base came from. Without it, upstream's of the version that runs.
    type: str
  folder:
    description:
      - A folder for the inventory, made when missing. Files are for their owner alone.
      - A file that is there with something else in it is never written over unless O(overwrite) says so. Nothing is written then.
    type: path
  overwrite:
    description: Write over files that differ.
    type: bool
    default: false
extends_documentation_fragment:
  - k8ssandra.operator.attributes
  - k8ssandra.operator.context
  - k8ssandra.operator.contexts
notes:
  - O(context) is the control plane. The name of an entry of O(contexts) is any; the inventory has the name by which the control plane
    knows the context.
  - A release that Helm keeps elsewhere than in Secrets is not read.
"""

EXAMPLES = r"""
- name: See what there is
  k8ssandra.operator.fleet_inventory:
    kubeconfig: ~/.kube/config
    context: hub
    data_planes: [east, west]

- name: Write the inventory of a fleet whose data plane has a kubeconfig of its own
  k8ssandra.operator.fleet_inventory:
    kubeconfig: ~/.kube/config
    context: hub
    contexts:
      - name: east
        kubeconfig: ~/.kube/east
        context: admin@east
    chart: oci://registry.example.com/charts/k8ssandra-operator
    folder: ./fleet
"""

RETURN = r"""
report:
  description: The findings, a line each.
  returned: when the fleet could be read
  type: list
  elements: str
  sample:
    - 'east: left as it is: ClientConfig east (context east) with Secret east-config leads here, by the UID of ServiceAccount ...'
findings:
  description: What was found, and what a run of C(site) does about it.
  returned: when the fleet could be read
  type: list
  elements: dict
  contains:
    context:
      description: The host that it is about. Empty for the whole fleet.
      type: str
    verdict:
      description: V(found), V(left as it is), V(changed when asked), V(cannot be managed) or V(to be filled in).
      type: str
    what:
      description: One sentence.
      type: str
files:
  description: The files of the inventory, whether they were written or not.
  returned: when the fleet could be read
  type: list
  elements: dict
  contains:
    path:
      description: The file, in the inventory's folder.
      type: str
    content:
      description: What is in it.
      type: str
"""

from ..module_utils._module.ansible_module import run_module
from ..module_utils._module.fleet_inventory import FLEET_INVENTORY


def main() -> None:
    """Runs the composition as a module."""
    run_module(FLEET_INVENTORY)


if __name__ == "__main__":
    main()
