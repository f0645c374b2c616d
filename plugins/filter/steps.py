# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a returned plan to lines for people."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

DOCUMENTATION = r"""
name: steps
short_description: Write the plan that a module returned as lines, one a step
version_added: 0.1.0
description:
  - The modules of this collection that write return C(plan), the steps that they took or, in check mode, would take. This filter
    makes one line of each.
author:
  - The k8ssandra.operator project (@k8ssandra)
options:
  _input:
    description: The C(plan) of a result.
    type: list
    elements: dict
    required: true
"""

EXAMPLES = r"""
- name: Say each step
  ansible.builtin.debug:
    msg: "{{ result.plan | k8ssandra.operator.steps }}"
"""

RETURN = r"""
_value:
  description: One line a step, with how far the server could confirm it in advance.
  type: list
  elements: str
  sample:
    - "hub: create ClientConfig k8ssandra-operator/east (is not there)"
"""


def steps(plan: Iterable[Mapping[str, Any]]) -> list[str]:
    """One line a step."""
    return [_line(step) for step in plan]


def _line(step: Mapping[str, Any]) -> str:
    reasons = [str(step[key]) for key in ("why", "preview") if step.get(key)]
    return f"{step['context']}: {step['verb']} {step['object']} ({'; '.join(reasons)})"


class FilterModule:
    """The filters of this file, as Ansible looks for them."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"steps": steps}
