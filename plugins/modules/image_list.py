#!/usr/bin/python
# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: image_list
short_description: List every image and chart that the chosen versions need
version_added: 0.1.0
author: The k8ssandra.operator authors (@k8ssandra)
description:
  - Renders what would be installed and reads the operators' image configuration in it. Says which images the operators, cert-manager and
    the pods of a cluster need, where each name comes from, and what each is called in a registry of one's own.
  - Asks no cluster, so it runs where nothing is installed yet. O(kubeconfig) is never opened; with O(context) it tells which of O(contexts)
    is the control plane, as in the other modules.
  - Of what the operators name in their own code, the module knows k8ssandra-operator 1.20 and 1.26. It warns when another version needs
    such a name.
options:
  namespace:
    description: The namespace of the C(K8ssandraCluster).
    type: str
    default: k8ssandra-operator
  cluster:
    description:
      - The cluster whose images are listed, with the options of M(k8ssandra.operator.k8ssandra_cluster).
      - Without it, every image of the operators' image configuration is listed.
    type: dict
  kustomize:
    description:
      - The operators, as in M(k8ssandra.operator.operator_bundle). It or O(chart) is required.
      - Data planes are rendered when O(contexts) has any.
    type: str
  kustomize_binary:
    description: The C(kustomize) or C(kubectl) to render with, as in M(k8ssandra.operator.operator_bundle).
    type: path
  chart:
    description:
      - The operators' chart, as in M(k8ssandra.operator.operator_bundle). Its hooks are listed, as not run.
      - A chart that asks a cluster for its version is told that it is Kubernetes 1.34.
    type: str
  values:
    description: Values of the chart, as in M(k8ssandra.operator.operator_bundle). No result or message shows them.
    type: dict
    default: {}
  release_name:
    description: The name of the release.
    type: str
    default: k8ssandra-operator
  cluster_scoped:
    description: Whether the operators watch all namespaces instead of their own.
    type: bool
    default: false
  cert_manager_manifest:
    description: The static manifest of cert-manager, as in M(k8ssandra.operator.cert_manager). Excludes O(cert_manager_chart).
    type: str
  cert_manager_chart:
    description: The chart of cert-manager, as in M(k8ssandra.operator.cert_manager). Its hooks are listed, as not run.
    type: str
  cert_manager_chart_repository:
    description: The URL of the repository that has O(cert_manager_chart).
    type: str
  cert_manager_chart_version:
    description: The version of O(cert_manager_chart) to fetch. Without it, the newest.
    type: str
  cert_manager_chart_plain_http:
    description: Whether O(cert_manager_chart) is fetched without TLS, from a registry that has none.
    type: bool
    default: false
  cert_manager_values:
    description: Values of the chart, as in M(k8ssandra.operator.cert_manager). No result or message shows them.
    type: dict
    default: {}
  image_registry:
    description:
      - The registry that M(k8ssandra.operator.operator_bundle) gets as O(k8ssandra.operator.operator_bundle#module:image_registry).
      - Each image then has its name in that registry as well, and the module warns of each that would still come from elsewhere.
    type: str
    default: ''
  file:
    description:
      - Where to write the list, an image a line, by name; with O(image_registry), a space and the name in that registry behind it.
      - What is listed and not run, such as the hooks of a chart, is not in the file.
    type: path
extends_documentation_fragment:
  - k8ssandra.operator.attributes
  - k8ssandra.operator.chart
  - k8ssandra.operator.cluster
  - k8ssandra.operator.context
  - k8ssandra.operator.contexts_with_datacenters
"""

EXAMPLES = r"""
- name: List what a cluster needs, and write down where to copy it
  k8ssandra.operator.image_list:
    kubeconfig: ~/.kube/config
    context: hub
    contexts:
      - name: east
        datacenters: [{metadata: {name: dc1}, size: 3}]
    kustomize: /srv/k8ssandra-operator/config/deployments
    cert_manager_manifest: /srv/cert-manager/cert-manager.yaml
    cluster:
      name: demo
      spec:
        cassandra:
          serverVersion: 5.0.5
          storageConfig:
            cassandraDataVolumeClaimSpec:
              storageClassName: standard
              accessModes: [ReadWriteOnce]
              resources: {requests: {storage: 100Gi}}
    image_registry: registry.example.com/mirror
    file: images.txt
"""

RETURN = r"""
images:
  description: Every image, by name and once.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: Its whole name, as upstream publishes it.
      type: str
    used_by:
      description: What needs it.
      type: list
      elements: str
    from:
      description:
        - Where its name comes from, one of V(rendered) objects, the operators' V(image configuration), the V(cluster definition), or an
          V(operator's default) that is written in its code.
      type: str
    runs:
      description: Whether this collection lets it run; false for the hooks of a chart.
      type: bool
    target:
      description: Its whole name as nodes will pull it.
      returned: when O(image_registry) is given
      type: str
    reached:
      description: Whether it comes from O(image_registry).
      returned: when O(image_registry) is given
      type: bool
  sample:
    - name: docker.io/k8ssandra/cass-management-api:5.0.5-ubi
      used_by: ["datacenter dc1, Cassandra"]
      from: image configuration
      runs: true
      target: registry.example.com/mirror/k8ssandra/cass-management-api:5.0.5-ubi
      reached: true
charts:
  description: Every chart.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: Its name.
      type: str
    version:
      description: Its version.
      type: str
    where:
      description: The repository, address, folder or archive that it comes from.
      type: str
"""

from ..module_utils._module.ansible_module import run_module
from ..module_utils._module.image_list import IMAGE_LIST


def main() -> None:
    """Runs the composition as a module."""
    run_module(IMAGE_LIST)


if __name__ == "__main__":
    main()
