"""Both sides of an input next to each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from plugins.module_utils._core.distribution.keyspaces import copies_of, is_replicated

from ..accepted import Accepted, covering
from .comparison import Difference, differences, hidden
from .inputs import Input
from .judged import Judge, Key, Outcome, forget
from .operators import CONTROL_PLANE
from .ours import keyspaces, ours, places
from .server import Object, Server


@dataclass
class Court:
    """The clusters, and the operator that judges. `accepted` are the rows of accepted differences that were needed."""

    servers: Mapping[str, Server]
    judge: Judge
    prefix: str
    accepted: set[Accepted] = field(default_factory=set)
    _count: int = 0

    def verdicts(self, given: Sequence[Input]) -> dict[str, Verdict]:
        """What every input came to, by its name; inputs side by side."""
        placed = []
        for each in given:
            self._count += 1
            placed.append(each.placed(f"{self.prefix}-{self._count}"))
        outcomes = self.judge.judge(placed)
        found = {name: Verdict(name, tuple(self._compared(name, steps))) for name, steps in outcomes.items()}
        forget(self.servers[CONTROL_PLANE])
        return found

    def _compared(self, name: str, outcomes: Sequence[Outcome]) -> Iterator[Step]:
        """Each state, with what is left of the states before it."""
        own: dict[Key, Object] = {}
        before: set[Key] = set()
        for number, outcome in enumerate(outcomes):
            state = f"{name} (state {number + 1})" if number else name
            if outcome.refusal:
                yield Step(outcome, ())
                continue
            before |= own.keys()
            own = ours(self.servers, outcome, own)
            found = self._unaccepted(differences(state, compared(outcome), own, before))
            yield Step(outcome, (*hidden(found, outcome.secrets.values()), *_in_cassandra(state, outcome)))

    def _unaccepted(self, found: Iterable[Difference]) -> Iterator[Difference]:
        for each in found:
            row = covering(each)
            if row is None:
                yield each
            else:
                self.accepted.add(row)


def _in_cassandra(name: str, outcome: Outcome) -> Iterator[Difference]:
    """The cluster's own keyspaces whose copies are others than we would make."""
    for definition in outcome.definitions:
        cluster = definition["metadata"]["name"]
        for keyspace, wanted in keyspaces(definition).items():
            found = outcome.keyspaces[cluster].get(keyspace, {})
            # Nobody alters a keyspace while no node of the cluster runs.
            if found and not is_replicated(found, wanted):
                yield Difference(name, "", "Keyspace", cluster, keyspace, copies_of(found), wanted)


def compared(outcome: Outcome) -> dict[Key, Object]:
    """What the operator put where datacenters are: Secrets that only its control plane has are no distribution."""
    where = {place for definition in outcome.definitions for place in places(definition)}
    return {key: body for key, body in outcome.objects.items() if key[1] != "Secret" or (key[0], key[2]) in where}


@dataclass(frozen=True)
class Step:
    """One state of an input: what the operator made of it, and where we differ."""

    outcome: Outcome
    differences: tuple[Difference, ...]


@dataclass(frozen=True)
class Verdict:
    """All states of an input."""

    name: str
    steps: tuple[Step, ...]

    @property
    def refusal(self) -> str:
        """Why the operator distributed nothing; empty when it did."""
        return next((step.outcome.refusal for step in self.steps if step.outcome.refusal), "")

    @property
    def differences(self) -> tuple[Difference, ...]:
        return tuple(each for step in self.steps for each in step.differences)
