"""The moments at which an API server is killed: in the middle of what each role writes, when all is made and when all is removed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial

from .lab import eventually
from .play import Run, Started
from .watch import Story

_RUN_LIMIT = 600.0
_MOST_RUNS = 4


@dataclass(frozen=True)
class Moment:
    """When, by what the run prints, and whose API server."""

    pattern: str
    context: str


# Each in the order in which a run comes by.
DEPLOYING = {
    "proving the contexts": Moment(r"TASK \[.*preflight :", "hub"),
    "checking for an upgrade": Moment(r"TASK \[.*check_upgrade :", "west"),
    "looking for cert-manager": Moment(r"TASK \[.*install_cert_manager :", "hub"),
    # Not while definitions are written: those that the API server was about to serve it serves at its next resync only, which takes
    # minutes (`createCustomResourceDefinition` of apiextensions-apiserver queues none).
    "installing the operators": Moment(r"hub: created Deployment", "hub"),
    "making the accounts": Moment(r"token issued", "west"),
    "waiting for the operator to load them": Moment(r"hub: created ClientConfig", "hub"),
    "deploying the cluster": Moment(r"hub: created K8ssandraCluster", "hub"),
    "waiting for the first node": Moment(r"east dc1: 0/1 nodes up", "east"),
    "waiting for the second datacenter": Moment(r"east dc1: 1/1 nodes up", "west"),
    "reporting": Moment(r"TASK \[.*report_status :", "hub"),
}
REMOVING = {
    "removing the cluster": Moment(r"TASK \[.*remove_cluster :", "hub"),
    "waiting for the removal of the cluster": Moment(r"west dc2: is being removed", "west"),
    "removing the accounts": Moment(r"TASK \[.*unregister_contexts :", "east"),
    "removing the operators": Moment(r"TASK \[.*uninstall_operator :", "hub"),
}

# The same without an operator's control plane. What is written next goes to the API server that is killed, or its pods have just restarted.
DISTRIBUTING = {
    "installing cass-operator": Moment(r"east: created Deployment", "east"),
    "preparing the contexts": Moment(r"west: created Secret", "west"),
    "making the first datacenter": Moment(r"created CassandraDatacenter .*/dc1", "east"),
    "turning to the second datacenter": Moment(r"east dc1: 1/1 nodes up", "west"),
    "making the second datacenter": Moment(r"created CassandraDatacenter .*/dc2", "west"),
    "altering keyspaces": Moment(r"west dc2: 1/1 nodes up", "west"),
}
WITHDRAWING = {
    "removing the first datacenter": Moment(r"TASK \[.*remove_cluster :", "east"),
    "waiting for the removal of datacenters": Moment(r"deleted CassandraDatacenter .*/dc2", "west"),
    "removing cass-operator": Moment(r"TASK \[.*uninstall_operator :", "east"),
}


@dataclass
class Journey:
    """A playbook that was brought to its end although API servers were killed on the way.

    Args:
        moments: when they are killed.
        seen: what became of the run, by moment.
        run: the last run, which came through.
    """

    moments: Mapping[str, Moment]
    seen: dict[str, str] = field(default_factory=dict)
    run: Run | None = None

    def travel(self, story: Story, playbook: str, *more: str) -> Journey:
        """Runs the playbook, again where a kill ended it, until it comes through."""
        for _run in range(_MOST_RUNS):
            with story.player.start(playbook, story.inventory.path, *more) as started:
                killed = self._kill_on_the_way(story, started)
                run = started.finish(_RUN_LIMIT)
            if run.code == 0:
                self.run = run
                return self
            assert killed, f"a run failed by itself: {run.failures()[:2000]}"
            assert any(f"context {self.moments[name].context}" in run.failures() for name in killed), run.failures()[:2000]
            self.seen[killed[-1]] = " ".join(run.failures().split())[:110]
        raise AssertionError(f"{playbook} did not come through in {_MOST_RUNS} runs: {self.seen}")

    def _kill_on_the_way(self, story: Story, started: Started) -> list[str]:
        """Kills at every moment that was not seen yet, until the run ends; which those were."""
        killed = []
        for name in (name for name in self.moments if name not in self.seen):
            try:
                for _line in started.lines_until(self.moments[name].pattern, timeout=_RUN_LIMIT):
                    pass
            except AssertionError:
                break
            eventually("an API server to kill", partial(_kill, story, self.moments[name].context))
            self.seen[name] = "went through"
            killed.append(name)
        return killed


def _kill(story: Story, context: str) -> bool:
    """Whether it was there to be killed: one that was killed just before comes back a little later."""
    try:
        story.lab.kill(context, "apiserver")
    except AssertionError:
        return False
    return True
