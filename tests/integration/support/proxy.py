"""Proxies between us and an API server: one that makes trouble, and one that makes the server look odd."""

from __future__ import annotations

import http.client
import json
import re
import ssl
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from .forged import DAY, certificate
from .lab import STATE, kubeconfig

_KEPT = ("accept", "authorization", "content-type", "user-agent")
_LONGEST_SILENCE = 300.0


@dataclass
class Trouble:
    """What befalls some requests.

    Args:
        status: answered in the server's place, as a `Status` of Kubernetes with a reason and message.
        reason, message: of that `Status`; without a reason the answer is a page, as a load balancer gives one.
        does: in the place of an answer: `drop` closes the connection, `lose` does so when the server has carried the request out,
            `halve` sends half of the server's answer, `hang` sends nothing, `keep` neither, and the server has carried the request out.
        methods: only these requests.
        path: only where this pattern is found.
        times: only so many; None for all.
        seconds: what `Retry-After` says.
    """

    status: int = 0
    reason: str = ""
    message: str = ""
    does: str = "answer"
    methods: Sequence[str] = ("GET", "POST", "PATCH", "DELETE")
    path: str = ""
    times: int | None = None
    seconds: int = 0

    def befalls(self, method: str, path: str) -> bool:
        """Whether it happens to a request; it has then happened once more."""
        if self.times == 0 or method not in self.methods or not re.search(self.path, path):
            return False
        self.times = None if self.times is None else self.times - 1
        return True


@contextmanager
def troubled_server(context: str, folder: Path, troubles: Sequence[Trouble]) -> Iterator[str]:
    """Passes requests on to a cluster's API server but for those that are in trouble; its URL."""
    over = threading.Event()
    handler = type("Troubled", (_Troubled,), {"behind": context, "troubles": troubles, "lock": threading.Lock(), "over": over})
    with _serving(context, folder, handler, DAY) as url:
        try:
            yield url
        finally:
            over.set()


@contextmanager
def odd_server(context: str, folder: Path, *, ahead: timedelta, version: str, ends: timedelta) -> Iterator[str]:
    """Passes requests on to a cluster's API server, and says another time and version, with a certificate that ends soon; its URL."""
    with _serving(context, folder, type("Odd", (_Odd,), {"behind": context, "ahead": ahead, "version": version}), ends) as url:
        yield url


@contextmanager
def _serving(context: str, folder: Path, handler: type[_Passing], ends: timedelta) -> Iterator[str]:
    pem, key = certificate(context, "proxy", began=DAY, ends=ends)
    file = folder / f"proxy-{context}.pem"
    file.touch(mode=0o600)
    file.write_bytes(pem + key)
    offered = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    offered.load_cert_chain(file)
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    server.socket = offered.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"https://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


class _Passing(BaseHTTPRequestHandler):
    """One request, passed on with its own log-in, or as the lab's person."""

    protocol_version = "HTTP/1.1"
    behind = ""

    def _ask(self) -> tuple[int, str, bytes]:
        """The API server's status, content type and text."""
        pki = STATE / self.behind / "pki"
        trust = ssl.create_default_context(cafile=str(pki / "ca.crt"))
        if "authorization" not in self.headers:
            trust.load_cert_chain(pki / "lab-admin.crt", pki / "lab-admin.key")
        cluster = next(entry["cluster"] for entry in kubeconfig()["clusters"] if entry["name"] == self.behind)
        asked = http.client.HTTPSConnection(urlsplit(cluster["server"]).netloc, context=trust, timeout=30)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        kept = {name: value for name, value in self.headers.items() if name.lower() in _KEPT}
        asked.request(self.command, self.path, body or None, kept)
        answer = asked.getresponse()
        found = answer.status, answer.headers.get("Content-Type", "application/json"), answer.read()
        asked.close()
        return found

    def _answer(self, status: int, content: str, text: bytes, *, ahead: timedelta = timedelta(), length: int | None = None) -> None:
        self.send_response_only(status)
        self.send_header("Date", format_datetime(datetime.now(UTC) + ahead, usegmt=True))
        self.send_header("Content-Type", content)
        self.send_header("Content-Length", str(len(text) if length is None else length))
        self.end_headers()
        self.wfile.write(text)

    def _pass_on(self) -> None:
        self._answer(*self._ask())

    def _act(self) -> None:
        self._pass_on()

    def do_GET(self) -> None:
        self._act()

    do_POST = do_PATCH = do_DELETE = do_GET

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing: what is asked is in the audit log of the API server behind."""


class _Odd(_Passing):
    """A server whose clock and version are wrong."""

    ahead, version = timedelta(), ""

    def _pass_on(self) -> None:
        status, content, text = self._ask()
        if self.path == "/version":
            text = json.dumps({**json.loads(text), "gitVersion": self.version}).encode()
        self._answer(status, content, text, ahead=self.ahead)


class _Troubled(_Passing):
    """A server that some requests never reach, or whose answers do not come back."""

    troubles: Sequence[Trouble] = ()
    lock = threading.Lock()
    over = threading.Event()

    def _act(self) -> None:
        with self.lock:
            trouble = next((each for each in self.troubles if each.befalls(self.command, self.path)), None)
        if trouble is None:
            self._pass_on()
            return
        # What follows a trouble on the same connection could not be told from it.
        self.close_connection = True
        if trouble.does in ("hang", "keep"):
            if trouble.does == "keep":
                self._ask()
            self.over.wait(_LONGEST_SILENCE)
        elif trouble.does == "lose":
            self._ask()
        elif trouble.does == "halve":
            status, content, text = self._ask()
            self._answer(status, content, text[: len(text) // 2], length=len(text))
        elif trouble.does == "answer":
            self._refuse(trouble)

    def _refuse(self, trouble: Trouble) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        said = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": trouble.reason, "message": trouble.message}
        page = b"<html><title>a load balancer</title></html>"
        text = json.dumps({**said, "code": trouble.status}).encode() if trouble.reason else page
        self.send_response_only(trouble.status)
        self.send_header("Retry-After", str(trouble.seconds))
        self.send_header("Content-Type", "application/json" if trouble.reason else "text/html")
        self.send_header("Content-Length", str(len(text)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(text)
