# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documents the piece of argument spec `WAIT`."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  wait:
    description:
      - Whether to wait until what was asked for is there. Check mode never waits.
    type: bool
    default: true
  wait_timeout:
    description:
      - Seconds until giving up. The wait ends earlier when it cannot succeed, with the cause.
    type: int
    default: 600
  wait_sleep:
    description:
      - Seconds between two looks.
    type: int
    default: 2
"""
