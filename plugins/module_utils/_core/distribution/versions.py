# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The server of one datacenter: its distribution, its version, and what they decide.

Source: k8ssandra-operator v1.26.0, the `cass-config` tags of `apis/k8ssandra/v1alpha1/cassandraconfig_types.go` and
`ServerDistribution` in `k8ssandracluster_types.go`; github.com/Masterminds/semver v3.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..server import Version, parse_version
from .template import Template

CASSANDRA, DSE, HCD = "cassandra", "dse", "hcd"
_NUMBERS = re.compile(r"^v?[\d.]+")
# The first version of each distribution that takes JVM options in files of Cassandra 4's names.
_SPLIT_SINCE = {CASSANDRA: Version((4, 0, 0)), DSE: Version((6, 8, 0)), HCD: Version((1, 0, 0))}


@dataclass(frozen=True)
class Server:
    """What runs in a datacenter.

    Args:
        distribution: cassandra, dse or hcd.
        version: its version.
        text: the version as semver writes it, with its pre-release.
    """

    distribution: str
    version: Version
    text: str

    @property
    def major(self) -> int:
        """The first number of the version."""
        return self.version.numbers[0]

    @property
    def is_cassandra_3(self) -> bool:
        """Whether it is a Cassandra of the third generation."""
        return self.distribution == CASSANDRA and self.major == 3

    @property
    def is_like_cassandra(self) -> bool:
        """Whether upstream sets it up as it does Cassandra (`IsCassandra`)."""
        return self.distribution in (CASSANDRA, HCD)

    @property
    def jvm_options_of(self) -> str:
        """Which form of JVM options it takes: cassandra-3, cassandra-4, dse, hcd, or none, which drops them."""
        if self.version >= _SPLIT_SINCE[self.distribution]:
            return "cassandra-4" if self.distribution == CASSANDRA else self.distribution
        return "cassandra-3" if self.is_cassandra_3 and self.version >= Version((3, 11, 0)) else ""


def server_of(template: Template) -> Server:
    """The server of a datacenter. Raises `SpecError` when its version is none."""
    text = template.options.get("serverVersion") or ""
    path = f"definition.spec.cassandra.datacenters[{template.index}].serverVersion"
    version = parse_version(text, path)
    numbers = ".".join(str(number) for number in version.numbers)
    return Server(template.options.get("serverType") or CASSANDRA, version, _NUMBERS.sub(numbers, text, count=1))
