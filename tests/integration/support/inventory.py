"""A copy of the lab's inventory that a test may edit, as a person edits it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from .lab import ROOT


@dataclass(frozen=True)
class Inventory:
    """A folder with hosts, group and host variables."""

    path: Path

    @classmethod
    def copy(cls, folder: Path) -> Inventory:
        """A copy of inventories/lab; its path to the kubeconfig leads to this checkout's lab."""
        path = folder / "inventories" / "lab"
        shutil.copytree(ROOT / "inventories" / "lab", path)
        (folder / ".cache").symlink_to(ROOT / ".cache")
        return cls(path)

    def datacenters(self, host: str, **sizes: int) -> None:
        """Says which datacenters a context holds."""
        said = [{"metadata": {"name": name}, "size": size} for name, size in sizes.items()]
        self._write(self.path / "host_vars" / f"{host}.yml", {"k8ssandra_datacenters": said})

    def group(self) -> dict[str, Any]:
        found: dict[str, Any] = yaml.safe_load((self.path / "group_vars" / "k8ssandra.yml").read_text())
        return found

    @contextmanager
    def saying(self, **variables: Any) -> Iterator[None]:
        """Has other variables for the whole fleet, for a while."""
        file = self.path / "group_vars" / "k8ssandra.yml"
        kept = file.read_text()
        self._write(file, {**self.group(), **variables})
        try:
            yield
        finally:
            file.write_text(kept)

    def _write(self, path: Path, content: dict[str, Any]) -> None:
        path.write_text(yaml.safe_dump(content))
