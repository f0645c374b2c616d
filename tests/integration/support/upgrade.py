"""What the chapters about upgrades share: the two releases, what they would be refused for, and the state that they begin with."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import yaml

from .lab import CONTEXTS, Lab, deployments
from .watch import Story

OLD = {"k8ssandra-operator": "v1.20.0", "cass-operator": "v1.22.4"}
DATACENTERS = {"dc1": "east", "dc2": "west"}
NEW = {"k8ssandra-operator": "v1.26.0", "cass-operator": "v1.28.0"}


def be_old(story: Story) -> None:
    """The cluster as the older operators have made it, unless it is there."""
    if story.first_run is None or story.lab.operator_versions() != dict.fromkeys(CONTEXTS, OLD):
        story.be_deployed_with(OLD["k8ssandra-operator"])


def with_another_tag(folder: Path, tag: str) -> str:
    """A kustomization over the older release in which k8ssandra-operator has another tag."""
    image = {"name": "cr.k8ssandra.io/k8ssandra/k8ssandra-operator", "newTag": tag}
    for flavour in ("control-plane", "data-plane"):
        base, place = Path(deployments(OLD["k8ssandra-operator"])) / flavour, folder / "deployments" / flavour
        place.mkdir(parents=True)
        (place / "kustomization.yaml").write_text(yaml.safe_dump({"resources": [_relative(base, place)], "images": [image]}))
    return str(folder / "deployments")


def _relative(base: Path, place: Path) -> str:
    """Kustomize takes no absolute path."""
    return os.path.relpath(base.resolve(), place.resolve())


@contextmanager
def planted(lab: Lab, context: str = "west") -> Iterator[str]:
    """A datacenter that nobody looks after, with a field that the newer definition no longer has."""
    cluster = replace(lab.cluster(context), namespace="elsewhere")
    claim = {"storageClassName": "lab-folder", "accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    spec = {
        "clusterName": "planted", "serverType": "cassandra", "serverVersion": "4.1.8", "size": 1, "stopped": True,
        "managementApiAuth": {"insecure": {}}, "storageConfig": {"cassandraDataVolumeClaimSpec": claim},
        "podTemplateSpec": {"spec": {"containers": [], "resourceClaims": [{"name": "gpu", "source": {"resourceClaimName": "gpu"}}]}},
    }  # fmt: skip
    metadata = {"name": "planted", "namespace": "elsewhere"}
    body = {"apiVersion": "cassandra.datastax.com/v1beta1", "kind": "CassandraDatacenter", "metadata": metadata, "spec": spec}
    cluster.kubectl("create", "namespace", "elsewhere")
    try:
        cluster.kubectl("create", "--filename=-", stdin=json.dumps(body))
        yield "spec.podTemplateSpec.spec.resourceClaims[].source"
    finally:
        cluster.kubectl("delete", "namespace", "elsewhere", "--wait=true")


def kept(folder: Path) -> str:
    """All text of all backups below a folder."""
    return "\n".join(path.read_text() for path in sorted(folder.rglob("*")) if path.is_file())


def passwords(lab: Lab) -> set[str]:
    """What Secrets of the operators' namespace hold, encoded, in every context."""
    bodies = [body for context in CONTEXTS for body in lab.items(context, "secrets")]
    return {value for body in bodies for value in (body.get("data") or {}).values() if len(value) > 8}
