# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a Reaper stands that the collection has distributed."""

from __future__ import annotations

from typing import Any

import pytest

from plugins.module_utils._core.causes import IMAGE_PATIENCE
from plugins.module_utils._core.readings import ClusterReading, ContextReading
from plugins.module_utils._core.reapers import reaper_found
from tests.unit import build

CLUSTER = build.cluster(build.template("dc1", "east"), spec={"reaper": {}})
POD = build.pod("dc1", status=build.waiting("ImagePullBackOff", "not found"))
POD["metadata"] |= {"labels": {"k8ssandra.io/reaper": "demo-dc1-reaper"}, "name": "demo-dc1-reaper-0"}


def found(*objects: Any, cause: str = "", cluster: Any = CLUSTER) -> tuple[str, list[str]]:
    kinds = {kind: tuple(body for body in objects if body["kind"] == kind) for kind in ("Reaper", "Pod")}
    east = ContextReading("east", cause=cause, objects=kinds)
    reading = ClusterReading("demo", build.NAMESPACE, ContextReading("hub"), cluster, remotes=(east,), direct=True)
    state, causes = reaper_found(reading, "east", build.NAMESPACE, "dc1", IMAGE_PATIENCE)
    return state, [each.what for each in causes]


def reaper(name: str = "demo-dc1-reaper", **status: Any) -> dict[str, Any]:
    return build.body("Reaper", "reaper.k8ssandra.io/v1alpha1", name, status=status)


@pytest.mark.parametrize(
    ("objects", "state"),
    [
        ((), "missing"),
        ((reaper("demo-dc2-reaper", conditions=build.conditions(Ready=True)),), "missing"),
        ((reaper(),), "Pending"),
        ((reaper(progress="Configuring", conditions=build.conditions(Ready=False)),), "Configuring"),
        ((reaper(progress="Running", conditions=build.conditions(Ready=True)),), "ready"),
    ],
)
def test_it_stands_where_its_object_says(objects: tuple[Any, ...], state: str) -> None:
    assert found(*objects) == (state, [])


def test_its_pods_say_what_keeps_it_from_running() -> None:
    other = build.pod("dc2", status=build.waiting("ImagePullBackOff"))
    state, causes = found(reaper(progress="Configuring"), POD, other)
    assert state == "Configuring"
    assert [each.split(":")[0] for each in causes] == ["pod demo-dc1-reaper-0, container cassandra"]


def test_in_a_context_that_does_not_answer_it_is_unknown() -> None:
    assert found(cause="no route to host") == ("unknown", [])


def test_it_is_called_by_the_names_that_cassandra_knows() -> None:
    cluster = build.cluster(build.template("dc1", "east"), spec={"reaper": {}, "cassandra": {"clusterName": "My Cluster", "datacenters": []}})
    assert found(reaper("mycluster-dc1-reaper", progress="Deploying"), cluster=cluster)[0] == "Deploying"
