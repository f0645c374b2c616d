# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The images that a K8ssandraCluster brings about: Cassandra's pods, Reaper, Medusa, Stargate.

Sources: k8ssandra-operator v1.26.0 `pkg/{images,nodeconfig,medusa,reaper,stargate,telemetry,vector}`, cass-operator v1.28.0
`pkg/reconciliation/construct_podtemplatespec.go`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .cluster import ClusterWish, Datacenter
from .effective import effective, effective_version
from .errors import SpecError
from .image_config import CLIENT, CONFIG_BUILDER, SYSTEM_LOGGER, components_in, server_image
from .images import split_image
from .merge import merged
from .needs import COMPILED_IN, CONFIGURED, STATED, Need

# cass-operator v1.28.0 apis/cassandra/v1beta1/cassandradatacenter_types.go.
_NEW_BUILDER = "cassandra.datastax.com/use-new-config-builder"
_NEW_BUILDER_SINCE = (4, 1)
# `ComputeInitialTokens`, k8ssandra-operator v1.26.0 pkg/cassandra/tokens.go.
_MANY_TOKENS = 16


@dataclass(frozen=True)
class CompiledIn:
    """The images that a k8ssandra-operator names in its own code.

    Args:
        reaper, medusa, stargate: without a registry: the operator's DEFAULT_REGISTRY comes before them, else docker.io. Of
            Stargate the part behind the name for each server.
        node_settings, vector, purge: whole names, which DEFAULT_REGISTRY does not reach.
    """

    reaper: str
    medusa: str
    node_settings: str
    stargate: str = "stargateio/stargate-{server}:v1.0.77"
    vector: str = "timberio/vector:0.26.0-alpine"
    purge: str = "bitnami/kubectl:1.29.3"


# By the operator's minor version, each read in the sources of that release.
_COMPILED_IN = {
    (1, 20): CompiledIn("thelastpickle/cassandra-reaper:3.6.1", "k8ssandra/medusa:0.22.2", "mikefarah/yq:4"),
    (1, 26): CompiledIn(
        "thelastpickle/cassandra-reaper:4.0.0-rc1", "k8ssandra/medusa:0.25.0", "k8ssandra/k8ssandra-client:v0.8.1"
    ),
}


@dataclass(frozen=True)
class Provision:
    """Where the operators take images from.

    Args:
        config: the ImageConfig of cass-operator.
        compiled_in: what k8ssandra-operator falls back to.
        registry: its DEFAULT_REGISTRY; empty for docker.io.
    """

    config: Mapping[str, Any]
    compiled_in: CompiledIn
    registry: str = ""


def compiled_in(version: str) -> tuple[CompiledIn, bool]:
    """The images that an operator of this version names in its code, and whether they were read in its sources.

    Of a version in between, or a newer one, those of the last known before it; of what is no version, the newest known.
    """
    asked = _numbers(version)[:2]
    known = max((one for one in _COMPILED_IN if one <= asked), default=(min if any(asked) else max)(_COMPILED_IN))
    return _COMPILED_IN[known], known == asked


def cluster_needs(wish: ClusterWish, provision: Provision) -> Iterator[Need]:
    """Every image of a cluster, datacenter by datacenter. Raises `SpecError` for a server that has no image."""
    for datacenter, template in wish.templates():
        yield from _of_cassandra(wish, datacenter, template, provision)
        yield from _of_medusa(wish, datacenter, provision)
        yield from _of_stargate(wish, datacenter, template, provision)
    if wish.wants_reaper:
        reaper = wish.spec["reaper"] or {}
        yield _built("Reaper", reaper.get("containerImage"), provision.compiled_in.reaper, provision, "reaper")
        yield from _vector(reaper.get("telemetry"), "Reaper", wish.at("spec", "reaper", "telemetry", "vector", "image"), provision)


def any_cluster_needs(provision: Provision) -> Iterator[Need]:
    """The images of the image configuration, for whatever cluster is to come."""
    for component, image in components_in(provision.config).items():
        yield Need(image, f"any cluster, {component}", CONFIGURED)


def takes_new_builder(wish: ClusterWish, template: Mapping[str, Any]) -> bool:
    """`UseClientImage`: the newer of two programs that write Cassandra's configuration."""
    annotations = {**((wish.cassandra.get("metadata") or {}).get("annotations") or {}), **(template["metadata"].get("annotations") or {})}
    if annotations.get(_NEW_BUILDER) == "true" or _server_type(wish) == "hcd":
        return True
    return _server_type(wish) == "cassandra" and _numbers(effective_version(wish.cassandra, template))[:2] >= _NEW_BUILDER_SINCE


def _of_cassandra(wish: ClusterWish, datacenter: Datacenter, template: Mapping[str, Any], provision: Provision) -> Iterator[Need]:
    who = f"datacenter {datacenter.name}"
    components = components_in(provision.config)
    yield _server(wish, datacenter, template, provision)
    vector = (wish.cassandra.get("telemetry") or {}).get("vector") or {}
    if vector.get("enabled") and vector.get("image"):
        yield Need(str(vector["image"]), f"{who}, logger", STATED)
    else:
        yield _component(components, SYSTEM_LOGGER, f"{who}, logger", datacenter)
    builder = CLIENT if takes_new_builder(wish, template) else CONFIG_BUILDER
    yield _component(components, builder, f"{who}, configuration", datacenter)
    if _has_node_settings(wish, template):
        stated = effective(wish.cassandra, template, "perNodeConfigInitContainerImage")
        advice = f"write the name that your registry has in {wish.at('spec', 'cassandra', 'perNodeConfigInitContainerImage')}"
        image = stated or provision.compiled_in.node_settings
        yield Need(image, f"{who}, settings per node", STATED if stated else COMPILED_IN, advice=advice)
    for field in ("initContainers", "containers"):
        for container in (*(wish.cassandra.get(field) or ()), *(template.get(field) or ())):
            if container.get("image"):
                yield Need(str(container["image"]), f"{who}, container {container.get('name')}", STATED)


def _component(components: Mapping[str, str], name: str, used_by: str, datacenter: Datacenter) -> Need:
    if name not in components:
        raise SpecError(datacenter.path, f"needs {name}, for which the operators' image configuration has no image; add it there")
    return Need(components[name], used_by, CONFIGURED)


def _server(wish: ClusterWish, datacenter: Datacenter, template: Mapping[str, Any], provision: Provision) -> Need:
    used_by = f"datacenter {datacenter.name}, Cassandra"
    stated = effective(wish.cassandra, template, "serverImage")
    if stated:
        return Need(str(stated), used_by, STATED)
    kind, version = _server_type(wish), effective_version(wish.cassandra, template)
    image = server_image(provision.config, kind, version)
    if not image:
        found = f"is {kind}, for which the operators' image configuration has no image; write {datacenter.path}.serverImage"
        raise SpecError(wish.at("spec", "cassandra", "serverType"), found)
    return Need(image, used_by, CONFIGURED)


def _of_medusa(wish: ClusterWish, datacenter: Datacenter, provision: Provision) -> Iterator[Need]:
    if not wish.wants_medusa:
        return
    medusa = wish.spec["medusa"] or {}
    yield _built(f"datacenter {datacenter.name}, Medusa", medusa.get("containerImage"), provision.compiled_in.medusa, provision, "medusa")
    if medusa.get("purgeBackups", True):
        advice = f"give your nodes a mirror of docker.io, or write {wish.at('spec', 'medusa', 'purgeBackups')}: false and purge otherwise"
        yield Need(provision.compiled_in.purge, f"datacenter {datacenter.name}, Medusa's purge of backups", COMPILED_IN, advice=advice)


def _of_stargate(wish: ClusterWish, datacenter: Datacenter, template: Mapping[str, Any], provision: Provision) -> Iterator[Need]:
    if "stargate" not in wish.spec and "stargate" not in template:
        return
    whole = merged(_with_image(wish.spec.get("stargate"), provision), _with_image(template.get("stargate"), provision)) or {}
    server = _stargate_server(_server_type(wish), effective_version(wish.cassandra, template))
    default = provision.compiled_in.stargate.format(server=server)
    who = f"datacenter {datacenter.name}, Stargate"
    at = f"{wish.at('spec', 'stargate', 'telemetry', 'vector', 'image')} and in that of each datacenter"
    for part in ({}, *(whole.get("racks") or ())):
        one = merged(whole, _with_image(part, provision) if part else {})
        yield _built(who, one.get("containerImage"), default, provision)
        yield from _vector(one.get("telemetry"), who, at, provision)


def _with_image(stargate: Any, provision: Provision) -> Any:
    """A template of Stargate as the API server keeps it: its CRD has a default for a missing image, so that each level has one."""
    if stargate is None or stargate.get("containerImage"):
        return stargate
    repository, tag = provision.compiled_in.stargate.partition("/")[0], provision.compiled_in.stargate.rpartition(":")[2]
    return {**stargate, "containerImage": {"repository": repository, "tag": tag}}


def _stargate_server(server_type: str, version: str) -> str:
    """`computeClusterVersion` and `computeImage`, k8ssandra-operator v1.26.0 pkg/stargate/deployments.go."""
    if server_type == "dse":
        return "dse-68"
    return "3_11" if version.startswith("3") else "4_0"


def _vector(telemetry: Any, who: str, at: str, provision: Provision) -> Iterator[Need]:
    vector = (telemetry or {}).get("vector") or {}
    if vector.get("enabled"):
        stated = vector.get("image")
        advice = f"write the name that your registry has in {at}"
        yield Need(stated or provision.compiled_in.vector, f"{who}, Vector", STATED if stated else COMPILED_IN, advice=advice)


def _built(used_by: str, stated: Mapping[str, Any] | None, default: str, provision: Provision, component: str = "") -> Need:
    """An image of which the definition may say some parts: `ApplyDefaults`, k8ssandra-operator v1.26.0 pkg/images/images.go.

    Args:
        component: its name in the image configuration, which newer operators ask before they fall back to their own.
    """
    configured = components_in(provision.config).get(component, "")
    registry, rest = split_image(configured or default)
    path, tag = rest.rpartition(":")[::2]
    repository, base = path.rpartition("/")[::2]
    fallback = {"registry": registry, "repository": repository, "name": base, "tag": tag}
    # The API server writes the tag `latest` into an image that is given without one.
    given = {"tag": "latest", **{key: value for key, value in (stated or {}).items() if value}} if stated is not None else {}
    plain = _assembled(fallback, provision)
    name = _assembled({**fallback, **{key: given[key] for key in fallback if key in given}}, provision)
    return Need(name, used_by, STATED if name != plain else CONFIGURED if configured else COMPILED_IN)


def _assembled(parts: Mapping[str, str], provision: Provision) -> str:
    place = (parts["registry"] or provision.registry or "docker.io", parts["repository"], parts["name"])
    return "/".join(part for part in place if part) + f":{parts['tag']}"


def _server_type(wish: ClusterWish) -> str:
    return str(wish.cassandra.get("serverType") or "cassandra")


def _has_node_settings(wish: ClusterWish, template: Mapping[str, Any]) -> bool:
    """Whether pods get settings of their own: said by the user, or first tokens, which are computed when every datacenter has few."""
    if (template.get("perNodeConfigMapRef") or {}).get("name"):
        return True
    others = [one for unused, one in wish.templates()]
    if any((one.get("perNodeConfigMapRef") or {}).get("name") for one in others):
        return False
    tokens = [str(effective(wish.cassandra, one, "config", "cassandraYaml", "num_tokens")) for one in others]
    return all(count.isdigit() and int(count) < _MANY_TOKENS for count in tokens)


def _numbers(version: str) -> tuple[int, ...]:
    parts = version.lstrip("v").partition("-")[0].split(".")
    return tuple(int(part) if part.isdigit() else 0 for part in (*parts, "0", "0"))
