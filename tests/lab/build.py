"""What the clusters are made of, built once and kept in the user's cache folder under the content it was built from."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from . import cassandra_image, charts, small_images, store
from .layout import CACHE, CHARTS, MANIFESTS, STATE
from .small_images import SmallImage
from .steps import LabError, exclusive, run, say, step

_GO = Path(__file__).parent / "go"
KUBERNETES = "v1.34.4"
K8SSANDRA_OPERATOR, CASS_OPERATOR = "v1.26.0", "v1.28.0"
_STAMP = {"gitVersion": KUBERNETES, "gitMajor": "1", "gitMinor": "34"}
_LINKER = {
    "kubernetes": " ".join(f"-X k8s.io/component-base/version.{name}={value}" for name, value in _STAMP.items()),
    "helm": "-X helm.sh/helm/v3/internal/version.version=v3.19.4",
}
_GROUPS = ("kubernetes", "etcd", "coredns", "helm", "operators")
# Folders of modules that are used as they are: the module, its folder, and its name under .cache/lab/manifests.
_FOLDERS = (
    ("github.com/k8ssandra/k8ssandra-operator", "config", "k8ssandra-operator/config"),
    ("github.com/k8ssandra/k8ssandra-operator", "charts", "k8ssandra-operator/charts"),
    ("github.com/k8ssandra/cass-operator", "config", "cass-operator/config"),
    ("github.com/cert-manager/cert-manager", "deploy/crds", "cert-manager"),
)
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
        groups = {group: _build_group(group) for group in _GROUPS}
        images = store.prepare(CACHE, [*_own_images(groups), *_cassandra_images()])
        packed = _build_charts(groups)
    _link_binaries(groups)
    _copy(groups["operators"] / "manifests", MANIFESTS)
    _copy(packed, CHARTS)
    return Built(groups, images)


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


def made_once(name: str, sources: Sequence[Path], salt: str, make: Callable[[Path], None], saying: str) -> Path:
    """The cache folder NAME-KEY, made by `make` in a temporary place if it is missing. KEY is made of content and salt."""
    content = hashlib.sha256(salt.encode())
    for source in sources:
        content.update(source.read_bytes())
    target = CACHE / f"{name}-{content.hexdigest()[:12]}"
    if not target.exists():
        unfinished = target.with_name(f"{target.name}.part")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True)
        with step(saying):
            make(unfinished)
        unfinished.rename(target)
    return target


def _build_group(group: str) -> Path:
    folder = _GO / group

    def make(target: Path) -> None:
        if not shutil.which("go"):
            raise LabError(f"building {group}: Go is missing on this machine: install Go 1.25 or newer")
        flags = ["-trimpath", "-buildvcs=false", "-ldflags", f"-s -w {_LINKER.get(group, '')}"]
        run(["go", "build", *flags, "-o", f"{target}/", "tool"], doing=f"building {group}", cwd=folder, env={"CGO_ENABLED": "0"})
        if group == "operators":
            _take_folders(folder, target / "manifests")

    sources = [folder / "go.mod", folder / "go.sum"]
    return made_once(group, sources, f"{_LINKER.get(group)} {_FOLDERS}", make, f"building {group} from its Go modules")


def _take_folders(group: Path, target: Path) -> None:
    for module, folder, name in _FOLDERS:
        # The build fetches the modules that it compiles; of some we need the manifests alone.
        run(["go", "mod", "download", module], doing=f"fetching {module}", cwd=group)
        found = run(["go", "list", "-m", "-f", "{{.Dir}}", module], doing=f"looking for {module}", cwd=group).strip()
        shutil.copytree(Path(found) / folder, target / name, copy_function=shutil.copyfile)
        for copied in (target / name, *(target / name).rglob("*")):
            copied.chmod(0o755 if copied.is_dir() else 0o644)  # the module cache is read-only, folders too
    for scope, variant in (("ns-scoped", "default"), ("cluster-scoped", "cluster")):
        path = target / "k8ssandra-operator/config/cass-operator" / scope / "kustomization.yaml"
        remote = f"github.com/k8ssandra/cass-operator/config/deployments/{variant}?ref={K8SSANDRA_OPERATOR}"
        text = path.read_text()
        if remote not in text:
            raise LabError(f"making Kustomize bases work offline: {path} has no line {remote}; correct tests/lab/build.py")
        path.write_text(text.replace(remote, f"../../../../cass-operator/config/deployments/{variant}"))


def _own_images(groups: dict[str, Path]) -> list[Path]:
    """Archives of all images but Cassandra's."""
    operators = groups["operators"]
    images = [
        small_images.PAUSE,
        small_images.BUSYBOX,
        SmallImage("docker.io/lab/coredns:1", groups["coredns"] / "coredns", "/coredns", entrypoint=("/coredns",)),
        small_images.manager(f"docker.io/k8ssandra/cass-operator:{CASS_OPERATOR}", operators / "cmd"),
        small_images.manager(f"cr.k8ssandra.io/k8ssandra/k8ssandra-operator:{K8SSANDRA_OPERATOR}", operators / "k8ssandra-operator"),
    ]
    sources = [small_images.BUSYBOX.binary, *(Path(__file__).with_name(name) for name in ("images.py", "small_images.py"))]

    def make(target: Path) -> None:
        small_images.write(target, images)

    folder = made_once("images", sources, repr(images), make, "writing the images of busybox, CoreDNS and the operators")
    return sorted(folder.glob("*.tar"))


def _cassandra_images() -> list[Path]:
    return cassandra_image.build_images(CACHE, say)


def _build_charts(groups: dict[str, Path]) -> Path:
    tools = {"helm": groups["helm"] / "helm", "kubectl": groups["kubernetes"] / "kubectl"}

    def make(target: Path) -> None:
        charts.make_charts(target, groups["operators"] / "manifests", tools, "docker.io")

    return made_once("charts", charts.sources(), str(groups["operators"]), make, "packing the operators' chart")


def _link_binaries(groups: dict[str, Path]) -> None:
    (STATE / "bin").mkdir(parents=True, exist_ok=True)
    for folder in groups.values():
        for binary in folder.iterdir():
            if binary.is_file():
                _link(STATE / "bin" / binary.name, binary)


def _copy(built: Path, target: Path) -> None:
    """A folder of the cache as a copy in this checkout, anew when it was built anew."""
    origin = target / ".built-from"
    if origin.exists() and origin.read_text() == str(built):
        return
    unfinished = target.with_name(f"{target.name}.part")
    for stale in (unfinished, target):
        shutil.rmtree(stale, ignore_errors=True)
    shutil.copytree(built, unfinished)
    (unfinished / origin.name).write_text(str(built))
    unfinished.rename(target)


def _link(link: Path, target: Path) -> None:
    if not (link.is_symlink() and link.readlink() == target):
        link.unlink(missing_ok=True)
        link.symlink_to(target)
