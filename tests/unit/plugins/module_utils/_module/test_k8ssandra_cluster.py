# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`k8ssandra_cluster` over clusters that are not there: what stops it before it writes, and when its wait ends."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from plugins.module_utils._core.errors import SpecError
from plugins.module_utils._core.objects import kind_named
from plugins.module_utils._kube import errors
from plugins.module_utils._module import awaiting, k8ssandra_cluster
from plugins.module_utils._module import run as run_module
from plugins.module_utils._module.run import Call, run
from plugins.module_utils._module.wish import remote_accesses
from tests.unit import build
from tests.unit.fakes import Clock, FakeApi
from tests.unit.plugins.module_utils._core.definitions import CLAIM

CLUSTER = kind_named("K8ssandraCluster").ref("demo", build.NAMESPACE)


class Fleet:
    """A control plane with or without the cluster, and east."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.clock = Clock()
        namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": build.NAMESPACE}}
        config, secret = build.client_config("east"), build.kubeconfig_secret("east")
        self.hub = FakeApi("hub", [namespace, config, secret, build.operator(control_plane=True)])
        self.east = FakeApi("east", [namespace])

        @contextmanager
        def opened(parameters: Mapping[str, Any]) -> Iterator[tuple[FakeApi, dict[str, FakeApi]]]:
            yield self.hub, {"east": self.east}

        def patient(timeout: float, interval: float) -> Any:
            return _patience(timeout, interval, self.clock.monotonic, self.clock.sleep)

        _patience = run_module.Patience
        monkeypatch.setattr(k8ssandra_cluster, "fleet", opened)
        monkeypatch.setattr(awaiting, "time", self.clock)
        monkeypatch.setattr(run_module, "Patience", patient)

    def run(self, **options: Any) -> dict[str, Any]:
        definition = k8ssandra_cluster.K8SSANDRA_CLUSTER
        defaults = {name: spec.get("default") for name, spec in definition.argument_spec.items()}
        spec = {"cassandra": {"serverVersion": "4.1.8", "storageConfig": {"cassandraDataVolumeClaimSpec": CLAIM}}}
        contexts = [{"name": "east", "datacenters": [{"metadata": {"name": "dc1"}, "size": 1}]}]
        own = {"kubeconfig": "/none", "context": "hub", "name": "demo", "spec": spec, "contexts": contexts, "wait_timeout": 300, "wait_sleep": 5}
        return run(definition.composition, Call({**defaults, **own, **options}))


@pytest.fixture
def fleet(monkeypatch: pytest.MonkeyPatch) -> Fleet:
    return Fleet(monkeypatch)


def _broken(fleet: Fleet) -> None:
    """A datacenter whose image cannot be pulled, and has not been for long."""
    fleet.east.put(build.datacenter("dc1", ready=False))
    stuck = build.waiting("ImagePullBackOff") | {"conditions": build.conditions(Initialized=True)}
    fleet.east.put(build.pod("dc1", up=False, status=stuck))


def test_a_cause_from_before_the_run_gets_time_to_go(fleet: Fleet) -> None:
    _broken(fleet)

    def mend(seconds: float) -> None:
        fleet.clock.now += seconds
        if fleet.clock.now >= 30:
            fleet.east.put(build.datacenter("dc1"))
            fleet.east.put(build.pod("dc1"))
            there = fleet.hub.objects[CLUSTER]
            there["status"] = build.cluster(build.template("dc1", "east"))["status"]

    fleet.clock.sleep = mend
    result = fleet.run()
    assert "failed" not in result, result["msg"]
    assert result["cluster"]["datacenters"][0]["ready"]


def test_a_cause_that_stays_ends_the_wait_early(fleet: Fleet) -> None:
    _broken(fleet)
    result = fleet.run()
    assert (result["error"]["reason"], result["changed"]) == ("cannot succeed", True)
    assert "cannot be pulled" in result["msg"]
    assert fleet.clock.now == awaiting.REACTION


def test_a_cluster_that_is_being_removed_is_left_alone(fleet: Fleet) -> None:
    fleet.hub.put(build.cluster(build.template("dc1", "east"), metadata={"deletionTimestamp": build.LONG_AGO}))
    result = fleet.run()
    assert result["error"]["reason"] == "conflict"
    assert not fleet.hub.writes


def test_contexts_that_may_not_be_read_are_not_taken_for_missing(fleet: Fleet) -> None:
    for kind in ("ClientConfig", "Deployment"):
        fleet.hub.fail("list", kind, errors.Forbidden("hub", f"listing {kind}s", "no right"))
    result = fleet.run()
    assert (result["error"]["reason"], result["error"]["context"]) == ("forbidden", "hub")
    assert "ClientConfigs could not be read (listing ClientConfigs: no right), so whether east is registered is unknown" in result["msg"]
    assert not fleet.hub.writes + fleet.east.writes


def test_a_cluster_in_its_control_plane_alone_needs_no_contexts(fleet: Fleet) -> None:
    fleet.hub.fail("list", "ClientConfig", errors.Forbidden("hub", "listing ClientConfigs", "no right"))
    own = [{"name": "hub", "datacenters": [{"metadata": {"name": "dc1"}, "size": 1}]}]
    assert fleet.run(contexts=own, wait=False)["changed"]


def test_a_context_that_is_not_registered_is_refused(fleet: Fleet) -> None:
    fleet.hub.remove(kind_named("ClientConfig").ref("east", build.NAMESPACE))
    assert "east is not registered with the operator (none)" in fleet.run()["msg"]
    assert not fleet.hub.writes + fleet.east.writes


def test_no_cluster_is_put_into_a_namespace_that_is_being_removed(fleet: Fleet) -> None:
    metadata = {"name": build.NAMESPACE, "deletionTimestamp": build.LONG_AGO}
    fleet.east.put({"apiVersion": "v1", "kind": "Namespace", "metadata": metadata})
    assert f"Namespace {build.NAMESPACE} is being removed" in fleet.run()["msg"]
    assert not fleet.hub.writes + fleet.east.writes


def test_a_cluster_that_goes_while_we_wait_ends_the_wait(fleet: Fleet) -> None:
    fleet.hub.react = lambda verb, on: fleet.hub.remove(CLUSTER)
    result = fleet.run()
    assert (result["error"]["reason"], fleet.clock.now) == ("cannot succeed", 0.0)


def test_a_first_write_that_is_refused_has_changed_nothing(fleet: Fleet) -> None:
    fleet.hub.fail("apply", CLUSTER, errors.Denied("hub", "applying", "no"))
    result = fleet.run()
    assert (result["failed"], result["changed"], result["plan"], result["diff"]) == (True, False, [], [])


def test_a_write_whose_answer_never_came_may_have_changed_something(fleet: Fleet) -> None:
    fleet.hub.fail("apply", CLUSTER)
    result = fleet.run()
    assert (result["failed"], result["changed"]) == (True, True)
    assert [step["context"] for step in result["plan"]] == ["hub"]


def test_a_write_that_fails_half_way_says_what_was_done_before(fleet: Fleet) -> None:
    fleet.east.remove(kind_named("Namespace").ref(build.NAMESPACE))
    fleet.hub.fail("apply", CLUSTER, errors.Denied("hub", "applying", "no"))
    result = fleet.run()
    assert (result["failed"], result["changed"]) == (True, True)
    assert [step["context"] for step in result["plan"]] == ["east"]


def test_a_remote_is_never_called_as_the_control_plane_is(tmp_path: Path) -> None:
    entry = {"name": "default", "context": {"cluster": "default", "user": "default"}}
    whole = {"contexts": [entry], "clusters": [{"name": "default", "cluster": {"server": "https://a:6443"}}], "users": [{"name": "default"}]}
    files = [tmp_path / name for name in ("hub", "east")]
    for file in files:
        file.write_text(json.dumps(whole))
    own = {"kubeconfig": str(files[0]), "context": "default"}
    # Each step of a plan goes to the context of its name: those of the control plane would have gone to the remote too.
    with pytest.raises(SpecError, match=r"contexts\[0\].name: default is what the control plane's own context is called"):
        remote_accesses({**own, "contexts": [{"name": "default", "kubeconfig": str(files[1])}]})
    assert remote_accesses({**own, "contexts": [{"name": "default"}]}) == []
