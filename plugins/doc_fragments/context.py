# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documents the piece of argument spec `CONTEXT`."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  kubeconfig:
    description:
      - The path of a kubeconfig file. Nothing else is read in its place, neither E(KUBECONFIG) nor an in-cluster account.
    type: path
    required: true
  context:
    description:
      - The name of a context in that file. The file's C(current-context) is never used.
    type: str
    required: true
  cluster_uid:
    description:
      - The UID that the cluster's C(kube-system) namespace must have. With another one, nothing is written.
      - Show it with C(kubectl get namespace kube-system -o jsonpath={.metadata.uid}).
    type: str
"""
