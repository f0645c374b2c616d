"""The charts of this checkout over HTTP: a Helm repository, and a read-only OCI registry, for as long as somebody needs them."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import tarfile
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from ..layout import CHARTS, STATE
from ..steps import LabError, run

_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
_CONFIG = "application/vnd.cncf.helm.config.v1+json"
_CONTENT = "application/vnd.cncf.helm.chart.content.v1.tar+gzip"
_PLACE = "charts"  # the folder of the registry that every chart is in


@dataclass(frozen=True)
class Served:
    """Where the charts are: `helm pull NAME --repo REPOSITORY`, or `helm pull REGISTRY/NAME --plain-http`."""

    repository: str
    registry: str


@dataclass(frozen=True)
class Answer:
    """What is answered at one address."""

    media_type: str
    content: bytes


@contextmanager
def serve(port: int = 0) -> Iterator[Served]:
    """Serve all charts that are built in this checkout, on this host alone, while the block runs.

    Raises:
        LabError: There are no charts, or no helm.
    """
    with tempfile.TemporaryDirectory() as folder:
        archives = _index(Path(folder))
        server = ThreadingHTTPServer(("127.0.0.1", port), _handler(answers(archives, Path(folder) / "index.yaml")))
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
        thread.start()
        place = f"localhost:{server.server_port}"
        try:
            yield Served(f"http://{place}", f"oci://{place}/{_PLACE}")
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


def answers(archives: list[Path], index: Path) -> dict[str, Answer]:
    """Every address that something is found at: the repository's files, and the registry's manifests, blobs and tags."""
    found = {"/v2/": Answer("application/json", b"{}"), "/index.yaml": Answer("application/yaml", index.read_bytes())}
    tags: dict[str, list[str]] = {}
    for archive in archives:
        content = archive.read_bytes()
        name, version = _identity(archive)
        config = json.dumps({"apiVersion": "v2", "name": name, "version": version}).encode()
        manifest = _manifest(config, content)
        found[f"/{archive.name}"] = Answer("application/gzip", content)
        for blob in (config, content):
            found[f"/v2/{_PLACE}/{name}/blobs/{_digest(blob)}"] = Answer("application/octet-stream", blob)
        # A tag cannot have the plus sign of a version's build; Helm writes it as an underscore.
        for reference in (version.replace("+", "_"), _digest(manifest)):
            found[f"/v2/{_PLACE}/{name}/manifests/{reference}"] = Answer(_MANIFEST, manifest)
        tags.setdefault(name, []).append(version.replace("+", "_"))
    for name, known in tags.items():
        listed = json.dumps({"name": f"{_PLACE}/{name}", "tags": sorted(known)}).encode()
        found[f"/v2/{_PLACE}/{name}/tags/list"] = Answer("application/json", listed)
    return found


def _index(folder: Path) -> list[Path]:
    built = sorted(CHARTS.rglob("*.tgz"))
    if not built:
        raise LabError(f"serving charts: there are none in {CHARTS}; run `python3 -m tests.lab build`")
    archives = [folder / path.name for path in built]
    for source, archive in zip(built, archives, strict=True):
        shutil.copyfile(source, archive)
    run([STATE / "bin/helm", "repo", "index", folder], doing="writing the index of the charts' repository")
    return archives


def _identity(archive: Path) -> tuple[str, str]:
    with tarfile.open(archive) as opened:
        for member in opened:
            if re.fullmatch(r"[^/]+/Chart.yaml", member.name) and (content := opened.extractfile(member)):
                stated = dict(re.findall(r'(?m)^(name|version): "?([^"\s]+)"?$', content.read().decode()))
                return stated["name"], stated["version"]
    raise LabError(f"serving charts: {archive} has no Chart.yaml, so it is no chart; remove it")


def _manifest(config: bytes, content: bytes) -> bytes:
    described = {"config": _descriptor(_CONFIG, config), "layers": [_descriptor(_CONTENT, content)]}
    return json.dumps({"schemaVersion": 2, "mediaType": _MANIFEST, **described}).encode()


def _descriptor(media_type: str, blob: bytes) -> dict[str, object]:
    return {"mediaType": media_type, "digest": _digest(blob), "size": len(blob)}


def _digest(blob: bytes) -> str:
    return f"sha256:{hashlib.sha256(blob).hexdigest()}"


def _handler(found: dict[str, Answer]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._answer(with_content=True)

        def do_HEAD(self) -> None:
            self._answer(with_content=False)

        def _answer(self, *, with_content: bool) -> None:
            path = self.path.partition("?")[0]
            answer = found.get(path)
            if answer is None:
                self.send_error(HTTPStatus.NOT_FOUND)
                return
            self.send_response(HTTPStatus.OK)
            self.send_header("Content-Type", answer.media_type)
            self.send_header("Content-Length", str(len(answer.content)))
            if path.startswith("/v2/"):
                self.send_header("Docker-Content-Digest", _digest(answer.content))
            self.end_headers()
            if with_content:
                self.wfile.write(answer.content)

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing: the log would go to the terminal of whoever installs."""

    return Handler
