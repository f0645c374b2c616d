"""The moments at which a run is killed: when it says something, or exactly at a write, by having an API server keep silent."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from .forged import kubeconfig_with
from .proxy import Trouble, troubled_server
from .watch import SITE, Story

_LIMIT = 600.0


@dataclass(frozen=True)
class Write:
    """A write on its way to an API server.

    Args:
        context: whose.
        path: where this pattern is found.
        carried_out: the run is killed when that is done and nobody has heard of it, else before it.
    """

    context: str
    path: str
    carried_out: bool = False

    @property
    def trouble(self) -> Trouble:
        """What keeps the run waiting right there; dry runs pass."""
        does = "keep" if self.carried_out else "hang"
        return Trouble(does=does, methods=("POST", "PATCH"), path=rf"{self.path}(?!.*dryRun)", times=1)


def kill_site_at(story: Story, moment: str | Write, folder: Path) -> None:
    """Runs `site` and kills it at a moment, which a string names by what the run prints then."""
    if isinstance(moment, Write):
        _kill_at_write(story, moment, folder)
        return
    with story.player.start(SITE, story.inventory.path) as run:
        run.kill_at(moment, timeout=_LIMIT)


def _kill_at_write(story: Story, write: Write, folder: Path) -> None:
    trouble = write.trouble
    with troubled_server(write.context, folder, [trouble]) as url:
        path = kubeconfig_with(folder / "kubeconfig", write.context, server=url)
        with story.player.start(SITE, story.inventory.path, "-e", f"k8ssandra_kubeconfig={path}") as run:
            run.lives_until(f"it wrote {write.path} in {write.context}", lambda: trouble.times == 0, _LIMIT)
            run.kill()
