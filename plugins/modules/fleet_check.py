#!/usr/bin/python
# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: fleet_check
short_description: Find what would break an installation, in all contexts at once
version_added: 0.1.0
author: The k8ssandra.operator authors (@k8ssandra)
description:
  - Looks at the control plane and the data planes side by side, before anything is written, and says all that it found. A context that
    does not answer is a finding of its own, and the others go on.
  - Fails at the end when it found an error, with one message that names the first and counts the rest. RV(findings) is in the failed
    result too.
  - Tries the ways between the pods of all contexts and the storage classes by short-lived pods and claims, which it removes whatever
    happens. What a run that was killed left behind is removed by the next one, and Kubernetes ends the pods by itself after two minutes.
  - Writes nothing else. Whether pods, limits and webhooks would be accepted is asked by dry runs, rights by access reviews.
  - What it has no right to look at is a note that says so.
  - In check mode no pods are made. RV(checks) says which checks were not done.
options:
  namespace:
    description: The namespace of the C(K8ssandraCluster).
    type: str
    default: k8ssandra-operator
  operator_namespace:
    description: The namespace of the operators, in every context. Without it, O(namespace).
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
  control_plane:
    description: Who distributes the cluster, as in M(k8ssandra.operator.k8ssandra_cluster). Each needs rights of its own.
    type: str
    choices: [operator, ansible]
    default: operator
  installer:
    description: What installs the operators. Helm needs rights of its own.
    type: str
    choices: [kustomize, helm]
    default: kustomize
  brings_cert_manager:
    description: Whether cert-manager will be installed where it is missing. That it is missing is then a note, no error.
    type: bool
    default: false
  cert_manager_namespace:
    description: With O(brings_cert_manager), its namespace, where rights are asked for too.
    type: str
    default: cert-manager
  cluster:
    description:
      - The cluster that is wanted, with the options of M(k8ssandra.operator.k8ssandra_cluster).
      - Without it, what depends on a definition is not checked.
    type: dict
  certificate_days:
    description: How many days ahead of its end a certificate or token is worth a warning.
    type: int
    default: 14
  probe:
    description: Whether to try ways and storage by short-lived pods.
    type: bool
    default: true
  probe_image:
    description: The image of these pods. It has to have C(busybox), with its C(sh), C(nc), C(httpd), C(timeout) and C(sleep).
    type: str
    default: docker.io/library/busybox:1.37
  probe_namespace:
    description:
      - The namespace of these pods. One that is there is used and left as it is.
      - Without it, each run makes one with a name of its own and removes it.
    type: str
  probe_timeout:
    description: Seconds that such a pod may take to come up, image and volume included.
    type: int
    default: 20
extends_documentation_fragment:
  - k8ssandra.operator.attributes
  - k8ssandra.operator.cluster
  - k8ssandra.operator.context
  - k8ssandra.operator.contexts_with_datacenters
notes:
  - O(context) is the control plane. Its own entry among O(contexts) gives the name by which findings call it, and its datacenters.
"""

EXAMPLES = r"""
- name: Find what would break this cluster
  k8ssandra.operator.fleet_check:
    kubeconfig: ~/.kube/config
    context: hub
    contexts:
      - name: east
        datacenters:
          - {metadata: {name: dc1}, size: 3}
      - name: west
        datacenters:
          - {metadata: {name: dc2}, size: 3}
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
    probe_image: registry.example.com/library/busybox:1.37
"""

RETURN = r"""
passed:
  description: Whether no error was found.
  returned: always
  type: bool
  sample: false
findings:
  description: What is not as it should be, the errors first.
  returned: always
  type: list
  elements: dict
  contains:
    context: {description: Where., type: str}
    check: {description: The check that found it., type: str}
    object: {description: What it is about., type: str}
    severity: {description: "V(error) for what will fail, V(warning) for what may, V(note) for what is good to know.", type: str}
    what: {description: What was found., type: str}
    why: {description: Why it matters., type: str}
    advice: {description: What to do., type: str}
  sample:
    - context: east
      check: routes
      object: pods of east to pods of west
      severity: error
      what: pods of east do not reach pods of west on port 7000 (timed out)
      why: "Cassandra nodes talk to each other on it: without it the second datacenter never joins"
      advice: open it in firewalls, security groups and network policies between the two, and route the pod networks
checks:
  description: Every check of every context, in a stable order.
  returned: always
  type: list
  elements: dict
  contains:
    context: {description: Where., type: str}
    check: {description: What was looked at., type: str}
    result:
      description: V(fine), the gravest severity of its findings, V(impossible) when it could not look, V(not done) in check mode.
      type: str
    found: {description: What was seen., type: str}
  sample:
    - {context: east, check: version, result: fine, found: v1.34.4}
routes:
  description: Each way that was tried, and V(open) or how it failed.
  returned: always
  type: list
  elements: dict
  sample:
    - {from: east, to: west, port: 7000, result: open}
"""

from ..module_utils._module.ansible_module import run_module
from ..module_utils._module.fleet_check import FLEET_CHECK


def main() -> None:
    """Runs the composition as a module."""
    run_module(FLEET_CHECK)


if __name__ == "__main__":
    main()
