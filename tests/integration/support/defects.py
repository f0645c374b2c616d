"""What breaks installations, each planted for real: how, what has to find it, where and in which words, and how it goes."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from tests.lab.layout import Lab as State

from .blocking import Firewall
from .forged import DAY, certificate
from .lab import MANIFESTS, NAMESPACE, Lab, eventually

DATACENTER: dict[str, Any] = {
    "size": 1, "serverType": "cassandra", "serverVersion": "5.0.5", "managementApiAuth": {"insecure": {}}, "storageConfig": {},
}  # fmt: skip
_DEFINITIONS = MANIFESTS / "k8ssandra-operator" / "config" / "crd" / "bases"
_CASS_DEFINITIONS = MANIFESTS / "cass-operator" / "config" / "crd" / "bases"


@dataclass
class Bench:
    """Where defects are planted, and how they go again."""

    lab: Lab
    firewall: Firewall = field(default_factory=Firewall)
    planted: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    undo: list[Callable[[], object]] = field(default_factory=list)

    def apply(self, context: str, *bodies: dict[str, Any]) -> None:
        """Applies objects as somebody else would, to be removed again."""
        self.planted.setdefault(context, []).extend(bodies)
        self._all(context, bodies, "apply", "--server-side")

    def unplant(self) -> None:
        """Takes all away, last first."""
        self.firewall.open()
        for context, bodies in self.planted.items():
            self._all(context, bodies[::-1], "delete", "--ignore-not-found", "--grace-period=0", "--wait=false")
        while self.undo:
            self.undo.pop()()

    def _all(self, context: str, bodies: Sequence[dict[str, Any]], *words: str) -> None:
        # No namespace of kubectl's own: each object says its own.
        cluster = replace(self.lab.cluster(context), namespace="")
        cluster.kubectl(*words, "--filename", "-", stdin=json.dumps({"apiVersion": "v1", "kind": "List", "items": list(bodies)}))


@dataclass(frozen=True)
class Defect:
    """One defect.

    Args:
        name: what is wrong.
        plant: makes it so.
        context, check, subject: where it has to be found, by which check, about what object.
        words: what the finding has to say.
        severity: `error` unless it only may hurt.
    """

    name: str
    plant: Callable[[Bench], object]
    context: str
    check: str
    subject: str
    words: tuple[str, ...]
    severity: str = "error"

    def found_in(self, findings: list[dict[str, Any]]) -> bool:
        """Whether a finding names the defect right."""
        return any(self.matches(finding) for finding in findings)

    def matches(self, finding: dict[str, Any]) -> bool:
        """Whether a finding is of this defect."""
        said = (finding["context"], finding["check"], finding["severity"])
        named = self.subject in finding["object"] and all(word in finding["what"] for word in self.words)
        return said == (self.context, self.check, self.severity) and named and bool(finding["why"] and finding["advice"])


def _object(kind: str, name: str, namespace: str = "", api: str = "v1", labels: Any = None, **content: Any) -> dict[str, Any]:
    metadata = {"name": name, **({"namespace": namespace} if namespace else {}), **({"labels": labels} if labels else {})}
    return {"apiVersion": api, "kind": kind, "metadata": metadata, **content}


def _nothing(bench: Bench) -> None:
    """The defect is in the options."""


def _namespace(context: str, **labels: str) -> Callable[[Bench], object]:
    named = {f"pod-security.kubernetes.io/{key}": value for key, value in labels.items()}
    return lambda bench: bench.apply(context, _object("Namespace", NAMESPACE, labels=named))


def _apply(context: str, *bodies: dict[str, Any]) -> Callable[[Bench], object]:
    return lambda bench: bench.apply(context, *bodies)


def _close(source: str, target: str, port: int, reject: bool = False) -> Callable[[Bench], object]:
    return lambda bench: bench.firewall.close(source, target, port, reject=reject)


def _ghost(context: str, near: str, network: str) -> Callable[[Bench], object]:
    """A node that does not exist, with a network for pods that somebody else has: of a cluster's pods, or a text."""

    def plant(bench: Bench) -> None:
        cidr = network or f"{State.load().cluster(near).pod_network.rsplit('.', 2)[0]}.0.0/24"
        spec = {"podCIDR": cidr, "podCIDRs": [cidr], "unschedulable": True}
        bench.apply(context, _object("Node", f"ghost-{near}", spec=spec))

    return plant


def _leaving_namespace(bench: Bench) -> None:
    held = _object("ConfigMap", "held", NAMESPACE)
    held["metadata"]["finalizers"] = ["test.example.com/held"]
    bench.apply("hub", _object("Namespace", NAMESPACE), held)
    cluster = bench.lab.cluster("hub")
    bench.undo.append(lambda: cluster.kubectl("patch", "configmap/held", "--type=merge", '--patch={"metadata":{"finalizers":null}}'))
    cluster.kubectl("delete", f"namespace/{NAMESPACE}", "--wait=false")


_QUOTA = _object("ResourceQuota", "small", NAMESPACE, spec={"hard": {"requests.memory": "1Gi", "pods": "40"}})
_RANGE = _object("LimitRange", "tight", NAMESPACE, spec={"limits": [{"type": "Container", "max": {"memory": "2Gi"}}]})
_DEAD = _object("StorageClass", "dead", api="storage.k8s.io/v1", provisioner="nobody.example.com/x", volumeBindingMode="Immediate")
_PORT = _object(
    "Service", "web", "default", spec={"type": "NodePort", "ports": [{"port": 80, "nodePort": 30942}], "selector": {"app": "web"}}
)
_HOLDER = _object(
    "Pod",
    "holder",
    "default",
    spec={
        "terminationGracePeriodSeconds": 0,
        "containers": [
            {
                "name": "holder",
                "image": "docker.io/library/busybox:1.37",
                "command": ["sleep", "3600"],
                "ports": [{"containerPort": 9042, "hostPort": 9042}],
            }
        ],
    },
)


def _hold_port(bench: Bench) -> None:
    bench.apply("west", _HOLDER)
    bench.lab.cluster("west").kubectl("wait", "--for=condition=Ready", "pod/holder", "--namespace=default", "--timeout=120s")


_STORAGE = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}


def _claim(name: str) -> dict[str, Any]:
    return {"storageConfig": {"cassandraDataVolumeClaimSpec": {**_STORAGE, "storageClassName": name}}}


# What the first round wants: dc1 in east is too big and on a class that binds nothing, dc2 in west too many, on one that is not there.
BAD_DATACENTERS = {
    "east": {
        "metadata": {"name": "dc1"},
        "size": 1,
        "resources": {"requests": {"memory": "64Gi"}, "limits": {"memory": "64Gi"}},
        "networking": {"nodePort": {"native": 30942, "internode": 30700}},
        **_claim("dead"),
    },
    "west": {
        "metadata": {"name": "dc2"},
        "size": 2,
        "resources": {"requests": {"memory": "2Gi"}},
        "networking": {"hostNetwork": True},
        **_claim("missing"),
    },
}
# Ways, networks, namespaces, room and storage: by definition and by probes.
ROUND_OF_PLACES: tuple[Defect, ...] = (
    Defect("7000 is dropped", _close("east", "west", 7000), "east", "routes", "pods of east to pods of west", ("7000", "timed out")),
    Defect("9042 is refused", _close("west", "east", 9042, True), "west", "routes", "pods of west to pods of east", ("9042", "refused")),
    Defect("8080 is dropped", _close("hub", "west", 8080), "hub", "routes", "pods of hub to pods of west", ("8080", "timed out")),
    Defect("7001 is dropped", _close("west", "east", 7001), "west", "routes", "pods of west to pods of east", ("7001",), "warning"),
    Defect("a class is not there", _nothing, "west", "storage", "StorageClass missing", ("dc2 wants it", "lab-folder")),
    Defect("a class binds nothing", _apply("east", _DEAD), "east", "binding", "StorageClass dead", ("Pending",)),
    Defect("volumes cannot grow", _nothing, "east", "storage", "StorageClass dead", ("allowVolumeExpansion",), "note"),
    Defect("pod networks overlap", _ghost("west", "east", ""), "west", "networks", "pod network", ("pod network of east",)),
    Defect("pods in Services' network", _ghost("east", "services", "10.96.8.0/24"), "east", "networks", "10.96.8.0/24", ("of west",)),
    Defect("pod security", _namespace("west", enforce="restricted"), "west", "admission", "pods of dc2", ("PodSecurity", "restricted")),
    Defect("a quota is too small", _apply("west", _QUOTA), "west", "quota", f"{NAMESPACE}/small", ("1Gi of requests.memory left",)),
    Defect(
        "a limit range is too tight",
        lambda bench: (_namespace("east")(bench), bench.apply("east", _RANGE)),
        "east", "limits", f"{NAMESPACE}/tight", ("cassandra of dc1", "64Gi of memory", "max is 2Gi"),
    ),
    Defect("no node is so big", _nothing, "east", "capacity", "datacenter dc1", ("0 of 1 pods", "of memory left", "64.1Gi")),
    Defect("too few nodes", _nothing, "west", "capacity", "datacenter dc2", ("1 of 2 pods",)),
    Defect("a node port is taken", _apply("east", _PORT), "east", "ports", "node port 30942", ("Service default/web", "dc1 wants it")),
    Defect("a host port is taken", _hold_port, "west", "ports", "node west-node", ("pod default/holder", "9042")),
    Defect("a namespace is going", _leaving_namespace, "hub", "namespaces", f"Namespace {NAMESPACE}", ("is being removed",)),
)  # fmt: skip


def _operator(namespace: str, control_plane: bool) -> tuple[dict[str, Any], ...]:
    image = "cr.k8ssandra.io/k8ssandra/k8ssandra-operator:v1.26.0"
    environment = [{"name": "K8SSANDRA_CONTROL_PLANE", "value": str(control_plane).lower()}, {"name": "WATCH_NAMESPACE", "value": ""}]
    pod = {
        "terminationGracePeriodSeconds": 0,
        "containers": [{"name": "manager", "image": image, "command": ["/none"], "env": environment}],
    }
    labels = {"app": "theirs"}
    spec = {"replicas": 0, "selector": {"matchLabels": labels}, "template": {"metadata": {"labels": labels}, "spec": pod}}
    return _object("Namespace", namespace), _object("Deployment", "theirs", namespace, "apps/v1", spec=spec)


def _definition(context: str, name: str, change: Callable[[str], str] = str) -> Callable[[Bench], object]:
    """A definition as somebody else brought it, with kubectl."""

    def plant(bench: Bench) -> None:
        folder = _CASS_DEFINITIONS if "cassandra.datastax" in name else _DEFINITIONS
        cluster = bench.lab.cluster(context)
        cluster.kubectl("apply", "--server-side", "--filename", "-", stdin=change((folder / name).read_text()))
        group, plural = name.removesuffix(".yaml").split("_")
        bench.undo.append(lambda: cluster.kubectl("delete", f"customresourcedefinition/{plural}.{group}", "--ignore-not-found"))
        _await_served(bench.lab, context, f"{plural}.{group}")

    return plant


def _await_served(lab: Lab, context: str, name: str) -> None:
    def served() -> bool:
        conditions = lab.read(context, f"customresourcedefinition/{name}").get("status", {}).get("conditions") or []
        return any(one["type"] == "Established" and one["status"] == "True" for one in conditions)

    eventually(f"{name} is served in {context}", served)


def _datacenter(context: str, name: str, cluster: str, **labels: str) -> Callable[[Bench], object]:
    named = {f"k8ssandra.io/{key.replace('_', '-')}": value for key, value in labels.items()}
    spec = {**DATACENTER, "clusterName": cluster}
    body = _object("CassandraDatacenter", name, NAMESPACE, "cassandra.datastax.com/v1beta1", named, spec=spec)
    return _apply(context, _object("Namespace", NAMESPACE), body)


def _trusted(bench: Bench) -> None:
    pem, _key = certificate("hub", "webhook", began=200 * DAY, ends=2 * DAY)
    hook = {
        "name": "hook.example.com",
        "clientConfig": {"url": "https://127.0.0.1:9/none", "caBundle": base64.b64encode(pem).decode()},
        "rules": [{"apiGroups": ["none.example.com"], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["nothing"]}],
        "sideEffects": "None",
        "admissionReviewVersions": ["v1"],
    }
    name = "theirs-k8ssandra-operator-webhook"
    bench.apply("hub", _object("ValidatingWebhookConfiguration", name, api="admissionregistration.k8s.io/v1", webhooks=[hook]))


def _silent_cert_manager(bench: Bench) -> None:
    hook = {
        "name": "webhook.cert-manager.io",
        "clientConfig": {"url": "https://127.0.0.1:9/none"},
        "rules": [{"apiGroups": ["cert-manager.io"], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["issuers"]}],
        "sideEffects": "None",
        "admissionReviewVersions": ["v1"],
        "timeoutSeconds": 3,
    }
    bench.apply("west", _object("ValidatingWebhookConfiguration", "silent", api="admissionregistration.k8s.io/v1", webhooks=[hook]))


def _missing_cert_manager(bench: Bench) -> None:
    cluster, name = bench.lab.cluster("hub"), "customresourcedefinition/certificates.cert-manager.io"
    kept = bench.lab.read("hub", name)
    kept = {**kept, "metadata": {key: kept["metadata"][key] for key in ("name", "labels", "annotations") if key in kept["metadata"]}}
    kept.pop("status")
    cluster.kubectl("delete", name)
    bench.undo.append(lambda: _await_served(bench.lab, "hub", "certificates.cert-manager.io"))
    bench.undo.append(lambda: cluster.kubectl("apply", "--server-side", "--filename", "-", stdin=json.dumps(kept)))


def _short_token(bench: Bench) -> None:
    _definition("hub", "config.k8ssandra.io_clientconfigs.yaml")(bench)
    cluster = bench.lab.cluster("hub")
    token = cluster.kubectl("create", "token", "default", "--namespace=default", "--duration=10m").strip()
    text = json.dumps({"users": [{"name": "east", "user": {"token": token}}]})
    spec = {"contextName": "east", "kubeConfigSecret": {"name": "east-kubeconfig"}}
    bench.apply(
        "hub",
        _object("Namespace", NAMESPACE),
        _object("Secret", "east-kubeconfig", NAMESPACE, stringData={"kubeconfig": text}),
        _object("ClientConfig", "east", NAMESPACE, "config.k8ssandra.io/v1beta1", spec=spec),
    )


def _unrenewed(bench: Bench) -> None:
    spec = {"secretName": "webhook-server-cert", "dnsNames": ["theirs"], "issuerRef": {"name": "nobody"}}
    bench.apply("west", _object("Namespace", NAMESPACE), _object("Certificate", "webhook", NAMESPACE, "cert-manager.io/v1", spec=spec))
    status = {"notBefore": "2020-01-01T00:00:00Z", "notAfter": "2020-04-01T00:00:00Z"}
    words = ("patch", "certificate/webhook", "--subresource=status", "--type=merge", f"--patch={json.dumps({'status': status})}")
    bench.lab.cluster("west").kubectl(*words)


# Whose the contexts are, how we reach them, and what ends. The options of the round give east a certificate that ends, and west a
# server whose clock and version are wrong; `twin`, `other` and `limited` are further contexts.
ROUND_OF_OWNERS: tuple[Defect, ...] = (
    Defect("another cluster than the pin", _nothing, "other", "reachable", "API server", ("the pin is",)),
    Defect("one cluster twice", _nothing, "twin", "identity", "cluster ", ("twin and hub are the same cluster",)),
    Defect("rights of a namespace only", _nothing, "limited", "rights", "customresourcedefinitions", ("lacks this right",)),
    Defect("nodes may not be read", _nothing, "limited", "capacity", "capacity", ("could not look", "nodes"), "note"),
    Defect("a log-in ends", _nothing, "east", "certificates", "client certificate of the log-in", ("in 3 days",), "warning"),
    Defect("an API server's certificate ends", _nothing, "west", "certificates", "serving certificate of", ("in 3 days",), "warning"),
    Defect("a clock is ahead", _nothing, "west", "clock", "clock of the API server", ("ahead of", "90 s")),
    Defect("a server is too old", _nothing, "west", "version", "API server v1.19.3", ("is not Kubernetes 1.21 or newer",)),
    Defect(
        "another control plane beside ours", _apply("hub", *_operator("theirs", True)),
        "hub", "control-plane", "Deployment theirs/theirs", ("another control plane", "all namespaces"),
    ),
    Defect(
        "a control plane in a data plane", _apply("east", *_operator("theirs", True)),
        "east", "control-plane", "Deployment theirs/theirs", ("is a control plane", "is in hub"),
    ),
    Defect(
        "a definition of somebody else", _definition("east", "cassandra.datastax.com_cassandradatacenters.yaml"),
        "east", "definitions", "cassandradatacenters.cassandra.datastax.com", ("not installed by this collection", "kubectl"), "warning",
    ),
    Defect(
        "a datacenter of another control plane", _datacenter("east", "lost", "lost", cluster_name="lost", cluster_namespace="far"),
        "east", "control-plane", f"CassandraDatacenter {NAMESPACE}/lost", ("far/lost", "hub does not have"),
    ),
    Defect(
        "a datacenter of that name", _datacenter("east", "dc1", "lonely"),
        "east", "names", f"CassandraDatacenter {NAMESPACE}/dc1", ("belongs to", "lonely"),
    ),
    Defect(
        "a cluster of the same cleaned name", _datacenter("east", "dcx", "De_mo"),
        "east", "names", f"CassandraDatacenter {NAMESPACE}/dcx", ("already has the Service de-mo-seed-service",),
    ),
    Defect(
        "a definition that is too old",
        _definition("hub", "k8ssandra.io_k8ssandraclusters.yaml", lambda text: text.replace("name: v1alpha1", "name: v1alpha0")),
        "hub", "definitions", "k8ssandraclusters.k8ssandra.io", ("serves v1alpha0 and not v1alpha1",),
    ),
    Defect("a webhook's trust ends", _trusted, "hub", "certificates", "theirs-k8ssandra-operator-webhook", ("in 2 days",), "warning"),
    Defect("a token ends", _short_token, "hub", "certificates", "token of ClientConfig east", ("within a day",), "warning"),
    Defect("a certificate is not renewed", _unrenewed, "west", "certificates", f"Certificate {NAMESPACE}/webhook", ("ended at 2020",)),
    Defect("cert-manager does not answer", _silent_cert_manager, "west", "cert-manager", "cert-manager", ("webhook does not answer",)),
    Defect("cert-manager is not there", _missing_cert_manager, "hub", "cert-manager", "cert-manager", ("no certificates",)),
)  # fmt: skip
