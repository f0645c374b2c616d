# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An inventory as files: as a person would write it, and never over what somebody wrote."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .._core.adoption_inventory import Inventory
from .._core.adoption_words import Variable
from .._core.errors import SpecError
from .._core.redact import MASK
from .._core.values import secret_values
from . import documents
from .files import write_whole

_HOSTS = "One host per kube context, nothing else in this file."
_WIDTH = 130
_TEXT = "tag:yaml.org,2002:str"


@dataclass(frozen=True)
class File:
    """One file: its path in the folder, what is to be in it, and what is in it now (None: there is none)."""

    path: str
    text: str
    before: str | None = None

    @property
    def differs(self) -> bool:
        """Whether it has to be written."""
        return self.text != self.before

    def diff(self) -> dict[str, str]:
        """Ansible's diff. Of what somebody wrote there, secrets are masked; all of it where that cannot be told."""
        headers = {"before_header": self.path, "after_header": self.path}
        return {**headers, "before": _shown(self.before or ""), "after": self.text}


def files_of(inventory: Inventory, folder: str) -> tuple[File, ...]:
    """The files of an inventory, with what is in the folder now."""
    texts = {
        "hosts.yml": _text([(_HOSTS, inventory.tree)]),
        os.path.join("group_vars", "k8ssandra.yml"): _text(list(inventory.group)),
        **{os.path.join("host_vars", f"{host}.yml"): _text([("", said)]) for host, said in inventory.hosts.items()},
    }
    return tuple(File(path, text, _read(os.path.join(folder, path)) if folder else None) for path, text in texts.items())


def check_overwrite(files: tuple[File, ...], folder: str, overwrite: bool) -> None:
    """Raise `SpecError` naming the files that somebody wrote and that would be lost."""
    lost = [file.path for file in files if file.differs and file.before is not None]
    if lost and not overwrite:
        raise SpecError("folder", f"{folder} has {', '.join(lost)} with something else in it; give another folder, or set overwrite: true")


def write_files(files: tuple[File, ...], folder: str) -> None:
    """Writes what differs, each file whole or not at all, for its owner alone: an inventory says where clusters are."""
    for file in files:
        path = os.path.join(folder, file.path)
        try:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            write_whole(path, file.text)
        except OSError as problem:
            raise SpecError("folder", f"{path} cannot be written: {problem.strerror}") from None


def _read(path: str) -> str | None:
    try:
        with open(path, encoding="utf-8") as opened:
            return opened.read()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as problem:
        raise SpecError("folder", f"{path} cannot be read: {getattr(problem, 'strerror', None) or 'it is not text'}") from None


def _shown(text: str) -> str:
    try:
        secrets = secret_values(documents.parse_yaml(text, ""))
    except SpecError:
        return MASK
    lines = {line.strip() for secret in secrets for line in secret.splitlines() if line.strip()}
    if not all(line in text for line in lines):
        return MASK
    for line in sorted(lines, key=len, reverse=True):
        text = text.replace(line, MASK)
    return text


def _text(sections: list[tuple[str, Mapping[str, Any]]]) -> str:
    parts = [(f"# {comment}\n" if comment else "") + _dumped(said) for comment, said in sections if said]
    return "---\n" + "\n".join(parts)


def _dumped(said: Mapping[str, Any]) -> str:
    class Dumper(documents.yaml.SafeDumper):
        """As the examples are: lists indented, a variable a line, what is small inside in one line."""

        def increase_indent(self, flow: bool = False, indentless: bool = False) -> Any:
            return super().increase_indent(flow, False)

        def serialize(self, node: Any) -> None:
            node.flow_style = False
            super().serialize(node)

        def ignore_aliases(self, data: Any) -> bool:
            return True

    Dumper.add_representer(Variable, lambda dumper, one: dumper.represent_scalar(_TEXT, f"{{{{ {one.name} }}}}", style='"'))
    Dumper.add_representer(str, _represent)
    # Ansible's own kinds of strings.
    Dumper.add_multi_representer(str, lambda dumper, text: _represent(dumper, str.__str__(text)))
    text: str = documents.yaml.dump(dict(said), Dumper=Dumper, sort_keys=False, default_flow_style=None, width=_WIDTH, allow_unicode=True)
    return text


def _represent(dumper: Any, text: str) -> Any:
    """What looks like a template was not meant as one by a cluster; what has lines is shown in lines."""
    if any(mark in text for mark in ("{{", "{%", "{#")):
        return dumper.represent_scalar("!unsafe", text, style='"')
    return dumper.represent_scalar(_TEXT, text, style="|" if "\n" in text else None)
