# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading all that says how one K8ssandraCluster is: few requests, contexts side by side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from .._core.causes import NODE_COMES, unschedulable
from .._core.credentials import Credential, credential_of
from .._core.datacenters import templates
from .._core.names import clean_label_value
from .._core.objects import Object, kind_named
from .._core.readings import ClusterReading, ContextReading, holds, is_of, name_of, namespace_of, status_of
from .._core.reapers import REAPER_LABEL, has_own_reaper
from .answers import server_time
from .api import Api
from .errors import Absent, ClusterError, Forbidden
from .fleet import side_by_side
from .observe import observe
from .records import read_recorded

_NEEDED = ("CassandraDatacenter", "Pod", "CassandraTask", "Reaper")
_CLUSTER_LABEL = "cassandra.datastax.com/cluster"


def read_cluster(
    control_plane: Api,
    remotes: Mapping[str, Api],
    name: str,
    namespace: str,
    *,
    operators: str = "",
    namespaces: Iterable[str] = (),
    surroundings: bool = True,
    recorded: Object | None = None,
) -> ClusterReading:
    """What all contexts say of one K8ssandraCluster. A context that fails is unknown, with the cause, and fails nobody else.

    One request to the control plane says where the datacenters are; all others run side by side. On ready clusters they are 10 at
    most for the control plane and 6 for a data plane; 4 and 3 without surroundings; one more where the collection distributes Reaper, or
    cass-operator holds an update back.

    Args:
        control_plane: the control plane's own cluster.
        remotes: data planes, by the names that K8ssandraClusters call them.
        name, namespace: the K8ssandraCluster's; its datacenters are in the same namespace unless they name their own.
        operators: the operators' namespace in every context; the cluster's when empty.
        namespaces: where else to look for datacenters, in every context.
        surroundings: read operators, credentials, certificates and versions too, and every context's datacenters, whoever owns them.
            A caller that looks every other second goes without.
        recorded: the cluster as our record of it says, for a caller that knows that the collection itself distributes it.
    """
    cause, cluster, installed = "", recorded, True
    if recorded is None:
        try:
            clusters = control_plane.list(kind_named("K8ssandraCluster"), namespace)
            installed = clusters is not None
            cluster = next((body for body in clusters or () if name_of(body) == name), None)
        except ClusterError as problem:
            cause = _cause(problem)
    if cluster is None:
        recorded = cluster = read_recorded([*([] if cause else [control_plane]), *remotes.values()], name, namespace)
        installed = installed or recorded is not None
    reapers = recorded is not None and has_own_reaper(recorded)
    wish = _Wish(name, namespace, operators or namespace, tuple(namespaces), surroundings, recorded is not None, reapers, _held(cluster))
    looks = [_Look(api, context, _places(cluster, context, control_plane.context, wish), wish) for context, api in remotes.items()]
    if not cause:
        looks.insert(0, _Look(control_plane, "", _places(cluster, "", control_plane.context, wish), wish))
    answers = side_by_side(_Look.read, looks)
    readings = {look.context: _reading(look, answers[look.context]) for look in looks}
    hub = readings.pop("", ContextReading(control_plane.context, control_plane=True, cause=cause))
    credentials = tuple(credential for look in looks for credential in look.credentials)
    return ClusterReading(name, namespace, hub, cluster, installed, tuple(readings.values()), credentials, recorded is not None)


def _held(cluster: Object | None) -> bool:
    """Whether cass-operator, as far as the control plane's operator knows, holds an update back."""
    copies = (status_of(cluster).get("datacenters") or {}).values()
    return any(holds(copy.get("cassandra") or {}, "RequiresUpdate") for copy in copies)


def _cause(problem: ClusterError) -> str:
    return f"{problem.doing}: {problem.found}"


def _reading(look: _Look, answer: ContextReading | ClusterError) -> ContextReading:
    if isinstance(answer, ClusterError):
        return ContextReading(look.api.context, control_plane=not look.context, cause=_cause(answer), problem=answer)
    return answer


@dataclass(frozen=True)
class _Wish:
    name: str
    namespace: str
    operators: str
    namespaces: tuple[str, ...]
    surroundings: bool
    direct: bool
    reapers: bool
    held: bool


def _places(cluster: Object | None, context: str, control_plane: str, wish: _Wish) -> tuple[str, ...]:
    """The namespaces of one context where datacenters may be; `context` is empty for the control plane's own cluster."""
    found = {*wish.namespaces, *((wish.namespace,) if cluster is None or wish.surroundings else ())}
    names = (context,) if context else ("", control_plane)
    wanted = templates(cluster) if cluster else []
    for template in wanted:
        if (template.get("k8sContext") or "") in names:
            found.add(template["metadata"].get("namespace") or wish.namespace)
    known = {template["metadata"]["name"] for template in wanted}
    leaving = [copy for name, copy in (status_of(cluster).get("datacenters") or {}).items() if name not in known]
    found |= {str(copy.get("namespace") or wish.namespace) for copy in leaving if (copy.get("contextName") or "") in names}
    return tuple(sorted(found))


@dataclass
class _Look:
    """One look at one context, in one thread. `context` is what K8ssandraClusters call it: empty for the control plane's own."""

    api: Api
    context: str
    places: tuple[str, ...]
    wish: _Wish
    objects: dict[str, tuple[Object, ...]] = field(default_factory=dict)
    gaps: list[str] = field(default_factory=list)
    not_served: set[str] = field(default_factory=set)
    credentials: list[Credential] = field(default_factory=list)

    def read(self) -> ContextReading:
        """What the context holds. Raises `ClusterError` when it does not answer."""
        surroundings = self.wish.surroundings
        version = str(self.api.read("/version").get("gitVersion", "")) if surroundings else ""
        for namespace in self.places:
            self._datacenters(namespace)
        if self.wish.held and not self.context:
            self._list("K8ssandraTask", self.wish.namespace)
        if surroundings:
            self._list("Deployment", self.wish.operators)
            self._list("Certificate", self.wish.operators)
        if surroundings and not self.context and not self.wish.direct:
            self._log_ins()
        known = (version, tuple(self.gaps), frozenset(self.not_served), server_time(self.api))
        return ContextReading(self.api.context, not self.context, "", self.objects, *known)

    def _list(self, kind: str, namespace: str, labels: Mapping[str, str] | None = None) -> tuple[Object, ...]:
        """Adds what is there of a kind. What we may not read is a gap if a verdict is possible without it, else the error is raised."""
        try:
            listed = self.api.list(kind_named(kind), namespace, labels)
        except Forbidden as problem:
            if kind in _NEEDED:
                raise
            self.gaps.append(f"{problem.doing}: {problem.found}")
            return ()
        if listed is None:
            self.not_served.add(kind)
        found = tuple(listed or ())
        self.objects[kind] = (*self.objects.get(kind, ()), *found)
        return found

    def _reapers(self, namespace: str) -> None:
        """The Reapers, of which no K8ssandraCluster tells, and the pods of those that are not ready."""
        for reaper in self._list("Reaper", namespace) if self.wish.reapers else ():
            if is_of(reaper, self.wish.name, self.wish.namespace) and not holds(reaper, "Ready"):
                self._list("Pod", namespace, {REAPER_LABEL: name_of(reaper)})

    def _datacenters(self, namespace: str) -> None:
        self._reapers(namespace)
        datacenters = [body for body in self._list("CassandraDatacenter", namespace) if is_of(body, self.wish.name, self.wish.namespace)]
        if not datacenters:
            return
        ours = {_CLUSTER_LABEL: clean_label_value(datacenters[0]["spec"].get("clusterName") or self.wish.name)}
        pods = self._list("Pod", namespace, ours)
        self._list("CassandraTask", namespace)
        if not all(_at_rest(datacenter) for datacenter in datacenters):
            self._list("PersistentVolumeClaim", namespace, ours)
            self._list("StatefulSet", namespace, ours)
            self._events(namespace, "type=Warning")
            for reason in NODE_COMES if any(map(unschedulable, pods)) else ():
                self._events(namespace, f"reason={reason}")

    def _events(self, namespace: str, chosen: str) -> None:
        try:
            found = self.api.read(kind_named("Event").path(namespace), {"fieldSelector": chosen, "limit": "500"})
        except (Forbidden, Absent):
            return
        self.objects["Event"] = (*self.objects.get("Event", ()), *(found.get("items") or ()))

    def _log_ins(self) -> None:
        configs = self._list("ClientConfig", self.wish.operators)
        refs = {name_of(config): kind_named("Secret").ref(_secret(config), namespace_of(config)) for config in configs}
        try:
            secrets, readable = observe(self.api, refs.values()), True
        except Forbidden as problem:
            secrets, readable = {}, False
            self.gaps.append(f"{problem.doing}: {problem.found}")
        self.credentials = [credential_of(config, secrets.get(refs[name_of(config)]), readable=readable) for config in configs]


def _secret(config: Object) -> str:
    return str(((config.get("spec") or {}).get("kubeConfigSecret") or {}).get("name", ""))


def _at_rest(datacenter: Object) -> bool:
    status = status_of(datacenter)
    return status.get("cassandraOperatorProgress") == "Ready" and (holds(status, "Ready") or holds(status, "Stopped"))
