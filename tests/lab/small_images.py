"""Images that are one static program each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .images import write_archive, write_layer
from .steps import run


@dataclass(frozen=True)
class SmallImage:
    """An image of one program; `links` says whether every name that busybox answers to leads to it.

    `scripts` are further files by their path in the image, named as they are in `STAND_INS`.
    """

    name: str
    binary: Path
    path: str
    entrypoint: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()
    user: str = ""
    links: bool = False
    scripts: tuple[tuple[str, str], ...] = ()


_BUSYBOX = Path("/bin/busybox")
STAND_INS = Path(__file__).with_name("stand_ins")
PAUSE = SmallImage("docker.io/lab/pause:1", _BUSYBOX, "/bin/busybox", entrypoint=("/bin/busybox", "sleep", "2147483647"))
# A shell with nc, wget and httpd, under the name that people ask for. What is in it is Debian's.
BUSYBOX = SmallImage("docker.io/library/busybox:1.37", _BUSYBOX, "/bin/busybox", arguments=("sh",), links=True)


def _stand_in(name: str, program: str, other: str, other_path: str) -> SmallImage:
    scripts = ((f"/bin/{program}", f"{program}.sh"), (other_path, f"{other}.sh"))
    return SmallImage(name, _BUSYBOX, "/bin/busybox", entrypoint=(f"/bin/{program}",), links=True, scripts=scripts)


# Neither Reaper nor Medusa can be built of published modules here. What k8ssandra-operator makes for them is real; what runs in it is not.
REAPER = _stand_in("docker.io/lab/reaper:1", "reaper", "answer", "/bin/answer")
MEDUSA = _stand_in("docker.io/lab/medusa:1", "medusa", "healthy", "/bin/grpc_health_probe")


def manager(name: str, binary: Path) -> SmallImage:
    """An operator's image, as its manifests expect it."""
    return SmallImage(name, binary, "/manager", entrypoint=("/manager",), user="65532:65532")


def write(target: Path, images: Sequence[SmallImage]) -> None:
    """Write the archives of images to a folder, one file each. Raises LabError."""
    for number, image in enumerate(images):
        names = run([image.binary, "--list"], doing="asking busybox for its names").split() if image.links else []
        links = {f"/bin/{name}": "busybox" for name in names if name != "busybox"}
        layer = target / "layer.tar"
        scripts = {path: STAND_INS / name for path, name in image.scripts}
        write_layer(layer, {image.path: image.binary, **scripts}, folders=["/tmp"], links=links)
        write_archive(
            target / f"{number}.tar", image.name, [layer], entrypoint=image.entrypoint, arguments=image.arguments, user=image.user
        )
        layer.unlink()
