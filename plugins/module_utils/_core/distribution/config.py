# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The configuration of Cassandra in one datacenter: `spec.config` of its CassandraDatacenter."""

from __future__ import annotations

from typing import Any

from ..objects import Object
from .observation import Observation
from .template import Template


def config_of(definition: Object, template: Template, observation: Observation) -> dict[str, Any]:
    """`spec.config` of a datacenter, with all that upstream adds by itself."""
    raise NotImplementedError
