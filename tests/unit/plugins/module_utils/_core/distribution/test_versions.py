# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a distribution and a version decide."""

from __future__ import annotations

import pytest

from plugins.module_utils._core.distribution.template import templates
from plugins.module_utils._core.distribution.versions import Server, server_of
from plugins.module_utils._core.errors import SpecError

from ..definitions import good


def server(version: str, distribution: str = "cassandra") -> Server:
    return server_of(templates(good(**{"dc1.serverVersion": version, "spec.cassandra.serverType": distribution}))[0])


@pytest.mark.parametrize(
    ("distribution", "version", "form"),
    [
        ("cassandra", "3.0.30", ""),
        ("cassandra", "3.11.0", "cassandra-3"),
        ("cassandra", "3.11.19", "cassandra-3"),
        ("cassandra", "4.0.0", "cassandra-4"),
        ("cassandra", "5.0.4", "cassandra-4"),
        ("dse", "6.7.0", ""),
        ("dse", "6.8.60", "dse"),
        ("hcd", "1.2.3", "hcd"),
    ],
)
def test_each_server_has_its_form_of_jvm_options(distribution: str, version: str, form: str) -> None:
    assert server(version, distribution).jvm_options_of == form


@pytest.mark.parametrize(
    ("written", "text"),
    [("4.1.8", "4.1.8"), ("v4.01.8", "4.1.8"), ("4.1.0-beta1", "4.1.0-beta1"), ("4.1.0+a-b", "4.1.0+a-b")],
)
def test_a_version_is_told_as_semver_writes_it(written: str, text: str) -> None:
    assert server(written).text == text


def test_what_is_no_version_is_refused() -> None:
    with pytest.raises(SpecError, match=r'datacenters\[0\].serverVersion: is "four", which is no semantic version'):
        server("four")
