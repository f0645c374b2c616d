# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The management API through the proxy of an API server."""

from __future__ import annotations

from typing import Any

import pytest

from plugins.module_utils._core.distribution.ring import Endpoint
from plugins.module_utils._kube import errors
from plugins.module_utils._kube.management import ManagementApi
from tests.unit import build
from tests.unit.fakes import FakeApi

ROOT = f"/api/v1/namespaces/{build.NAMESPACE}/pods/http:demo-dc1-default-sts-{{}}:{{}}/proxy"


def _pod(index: int, *, ready: bool = True, port: int | None = None) -> dict[str, Any]:
    pod = build.pod("dc1", index, status={"containerStatuses": [{"name": "cassandra", "ready": ready}]})
    ports = [{"name": "native", "containerPort": 9042}, *([{"name": "mgmt-api-http", "containerPort": port}] if port else [])]
    return {**pod, "spec": {"containers": [{"name": "cassandra", "ports": ports}]}}


def test_the_port_is_that_of_the_container_or_upstreams_own() -> None:
    api = FakeApi("east", answers={ROOT.format(0, 8080) + "/api/v0/ops/keyspace": {"items": ["a"]}})
    assert ManagementApi(api, "dc1", [_pod(0)]).keyspaces() == ["a"]
    api = FakeApi("east", answers={ROOT.format(0, 9080) + "/api/v0/ops/keyspace": {"items": ["b"]}})
    assert ManagementApi(api, "dc1", [_pod(0, port=9080)]).keyspaces() == ["b"]


def test_a_node_that_does_not_answer_is_passed_over() -> None:
    api = FakeApi("east", answers={ROOT.format(2, 8080) + "/api/v1/ops/node/schema/versions": {"a": []}})
    api.fail("read", ROOT.format(1, 8080) + "/api/v1/ops/node/schema/versions", errors.Unavailable("east", "reading", "HTTP 500"))
    assert ManagementApi(api, "dc1", [_pod(0, ready=False), _pod(1), _pod(2)]).agrees()
    assert not [path for _verb, path in api.calls if "sts-0" in path]


def _state(address: str, **more: str) -> dict[str, str]:
    return {"ENDPOINT_IP": address, "DC": "dc1", "IS_ALIVE": "true", "STATUS_WITH_PORT": "NORMAL,-1", **more}


def test_the_nodes_of_the_ring_are_told_as_one_sees_them_or_as_each_does() -> None:
    path = "/api/v0/metadata/endpoints"
    silent = {"entity": [_state("10.0.0.1"), _state("10.0.0.2", DC="dc2", IS_ALIVE="false", STATUS_WITH_PORT="LEFT,-1,17")]}
    heard = {"entity": [_state("10.0.0.2", DC="dc2")]}
    api = FakeApi("east", answers={ROOT.format(0, 8080) + path: silent, ROOT.format(1, 8080) + path: heard})
    management = ManagementApi(api, "dc1", [_pod(0), _pod(1), _pod(2)])
    first = (Endpoint("10.0.0.1", "dc1", True, "NORMAL,-1"), Endpoint("10.0.0.2", "dc2", False, "LEFT,-1,17"))
    assert management.endpoints() == first
    assert management.views() == (first, (Endpoint("10.0.0.2", "dc2", True, "NORMAL,-1"),))
    assert [each.in_ring for each in first] == [True, False]


def test_a_ring_that_no_node_tells_of_is_not_taken_for_an_empty_one() -> None:
    with pytest.raises(errors.Unavailable, match="reading the ring through the management API of dc1"):
        ManagementApi(FakeApi("east"), "dc1", [_pod(0)]).views()


def test_a_dead_node_is_named_by_its_address() -> None:
    path = ROOT.format(0, 8080) + "/api/v0/ops/node/assassinate?address=10.0.0.2"
    api = FakeApi("east", answers={path: {}})
    ManagementApi(api, "dc1", [_pod(0)]).assassinate("10.0.0.2")
    assert api.calls == [("send", path)]


def test_a_node_that_refuses_to_take_another_for_dead_is_not_overruled_by_the_next() -> None:
    api = FakeApi("east", answers={ROOT.format(1, 8080) + "/api/v0/ops/node/assassinate?address=10.0.0.2": {}})
    api.fail("send", None, errors.Unavailable("east", "posting", "Endpoint still alive"), times=1)
    with pytest.raises(errors.Unavailable, match="taking the dead node 10.0.0.2 out of the ring .* of dc1: Endpoint still alive"):
        ManagementApi(api, "dc1", [_pod(0), _pod(1)]).assassinate("10.0.0.2")
    assert len(api.calls) == 1


def test_when_no_node_answers_the_error_says_where_and_why() -> None:
    with pytest.raises(errors.Unavailable, match="no node of it has a Cassandra that is ready"):
        ManagementApi(FakeApi("east"), "dc1", [_pod(0, ready=False)]).keyspaces()
    api = FakeApi("east")
    api.fail("send", None, errors.Unavailable("east", "posting", "HTTP 500"))
    with pytest.raises(errors.Unavailable, match="altering keyspace shop through the management API of dc1: HTTP 500"):
        ManagementApi(api, "dc1", [_pod(0)]).alter_keyspace("shop", {"dc1": 1})


@pytest.mark.parametrize(
    ("refusal", "kind", "unknown"),
    [
        (errors.Unreachable, errors.Unreachable, True),
        (errors.NotForwarded, errors.Unreachable, True),
        (errors.Unfinished, errors.Unavailable, True),
        (errors.Unavailable, errors.Unavailable, False),
    ],
)
def test_what_is_unknown_of_one_node_is_unknown(refusal: type[errors.ClusterError], kind: type[errors.ClusterError], unknown: bool) -> None:
    api = FakeApi("east")
    api.fail("send", None, refusal("east", "posting", "nothing heard"), times=1)
    api.fail("send", None, errors.Unavailable("east", "posting", "HTTP 500"))
    with pytest.raises(errors.ClusterError, match="altering keyspace shop .* HTTP 500") as caught:
        ManagementApi(api, "dc1", [_pod(0), _pod(1)]).alter_keyspace("shop", {"dc1": 1})
    assert (caught.type, caught.value.outcome_unknown) == (kind, unknown)


def test_a_right_that_is_missing_is_not_taken_for_a_node_that_is_down() -> None:
    api = FakeApi("east")
    api.fail("read", None, errors.Forbidden("east", "reading", "may not get pods/proxy"))
    with pytest.raises(errors.Forbidden):
        ManagementApi(api, "dc1", [_pod(0)]).keyspaces()
