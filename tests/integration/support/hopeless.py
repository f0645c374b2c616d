"""Datacenters that can never come up, where they are, and the words that say why."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from .inventory import Inventory
from .lab import NAMESPACE, ROOT

SPEC: dict[str, Any] = Inventory(ROOT / "inventories" / "lab").group()["k8ssandra_cluster"]["spec"]
_NO_CLASS = {"storageClassName": "no-such-class", "accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
# What keeps the datacenters of its context from having a single pod.
QUOTA = {
    "apiVersion": "v1",
    "kind": "ResourceQuota",
    "metadata": {"name": "small", "namespace": NAMESPACE},
    "spec": {"hard": {"requests.memory": "512Mi"}},
}
# cass-operator gives each container requests of memory but this one.
_ASKING_ALL = {"initContainers": [{"name": "server-config-init-base", "resources": {"requests": {"memory": "64Mi"}}}]}


@dataclass(frozen=True)
class Hopeless:
    """One datacenter.

    Args:
        context: where it is.
        change: what is different in `spec.cassandra`.
        says: the words.
    """

    context: str
    change: Mapping[str, Any]
    says: tuple[str, ...]


def _asking(**requests: str) -> dict[str, Any]:
    return {"resources": {"requests": {"cpu": "100m", "memory": "1Gi", **requests}, "limits": {"cpu": "2", "memory": "2Gi", **requests}}}


HOPELESS = {
    "no-image": Hopeless("east", {"serverImage": "lab.invalid/no-such-image:1"}, ("east dc-no-image", "lab.invalid/no-such-image")),
    "no-class": Hopeless("east", {"storageConfig": {"cassandraDataVolumeClaimSpec": _NO_CLASS}}, ("east dc-no-class", "no-such-class")),
    "too-big": Hopeless("west", _asking(memory="900Gi"), ("west dc-too-big", "memory")),
    "no-disk": Hopeless("west", _asking(**{"ephemeral-storage": "900Ti"}), ("west dc-no-disk", "ephemeral-storage")),
    "no-quota": Hopeless("hub", _ASKING_ALL, ("hub dc-no-quota", "exceeded quota: small", "requests.memory")),
    "no-request": Hopeless("hub", {}, ("hub dc-no-request", "failed quota: small", "requests.memory for: server-config-init-base")),
}


def options_of(name: str, **more: Any) -> dict[str, Any]:
    """The options for a cluster with nothing but that datacenter."""
    spec = deepcopy(SPEC)
    spec["cassandra"].update(HOPELESS[name].change)
    contexts = [{"name": HOPELESS[name].context, "datacenters": [{"metadata": {"name": f"dc-{name}"}, "size": 1}]}]
    return {"name": name, "spec": spec, "contexts": contexts, "wait_timeout": 240, **more}
