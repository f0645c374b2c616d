"""What awx.awx needs of an AWX, kept in memory: lists with filters, objects, associations, surveys and approval nodes. It runs no job."""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

TOKEN = secrets.token_urlsafe(24)
_ROOT = "/api/v2/"
_TEMPLATES = {"job_templates": "job_template", "workflow_job_templates": "workflow_job_template", "approvals": "workflow_approval"}

# What an approval takes of what the module sends; an AWX drops the rest.
_APPROVAL = ("name", "description", "timeout")

Answer = tuple[int, Any]


class Controller:
    """The objects by kind and number; of the kind `refused` none is made, and the answer quotes what was sent, as an AWX does."""

    def __init__(self) -> None:
        self.objects: dict[str, dict[int, dict[str, Any]]] = {"organizations": {}}
        self.linked: dict[str, Any] = {}
        self.refused = ""
        self._create("organizations", {"name": "Default"})

    def named(self, kind: str) -> dict[str, dict[str, Any]]:
        return {found["name"]: found for found in self.objects.get(kind, {}).values()}

    def answer(self, method: str, path: str, query: dict[str, str], body: Any) -> Answer:
        words = path.removeprefix(_ROOT).strip("/").split("/")
        if method == "POST" and words[0] == self.refused:
            return 400, body
        if len(words) == 1:
            return (201, self._create(words[0], body)) if method == "POST" else (200, _page(self._list(words[0], query)))
        found = self.objects.get(words[0], {}).get(int(words[1]))
        if found is None:
            return 404, {"detail": "Not found."}
        if len(words) == 2:
            taken = {key: value for key, value in body.items() if words[0] != "approvals" or key in _APPROVAL}
            found.update(taken if method == "PATCH" else {})
            return 200, found
        return self._linked(method, path, words[2], found, body)

    def _create(self, kind: str, body: dict[str, Any]) -> dict[str, Any]:
        number = sum(len(each) for each in self.objects.values()) + 1
        url = f"{_ROOT}{kind}/{number}/"
        about = {"id": number, "url": url, "type": _TEMPLATES.get(kind, kind.rstrip("s")), "summary_fields": {}, "scm_revision": ""}
        kept = {**about, "related": {"survey_spec": f"{url}survey_spec/"}, **body}
        if kind == "credentials":
            kept["inputs"] = dict.fromkeys(body["inputs"], "$encrypted$")
        self.objects.setdefault(kind, {})[number] = kept
        return kept

    def _list(self, kind: str, query: dict[str, str]) -> list[dict[str, Any]]:
        kinds = _TEMPLATES if kind == "unified_job_templates" else (kind,)
        everything = [found for each in kinds for found in self.objects.get(each, {}).values()]
        return [found for found in everything if all(str(found.get(key)) == value for key, value in query.items())]

    def _linked(self, method: str, path: str, name: str, found: dict[str, Any], body: Any) -> Answer:
        if name == "create_approval_template":
            made = self._create("approvals", {key: body[key] for key in _APPROVAL})
            found["related"]["unified_job_template"], found["unified_job_template"] = made["url"], made["id"]
            return 201, made
        if name == "survey_spec":
            self.linked[path] = body if method == "POST" else self.linked.get(path, {})
            return 200, self.linked[path]
        if method == "GET":
            return 200, _page([{"id": number} for number in self.linked.get(path, [])])
        self.linked.setdefault(path, []).append(body["id"])
        return 204, None


def _page(results: list[Any]) -> dict[str, Any]:
    return {"count": len(results), "next": None, "results": results}


@contextmanager
def serving() -> Iterator[tuple[Controller, str]]:
    """A controller and its address."""
    controller = Controller()

    class Requests(BaseHTTPRequestHandler):
        def _do(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length) or b"{}")
            parts = urlsplit(self.path)
            known = self.headers.get("Authorization") == f"Bearer {TOKEN}"
            query = dict(parse_qsl(parts.query))
            code, said = controller.answer(self.command, parts.path, query, body) if known else (401, {"detail": "who?"})
            self.send_response(code)
            self.end_headers()
            self.wfile.write(b"" if said is None else json.dumps(said).encode())

        do_GET = do_POST = do_PATCH = _do

        def log_message(self, format: str, *arguments: Any) -> None:
            """Nothing: a test's output is the run's."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Requests)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield controller, f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
