# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What planning costs grows with the cluster and no faster: counted in calls, which no other load on the machine changes."""

from __future__ import annotations

import sys
from collections.abc import Callable
from copy import deepcopy
from typing import Any

from plugins.module_utils._core.cluster import parse_cluster
from plugins.module_utils._core.collisions import check_collisions
from plugins.module_utils._core.deployment import body_to_apply
from plugins.module_utils._core.objects import ref_of
from plugins.module_utils._core.plan import Plan, plan_presence
from plugins.module_utils._core.update import check_removals, check_update, removed_datacenters
from plugins.module_utils._core.validate import check_cluster

from .definitions import good

# A core makes some four million calls a second in CPython 3.11; a cluster of 100 takes a third of a million.
MOST_CALLS = 1_000_000


def definition(count: int, *, size: int = 3) -> dict[str, Any]:
    """A cluster of that many datacenters, each in a context of its own, with racks and settings."""
    racks = [{"name": f"rack{number}", "nodeAffinityLabels": {"topology.kubernetes.io/zone": f"zone-{number}"}} for number in range(3)]
    config = {"jvmOptions": {"heap_max_size": "8G"}, "cassandraYaml": {f"option_{number}": number for number in range(20)}}
    template = {"size": size, "racks": racks, "config": config, "resources": {"requests": {"cpu": "4", "memory": "16Gi"}}}
    datacenters = [{"metadata": {"name": f"dc{number}"}, "k8sContext": f"plane-{number}", **template} for number in range(count)]
    return good(**{"spec.cassandra.datacenters": datacenters})


def plan(wanted: dict[str, Any], live: dict[str, Any]) -> Plan:
    """All that is decided about a cluster before anything is written."""
    wish = parse_cluster(wanted)
    check_cluster(wish, [datacenter.context for datacenter in wish.datacenters])
    check_update(wish, live)
    check_removals(removed_datacenters(wish, live, under_way=False), [])
    check_collisions(wish, {datacenter.context: [_other(datacenter.namespace)] for datacenter in wish.datacenters})
    body = body_to_apply(wish, live, "never")
    return plan_presence("hub", [body], {ref_of(body): live})


def _other(namespace: str) -> dict[str, Any]:
    meta = {"name": "theirs", "namespace": namespace}
    return {"apiVersion": "cassandra.datastax.com/v1beta1", "kind": "CassandraDatacenter", "metadata": meta, "spec": {"clusterName": "other"}}


def calls(work: Callable[[], object]) -> int:
    """How many functions were called, Python's own included."""
    counted = [0]

    def count(_frame: Any, event: str, _argument: Any) -> None:
        counted[0] += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(before)
    return counted[0]


def cost(count: int) -> int:
    """What planning one changed size in a cluster of that many datacenters takes, the plan proven to be right."""
    live, wanted = definition(count), definition(count)
    wanted["spec"]["cassandra"]["datacenters"][-1]["size"] = 6
    found: list[Plan] = []
    counted = calls(lambda: found.append(plan(wanted, deepcopy(live))))
    assert len(found[0].steps) == 1
    return counted


def test_a_cluster_of_a_hundred_datacenters_is_planned_within_its_budget() -> None:
    assert cost(100) < MOST_CALLS


def test_a_datacenter_of_many_costs_no_more_than_one_of_few() -> None:
    assert cost(100) < 12 * cost(10)
