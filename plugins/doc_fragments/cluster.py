# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documents the piece of argument spec `CLUSTER`."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  cluster:
    description:
      - A cluster, with the options of M(k8ssandra.operator.k8ssandra_cluster).
    type: dict
    suboptions:
      name:
        description:
          - The cluster's name.
        type: str
      definition:
        description:
          - A whole C(K8ssandraCluster).
        type: dict
      spec:
        description:
          - The C(spec) of the C(K8ssandraCluster).
        type: dict
      annotations:
        description:
          - Annotations of the C(K8ssandraCluster).
        type: dict
"""
