# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the networks of the contexts fit together: addresses, ways between pods, ports of nodes."""

from __future__ import annotations

import ipaddress
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Union

from .findings import ERROR, NOTE, WARNING, Fault
from .fleet import Fleet, Route, Survey
from .names import service_names
from .objects import Object
from .pods import HOST_PORTS
from .readings import has_ended, labels_of, name_of, namespace_of, status_of

Network = Union[ipaddress.IPv4Network, ipaddress.IPv6Network]
INTERNODE, INTERNODE_TLS, CQL, MANAGEMENT = 7000, 7001, 9042, 8080
PORTS = (INTERNODE, INTERNODE_TLS, CQL, MANAGEMENT)
_FLAG = re.compile(r"--service-cluster-ip-range=(\S+)")
_NODE_PORTS = range(30000, 32768)
_DATACENTER_LABEL = "cassandra.datastax.com/datacenter"


def judge_networks(fleet: Fleet, survey: Survey) -> tuple[str, Iterator[Fault]]:
    """Pods have addresses of their own over all contexts, and none that another context takes for a Service."""
    pods = [str(network) for network in _pod_networks(survey)]
    more = f" and {len(pods) - 3} more" if len(pods) > 3 else ""
    services = ", ".join(map(str, _service_networks(survey))) or "unknown"
    return f"pods in {', '.join(pods[:3]) or 'unknown networks'}{more}; Services in {services}", _overlaps(fleet, survey)


def _overlaps(fleet: Fleet, survey: Survey) -> Iterator[Fault]:
    for other in fleet.reachable:
        if other.context == survey.context:
            continue
        for mine, theirs in _shared(_pod_networks(survey), _service_networks(other)):
            what = f"pods of {survey.context} in {mine} lie within {theirs}, the Services of {other.context}"
            why = f"pods of {other.context} take these addresses for Services of their own and never reach the pods"
            yield Fault(ERROR, f"pod network {mine}", what, why, "give one of the two clusters another network")
        if fleet.surveys.index(other) > fleet.surveys.index(survey):
            continue
        for mine, theirs in _shared(_pod_networks(survey), _pod_networks(other)):
            what = f"overlaps {theirs}, the pod network of {other.context}"
            why = "Cassandra nodes know each other by the addresses of their pods; packets to one would go to the other"
            yield Fault(ERROR, f"pod network {mine}", what, why, "give one of the two clusters another pod network")
        for mine, theirs in _shared(_service_networks(survey), _service_networks(other)):
            what = f"overlaps {theirs}, the Services of {other.context}"
            why = "the operators and Cassandra use no Service of another context; meshes and some gateways do"
            yield Fault(NOTE, f"Service network {mine}", what, why, "nothing, unless something else joins the Services of both")


def _pod_networks(survey: Survey) -> list[Network]:
    """The networks of the nodes' pods, and each address of a pod that lies outside of them."""
    stated = [cidr for node in survey.of("Node") for cidr in (node.get("spec") or {}).get("podCIDRs") or ()]
    bodies = [pod for pod in survey.of("Pod") if not (pod.get("spec") or {}).get("hostNetwork")]
    addresses = [status_of(pod).get("podIP") for pod in bodies if not has_ended(pod)]
    return _collapsed(_network(text) for text in (*stated, *addresses) if text)


def _service_networks(survey: Survey) -> list[Network]:
    stated = [cidr for body in survey.of("ServiceCIDR") for cidr in (body.get("spec") or {}).get("cidrs") or ()]
    flags = [
        cidr
        for pod in survey.of("Pod")
        if labels_of(pod).get("component") == "kube-apiserver"
        for container in (pod.get("spec") or {}).get("containers") or ()
        for word in (*(container.get("command") or ()), *(container.get("args") or ()))
        for match in [_FLAG.match(str(word))]
        if match
        for cidr in match[1].split(",")
    ]
    return _collapsed(_network(text) for text in (stated or flags))


def _network(text: str) -> Network:
    return ipaddress.ip_network(text, strict=False)


def _collapsed(networks: Iterable[Network]) -> list[Network]:
    found = list(networks)
    fours = ipaddress.collapse_addresses(network for network in found if isinstance(network, ipaddress.IPv4Network))
    sixes = ipaddress.collapse_addresses(network for network in found if isinstance(network, ipaddress.IPv6Network))
    return [*fours, *sixes]


def _shared(ours: Iterable[Network], theirs: Iterable[Network]) -> list[tuple[Network, Network]]:
    """The first pair that overlaps, if one does: the rest says no more. Both are collapsed, so one pass over the sorted ends finds it."""
    marked = [(network.version, int(network[0]), int(network[-1]), side, network) for side in (0, 1) for network in (ours, theirs)[side]]
    last: dict[tuple[int, int], tuple[int, Network]] = {}
    for version, first, end, side, network in sorted(marked, key=lambda entry: entry[:4]):
        before = last.get((version, 1 - side))
        if before and before[0] >= first:
            return [(before[1], network) if side else (network, before[1])]
        last[version, side] = (end, network)
    return []


def judge_routes(fleet: Fleet, survey: Survey) -> tuple[str, Iterator[Fault]]:
    """Pods of this context reach pods of the others by address, on the ports that are used between them."""
    routes = survey.probed.routes
    targets = dict.fromkeys(route.target for route in routes)
    ways = {target: [str(route.port) for route in routes if route.target == target and route.result == "open"] for target in targets}
    shown = [f"{target} {'/'.join(ports) or 'on no port'}" for target, ports in ways.items()]
    return f"open to {', '.join(shown)}", _blocked(fleet, survey)


def _blocked(fleet: Fleet, survey: Survey) -> Iterator[Fault]:
    by_kind: dict[tuple[str, str, str, str], list[str]] = defaultdict(list)
    targets = {other.context: other for other in fleet.surveys}
    for route in survey.probed.routes:
        if route.result != "open":
            severity, why = _weight(fleet, survey, targets[route.target], route)
            by_kind[route.target, severity, why, route.result].append(str(route.port))
    for (target, severity, why, result), ports in by_kind.items():
        on = f"port{'s' if len(ports) > 1 else ''} {', '.join(ports)} ({result})"
        what = f"pods of {survey.context} do not reach pods of {target} on {on}"
        advice = "open it in firewalls, security groups and network policies between the two, and route the pod networks"
        yield Fault(severity, f"pods of {survey.context} to pods of {target}", what, why, advice)


def _weight(fleet: Fleet, source: Survey, target: Survey, route: Route) -> tuple[str, str]:
    """How grave a blocked way is, and why: by what uses it."""
    if not fleet.holds_data(target):
        return NOTE, f"nothing uses it: {target.context} holds no datacenter"
    if source.reading.control_plane and route.port == MANAGEMENT:
        return ERROR, "the operator asks and tells Cassandra everything over port 8080 of its pods"
    if not fleet.holds_data(source):
        return NOTE, f"nothing uses it: {source.context} holds no datacenter"
    wish = fleet.wish
    if route.port == MANAGEMENT:
        wanted = bool(wish and wish.wants_reaper)
        use = "Reaper asks the nodes of all datacenters over it"
        return (ERROR, use) if wanted else (NOTE, f"{use}, and is not wanted here")
    if route.port == CQL:
        return ERROR, "drivers, Reaper and Stargate learn the addresses of all nodes and connect to them on it"
    if route.port == INTERNODE_TLS:
        encrypted = any(_encrypts(template) for each in fleet.surveys for _dc, template in fleet.templates(each))
        return (ERROR if encrypted else WARNING), "nodes that encrypt between each other may use it in place of 7000"
    return ERROR, "Cassandra nodes talk to each other on it: without it the second datacenter never joins"


def _encrypts(template: Mapping[str, Any]) -> bool:
    options = ((template.get("config") or {}).get("cassandraYaml") or {}).get("server_encryption_options") or {}
    return str(options.get("internode_encryption") or "none") != "none"


def judge_ports(fleet: Fleet, survey: Survey) -> tuple[str, Iterator[Fault]]:
    """The ports of nodes that the definition wants are free."""
    wanted = [
        f"{datacenter.name} {'host network' if _networking(template).get('hostNetwork') else 'node ports'}"
        for datacenter, template in fleet.templates(survey)
        if _networking(template).get("hostNetwork") or _networking(template).get("nodePort") is not None
    ]
    return ", ".join(wanted) or "none wanted", _port_clashes(fleet, survey)


def _networking(template: Mapping[str, Any]) -> Mapping[str, Any]:
    return template.get("networking") or {}


def _port_clashes(fleet: Fleet, survey: Survey) -> Iterator[Fault]:
    if fleet.wish is None:
        return
    taken = _node_ports(survey)
    for datacenter, template in fleet.templates(survey):
        own = f"{datacenter.namespace}/{service_names(fleet.wish.cassandra_name, datacenter.name)[-1]}"
        for port in _wanted_node_ports(template):
            other = taken.get(port, own)
            if other != own:
                what = f"is the node port of Service {other} already, and {datacenter.name} wants it"
                why = "the API server refuses the datacenter's Service, so that nobody reaches it from outside"
                yield Fault(ERROR, f"node port {port}", what, why, "choose another port in networking.nodePort")
            elif port not in _NODE_PORTS and port not in taken:
                what = f"lies outside of {_NODE_PORTS[0]} to {_NODE_PORTS[-1]}, which API servers give out unless told otherwise"
                why = "the API server would refuse the Service"
                yield Fault(WARNING, f"node port {port}", what, why, "name ports of that range in networking.nodePort")
            taken[port] = own
        if _networking(template).get("hostNetwork"):
            yield from _host_clashes(survey, datacenter.name, datacenter.namespace, datacenter.size)


def _wanted_node_ports(template: Mapping[str, Any]) -> list[int]:
    # `GetNodePortNativePort` and `GetNodePortInternodePort`, cass-operator v1.28.0 cassandradatacenter_types.go.
    ports = _networking(template).get("nodePort")
    if ports is None:
        return []
    return [ports.get("nativeSSL") or ports.get("native") or CQL, ports.get("internodeSSL") or ports.get("internode") or INTERNODE]


def _node_ports(survey: Survey) -> dict[int, str]:
    services = ((body, entry) for body in survey.of("Service") for entry in (body.get("spec") or {}).get("ports") or ())
    return {entry["nodePort"]: f"{namespace_of(body)}/{name_of(body)}" for body, entry in services if entry.get("nodePort")}


def _host_clashes(survey: Survey, datacenter: str, namespace: str, size: int) -> Iterator[Fault]:
    holders: dict[str, tuple[str, int]] = {}
    for pod in survey.of("Pod"):
        own = namespace_of(pod) == namespace and labels_of(pod).get(_DATACENTER_LABEL) == datacenter
        node = (pod.get("spec") or {}).get("nodeName")
        port = next((port for port in _host_ports(pod) if port in HOST_PORTS), None)
        if node and port and not own and not has_ended(pod):
            holders[node] = (f"{namespace_of(pod)}/{name_of(pod)}", port)
    free = len(survey.of("Node")) - len(holders)
    for node, (holder, port) in sorted(holders.items()):
        what = f"pod {holder} has port {port} of this node, which a node of {datacenter} in the host network needs"
        why = f"{datacenter} wants {size} nodes, and {free} of the cluster's have the ports free"
        advice = "move that pod, or leave networking.hostNetwork out"
        yield Fault(ERROR if free < size else NOTE, f"node {node}", what, why, advice)


def _host_ports(pod: Object) -> Iterator[int]:
    spec = pod.get("spec") or {}
    for container in spec.get("containers") or ():
        for port in container.get("ports") or ():
            number = port.get("hostPort") or (port.get("containerPort") if spec.get("hostNetwork") else None)
            if number:
                yield int(number)
