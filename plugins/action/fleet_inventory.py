# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs `fleet_inventory` in the controller's process where that is possible."""

from __future__ import annotations

from ..module_utils._module.fleet_inventory import FLEET_INVENTORY
from ..plugin_utils._runner import Runner


class ActionModule(Runner):
    definition = FLEET_INVENTORY
