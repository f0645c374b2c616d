# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From what fleet_check returned to a table a context."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

DOCUMENTATION = r"""
name: tables
short_description: Write what M(k8ssandra.operator.fleet_check) found as lines, one table a context
version_added: 0.1.0
description:
  - A table has a line for each check, with its result and what was seen, and below it each finding with what, why and what to do.
author:
  - The k8ssandra.operator project (@k8ssandra)
options:
  _input:
    description: The result of M(k8ssandra.operator.fleet_check), with C(checks), C(findings) and C(routes).
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Show one table a context
  ansible.builtin.debug:
    msg: "{{ item.lines }}"
  loop: "{{ result | k8ssandra.operator.tables }}"
  loop_control: {label: "{{ item.context }}"}
"""

RETURN = r"""
_value:
  description: One entry a context, in the order of the checks.
  type: list
  elements: dict
  sample:
    - context: east
      lines:
        - "version        fine       v1.34.4"
        - "routes         error      open to hub 7000/7001/9042/8080, west 7001/9042/8080"
        - "ERROR  routes: pods of east to pods of west: pods of east do not reach pods of west on port 7000 (timed out)"
"""


def tables(result: Mapping[str, Any]) -> list[dict[str, Any]]:
    """One entry a context: its name and its lines."""
    contexts = dict.fromkeys(str(check["context"]) for check in result["checks"])
    return [{"context": context, "lines": _lines(context, result)} for context in contexts]


def _lines(context: str, result: Mapping[str, Any]) -> list[str]:
    checks = [check for check in result["checks"] if check["context"] == context]
    widths = [max(len(str(check[column])) for check in checks) for column in ("check", "result")]
    lines = [f"{check['check']:<{widths[0]}}  {check['result']:<{widths[1]}}  {check['found']}".rstrip() for check in checks]
    for finding in result["findings"]:
        if finding["context"] == context:
            lines.append(f"{str(finding['severity']).upper()}  {finding['check']}: {finding['object']}: {finding['what']}")
            lines += [f"       why: {finding['why']}", f"       do:  {finding['advice']}"]
    return lines


class FilterModule:
    """The filters of this file, as Ansible looks for them."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"tables": tables}
