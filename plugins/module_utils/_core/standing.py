# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where one context stands before an upgrade of the operators: what runs there, and what it is to have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .definitions import kind_of
from .objects import Object
from .operators import Operator
from .upgrade_path import Move, read_version


@dataclass(frozen=True)
class Wanted:
    """What a context is to have: the operators' images by name, and the definitions of their kinds by name."""

    images: Mapping[str, str]
    definitions: Mapping[str, Object] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Standing:
    """Where one context stands.

    Args:
        context: its name.
        control_plane: it is the control plane.
        running: the operators that run there; none when nothing is installed.
        wanted: what it is to have.
        cause: why it could not be read; empty when it was.
        server_version: of its API server.
        definitions: of the operators' kinds, as they are there, by name.
        objects: the custom resources of these kinds.
    """

    context: str
    control_plane: bool
    running: tuple[Operator, ...]
    wanted: Wanted
    cause: str = ""
    server_version: str = ""
    definitions: Mapping[str, Object] = field(default_factory=dict, repr=False)
    objects: tuple[Object, ...] = field(default=(), repr=False)

    @property
    def moves(self) -> tuple[Move, ...]:
        """The operators that run in another version than is wanted."""
        pairs = [(each, self.wanted.images[each.operator]) for each in self.running if each.operator in self.wanted.images]
        moves = (Move(each.operator, version_of(each.image), version_of(image)) for each, image in pairs)
        return tuple(move for move in moves if move.source != move.target)

    @property
    def unfinished(self) -> bool:
        """An operator is not up: if an upgrade is under way, it was stopped here."""
        return not all(each.ready for each in self.running)

    @property
    def added(self) -> tuple[str, ...]:
        """The kinds that an upgrade brings."""
        return tuple(kind_of(body) for name, body in self.wanted.definitions.items() if name not in self.definitions)

    @property
    def removed(self) -> tuple[str, ...]:
        """The kinds that are there and that the wanted operators no longer have."""
        return tuple(kind_of(body) for name, body in self.definitions.items() if name not in self.wanted.definitions)

    def describe(self) -> dict[str, Any]:
        """The context as a module returns it."""
        return {
            "name": self.context,
            "control_plane": self.control_plane,
            "reachable": not self.cause,
            "cause": self.cause,
            "operators": [self._move(each) for each in self.running],
        }

    def _move(self, operator: Operator) -> dict[str, str]:
        wanted = self.wanted.images.get(operator.operator, operator.image)
        versions = {"from": version_of(operator.image), "to": version_of(wanted)}
        return {"operator": operator.operator, **versions, "image": operator.image, "wanted_image": wanted}

    @property
    def line(self) -> str:
        """What changes here, for people."""
        if self.cause:
            return f"{self.context}: unknown: {self.cause}"
        if not self.running:
            return f"{self.context}: nothing is installed yet"
        moves = [f"{move.operator} {move.source} to {move.target}" for move in self.moves]
        return f"{self.context}: {', '.join(moves) or ('to be finished' if self.unfinished else 'is as wanted')}"

    @property
    def cassandras(self) -> frozenset[tuple[int, int]]:
        """The versions of Cassandra that run here."""
        said = (str((body.get("spec") or {}).get("serverVersion")) for body in self.objects if body["kind"] == "CassandraDatacenter")
        read = (read_version(version if version.count(".") > 1 else f"{version}.0") for version in said)
        return frozenset(version[:2] for version in read if version)


def version_of(image: str) -> str:
    """What stands behind an image's name: its tag, or its digest when it has no tag."""
    name, at, digest = image.partition("@")
    return name.rpartition("/")[2].partition(":")[2] or at + digest
