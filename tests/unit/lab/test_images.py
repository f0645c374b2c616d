"""The OCI archives of the lab, as containerd reads them."""

from __future__ import annotations

import hashlib
import json
import tarfile
from pathlib import Path

from tests.lab.images import write_archive, write_layer

NAME = "docker.io/k8ssandra/cass-operator:v1.28.0"


def test_an_archive_holds_what_its_digests_say(tmp_path: Path) -> None:
    binary, layer, archive = tmp_path / "binary", tmp_path / "layer.tar", tmp_path / "image.tar"
    binary.write_text("#!/bin/sh\n")
    write_layer(layer, {"/manager": binary}, folders=["/tmp"])
    write_archive(archive, NAME, [layer], entrypoint=["/manager"], user="65532:65532", environment={"HOME": "/"})
    with tarfile.open(archive) as opened:
        content = {member.name: opened.extractfile(member).read() for member in opened}  # type: ignore[union-attr] # files only
    for path, blob in content.items():
        if path.startswith("blobs/"):
            assert path == f"blobs/sha256/{hashlib.sha256(blob).hexdigest()}"
    described = json.loads(content["index.json"])["manifests"][0]
    assert described["annotations"]["io.containerd.image.name"] == NAME
    manifest = json.loads(content[f"blobs/{described['digest'].replace(':', '/')}"])
    config = json.loads(content[f"blobs/{manifest['config']['digest'].replace(':', '/')}"])
    assert config["config"]["Entrypoint"] == ["/manager"]
    assert config["config"]["User"] == "65532:65532"
    assert "HOME=/" in config["config"]["Env"]
    assert config["rootfs"]["diff_ids"] == [each["digest"] for each in manifest["layers"]]


def test_a_layer_holds_executables_open_folders_and_links(tmp_path: Path) -> None:
    binary, layer = tmp_path / "binary", tmp_path / "layer.tar"
    binary.write_text("#!/bin/sh\n")
    write_layer(layer, {"/bin/tool": binary}, folders=["/tmp"], links={"/bin/sh": "tool"})
    with tarfile.open(layer) as opened:
        members = {member.name: member for member in opened}
    assert {name: oct(member.mode) for name, member in members.items()} == {"tmp": "0o1777", "bin/tool": "0o755", "bin/sh": "0o777"}
    assert (members["bin/sh"].issym(), members["bin/sh"].linkname) == (True, "tool")
