#!/usr/bin/python
# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: cluster_status
short_description: One verdict over a K8ssandraCluster, its control plane and all its data planes
version_added: 0.1.0
author: The k8ssandra.operator authors (@k8ssandra)
description:
  - Reads the control plane and the given data planes side by side, and says whether the cluster is ready, and if not, the first
    blocking reason in one sentence.
  - Upstream's status has no such verdict. This one holds when the operator has carried out the newest generation without an error,
    every datacenter is up (or stopped, where that is wanted) with all its nodes, no rebuild, removal or held-back change is left,
    Reaper and Stargate are ready where they are wanted, every given context answers, and operators, credentials and certificates are good.
  - Writes nothing, ever. It does not fail when something is not ready, missing or unreachable, the control plane included, it says so in
    the result. It fails for wrong options only. Use RV(ready) in a condition to fail a play.
  - Where there is no C(K8ssandraCluster), it looks in all contexts given for the record of a cluster that has no operator
    (O(k8ssandra.operator.k8ssandra_cluster#module:control_plane=ansible)), and judges that by the same rules.
  - A context that does not answer is unknown, with the cause, and never taken for empty.
options:
  name:
    description: The name of the K8ssandraCluster.
    type: str
    required: true
  namespace:
    description: The namespace of the K8ssandraCluster in the control plane.
    type: str
    default: k8ssandra-operator
  operator_namespace:
    description: The namespace of the operators, in every context. Without it, O(namespace).
    type: str
  wait:
    description:
      - Whether to look again while the cluster is not ready and waiting may help. Operators, for one, end and start again when their API
        server did. It waits neither for a context that does not answer nor for leave to carry out an update that an operator holds back.
        Check mode never waits.
    type: bool
    default: false
  wait_timeout:
    description: Seconds after which it is told as it is then.
    type: int
    default: 60
  wait_sleep:
    description: Seconds between two looks.
    type: int
    default: 2
extends_documentation_fragment:
  - k8ssandra.operator.attributes
  - k8ssandra.operator.context
  - k8ssandra.operator.contexts
notes:
  - O(context) is the control plane. O(contexts[].name) is what the K8ssandraCluster calls a data plane (C(k8sContext)).
  - Of a datacenter whose context is not in O(contexts), only the control plane's word is known; see RV(datacenters[].known_from).
"""

EXAMPLES = r"""
- name: Tell how the cluster is
  k8ssandra.operator.cluster_status:
    kubeconfig: ~/.kube/config
    context: hub
    contexts:
      - name: east
      - name: west
    name: demo
  register: status

- name: Stop here unless it is ready
  ansible.builtin.assert:
    that: status.ready
    fail_msg: "{{ status.reason }}"
"""

RETURN = r"""
ready:
  description: Whether everything is as wanted and every context that was asked answered.
  returned: success
  type: bool
  sample: false
reason:
  description: The first thing that is not as it should be, in one sentence that names the context. Empty when ready.
  returned: success
  type: str
  sample: "west dc2: 0 of 1 nodes up, waiting for dc1"
summary:
  description: The whole status for people, a line each for the verdict, the datacenters and the contexts.
  returned: success
  type: list
  elements: str
  sample:
    - K8ssandraCluster k8ssandra-operator/demo is ready
    - "east dc1: 1/1 nodes up, ready"
problems:
  description: All that is not as it should be, the first blocking one first.
  returned: success
  type: list
  elements: str
  sample: ["west dc2: 0 of 1 nodes up, waiting for dc1"]
error:
  description: The operator's last error (C(status.error)). Empty when there is none.
  returned: success
  type: str
  sample: ""
requires_update:
  description: Whether the operator, after an upgrade of itself, holds back a change of the datacenters until it is allowed.
  returned: success
  type: bool
  sample: false
held_updates:
  description: The updates that the operators hold back after an upgrade of themselves until they are allowed, a sentence each.
  returned: success
  type: list
  elements: str
  sample: ["east dc1: an upgrade of cass-operator wants to change its nodes and has to be allowed to"]
datacenters:
  description: Every datacenter, in the order of the definition, then those on their way out.
  returned: success
  type: list
  elements: dict
  contains:
    name: {description: The name of the CassandraDatacenter., type: str}
    cassandra_name: {description: What Cassandra calls it., type: str}
    context: {description: The context that holds it., type: str}
    namespace: {description: Its namespace., type: str}
    size: {description: How many nodes are wanted., type: int}
    stopped: {description: Whether its nodes are wanted shut down., type: bool}
    wanted: {description: Whether the K8ssandraCluster asks for it. Otherwise it is on its way out., type: bool}
    known_from:
      description: Whose word this is, V(data plane), V(control plane) when its context was not given or not reached, or V(nothing).
      type: str
    ready: {description: Whether it is as wanted., type: bool}
    state: {description: Where it stands in a few words., type: str}
    nodes_up: {description: How many nodes serve. None when that is unknown., type: int}
    decommission: {description: How far its removal is (C(decommissionProgress))., type: str}
    rebuild:
      description: The streaming of data into a new datacenter, if there was one lately.
      type: dict
      sample: {state: complete, succeeded: 1, failed: 0}
    reaper: {description: "Empty where Reaper is not wanted, else V(ready), V(missing), V(unknown) or its progress.", type: str}
    stargate: {description: "Empty where Stargate is not wanted, else V(ready), V(missing) or its progress.", type: str}
    requires_update:
      description: Whether cass-operator, after an upgrade of itself, holds back a change of its nodes until it is allowed.
      type: bool
    causes:
      description: What keeps it from coming up.
      type: list
      elements: str
    nodes:
      description: Its nodes.
      type: list
      elements: dict
      sample:
        - {name: demo-dc1-default-sts-0, ip: 10.51.0.5, rack: default, host_id: 1c0d4c1c, state: Started, ready: true}
contexts:
  description: The control plane, the data planes that were asked, and those that the operator knows besides.
  returned: success
  type: list
  elements: dict
  contains:
    name: {description: Its name., type: str}
    control_plane: {description: Whether it is the control plane., type: bool}
    reachable: {description: Whether it answered. None when it was not asked., type: bool}
    cause: {description: Why it did not answer., type: str}
    server_version: {description: The version of its API server., type: str}
    credential:
      description: What the operator logs in to it with.
      type: dict
      sample: {client_config: east, secret: east-kubeconfig, loaded: true, token_expires: "2027-02-19T10:00:00Z"}
    certificates:
      description: The certificates of its operators' webhooks.
      type: list
      elements: dict
      sample: [{name: cass-operator-serving-cert, namespace: k8ssandra-operator, ready: true, not_after: "2027-02-19T10:00:00Z"}]
    gaps:
      description: What could not be read although it answers.
      type: list
      elements: str
operators:
  description: The operators in all contexts that were asked.
  returned: success
  type: list
  elements: dict
  contains:
    context: {description: Where it runs., type: str}
    operator: {description: V(k8ssandra-operator) or V(cass-operator)., type: str}
    name: {description: The name of its Deployment., type: str}
    namespace: {description: The namespace of its Deployment., type: str}
    image: {description: Its image., type: str}
    version: {description: The tag of its image., type: str}
    ready: {description: Whether its newest specification serves., type: bool}
    control_plane: {description: Whether it reconciles K8ssandraClusters., type: bool}
    watch_namespaces:
      description: The namespaces that it watches. Empty for all.
      type: list
      elements: str
"""

from ..module_utils._module.ansible_module import run_module
from ..module_utils._module.cluster_status import CLUSTER_STATUS


def main() -> None:
    """Runs the composition as a module."""
    run_module(CLUSTER_STATUS)


if __name__ == "__main__":
    main()
