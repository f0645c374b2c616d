# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The nodes of a cluster as one of them knows them."""

from __future__ import annotations

import pytest

from plugins.module_utils._core.distribution.ring import Endpoint, endpoints_of


@pytest.mark.parametrize(
    ("status", "in_ring"),
    [("NORMAL,-1", True), ("shutdown,true", True), ("LEAVING,-1", True), ("", True), ("LEFT,-1,17", False), ("removed,a,17", False)],
)
def test_a_node_that_left_is_no_node_of_the_ring(status: str, in_ring: bool) -> None:
    assert Endpoint("10.0.0.1", "dc1", False, status).in_ring is in_ring


def test_what_a_node_does_not_tell_is_empty_and_nobody_is_dead_by_it() -> None:
    answer = {"entity": [{"ENDPOINT_IP": "10.0.0.1", "IS_ALIVE": "false"}, {"ENDPOINT_IP": "10.0.0.2", "DC": "dc2", "STATUS": "NORMAL,1"}]}
    assert endpoints_of(answer) == (Endpoint("10.0.0.1"), Endpoint("10.0.0.2", "dc2", True, "NORMAL,1"))
    assert endpoints_of({}) == ()
