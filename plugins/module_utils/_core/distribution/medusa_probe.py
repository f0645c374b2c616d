# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How Kubernetes asks Medusa's server whether it is well.

Source: `generateMedusaProbe`, k8ssandra-operator v1.26.0 `pkg/medusa/reconcile.go`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..errors import SpecError

_TIMES = {"initialDelaySeconds": 10, "timeoutSeconds": 1, "periodSeconds": 10, "successThreshold": 1, "failureThreshold": 10}
_OTHER_WAYS = ("httpGet", "tcpSocket", "grpc")


def medusa_probe(medusa: Mapping[str, Any], field: str, port: int) -> dict[str, Any]:
    """The probe of that name: upstream's times under the definition's, where a zero counts as none.

    Args:
        medusa: `spec.medusa`.
        field: `readinessProbe` or `livenessProbe`.
        port: where the server listens.

    Raises `SpecError` when the definition says how to ask, and not only when.
    """
    command = ["/bin/grpc_health_probe", f"--addr=:{port}"]
    wanted = medusa.get(field) or {}
    asked = (wanted.get("exec") or {}).get("command") or command
    if asked != command or any(wanted.get(way) is not None for way in _OTHER_WAYS):
        raise SpecError(f"definition.spec.medusa.{field}", "says how to ask Medusa, which upstream decides; leave only times and counts")
    times = {name: value for name, value in wanted.items() if value and name != "exec"}
    return {"exec": {"command": command}, **_TIMES, **times}
