# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reaper and Medusa where `k8ssandra_cluster` is the control plane: what has to be there, their order, waiting, and how they go."""

from __future__ import annotations

import pytest

from plugins.module_utils._core.objects import kind_named
from tests.unit import build
from tests.unit.plugins.module_utils._core.definitions import CLAIM
from tests.unit.plugins.module_utils._module.direct_fleet import (
    MEDUSA,
    MEDUSA_API,
    REAPER,
    SCHEMA,
    STORAGE,
    AddOnFleet,
    let_go,
    purge_ref,
    reaper_ref,
    spec,
)


@pytest.fixture
def fleet(monkeypatch: pytest.MonkeyPatch) -> AddOnFleet:
    return AddOnFleet(monkeypatch)


@pytest.fixture
def deployed(fleet: AddOnFleet) -> AddOnFleet:
    fleet.deploy(spec=spec(**REAPER, **MEDUSA))
    return fleet


def test_reaper_comes_when_all_datacenters_are_ready_and_have_its_keyspace(fleet: AddOnFleet) -> None:
    result = fleet.succeed(spec=spec(**REAPER))
    reapers = [f"east Reaper {reaper_ref('dc1').name}", f"west Reaper {reaper_ref('dc2').name}"]
    order = [line for line in fleet.order if line in (*reapers, f"keyspace {SCHEMA} dc1,dc2", "west CassandraDatacenter dc2")]
    assert order == ["west CassandraDatacenter dc2", f"keyspace {SCHEMA} dc1,dc2", *reapers]
    assert f"keyspace {SCHEMA} dc1" in fleet.order
    assert [each["reaper"] for each in result["cluster"]["datacenters"]] == ["ready", "ready"]
    assert fleet.order[-2:] == ["east ConfigMap demo-control-plane", "west ConfigMap demo-control-plane"]


def test_the_keyspace_of_reaper_is_made_also_when_the_last_datacenter_is_stopped(fleet: AddOnFleet) -> None:
    places = [("east", {"metadata": {"name": "dc1"}, "size": 1}), ("west", {"metadata": {"name": "dc2"}, "size": 1, "stopped": True})]
    options = {"spec": spec(**REAPER), "contexts": [{"name": context, "datacenters": [entry]} for context, entry in places]}
    fleet.deploy(spec=spec(**REAPER))
    # As a run leaves it that was ended before.
    del fleet.keyspaces[SCHEMA]
    fleet.run(**options)
    assert SCHEMA in fleet.keyspaces


def test_the_second_reaper_waits_for_the_first(fleet: AddOnFleet) -> None:
    fleet.reapers_come_up = False
    result = fleet.run(spec=spec(**REAPER))
    assert result["error"]["reason"] == "timed out"
    assert "east dc1: Reaper is not ready (Pending)" in result["msg"]
    assert reaper_ref("dc1") in fleet.east.objects
    assert reaper_ref("dc2") not in fleet.west.objects


def test_a_reaper_that_cannot_run_ends_the_run_with_its_cause(fleet: AddOnFleet) -> None:
    fleet.reapers_come_up = False
    pod = build.pod("dc1", 7, status=build.waiting("ImagePullBackOff", "no such image"))
    pod["metadata"] |= {"name": "demo-dc1-reaper-0", "labels": {"k8ssandra.io/reaper": reaper_ref("dc1").name}}
    fleet.east.put(pod)
    result = fleet.run(spec=spec(**REAPER))
    assert result["error"]["reason"] == "cannot succeed"
    assert "Reaper is not ready (Pending): pod demo-dc1-reaper-0, container cassandra: the image" in result["msg"]
    assert "Reaper is not ready" in result["cluster"]["reason"]


def test_a_run_that_does_not_wait_ends_at_the_first_reaper(fleet: AddOnFleet) -> None:
    fleet.deploy(spec=spec(**REAPER))
    fleet.reapers_come_up = False
    for api, name in ((fleet.east, "dc1"), (fleet.west, "dc2")):
        api.remove(reaper_ref(name))
    result = fleet.succeed(spec=spec(**REAPER), wait=False)
    assert reaper_ref("dc1") in fleet.east.objects
    assert reaper_ref("dc2") not in fleet.west.objects
    assert not result["cluster"]["ready"]


def test_users_get_one_password_in_all_contexts(fleet: AddOnFleet) -> None:
    result = fleet.run(spec=spec(**REAPER, **MEDUSA))
    for name in ("demo-reaper", "demo-reaper-ui", "demo-medusa"):
        ref = kind_named("Secret").ref(name, build.NAMESPACE)
        assert fleet.east.objects[ref]["data"] == fleet.west.objects[ref]["data"]
        assert fleet.east.objects[ref]["data"]["password"] not in str(result)
    users = fleet.east.objects[kind_named("CassandraDatacenter").ref("dc1", build.NAMESPACE)]["spec"]["users"]
    assert [user["secretName"] for user in users] == ["demo-reaper", "demo-medusa"]


def test_the_purge_of_backups_is_beside_the_operator_and_runs_as_it(deployed: AddOnFleet) -> None:
    job = deployed.west.objects[purge_ref("dc2")]["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    assert job["serviceAccountName"] == "runner"


def test_the_run_after_writes_nothing(deployed: AddOnFleet) -> None:
    result = deployed.succeed(spec=spec(**REAPER, **MEDUSA))
    assert (result["changed"], result["plan"], deployed.writes) == (False, [], [])


def test_a_plain_cluster_costs_no_request_for_add_ons(fleet: AddOnFleet) -> None:
    fleet.deploy()
    fleet.run()
    asked = {getattr(on, "kind", on) for api in fleet.apis for _verb, on in api.calls}
    assert not asked & {"Reaper", "CronJob", "MedusaConfiguration"}


def _without_operator(fleet: AddOnFleet) -> None:
    fleet.west.remove(next(ref for ref in fleet.west.objects if ref.name.endswith("k8ssandra-operator") and ref.kind == "Deployment"))


def _watching_another(fleet: AddOnFleet) -> None:
    body = build.operator("k8ssandra-operator", watch="elsewhere")
    fleet.west.put(body)


def _scaled_down(fleet: AddOnFleet) -> None:
    body = build.operator("k8ssandra-operator")
    body["spec"]["replicas"] = 0
    fleet.west.put(body)


def _without_reapers(fleet: AddOnFleet) -> None:
    fleet.west.without.add("Reaper")


def _without_medusa(fleet: AddOnFleet) -> None:
    fleet.serves_medusa = False


def _without_bucket(fleet: AddOnFleet) -> None:
    fleet.west.remove(kind_named("Secret").ref("bucket", build.NAMESPACE))


MISSING = {
    "an operator for Reaper": (REAPER, _without_operator, "context west", "no k8ssandra-operator"),
    "an operator for Medusa": (MEDUSA, _without_operator, "context west", "role install_operator"),
    "an operator that watches": (REAPER, _watching_another, "context west", "watches elsewhere only, and dc2 is in"),
    "an operator that runs": (REAPER, _scaled_down, "context west", "k8ssandra-operator is scaled to 0"),
    "Reapers": (REAPER, _without_reapers, "context west", "serves no Reapers, which Reaper needs"),
    "Medusa's kinds": (MEDUSA, _without_medusa, "context east", "serves no MedusaTasks, which Medusa needs"),
    "the Secret of its storage": (MEDUSA, _without_bucket, "context west", "there is no Secret k8ssandra-operator/bucket"),
}


@pytest.mark.parametrize("what", MISSING)
def test_what_an_add_on_needs_is_asked_for_before_a_write(fleet: AddOnFleet, what: str) -> None:
    add_on, lose, context, said = MISSING[what]
    lose(fleet)
    message = fleet.run(spec=spec(**add_on))["msg"]
    assert context in message
    assert said in message
    assert not fleet.writes
    fleet.succeed(spec=spec(**add_on), check_mode=True)


CONFIGURED = {"medusa": {"medusaConfigurationRef": {"name": "shared"}, "storageProperties": {"prefix": "demo"}}}


def test_a_medusa_configuration_is_read_where_the_cluster_is_defined(fleet: AddOnFleet) -> None:
    assert "is shared, which is not there" in fleet.run(spec=spec(**CONFIGURED))["msg"]
    assert not fleet.writes
    fleet.hub.put(build.body("MedusaConfiguration", MEDUSA_API, "shared", spec={"storageProperties": STORAGE}))
    fleet.succeed(spec=spec(**CONFIGURED))
    settings = fleet.east.objects[kind_named("ConfigMap").ref("demo-medusa", build.NAMESPACE)]["data"]["medusa.ini"]
    assert "bucket_name = backups" in settings


@pytest.mark.parametrize("step", range(1, 6))
def test_reaper_goes_with_the_definition_also_when_a_run_is_killed(deployed: AddOnFleet, step: int) -> None:
    deployed.run_until_killed(step, spec=spec())
    deployed.succeed(spec=spec())
    left = {ref.kind for api in deployed.apis for ref in api.objects}
    assert not left & {"Reaper", "CronJob"}
    assert deployed.run(spec=spec())["plan"] == []


def test_a_cluster_that_goes_takes_its_add_ons_along_reapers_first(deployed: AddOnFleet) -> None:
    let_go(deployed)
    foretold = deployed.run(state="absent", confirm_removal="demo", check_mode=True)["plan"]
    result = deployed.succeed(state="absent", confirm_removal="demo")
    assert foretold == result["plan"]
    assert [step["object"].split()[0] for step in result["plan"]][:5] == ["Reaper", "CronJob", "Reaper", "CronJob", "CassandraDatacenter"]
    kinds = {ref.kind for api in (deployed.east, deployed.west) for ref in api.objects}
    assert kinds <= {"Namespace", "Deployment", "Pod", "CassandraTask", "Secret"}
    secrets = {ref.name for api in (deployed.east, deployed.west) for ref in api.objects if ref.kind == "Secret"}
    assert secrets == {"bucket"}


def test_the_volume_of_a_reaper_with_local_storage_goes_with_the_cluster(fleet: AddOnFleet) -> None:
    local = {"storageType": "local", "deploymentMode": "SINGLE", "storageConfig": CLAIM}
    fleet.succeed(spec=spec(reaper=local))
    claim = build.body("PersistentVolumeClaim", "v1", "reaper-data-demo-dc1-reaper-0")
    fleet.east.put(claim)
    let_go(fleet)
    fleet.run(state="absent", confirm_removal="demo")
    assert "PersistentVolumeClaim" not in {ref.kind for ref in fleet.east.objects}


@pytest.mark.parametrize("broken", [False, True])
def test_the_status_says_of_reaper_what_its_object_says(deployed: AddOnFleet, broken: bool) -> None:
    if broken:
        deployed.west.objects[reaper_ref("dc2")]["status"] = {"progress": "Configuring", "conditions": build.conditions(Ready=False)}
    status = deployed.status()
    assert [each["reaper"] for each in status["datacenters"]] == ["ready", "Configuring" if broken else "ready"]
    assert status["reason"] == ("west dc2: Reaper is not ready (Configuring)" if broken else "")
