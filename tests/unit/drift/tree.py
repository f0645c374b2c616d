"""The checkout as the drift tests read it: which files there are, and what is written in them."""

from __future__ import annotations

import ast
import functools
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[3]


@functools.cache
def files() -> tuple[Path, ...]:
    """Every file that git knows or would add, so neither the tools' own caches nor a virtual environment."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return tuple(path for name in sorted(set(names.split("\0"))) if name and (path := ROOT / name).is_file())


def matching(*patterns: str) -> list[str]:
    """The names, relative to the checkout, that one of the glob patterns fits."""
    return [name for path in files() for name in [str(path.relative_to(ROOT))] if any(path.match(pattern) for pattern in patterns)]


def below(folder: str, suffix: str = ".py") -> list[str]:
    """The names of all files below a folder."""
    return [str(path.relative_to(ROOT)) for path in files() if path.is_relative_to(ROOT / folder) and path.suffix == suffix]


def modules() -> list[str]:
    """The names of our modules."""
    return [Path(name).stem for name in below("plugins/modules")]


def roles() -> list[str]:
    """The names of our roles."""
    return sorted({path.relative_to(ROOT).parts[1] for path in files() if path.is_relative_to(ROOT / "roles")})


def playbooks() -> list[str]:
    """The names of our playbooks."""
    return [Path(name).stem for name in matching("playbooks/*.yml") if not name.endswith(".meta.yml")]


def text(name: str) -> str:
    """What is in a file; nothing when it is not there."""
    path = ROOT / name
    return path.read_text() if path.is_file() else ""


def loaded(name: str) -> Any:
    """What a YAML file says."""
    return yaml.safe_load(text(name))


def parsed(name: str) -> ast.Module:
    """The syntax tree of a Python file."""
    return ast.parse(text(name), filename=name)


def constant(name: str, variable: str) -> str:
    """The string assigned to a name at the top of a Python file or of a class in it; empty when there is none."""
    for node in ast.walk(parsed(name)):
        if isinstance(node, ast.Assign) and [target.id for target in node.targets if isinstance(target, ast.Name)] == [variable]:
            value = ast.literal_eval(node.value)
            return value if isinstance(value, str) else ""
    return ""


def imports(name: str) -> Iterator[tuple[int, str]]:
    """The line and the full dotted name of all that a Python file imports; relative ones begin with dots."""
    for node in ast.walk(parsed(name)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.lineno, "." * node.level + (node.module or "")
