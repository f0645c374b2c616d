# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The datacenters that have not got the data that was there before them: which keyspaces of users they get, and what is refused.

Source: `reconcileDatacenters`, k8ssandra-operator v1.26.0 `controllers/k8ssandra/datacenters.go`, which stops none that is being rebuilt.
"""

from __future__ import annotations

from contextlib import suppress

from .._core.distribution.keyspaces import added_copies, asks_for_user_keyspaces, joined_copies
from .._core.distribution.ownership import joining_in
from .._core.distribution.template import Template
from .._core.errors import SpecError
from .._kube.errors import ClusterError
from .._kube.management import ManagementApi
from .direct_distribution import Distribution
from .direct_opening import has_defaults


def check_joining(distribution: Distribution) -> None:
    """Refuses, before anything is written, what a datacenter that joins could not get.

    Where no node answers nothing is refused: the run asks again before it alters a keyspace.

    Raises:
        SpecError: it shall be stopped, or a keyspace of users that it shall hold cannot be given a datacenter more.
    """
    joining = joining_in(distribution.records.values())
    for each in distribution.wish.datacenters:
        if each.stopped and each.name in joining:
            what = f"is true, and {each.name} has not got the data that was there before it, which takes running nodes"
            raise SpecError(f"{each.path}.stopped", f"{what}; leave it out and run, and stop it when that has ended")
    if not joining or not has_defaults(distribution):
        return
    there = [each for each in distribution.running() if each.name not in joining]
    for template in (each for each in distribution.order() if there and each.name in joining):
        with suppress(ClusterError):
            user_replications(distribution, template, distribution.management(there[-1]))


def user_replications(distribution: Distribution, template: Template, management: ManagementApi) -> dict[str, dict[str, int]]:
    """What the keyspaces of users shall have once a datacenter holds them too, by keyspace; those that stay as they are are left out.

    Args:
        distribution: what the run knows.
        template: the datacenter that joins.
        management: that of a datacenter which tells what there is.

    Raises:
        SpecError: the annotation is wrong, or a keyspace cannot be given a datacenter more.
        ClusterError: no node tells.
    """
    if not asks_for_user_keyspaces(distribution.definition):
        return {}
    called = template.cassandra_name
    joining = joining_in(distribution.records.values())
    others = [each.cassandra_name for each in distribution.order() if each.name not in joining]
    wanted = {
        name: joined_copies(name, management.replication(name), called, copies, others)
        for name, copies in added_copies(distribution.definition, called, management.keyspaces()).items()
    }
    return {name: copies for name, copies in wanted.items() if copies}
