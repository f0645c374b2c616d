# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""JVM options by server."""

from __future__ import annotations

from typing import Any

import pytest

from plugins.module_utils._core.distribution.jvm_options import jvm_files, with_current_names
from plugins.module_utils._core.distribution.versions import Server
from plugins.module_utils._core.server import parse_version


def files(options: dict[str, Any], version: str = "4.1.8", distribution: str = "cassandra") -> dict[str, Any]:
    return jvm_files(options, Server(distribution, parse_version(version, ""), version))


@pytest.mark.parametrize(
    ("options", "third", "fourth"),
    [
        ({"vm_disable_biased_locking": True}, {"jvm-options": {"use_biased_locking": True}}, {"jvm-server-options": {"use-biased-locking": True}}),
        ({"vm_use_numa": False}, {}, {"jvm-server-options": {"use_numa": False}}),
        ({"gc_cms_survivor_ratio": 0}, {"jvm-options": {"survivor_ratio": 0}}, {}),
        ({"gc": "ZGC"}, {"jvm-options": {"garbage_collector": "ZGC"}}, {"jvm11-server-options": {"garbage_collector": "ZGC"}}),
        ({"jdk_allow_attach_self": True}, {}, {"jvm11-server-options": {"jdk_attach_allow_attach_self": True}}),
        ({"jmx_port": 7199}, {"jvm-options": {"jmx-port": 7199}}, {"jvm-server-options": {"jmx-port": 7199}}),
        ({"heapSize": "1Gi", "gc_cms_wait_duration_ms": None}, {}, {}),
    ],
)
def test_an_option_goes_into_the_file_of_its_release(options: dict[str, Any], third: dict[str, Any], fourth: dict[str, Any]) -> None:
    assert files(options, "3.11.19") == third
    assert files(options) == files(options, "1.2.3", "hcd") == fourth


def test_dse_has_a_file_of_its_own_for_java_8() -> None:
    options = {"gc": "G1GC", "heap_max_size": "1Gi"}
    expected = {"jvm8-server-options": {"garbage_collector": "G1GC"}, "jvm-server-options": {"max_heap_size": 1 << 30}}
    assert files(options, "6.8.60", "dse") == expected


def test_additional_options_are_for_every_release() -> None:
    options = {
        "additionalOptions": ["-Da"],
        "additionalJvmServerOptions": ["-Db"],
        "additionalJvm11ServerOptions": ["-Dc"],
        "additionalJvm8ServerOptions": [],
    }
    expected = {
        "cassandra-env-sh": {"additional-jvm-opts": ["-Da"]},
        "jvm-server-options": {"additional-jvm-opts": ["-Db"]},
        "jvm11-server-options": {"additional-jvm-opts": ["-Dc"]},
        "jvm8-server-options": {"additional-jvm-opts": []},
    }
    assert files(options) == files(options, "3.0.1") == expected
    assert files(options, "5.0.0-rc1") == {}


@pytest.mark.parametrize(
    ("quantity", "number"),
    [("384Mi", 402653184), ("1.5Gi", 1610612736), (1024, 1024), ("1k", 1000), ("0", 0), ("500m", 0.5), ("1e3", 1000)],
)
def test_quantities_are_numbers(quantity: int | str, number: float) -> None:
    found = files({"heap_max_size": quantity})["jvm-server-options"]["max_heap_size"]
    assert (found, type(found)) == (number, type(number))


@pytest.mark.parametrize(
    ("options", "current"),
    [
        ({"heapSize": "1Gi"}, {"heap_initial_size": "1Gi", "heap_max_size": "1Gi"}),
        ({"heapSize": "1Gi", "heap_max_size": "2Gi"}, {"heap_initial_size": "1Gi", "heap_max_size": "2Gi"}),
        ({"heapNewGenSize": "1Gi"}, {"gc_cms_heap_size_young_generation": "1Gi"}),
        ({"heapNewGenSize": "1Gi", "gc_cms_heap_size_young_generation": "2Gi"}, {"gc_cms_heap_size_young_generation": "2Gi"}),
    ],
)
def test_deprecated_options_stand_for_current_ones(options: dict[str, Any], current: dict[str, Any]) -> None:
    assert with_current_names(options) == {**options, **current}
