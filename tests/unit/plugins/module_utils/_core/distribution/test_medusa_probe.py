"""The probes of Medusa's server."""

from __future__ import annotations

import pytest

from plugins.module_utils._core.distribution.medusa_probe import medusa_probe
from plugins.module_utils._core.errors import SpecError

USUAL = {"initialDelaySeconds": 10, "timeoutSeconds": 1, "periodSeconds": 10, "successThreshold": 1, "failureThreshold": 10}
COMMAND = ["/bin/grpc_health_probe", "--addr=:50051"]


@pytest.mark.parametrize(
    ("wanted", "changed"),
    [(None, {}), ({"periodSeconds": 30, "timeoutSeconds": 0}, {"periodSeconds": 30}), ({"exec": {"command": COMMAND}}, {})],
)
def test_times_are_the_definitions_where_it_states_them(wanted: dict | None, changed: dict) -> None:
    assert medusa_probe({"livenessProbe": wanted}, "livenessProbe", 50051) == {"exec": {"command": COMMAND}, **USUAL, **changed}


@pytest.mark.parametrize("wanted", [{"exec": {"command": ["true"]}}, {"httpGet": {"port": 80}}, {"tcpSocket": {}}])
def test_how_to_ask_is_upstreams(wanted: dict) -> None:
    with pytest.raises(SpecError, match="definition.spec.medusa.readinessProbe: says how to ask Medusa"):
        medusa_probe({"readinessProbe": wanted}, "readinessProbe", 50051)
