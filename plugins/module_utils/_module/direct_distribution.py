# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run of direct distribution knows: the cluster that is wanted, its contexts, and what they hold now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from .._core.cluster import ClusterWish
from .._core.distribution.decommission import with_entries
from .._core.distribution.distribution import distribute
from .._core.distribution.held import with_leave
from .._core.distribution.keyspaces import system_replications
from .._core.distribution.leftovers import leftovers_of
from .._core.distribution.observation import Observation
from .._core.distribution.ownership import Record, as_cluster
from .._core.distribution.seeds import slice_names, slices_of
from .._core.distribution.template import Template, in_order, templates
from .._core.distribution.told import initialized, seeds_of, system_replication_of
from .._core.objects import Object, Ref, kind_named
from .._core.readings import ClusterReading, holds, labels_of, namespace_of
from .._kube.api import Api
from .._kube.cluster_reading import read_cluster
from .._kube.contents import Contents
from .._kube.errors import Forbidden, Unauthorized, Unreachable, WrongCluster
from .._kube.management import ManagementApi
from .direct_add_ons import AddOns
from .direct_secrets import decoded
from .run import Call

_MONITORS = ("monitoring.coreos.com/v1", "ServiceMonitor")
_DATACENTER = "cassandra.datastax.com/datacenter"


@dataclass(frozen=True)
class Parts:
    """The objects of one datacenter.

    Args:
        before: what comes before its CassandraDatacenter, slices with seeds included.
        datacenter: its CassandraDatacenter.
        after: what comes once it is ready.
        unwanted: slices that it may have had and that have no address any more.
        leftovers: what it may have had and what is not wanted any more.
    """

    before: tuple[Object, ...]
    datacenter: Object
    after: tuple[Object, ...]
    unwanted: tuple[Ref, ...]
    leftovers: tuple[Ref, ...]


@dataclass
class Distribution:
    """One run of direct distribution.

    Args:
        call: what Ansible asks for.
        wish: the cluster as the user wrote it.
        own: the context that the definition leaves without a name.
        remotes: the others, by the names that the definition calls them.
        contents: what each context held at the beginning, by its name.
        records: what each context's record says by now, by the context's name.
        kept: each context's record as this run last read or wrote it, by the context's name; None for none.
        lost: the datacenters of lost contexts that the others have not forgotten yet, as Cassandra calls them.
        definition: the cluster with the defaults of its kind; empty where no context knows them.
        reading: the contexts as they were read last.
        quiet: nothing was written since.
        wrote: something was written in this run.
        leaving: the datacenters that the definition has no more, and that have not gone with all that is theirs.
        add_ons: what was read for Reaper and Medusa.
    """

    call: Call
    wish: ClusterWish
    own: Api
    remotes: Mapping[str, Api]
    contents: Mapping[str, Contents] = field(default_factory=dict)
    records: dict[str, Record] = field(default_factory=dict)
    kept: dict[str, Record | None] = field(default_factory=dict)
    lost: tuple[str, ...] = ()
    definition: Mapping[str, Any] = field(default_factory=dict)
    reading: ClusterReading | None = None
    quiet: bool = True
    wrote: bool = False
    leaving: tuple[Template, ...] = ()
    add_ons: AddOns = field(default_factory=AddOns)
    _parts: tuple[ClusterReading, dict[str, Parts]] | None = None

    @property
    def apis(self) -> dict[str, Api]:
        """Every context by its name, our own first."""
        return {self.own.context: self.own, **self.remotes}

    @property
    def operators(self) -> str:
        """The namespace in which operators are looked for."""
        return self.call.parameters["operator_namespace"] or self.wish.namespace

    def context(self, named: str) -> str:
        """The name of a context that the definition may leave without one."""
        return named or self.own.context

    def places(self) -> dict[str, tuple[str, ...]]:
        """The namespaces that shall hold datacenters, by context."""
        found: dict[str, dict[str, None]] = {}
        for datacenter in self.wish.datacenters:
            found.setdefault(self.context(datacenter.context), {})[datacenter.namespace] = None
        return {context: tuple(namespaces) for context, namespaces in found.items()}

    def keep(self, context: str, **changes: Any) -> None:
        """Changes what the record of a context says by now."""
        self.records[context] = replace(self.records[context], **changes)

    def order(self) -> tuple[Template, ...]:
        """The datacenters in the order in which they are worked on."""
        return in_order(templates(self.definition))

    def read(self, *, surroundings: bool = True) -> ClusterReading:
        """Reads the contexts anew."""
        more = {"operators": self.operators, "surroundings": surroundings, "recorded": as_cluster(self.records.values())}
        self.reading = read_cluster(self.own, self.remotes, self.wish.name, self.wish.namespace, **more)
        self.quiet = True
        return self.reading

    def known(self) -> ClusterReading:
        """The contexts as they are: read anew when something was written since, or one did not answer.

        Raises `Unreachable`: a datacenter whose context does not answer is not taken for one that is not there. What a context refuses is
        raised as it is: waiting does not give a right.
        """
        reading = self.reading
        if reading is None or not self.quiet or not all(context.reachable for context in reading.contexts):
            reading = self.read(surroundings=False)
        for context in reading.contexts:
            if isinstance(context.problem, (Forbidden, Unauthorized, WrongCluster)):
                raise context.problem
            if not context.reachable:
                raise Unreachable(context.context, "looking at its datacenters", context.cause, "run again when it answers")
        return reading

    def live(self) -> dict[str, Object]:
        """The CassandraDatacenters that are there, by the names of those that are wanted."""
        found = {}
        for datacenter in self.wish.datacenters:
            context = self.known().context(datacenter.context)
            body = context.find("CassandraDatacenter", datacenter.name, datacenter.namespace) if context is not None else None
            if body is not None:
                found[datacenter.name] = body
        return found

    def body(self, template: Template) -> Object | None:
        """The CassandraDatacenter of any datacenter. Raises `Unreachable`: what does not answer is not taken for gone."""
        context = self.known().context(template.context)
        if context is None:
            doing = f"looking for datacenter {template.name}"
            raise Unreachable(self.context(template.context), doing, "it is none of the contexts", "run again when it answers")
        return context.find("CassandraDatacenter", template.name, template.namespace)

    def running(self) -> list[Template]:
        """The datacenters whose nodes are up, or are wanted up and have been."""
        live = self.live()
        return [each for each in self.order() if each.name in live and holds(live[each.name], "Ready") and not each.own.get("stopped")]

    def pods(self, template: Template) -> list[Object]:
        """The pods of one datacenter."""
        context = self.known().context(template.context)
        found = context.of("Pod") if context is not None else ()
        return [pod for pod in found if namespace_of(pod) == template.namespace and labels_of(pod).get(_DATACENTER) == template.name]

    def management(self, template: Template) -> ManagementApi:
        """The management API of one datacenter."""
        return ManagementApi(self.apis[self.context(template.context)], template.name, self.pods(template))

    def replications(self, *, last: bool = False) -> dict[str, dict[str, int]]:
        """What the cluster's own keyspaces shall have by now; `last`: once the datacenters that leave are gone."""
        leaving = {} if last else {each.name: body for each in self.leaving if (body := self.body(each)) is not None}
        definition = with_entries(self.definition, [each.own for each in self.leaving])
        return system_replications(definition, initialized({**leaving, **self.live()}))

    def seeds(self) -> dict[str, tuple[str, ...]]:
        """The addresses of the seeds of every datacenter."""
        return {each.name: seeds_of(self.pods(each), self.wish.cassandra_name, each.name) for each in self.order()}

    def parts(self) -> dict[str, Parts]:
        """The objects of every datacenter, by its name, as they have to be by now."""
        reading = self.known()
        if self._parts is None or self._parts[0] is not reading:
            self._parts = (reading, self._computed())
        return self._parts[1]

    def _computed(self) -> dict[str, Parts]:
        seeds, kind, found = self.seeds(), "CassandraDatacenter", {}
        observation = self.observation(seeds)
        placed = distribute(self.definition, observation)
        for template in self.order():
            bodies = [one.body for one in placed if one.datacenter == template.name]
            at = next(index for index, body in enumerate(bodies) if body["kind"] == kind)
            additional = template.options.get("additionalSeeds") or ()
            slices = slices_of(self.definition, bodies[at], seeds, additional)
            names = set(slice_names(self.definition, bodies[at])) - {each["metadata"]["name"] for each in slices}
            unwanted = tuple(kind_named("EndpointSlice").ref(name, template.namespace) for name in sorted(names))
            leftovers = leftovers_of(self.definition, template, observation, bodies)
            asked = self.call.parameters["apply_updates"] == "once"
            datacenter = with_leave(bodies[at], observation.datacenters.get(template.name), asked=asked)
            found[template.name] = Parts((*bodies[:at], *slices), datacenter, tuple(bodies[at + 1 :]), unwanted, leftovers)
        return found

    def observation(self, seeds: Mapping[str, Sequence[str]]) -> Observation:
        """What the objects of the datacenters depend on."""
        live = self.live()
        first = [live[each.name] for each in templates(self.definition) if each.name in live]
        return Observation(
            datacenters=live,
            secrets={(name, ref.name): decoded(body) for context, ref, body in self._objects("Secret") for name in self._names(context)},
            seeds={name: tuple(addresses) for name, addresses in seeds.items()},
            node_configs=self._node_configs(),
            medusa_configuration=self.add_ons.medusa_configuration,
            monitored=frozenset(self._monitored()),
            operators=self.add_ons.operators,
            system_replication=system_replication_of(first),
        )

    def _node_configs(self) -> dict[str, Object]:
        found = {(context, ref): body for context, ref, body in self._objects("ConfigMap")}
        wanted = {}
        for each in self.order():
            name = (each.own.get("perNodeConfigMapRef") or {}).get("name") or ""
            body = found.get((self.context(each.context), kind_named("ConfigMap").ref(name, each.namespace)))
            wanted.update({each.name: body} if body is not None else {})
        return wanted

    def _objects(self, kind: str) -> Iterator[tuple[str, Ref, Object]]:
        for context, contents in self.contents.items():
            yield from ((context, ref, body) for ref, body in contents.objects.items() if ref.kind == kind)

    def _names(self, context: str) -> tuple[str, ...]:
        """What the definition may call a context: our own may have no name."""
        return (context, "") if context == self.own.context else (context,)

    def _monitored(self) -> Iterator[str]:
        """The contexts that serve ServiceMonitors; asked only where the definition wants some."""
        for each in (*self.order(), *self.leaving):
            telemetry = (each.options.get("telemetry") or {}).get("prometheus") or {}
            if telemetry.get("enabled") and self.apis[self.context(each.context)].find_kind(*_MONITORS) is not None:
                yield each.context
