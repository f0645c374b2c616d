# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The runner of a module: Ansible's own, on whatever host the task runs."""

from __future__ import annotations

from ansible.module_utils.basic import AnsibleModule

from .definition import Definition
from .run import Call, run


def run_module(definition: Definition) -> None:
    """Runs a composition as an Ansible module and exits."""
    # `no_log` here only keeps the options out of the host's system log; what is masked in results, the argument spec says.
    module = AnsibleModule(argument_spec=definition.argument_spec, supports_check_mode=True, no_log=True, **definition.rules)
    result = run(definition.composition, Call(module.params, check_mode=module.check_mode, warn=module.warn))
    if not module._diff:
        result.pop("diff", None)
    result["invocation"] = definition.invocation(module.params)
    if result.pop("failed", False):
        module.fail_json(**result)
    module.exit_json(**result)
