"""What every cluster gets once its API server answers: CoreDNS, the default StorageClass, cert-manager's CRDs."""

from __future__ import annotations

import re

from .api import Api, Object
from .layout import DNS_SERVICE, MANIFESTS
from .volumes import CLASS, PROVISIONER

_SYSTEM = "kube-system"
_LABELS = {"k8s-app": "kube-dns"}
_RBAC = "rbac.authorization.k8s.io"
_COREFILE = """\
cluster.local:53 in-addr.arpa:53 {
    errors
    ready :8181
    kubernetes cluster.local in-addr.arpa {
        pods insecure
        ttl 5
    }
}
# Nothing outside of the lab has a name in it.
.:53 {
    template ANY ANY {
        rcode NXDOMAIN
    }
}
"""


def apply(api: Api, *, cert_manager: bool) -> None:
    """Apply all of it, cert-manager's CRDs if asked; applying again changes nothing. Raises ApiError, OSError."""
    api.apply("/apis/storage.k8s.io/v1/storageclasses/" + CLASS, _STORAGE_CLASS)
    for path, kind, spec in _dns():
        name = path.rsplit("/", 1)[1]
        group = path.split("/")[2] if path.startswith("/apis/") else ""
        version = f"{group}/v1" if group else "v1"
        api.apply(path, {"apiVersion": version, "kind": kind, "metadata": {"name": name, "labels": _LABELS}, **spec})
    if cert_manager:
        _apply_cert_manager(api)


def _apply_cert_manager(api: Api) -> None:
    for definition in sorted((MANIFESTS / "cert-manager").glob("*.yaml")):
        # The files are chart templates, but only their labels are templated.
        plain = re.sub(r"(?m)^.*\{\{.*$\n", "", definition.read_text())
        if named := re.search(r"(?m)^  name: (\S+)$", plain):
            api.apply(f"/apis/apiextensions.k8s.io/v1/customresourcedefinitions/{named[1]}", plain.encode())


_STORAGE_CLASS: Object = {
    "apiVersion": "storage.k8s.io/v1",
    "kind": "StorageClass",
    "metadata": {"name": CLASS, "annotations": {"storageclass.kubernetes.io/is-default-class": "true"}},
    "provisioner": PROVISIONER,
    "reclaimPolicy": "Delete",
    "volumeBindingMode": "WaitForFirstConsumer",
}


def _dns() -> list[tuple[str, str, Object]]:
    core, apps, rbac = f"/api/v1/namespaces/{_SYSTEM}", f"/apis/apps/v1/namespaces/{_SYSTEM}", f"/apis/{_RBAC}/v1"
    account = {"kind": "ServiceAccount", "name": "coredns", "namespace": _SYSTEM}
    reads: list[Object] = [
        {"apiGroups": [""], "resources": ["endpoints", "services", "pods", "namespaces"], "verbs": ["list", "watch"]},
        {"apiGroups": ["discovery.k8s.io"], "resources": ["endpointslices"], "verbs": ["list", "watch"]},
    ]
    role = {"apiGroup": _RBAC, "kind": "ClusterRole", "name": "system:coredns"}
    ports = [{"name": "dns", "port": 53, "protocol": "UDP"}, {"name": "dns-tcp", "port": 53, "protocol": "TCP"}]
    service = {"selector": _LABELS, "clusterIP": DNS_SERVICE, "ports": ports}
    return [
        (f"{core}/serviceaccounts/coredns", "ServiceAccount", {}),
        (f"{rbac}/clusterroles/system:coredns", "ClusterRole", {"rules": reads}),
        (f"{rbac}/clusterrolebindings/system:coredns", "ClusterRoleBinding", {"subjects": [account], "roleRef": role}),
        (f"{core}/configmaps/coredns", "ConfigMap", {"data": {"Corefile": _COREFILE}}),
        (f"{core}/services/kube-dns", "Service", {"spec": service}),
        (f"{apps}/deployments/coredns", "Deployment", {"spec": _dns_deployment()}),
    ]


def _dns_deployment() -> Object:
    container = {
        "name": "coredns",
        "image": "docker.io/lab/coredns:1",
        "imagePullPolicy": "Never",
        "args": ["-conf", "/etc/coredns/Corefile"],
        "volumeMounts": [{"name": "config", "mountPath": "/etc/coredns", "readOnly": True}],
        "readinessProbe": {"httpGet": {"path": "/ready", "port": 8181}, "periodSeconds": 1},
    }
    pod = {
        "serviceAccountName": "coredns",
        "priorityClassName": "system-cluster-critical",
        "dnsPolicy": "Default",
        "terminationGracePeriodSeconds": 1,
        "containers": [container],
        "volumes": [{"name": "config", "configMap": {"name": "coredns"}}],
    }
    return {
        "replicas": 1,
        "selector": {"matchLabels": _LABELS},
        "template": {"metadata": {"labels": _LABELS}, "spec": pod},
    }
