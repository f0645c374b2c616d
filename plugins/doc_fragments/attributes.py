# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every module of the collection supports."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
requirements:
  - python >= 3.9
  - kubernetes >= 29.0.0
  - PyYAML >= 6.0
attributes:
  check_mode:
    description:
      - Can run in check mode and say what it would do, without a write.
      - At most, it asks the API server for a dry run of an update.
    support: full
  diff_mode:
    description: Returns what changes, or would change in check mode. Secrets are masked.
    support: full
  action:
    description: Runs in the controller's process when the connection is local and the C(kubernetes) library is there, else as a module.
    support: full
  idempotent:
    description: Run again with the same options, it changes nothing and writes nothing.
    support: full
"""
