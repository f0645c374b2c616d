"""What the lab cannot have by itself: certificates that end when we like, and kubeconfigs with another user, server or authority."""

from __future__ import annotations

import base64
import copy
import json
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

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


def kubeconfig_with(path: Path, context: str, *, user: dict[str, Any] | None = None, server: str = "", authority_of: str = "") -> str:
    """Writes the lab's kubeconfig with another user, server or cluster's authority in one context; its path."""
    content = copy.deepcopy(dict(kubeconfig()))
    authorities = {entry["name"]: entry["cluster"]["certificate-authority-data"] for entry in content["clusters"]}
    for entry in content["users"]:
        if user and entry["name"] == f"lab-admin@{context}":
            entry["user"] = user
    for entry in content["clusters"]:
        if server and entry["name"] == context:
            entry["cluster"]["server"] = server
        if authority_of and entry["name"] == context:
            entry["cluster"]["certificate-authority-data"] = authorities[authority_of]
    path.write_text(json.dumps(content))
    path.chmod(0o600)
    return str(path)


def user_of(pem: bytes, key: bytes) -> dict[str, str]:
    """A kubeconfig's user that logs in with a certificate."""
    encoded = [base64.b64encode(text).decode() for text in (pem, key)]
    return {"client-certificate-data": encoded[0], "client-key-data": encoded[1]}
