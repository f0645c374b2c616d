# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rendering a Kustomize base, local or remote, with the kustomize or kubectl that is there."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import Any

from .._core.bundle import flavour
from .._core.errors import SpecError
from .._core.redact import redact_text
from .documents import parse_documents
from .rendered import keep
from .rendered_from import FILES, fingerprint

_RENDER_SECONDS = 300


def base_of(kustomize: str, *, control_plane: bool, cluster_scoped: bool) -> str:
    """The folder or URL to render.

    Args:
        kustomize: upstream's `config/deployments`, local or remote, whose folder for the flavour is chosen here; or any folder or
            URL that is a kustomization itself: an overlay of the user's own.
    """
    place, mark, query = kustomize.partition("?")
    local = os.path.isdir(place)
    if any(os.path.isfile(os.path.join(place, name)) for name in FILES) if local else not place.rstrip("/").endswith("/deployments"):
        return kustomize
    return f"{place.rstrip('/')}/{flavour(control_plane, cluster_scoped)}{mark}{query}"


def render(base: str, binary: str | None) -> list[dict[str, Any]]:
    """The objects of a kustomization. Raises `SpecError` with what the tool said when it cannot be rendered."""
    command = _command(binary)
    return keep(fingerprint(base, command[0]), lambda: _render(command, base))


def _render(command: list[str], base: str) -> list[dict[str, Any]]:
    try:
        done = subprocess.run([*command, base], capture_output=True, text=True, timeout=_RENDER_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired) as problem:
        raise SpecError("kustomize", redact_text(f"cannot render {base}: {problem}")) from problem
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if not line.startswith("# Warning")]
        raise SpecError("kustomize", redact_text(f"cannot render {base}: {' '.join(said)[:600]}"))
    bodies: list[dict[str, Any]] = parse_documents(done.stdout, f"kustomize (what {redact_text(base)} renders to)")
    return bodies


def _command(binary: str | None) -> list[str]:
    folders = os.pathsep.join((os.path.dirname(sys.executable), os.environ.get("PATH", "")))
    for name in [binary] if binary else ["kustomize", "kubectl"]:
        found = shutil.which(name, path=folders)
        if found:
            return [found, "build"] if os.path.basename(found).startswith("kustomize") else [found, "kustomize"]
    raise SpecError("kustomize_binary", f"found no {binary or 'kustomize or kubectl'} on this host; install one, or give its path")
