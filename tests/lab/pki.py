"""Keys and certificates of a cluster, made with the openssl command, and kubeconfig files that use them."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from pathlib import Path

from .layout import API_SERVICE, KUBECONFIG, Cluster
from .steps import run

_DAYS = 365
# Subject of every client; only lab-admin is given to people, so that the audit log tells their requests from the lab's own.
_CLIENTS = {
    "lab-admin": "/O=system:masters/CN=lab-admin",
    "lab-controller": "/O=system:masters/CN=lab-controller",
    "apiserver-kubelet": "/CN=apiserver-kubelet",
    "controller-manager": "/CN=system:kube-controller-manager",
    "scheduler": "/CN=system:kube-scheduler",
    "proxy": "/CN=system:kube-proxy",
}


def make_keys(cluster: Cluster) -> None:
    """Fill the cluster's `pki` folder: authority, server and client certificates, kubeconfigs, account signing key."""
    folder = cluster.folder / "pki"
    folder.mkdir(parents=True, mode=0o700)
    doing = f"making the certificates of {cluster.name}"
    authority = ["openssl", "req", "-x509", *_new_key(folder / "ca.key"), "-subj", f"/CN={cluster.name}-ca"]
    run([*authority, "-days", str(_DAYS), "-out", folder / "ca.crt"], doing=doing)
    names = ["DNS:localhost", "IP:127.0.0.1", f"IP:{cluster.address}", f"IP:{API_SERVICE}"]
    service = "kubernetes.default.svc"
    names += [f"DNS:{name}" for name in ("kubernetes", "kubernetes.default", service, f"{service}.cluster.local")]
    sign(folder, "apiserver", "/CN=kube-apiserver", names)
    sign(folder, "kubelet", f"/O=system:nodes/CN=system:node:{cluster.node}", [f"IP:{cluster.address}"])
    for name, subject in _CLIENTS.items():
        sign(folder, name, subject, [])
    for name in ("kubelet", "lab-controller", "controller-manager", "scheduler", "proxy"):
        write_kubeconfig(folder / f"{name}.kubeconfig", [cluster], name)
    run(["openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", folder / "accounts.key"], doing=doing)
    run(["openssl", "ec", "-in", folder / "accounts.key", "-pubout", "-out", folder / "accounts.pub"], doing=doing)


def sign(folder: Path, name: str, subject: str, names: Sequence[str]) -> None:
    """Write NAME.key and NAME.crt, signed by the folder's ca.crt and ca.key. Raises LabError when openssl refuses."""
    doing = f"signing the certificate of {name}"
    command: list[str | Path] = ["openssl", "req", "-x509", *_new_key(folder / f"{name}.key"), "-subj", subject]
    command += ["-CA", folder / "ca.crt", "-CAkey", folder / "ca.key", "-days", str(_DAYS), "-out", folder / f"{name}.crt"]
    command += ["-addext", "basicConstraints=critical,CA:FALSE", "-addext", "extendedKeyUsage=serverAuth,clientAuth"]
    if names:
        command += ["-addext", f"subjectAltName={','.join(names)}"]
    run(command, doing=doing)


def write_kubeconfig(path: Path, clusters: Sequence[Cluster], client: str) -> None:
    """Write a kubeconfig (JSON, which is YAML too) with one context per cluster, readable by its owner only."""
    content = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": cluster.name, "cluster": _server(cluster)} for cluster in clusters],
        "users": [{"name": f"{client}@{cluster.name}", "user": _login(cluster, client)} for cluster in clusters],
        "contexts": [
            {"name": cluster.name, "context": {"cluster": cluster.name, "user": f"{client}@{cluster.name}"}} for cluster in clusters
        ],
        "current-context": clusters[0].name if len(clusters) == 1 and path != KUBECONFIG else "",
    }
    unfinished = path.with_name(f".{path.name}.part")
    unfinished.touch(mode=0o600)
    unfinished.write_text(json.dumps(content, indent=2) + "\n")
    unfinished.rename(path)


def _server(cluster: Cluster) -> dict[str, str]:
    return {"server": cluster.server, "certificate-authority-data": _inline(cluster.folder / "pki" / "ca.crt")}


def _login(cluster: Cluster, client: str) -> dict[str, str]:
    folder = cluster.folder / "pki"
    return {
        "client-certificate-data": _inline(folder / f"{client}.crt"),
        "client-key-data": _inline(folder / f"{client}.key"),
    }


def _inline(path: Path) -> str:
    return base64.b64encode(path.read_bytes()).decode()


def _new_key(path: Path) -> list[str | Path]:
    # Elliptic curves: an RSA key costs up to 0.3 s, and a cluster needs nine of them.
    return ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", path]
