# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From what the roles planned to one plan of the whole fleet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ..module_utils._core.fleet_plan import difference, gather
from ..module_utils._core.plain import plain

DOCUMENTATION = r"""
name: fleet_plan
short_description: Make one plan, with a digest, of what tasks planned in all contexts
version_added: 0.1.0
description:
  - The modules of this collection that write return C(plan), the steps that they took or, in check mode, would take. This filter
    makes one value of the plans that were registered in all contexts.
  - The digest is the SHA-256 over the contexts and, in order, each step with its masked changes. It tells nothing of a secret and does
    not change with one, nor with time. It changes with any step.
positional: hostvars, results
author:
  - The k8ssandra.operator project (@k8ssandra)
options:
  _input:
    description: Names of inventory hosts, which are contexts.
    type: list
    elements: str
    required: true
  hostvars:
    description: The variables of all hosts, that is Ansible's C(hostvars).
    type: dict
    required: true
  results:
    description: The names of the variables that hold registered results, in the order in which their tasks run.
    type: list
    elements: str
    required: true
  approved:
    description: The C(lines) of an earlier plan, to be compared with this one.
    type: list
    elements: str
    default: []
"""

EXAMPLES = r"""
- name: Show the plan of two tasks over all contexts, and its digest
  ansible.builtin.debug:
    msg: "{{ groups['k8ssandra'] | k8ssandra.operator.fleet_plan(hostvars, ['operators', 'cluster']) }}"
"""

RETURN = r"""
_value:
  description: The plan.
  type: dict
  contains:
    lines:
      description: A heading, then a line a step, each followed by a line for each field that changes, secrets masked.
      type: list
      elements: str
      sample:
        - 1 step in hub, east, west
        - "hub: update K8ssandraCluster k8ssandra-operator/demo (spec.cassandra.datacenters.[dc1].size differs) #5f0c2a91"
        - "    spec.cassandra.datacenters.[dc1].size: 3 -> 6"
    digest:
      description: The SHA-256 of what would be done.
      type: str
    contexts:
      description: The contexts that were planned.
      type: list
      elements: str
    left_out:
      description: The contexts that were not, being left out by a limit or by a failure.
      type: list
      elements: str
    difference:
      description: What tells the plan from O(approved), lines with V(-) for what was approved and V(+) for what would be done now.
      type: list
      elements: str
"""


def fleet_plan(hosts: Iterable[str], hostvars: Mapping[str, Any], results: Iterable[str], approved: Iterable[str] = ()) -> dict[str, Any]:
    """The plan of the whole fleet."""
    contexts = [str(host) for host in hosts]
    registered = [{host: plain(hostvars[host][name]) for host in contexts if name in hostvars[host]} for name in results]
    plan = gather(registered, contexts)
    return {**plan.describe(), "difference": list(difference(plain(list(approved)), plan.lines))}


class FilterModule:
    """The filters of this file, as Ansible looks for them."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"fleet_plan": fleet_plan}
