# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates and tokens of a log-in, and the certificate that an API server shows."""

from __future__ import annotations

import base64
import os
import socket
import ssl
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from .._core.fleet import Ending
from .._core.kubeconfig import Access
from .._core.objects import Object
from .._core.readings import name_of, namespace_of, status_of
from .._core.times import instant
from .._core.tokens import read_token
from .._core.x509 import validities_in, validity_of

WEBHOOKS = ("ValidatingWebhookConfiguration", "MutatingWebhookConfiguration")
_OURS = ("k8ssandra-operator", "cass-operator", "cert-manager")
_SECONDS = 5.0
_RENEW = "renew the log-in of this context's kubeconfig"


def endings_of(access: Access) -> Iterator[Ending]:
    """What of a log-in and of the API server's address ends, as far as it can be told from here."""
    log_in = f"log-in of context {access.context}"
    certificate = validities_in(_client_certificate(access))
    if certificate:
        yield Ending(f"client certificate of the {log_in}", certificate[0][1], "we can no longer log in", _RENEW)
    claims = read_token(str(access.user.get("token") or ""))
    if claims and claims.expires is not None:
        yield Ending(f"token of the {log_in}", claims.expires, "we can no longer log in", _RENEW)
    served = validity_of(_serving_certificate(access))
    if served:
        why = "neither we nor the operators of other contexts trust the API server any longer"
        yield Ending(f"serving certificate of {access.server}", served[1], why, "have the cluster renew the certificate of its API server")


def endings_in(objects: Mapping[str, tuple[Object, ...]], now: float) -> Iterator[Ending]:
    """What of the objects of a cluster ends: the certificates of webhooks, and what API servers trust them by."""
    yield from _webhook_endings(objects, now)
    yield from _certificate_endings(objects, now)


def _client_certificate(access: Access) -> bytes:
    """The client certificate in PEM, inline or in a file; empty where there is none, or a plugin brings it."""
    inline, file = access.user.get("client-certificate-data"), access.user.get("client-certificate")
    try:
        if inline:
            return base64.b64decode(str(inline))
        if file:
            with open(os.path.join(access.folder, str(file)), "rb") as opened:
                return opened.read()
    except (OSError, ValueError):
        pass  # the log-in itself says what is wrong with it
    return b""


def _serving_certificate(access: Access) -> bytes:
    """The certificate in DER, unverified: the requests verify it; empty behind a proxy, and where nobody answers."""
    address = urlsplit(access.server)
    if address.scheme != "https" or not address.hostname or access.cluster.get("proxy-url"):
        return b""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    name = str(access.cluster.get("tls-server-name") or address.hostname)
    try:
        opened = socket.create_connection((address.hostname, address.port or 443), timeout=_SECONDS)
        with opened, context.wrap_socket(opened, server_hostname=name) as secured:
            return secured.getpeercert(binary_form=True) or b""
    except (OSError, ValueError):
        return b""


def _webhook_endings(objects: Mapping[str, tuple[Object, ...]], now: float) -> Iterator[Ending]:
    for body in (body for kind in WEBHOOKS for body in objects[kind] if any(name in name_of(body) for name in _OURS)):
        for hook in body.get("webhooks") or ():
            bundle = str((hook.get("clientConfig") or {}).get("caBundle") or "")
            validities = validities_in(base64.b64decode(bundle))
            if validities:
                begins, ends = max(validities, key=lambda validity: validity[1])
                why = "the API server no longer trusts the webhook, and refuses what it would be asked about"
                advice = "look why cert-manager, or what injects the bundle, does not renew it"
                yield Ending(f"CA bundle of {body['kind']} {name_of(body)}", _unrenewed(begins, ends, now), why, advice)
                break


def _certificate_endings(objects: Mapping[str, tuple[Object, ...]], now: float) -> Iterator[Ending]:
    for body in objects.get("Certificate", ()):
        begins, ends = instant(status_of(body).get("notBefore")), instant(status_of(body).get("notAfter"))
        if ends is not None:
            expires = _unrenewed(begins, ends, now) if begins is not None else ends
            why, advice = "webhooks no longer answer with it", "look why cert-manager does not renew it"
            yield Ending(f"Certificate {namespace_of(body)}/{name_of(body)}", expires, why, advice)


def _unrenewed(begins: float, ends: float, now: float) -> float | None:
    """When something ends that is renewed by itself with a third of its life left; None while it still may be."""
    return ends if ends - now < (ends - begins) / 4 else None
