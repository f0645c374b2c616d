"""Our side: what the collection computes for the same definitions, as the API servers of the data planes would keep it."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from typing import Any

from plugins.module_utils._core.distribution.distribution import distribute
from plugins.module_utils._core.distribution.keyspaces import rebuild_source, rebuild_task, system_replications
from plugins.module_utils._core.distribution.leftovers import leftovers_of
from plugins.module_utils._core.distribution.observation import Observation
from plugins.module_utils._core.distribution.secrets import agreed_data, is_orphan, secret_copy, secret_names
from plugins.module_utils._core.distribution.seeds import slice_names, slices_of
from plugins.module_utils._core.distribution.template import Template, templates
from plugins.module_utils._core.errors import SpecError
from plugins.module_utils._core.objects import Ref, kind_named
from plugins.module_utils._core.readings import is_of

from .comparison import REFUSED
from .judged import Key, Outcome
from .operators import CONTROL_PLANE, DATA_PLANES, NAMESPACE
from .server import Object, RefusedError, Server

# Upstream's, where a definition names none (v1.26.0, pkg/nodeconfig/mount.go).
_CLIENT_IMAGE = "k8ssandra/k8ssandra-client:v0.8.1"


def distributed(outcome: Outcome) -> Iterator[tuple[str, Object]]:
    """Every object that we would put somewhere, with its context. Raises SpecError."""
    for definition in outcome.definitions:
        observation = observed(definition, outcome)
        for placed in distribute(definition, observation):
            yield placed.context or CONTROL_PLANE, dict(placed.body)
            if placed.body["kind"] == "CassandraDatacenter":
                additional = definition["spec"]["cassandra"].get("additionalSeeds") or ()
                slices = slices_of(definition, placed.body, observation.seeds, additional)
                yield from ((placed.context or CONTROL_PLANE, body) for body in slices)
                yield from ((placed.context or CONTROL_PLANE, body) for body in _rebuilds(definition, placed.body))
        yield from _copies(definition, outcome)


def left(outcome: Outcome, before: Mapping[Key, Object]) -> dict[Key, Object]:
    """What stays of a state before: all that we do not remove. Raises SpecError."""
    found = dict(before)
    for definition in outcome.definitions if before else ():
        observation = observed(definition, outcome)
        placed = distribute(definition, observation)
        for template in templates(definition):
            bodies = [each.body for each in placed if each.datacenter == template.name]
            datacenter = next(body for body in bodies if body["kind"] == "CassandraDatacenter")
            slices = [kind_named("EndpointSlice").ref(name, template.namespace) for name in slice_names(definition, datacenter)]
            removed = [ref for ref in leftovers_of(definition, template, observation, bodies) if _is_own(ref, template, definition, found)]
            for ref in (*removed, *slices):
                found.pop(_key(ref, template), None)
    return found


def _is_own(ref: Ref, template: Template, definition: Object, found: Mapping[Key, Object]) -> bool:
    """A run of ours removes nothing that is not labelled as the cluster's."""
    metadata = definition["metadata"]
    return is_of(found.get(_key(ref, template), {}), metadata["name"], metadata["namespace"])


def _key(ref: Ref, template: Template) -> Key:
    return template.context or CONTROL_PLANE, ref.kind, ref.namespace, ref.name


def _rebuilds(definition: Object, datacenter: Object) -> Iterator[Object]:
    """The task that fills a datacenter which came when another was there already: all but the first."""
    own = [each["metadata"]["name"] for each in definition["spec"]["cassandra"]["datacenters"]]
    name = datacenter["metadata"]["name"]
    if name != own[0]:
        target = datacenter["spec"].get("datacenterName") or name
        yield rebuild_task(datacenter, rebuild_source(definition, target, own[: own.index(name)]))


def _copies(definition: Object, outcome: Outcome) -> Iterator[tuple[str, Object]]:
    """The Secrets of every namespace with a datacenter; their passwords are those that the operator has drawn."""
    home = definition["metadata"]["namespace"]
    for name in secret_names(definition):
        source = outcome.secrets[CONTROL_PLANE, home, name]
        orphan = is_orphan(definition, [(CONTROL_PLANE, source)])
        data = agreed_data(name, [(CONTROL_PLANE, source)])
        for context, namespace in places(definition):
            yield context, secret_copy(definition, name, namespace, data or {}, orphan=orphan)


def keyspaces(definition: Object) -> dict[str, dict[str, int]]:
    """The copies that we would have of the cluster's own keyspaces."""
    states = definition.get("status", {}).get("datacenters", {})
    initialized = [
        name
        for name, state in states.items()
        if any(each["type"] == "Initialized" and each["status"] == "True" for each in state["cassandra"]["conditions"])
    ]
    return system_replications(definition, initialized)


def places(definition: Object) -> dict[tuple[str, str], None]:
    """Context and namespace of every datacenter of a definition."""
    home = definition["metadata"]["namespace"]
    own = definition["spec"]["cassandra"]["datacenters"]
    return {(each.get("k8sContext") or CONTROL_PLANE, each["metadata"].get("namespace") or home): None for each in own}


def observed(definition: Object, outcome: Outcome) -> Observation:
    """What a run of ours would have read of the same clusters."""
    spec, home = definition["spec"], definition["metadata"]["namespace"]
    where = {}
    for datacenter in spec["cassandra"]["datacenters"]:
        metadata = datacenter["metadata"]
        context, namespace = datacenter.get("k8sContext") or CONTROL_PLANE, metadata.get("namespace") or home
        where[metadata["name"]] = (context, namespace, datacenter)
    configured = (spec.get("medusa") or {}).get("medusaConfigurationRef", {}).get("name")
    contexts = ["", *DATA_PLANES]
    return Observation(
        datacenters={name: found for name, place in where.items() if (found := _datacenter(name, place, outcome))},
        secrets={(_named(context), name): _decoded(body) for (context, of, name), body in outcome.secrets.items() if of == home},
        seeds={name: outcome.seeds.get((context, namespace, name), ()) for name, (context, namespace, _own) in where.items()},
        node_configs={name: found for name, place in where.items() if (found := _node_config(place, outcome))},
        medusa_configuration=outcome.configurations.get((home, configured)) if configured else None,
        client_image=_CLIENT_IMAGE,
        monitored=frozenset(contexts),
        operators=dict.fromkeys(contexts, (NAMESPACE, NAMESPACE)),
    )


def stored(servers: Mapping[str, Server], made: Iterator[tuple[str, Object]]) -> dict[Key, Object]:
    """Our objects with what an API server adds to them, as it says without keeping them; its refusal in the place of one it refuses."""
    found: dict[Key, Object] = {}
    for context, body in made:
        key = (context, body["kind"], body["metadata"]["namespace"], body["metadata"]["name"])
        try:
            found[key] = _stored(servers[context], body)
        except RefusedError as refused:
            found[key] = {"kind": body["kind"], "metadata": body["metadata"], REFUSED: str(refused)}
    return found


def _stored(server: Server, body: Object) -> Object:
    def replacing(live: Object) -> Object:
        return {**body, "metadata": {**body["metadata"], "resourceVersion": live["metadata"]["resourceVersion"]}}

    return server.store(body, replacing, dry_run=True)


def ours(servers: Mapping[str, Server], outcome: Outcome, before: Mapping[Key, Object]) -> dict[Key, Object]:
    """All of ours; one object that says why when we refuse the definition.

    Args:
        before: what we had of the state before.
    """
    try:
        return {**left(outcome, before), **stored(servers, distributed(outcome))}
    except SpecError as refused:
        name = outcome.definitions[0]["metadata"]["name"]
        return {("", "K8ssandraCluster", "", name): {"kind": "K8ssandraCluster", "metadata": {"name": name}, REFUSED: str(refused)}}


def _named(context: str) -> str:
    return "" if context == CONTROL_PLANE else context


def _datacenter(name: str, place: tuple[str, str, Object], outcome: Outcome) -> Object | None:
    context, namespace, _own = place
    return outcome.objects.get((context, "CassandraDatacenter", namespace, name))


def _node_config(place: tuple[str, str, Object], outcome: Outcome) -> Object | None:
    context, namespace, own = place
    return outcome.config_maps.get((context, namespace, (own.get("perNodeConfigMapRef") or {}).get("name", "")))


def _decoded(body: Object) -> dict[str, Any]:
    return {key: base64.b64decode(value).decode(errors="replace") for key, value in (body.get("data") or {}).items()}
