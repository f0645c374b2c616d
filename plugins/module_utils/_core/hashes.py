# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The hashes by which k8ssandra-operator tells which client configs it has loaded, and whether an object has changed.

They are base64 of SHA-256 over go-spew's `%#v` text
(https://github.com/k8ssandra/k8ssandra-operator/blob/v1.26.0/pkg/utils/hash.go). The texts here are those of the two objects of
https://github.com/k8ssandra/k8ssandra-operator/blob/v1.26.0/controllers/config/clientconfig_controller.go, `calculateHashes`.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from typing import Any

# Where the operator writes them, at its start, on each ClientConfig that it loads. They are the operator's alone.
RESOURCE_HASH = "k8ssandra.io/resource-hash"
SECRET_HASH = "k8ssandra.io/secret-hash"


def secret_hash(encoded: Mapping[str, str] | None) -> str:
    """The hash of a Secret's data.

    Args:
        encoded: the Secret's `data` as the API returns it: values in base64; None when there is none.
    """
    if encoded is None:
        return object_hash("(map[string][]uint8)<nil>")
    # Go sorts strings by their bytes.
    keys = sorted(encoded, key=lambda key: key.encode())
    entries = (f"{key}:[{' '.join(str(byte) for byte in base64.b64decode(encoded[key]))}]" for key in keys)
    return object_hash(f"(map[string][]uint8)map[{' '.join(entries)}]")


def client_config_hash(spec: Mapping[str, Any]) -> str:
    """The hash of a ClientConfig's spec, as the API returns it."""
    context = spec.get("contextName") or ""
    secret = (spec.get("kubeConfigSecret") or {}).get("name") or ""
    reference = f"(v1.LocalObjectReference){{Name:(string){secret}}}"
    return object_hash(f"(v1beta1.ClientConfigSpec){{ContextName:(string){context} KubeConfigSecret:{reference}}}")


def object_hash(text: str) -> str:
    """The hash of an object.

    Args:
        text: what go-spew prints of it.
    """
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
