# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Log-ins of all kinds: what a plugin answers, how it fails, and that no certificate or key gets into a file."""

from __future__ import annotations

import base64
import datetime
import json
import time
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from plugins.module_utils._core.kubeconfig import Access
from plugins.module_utils._kube import plugin
from plugins.module_utils._kube.errors import ClusterError, Unauthorized, Unreachable
from plugins.module_utils._kube.log_in import log_in

VERSION = "client.authentication.k8s.io/v1"


def _pair() -> tuple[str, str]:
    """A certificate that signed itself, and its key, in PEM."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "somebody")])
    began = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    built = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
    built = built.not_valid_before(began).not_valid_after(began + datetime.timedelta(days=9999))
    pem = built.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return pem.decode(), secret.decode()


PEM, KEY = _pair()


def _encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _access(user: dict[str, Any], folder: str = "", **cluster: Any) -> Access:
    kubeconfig = {
        "contexts": [{"name": "east", "context": {"cluster": "c", "user": "u"}}],
        "clusters": [{"name": "c", "cluster": {"server": "https://east.example:6443", **cluster}}],
        "users": [{"name": "u", "user": user}],
    }
    return Access("east", "east", kubeconfig, folder)


def _exec(script: str, **more: Any) -> dict[str, Any]:
    return {"exec": {"apiVersion": VERSION, "command": "/bin/sh", "args": ["-c", script], **more}}


def _answering(**status: Any) -> str:
    return f"echo '{json.dumps({'apiVersion': VERSION, 'kind': 'ExecCredential', 'status': status})}'"


@pytest.fixture
def shared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for temporary files."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


def test_certificates_and_keys_get_into_no_file(shared: Path) -> None:
    user = {"client-certificate-data": _encoded(PEM), "client-key-data": _encoded(KEY)}
    opened = log_in(_access(user, **{"certificate-authority-data": _encoded(PEM)}))
    assert list(shared.iterdir()) == []
    context = opened.pool.connection_pool_kw["ssl_context"]
    assert context.cert_store_stats()["x509"] == 1
    assert "ca_certs" not in {name for name, value in opened.pool.connection_pool_kw.items() if value}
    assert opened.headers() == {}


def test_files_that_a_kubeconfig_names_are_read_where_they_are(shared: Path) -> None:
    for name, text in (("ca.crt", PEM), ("me.crt", PEM), ("me.key", KEY)):
        (shared / name).write_text(text)
    opened = log_in(_access({"client-certificate": "me.crt", "client-key": "me.key"}, str(shared), **{"certificate-authority": "ca.crt"}))
    assert opened.pool.connection_pool_kw["ssl_context"].cert_store_stats()["x509"] == 1


def test_a_plugin_gives_a_token_until_it_ends(shared: Path) -> None:
    opened = log_in(_access(_exec(_answering(token="t0", expirationTimestamp="2026-11-21T10:00:00Z"))))
    assert opened.headers() == {"Authorization": "Bearer t0"}
    ends = datetime.datetime(2026, 11, 21, 10, tzinfo=datetime.UTC).timestamp()
    assert opened.holds(ends - 100)
    assert not opened.holds(ends - 10)


def test_a_plugin_gives_a_certificate_which_gets_into_no_file_either(shared: Path) -> None:
    opened = log_in(_access(_exec(_answering(clientCertificateData=PEM, clientKeyData=KEY).replace("\\n", "\\\\n"))))
    assert opened.pool.connection_pool_kw["ssl_context"]
    assert opened.holds(1e12)
    assert list(shared.iterdir()) == []


def test_a_plugin_is_told_of_the_cluster_and_what_the_kubeconfig_says() -> None:
    script = 'test "$WHO" = me && echo "$KUBERNETES_EXEC_INFO" | grep -q east.example && ' + _answering(token="t0")
    assert log_in(_access(_exec(script, provideClusterInfo=True, env=[{"name": "WHO", "value": "me"}]))).headers()


FAILURES = {
    "fails": (_exec("echo no session >&2; exit 3"), "it ended with 3: no session"),
    "is not there": ({"exec": {"apiVersion": VERSION, "command": "/nowhere/plugin"}}, "cannot be run: No such file"),
    "prints nonsense": (_exec("echo hello"), "is not JSON"),
    "prints something else": (_exec("echo '{}'"), "is no ExecCredential"),
    "speaks another version": (_exec(_answering(token="t0"), apiVersion="client.authentication.k8s.io/v1beta1"), "v1beta1"),
    "gives nothing": (_exec(_answering()), "neither a token nor a certificate"),
}


@pytest.mark.parametrize("name", FAILURES)
def test_a_plugin_that_does_not_log_in_is_named_with_the_cause(name: str) -> None:
    user, words = FAILURES[name]
    with pytest.raises(Unauthorized, match=words) as raised:
        log_in(_access(user))
    assert str(raised.value).startswith(f"context east: logging in by the kubeconfig's plugin {user['exec']['command']}")


SAID = {
    "a variable": ({"env": [{"name": "CLIENT_SECRET", "value": "planted"}]}, 'echo "bad $CLIENT_SECRET"'),
    "an option": ({"args": ["--client-secret=planted"]}, 'echo "bad ${1#*=}"'),
    "an option and its value": ({"args": ["--token", "planted"]}, 'echo "bad $2"'),
    "the token that it has": ({}, "echo bad eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJrIn0.planted"),
}


@pytest.mark.parametrize("name", SAID)
def test_what_a_plugin_complains_of_is_quoted_without_its_secrets(name: str) -> None:
    given, script = SAID[name]
    entry = _exec(f"{script} >&2; exit 3", **{key: value for key, value in given.items() if key == "env"})
    entry["exec"]["args"] += ["plugin", *given.get("args", [])]
    with pytest.raises(Unauthorized, match=r"it ended with 3: bad \(masked\)") as raised:
        log_in(_access(entry))
    assert "planted" not in str(raised.value)


@pytest.mark.parametrize("script", ["sleep 30", "sleep 30 & wait", "read answer; sleep 30"], ids=["itself", "its child", "after asking"])
def test_a_plugin_that_hangs_is_ended(script: str) -> None:
    began = time.monotonic()
    with pytest.raises(Unauthorized, match="did not answer in 0.5 s"):
        plugin.ask_plugin(_access(_exec(script)), seconds=0.5)
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    ("user", "error"),
    [
        ({"client-certificate": "gone.crt", "client-key": "gone.key"}, Unauthorized),
        ({"client-certificate-data": _encoded("nonsense"), "client-key-data": _encoded(KEY)}, Unreachable),
        ({"client-certificate-data": "%", "client-key-data": "%"}, Unreachable),
    ],
    ids=["missing", "no certificate", "not base64"],
)
def test_a_certificate_that_cannot_be_used_is_named_with_its_context(user: dict[str, Any], error: type[ClusterError]) -> None:
    with pytest.raises(error, match="context east: reading the kubeconfig"):
        log_in(_access(user))
