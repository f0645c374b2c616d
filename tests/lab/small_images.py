"""Images that are one static program each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .images import write_archive, write_layer
from .steps import run


@dataclass(frozen=True)
class SmallImage:
    """An image of one program; `links` says whether every name that busybox answers to leads to it."""

    name: str
    binary: Path
    path: str
    entrypoint: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()
    user: str = ""
    links: bool = False


_BUSYBOX = Path("/bin/busybox")
PAUSE = SmallImage("docker.io/lab/pause:1", _BUSYBOX, "/bin/busybox", entrypoint=("/bin/busybox", "sleep", "2147483647"))
# A shell with nc, wget and httpd, under the name that people ask for. What is in it is Debian's.
BUSYBOX = SmallImage("docker.io/library/busybox:1.37", _BUSYBOX, "/bin/busybox", arguments=("sh",), links=True)


def manager(name: str, binary: Path) -> SmallImage:
    """An operator's image, as its manifests expect it."""
    return SmallImage(name, binary, "/manager", entrypoint=("/manager",), user="65532:65532")


def write(target: Path, images: Sequence[SmallImage]) -> None:
    """Write the archives of images to a folder, one file each. Raises LabError."""
    for number, image in enumerate(images):
        names = run([image.binary, "--list"], doing="asking busybox for its names").split() if image.links else []
        links = {f"/bin/{name}": "busybox" for name in names if name != "busybox"}
        layer = target / "layer.tar"
        write_layer(layer, {image.path: image.binary}, folders=["/tmp"], links=links)
        write_archive(
            target / f"{number}.tar", image.name, [layer], entrypoint=image.entrypoint, arguments=image.arguments, user=image.user
        )
        layer.unlink()
