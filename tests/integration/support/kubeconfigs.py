"""Kubeconfigs that are wrong, each in one way."""

from __future__ import annotations

import base64
import copy
import json
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.lab.cql import Cluster

from .lab import STATE, kubeconfig


def write_all(folder: Path) -> None:
    """Writes every wrong kubeconfig into a folder, under its name."""
    for name, content in _TEXTS.items():
        (folder / name).write_text(content)
    for name, spoil in _SPOILT.items():
        content = copy.deepcopy(dict(kubeconfig()))
        spoil(content)
        (folder / name).write_text(json.dumps(content))
        (folder / name).chmod(0o600)


def _hub(content: dict[str, Any], section: str) -> dict[str, Any]:
    """What hub's entry of a section holds."""
    found: dict[str, Any] = content[section][0][section.removesuffix("s")]
    return found


def _without_section(section: str) -> Callable[[dict[str, Any]], None]:
    def spoil(content: dict[str, Any]) -> None:
        content[section] = content[section][1:]

    return spoil


def _with_cluster(**fields: Any) -> Callable[[dict[str, Any]], None]:
    def spoil(content: dict[str, Any]) -> None:
        cluster = _hub(content, "clusters")
        for name, value in fields.items():
            cluster[name.replace("_", "-")] = value
        content["clusters"][0]["cluster"] = {name: value for name, value in cluster.items() if value is not None}

    return spoil


def _with_user(make: Callable[[], dict[str, Any]]) -> Callable[[dict[str, Any]], None]:
    def spoil(content: dict[str, Any]) -> None:
        content["users"][0]["user"] = make()

    return spoil


def _with_ca_of_east(content: dict[str, Any]) -> None:
    _hub(content, "clusters")["certificate-authority-data"] = content["clusters"][1]["cluster"]["certificate-authority-data"]


def expired_token(context: str = "hub", namespace: str = "default", name: str = "default") -> dict[str, Any]:
    """A kubeconfig's user with a token of a real account, signed with the cluster's own key, whose time is over."""
    now = int(time.time())
    account = {"namespace": namespace, "serviceaccount": {"name": name, "uid": "00000000-0000-0000-0000-000000000000"}}
    issuer = "https://kubernetes.default.svc.cluster.local"
    claims = {"iss": issuer, "aud": [issuer], "sub": f"system:serviceaccount:{namespace}:{name}", "kubernetes.io": account}
    times = {"iat": now - 7200, "nbf": now - 7200, "exp": now - 3600}
    signed = b".".join(_url64(json.dumps(part).encode()) for part in ({"alg": "ES256", "typ": "JWT"}, {**claims, **times}))
    key = STATE / context / "pki" / "accounts.key"
    der = subprocess.run(["openssl", "dgst", "-sha256", "-sign", str(key)], input=signed, capture_output=True, check=True).stdout
    return {"token": (signed + b"." + _url64(_raw(der))).decode()}


def _raw(der: bytes) -> bytes:
    """The two numbers of an ECDSA signature, as a token wants them, from its DER form."""
    found, at = b"", 2
    for _attempt in range(2):
        length = der[at + 1]
        found += der[at + 2 : at + 2 + length].lstrip(b"\0").rjust(32, b"\0")
        at += 2 + length
    return found


def _url64(raw: bytes) -> bytes:
    return base64.urlsafe_b64encode(raw).rstrip(b"=")


_TEXTS = {
    "empty": "",
    "not-yaml": "apiVersion: v1\n  kind: [Config\n",
    "a-list": "- one\n- two\n",
    "no-contexts": "apiVersion: v1\nkind: Config\ncontexts: []\n",
}
_SPOILT: dict[str, Callable[[dict[str, Any]], None]] = {
    "no-cluster": _without_section("clusters"),
    "no-user": _without_section("users"),
    "no-server": _with_cluster(server=None),
    "loopback": _with_cluster(server="https://127.0.0.1:6443"),
    "plain-http": _with_cluster(server="http://10.0.0.1:8080"),
    "insecure": _with_cluster(insecure_skip_tls_verify=True, certificate_authority_data=None),
    "refused": _with_cluster(server="https://127.0.0.1:9"),
    "wrong-ca": _with_ca_of_east,
    "bad-ca": _with_cluster(certificate_authority_data="bm90IGEgY2VydGlmaWNhdGU="),
    "expired-token": _with_user(expired_token),
    "unknown-token": _with_user(lambda: {"token": "never-issued"}),
    "no-log-in": _with_user(dict),
    "missing-key-file": _with_user(lambda: {"client-certificate": "gone.crt", "client-key": "gone.key"}),
}


def limited_user(cluster: Cluster) -> dict[str, Any]:
    """A kubeconfig's user who is nobody in particular: the account that every namespace has, without a right of its own."""
    token = cluster.kubectl("create", "token", "default", "--namespace=default", "--duration=720h").strip()
    return {"token": token}
