from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest

from plugins.module_utils._module import cluster_status
from plugins.module_utils._module.run import Call, run
from tests.unit import build
from tests.unit.fakes import FakeApi

PARAMETERS = {"name": "demo", "namespace": build.NAMESPACE, "operator_namespace": None}


@pytest.fixture
def apis(monkeypatch: pytest.MonkeyPatch) -> dict[str, FakeApi]:
    """A ready cluster with dc1 in east."""
    hub = FakeApi("hub", [build.cluster(build.template("dc1", "east")), build.operator(control_plane=True)])
    found = {"hub": hub, "east": FakeApi("east", [build.datacenter("dc1"), build.pod("dc1")])}

    @contextmanager
    def fleet(parameters: Mapping[str, Any]) -> Iterator[tuple[FakeApi, dict[str, FakeApi]]]:
        yield found["hub"], {"east": found["east"]}

    monkeypatch.setattr(cluster_status, "fleet", fleet)
    return found


@pytest.mark.parametrize("check_mode", [False, True], ids=["plain", "check mode"])
def test_it_reads_and_changes_nothing(apis: dict[str, FakeApi], check_mode: bool) -> None:
    result = run(cluster_status.tell_status, Call(PARAMETERS, check_mode))
    assert (result["changed"], result["ready"], result["reason"]) == (False, True, "")
    assert "east dc1: 1/1 nodes up, ready" in result["summary"]
    assert not [call for api in apis.values() for call in api.writes]


def test_it_does_not_fail_when_the_control_plane_is_away(apis: dict[str, FakeApi]) -> None:
    apis["hub"].fail("*")
    result = run(cluster_status.tell_status, Call(PARAMETERS))
    assert not result.get("failed")
    assert result["reason"].startswith("control plane hub unreachable: ")
    assert [context["reachable"] for context in result["contexts"]] == [False, True]


def test_operators_may_live_in_a_namespace_of_their_own(apis: dict[str, FakeApi]) -> None:
    run(cluster_status.tell_status, Call({**PARAMETERS, "operator_namespace": "elsewhere"}))
    result = run(cluster_status.tell_status, Call({**PARAMETERS, "operator_namespace": "elsewhere"}))
    assert result["operators"] == []
