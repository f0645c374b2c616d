"""What our identity asked of the API servers, from their audit logs."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .lab import CONTEXTS, STATE

WRITES = {"create", "update", "patch", "delete", "deletecollection"}
# Questions that Kubernetes has one POST.
_QUESTIONS = {"selfsubjectaccessreviews", "selfsubjectrulesreviews", "selfsubjectreviews"}
_OURS = "k8ssandra.operator/"
_LONGEST = 1 << 20  # bytes that no line of a log has


def is_write(event: Mapping[str, Any], *, dry_runs: bool = False) -> bool:
    """Whether a request wrote something. A dry run writes nothing, but one can count those too."""
    asks = event.get("objectRef", {}).get("resource") in _QUESTIONS
    return event["verb"] in WRITES and not asks and (dry_runs or "dryRun=All" not in event["requestURI"])


def _end(path: Path) -> int:
    """Where the last whole line of a log ends."""
    with path.open("rb") as log:
        begin = log.seek(max(0, path.stat().st_size - _LONGEST))
        return begin + log.read().rfind(b"\n") + 1


@dataclass(frozen=True)
class Audit:
    """The audit logs from a point in time on."""

    offsets: dict[str, int]

    @classmethod
    def from_now(cls) -> Audit:
        return cls({context: _end(STATE / context / "audit.log") for context in CONTEXTS})

    def events(self, context: str, until: Audit | None = None) -> Iterator[dict[str, Any]]:
        """The requests of our tools and of the lab's person, without those of the tests' own kubectl, up to now or an earlier time."""
        for event in self.all_events(context, until):
            agent = event.get("userAgent", "")
            if agent.startswith(_OURS) or (event["user"]["username"] == "lab-admin" and not agent.startswith("kubectl/")):
                yield event

    def all_events(self, context: str, until: Audit | None = None) -> Iterator[dict[str, Any]]:
        """The requests of everybody."""
        place = self.offsets[context]
        with (STATE / context / "audit.log").open("rb") as log:
            log.seek(self.offsets[context])
            for line in log:
                # The server may be in the middle of its last line.
                if not line.endswith(b"\n") or (until is not None and place >= until.offsets[context]):
                    return
                place += len(line)
                yield json.loads(line)

    def writes(self, *, dry_runs: bool = False) -> list[str]:
        """What was written, as context, verb and path. A dry run writes nothing, but one can ask for those too."""
        return [
            f"{context}: {event['verb']} {event['requestURI']} by {event.get('userAgent', '')}"
            for context in CONTEXTS
            for event in self.events(context)
            if is_write(event, dry_runs=dry_runs)
        ]

    def counts(self) -> dict[str, dict[str, int]]:
        """Requests of our modules by context and verb."""
        return {
            context: dict(Counter(event["verb"] for event in self.events(context) if event.get("userAgent", "").startswith(_OURS)))
            for context in CONTEXTS
        }
