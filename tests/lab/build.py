"""What the clusters are made of, built once and kept in the user's cache folder under the content it was built from."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from . import cassandra_image, charts, small_images, store
from .layout import CACHE, CHARTS, MANIFESTS, STATE
from .modules import CERT_MANAGER, GROUPS, build_group, made_once
from .releases import DEFAULT, Release
from .small_images import SmallImage
from .steps import LabError, exclusive, run, say, step

# Debian packages, each with a file that shows it is installed.
_PACKAGES = {
    "containerd": "/usr/bin/containerd",
    "runc": "/usr/sbin/runc",
    "containernetworking-plugins": "/usr/lib/cni/ptp",
    "nftables": "/usr/sbin/nft",
    "conntrack": "/usr/sbin/conntrack",
    "busybox-static": "/bin/busybox",
    "mmdebstrap": "/usr/bin/mmdebstrap",
    "iproute2": "/bin/ip",
    "openssl": "/usr/bin/openssl",
    "util-linux": "/usr/bin/unshare",
}


@dataclass(frozen=True)
class Built:
    """Where the parts lie: folders of binaries by group, and the prepared image store."""

    groups: dict[str, Path]
    images: Path


def build() -> Built:
    """Build what is missing, and link the results into this checkout. Raises LabError."""
    install_packages()
    with exclusive(CACHE / "lock", "building"):
        groups = {group: build_group(group) for group in GROUPS}
        coredns = SmallImage("docker.io/lab/coredns:1", groups["coredns"] / "coredns", "/coredns", entrypoint=("/coredns",))
        stand_ins = [small_images.REAPER, small_images.MEDUSA]
        own = [small_images.PAUSE, small_images.BUSYBOX, *stand_ins, coredns, *DEFAULT.images(groups[DEFAULT.group])]
        images = store.prepare(CACHE, [*_write_images("images", own), *cassandra_image.build_images(CACHE, say)])
        packed = _pack_chart(DEFAULT, groups[DEFAULT.group], groups)
    _link_binaries(groups)
    _copy(groups[DEFAULT.group] / "manifests", DEFAULT.manifests)
    _copy(packed, DEFAULT.charts)
    return Built(groups, images)


def build_release(release: Release, built: Built) -> list[Path]:
    """Build an older release of the operators, and copy its manifests and charts into this checkout.

    Returns:
        The archives of its operators' images.

    Raises:
        LabError: Something could not be built.
    """
    with exclusive(CACHE / "lock", "building"):
        binaries = build_group(release.group)
        archives = _write_images(f"images-{release.version}", release.images(binaries))
        packed = _pack_chart(release, binaries, built.groups)
    _copy(binaries / "manifests", release.manifests)
    _copy(packed, release.charts)
    return archives


def build_cert_manager(built: Built) -> list[Path]:
    """Build what an installation of cert-manager needs, and copy its chart and manifest into this checkout.

    Returns:
        The archives of its images.

    Raises:
        LabError: Something could not be built.
    """
    with exclusive(CACHE / "lock", "building"):
        binaries = build_group(CERT_MANAGER)
        archives = _write_images("images-cert-manager", charts.cert_manager.images(binaries / "lab"))

        def make(target: Path) -> None:
            charts.cert_manager.make_cert_manager(target, binaries / "manifests", built.groups["helm"] / "helm")

        own = [Path(charts.cert_manager.__file__)]
        packed = made_once("cert-manager-chart", own, str(binaries), make, "packing cert-manager's chart")
    _copy(packed / "cert-manager", CHARTS / "cert-manager")
    (archive,) = packed.glob("*.tgz")
    shutil.copyfile(archive, CHARTS / archive.name)
    (MANIFESTS / "cert-manager-install").mkdir(exist_ok=True)
    shutil.copyfile(packed / "cert-manager.yaml", MANIFESTS / "cert-manager-install/cert-manager.yaml")
    return archives


def link_tools(built: Built, folder: Path) -> None:
    """Link kubectl and helm into a folder, such as that of a virtual environment. Raises LabError."""
    if not folder.is_dir():
        raise LabError(f"linking kubectl and helm: there is no folder {folder}; make it first")
    for group, tool in (("kubernetes", "kubectl"), ("helm", "helm")):
        _link(folder / tool, built.groups[group] / tool)


def install_packages() -> None:
    """Install the Debian packages that are missing. Raises LabError."""
    missing = [name for name, proof in _PACKAGES.items() if not Path(proof).exists()]
    if not missing:
        return
    if not shutil.which("apt-get"):
        raise LabError(f"the lab needs Debian's packages {', '.join(missing)}, and there is no apt-get here to install them")
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "--yes", "--no-install-recommends", *missing]
    with step(f"installing Debian packages: {' '.join(missing)}"):
        if subprocess.run(install, env={**os.environ, **quiet}, capture_output=True, check=False).returncode:
            run(["apt-get", "update"], doing="updating the list of Debian packages")
            run(install, doing="installing Debian packages", env=quiet)


def _write_images(name: str, images: Sequence[SmallImage]) -> list[Path]:
    sources = [small_images.BUSYBOX.binary, *(Path(__file__).with_name(part) for part in ("images.py", "small_images.py"))]
    sources += [small_images.STAND_INS / name for image in images for _path, name in image.scripts]

    def make(target: Path) -> None:
        small_images.write(target, images)

    return sorted(made_once(name, sources, repr(images), make, f"writing {len(images)} images").glob("*.tar"))


def _pack_chart(release: Release, binaries: Path, groups: dict[str, Path]) -> Path:
    tools = {"helm": groups["helm"] / "helm", "kubectl": groups["kubernetes"] / "kubectl"}

    def make(target: Path) -> None:
        charts.make_charts(target, binaries / "manifests", tools, release.registry)

    return made_once(
        "charts", charts.sources(), f"{binaries} {release.registry}", make, f"packing the chart of the operators {release.version}"
    )


def _link_binaries(groups: dict[str, Path]) -> None:
    (STATE / "bin").mkdir(parents=True, exist_ok=True)
    for folder in groups.values():
        for binary in folder.iterdir():
            if binary.is_file():
                _link(STATE / "bin" / binary.name, binary)


def _copy(built: Path, target: Path) -> None:
    """A folder of the cache as a copy in this checkout, anew when it was built anew."""
    origin = target.with_name(f".{target.name}-built-from")
    if target.exists() and origin.exists() and origin.read_text() == str(built):
        return
    unfinished = target.with_name(f"{target.name}.part")
    for stale in (unfinished, target):
        shutil.rmtree(stale, ignore_errors=True)
    shutil.copytree(built, unfinished)
    unfinished.rename(target)
    origin.write_text(str(built))


def _link(link: Path, target: Path) -> None:
    if not (link.is_symlink() and link.readlink() == target):
        link.unlink(missing_ok=True)
        link.symlink_to(target)
