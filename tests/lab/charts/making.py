"""The operators' chart, made whole: the module's own templates, values and CRDs, and our stand-ins for its two dependencies."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from ..steps import LabError, run

NAME = "k8ssandra-operator"
_STAND_INS = Path(__file__).parent
_DOCUMENT = re.compile(r"(?m)^---$")
_RULES = {"Role": "namespaced.yaml", "ClusterRole": "cluster.yaml"}


def sources() -> list[Path]:
    """The files that a chart is made from, besides the modules'."""
    return [*sorted(path for path in _STAND_INS.rglob("*") if path.suffix in (".yaml", ".tpl")), Path(__file__)]


def make_charts(target: Path, modules: Path, tools: dict[str, Path], registry: str) -> None:
    """Make folder and archive of the chart in `target`, from the modules' manifests. Raises LabError.

    Args:
        target: An existing folder.
        modules: Where `k8ssandra-operator/charts` and `cass-operator/config` lie.
        tools: The programs `helm` and `kubectl`.
        registry: The registry that cass-operator's image is in.
    """
    chart = target / NAME
    shutil.copytree(modules / "k8ssandra-operator/charts" / NAME, chart)
    about = (chart / "Chart.yaml").read_text()
    version = _one(r"(?m)^version: (\S+)$", about, chart)
    # What the project's release job writes: the charts in its repository say `latest`.
    (chart / "Chart.yaml").write_text(f"{about.rstrip()}\nappVersion: {version}\n")
    values = chart / "values.yaml"
    values.write_text(re.sub(r"(?m)^  tag: latest$", f"  tag: v{version}", values.read_text(), count=1))
    config = modules / "cass-operator/config"
    marks = {"CASS_OPERATOR": _one(r"newTag: (\S+)", (config / "manager/kustomization.yaml").read_text(), config), "REGISTRY": registry}
    for name in ("k8ssandra-common", "cass-operator"):
        marks["VERSION"] = _one(rf"name: {name}\n    version: (\S+)", about, chart)
        _stand_in(name, chart / "charts" / name, marks)
    _take_release(chart / "charts/cass-operator", config, tools["kubectl"])
    run([tools["helm"], "package", chart, "--destination", target], doing=f"packing the chart {NAME} {version}")


def _stand_in(name: str, target: Path, marks: dict[str, str]) -> None:
    shutil.copytree(_STAND_INS / name, target)
    for path in (target / "templates").glob("*.yaml.tpl"):
        path.rename(path.with_suffix(""))  # kept under a name that no YAML checker takes for its own
    for file in ("Chart.yaml", "values.yaml"):
        path = target / file
        if path.exists():
            path.write_text(re.sub(r"@([A-Z_]+)@", lambda mark: marks[mark[1]], path.read_text()))


def _take_release(chart: Path, config: Path, kubectl: Path) -> None:
    """Put what belongs to one release of cass-operator into its chart: CRDs, rights, and configuration files."""
    (chart / "crds").mkdir()
    crds = run([kubectl, "kustomize", config / "crd"], doing="reading cass-operator's CRDs")
    (chart / "crds/cass-operator-crds.yaml").write_text(crds)
    release = chart / "release"
    for folder in ("rules", "manager"):
        (release / folder).mkdir(parents=True)
    for document in _DOCUMENT.split((config / "rbac/role.yaml").read_text()):
        if document.strip():
            kind = _one(r"(?m)^kind: (\S+)$", document, config / "rbac/role.yaml")
            (release / "rules" / _RULES[kind]).write_text(_rules(document))
    (release / "rules/leader-election.yaml").write_text(_rules((config / "rbac/leader_election_role.yaml").read_text()))
    shutil.copyfile(config / "components/webhook/controller_manager_config.yaml", release / "manager/controller_manager_config.yaml")
    images = config / "imageconfig/image_config.yaml"
    if images.exists():
        shutil.copyfile(images, release / "image_config.yaml")
    else:
        shutil.copyfile(config / "manager/image_config.yaml", release / "manager/image_config.yaml")


def _rules(document: str) -> str:
    return document.split("rules:\n", 1)[1]


def _one(pattern: str, text: str, place: Path) -> str:
    found = re.search(pattern, text)
    if not found:
        raise LabError(f"making the charts: {place} has nothing like {pattern}; correct {__file__}")
    return found[1]
