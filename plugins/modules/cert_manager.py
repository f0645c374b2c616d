#!/usr/bin/python
# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: cert_manager
short_description: Install, repair, upgrade or remove cert-manager in one context, or wait for somebody else's
version_added: 0.1.0
author: The k8ssandra.operator authors (@k8ssandra)
description:
  - Applies cert-manager to one context as one plan by server-side apply, custom resource definitions first, then waits until its kinds are
    served, its pods run, its webhooks have their CA and its webhook answers.
  - A cert-manager that somebody else installed is never touched. The module says whose it is and waits until it serves.
  - Somebody else's is one object without our label, be it the definition of C(certificates.cert-manager.io) or a Deployment of the
    controller in any namespace.
  - Without O(manifest) and O(chart) nothing is installed. What is there is waited for, and that there is none is no failure.
options:
  namespace:
    description: The namespace of cert-manager. It is made when it is missing; one that was there before is used as it is.
    type: str
    default: cert-manager
  state:
    description:
      - V(present) installs, repairs or upgrades.
      - V(absent) removes what this module installed, and refuses while anybody has an object of cert-manager's kinds left.
    type: str
    choices: [present, absent]
    default: present
  manifest:
    description:
      - The static manifest of a release of cert-manager, C(cert-manager.yaml), as a file or an http or https URL.
      - Excludes O(chart).
    type: str
  chart:
    description:
      - The chart cert-manager, as a folder or archive on this host, C(oci://) reference, URL of an archive, or name in
        O(chart_repository).
      - It is rendered, and what it renders is applied as O(manifest) would be. There is no release that C(helm list) could show, and the
        chart's hooks are not run.
    type: str
  values:
    description:
      - Values of the chart, merged over C(crds.enabled=true) and C(startupapicheck.enabled=false). No result or message shows them.
      - A chart before 1.15 needs C(installCRDs=true).
    type: dict
    default: {}
  release_name:
    description: What the chart takes for the name of a release.
    type: str
    default: cert-manager
  image_pull_secrets:
    description: Names of Secrets in O(namespace) to pull images with.
    type: list
    elements: str
    default: []
  node_selector:
    description: Labels of the nodes on which cert-manager's pods run, in place of those that were rendered.
    type: dict
    default: {}
  tolerations:
    description: Tolerations of cert-manager's pods, in place of those that were rendered.
    type: list
    elements: dict
    default: []
  image_registry:
    description:
      - A registry, with a path if need be, from which all images come in place of their own, for example V(registry.example.com/mirror).
      - It reaches the solver of ACME challenges too, whose image is an argument of the controller.
    type: str
    default: ''
  force_conflicts:
    description: Take over fields that another field manager owns, instead of failing with the manager's name.
    type: bool
    default: false
extends_documentation_fragment:
  - k8ssandra.operator.attributes
  - k8ssandra.operator.chart
  - k8ssandra.operator.context
  - k8ssandra.operator.wait
"""

EXAMPLES = r"""
- name: Install cert-manager from a file
  k8ssandra.operator.cert_manager:
    kubeconfig: ~/.kube/config
    context: east
    manifest: /srv/cert-manager/cert-manager.yaml
    image_registry: registry.example.com/mirror

- name: Install cert-manager from its chart in a registry of one's own
  k8ssandra.operator.cert_manager:
    kubeconfig: ~/.kube/config
    context: west
    chart: oci://registry.example.com/charts/cert-manager
    chart_version: v1.18.5
    image_registry: registry.example.com/mirror

- name: Wait until the cert-manager that is there serves
  k8ssandra.operator.cert_manager:
    kubeconfig: ~/.kube/config
    context: east

- name: Remove the cert-manager that this collection installed
  k8ssandra.operator.cert_manager:
    kubeconfig: ~/.kube/config
    context: east
    state: absent
"""

RETURN = r"""
plan:
  description: What was done, or would be done in check mode, in order; empty when somebody else's cert-manager is there.
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
  sample:
    - {context: east, verb: create, object: Deployment cert-manager/cert-manager, why: is not there}
objects:
  description: How many objects belong to it; with O(state=absent), how many go.
  returned: success
  type: int
  sample: 48
note:
  description: Whose cert-manager was found, when it was left as it is.
  returned: success
  type: str
  sample: cert-manager v1.18.5 in namespace cert-manager, by helm, is there; it is left as it is
cert_manager:
  description: The cert-manager of the context, as it is after the run; with O(state=absent) and in check mode, as it was before.
  returned: success
  type: dict
  contains:
    found:
      description: Whether there is any.
      type: bool
    ours:
      description: Whether this module installed it.
      type: bool
    namespace:
      description: Where it runs; empty when that is unknown.
      type: str
    version:
      description: Its version, as its image's tag or its labels have it.
      type: str
    managers:
      description: The field managers that wrote it.
      type: list
      elements: str
"""

from ..module_utils._module.ansible_module import run_module
from ..module_utils._module.cert_manager import CERT_MANAGER


def main() -> None:
    """Runs the composition as a module."""
    run_module(CERT_MANAGER)


if __name__ == "__main__":
    main()
