"""Names and addresses of clusters: no two of a machine's labs may share one."""

from __future__ import annotations

import ipaddress
from pathlib import Path

import pytest

from tests.lab import layout
from tests.lab.layout import MOST_CLUSTERS, MOST_LABS, Cluster, Lab, Machine
from tests.lab.steps import LabError

ALL = [Cluster("any", index, number) for number in range(MOST_LABS) for index in range(1, MOST_CLUSTERS + 1)]


def test_nothing_is_shared() -> None:
    for value in ("link", "address", "pod_network"):
        assert len({getattr(cluster, value) for cluster in ALL}) == len(ALL)


def test_pods_services_and_nodes_never_overlap() -> None:
    services, nodes = ipaddress.ip_network(layout.SERVICE_NETWORK), ipaddress.ip_network("10.89.0.0/16")
    for cluster in ALL:
        pods = ipaddress.ip_network(cluster.pod_network)
        assert not pods.overlaps(services)
        assert not pods.overlaps(nodes)


def test_a_link_fits_the_kernel() -> None:
    assert max(len(cluster.link) for cluster in ALL) <= 15


def test_the_state_file_keeps_a_lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "STATE", tmp_path)
    lab = Lab(3, {"hub": Machine(1, "images", 42, 7)})
    lab.save()
    assert Lab.load() == lab
    assert lab.free_index() == 2


def test_a_broken_state_file_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "STATE", tmp_path)
    (tmp_path / "lab.json").write_text("{")
    with pytest.raises(LabError, match="remove"):
        Lab.load()
