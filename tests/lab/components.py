"""The processes of a machine: their command lines, their configuration files, and what each waits for."""

from __future__ import annotations

import json
import socket
import ssl
import sys
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .layout import DNS_SERVICE, SERVICE_NETWORK, STATE, Cluster

PARTS = ("etcd", "apiserver", "controller-manager", "scheduler", "containerd", "kubelet", "proxy", "lab-controller")
SOCKET = "/run/containerd/containerd.sock"
_ETCD_PORT = 2379


@dataclass(frozen=True)
class Component:
    """One supervised process; it is started as soon as `may_start` is true."""

    name: str
    command: list[str]
    may_start: Callable[[], bool]


def components(cluster: Cluster) -> list[Component]:
    """All processes of a machine, in the order they are wanted."""

    def api_ready() -> bool:
        return _api_answers(cluster)

    def etcd_open() -> bool:
        return _port_open(_ETCD_PORT)

    def node_may_start() -> bool:
        return Path(SOCKET).exists() and api_ready()

    controller = [sys.executable, "-m", "tests.lab.controller", cluster.name]
    return [
        Component("etcd", _etcd(cluster), lambda: True),
        Component("containerd", ["containerd", "--config", str(cluster.folder / "containerd.toml")], lambda: True),
        Component("apiserver", _apiserver(cluster), etcd_open),
        Component("controller-manager", _controller_manager(cluster), api_ready),
        Component("kubelet", _kubelet(cluster), node_may_start),
        Component("lab-controller", controller, api_ready),
        Component("scheduler", [_bin("kube-scheduler"), *_client(cluster, "scheduler"), "--leader-elect=false"], api_ready),
        Component("proxy", _proxy(cluster), api_ready),
    ]


def write_configuration(cluster: Cluster) -> None:
    """Write the files that the processes read. JSON where YAML is read: it is a part of it."""
    folder = cluster.folder
    # CoreDNS answers for the cluster only; nothing of the host's resolver gets into a pod.
    (folder / "resolv.conf").write_text(f"nameserver {DNS_SERVICE}\n")
    _write(folder / "audit-policy.json", _AUDIT_POLICY)
    _write(folder / "kubelet.json", _kubelet_configuration(cluster))
    (folder / "containerd.toml").write_text(_CONTAINERD.format(folder=folder, socket=SOCKET))
    (folder / "cni").mkdir()
    addresses = {"type": "host-local", "ranges": [[{"subnet": cluster.pod_network}]], "routes": [{"dst": "0.0.0.0/0"}]}
    # ptp and not bridge: Service traffic between pods of one node would bypass kube-proxy's rules on a bridge.
    plugin = {"type": "ptp", "ipMasq": False, "ipam": addresses}
    _write(folder / "cni" / "10-pods.conflist", {"cniVersion": "0.4.0", "name": "pods", "plugins": [plugin]})


_AUDIT_POLICY = {
    "apiVersion": "audit.k8s.io/v1",
    "kind": "Policy",
    "omitStages": ["RequestReceived", "ResponseStarted"],
    "rules": [{"level": "Metadata"}],
}

_CONTAINERD = """\
version = 2
root = "/var/lib/containerd"
state = "/run/containerd"
[grpc]
  address = "{socket}"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "docker.io/lab/pause:1"
  # Lowering an OOM score needs CAP_SYS_RESOURCE, which a lab host may lack.
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "{folder}/cni"
"""


def _etcd(cluster: Cluster) -> list[str]:
    client, peer = f"http://127.0.0.1:{_ETCD_PORT}", "http://127.0.0.1:2380"
    listen = [f"--listen-client-urls={client}", f"--advertise-client-urls={client}", f"--listen-peer-urls={peer}"]
    return [_bin("server"), f"--data-dir={cluster.folder}/etcd", *listen, "--unsafe-no-fsync", "--log-level=warn"]


def _apiserver(cluster: Cluster) -> list[str]:
    pki = cluster.folder / "pki"
    return [
        _bin("kube-apiserver"),
        f"--etcd-servers=http://127.0.0.1:{_ETCD_PORT}",
        f"--advertise-address={cluster.address}",
        "--secure-port=6443",
        f"--tls-cert-file={pki}/apiserver.crt",
        f"--tls-private-key-file={pki}/apiserver.key",
        f"--client-ca-file={pki}/ca.crt",
        f"--service-account-key-file={pki}/accounts.pub",
        f"--service-account-signing-key-file={pki}/accounts.key",
        "--service-account-issuer=https://kubernetes.default.svc",
        f"--service-cluster-ip-range={SERVICE_NETWORK}",
        "--authorization-mode=Node,RBAC",
        # Webhooks are called at the address of their pod: no kube-proxy rule is needed for them.
        "--enable-aggregator-routing=true",
        "--allow-privileged=true",
        f"--kubelet-client-certificate={pki}/apiserver-kubelet.crt",
        f"--kubelet-client-key={pki}/apiserver-kubelet.key",
        "--kubelet-preferred-address-types=InternalIP",
        f"--audit-policy-file={cluster.folder}/audit-policy.json",
        f"--audit-log-path={cluster.folder}/audit.log",
        "--audit-log-maxsize=4000",
        "--profiling=false",
    ]


def _controller_manager(cluster: Cluster) -> list[str]:
    pki = cluster.folder / "pki"
    return [
        _bin("kube-controller-manager"),
        *_client(cluster, "controller-manager"),
        f"--service-account-private-key-file={pki}/accounts.key",
        f"--root-ca-file={pki}/ca.crt",
        f"--cluster-signing-cert-file={pki}/ca.crt",
        f"--cluster-signing-key-file={pki}/ca.key",
        "--use-service-account-credentials=true",
        "--leader-elect=false",
        "--profiling=false",
    ]


def _kubelet(cluster: Cluster) -> list[str]:
    identity = [f"--hostname-override={cluster.node}", f"--node-ip={cluster.address}"]
    return [_bin("kubelet"), f"--config={cluster.folder}/kubelet.json", *_client(cluster, "kubelet"), *identity]


def _proxy(cluster: Cluster) -> list[str]:
    # Connection tracking limits belong to the host and cannot be written here: 0 leaves them alone.
    limits = ("max-per-core", "tcp-timeout-established", "tcp-timeout-close-wait")
    return [
        _bin("kube-proxy"),
        *_client(cluster, "proxy"),
        "--proxy-mode=nftables",
        f"--cluster-cidr={cluster.pod_network}",
        f"--hostname-override={cluster.node}",
        *[f"--conntrack-{limit}=0" for limit in limits],
    ]


def _kubelet_configuration(cluster: Cluster) -> dict[str, object]:
    pki = cluster.folder / "pki"
    return {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "cgroupDriver": "cgroupfs",
        "cgroupRoot": f"/{cluster.link}",
        "cgroupsPerQOS": True,
        "enforceNodeAllocatable": [],
        "failCgroupV1": False,
        "failSwapOn": False,
        "localStorageCapacityIsolation": False,
        "makeIPTablesUtilChains": False,
        "containerRuntimeEndpoint": f"unix://{SOCKET}",
        "authentication": {
            "anonymous": {"enabled": False},
            "webhook": {"enabled": True},
            "x509": {"clientCAFile": f"{pki}/ca.crt"},
        },
        "authorization": {"mode": "AlwaysAllow"},
        "tlsCertFile": f"{pki}/kubelet.crt",
        "tlsPrivateKeyFile": f"{pki}/kubelet.key",
        "evictionHard": {"memory.available": "100Mi"},
        # The images cannot be pulled again, so they are never collected.
        "imageGCHighThresholdPercent": 100,
        "resolvConf": f"{cluster.folder}/resolv.conf",
        "clusterDNS": [DNS_SERVICE],
        "clusterDomain": "cluster.local",
    }


def _api_answers(cluster: Cluster) -> bool:
    trusted = ssl.create_default_context(cafile=str(cluster.folder / "pki" / "ca.crt"))
    try:
        with urllib.request.urlopen("https://127.0.0.1:6443/readyz", timeout=2, context=trusted) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _port_open(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False


def _client(cluster: Cluster, name: str) -> list[str]:
    return [f"--kubeconfig={cluster.folder}/pki/{name}.kubeconfig"]


def _bin(name: str) -> str:
    return str(STATE / "bin" / name)


def _write(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, indent=2) + "\n")
