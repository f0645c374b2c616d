"""The operator's side: many inputs distributed side by side, and what is there in the end."""

from __future__ import annotations

import contextlib
import itertools
import re
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from .inputs import OWNER_LABEL, Input
from .management_api import Nodes, Replication
from .operators import CONTROL_PLANE
from .operators import NAMESPACE as OPERATORS
from .server import (
    CLUSTER,
    CONFIG_MAP,
    CRON_JOB,
    DISTRIBUTED,
    MEDUSA,
    REAPER,
    SECRET,
    SLICE,
    Object,
    RefusedError,
    Server,
    path_of,
)
from .stand_in import StandIn

Key = tuple[str, str, str, str]  # context, kind, namespace, name
# What follows everything else: telling a Reaper of somebody else's, which does not run here, about the cluster.
_LAST = re.compile(r'Post "http://[^"]+/login": .*')
_PATIENCE = 300.0
_STUCK = 12.0
_CLUSTER_LABEL = "k8ssandra.io/cluster-name"
_SLICE_LABEL = "endpointslice.kubernetes.io/managed-by"


@dataclass(frozen=True)
class Outcome:
    """What the operator made of one step of an input, and what it saw when it did."""

    definitions: tuple[Object, ...]
    objects: Mapping[Key, Object] = field(repr=False)
    secrets: Mapping[tuple[str, str, str], Object] = field(repr=False)  # by context, namespace and name
    config_maps: Mapping[tuple[str, str, str], Object] = field(repr=False)
    configurations: Mapping[tuple[str, str], Object]  # MedusaConfigurations of the control plane by namespace and name
    seeds: Mapping[tuple[str, str, str], tuple[str, ...]]
    keyspaces: Mapping[str, Mapping[str, Replication]]
    refusal: str = ""


class Judge:
    """Gives inputs to the operator. `refusal` of an outcome says why there is nothing to compare."""

    def __init__(self, servers: Mapping[str, Server], stand_in: StandIn, nodes: Nodes) -> None:
        self._servers = servers
        self._stand_in = stand_in
        self._nodes = nodes
        self._seen: dict[tuple[str, str], Object] = {}
        self._generations: dict[tuple[str, str], int] = {}
        threading.Thread(target=self._look, daemon=True).start()

    def judge(self, given: Sequence[Input]) -> dict[str, tuple[Outcome, ...]]:
        """Distribute placed inputs side by side; each outcome by the input's name, one for every step."""
        found: dict[str, list[Outcome]] = {each.name: [] for each in given}
        for each in given:
            self._prepare(each)
        for step in range(max(len(each.steps) for each in given)):
            running = [each for each in given if len(each.steps) > step and not any(one.refusal for one in found[each.name])]
            refusals = {each.name: self._submit(each.steps[step]) for each in running}
            self._await([body for each in running if not refusals[each.name] for body in each.steps[step]])
            for each in running:
                found[each.name].append(self._outcome(each, step, refusals[each.name]))
        return {name: tuple(outcomes) for name, outcomes in found.items()}

    def _look(self) -> None:
        for found in self._servers[CONTROL_PLANE].watch(CLUSTER.path()):
            self._seen[found["metadata"]["namespace"], found["metadata"]["name"]] = found

    def _prepare(self, given: Input) -> None:
        """Namespaces and companions: Secrets and ConfigMaps in every context, but for those that a control plane copies by itself."""
        referred = given.referred()
        for context in given.contexts:
            server = self._servers[context]
            for namespace in given.namespaces:
                server.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}})
            for body in given.companions:
                copied = body["metadata"]["name"] in referred or _CLUSTER_LABEL in body["metadata"].get("labels", {})
                everywhere = body["kind"] in ("Secret", "ConfigMap") and not copied
                if everywhere:
                    for namespace in given.namespaces:
                        server.create(body | {"metadata": body["metadata"] | {"namespace": namespace}})
                elif context == CONTROL_PLANE:
                    server.create(body)

    def _submit(self, definitions: Sequence[Object]) -> str:
        """Make or change the definitions; the server's words when it refuses one."""
        server = self._servers[CONTROL_PLANE]
        try:
            for body in definitions:
                # The operator's own annotations on a definition stay.
                now = server.store(body, lambda live, spec=body["spec"]: live | {"spec": spec})
                self._generations[body["metadata"]["namespace"], body["metadata"]["name"]] = now["metadata"]["generation"]
        except RefusedError as refused:
            return str(refused)
        return ""

    def _await(self, definitions: Sequence[Object]) -> None:
        """Until the operator is through with all of them, or has said the same error for long."""
        waiting = {(body["metadata"]["namespace"], body["metadata"]["name"]) for body in definitions}
        errors: dict[tuple[str, str], tuple[str, float]] = {}
        deadline = time.monotonic() + _PATIENCE
        while waiting and time.monotonic() < deadline:
            time.sleep(0.2)
            assert not self._stand_in.failure, self._stand_in.failure
            for key in list(waiting):
                live = self._seen.get(key)
                if live is None or live["metadata"]["generation"] < self._generations[key]:
                    continue
                error = _error(live)
                said, since = errors.get(key, ("", time.monotonic()))
                errors[key] = (error, since if said == error else time.monotonic())
                if _finished(live) or _LAST.fullmatch(error) or (error and time.monotonic() - errors[key][1] > _STUCK):
                    waiting.discard(key)

    def _outcome(self, given: Input, step: int, refusal: str) -> Outcome:
        server = self._servers[CONTROL_PLANE]
        live = [] if refusal else [server.get(path_of(body)) for body in given.steps[step]]
        unfinished = [_error(body) or "not finished" for body in live if not _finished(body) and not _LAST.fullmatch(_error(body))]
        objects, secrets, config_maps = self._read(given)
        medusas = [body for namespace in given.namespaces for body in server.get(MEDUSA.path(namespace))["items"]]
        configurations = {(body["metadata"]["namespace"], body["metadata"]["name"]): body for body in medusas}
        keyspaces = {body["metadata"]["name"]: dict(self._nodes.keyspaces(_owner(body))) for body in live}
        return Outcome(
            tuple(live), objects, secrets, config_maps, configurations, self._seeds(objects), keyspaces, refusal or "; ".join(unfinished)
        )

    def _read(self, given: Input) -> tuple[dict[Key, Object], dict[tuple[str, str, str], Object], dict[tuple[str, str, str], Object]]:
        """All that was distributed, and every Secret and ConfigMap, also those that people put there."""
        objects, by_kind = {}, {SECRET.kind: {}, CONFIG_MAP.kind: {}}
        for context, resource in itertools.product(given.contexts, DISTRIBUTED):
            # Medusa's purge runs where the operator is.
            for namespace in (OPERATORS,) if resource is CRON_JOB else given.namespaces:
                for listed in self._servers[context].get(resource.path(namespace))["items"]:
                    body = {"apiVersion": resource.version, "kind": resource.kind, **listed}
                    name = body["metadata"]["name"]
                    if resource.kind in by_kind:
                        by_kind[resource.kind][context, namespace, name] = body
                    if _distributed(body, given):
                        objects[context, resource.kind, namespace, name] = body
        return objects, by_kind[SECRET.kind], by_kind[CONFIG_MAP.kind]

    def _seeds(self, objects: Mapping[Key, Object]) -> dict[tuple[str, str, str], tuple[str, ...]]:
        places = [(context, namespace, name) for context, kind, namespace, name in objects if kind == "CassandraDatacenter"]
        return {place: self._stand_in.seeds(*place) for place in places}


def forget(server: Server) -> None:
    """Have the operator forget all clusters at once, and its own Reapers, without what it would do to remove them.

    What it distributed stays until the lab ends: to take hundreds of namespaces apart costs more than to compare them.
    """
    for resource in (CLUSTER, REAPER):
        for found in server.get(resource.path())["items"]:
            path = resource.path(found["metadata"]["namespace"], found["metadata"]["name"])
            with contextlib.suppress(RefusedError):
                server.patch(path, {"metadata": {"finalizers": []}})
                server.delete(path)


def _owner(body: Object) -> str:
    return f"{body['metadata']['namespace']}/{body['metadata']['name']}"


def _distributed(body: Object, given: Input) -> bool:
    """Whether the control plane made an object, or labelled it: others in the namespace are Kubernetes' or people's."""
    metadata = body["metadata"]
    if any(owner["kind"] == REAPER.kind for owner in metadata.get("ownerReferences", ())):
        # Made in the data plane, whose operator runs in hub.
        return False
    if body["kind"] in (SECRET.kind, CONFIG_MAP.kind):
        return _CLUSTER_LABEL in metadata.get("labels", {})
    if body["kind"] == CRON_JOB.kind:
        return metadata.get("labels", {}).get(OWNER_LABEL) in given.namespaces
    if body["kind"] == SLICE.kind:
        return metadata.get("labels", {}).get(_SLICE_LABEL) in ("cass-operator", "k8ssandra-operator")
    companions = {(each["kind"], each["metadata"]["name"]) for each in given.companions}
    return (body["kind"], metadata["name"]) not in companions


def _error(live: Object) -> str:
    said = str(live.get("status", {}).get("error", ""))
    return "" if said == "None" else said


def _finished(live: Object) -> bool:
    return live.get("status", {}).get("observedGeneration") == live["metadata"]["generation"] and not _error(live)
