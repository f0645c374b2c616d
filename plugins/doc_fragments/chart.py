# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documents the piece of argument spec `CHART`."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  chart:
    description:
      - A chart, as a folder or archive on this host, C(oci://) reference, URL of an archive, or name in O(chart_repository).
    type: str
  chart_repository:
    description:
      - The URL of the repository that has O(chart).
    type: str
  chart_version:
    description:
      - The version of O(chart) to fetch. Without it, the newest.
    type: str
  chart_plain_http:
    description:
      - Whether O(chart) is fetched without TLS, from a registry that has none.
    type: bool
    default: false
  helm_binary:
    description:
      - The Helm 3 to use. Without it, the first C(helm) beside the Python that runs the task, then in E(PATH).
    type: path
"""
