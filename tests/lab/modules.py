"""Programs and manifests from Go modules, each group with a go.mod of its own: their dependencies disagree."""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from .layout import CACHE
from .releases import DEFAULT
from .steps import LabError, run, step

_GO = Path(__file__).parent / "go"
KUBERNETES = "v1.34.4"
_STAMP = {"gitVersion": KUBERNETES, "gitMajor": "1", "gitMinor": "34"}
_LINKER = {
    "kubernetes": " ".join(f"-X k8s.io/component-base/version.{name}={value}" for name, value in _STAMP.items()),
    # Without a cluster, Helm renders for the Kubernetes that its release was built with; unstamped that is 1.20.
    "helm": "-X helm.sh/helm/v3/internal/version.version=v3.19.4"
    + "".join(
        f" -X helm.sh/helm/v3/pkg/{part}.k8sVersion{name}" for part in ("chartutil", "lint/rules") for name in ("Major=1", "Minor=34")
    ),
}
GROUPS = ("kubernetes", "etcd", "coredns", "helm", DEFAULT.group)
# Folders of modules that are used as they are: the module, its folder, and its name among the manifests.
_FOLDERS = (
    ("github.com/k8ssandra/k8ssandra-operator", "config", "k8ssandra-operator/config"),
    ("github.com/k8ssandra/k8ssandra-operator", "charts", "k8ssandra-operator/charts"),
    ("github.com/k8ssandra/cass-operator", "config", "cass-operator/config"),
    ("github.com/cert-manager/cert-manager", "deploy/crds", "cert-manager"),
)
CERT_MANAGER = "cert-manager"
_CERT_MANAGER_FOLDERS = (
    ("github.com/cert-manager/cert-manager", "deploy/charts/cert-manager", "chart"),
    ("github.com/cert-manager/cert-manager", "deploy/crds", "crds"),
    ("github.com/cert-manager/cert-manager", "deploy/manifests", "manifests"),
)
_REMOTE = re.compile(r"github\.com/k8ssandra/cass-operator/(config/deployments/\w+)\?ref=\S+")


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


def build_group(group: str) -> Path:
    """The folder of a group's programs, built if it is missing; a release of the operators has `manifests` in it. Raises LabError."""
    folder = _GO / group
    modules = (folder / "go.mod").read_text()
    operators = tuple(each for each in _FOLDERS if f"{each[0]} v" in modules) if "k8ssandra" in modules else ()
    folders = _CERT_MANAGER_FOLDERS if group == CERT_MANAGER else operators

    def make(target: Path) -> None:
        if not shutil.which("go"):
            raise LabError(f"building {group}: Go is missing on this machine: install Go 1.25 or newer")
        flags = ["-trimpath", "-buildvcs=false", "-ldflags", f"-s -w {_LINKER.get(group, '')}"]
        what = "tool" if "\ntool " in modules else "."
        run(["go", "build", *flags, "-o", f"{target}/", what], doing=f"building {group}", cwd=folder, env={"CGO_ENABLED": "0"})
        if folders:
            _take_folders(folder, folders, target / "manifests")
        if operators:
            _work_offline(target / "manifests")

    sources = [folder / "go.mod", folder / "go.sum", *folder.glob("*.go")]
    return made_once(group, sources, f"{_LINKER.get(group)} {_FOLDERS}", make, f"building {group} from its Go modules")


def folder_of(module: str, group: str) -> Path:
    """Where Go keeps a module, in the version that a group of programs is built with. Raises LabError."""
    return Path(run(["go", "list", "-m", "-f", "{{.Dir}}", module], doing=f"looking for {module}", cwd=_GO / group).strip())


def _take_folders(group: Path, folders: Sequence[tuple[str, str, str]], target: Path) -> None:
    for module, folder, name in folders:
        # The build fetches the modules that it compiles; of some we need the manifests alone.
        run(["go", "mod", "download", module], doing=f"fetching {module}", cwd=group)
        shutil.copytree(folder_of(module, group.name) / folder, target / name, copy_function=shutil.copyfile)
        for copied in (target / name, *(target / name).rglob("*")):
            copied.chmod(0o755 if copied.is_dir() else 0o644)  # the module cache is read-only, folders too


def _work_offline(target: Path) -> None:
    for scope in ("ns-scoped", "cluster-scoped"):
        path = target / "k8ssandra-operator/config/cass-operator" / scope / "kustomization.yaml"
        local, changed = _REMOTE.subn(r"../../../../cass-operator/\1", path.read_text())
        if not changed:
            raise LabError(f"making Kustomize bases work offline: {path} has no line like {_REMOTE.pattern}; correct {__file__}")
        path.write_text(local)
