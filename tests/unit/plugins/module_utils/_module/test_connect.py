# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A kubeconfig is a path; what is none is refused without being quoted."""

from __future__ import annotations

import pytest

from plugins.module_utils._core.errors import SpecError
from plugins.module_utils._module.connect import access_of


@pytest.mark.parametrize("given", ['{"users": [{"user": {"token": "hunter2"}}]}', "users:\n- user: {token: hunter2}\n"])
def test_what_a_kubeconfig_holds_is_never_quoted(given: str) -> None:
    with pytest.raises(SpecError, match="is no path") as refused:
        access_of({"kubeconfig": given, "context": "hub"})
    assert "hunter2" not in str(refused.value)
