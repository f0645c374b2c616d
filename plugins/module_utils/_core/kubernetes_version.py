# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which Kubernetes versions the operators run on."""

from __future__ import annotations

import re

# https://docs.k8ssandra.io/install/: Kubernetes 1.21 or newer.
OLDEST = (1, 21)
_VERSION = re.compile(r"^v?(\d+)\.(\d+)")


def is_supported(version: str) -> bool:
    """Whether a server's `gitVersion`, such as ``v1.34.4`` or ``v1.30.2-eks-1552ad0``, is new enough."""
    match = _VERSION.match(version)
    return match is not None and (int(match.group(1)), int(match.group(2))) >= OLDEST
