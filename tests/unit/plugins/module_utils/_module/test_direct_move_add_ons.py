# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A cluster with Reaper and Medusa moves to another control plane."""

from __future__ import annotations

from typing import Any

import pytest

from plugins.module_utils._core.distribution.moving import is_owned
from plugins.module_utils._core.objects import kind_named
from plugins.module_utils._core.readings import cluster_labels
from tests.unit import build
from tests.unit.plugins.module_utils._module.direct_fleet import MEDUSA, REAPER, AddOnFleet, purge_ref, reaper_ref, spec
from tests.unit.plugins.module_utils._module.test_direct_move import BACK, CLUSTER, OVER, Moving, check_back, check_over, moved

WISH = {"spec": spec(**REAPER, **MEDUSA)}


class MovingAddOns(AddOnFleet, Moving):
    """The fleet with add-ons, whose operator tells of Reaper what its objects say."""

    def _operate(self, verb: str, on: Any) -> None:
        super()._operate(verb, on)
        cluster = self.hub.objects.get(CLUSTER, {})
        for name, copied in cluster.get("status", {}).get("datacenters", {}).items():
            copied["reaper"] = {"progress": "Running", "conditions": build.conditions(Ready=True), "of": name}


@pytest.fixture
def distributed(monkeypatch: pytest.MonkeyPatch) -> MovingAddOns:
    fleet = MovingAddOns(monkeypatch)
    fleet.deploy(**WISH)
    return fleet


@pytest.fixture
def operated(distributed: MovingAddOns) -> MovingAddOns:
    moved(distributed, **WISH, **BACK)
    check_back(distributed)
    distributed.is_operators()
    return distributed


def test_it_moves_back_and_over_and_its_add_ons_stay(operated: MovingAddOns) -> None:
    before = operated.datacenters()
    moved(operated, **WISH, **OVER)
    check_over(operated)
    assert operated.datacenters() == before
    for api, name in ((operated.east, "dc1"), (operated.west, "dc2")):
        assert all(is_owned(api.objects[ref]) for ref in (reaper_ref(name), purge_ref(name)))
    assert operated.run(**WISH)["plan"] == []


def test_a_reaper_that_is_not_as_the_definition_says_stops_the_move(operated: MovingAddOns) -> None:
    operated.east.objects[reaper_ref("dc1")]["spec"]["datacenterRef"]["name"] = "dc9"
    result = operated.run(**WISH, **OVER)
    assert f"east: {reaper_ref('dc1')}: spec.datacenterRef.name differs" in result["msg"]
    assert [verb for verb, _on in operated.writes] == ["apply?"]


def test_a_purge_that_upstream_writes_otherwise_does_not_stop_it(operated: MovingAddOns) -> None:
    operated.east.objects[purge_ref("dc1")]["spec"]["schedule"] = "5 4 * * *"
    moved(operated, **WISH, **OVER)
    assert operated.east.objects[purge_ref("dc1")]["spec"]["schedule"] != "5 4 * * *"


def test_the_purge_of_a_medusa_that_went_before_goes_with_the_move(monkeypatch: pytest.MonkeyPatch) -> None:
    fleet = Moving(monkeypatch)
    fleet.deploy()
    moved(fleet, **BACK)
    fleet.is_operators()
    left = build.body("CronJob", "batch/v1", purge_ref("dc1").name, labels=cluster_labels("demo", build.NAMESPACE))
    fleet.east.put(left)
    moved(fleet, **OVER)
    assert purge_ref("dc1") not in fleet.east.objects


@pytest.mark.parametrize(("before", "options"), [("operated", OVER), ("distributed", BACK)], ids=["over", "back"])
def test_a_dry_run_warns_of_what_is_missing_and_tells_no_move(request: pytest.FixtureRequest, before: str, options: dict[str, Any]) -> None:
    fleet: MovingAddOns = request.getfixturevalue(before)
    fleet.west.remove(kind_named("Secret").ref("bucket", build.NAMESPACE))
    result = fleet.run(check_mode=True, **WISH, **options)
    assert "failed" not in result, result["msg"]
    assert "a real run stops here" in fleet.warnings[-1]
    assert "bucket" in fleet.warnings[-1]
    assert fleet.run(**WISH, **options)["failed"]
