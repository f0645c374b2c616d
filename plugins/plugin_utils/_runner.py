# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a module's composition in the controller's process, where a call is cheap and progress can be shown."""

from __future__ import annotations

import gc
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.common.parameters import remove_values
from ansible.module_utils.errors import UnsupportedError
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

from ..module_utils._kube.log_in import KUBERNETES_IMPORT_ERROR
from ..module_utils._module.definition import Definition
from ..module_utils._module.run import Call, run

_LOCAL = frozenset(("local", "ansible.builtin.local"))
display = Display()


class Runner(ActionBase):
    """An action plugin that is its module, run here when the host is the controller, and as a module everywhere else."""

    _supports_async = True
    definition: Definition

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """The module's result, whichever way it ran."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        if not self._runs_here():
            name = f"k8ssandra.operator.{self.definition.name}"
            return {**result, **self._execute_module(module_name=name, task_vars=task_vars, wrap_async=bool(self._task.async_val))}
        parameters, secrets = self._parameters()
        shown = {} if self._task.no_log else {"say": display.display, "warn": display.warning}
        call = Call(parameters, check_mode=self._task.check_mode, **shown)
        # This process is a fork for one task: to look for garbage in what Ansible made before would only copy its memory.
        gc.freeze()
        found = run(self.definition.composition, call)
        if not self._task.diff:
            found.pop("diff", None)
        returned = {**result, **found, "invocation": self.definition.invocation(parameters)}
        masked: dict[str, Any] = remove_values(returned, secrets)
        return masked

    def _runs_here(self) -> bool:
        connection = getattr(self._connection, "ansible_name", "") or self._connection.transport
        elsewhere = self._play_context.become or self._task.async_val or any(self._task.environment or ())
        return connection in _LOCAL and not elsewhere and not KUBERNETES_IMPORT_ERROR

    def _parameters(self) -> tuple[dict[str, Any], set[str]]:
        spec = self.definition
        validated = ArgumentSpecValidator(spec.argument_spec, **spec.rules).validate(self._task.args)
        if validated.error_messages:
            message = "; ".join(validated.error_messages)
            # AnsibleModule's words, so that this mistake reads the same either way.
            unknown = f"Unsupported parameters for ({spec.name}) module: " if isinstance(validated.errors[0], UnsupportedError) else ""
            raise AnsibleActionFail(remove_values(unknown + message, validated._no_log_values))
        return validated.validated_parameters, validated._no_log_values
