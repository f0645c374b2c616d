"""A client of one Kubernetes API server, as small as the lab's own needs."""

from __future__ import annotations

import http.client
import json
import ssl
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from .layout import Cluster

APPLY = "application/apply-patch+yaml"
MERGE = "application/merge-patch+json"
JSON_PATCH = "application/json-patch+json"
METADATA_ONLY = "application/json;as=PartialObjectMetadata{list};g=meta.k8s.io;v=v1"
OWNER = "lab-controller"

Object = dict[str, Any]


class ApiError(Exception):
    """The server said no; `status` is its HTTP status."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


class Api:
    """Requests as one of the cluster's clients, `timeout` seconds each.

    Every method raises OSError when the server cannot be reached.
    """

    def __init__(self, cluster: Cluster, client: str = OWNER, *, host: str = "", timeout: float = 20) -> None:
        pki = cluster.folder / "pki"
        self._host = host or cluster.address
        self._timeout = timeout
        self._trust = ssl.create_default_context(cafile=str(pki / "ca.crt"))
        self._trust.load_cert_chain(pki / f"{client}.crt", pki / f"{client}.key")

    def get(self, path: str) -> Object:
        """Read one object or list. Raises ApiError."""
        return self._request("GET", path)

    def find(self, path: str) -> Object | None:
        """Read one object, or None when there is none. Raises ApiError."""
        try:
            return self.get(path)
        except ApiError as error:
            if error.status == http.client.NOT_FOUND:
                return None
            raise

    def apply(self, path: str, body: Object | bytes) -> Object:
        """Server-side apply, taking over contested fields. Raises ApiError."""
        return self._request("PATCH", f"{path}?{urlencode({'fieldManager': OWNER, 'force': 'true'})}", body, APPLY)

    def patch(self, path: str, body: object, kind: str) -> Object:
        """Patch in one of the formats MERGE and JSON_PATCH. Raises ApiError."""
        return self._request("PATCH", f"{path}?fieldManager={OWNER}", body, kind)

    def delete(self, path: str) -> None:
        """Delete one object; one that is gone already is fine. Raises ApiError."""
        try:
            self._request("DELETE", path)
        except ApiError as error:
            if error.status != http.client.NOT_FOUND:
                raise

    def watch(self, path: str, *, fields: str = "", accept: str = "application/json") -> Iterator[list[Object] | Object]:
        """Yield the list of what is there, then one event (with `type` and `object`) per change.

        Ends when the server ends the watch, which it does every few minutes. Raises ApiError.
        """
        query = {"fieldSelector": fields} if fields else {}
        found = self._request("GET", f"{path}?{urlencode(query)}", accept=accept.format(list="List"))
        yield found["items"]
        query |= {"watch": "1", "resourceVersion": found["metadata"]["resourceVersion"]}
        connection = self._connect(timeout=None)
        try:
            connection.request("GET", f"{path}?{urlencode(query)}", headers=_headers(accept.format(list="")))
            answer = connection.getresponse()
            _check(answer.status, b"" if answer.status < 300 else answer.read())
            for line in answer:
                yield json.loads(line)
        finally:
            connection.close()

    def _request(
        self, method: str, path: str, body: object = None, kind: str = "application/json", accept: str = "application/json"
    ) -> Object:
        sent = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        connection = self._connect(timeout=self._timeout)
        try:
            connection.request(method, path, sent, {**_headers(accept), "Content-Type": kind})
            answer = connection.getresponse()
            content = answer.read()
        finally:
            connection.close()
        _check(answer.status, content)
        found: Object = json.loads(content)
        return found

    def _connect(self, timeout: float | None) -> http.client.HTTPSConnection:
        return http.client.HTTPSConnection(self._host, 6443, timeout=timeout, context=self._trust)


def _headers(accept: str) -> dict[str, str]:
    return {"Accept": accept, "User-Agent": OWNER}


def _check(status: int, content: bytes) -> None:
    if status >= http.client.MULTIPLE_CHOICES:
        raise ApiError(status, f"the API server answered {status}: {content[:400].decode(errors='replace')}")
