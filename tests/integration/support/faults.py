"""Faults: something goes wrong with a cluster or a run, for real; what has to be said of it, and that the next run goes on."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .defects import Bench as PlantingBench
from .forged import kubeconfig_with
from .lab import CONTEXTS, KUBECONFIG, deployments
from .play import Started
from .proxy import Trouble, troubled_server
from .tasks import Task, Tasks
from .watch import SITE, Story

RESOURCES = {"requests": {"cpu": "100m", "memory": "64Mi"}, "limits": {"memory": "512Mi"}}  # as the role install_operator gives them
OPERATORS = tuple(f"operators of {context}" for context in CONTEXTS)
ROUND = (*OPERATORS, "registrations", "cluster", "status")  # what `site` does, without its playbook
# Seconds within which a run under a fault has to end.
LIMIT = 180.0
_DATACENTERS = {"east": "dc1", "west": "dc2"}
_KEPT = (
    "k8ssandraclusters,clientconfigs,cassandradatacenters,statefulsets,deployments,services,serviceaccounts,roles,rolebindings,secrets,"
    "configmaps,persistentvolumeclaims"
)


Baseline = frozenset[str]


@dataclass(frozen=True)
class Fault:
    """One fault.

    Args:
        name: what goes wrong.
        harm: makes it so; the bench undoes it.
        context, says: what every message has to name and say; the run goes through where nothing has to be said.
        may_say: what every message has to say where the run may as well go through.
        run: the steps that are run under it; `site` alone is the whole playbook.
        at: harm is done when the run prints this, and before the run where it is empty.
        first: done before the run where harm is done in its middle, so that there is something to do.
        killed: the harm is the run's own end.
        on_the_way: no cluster is touched and a run has nothing to do: it may not write, and the next is the one of another fault.
        options: more options of a step, by its name.
        next_options: what the next run is given.
    """

    name: str
    harm: Callable[[Bench], object]
    context: str = ""
    says: tuple[str, ...] = ()
    may_say: tuple[str, ...] = ()
    run: tuple[str, ...] = ROUND
    at: str = ""
    first: Callable[[Bench], object] = lambda bench: None
    killed: bool = False
    on_the_way: bool = False
    options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    next_options: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class Seen:
    """How a run under a fault ended.

    Args:
        seconds: how long it took.
        results: of each step, as registered; none of a playbook, or of a run that was killed.
        failures: what a playbook said failed.
    """

    seconds: float
    results: dict[str, dict[str, Any]] = field(default_factory=dict)
    failures: str = ""

    def messages(self) -> dict[str, str]:
        """What failed, or is not ready, by step."""
        failed = {step: str(result.get("msg")) for step, result in self.results.items() if result.get("failed")}
        unready = {step: str(result["reason"]) for step, result in self.results.items() if result.get("ready") is False}
        return {**failed, **unready, **({"site": self.failures} if self.failures else {})}


@dataclass
class Bench(PlantingBench):
    """Where faults are injected, and how they go again."""

    story: Story = field(kw_only=True)
    folder: Path = field(kw_only=True)
    running: Started | None = None
    kubeconfigs: dict[str, str] = field(default_factory=dict)
    baseline: Baseline = frozenset()

    @property
    def shared(self) -> Path:
        """The shared folder for temporary files, as runs under a fault see it."""
        return self.folder / "shared"

    # What harms.

    def cut(self, context: str) -> None:
        self.lab.cut(context)
        self.undo.append(lambda: self.lab.heal(context))

    def tamper(self, context: str, *troubles: Trouble) -> None:
        """Has a context reached through a server that makes trouble."""
        server = troubled_server(context, self.folder, troubles)
        url = server.__enter__()
        self.undo.append(lambda: server.__exit__(None, None, None))
        self.reach(context, server=url)

    def reach(self, context: str, **otherwise: Any) -> None:
        """Has a context reached as another user, at another address, or with another authority."""
        self.kubeconfigs[context] = kubeconfig_with(self.folder / f"kubeconfig-{context}", context, **otherwise)
        self.undo.append(lambda: self.kubeconfigs.pop(context))

    def kubectl(self, context: str, *words: str, body: Any = None) -> str:
        return self.lab.cluster(context).kubectl(*words, stdin=json.dumps(body) if body else "")

    def run_beside(self) -> None:
        """Another whole run while one is under way."""
        beside = Tasks(self.story.player, self.folder)
        failed = [result["msg"] for result in beside.run([self.task(step) for step in ROUND]) if result.get("failed")]
        assert not failed, f"the run beside failed: {failed}"

    def kill_run(self) -> None:
        assert self.running
        self.running.kill()

    # What is run.

    def task(self, step: str, **more: Any) -> Task:
        """One step over the whole fleet, by the options that the roles would give."""
        if step.startswith("operators of "):
            context = step.removeprefix("operators of ")
            flavour = {"kustomize": deployments("v1.26.0"), "control_plane": context == "hub", "resources": RESOURCES, "wait_timeout": 240}
            return Task("operator_bundle", {"context": context, **self._reached(context), **flavour, **more})
        remotes = [{"name": name, **self._reached(name)} for name in _DATACENTERS]
        if step == "registrations":
            addresses = [{**remote, "server": self._server(str(remote["name"]))} for remote in remotes]
            return Task("client_config", {**self._reached("hub"), "contexts": addresses, "wait_timeout": 240, **more})
        if step == "status":
            wish = {"name": "demo", "contexts": remotes, "wait": True}
            return Task("cluster_status", {**self._reached("hub"), **wish})  # it takes none of the others' options
        wish = self.story.inventory.group()["k8ssandra_cluster"]
        sized = [{**remote, "datacenters": [{"metadata": {"name": _DATACENTERS[str(remote["name"])]}, "size": 1}]} for remote in remotes]
        options = {"name": wish["name"], "spec": wish["spec"], "contexts": sized, "wait_timeout": 240}
        return Task("k8ssandra_cluster", {**self._reached("hub"), **options, **more})

    def _reached(self, context: str) -> dict[str, str]:
        return {"kubeconfig": self.kubeconfigs.get(context, str(KUBECONFIG))}

    def _server(self, context: str) -> str:
        """The address for the operator, whatever we are reached by."""
        found = json.loads(KUBECONFIG.read_text())["clusters"]
        return str(next(entry["cluster"]["server"] for entry in found if entry["name"] == context))

    def play(self, fault: Fault, tasks: Tasks) -> Seen:
        """Runs under a fault to the end."""
        if fault.at:
            fault.first(self)
        else:
            fault.harm(self)
        steps = () if fault.run == ("site",) else fault.run
        chosen = [self.task(step, **fault.options.get(step, {})) for step in steps]
        began = time.monotonic()
        started = tasks.start(chosen) if chosen else self.story.player.start(SITE, self.story.inventory.path)
        with started as self.running:
            if fault.at:
                for _line in self.running.lines_until(fault.at, timeout=LIMIT):
                    pass
                fault.harm(self)
            if fault.killed:
                return Seen(time.monotonic() - began)
            run = self.running.finish(LIMIT + 60)
        if not chosen:
            return Seen(run.seconds, failures=run.failures())
        return Seen(run.seconds, dict(zip(steps, tasks.results(), strict=True)))

    # What is there.

    def state(self) -> Baseline:
        """Every object that may not be lost or doubled, and the pods of Cassandra with their restarts."""
        names = {f"{context} {name}" for context in CONTEXTS for name in self.kubectl(context, "get", _KEPT, "--output=name").split()}
        return frozenset(names | {f"{pod} {uid}, restarts: {count}" for pod, (uid, count) in self.lab.cassandra_pods().items()})

    def demand_baseline(self, seconds: float = 120) -> None:
        """Insists that all is there as it was, soon."""
        deadline = time.monotonic() + seconds
        while differs := sorted(self.state() ^ self.baseline):
            assert time.monotonic() < deadline, f"lost, or there anew: {differs}"
            time.sleep(1)

    def converge(self, tasks: Tasks, **more: Any) -> None:
        """The next run fails nowhere, the one after changes nothing, and all is there once as it was."""
        results = tasks.run([*(self.task(step, **more) for step in ROUND), *map(self.task, ROUND)], timeout=900)
        first, again = dict(zip(ROUND, results, strict=False)), dict(zip(ROUND, results[len(ROUND) :], strict=True))
        failed = {step: result["msg"] for step, result in [*first.items(), *again.items()] if result.get("failed")}
        assert not failed, f"the next run failed: {failed}"
        changed = {step: result["plan"] for step, result in again.items() if result["changed"]}
        assert not changed, f"the run after the next changed {changed}"
        assert again["status"]["ready"], again["status"]["reason"]
        if self.baseline:
            self.demand_baseline()

    def rest(self) -> None:
        """The operators in new pods where they have restarted: the kubelet lets one that does so often wait for minutes."""
        for context, pod in (name.split() for name, (_uid, count) in self.lab.operator_pods().items() if count):
            self.kubectl(context, "delete", "pod", pod, "--wait=true")
            self.kubectl(context, "rollout", "status", "deployment", "--timeout=120s")


def judge(fault: Fault, seen: Seen) -> str:
    """What was seen, in one line. Fails unless the run ended in time and named the true cause, and nothing else failed."""
    said = seen.messages()
    assert seen.seconds < LIMIT, f"ended after {seen.seconds:.0f} s, not within {LIMIT:.0f} s: {said}"
    if fault.killed:
        return "killed"
    says = fault.says or (fault.may_say if said else ())
    if not says:
        assert not said, f"should have gone through: {said}"
        return "went through"
    assert said, f"nothing failed; {', '.join(says)} should have been said"
    for step, message in said.items():
        named = fault.context if step == "status" else f"context {fault.context}"
        missing = [word for word in (named, *says) if word not in message]
        assert not missing, f"{step} does not say {missing}: {message}"
        assert step not in OPERATORS or step.endswith(fault.context), f"{step} failed for a fault of {fault.context}: {message}"
    _spared(fault, seen)
    return f"{', '.join(said)}: {brief(next(iter(said.values())), says[0])}"


def _spared(fault: Fault, seen: Seen) -> None:
    """What was refused has changed nothing, and one bad remote never stops the other. Who could not serve may have done what was asked."""
    for step, result in seen.results.items():
        refused = (result.get("error") or {}).get("reason") in ("conflict", "forbidden", "unauthorized")
        assert step == "registrations" or not (refused and result["changed"]), f"{step} was refused and changed {result['plan']}"
    for context in seen.results.get("registrations", {}).get("contexts", ()):
        assert context["name"] == fault.context or fault.context == "hub" or "error" not in context, context


def brief(message: str, word: str, longest: int = 110) -> str:
    """A message cut down to what is around a word."""
    at = max(message.find(word) - longest // 2, 0)
    return " ".join(message[at : at + longest].split())
