# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one place where a module or action plugin fails: a composition goes in, an Ansible result comes out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from .._core.errors import SpecError
from .._core.plan import Plan, Step
from .._kube.errors import Absent, ClusterError, Conflict
from .._kube.log_in import KUBERNETES_IMPORT_ERROR
from .._kube.wait import Patience
from .documents import YAML_IMPORT_ERROR


def _quiet(line: str) -> None:
    """A progress sink that shows nothing: a module has no way to show progress."""


@dataclass(frozen=True)
class Call:
    """What Ansible asks of a composition.

    Args:
        parameters: the task's options after the argument spec: defaults filled in, types right.
        check_mode: read and plan, write nothing.
        say: shows one line of progress, at once where that is possible.
        warn: shows one warning.
    """

    parameters: Mapping[str, Any]
    check_mode: bool = False
    say: Callable[[str], None] = field(default=_quiet, repr=False)
    warn: Callable[[str], None] = field(default=_quiet, repr=False)

    @property
    def patience(self) -> Patience:
        """How long to wait, as `wait_timeout` and `wait_sleep` say; a pause is never less than none."""
        return Patience(float(self.parameters["wait_timeout"]), max(float(self.parameters["wait_sleep"]), 0.0))


Composition = Callable[[Call], dict[str, Any]]


def run(composition: Composition, call: Call) -> dict[str, Any]:
    """The composition's result, or a failed result that says what we were doing, where, what was found and what to do."""
    missing = {"kubernetes": KUBERNETES_IMPORT_ERROR, "PyYAML": YAML_IMPORT_ERROR}
    for library, problem in missing.items():
        if problem:
            message = f"the Python library `{library}` is missing on the host that runs this task ({problem})"
            return _failed(f"{message}; install it for that Python: pip install {library}", {"reason": "missing library"})
    try:
        return composition(call)
    except SpecError as refusal:
        return {**_failed(str(refusal), {"reason": "invalid option", "option": refusal.path}), **refusal.result}
    except ClusterError as failure:
        return {**_failed(str(failure), failure_of(failure)), **failure.result}


def failure_of(problem: ClusterError) -> dict[str, Any]:
    """A cluster error for programs."""
    return {"context": problem.context, "doing": problem.doing, "found": problem.found, "reason": problem.reason, "advice": problem.advice}


def outcome(plan: Plan, **returned: Any) -> dict[str, Any]:
    """The result of a composition that follows a plan: `changed`, `diff` and `plan` read the same steps."""
    return {"changed": bool(plan), "plan": plan.describe(), "diff": plan.diff(), **returned}


@contextmanager
def reporting(**returned: Any) -> Iterator[list[Step]]:
    """A cluster error inside gets the outcome of what was done until then: the steps that were put into the list given."""
    done: list[Step] = []
    try:
        yield done
    except ClusterError as problem:
        problem.result = problem.result or outcome(Plan(tuple(done)), **returned)
        raise


@contextmanager
def telling(more: str | None) -> Iterator[None]:
    """An error inside says this too, at the end of its message."""
    try:
        yield
    except (ClusterError, SpecError) as problem:
        if more:
            problem.args = (f"{problem}; {more}",)
        raise


@contextmanager
def foretelling(call: Call) -> Iterator[None]:
    """In check mode, a conflict inside, or an absence, is a warning: an earlier task, foretold too, may be what mends it."""
    try:
        yield
    except (Absent, Conflict) as problem:
        if not call.check_mode:
            raise
        call.warn(f"a real run stops here unless an earlier task mends it: {problem}")


def _failed(message: str, error: Mapping[str, Any]) -> dict[str, Any]:
    return {"failed": True, "changed": False, "msg": message, "error": dict(error)}
