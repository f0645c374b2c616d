"""Whether a chart would bring the operators that run, told without fetching or rendering it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from plugins.module_utils._core.operators import operators_in
from plugins.module_utils._core.readings import ContextReading
from plugins.module_utils._module.wanted_operators import are_wanted
from tests.unit import build


def _are_wanted(running: str, **options: Any) -> bool:
    deployments = (build.operator(version=running), build.operator("cass-operator", version="v1.28.0"))
    found = {"hub": operators_in(ContextReading("hub", objects={"Deployment": deployments}))}
    parameters = {"chart": "k8ssandra-operator", "chart_version": None, "values": {}, "contexts": [{"name": "hub"}], **options}
    return are_wanted(parameters, found)


@pytest.mark.parametrize(
    ("running", "options", "certain"),
    [
        pytest.param("v1.26.0", {"chart_version": "1.26.0"}, True, id="the version that runs"),
        pytest.param("v1.20.0", {"chart_version": "1.26.0"}, False, id="another version"),
        pytest.param("v1.26.0", {}, False, id="the newest, whatever that is"),
        pytest.param("v1.26.0", {"chart_version": "1.26.0", "values": {"image": {"tag": "v1.27.0"}}}, False, id="values name an image"),
        pytest.param("v1.26.0", {"chart_version": "1.26.0", "values": {"global": {"clusterScoped": True}}}, True, id="other values"),
        pytest.param(
            "v1.20.0", {"chart_version": "1.26.0", "contexts": [{"name": "hub", "chart_version": "1.20.0"}]}, True, id="a version of its own"
        ),
    ],
)
def test_a_chart_of_a_repository(running: str, options: dict[str, Any], certain: bool) -> None:
    assert _are_wanted(running, **options) is certain


def test_a_chart_in_a_folder_says_its_version(tmp_path: Path) -> None:
    (tmp_path / "Chart.yaml").write_text("name: k8ssandra-operator\nversion: 1.26.0\n")
    assert _are_wanted("v1.26.0", chart=str(tmp_path))
    assert not _are_wanted("v1.20.0", chart=str(tmp_path))
