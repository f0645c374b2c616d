"""What the playbook lists is what pods pull, all of it out of one registry: a fleet without the Internet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.integration.support.audit import Audit
from tests.integration.support.images import containers, hosts_outside, name_anew
from tests.integration.support.inventory import Inventory
from tests.integration.support.lab import CONTEXTS, MANIFESTS, Lab
from tests.integration.support.play import Player, Run
from tests.integration.support.tasks import Task, Tasks
from tests.integration.support.watch import SITE, Story

LIST = "k8ssandra.operator.list_images"
REGISTRY = "registry.lab/mirror"
FLEET = ("hub", "east")
BASE = str(MANIFESTS / "k8ssandra-operator/config/deployments")
UNREACHED = {"docker.io/bitnami/kubectl:1.29.3", "docker.io/timberio/vector:0.26.0-alpine", "docker.io/k8ssandra/k8ssandra-client:v0.8.1"}
MANY = {
    "name": "demo",
    "spec": {
        "reaper": {"telemetry": {"vector": {"enabled": True}}},
        "medusa": {"storageProperties": {"storageProvider": "s3", "bucketName": "b", "storageSecretRef": {"name": "s"}}},
        "cassandra": {
            "serverVersion": "5.0.5",
            "config": {"cassandraYaml": {"num_tokens": 8}},
            "storageConfig": {
                "cassandraDataVolumeClaimSpec": {
                    "storageClassName": "standard", "accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}},
                }
            },
        },
    },
}  # fmt: skip


@dataclass(frozen=True)
class Listing:
    """What the playbook listed, by the name in the registry, and what it asked of clusters meanwhile."""

    images: dict[str, str]
    run: Run
    requests: int


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Inventory:
    """hub and east with dc1, and everything out of the registry."""
    copied = Inventory.copy(tmp_path_factory.mktemp("mirrored"))
    groups = {"k8ssandra_control_plane": {"hosts": {"hub": {}}}, "k8ssandra_data_planes": {"hosts": {"east": {}}}}
    (copied.path / "hosts.yml").write_text(yaml.safe_dump({"k8ssandra": {"children": groups}}))
    more = {"k8ssandra_image_registry": REGISTRY, "k8ssandra_list_images_file": str(copied.path / "images.txt")}
    (copied.path / "group_vars" / "k8ssandra.yml").write_text(yaml.safe_dump({**copied.group(), **more}))
    return copied


@pytest.fixture(scope="module")
def listing(lab: Lab, player: Player, fleet: Inventory) -> Listing:
    audit = Audit.from_now()
    run = player.play(LIST, fleet.path, timeout=120).demand()
    requests = sum(1 for context in CONTEXTS for unused in audit.events(context))
    lines = (fleet.path / "images.txt").read_text().splitlines()
    return Listing(dict(line.split(" ") for line in lines), run, requests)


@pytest.fixture(scope="module")
def mirrored(story: Story, player: Player, fleet: Inventory, listing: Listing) -> Iterator[Run]:
    """A deployment over two clusters whose nodes have, under the registry's name, what was listed and nothing else."""
    story.be_empty()
    name_anew(FLEET, {target: source for source, target in listing.images.items()})
    yield player.play(SITE, fleet.path)
    story.be_empty()


def test_the_list_asks_no_cluster(listing: Listing) -> None:
    assert listing.requests == 0


def test_the_list_again_changes_nothing(listing: Listing, player: Player, fleet: Inventory) -> None:
    assert listing.run.changed() == {"hub": 1}
    player.play(LIST, fleet.path, timeout=120).demand_unchanged()


@pytest.mark.long
def test_a_fleet_comes_up_with_nothing_but_what_was_listed(mirrored: Run) -> None:
    print(f"site.yml out of a registry: {mirrored.seconds:.0f} s")
    mirrored.demand()


@pytest.mark.long
def test_every_image_of_every_container_is_listed_and_comes_from_the_registry(mirrored: Run, listing: Listing, lab: Lab) -> None:
    found = {where: container["image"] for context in FLEET for where, container in containers(lab, context)}
    assert len(found) > 10
    assert not {where: image for where, image in found.items() if not image.startswith(f"{REGISTRY}/")}
    assert set(found.values()) == set(listing.images.values())


@pytest.mark.long
def test_nothing_that_runs_in_a_cluster_is_told_of_the_internet(mirrored: Run, lab: Lab) -> None:
    found = {where: hosts_outside(container) for context in FLEET for where, container in containers(lab, context)}
    assert not {where: hosts for where, hosts in found.items() if hosts}


def test_what_no_registry_reaches_is_listed_with_what_to_do(tasks: Tasks) -> None:
    options: dict[str, Any] = {"kustomize": BASE, "contexts": [{"name": "hub", "datacenters": [{"metadata": {"name": "dc1"}, "size": 1}]}]}
    (result,) = tasks.run([Task("image_list", {**options, "cluster": MANY, "image_registry": REGISTRY})])
    assert {image["name"] for image in result["images"] if not image["reached"]} == UNREACHED
    for name in UNREACHED:
        assert any(name in warning for warning in result["warnings"])
    assert result["images"][0]["target"].startswith(f"{REGISTRY}/")


def test_a_file_that_cannot_be_written_is_said(tasks: Tasks, tmp_path: Path) -> None:
    (tmp_path / "images.txt").mkdir()
    result = tasks.one("image_list", kustomize=BASE, file=str(tmp_path / "images.txt"))
    assert result["failed"]
    assert "file: cannot be written" in result["msg"]
    assert [path.name for path in tmp_path.glob("*images*")] == ["images.txt"]
