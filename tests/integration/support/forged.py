"""What the lab cannot have by itself: certificates that end soon, and an API server whose clock and version are wrong."""

from __future__ import annotations

import base64
import copy
import http.client
import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from .lab import STATE, kubeconfig

DAY = timedelta(days=1)


def certificate(context: str, name: str, *, began: timedelta, ends: timedelta, organization: str = "") -> tuple[bytes, bytes]:
    """A certificate and its key in PEM, signed by the authority of a cluster, good from some time ago to some time from now."""
    pki = STATE / context / "pki"
    authority = x509.load_pem_x509_certificate((pki / "ca.crt").read_bytes())
    signer = serialization.load_pem_private_key((pki / "ca.key").read_bytes(), None)
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    attributes = [x509.NameAttribute(x509.NameOID.COMMON_NAME, name)]
    attributes += [x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, organization)] if organization else []
    built = (
        x509.CertificateBuilder()
        .subject_name(x509.Name(attributes))
        .issuer_name(authority.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - began)
        .not_valid_after(now + ends)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.public_key()), critical=False)
        .sign(signer, hashes.SHA256())  # type: ignore[arg-type]  # the lab's authorities have keys of a kind that signs
    )
    secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return built.public_bytes(serialization.Encoding.PEM), secret


def kubeconfig_with(path: Path, context: str, *, user: dict[str, Any] | None = None, server: str = "") -> str:
    """Writes the lab's kubeconfig with another user or server in one context; its path."""
    content = copy.deepcopy(dict(kubeconfig()))
    for entry in content["users"]:
        if user and entry["name"] == f"lab-admin@{context}":
            entry["user"] = user
    for entry in content["clusters"]:
        if server and entry["name"] == context:
            entry["cluster"]["server"] = server
    path.write_text(json.dumps(content))
    path.chmod(0o600)
    return str(path)


def user_of(pem: bytes, key: bytes) -> dict[str, str]:
    """A kubeconfig's user that logs in with a certificate."""
    encoded = [base64.b64encode(text).decode() for text in (pem, key)]
    return {"client-certificate-data": encoded[0], "client-key-data": encoded[1]}


@contextmanager
def odd_server(context: str, folder: Path, *, ahead: timedelta, version: str, ends: timedelta) -> Iterator[str]:
    """Passes requests on to a cluster's API server, and says another time and version, with a certificate that ends soon; its URL."""
    pem, key = certificate(context, "odd", began=DAY, ends=ends)
    (folder / "odd.pem").write_bytes(pem + key)
    (folder / "odd.pem").chmod(0o600)
    offered = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    offered.load_cert_chain(folder / "odd.pem")
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Odd", (_Odd,), {"behind": context, "ahead": ahead, "version": version}))
    server.socket = offered.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"https://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


class _Odd(BaseHTTPRequestHandler):
    """One request, passed on as the lab's person."""

    protocol_version = "HTTP/1.1"
    behind, ahead, version = "", timedelta(), ""

    def _pass_on(self) -> None:
        pki = STATE / self.behind / "pki"
        trust = ssl.create_default_context(cafile=str(pki / "ca.crt"))
        trust.load_cert_chain(pki / "lab-admin.crt", pki / "lab-admin.key")
        cluster = next(entry["cluster"] for entry in kubeconfig()["clusters"] if entry["name"] == self.behind)
        asked = http.client.HTTPSConnection(urlsplit(cluster["server"]).netloc, context=trust, timeout=30)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        kept = {name: value for name, value in self.headers.items() if name.lower() in ("accept", "content-type", "user-agent")}
        asked.request(self.command, self.path, body or None, kept)
        answer = asked.getresponse()
        text = answer.read()
        if self.path == "/version":
            text = json.dumps({**json.loads(text), "gitVersion": self.version}).encode()
        self.send_response_only(answer.status)
        self.send_header("Date", format_datetime(datetime.now(UTC) + self.ahead, usegmt=True))
        self.send_header("Content-Type", answer.headers.get("Content-Type", "application/json"))
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)
        asked.close()

    do_GET = do_POST = do_PATCH = do_DELETE = _pass_on

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing: what is asked is in the audit log of the API server behind."""
