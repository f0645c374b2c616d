#!/usr/bin/python
# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: k8ssandra_cluster
short_description: Deploy, change or remove one Cassandra cluster that spans Kubernetes contexts
version_added: 0.1.0
author: The k8ssandra.operator authors (@k8ssandra)
description:
  - Takes a C(K8ssandraCluster), validates it offline by the rules of the operator's webhook and by what upstream accepts first and fails
    on later, makes a plan over all contexts, applies it to the control plane by server-side apply, and waits until the cluster is ready
    everywhere.
  - The wait ends early, with the cause, when it cannot succeed.
  - Datacenters that are there keep their order and new ones come after them, whatever the order given. The first datacenter carries a
    system property, so that a new one in front of it would restart all of its nodes.
options:
  namespace:
    description: The namespace of the C(K8ssandraCluster), in the control plane.
    type: str
    default: k8ssandra-operator
  operator_namespace:
    description: The namespace of the operators, when it is not O(namespace).
    type: str
  control_plane:
    description:
      - Who distributes the cluster to its datacenters.
      - V(operator) applies the C(K8ssandraCluster) to O(context), and k8ssandra-operator there does the rest.
      - With V(ansible) this module computes what the operator would, and applies it to every context itself, one datacenter after the
        other, without a C(K8ssandraCluster) and without credentials kept anywhere. The datacenters need cass-operator only, and one of
        the contexts upstream's definition of C(K8ssandraCluster), from which the defaults come. O(context) is then what a datacenter
        without C(k8sContext) is in.
      - A cluster has one control plane. V(ansible) is refused where an operator distributes it already, in any of the contexts, and
        V(operator) where a record says that this module does.
      - Reaper and Medusa need k8ssandra-operator as a data plane beside each datacenter, in O(operator_namespace).
      - V(ansible) does not distribute Stargate, and registers with no Reaper that is there already (C(reaperRef)).
    type: str
    choices: [operator, ansible]
    default: operator
  state:
    description:
      - V(present) deploys or changes the cluster.
      - V(absent) removes it with all its nodes and volumes, and, unless O(wait=false), what the operator forgets. It needs
        O(confirm_removal).
    type: str
    choices: [present, absent]
    default: present
  name:
    description: The cluster's name. Required with O(state=absent), and unless O(definition) is given.
    type: str
  definition:
    description:
      - A whole C(K8ssandraCluster), its datacenters with it; those of O(contexts) are not used then.
      - Mutually exclusive with O(spec) and O(annotations).
    type: dict
  spec:
    description:
      - The C(spec) of the C(K8ssandraCluster); the datacenters of O(contexts) follow those of C(spec.cassandra.datacenters).
    type: dict
  annotations:
    description: Annotations of the C(K8ssandraCluster), such as C(k8ssandra.io/dc-replication).
    type: dict
  remove_datacenters:
    description:
      - The exact names of the datacenters that may be removed. Their nodes are decommissioned and their volumes deleted.
      - A datacenter that the definition leaves out and that is not named here is refused.
      - With O(control_plane=operator) so is any removal where Cassandra is 4.1 or newer and k8ssandra-operator is older than 1.30.0, since
        it could never finish (U(https://github.com/k8ssandra/k8ssandra-operator/issues/1644)).
      - With O(control_plane=ansible) so is one in which a keyspace of the user still has copies, before anything is written. Once a removal
        has begun, a run finishes it without the name. A name that is not there any more changes nothing.
    type: list
    elements: str
    default: []
  lost_contexts:
    description:
      - The exact names of contexts that are gone for good, with O(control_plane=ansible). Nothing is asked of them but whether they answer,
        and one that answers is refused, so name them in O(contexts) as well as long as there are credentials for them.
      - The definition leaves out their datacenters. The other datacenters forget them. Keyspaces lose the copies that were there, the dead
        nodes leave the ring, and seeds no longer name them. No pod restarts, unless C(num_tokens) is below 16.
      - A keyspace whose only copies were there is named by a warning and stays as it is; its rows are lost. Also named and left as they
        are, with what to do, are keyspaces with C(SimpleStrategy), of which copies may be lost, and with transient copies.
      - A name that no record knows any more changes nothing.
    type: list
    elements: str
    default: []
  confirm_removal:
    description: The exact name of the cluster, to remove it with O(state=absent).
    type: str
  confirm_move:
    description:
      - The exact name of the cluster, to move it to O(control_plane) from the other one. No pod restarts.
      - To V(ansible) it moves only when it is ready and every object is exactly what this module would write; else the differences are
        named and nothing is changed. To V(operator) it moves when it is as the definition says, and the contexts are registered.
      - A run that was ended half-way is finished by running it again.
    type: str
  apply_updates:
    description:
      - What to do about changes that an upgrade of the operator computed and holds back (condition C(RequiresUpdate)).
      - V(never) leaves them, and C(held_updates) of RV(cluster) lists them; V(once) lets the operators carry them out now, V(always) also
        from now on. With O(control_plane=ansible), V(always) is refused, and V(once) asks cass-operator in each run that says so.
      - They restart nodes, one at a time, one datacenter after the other.
    type: str
    choices: [never, once, always]
    default: never
  force_conflicts:
    description: Take over fields that another field manager owns, instead of failing with the manager's name.
    type: bool
    default: false
  wait_timeout:
    description: For how many seconds to wait.
    type: int
    default: 1800
extends_documentation_fragment:
  - k8ssandra.operator.attributes
  - k8ssandra.operator.context
  - k8ssandra.operator.contexts_with_datacenters
  - k8ssandra.operator.wait
"""

EXAMPLES = r"""
- name: Deploy two datacenters over two data planes
  k8ssandra.operator.k8ssandra_cluster:
    kubeconfig: ~/.kube/config
    context: hub
    name: demo
    spec:
      cassandra:
        serverVersion: 5.0.5
        storageConfig:
          cassandraDataVolumeClaimSpec:
            storageClassName: standard
            accessModes: [ReadWriteOnce]
            resources: {requests: {storage: 100Gi}}
    contexts:
      - name: east
        datacenters:
          - {metadata: {name: dc1}, size: 3}
      - name: west
        datacenters:
          - {metadata: {name: dc2}, size: 3}

- name: Remove a datacenter that the definition no longer has
  k8ssandra.operator.k8ssandra_cluster:
    kubeconfig: ~/.kube/config
    context: hub
    definition: "{{ lookup('ansible.builtin.file', 'demo.yml') | from_yaml }}"
    contexts: [{name: east}, {name: west}]
    remove_datacenters: [dc2]

- name: Deploy a cluster without an operator's control plane
  k8ssandra.operator.k8ssandra_cluster:
    kubeconfig: ~/.kube/config
    context: east
    control_plane: ansible
    definition: "{{ lookup('ansible.builtin.file', 'demo.yml') | from_yaml }}"
    contexts: [{name: west}]

- name: Go on without a context that is gone for good
  k8ssandra.operator.k8ssandra_cluster:
    kubeconfig: ~/.kube/config
    context: east
    control_plane: ansible
    definition: "{{ lookup('ansible.builtin.file', 'demo_without_west.yml') | from_yaml }}"
    contexts: [{name: north}, {name: west}]
    lost_contexts: [west]

- name: Take the cluster over from the operator
  k8ssandra.operator.k8ssandra_cluster:
    kubeconfig: ~/.kube/config
    context: hub
    control_plane: ansible
    confirm_move: demo
    definition: "{{ lookup('ansible.builtin.file', 'demo.yml') | from_yaml }}"
    contexts: [{name: east}, {name: west}]

- name: Remove the cluster with all its data
  k8ssandra.operator.k8ssandra_cluster:
    kubeconfig: ~/.kube/config
    context: hub
    name: demo
    state: absent
    confirm_removal: demo
    contexts: [{name: east}, {name: west}]
"""

RETURN = r"""
plan:
  description: What was done, or would be done in check mode, in order. When a step failed, what was done before it.
  returned: success, and when a step or a wait failed
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
  sample:
    - {context: hub, verb: create, object: K8ssandraCluster k8ssandra-operator/demo, why: is not there}
cluster:
  description: The cluster's status, in the shape of M(k8ssandra.operator.cluster_status). Empty with O(state=absent).
  returned: success, and when a step or a wait failed
  type: dict
  sample: {ready: true, reason: ""}
error:
  description: What went wrong, for programs.
  returned: failure
  type: dict
  sample: {context: hub, reason: cannot succeed, found: "east dc1: no node can run its pods", doing: waiting, advice: free some memory}
"""

from ..module_utils._module.ansible_module import run_module
from ..module_utils._module.k8ssandra_cluster import K8SSANDRA_CLUSTER


def main() -> None:
    """Runs the composition as a module."""
    run_module(K8SSANDRA_CLUSTER)


if __name__ == "__main__":
    main()
