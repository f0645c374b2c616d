"""What cert-manager does for the operators: certificates of self-signed and CA issuers, and their authority in webhooks.

cert-manager itself cannot be built from modules; its CRDs can be had, and these few rules let manifests run unchanged.
"""

from __future__ import annotations

import base64
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from .api import JSON_PATCH, MERGE, Api, Object
from .steps import LabError, run

_INJECT = "cert-manager.io/inject-ca-from"
_DAYS = 90
_CLUSTER_RESOURCES = "cert-manager"  # the namespace where cert-manager looks for secrets of a ClusterIssuer


def answer(api: Api, issuers: Sequence[Object], wanted: Sequence[Object], secrets: Sequence[Object]) -> None:
    """Make every Issuer ready that can be, and write the Secret of every Certificate. Raises ApiError, OSError."""
    for offered in issuers:
        if "selfSigned" in offered["spec"] or _authority(offered, secrets):
            _mark_ready(api, _issuer_path(offered), offered, "IsReady", "The lab signs for this issuer")
    for certificate in wanted:
        issuer = _issuer_of(certificate, issuers)
        signer = _authority(issuer, secrets) if issuer else None
        if issuer is None or (signer is None and "selfSigned" not in issuer["spec"]):
            continue
        if not _is_current(certificate, _secret_of(certificate, secrets)):
            _issue(api, certificate, signer)
        name, namespace = certificate["metadata"]["name"], certificate["metadata"]["namespace"]
        path = f"/apis/cert-manager.io/v1/namespaces/{namespace}/certificates/{name}"
        _mark_ready(api, path, certificate, "Ready", "Certificate is up to date and has not expired")


def inject_into_webhooks(api: Api, path: str, webhooks: Sequence[Object], wanted: Sequence[Object], secrets: Sequence[Object]) -> None:
    """Write the authority that a webhook configuration asks for into each of its webhooks. Raises ApiError, OSError."""
    for configuration in webhooks:
        authority = _wanted_authority(configuration, wanted, secrets)
        calls = enumerate(configuration.get("webhooks", []))
        places = [place for place, call in calls if call["clientConfig"].get("caBundle") != authority]
        if authority and places:
            bundles = [(f"/webhooks/{place}/clientConfig/caBundle", authority) for place in places]
            changes = [{"op": "add", "path": at, "value": value} for at, value in bundles]
            api.patch(f"{path}/{configuration['metadata']['name']}", changes, JSON_PATCH)


def inject_into_definitions(
    api: Api, path: str, definitions: Sequence[Object], wanted: Sequence[Object], secrets: Sequence[Object]
) -> None:
    """The same for conversion webhooks of CRDs, of which only the metadata is known here. Raises ApiError, OSError."""
    for definition in definitions:
        authority = _wanted_authority(definition, wanted, secrets)
        if not authority:
            continue
        at = f"{path}/{definition['metadata']['name']}"
        client = api.get(at)["spec"].get("conversion", {}).get("webhook", {}).get("clientConfig")
        if client is not None and client.get("caBundle") != authority:
            bundle = {"op": "add", "path": "/spec/conversion/webhook/clientConfig/caBundle", "value": authority}
            api.patch(at, [bundle], JSON_PATCH)


def _wanted_authority(asking: Object, wanted: Sequence[Object], secrets: Sequence[Object]) -> str:
    reference = asking["metadata"].get("annotations", {}).get(_INJECT, "")
    for certificate in wanted:
        if reference == f"{certificate['metadata']['namespace']}/{certificate['metadata']['name']}":
            secret = _secret_of(certificate, secrets)
            return str(secret["data"].get("ca.crt", "")) if secret else ""
    return ""


def _authority(issuer: Object, secrets: Sequence[Object]) -> Object | None:
    name = issuer["spec"].get("ca", {}).get("secretName")
    return _secret(issuer["metadata"].get("namespace", _CLUSTER_RESOURCES), name, secrets)


def _issuer_of(certificate: Object, issuers: Sequence[Object]) -> Object | None:
    wanted, namespace = certificate["spec"]["issuerRef"], certificate["metadata"]["namespace"]
    home = None if wanted.get("kind") == "ClusterIssuer" else namespace
    for issuer in issuers:
        if issuer["metadata"]["name"] == wanted["name"] and issuer["metadata"].get("namespace") == home:
            return issuer
    return None


def _secret_of(certificate: Object, secrets: Sequence[Object]) -> Object | None:
    return _secret(certificate["metadata"]["namespace"], certificate["spec"]["secretName"], secrets)


def _secret(namespace: str, name: str | None, secrets: Sequence[Object]) -> Object | None:
    for secret in secrets:
        if secret["metadata"]["namespace"] == namespace and secret["metadata"]["name"] == name:
            return secret
    return None


def _is_current(certificate: Object, secret: Object | None) -> bool:
    if secret is None or not secret.get("data", {}).get("tls.crt"):
        return False
    annotations = secret["metadata"].get("annotations", {})
    return all(annotations.get(key) == value for key, value in _annotations(certificate).items())


def _annotations(certificate: Object) -> dict[str, str]:
    spec = certificate["spec"]
    return {
        "cert-manager.io/certificate-name": certificate["metadata"]["name"],
        "cert-manager.io/common-name": spec.get("commonName", ""),
        "cert-manager.io/alt-names": ",".join(spec.get("dnsNames", [])),
        "cert-manager.io/ip-sans": ",".join(spec.get("ipAddresses", [])),
        "cert-manager.io/issuer-name": spec["issuerRef"]["name"],
        "cert-manager.io/issuer-kind": spec["issuerRef"].get("kind", "Issuer"),
    }


def _issue(api: Api, certificate: Object, signer: Object | None) -> None:
    metadata, spec = certificate["metadata"], certificate["spec"]
    with tempfile.TemporaryDirectory() as folder:
        _sign(Path(folder), certificate, signer)
        key, signed = ((Path(folder) / name).read_bytes() for name in ("tls.key", "tls.crt"))
    authority = base64.b64decode(signer["data"]["tls.crt"]) if signer else signed
    content = {"tls.crt": signed, "tls.key": key, "ca.crt": authority}
    secret = {
        "apiVersion": "v1",
        "kind": "Secret",
        "type": "kubernetes.io/tls",
        "metadata": {"name": spec["secretName"], "annotations": _annotations(certificate)},
        "data": {name: base64.b64encode(value).decode() for name, value in content.items()},
    }
    api.apply(f"/api/v1/namespaces/{metadata['namespace']}/secrets/{spec['secretName']}", secret)


def _sign(folder: Path, certificate: Object, signer: Object | None) -> None:
    spec, name = certificate["spec"], certificate["metadata"]["name"]
    names = [f"DNS:{dns}" for dns in spec.get("dnsNames", [])] + [f"IP:{ip}" for ip in spec.get("ipAddresses", [])]
    subject = f"/CN={spec['commonName']}" if spec.get("commonName") else "/"
    extensions = [f"basicConstraints=critical,CA:{str(bool(spec.get('isCA'))).upper()}"]
    if names:
        # Without a subject the names are all that identifies, and have to be critical.
        extensions.append(f"subjectAltName={'critical,' if subject == '/' else ''}{','.join(names)}")
    command: list[str | Path] = ["openssl", "req", "-x509", "-nodes", "-subj", subject, "-days", str(_DAYS)]
    command += ["-newkey", "rsa:2048", "-keyout", folder / "tls.key", "-out", folder / "tls.crt"]
    command += [word for extension in extensions for word in ("-addext", extension)]
    if signer:
        for file in ("tls.crt", "tls.key"):
            (folder / f"ca-{file}").write_bytes(base64.b64decode(signer["data"][file]))
        command += ["-CA", folder / "ca-tls.crt", "-CAkey", folder / "ca-tls.key"]
    try:
        run(command, doing=f"signing certificate {name}")
    except LabError as error:
        raise OSError(str(error)) from error  # one bad Certificate is retried; it does not end the controller


def _issuer_path(issuer: Object) -> str:
    namespace, name = issuer["metadata"].get("namespace"), issuer["metadata"]["name"]
    place = f"namespaces/{namespace}/issuers" if namespace else "clusterissuers"
    return f"/apis/cert-manager.io/v1/{place}/{name}"


def _mark_ready(api: Api, path: str, marked: Object, reason: str, message: str) -> None:
    seen = marked["metadata"]["generation"]
    for condition in marked.get("status", {}).get("conditions", []):
        if (condition["type"], condition["status"], condition.get("observedGeneration")) == ("Ready", "True", seen):
            return
    now = datetime.now(UTC)
    condition = {
        "type": "Ready",
        "status": "True",
        "reason": reason,
        "message": message,
        "observedGeneration": seen,
        "lastTransitionTime": _moment(now),
    }
    status: Object = {"conditions": [condition]}
    if marked["kind"] == "Certificate":
        status |= {"notBefore": _moment(now), "notAfter": _moment(now + timedelta(days=_DAYS)), "revision": 1}
        status["renewalTime"] = _moment(now + timedelta(days=_DAYS * 2 // 3))
    api.patch(f"{path}/status", {"status": status}, MERGE)


def _moment(time: datetime) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")
