"""Each check of a preflight: what is right gives no finding, and what is wrong is named with its place."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from plugins.module_utils._core.checks import CHECKS, judge
from plugins.module_utils._core.findings import message_of
from plugins.module_utils._core.fleet import Ending, Probed, Route
from plugins.module_utils._core.readings import ContextReading

from .fleets import NOW, body, fleet, found, node

OWNED = {"k8ssandra.io/cluster-name": "demo", "k8ssandra.io/cluster-namespace": "k8ssandra"}
LOST = {**OWNED, "k8ssandra.io/cluster-name": "lost"}
TWO_GIB = {"dc1.resources": {"requests": {"memory": "2Gi"}}}
BIG = {"dc1.resources": {"requests": {"memory": "64Gi"}, "limits": {"memory": "64Gi"}}}


def _pod(name: str, where: str = "east-0", **spec: Any) -> dict[str, Any]:
    return body("Pod", name, "else", spec={"nodeName": where, **spec}, status={"phase": "Running", "podIP": "10.2.0.9"})


def _operator(namespace: str, watch: str = "") -> dict[str, Any]:
    environment = [{"name": "K8SSANDRA_CONTROL_PLANE", "value": "true"}, {"name": "WATCH_NAMESPACE", "value": watch}]
    container = {"image": "r/k8ssandra/k8ssandra-operator:v1.26.0", "env": environment}
    return body("Deployment", "theirs", namespace, spec={"template": {"spec": {"containers": [container]}}})


def _datacenter(name: str, cluster: str, **labels: str) -> dict[str, Any]:
    return body("CassandraDatacenter", name, "k8ssandra", labels, spec={"clusterName": cluster})


def _quota(**hard: str) -> dict[str, Any]:
    return body("ResourceQuota", "q", "k8ssandra", spec={"hard": {key.replace("_", "."): value for key, value in hard.items()}})


def _range(**limit: Any) -> dict[str, Any]:
    return body("LimitRange", "r", "k8ssandra", spec={"limits": [{"type": "Container", **limit}]})


def _blocked(source: str, target: str, port: int) -> dict[str, Any]:
    return {"probed": Probed(routes=(Route(source, target, port, "timed out"),))}


def _service(name: str, port: int) -> dict[str, Any]:
    return body("Service", name, "k8ssandra", spec={"ports": [{"nodePort": port}]})


def _definition(version: str, **labels: str) -> dict[str, Any]:
    return body("CustomResourceDefinition", "clientconfigs.config.k8ssandra.io", "", labels, spec={"versions": [{"name": version, "served": True}]})


HOST = {"dc1.networking": {"hostNetwork": True}}
NODE_PORT = {"dc1.networking": {"nodePort": {"native": 30942, "internode": 30700}}}
HOLDER = _pod("holder", containers=[{"ports": [{"hostPort": 9042}]}])
TAINTED = {"Node": (node("east-0"), node("east-1", taints=[{"key": "a", "effect": "NoSchedule"}]), node("east-2", unschedulable=True))}
# A name, what is changed, and the finding: severity, context, check, object, words.
ROWS: list[tuple[str, dict[str, Any], tuple[str, str, str, str, str]]] = [
    ("version too old", {"west": {"version": "v1.19.3"}}, ("error", "west", "version", "v1.19.3", "1.21 or newer")),
    ("versions differ", {"west": {"version": "v1.34.0"}}, ("note", "west", "version", "v1.34.0", "hub has v1.33.1")),
    ("same cluster", {"west": {"uid": "uid-hub"}}, ("error", "west", "identity", "uid-hub", "west and hub are the same")),
    ("clock ahead", {"east": {"offsets": (88.0, 90.4, 90.1)}}, ("error", "east", "clock", "clock", "90 s ahead")),
    ("clock behind", {"east": {"offsets": (-7.0,)}}, ("warning", "east", "clock", "clock", "7 s behind")),
    ("rights", {"east": {"refused": ("create pods in namespace a; why",)}}, ("error", "east", "rights", "create pods", "lacks")),
    ("ended", {"hub": {"endings": (Ending("it", NOW - 1, "w", "a"),)}}, ("error", "hub", "certificates", "it", "ended at 2027")),
    ("ends", {"hub": {"endings": (Ending("it", NOW + 3.1 * 86400, "w", "a"),)}}, ("warning", "hub", "certificates", "it", "in 3 days")),
    ("no cert-manager", {"west": {"cert_manager": "is not there"}}, ("error", "west", "cert-manager", "cert-manager", "is not there")),
    ("cert-manager is still to come", {"west": {"cert_manager": "is not there"}, "brings_cert_manager": True},
     ("note", "west", "cert-manager", "cert-manager", "is not there")),
    ("others' kinds", {"hub": {"objects": {"CustomResourceDefinition": (_definition("v1beta1"),)}}},
     ("warning", "hub", "definitions", "clientconfigs", "somebody else")),
    ("old kinds", {"hub": {"objects": {"CustomResourceDefinition": (_definition("v1alpha1"),)}}},
     ("error", "hub", "definitions", "clientconfigs", "serves v1alpha1 and not v1beta1")),
    ("two control planes", {"east": {"objects": {"Deployment": (_operator("k8ssandra"),)}}},
     ("error", "east", "control-plane", "Deployment k8ssandra/theirs", "is in hub")),
    ("another control plane", {"hub": {"objects": {"Deployment": (_operator("theirs"),)}}},
     ("error", "hub", "control-plane", "Deployment theirs/theirs", "watches all namespaces")),
    ("others' datacenter", {"west": {"objects": {"CassandraDatacenter": (_datacenter("dc9", "other", **LOST),)}}},
     ("error", "west", "control-plane", "CassandraDatacenter k8ssandra/dc9", "k8ssandra/lost, which hub does not have")),
    ("a name is taken", {"east": {"objects": {"CassandraDatacenter": (_datacenter("dc1", "other"),)}}},
     ("error", "east", "names", "CassandraDatacenter k8ssandra/dc1", "belongs to")),
    ("a cleaned name", {"east": {"objects": {"CassandraDatacenter": (_datacenter("dc9", "DEMO"),)}}},
     ("error", "east", "names", "CassandraDatacenter k8ssandra/dc9", "demo-seed-service")),
    ("leaving", {"hub": {"objects": {"Namespace": ({"metadata": {"name": "k8ssandra", "deletionTimestamp": "t"}},)}}},
     ("error", "hub", "namespaces", "Namespace k8ssandra", "being removed")),
    ("quota of memory", {"east": {"objects": {"ResourceQuota": (_quota(requests_memory="1Gi"),)}}, "cluster": TWO_GIB},
     ("error", "east", "quota", "k8ssandra/q", "1Gi of requests.memory left, and the pods to be made need 6.188Gi")),
    ("quota of claims", {"east": {"objects": {"ResourceQuota": (_quota(persistentvolumeclaims="2"),)}}},
     ("error", "east", "quota", "k8ssandra/q", "2 of persistentvolumeclaims")),
    ("quota in a dry run", {"east": {"admissions": {"dc1": "exceeded quota: q"}}}, ("error", "east", "quota", "pods of dc1", "exceeded quota")),
    ("limit range", {"east": {"objects": {"LimitRange": (_range(max={"memory": "2Gi"}),)}}, "cluster": BIG},
     ("error", "east", "limits", "k8ssandra/r", "cassandra of dc1 asks for 64Gi")),
    ("least of a limit range", {"east": {"objects": {"LimitRange": (_range(min={"cpu": "500m"}),)}}},
     ("error", "east", "limits", "k8ssandra/r", "server-system-logger of dc1 asks for 100m")),
    ("default limit", {"east": {"objects": {"LimitRange": (_range(default={"memory": "512Mi"}),)}}},
     ("warning", "east", "limits", "k8ssandra/r", "a memory limit of 512Mi")),
    ("limit range in a dry run", {"east": {"admissions": {"dc1": "maximum cpu usage per Pod is 1"}}},
     ("error", "east", "limits", "pods of dc1", "maximum cpu")),
    ("pod security", {"east": {"admissions": {"dc1": 'violates PodSecurity "restricted"'}}},
     ("error", "east", "admission", "pods of dc1", "pod security refuses")),
    ("a webhook", {"east": {"admissions": {"dc1": "denied the request: no"}}}, ("error", "east", "admission", "pods of dc1", "denied")),
    ("too big", {"cluster": BIG}, ("error", "east", "capacity", "dc1, rack default", "0 of 3 pods")),
    ("too few", {"cluster": {"dc1.size": 5}}, ("error", "east", "capacity", "dc1, rack default", "3 of 5 pods")),
    ("an autoscaler", {"cluster": {"dc1.size": 5}, "east": {"objects": {"Node": (body("Node", "n", "", {"karpenter.sh/nodepool": "a"}),)}}},
     ("warning", "east", "capacity", "dc1", "0 of 5 pods")),
    ("tainted", {"east": {"objects": TAINTED}}, ("error", "east", "capacity", "dc1", "1 of 3 pods find room on 1 node")),
    ("a rack has no nodes", {"cluster": {"dc1.racks": [{"name": "r1", "nodeAffinityLabels": {"zone": "a"}}]}},
     ("error", "east", "capacity", "dc1, rack r1", "0 of 3 pods find room on 0 nodes")),
    ("no class", {"west": {"objects": {"StorageClass": ()}}}, ("error", "west", "storage", "StorageClass standard", "dc2 wants it; there are none")),
    ("cannot grow", {"west": {"objects": {"StorageClass": (body("StorageClass", "standard"),)}}},
     ("note", "west", "storage", "StorageClass standard", "allowVolumeExpansion")),
    ("not bound", {"west": {"probed": Probed(bindings={"standard": "Pending"})}}, ("error", "west", "binding", "StorageClass standard", "Pending")),
    ("pods overlap", {"west": {"objects": {"Node": (node("n", "10.2.0.0/16"),)}}, "cluster": {"dc2.size": 1}},
     ("error", "west", "networks", "10.2.0.0/16", "pod network of east")),
    ("pods among Services", {"west": {"objects": {"ServiceCIDR": (body("ServiceCIDR", "k", spec={"cidrs": ["10.2.0.0/16"]}),)}}},
     ("error", "east", "networks", "10.2.", "the Services of west")),
    ("a node port", {"east": {"objects": {"Service": (_service("web", 30942),)}}, "cluster": NODE_PORT},
     ("error", "east", "ports", "node port 30942", "Service k8ssandra/web already")),
    ("a low node port", {"cluster": {"dc1.networking": {"nodePort": {"native": 30942}}}}, ("warning", "east", "ports", "node port 7000", "outside")),
    ("a host port", {"east": {"objects": {"Pod": (HOLDER,)}}, "cluster": HOST}, ("error", "east", "ports", "node east-0", "else/holder")),
    ("no way for the operator", {"hub": _blocked("hub", "west", 8080)}, ("error", "hub", "routes", "pods of hub to pods of west", "8080 (timed out)")),
    ("no way for Cassandra", {"east": _blocked("east", "west", 7000)}, ("error", "east", "routes", "pods of east to pods of west", "7000")),
    ("no way by TLS", {"east": _blocked("east", "west", 7001)}, ("warning", "east", "routes", "pods of east to pods of west", "7001")),
    ("no way that is needed", {"east": _blocked("east", "hub", 7000)}, ("note", "east", "routes", "pods of east to pods of hub", "7000")),
    ("could not look", {"east": {"unread": {"Node": "nodes is forbidden"}}}, ("note", "east", "capacity", "capacity", "could not look: nodes is")),
    ("no pods", {"east": {"probed": Probed(trouble="ErrImagePull")}}, ("note", "east", "routes", "routes", "could not look: ErrImagePull")),
]  # fmt: skip


def test_a_fleet_in_which_all_is_right_gives_no_finding() -> None:
    assert found(fleet()) == []
    assert message_of(()) == ""


@pytest.mark.parametrize(("changes", "wanted"), [pytest.param(*row[1:], id=row[0]) for row in ROWS])
def test_what_is_wrong_is_named_with_its_place(changes: dict[str, Any], wanted: tuple[str, ...]) -> None:
    severity, context, check, subject, words = wanted
    said = [finding for finding in found(fleet(**changes)) if (finding.context, finding.check, finding.fault.severity) == (context, check, severity)]
    assert any(subject in finding.fault.subject and words in finding.fault.what for finding in said), found(fleet(**changes))


BY_HELM = {**_definition("v1beta1"), "metadata": {"name": "clientconfigs.config.k8ssandra.io", "managedFields": [{"manager": "k8ssandra.operator"}]}}
RIGHT: list[tuple[str, dict[str, Any]]] = [
    ("kinds that we applied for Helm", {"hub": {"objects": {"CustomResourceDefinition": (BY_HELM,)}}}),
    ("its own datacenters are there", {
        "hub": {"objects": {"K8ssandraCluster": (body("K8ssandraCluster", "demo", "k8ssandra"),)}},
        "east": {"objects": {"CassandraDatacenter": (_datacenter("dc1", "demo", **OWNED),)}},
    }),
    ("the operators are ours", {"hub": {"objects": {"Deployment": (_operator("k8ssandra", "k8ssandra"),)}}}),
    ("another control plane watches elsewhere", {"hub": {"objects": {"Deployment": (_operator("theirs", "theirs"),)}}}),
    ("the node port is its own", {"east": {"objects": {"Service": (_service("demo-dc1-node-port-service", 30942),)}}, "cluster": NODE_PORT}),
    ("a pod that ended holds no port", {"east": {"objects": {"Pod": ({**HOLDER, "status": {"phase": "Failed"}},)}}, "cluster": HOST}),
    ("a quota that is big enough", {"east": {"objects": {"ResourceQuota": (_quota(pods="3", persistentvolumeclaims="3"),)}}}),
    ("a stopped datacenter needs no room", {"cluster": {"dc1.size": 9, "dc1.stopped": True}}),
    ("several on a node", {"cluster": {"dc1.size": 9, "dc1.softPodAntiAffinity": True, "dc1.resources": {"requests": {"memory": "1Gi"}}}}),
]  # fmt: skip


@pytest.mark.parametrize("changes", [pytest.param(row[1], id=row[0]) for row in RIGHT])
def test_what_is_right_gives_no_finding(changes: dict[str, Any]) -> None:
    assert found(fleet(**changes)) == []


def test_a_context_that_does_not_answer_is_one_finding_and_no_other_check_concludes_anything() -> None:
    gone = ContextReading("west", cause="reading /version: no answer")
    said = found(fleet(west={"reading": gone, "reason": "unreachable", "advice": "look", "probed": Probed()}))
    assert [(finding.context, finding.check, finding.fault.severity) for finding in said] == [("west", "reachable", "error")]


def test_outcomes_come_in_the_order_of_contexts_and_checks_also_when_fine() -> None:
    names = ["reachable", *(check.name for check in CHECKS)]
    outcomes = judge(fleet())
    assert [(outcome.context, outcome.check) for outcome in outcomes] == [(one, name) for one in ("hub", "east", "west") for name in names]
    assert {outcome.result for outcome in outcomes} == {"fine"}


def test_what_was_left_out_is_told_and_what_needs_a_definition_is_not_judged_without_one() -> None:
    whole = fleet()
    left_out = replace(whole, wish=None, surveys=tuple(replace(each, probed=Probed(not_done="check mode")) for each in whole.surveys))
    results = {outcome.check: outcome.result for outcome in judge(left_out)}
    assert results["routes"] == "not done"
    assert results["capacity"] == results["storage"] == "impossible"


def test_the_message_names_the_first_error_and_counts_the_rest() -> None:
    said = found(fleet(hub={"uid": "x"}, west={"uid": "x", "version": "v1.1.0", "offsets": (6.0,)}))
    assert message_of(said).startswith("context west: version: API server v1.1.0")
    assert message_of(said).endswith("(and 1 more error and 1 warning)")
