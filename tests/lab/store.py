"""The image store of containerd, filled once in the cache and shared by all machines.

Importing half a gigabyte into each machine would cost more than starting it. Unpacked layers and blobs never change, so a
machine gets symbolic links to them, and copies of containerd's small databases only.
"""

from __future__ import annotations

import fcntl
import hashlib
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TextIO

from .steps import run, step

_IN_USE = "in-use"
_CONTENT = Path("io.containerd.content.v1.content/blobs/sha256")
_SNAPSHOTS = Path("io.containerd.snapshotter.v1.overlayfs/snapshots")
_DATABASES = (
    Path("io.containerd.metadata.v1.bolt/meta.db"),
    Path("io.containerd.snapshotter.v1.overlayfs/metadata.db"),
)
# Run in namespaces of its own: nothing of it is left when it ends, however it ends.
_IMPORT = """
set -e
root=$1; shift
mount -t tmpfs tmpfs /run
containerd --root "$root" --state /run/containerd --address /run/import.sock --log-level warn --config /dev/null &
server=$!
for _ in $(seq 100); do ctr --address /run/import.sock version >/dev/null 2>&1 && break; sleep 0.1; done
for archive in "$@"; do ctr --address /run/import.sock --namespace k8s.io images import "$archive"; done
kill "$server"; wait "$server" || true
"""


def prepare(cache: Path, archives: Sequence[Path]) -> Path:
    """The store with these images, filled now if it is missing. Raises LabError."""
    facts = [f"{path.name} {path.stat().st_size} {path.stat().st_mtime_ns}" for path in archives]
    target = cache / f"unpacked-{hashlib.sha256(' '.join(facts).encode()).hexdigest()[:12]}"
    if not target.exists():
        unfinished = target.with_name(f"{target.name}.part")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True)
        own = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
        with step(f"unpacking {len(archives)} images"):
            run([*own, "bash", "-c", _IMPORT, "import", unfinished, *archives], doing="unpacking the images")
        (unfinished / _IN_USE).touch()
        unfinished.rename(target)
        _remove_unused(cache)
    return target


def hold(store: Path) -> TextIO:
    """Mark a store as used for as long as the returned file is open, that is at most for this process's life."""
    held = (store / _IN_USE).open()
    fcntl.flock(held, fcntl.LOCK_SH)
    return held


def load(pid: int, socket: str, archives: Sequence[Path], aliases: Mapping[str, str]) -> None:
    """Give a running machine more images, and more names for those that it has; what is there already stays. Raises LabError."""
    doing = "loading images"
    ctr = ["nsenter", f"--target={pid}", "--pid", "--mount", "ctr", "--address", socket, "--namespace", "k8s.io", "images"]
    for archive in archives:
        run([*ctr, "import", archive], doing=doing)
    for name, source in aliases.items():
        run([*ctr, "tag", "--force", source, name], doing=doing)


def _remove_unused(cache: Path) -> None:
    # A store is a gigabyte. The two newest stay: a lab may be about to start from one.
    marks = sorted(cache.glob(f"unpacked-*/{_IN_USE}"), key=lambda mark: mark.stat().st_mtime)
    for mark in marks[:-2]:
        with mark.open() as opened:
            try:
                fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            shutil.rmtree(mark.parent)


def give(store: Path, machine: Path) -> None:
    """Make `machine`, the root folder of a machine's containerd, one that has all images of the store."""
    for database in _DATABASES:
        (machine / database).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(store / database, machine / database)
    for shared in (_CONTENT, _SNAPSHOTS):
        (machine / shared).mkdir(parents=True, exist_ok=True)
        for found in (store / shared).iterdir():
            (machine / shared / found.name).symlink_to(found)
