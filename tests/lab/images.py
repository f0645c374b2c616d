"""Container images without a registry or an engine: OCI archives that `ctr images import` loads."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from collections.abc import Mapping, Sequence
from pathlib import Path

_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_IMAGE = "application/vnd.oci.image"


def write_archive(
    path: Path,
    name: str,
    layers: Sequence[Path],
    *,
    entrypoint: Sequence[str] = (),
    arguments: Sequence[str] = (),
    user: str = "",
    environment: Mapping[str, str] | None = None,
    working_directory: str = "/",
) -> None:
    """Write the image `name` (registry/repository:tag, as a pod asks for it) to `path`, whole or not at all.

    `layers` are uncompressed tar files, lowest first: uncompressed, because every import would unpack them again.
    """
    digests = [_file_digest(layer) for layer in layers]
    variables = [f"{key}={value}" for key, value in {"PATH": _PATH, **(environment or {})}.items()]
    process = {"Entrypoint": list(entrypoint), "Cmd": list(arguments), "User": user, "Env": variables, "WorkingDir": working_directory}
    layout = {"type": "layers", "diff_ids": digests}
    config = _blob({"architecture": "amd64", "os": "linux", "config": process, "rootfs": layout})
    described = [_descriptor(f"{_IMAGE}.layer.v1.tar", digest, layer.stat().st_size) for digest, layer in zip(digests, layers, strict=True)]
    manifest = _blob(
        {
            "schemaVersion": 2,
            "mediaType": f"{_IMAGE}.manifest.v1+json",
            "config": _descriptor(f"{_IMAGE}.config.v1+json", _digest(config), len(config)),
            "layers": described,
        }
    )
    unfinished = path.with_name(f".{path.name}.part")
    with tarfile.open(unfinished, "w") as archive:
        _add(archive, "oci-layout", _blob({"imageLayoutVersion": "1.0.0"}))
        _add(archive, "index.json", _index(name, manifest))
        for blob in (config, manifest):
            _add(archive, _blob_path(_digest(blob)), blob)
        for digest, layer in dict(zip(digests, layers, strict=True)).items():
            archive.add(layer, _blob_path(digest))
    unfinished.rename(path)


def write_layer(path: Path, files: Mapping[str, Path], folders: Sequence[str] = (), links: Mapping[str, str] | None = None) -> None:
    """Write a layer of executable files (path in the image to file on disk), folders that anyone may write to, and symbolic links."""
    with tarfile.open(path, "w") as layer:
        for folder in folders:
            member = tarfile.TarInfo(folder.lstrip("/"))
            member.type, member.mode = tarfile.DIRTYPE, 0o1777
            layer.addfile(member)
        for target, source in files.items():
            member = tarfile.TarInfo(target.lstrip("/"))
            member.mode, member.size = 0o755, source.stat().st_size
            with source.open("rb") as content:
                layer.addfile(member, content)
        for link, target in (links or {}).items():
            member = tarfile.TarInfo(link.lstrip("/"))
            member.type, member.linkname, member.mode = tarfile.SYMTYPE, target, 0o777
            layer.addfile(member)


def _index(name: str, manifest: bytes) -> bytes:
    entry = _descriptor(f"{_IMAGE}.manifest.v1+json", _digest(manifest), len(manifest))
    annotations = {"io.containerd.image.name": name, "org.opencontainers.image.ref.name": name.rsplit(":", 1)[-1]}
    return _blob({"schemaVersion": 2, "manifests": [{**entry, "annotations": annotations}]})


def _descriptor(media_type: str, digest: str, size: int) -> dict[str, object]:
    return {"mediaType": media_type, "digest": digest, "size": size}


def _blob(content: object) -> bytes:
    return json.dumps(content, sort_keys=True).encode()


def _digest(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def _file_digest(path: Path) -> str:
    with path.open("rb") as content:
        return f"sha256:{hashlib.file_digest(content, 'sha256').hexdigest()}"


def _blob_path(digest: str) -> str:
    return f"blobs/{digest.replace(':', '/')}"


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(content), 0o644
    archive.addfile(member, io.BytesIO(content))
