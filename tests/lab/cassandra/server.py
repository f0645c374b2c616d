"""The management API on port 8080: routes to what the other modules do."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from . import jvm
from .routes import ROUTES, Request

PORT = 8080


def serve() -> None:
    """Serve until told to end; then Cassandra ends first."""
    api = ThreadingHTTPServer(("0.0.0.0", PORT), _Conversation)

    def end(*_: object) -> None:
        threading.Thread(target=_end, args=(api,)).start()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    print(f"management API of {os.environ.get('POD_NAME', 'this node')} on port {PORT}", flush=True)
    api.serve_forever()


def _end(api: ThreadingHTTPServer) -> None:
    jvm.stop()
    api.shutdown()


def answer(method: str, path: str, query: dict[str, str], body: Any) -> tuple[int, Any]:
    """Status and value for a request; a problem becomes a 500 with its message, without the password that came in."""
    route = ROUTES.get((method, path.removeprefix("/api")))
    if route is None:
        return 404, f"no such operation: {method} {path}"
    try:
        return route(Request(query, body or {}))
    except KeyError as missing:
        return 400, f"the request lacks {missing}"
    except Exception as problem:  # the last one to see it: every fault becomes an answer
        text = f"{type(problem).__name__}: {problem}"
        return 500, text.replace(query["password"], "******") if query.get("password") else text


class _Conversation(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def _respond(self) -> None:
        began = time.monotonic()
        url = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        raw_body = self.rfile.read(length)
        try:
            body = json.loads(raw_body) if raw_body else None
        except ValueError:
            status, value = 400, "the body is not JSON"
        else:
            status, value = answer(self.command, url.path, dict(parse_qsl(url.query)), body)
        self._write(status, value)
        if self.command != "GET" or (status >= 400 and "/probes/" not in url.path):  # never the query: it may hold a password
            reason = value if status >= 400 else ""
            print(f"{self.command} {url.path} {status} {time.monotonic() - began:.1f}s {reason}".rstrip(), flush=True)

    def _write(self, status: int, value: Any) -> None:
        plain = isinstance(value, str)
        raw = value.encode() if plain else json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/plain" if plain else "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    do_GET = do_POST = do_DELETE = do_PUT = _respond

    def log_message(self, format: str, *args: Any) -> None:
        """Silence: the lines above are ours."""
