"""cert-manager's own chart and static manifest, made of the module's files as its release does (its make/manifests.mk)."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from ..small_images import SmallImage
from ..steps import run

NAME = "cert-manager"
VERSION = "v1.18.5"
# What its release renders the static manifest with.
_STATIC = ("crds.enabled=true", "creator=static", "startupapicheck.enabled=false")


def make_cert_manager(target: Path, module: Path, helm: Path) -> None:
    """Make the chart as a folder and as an archive, and `cert-manager.yaml`, in `target`. Raises LabError.

    Args:
        target: An existing folder.
        module: Where the module's `chart`, `crds` and `manifests` lie.
        helm: The program.
    """
    chart = target / NAME
    shutil.copytree(module / "chart", chart)
    about = (chart / "Chart.template.yaml").read_text().replace("{{IS_PRERELEASE}}", "false")
    (chart / "Chart.yaml").write_text(re.sub(r"(?m)^(version|appVersion): .*$", rf"\1: {VERSION}", about))
    for unused in ("Chart.template.yaml", "README.template.md", "signkey_annotation.txt", "values.linter.exceptions"):
        (chart / unused).unlink()
    (chart / "templates/crds.yaml").write_text("---\n".join(path.read_text() for path in sorted((module / "crds").glob("*.yaml"))))
    run([helm, "package", chart, "--destination", target], doing=f"packing the chart {NAME} {VERSION}")
    settings = [word for setting in _STATIC for word in ("--set", setting)]
    doing = "rendering cert-manager's static manifest"
    rendered = run([helm, "template", NAME, chart, "--namespace", NAME, "--api-versions", "", *settings], doing=doing)
    (target / "cert-manager.yaml").write_text(in_order((module / "manifests/namespace.yaml").read_text(), rendered))


def images(binary: Path) -> list[SmallImage]:
    """The images that the chart and the manifest name: one program, told its part."""
    parts = ("controller", "webhook", "cainjector", "startupapicheck")
    names = [(part, f"quay.io/jetstack/cert-manager-{part}:{VERSION}") for part in parts]
    return [SmallImage(name, binary, "/cert-manager", entrypoint=("/cert-manager", part), user="1000") for part, name in names]


def in_order(namespace: str, rendered: str) -> str:
    """The published manifest's order: the namespace, the CRDs, all else."""
    documents = [document.strip("\n") for document in re.split(r"(?m)^---\n", rendered) if document.strip()]
    definitions = [document for document in documents if re.search(r"(?m)^kind: CustomResourceDefinition$", document)]
    others = [document for document in documents if document not in definitions]
    return "".join(f"---\n{document}\n" for document in (namespace.strip("\n"), *definitions, *others))
