# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Configuration of single nodes: the ConfigMap with it, and what a pod needs to take it in.

Source: k8ssandra-operator v1.26.0 `pkg/nodeconfig`, `controllers/k8ssandra/per_node_config.go`.
"""

from __future__ import annotations

from typing import Any

from ..hashes import RESOURCE_HASH
from ..names import clean_for_kubernetes
from ..objects import Object
from .config_map import config_map, config_map_hash
from .labels import cleaned_up_by, cluster_name, component
from .observation import Observation
from .pod_parts import CONFIG_BUILDER, unchanged, with_init_container, with_pod_annotation
from .template import Template
from .tokens import initial_tokens

NODE_CONFIG_HASH = "k8ssandra.io/per-node-config-hash"
_NAME = "per-node-config"
_USUAL_IMAGE = "k8ssandra/k8ssandra-client:v0.8.1"
# Each file of the pod goes over the file of the same name that the config builder made before it.
_MERGE = (
    "if [ -e /per-node-config/${POD_NAME}_* ]; then for src in /per-node-config/${POD_NAME}_*; do "
    'dest=/config/`echo $src | cut -d "_" -f2`; '
    "yq ea '. as $item ireduce ({}; . * $item)' -i $dest $src && echo merged $src into $dest || exit 1; done; "
    "echo done merging per-node config for pod $POD_NAME; else echo no per-node config found for pod $POD_NAME; fi"
)


def node_config_of(definition: Object, template: Template, observation: Observation) -> dict[str, Any] | None:
    """The ConfigMap with what upstream sets for single nodes of a datacenter; None when that is nothing."""
    tokens = initial_tokens(definition, observation).get(template.name)
    if not tokens:
        return None
    files = {
        f"{pod}_cassandra.yaml": f"\ninitial_token: {','.join(str(token) for token in of_pod)}" for pod, of_pod in tokens.items()
    }
    labels = {**component("cassandra"), **cleaned_up_by(definition)}
    return config_map(node_config_name(definition, template), template.namespace, files, labels)


def node_config_name(definition: Object, template: Template) -> str:
    """The name of the ConfigMap that upstream makes for a datacenter."""
    return clean_for_kubernetes(f"{cluster_name(definition)}-{template.cassandra_name}-{_NAME}")


def with_node_config(definition: Object, template: Template, observation: Observation, pod: Object) -> Object:
    """A PodTemplateSpec with what takes the configuration of its node in; `pod` as it is when there is none."""
    found = _mounted(definition, template, observation)
    if found is None:
        return pod
    name, digest = found
    annotated = with_pod_annotation(pod, NODE_CONFIG_HASH, digest)
    # The config builder goes first, so it has to be named here.
    named = with_init_container(annotated, CONFIG_BUILDER, unchanged)
    spec = named["spec"]
    image = template.options.get("perNodeConfigInitContainerImage") or observation.client_image or _USUAL_IMAGE
    return {
        **named,
        "spec": {
            **spec,
            "initContainers": [*spec["initContainers"], _init_container(image)],
            "volumes": [*(spec.get("volumes") or ()), {"name": _NAME, "configMap": {"name": name}}],
        },
    }


def _mounted(definition: Object, template: Template, observation: Observation) -> tuple[str, str] | None:
    """Name and hash of the ConfigMap that the pods of a datacenter mount."""
    name = (template.own.get("perNodeConfigMapRef") or {}).get("name")
    if name:
        # Upstream hashes the live object with all that the server keeps of it; what the nodes read is what counts.
        data = (observation.node_configs.get(template.name) or {}).get("data") or {}
        return name, config_map_hash(name, template.namespace, data, None)
    own = node_config_of(definition, template, observation)
    return None if own is None else (own["metadata"]["name"], own["metadata"]["annotations"][RESOURCE_HASH])


def _init_container(image: str) -> dict[str, Any]:
    mounts = {"server-config": "/config", _NAME: "/per-node-config", "tmp": "/tmp"}
    return {
        "name": _NAME,
        "image": image,
        "command": ["sh", "-c", _MERGE],
        "env": [{"name": "POD_NAME", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}],
        "resources": {"requests": {"cpu": "10m", "memory": "16Mi"}, "limits": {"cpu": "100m", "memory": "64Mi"}},
        "volumeMounts": [{"name": volume, "mountPath": path} for volume, path in mounts.items()],
    }
