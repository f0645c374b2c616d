# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Helm releases as Helm 3 keeps them: a Secret a revision, its content twice in base64 and once in gzip.

Source: helm v3.19.4 pkg/storage/driver/{secrets,util}.go.
"""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Mapping
from typing import Any

from .._core.adoption import Release
from .._core.objects import Object, kind_named
from . import errors
from .api import Api

_NAME, _NAMESPACE = "meta.helm.sh/release-name", "meta.helm.sh/release-namespace"


def read_release(api: Api, deployment: Object) -> Release | None:
    """The release that a Deployment says it belongs to, as it is deployed now; None when Helm did not make it.

    Raises:
        Absent: Helm made it, and the release is not kept in a Secret.
        Invalid: the Secret does not hold a release.
    """
    annotations = deployment["metadata"].get("annotations") or {}
    name, namespace = annotations.get(_NAME), annotations.get(_NAMESPACE)
    if not name or not namespace:
        return None
    labels = {"owner": "helm", "name": name, "status": "deployed"}
    found = api.list(kind_named("Secret"), namespace, labels) or ()
    doing = f"reading the Helm release {namespace}/{name}"
    if not found:
        advice = "wait until no helm command runs, or finish what one left behind: helm history says; releases in ConfigMaps are not read"
        raise errors.Absent(api.context, doing, "no revision of it is deployed", advice)
    newest = max(found, key=lambda body: int((body["metadata"].get("labels") or {}).get("version") or 0))
    try:
        return _release(name, namespace, _decoded(newest))
    except (ValueError, KeyError, TypeError, OSError, EOFError) as problem:
        found_there = f"Secret {namespace}/{newest['metadata']['name']} holds no release ({type(problem).__name__})"
        raise errors.Invalid(api.context, doing, found_there, "look at it with helm status") from problem


def _decoded(secret: Object) -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads(gzip.decompress(base64.b64decode(base64.b64decode(secret["data"]["release"]))))
    return found


def _release(name: str, namespace: str, found: Mapping[str, Any]) -> Release:
    chart = found["chart"]["metadata"]
    return Release(name, namespace, str(chart["name"]), str(chart["version"]), dict(found.get("config") or {}))
