"""What our modules asked of API servers, as the table of rights names it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .audit import Audit

# Questions about rights are everybody's.
_EVERYBODY = "authorization.k8s.io"


def uses_in(context: str, runs: Iterable[tuple[Audit, Audit]]) -> list[dict[str, Any]]:
    """What runs, each from its begin to its end, asked of a cluster's objects as the person of the lab, each kind of request once."""
    found = {}
    for event in (event for begun, ended in runs for event in begun.events(context, ended)):
        asked = event.get("objectRef") or {}
        ours = event.get("userAgent", "").startswith("k8ssandra.operator/") and event["user"]["username"] == "lab-admin"
        if ours and asked.get("resource") and asked.get("apiGroup") != _EVERYBODY:
            resource = "/".join(part for part in (asked["resource"], asked.get("subresource", "")) if part)
            namespace = "" if resource == "namespaces" else asked.get("namespace", "")
            # Whoever makes an object by a patch needs both rights.
            made = event["verb"] == "patch" and event.get("responseStatus", {}).get("code") == 201
            for verb in (event["verb"], *(("create",) if made else ())):
                use = {"group": asked.get("apiGroup", ""), "resource": resource, "verb": verb, "namespace": namespace}
                found[tuple(use.values())] = use
    return list(found.values())
