# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What `operators`, and so `site`, refuses before it asks a cluster: the playbook itself runs, with a kubeconfig that leads nowhere."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.unit.drift import tree

FLEET = """
[k8ssandra]
hub k8ssandra_datacenters='[{"metadata": {"name": "dc1"}, "size": 1}]'
west
[k8ssandra_control_plane]
hub
[k8ssandra:vars]
ansible_connection=local
"""
VOLUMES = {"storageClassName": "standard", "accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
SPEC = {"cassandra": {"serverVersion": "5.0.5", "storageConfig": {"cassandraDataVolumeClaimSpec": VOLUMES}}}
CLUSTER = {"name": "demo", "spec": SPEC}
REFUSED, NOWHERE = "k8ssandra_control_plane: operator the operator alone changes the cluster", "nowhere): cannot be read"


def _failing_run(folder: Path, **given: Any) -> str:
    """What the playbook says with these variables."""
    collection = folder / "ansible_collections" / "k8ssandra" / "operator"
    collection.parent.mkdir(parents=True)
    collection.symlink_to(tree.ROOT)
    (folder / "fleet").write_text(FLEET)
    variables = {"k8ssandra_kubeconfig": str(folder / "nowhere"), "k8ssandra_cluster": CLUSTER, **given}
    program = str(Path(sys.executable).parent / "ansible-playbook")
    command = [program, "k8ssandra.operator.operators", "-i", "fleet", "-e", json.dumps(variables)]
    environment = {**os.environ, "ANSIBLE_COLLECTIONS_PATH": str(folder), "ANSIBLE_NOCOLOR": "1"}
    done = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode, done.stdout
    return done.stdout + done.stderr


LOST = {
    "a list": ("operator", ["west"], REFUSED),
    "the answer to a survey": ("operator", "north, west", REFUSED),
    "a survey that nobody answered": ("operator", [""], NOWHERE),
    "a control plane that can forget them": ("ansible", ["west"], NOWHERE),
}


@pytest.mark.parametrize("what", LOST)
def test_contexts_are_lost_only_to_a_control_plane_that_can_forget_them(tmp_path: Path, what: str) -> None:
    control_plane, lost, told = LOST[what]
    said = _failing_run(tmp_path, k8ssandra_control_plane=control_plane, k8ssandra_lost_contexts=lost)
    assert told in said
    assert "PLAY [Prove the data planes]" not in said
