"""The nightly purge of backups."""

from __future__ import annotations

from typing import Any

import pytest

from plugins.module_utils._core.distribution.observation import Observation
from plugins.module_utils._core.distribution.purge import purge_of
from plugins.module_utils._core.distribution.template import templates
from plugins.module_utils._core.errors import SpecError

from ..definitions import good

OPERATORS = {"west": ("operators", "account")}


def purge(index: int = 1, **changes: Any) -> dict | None:
    definition = good(**{"spec.medusa": {}, **changes})
    return purge_of(definition, templates(definition)[index], Observation(operators=OPERATORS))


def test_it_runs_beside_the_operator_and_names_the_datacenter_where_it_is() -> None:
    found = purge(**{"dc2.datacenterName": "Real_DC", "dc2.metadata.namespace": "data", "spec.cassandra.clusterName": "My Cluster"})
    assert (found["metadata"]["name"], found["metadata"]["namespace"]) == ("mycluster-real-dc-medusa-purge", "operators")
    pod = found["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    assert (found["spec"]["schedule"], pod["serviceAccountName"], pod["restartPolicy"]) == ("0 0 * * *", "account", "OnFailure")
    assert pod["containers"][0]["command"][2] == (
        r'printf "apiVersion: medusa.k8ssandra.io/v1alpha1\nkind: MedusaTask\nmetadata:\n  name: purge-backups-timestamp\n  namespace: data\n'
        r'spec:\n  cassandraDatacenter: dc2\n  operation: purge" | sed "s/timestamp/$(date +%Y%m%d%H%M%S)/g" | kubectl apply -f -'
    )


@pytest.mark.parametrize("changes", [{"spec.medusa": None}, {"spec.medusa": {"purgeBackups": False}}])
def test_there_may_be_none(changes: dict) -> None:
    assert purge(**changes) is None


def test_it_needs_the_operator() -> None:
    with pytest.raises(SpecError, match=r"purgeBackups: needs k8ssandra-operator in context east, where none was found"):
        purge(0)


def test_its_name_may_be_too_long() -> None:
    with pytest.raises(SpecError, match="purgeBackups: makes the name .* longer than 253"):
        purge(**{"spec.cassandra.clusterName": "a" * 260})
