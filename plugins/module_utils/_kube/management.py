# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The management API of a datacenter's nodes, reached through the proxy of its API server: no pod address need be routed to us.

Sources of the requests: cass-operator v1.28.0 `pkg/httphelper/client.go`; management-api-for-apache-cassandra
`com.datastax.mgmtapi.resources.NodeOpsResources` (`assassinate`); Cassandra 4.1 `Gossiper.assassinateEndpoint`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar
from urllib.parse import urlencode

from .._core.distribution.keyspaces import is_agreed, settings_of
from .._core.distribution.ring import Endpoint, endpoints_of
from .._core.objects import Object, kind_named
from .._core.readings import name_of, namespace_of, runs_cassandra
from .api import Api
from .errors import NO_ANSWER, Absent, ClusterError, Unavailable, Unreachable

_PORT_NAME, _PORT = "mgmt-api-http", 8080
_ENDPOINTS = "/api/v0/metadata/endpoints"
Answer = TypeVar("Answer")


class ManagementApi:
    """The management API of one datacenter: a request goes to one node after the other until one answers.

    Args:
        api: the context that holds the datacenter.
        datacenter: the datacenter's name, for messages.
        pods: its pods; those whose Cassandra is not ready are not asked.
    """

    def __init__(self, api: Api, datacenter: str, pods: Iterable[Object]) -> None:
        self.api = api
        self.datacenter = datacenter
        self._roots = [_root(pod) for pod in pods if runs_cassandra(pod)]

    @property
    def ready(self) -> bool:
        """Whether it has a node to ask."""
        return bool(self._roots)

    def keyspaces(self) -> list[str]:
        """The names of all keyspaces."""
        found: list[str] = list(self._get("/api/v0/ops/keyspace", {"keyspaceName": ""}).get("items") or ())
        return found

    def replication(self, keyspace: str) -> Mapping[str, str]:
        """The replication of one keyspace: `class`, and the number of copies as text by datacenter."""
        found: Mapping[str, str] = self._get("/api/v0/ops/keyspace/replication", {"keyspaceName": keyspace})
        return found

    def replications(self) -> dict[str, Mapping[str, str]]:
        """The replication of every keyspace, by its name."""
        return {name: self.replication(name) for name in self.keyspaces()}

    def agrees(self) -> bool:
        """Whether all nodes that can be reached have the same schema."""
        return is_agreed(self._get("/api/v1/ops/node/schema/versions", {}))

    def endpoints(self) -> tuple[Endpoint, ...]:
        """All nodes of the cluster that gossip knows, those of other datacenters and those that left too."""
        return endpoints_of(self._get(_ENDPOINTS, {}))

    def views(self) -> tuple[tuple[Endpoint, ...], ...]:
        """The same as each node sees it that answers. Raises `Unavailable` or `Unreachable` when none does."""
        answers = [_attempt(lambda root: self.api.read(f"{root}{_ENDPOINTS}"), root) for root in self._roots]
        found = tuple(endpoints_of(answer) for answer in answers if not isinstance(answer, ClusterError))
        if not found:
            raise self._refusal("reading the ring", [answer for answer in answers if isinstance(answer, ClusterError)])
        return found

    def assassinate(self, address: str) -> None:
        """Has one node take a dead one out of the ring, which takes half a minute and moves no data.

        Whoever calls it makes sure that no node hears of the dead one. Cassandra waits for a heartbeat too, and may miss one: it waits in
        the stage that would take it in. Where it refuses, no other node is asked: that one might do it.
        """
        path = f"/api/v0/ops/node/assassinate?{urlencode({'address': address})}"
        self._first(f"taking the dead node {address} out of the ring", lambda root: self.api.send(f"{root}{path}", {}), self._roots[:1])

    def create_keyspace(self, name: str, copies: Mapping[str, int]) -> None:
        """Makes a keyspace with that many copies by datacenter."""
        self._post(f"creating keyspace {name}", "create", settings_of(name, copies))

    def alter_keyspace(self, name: str, copies: Mapping[str, int]) -> None:
        """Gives a keyspace that many copies by datacenter."""
        self._post(f"altering keyspace {name}", "alter", settings_of(name, copies))

    def _post(self, doing: str, verb: str, settings: Object) -> None:
        self._first(doing, lambda root: self.api.send(f"{root}/api/v0/ops/keyspace/{verb}", settings))

    def _get(self, path: str, query: Mapping[str, str]) -> Mapping[str, Any]:
        return self._first(f"reading {path}", lambda root: self.api.read(f"{root}{path}", query))

    def _first(self, doing: str, ask: Callable[[str], Answer], roots: Sequence[str] | None = None) -> Answer:
        """What the first node answers that does, of those that are given or of all."""
        answers = (_attempt(ask, root) for root in (self._roots if roots is None else roots))
        refused = []
        for answer in answers:
            if not isinstance(answer, ClusterError):
                return answer
            refused.append(answer)
        raise self._refusal(doing, refused)

    def _refusal(self, doing: str, refused: Sequence[ClusterError]) -> ClusterError:
        """`Unreachable` when an answer never came, else `Unavailable`; its outcome is unknown when that of one request is."""
        found = refused[-1].found if refused else "no node of it has a Cassandra that is ready"
        where = f"{doing} through the management API of {self.datacenter}"
        meaning = Unreachable if any(isinstance(each, NO_ANSWER) for each in refused) else Unavailable
        problem = meaning(self.api.context, where, found, "look at the log of the nodes' container cassandra, and run again")
        problem.outcome_unknown = any(each.outcome_unknown for each in refused)
        return problem


def _attempt(ask: Callable[[str], Answer], root: str) -> Answer | ClusterError:
    try:
        return ask(root)
    except (Absent, Unavailable, Unreachable) as problem:
        return problem


def _root(pod: Object) -> str:
    containers = (pod.get("spec") or {}).get("containers") or ()
    ports = [port for container in containers if container.get("name") == "cassandra" for port in container.get("ports") or ()]
    port = next((port["containerPort"] for port in ports if port.get("name") == _PORT_NAME), _PORT)
    return f"{kind_named('Pod').path(namespace_of(pod))}/http:{name_of(pod)}:{port}/proxy"
