# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a module is: its name, its argument spec with the rules between options, and its composition."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .._core.redact import MASK, redact
from .argspec import Spec
from .run import Composition


@dataclass(frozen=True)
class Definition:
    """One module of the collection, as both of its runners need it.

    Args:
        name: the module's name, without the collection's.
        argument_spec: Ansible's argument spec.
        composition: does the work.
        rules: rules between options: `required_if`, `mutually_exclusive`, `required_one_of`, ... as Ansible takes them.
        hidden: options that may hold secrets anywhere, and of which a result shows nothing.
    """

    name: str
    argument_spec: Spec
    composition: Composition
    rules: Mapping[str, Any] = field(default_factory=dict)
    hidden: tuple[str, ...] = ()

    def invocation(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """The options as a result shows them."""
        hidden = {name: MASK for name in self.hidden if parameters.get(name)}
        shown: dict[str, Any] = redact({**parameters, **hidden})
        return {"module_args": shown}
