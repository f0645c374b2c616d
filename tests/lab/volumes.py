"""Volumes on demand: a folder of the machine for every claim of the lab's StorageClass, removed when it is released."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from .api import Api, Object
from .layout import Cluster

PROVISIONER = "lab/folder"
CLASS = "lab-folder"
_VOLUMES = "/api/v1/persistentvolumes"


def answer(api: Api, cluster: Cluster, claims: Sequence[Object], volumes: Sequence[Object]) -> None:
    """Make what is claimed and remove what is released. Raises ApiError, OSError."""
    known = {volume["metadata"]["name"] for volume in volumes}
    for claim in claims:
        chosen = claim["metadata"].get("annotations", {}).get("volume.kubernetes.io/selected-node")
        name = f"pvc-{claim['metadata']['uid']}"
        if claim["spec"].get("storageClassName") == CLASS and chosen and not claim["spec"].get("volumeName"):
            if name not in known:
                folder = cluster.folder / "volumes" / name
                folder.mkdir(parents=True, exist_ok=True)
                folder.chmod(0o777)
                api.apply(f"{_VOLUMES}/{name}", _volume(name, folder, claim, cluster.node))
    for volume in volumes:
        released = volume.get("status", {}).get("phase") == "Released"
        if released and volume["spec"].get("storageClassName") == CLASS and not volume["metadata"].get("deletionTimestamp"):
            shutil.rmtree(volume["spec"]["local"]["path"], ignore_errors=True)
            api.delete(f"{_VOLUMES}/{volume['metadata']['name']}")


def _volume(name: str, folder: Path, claim: Object, node: str) -> Object:
    here = {"key": "kubernetes.io/hostname", "operator": "In", "values": [node]}
    owner = {key: claim["metadata"][key] for key in ("name", "namespace", "uid")}
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": name, "annotations": {"pv.kubernetes.io/provisioned-by": PROVISIONER}},
        "spec": {
            "capacity": {"storage": claim["spec"]["resources"]["requests"]["storage"]},
            "accessModes": claim["spec"]["accessModes"],
            "persistentVolumeReclaimPolicy": "Delete",
            "storageClassName": CLASS,
            "volumeMode": "Filesystem",
            # local and not hostPath: kubelet gives such a folder to the pod's fsGroup.
            "local": {"path": str(folder)},
            "claimRef": {"apiVersion": "v1", "kind": "PersistentVolumeClaim", **owner},
            "nodeAffinity": {"required": {"nodeSelectorTerms": [{"matchExpressions": [here]}]}},
        },
    }
