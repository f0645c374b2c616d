#!/usr/bin/python
# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: operator_bundle
short_description: Install, repair, upgrade or remove the operators in one context
version_added: 0.1.0
author: The k8ssandra.operator authors (@k8ssandra)
description:
  - Renders a Kustomize base with k8ssandra-operator and cass-operator, and applies it to one context as one plan by server-side apply,
    custom resource definitions first, then waits until the operators and their webhooks serve.
  - Or renders a Helm chart, applies its custom resource definitions in the same way, and has Helm install the rest as a release, which
    C(helm list) shows.
  - An object is written only when a field that the base or chart sets differs from what is there, whatever their versions say.
  - Objects that an earlier base or chart had and this one has not are removed, except custom resource definitions and the namespace.
  - cert-manager issues the certificates of the operators' webhooks. The module never installs it, and fails before any write when
    it is not there or does not answer.
options:
  namespace:
    description:
      - The namespace of the operators. It is made when it is missing; one that was there before is used as it is, save for
        O(namespace_labels).
    type: str
    default: k8ssandra-operator
  state:
    description:
      - V(present) installs, repairs or upgrades.
      - V(absent) removes what this module installed, and refuses while an object of the operators' kinds is left. With O(chart) it
        removes the release, then the chart's definitions unless other operators in the cluster need them, then a namespace that this
        module made.
    type: str
    choices: [present, absent]
    default: present
  kustomize:
    description:
      - A folder or URL, as C(kubectl kustomize) takes it. It or O(chart) is required when O(state=present).
      - Upstream's C(config/deployments), in which the folder for O(control_plane) and O(cluster_scoped) is chosen, or a kustomization of
        your own over it.
    type: str
  kustomize_binary:
    description:
      - The C(kustomize) or C(kubectl) to render with.
      - Without it, the first found beside the Python that runs the task, then in E(PATH).
    type: path
  chart:
    description:
      - The chart k8ssandra-operator, as a folder or archive on this host, C(oci://) reference, URL of an archive, or name in
        O(chart_repository). Excludes O(kustomize).
      - Its custom resource definitions are applied by this module, taking over fields that others own, since Helm installs definitions
        once and never upgrades them.
    type: str
  values:
    description:
      - Values of the chart, merged over those that this module's other options come to. No result or message shows them.
    type: dict
    default: {}
  release_name:
    description: The name of the release.
    type: str
    default: k8ssandra-operator
  control_plane:
    description: Whether the operator of this context reconciles K8ssandraClusters (control plane), or only runs datacenters (data plane).
    type: bool
    default: false
  cluster_scoped:
    description: Whether the operators watch all namespaces instead of their own.
    type: bool
    default: false
  cass_operator_alone:
    description:
      - Leave k8ssandra-operator out where it is not there, for clusters that are distributed by
        O(k8ssandra.operator.k8ssandra_cluster#module:control_plane=ansible). Of its custom resource definitions, that of
        K8ssandraClusters is applied, since defaults come from it.
      - Where k8ssandra-operator is there, both are installed as without this option.
      - Excludes O(chart), which always brings both.
    type: bool
    default: false
  adopted:
    description:
      - Somebody else installed the operators, by C(kubectl apply) or C(kustomize). What is there without this module's label does not get
        it, so that an installation which is otherwise as rendered is left as it is. What is missing is made, with the label.
      - With O(state=absent), what O(kustomize) renders is removed too, label or not. A namespace that this module did not make stays.
      - Of somebody else's objects, those that a newer base no longer has are not found, and stay.
      - With O(chart) it says nothing more, since a release made by hand is kept as it is anyway.
    type: bool
    default: false
  watch_namespaces:
    description:
      - The namespaces that the operators watch instead of their own, made when missing. On a control plane O(namespace) is among them.
      - The operators get the rights of cluster-scoped ones, since upstream has no others. A kustomization of your own has to be over
        upstream's C(cluster-scope).
      - Excludes O(cluster_scoped=true).
    type: list
    elements: str
    default: []
  namespace_labels:
    description:
      - Labels of O(namespace) and O(watch_namespaces), such as those of pod security admission. Of a namespace that was there before,
        nothing else is touched.
    type: dict
    default: {}
  image_pull_secrets:
    description:
      - Names of Secrets with which images are pulled, the operators' and those of the pods that they make. The Secrets themselves are
        yours to bring into each namespace.
      - An image configuration of cass-operator older than 1.28 holds one only, the first.
    type: list
    elements: str
    default: []
  node_selector:
    description: Labels of the nodes that the operators may run on.
    type: dict
    default: {}
  tolerations:
    description: Taints of nodes that the operators put up with, as in a pod's specification.
    type: list
    elements: dict
    default: []
  image_registry:
    description:
      - The registry of all images, as in an image's name, with port or path if need be. It takes the place of the registry of every
        image that is rendered, and of those that the operators put into pods (Cassandra, system-logger, k8ssandra-client, Reaper, Medusa).
      - An image that a definition names in whole, and the Vector agent's, are taken as they are written. See the guide.
    type: str
    default: ''
  resources:
    description:
      - The compute resources of the operators' containers. An empty mapping keeps what the base says.
      - Upstream's memory limit of 128Mi is too small for a control plane of several clusters.
    type: dict
    default:
      requests: {cpu: 100m, memory: 64Mi}
      limits: {memory: 512Mi}
  upgrade_step:
    description:
      - Which step of an upgrade over several contexts this is, as M(k8ssandra.operator.upgrade_check) returns it.
      - The message of a failure says it too, so that it tells what was upgraded before, what was not, and how to go on.
    type: str
  force_conflicts:
    description:
      - Take over fields that another field manager owns, instead of failing with the manager's name.
      - With O(chart), make objects part of the release that are of another or of none, and replace operators that were installed
        with O(kustomize), instead of failing with their names.
    type: bool
    default: false
extends_documentation_fragment:
  - k8ssandra.operator.attributes
  - k8ssandra.operator.chart
  - k8ssandra.operator.context
  - k8ssandra.operator.wait
"""

EXAMPLES = r"""
- name: Install the operators of a data plane
  k8ssandra.operator.operator_bundle:
    kubeconfig: ~/.kube/config
    context: east
    kustomize: github.com/k8ssandra/k8ssandra-operator/config/deployments?ref=v1.26.0

- name: Install the operators of the control plane from a local copy
  k8ssandra.operator.operator_bundle:
    kubeconfig: ~/.kube/config
    context: hub
    kustomize: /srv/k8ssandra-operator/config/deployments
    control_plane: true

- name: Install the operators of the control plane as a Helm release
  k8ssandra.operator.operator_bundle:
    kubeconfig: ~/.kube/config
    context: hub
    chart: k8ssandra-operator
    chart_repository: https://helm.k8ssandra.io/stable
    chart_version: 1.26.0
    control_plane: true
    values: {global: {commonLabels: {team: databases}}}

- name: Remove the operators
  k8ssandra.operator.operator_bundle:
    kubeconfig: ~/.kube/config
    context: east
    state: absent
"""

RETURN = r"""
plan:
  description: What was done, or would be done in check mode, in order.
  returned: success
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
    - {context: east, verb: create, object: Deployment k8ssandra-operator/k8ssandra-operator, why: is not there}
objects:
  description: How many objects belong to the operators; with O(state=absent), how many go.
  returned: success
  type: int
  sample: 45
"""

from ..module_utils._module.ansible_module import run_module
from ..module_utils._module.operator_bundle import OPERATOR_BUNDLE


def main() -> None:
    """Runs the composition as a module."""
    run_module(OPERATOR_BUNDLE)


if __name__ == "__main__":
    main()
