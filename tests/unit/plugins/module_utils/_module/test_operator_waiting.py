"""A control plane's operator does not start without its registrations, and what repairs those comes after the wait for it."""

from __future__ import annotations

from typing import Any

import pytest

from plugins.module_utils._core.installation import Installation
from plugins.module_utils._core.objects import ref_of
from plugins.module_utils._core.plan import Plan
from plugins.module_utils._kube import errors
from plugins.module_utils._module.operator_waiting import Watch
from plugins.module_utils._module.run import Call
from tests.unit import build
from tests.unit.fakes import FakeApi

OURS = build.operator(control_plane=True, ready=False)
GOOD = (build.client_config("east"), build.kubeconfig_secret("east"))
LOST = (build.client_config("east"),)
EDITED = ({**GOOD[0], "spec": {**GOOD[0]["spec"], "contextName": "elsewhere"}}, GOOD[1])


def _wait(*there: dict[str, Any], cass: bool = True, control_plane: bool = True, fault: str = "") -> list[str]:
    """Waits for both operators in a cluster that has some more objects; the warnings."""
    wanted = (OURS, build.operator("cass-operator", ready=cass))
    api, warnings = FakeApi("hub", (*wanted, *there)), list[str]()
    if fault:
        api.fail("list", fault, errors.Forbidden("hub", "listing", "no right"))
    call = Call({"wait_timeout": 1, "wait_sleep": 0.3}, warn=warnings.append)
    watch = Watch(call, api, wanted, lambda watched: {ref_of(body): api.objects[ref_of(body)] for body in watched})
    watch.for_operators(Installation(build.NAMESPACE, control_plane), Plan())
    return warnings


@pytest.mark.parametrize(
    ("there", "words"),
    [
        pytest.param(LOST, "ClientConfig east: its Secret east-kubeconfig is missing", id="its Secret is gone"),
        pytest.param(EDITED, "has no context elsewhere", id="it names another context than its kubeconfig"),
    ],
)
def test_an_operator_that_cannot_load_a_registration_is_left_to_who_repairs_it(there: tuple[dict[str, Any], ...], words: str) -> None:
    (warning,) = _wait(*there)
    assert "register_contexts" in warning
    assert words in warning


@pytest.mark.parametrize(
    ("there", "more"),
    [
        pytest.param(GOOD, {}, id="its registrations are good"),
        pytest.param((), {}, id="it has none yet"),
        pytest.param(LOST, {"control_plane": False}, id="it is a data plane's"),
        pytest.param(LOST, {"cass": False}, id="the other operator does not come up either"),
        pytest.param(LOST, {"fault": "ClientConfig"}, id="registrations may not be looked at"),
    ],
)
def test_any_other_operator_is_waited_for(there: tuple[dict[str, Any], ...], more: dict[str, Any]) -> None:
    with pytest.raises(errors.TimedOut, match="operator"):
        _wait(*there, **more)
