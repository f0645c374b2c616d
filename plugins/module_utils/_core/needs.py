# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Images that something needs: each with who needs it, where its name comes from, and what it is called in a registry of one's own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from .errors import SpecError
from .images import containers_of, split_image
from .objects import Object, ref_of

RENDERED, CONFIGURED = "rendered", "image configuration"
STATED, COMPILED_IN = "cluster definition", "operator's default"
_DOCKER, _LIBRARY = "docker.io", "library"
_HOOK = "helm.sh/hook"
# cert-manager starts pods with the image that this argument of its controller names, when an ACME issuer asks for them.
IMAGE_ARGUMENTS = ("--acme-http01-solver-image=",)


@dataclass(frozen=True)
class Need:
    """One image that one thing needs.

    Args:
        name: as it is written, and so as a node pulls it.
        used_by: what needs it, for people.
        origin: where the name comes from: one of the four above.
        runs: false for what this collection leaves out, such as a chart's hooks.
        advice: how to name another image where the operators offer no registry for this one; empty where they do.
    """

    name: str
    used_by: str
    origin: str
    runs: bool = True
    advice: str = ""


@dataclass(frozen=True)
class Listed:
    """One image of the list.

    Args:
        source: its whole name as upstream publishes it.
        target: its whole name as nodes will pull it.
        reached: whether the registry of one's own is where it comes from; true without one.
        used_by, origin, runs, advice: as in `Need`, of all that need it.
    """

    source: str
    target: str
    reached: bool
    used_by: tuple[str, ...]
    origin: str
    runs: bool
    advice: str

    def describe(self, registry: str) -> dict[str, Any]:
        """The image as a result shows it; without a registry of one's own, a target says nothing."""
        own = {"target": self.target, "reached": self.reached} if registry else {}
        return {"name": self.source, "used_by": list(self.used_by), "from": self.origin, "runs": self.runs, **own}


def whole_name(image: str) -> str:
    """An image's name with registry, repository and tag, as a container runtime completes it."""
    registry, rest = split_image(image)
    if not registry:
        registry, rest = _DOCKER, rest if "/" in rest else f"{_LIBRARY}/{rest}"
    return f"{registry}/{rest}" if "@" in rest or ":" in rest.rpartition("/")[2] else f"{registry}/{rest}:latest"


def is_hook(body: Object) -> bool:
    """Whether an object of a chart is not part of the release, but is made by helm at certain moments."""
    return _HOOK in (body["metadata"].get("annotations") or {})


def rendered_needs(bodies: Iterable[Object]) -> Iterator[Need]:
    """The images of the pods that rendered objects make, and those that their arguments name."""
    for body in bodies:
        hook = is_hook(body)
        holder = f"{ref_of(body).kind} {body['metadata']['name']}" + (", a hook of the chart that is not run" if hook else "")
        for container in containers_of(body):
            used_by = f"{holder}, container {container['name']}"
            yield Need(str(container.get("image") or ""), used_by, RENDERED, runs=not hook)
            for argument in (*(container.get("command") or ()), *(container.get("args") or ())):
                for prefix in IMAGE_ARGUMENTS:
                    if str(argument).startswith(prefix):
                        yield Need(str(argument)[len(prefix) :], f"{used_by}, argument {prefix.rstrip('=')}", RENDERED, runs=not hook)


def listed(published: Sequence[Need], pulled: Sequence[Need], registry: str) -> tuple[Listed, ...]:
    """The list without repeats, by name.

    Args:
        published: what is needed as upstream publishes it.
        pulled: the same needs, in the same order, with a registry of one's own.
        registry: that registry; empty when there is none.
    """
    found: dict[tuple[str, str], Listed] = {}
    for source, target in zip(published, pulled):
        names = whole_name(source.name), whole_name(target.name)
        reached = not registry or names[1].startswith(f"{registry}/")
        one = Listed(*names, reached, (source.used_by,), source.origin, source.runs, source.advice)
        there = found.get(names)
        if there is not None:
            users = tuple(dict.fromkeys((*there.used_by, *one.used_by)))
            one = replace(there, used_by=users, runs=there.runs or one.runs, advice=there.advice or one.advice)
        found[names] = one
    return tuple(found[names] for names in sorted(found))


def strays(images: Iterable[Listed]) -> tuple[str, ...]:
    """A sentence for each image that runs and does not come from the registry of one's own."""
    return tuple(
        f"{image.source} does not come from image_registry (used by {image.used_by[0]}): "
        f"{image.advice or 'the cluster definition names it; write the name that your registry has'}"
        for image in images
        if image.runs and not image.reached
    )


def lines(images: Iterable[Listed], registry: str) -> str:
    """The list as a file: an image that runs a line; behind it, with a registry of one's own, what it is called there.

    Raises:
        SpecError: two images would have one name in that registry.
    """
    running = [image for image in images if image.runs]
    sources: dict[str, str] = {}
    for image in running:
        if sources.setdefault(image.target, image.source) != image.source:
            found = f"both {sources[image.target]} and {image.source} would be {image.target}"
            raise SpecError("image_registry", f"{found}; name one of them otherwise in the cluster definition")
    return "".join(f"{image.source} {image.target}\n" if registry else f"{image.source}\n" for image in running)
