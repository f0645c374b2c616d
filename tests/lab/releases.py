"""The releases of the operators that the lab can install: their modules, and the names that they give their images."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from .layout import CHARTS, MANIFESTS
from .small_images import SmallImage, manager
from .steps import LabError


@dataclass(frozen=True)
class Release:
    """One k8ssandra-operator with the cass-operator that it is used with.

    `aliases` are names that its pods ask for, and the images of `cassandra_image.py` and `small_images.py` that they mean.
    """

    version: str
    cass_operator: str
    group: str
    registry: str  # of cass-operator's own images
    aliases: dict[str, str] = field(default_factory=dict)

    @property
    def manifests(self) -> Path:
        """Its Kustomize bases in this checkout."""
        return MANIFESTS if self is DEFAULT else MANIFESTS / self.version

    @property
    def charts(self) -> Path:
        """Its charts in this checkout."""
        return CHARTS if self is DEFAULT else CHARTS / self.version

    def images(self, binaries: Path) -> list[SmallImage]:
        """The images of its two operators."""
        return [
            manager(f"{self.registry}/k8ssandra/cass-operator:{self.cass_operator}", binaries / "cmd"),
            manager(f"cr.k8ssandra.io/k8ssandra/k8ssandra-operator:{self.version}", binaries / "k8ssandra-operator"),
        ]


DEFAULT = Release("v1.26.0", "v1.28.0", "operators", "docker.io")
_OLD_CLIENT = {
    "cr.k8ssandra.io/k8ssandra/cass-management-api:5.0.5-ubi8": "docker.io/k8ssandra/cass-management-api:5.0.5-ubi",
    "cr.k8ssandra.io/k8ssandra/k8ssandra-client:v0.5.0": "docker.io/k8ssandra/k8ssandra-client:v0.8.3",
    "cr.k8ssandra.io/k8ssandra/system-logger:v1.22.4": "docker.io/k8ssandra/system-logger:v1.28.0",
}
OLDER = (Release("v1.20.0", "v1.22.4", "operators-1.20", "cr.k8ssandra.io", _OLD_CLIENT),)


def find(version: str) -> Release:
    """The release of that version. Raises LabError when the lab has none."""
    for release in (DEFAULT, *OLDER):
        if release.version == version:
            return release
    known = ", ".join(release.version for release in (DEFAULT, *OLDER))
    raise LabError(f"there are no operators {version} in the lab; it has {known}")
