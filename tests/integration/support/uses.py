"""What our modules asked of API servers, as the table of rights names it."""

from __future__ import annotations

from typing import Any

from .audit import Audit
from .lab import CONTEXTS

# Questions about rights are everybody's.
_EVERYBODY = "authorization.k8s.io"


def uses_in(context: str) -> list[dict[str, Any]]:
    """What our modules asked of the objects of a cluster as the person of the lab, since it was new, each kind of request once."""
    found = {}
    for event in Audit(dict.fromkeys(CONTEXTS, 0)).events(context):
        asked = event.get("objectRef") or {}
        ours = event.get("userAgent", "").startswith("k8ssandra.operator/") and event["user"]["username"] == "lab-admin"
        if ours and asked.get("resource") and asked.get("apiGroup") != _EVERYBODY:
            resource = "/".join(part for part in (asked["resource"], asked.get("subresource", "")) if part)
            namespace = "" if resource == "namespaces" else asked.get("namespace", "")
            use = {"group": asked.get("apiGroup", ""), "resource": resource, "verb": event["verb"], "namespace": namespace}
            found[tuple(use.values())] = use
    return list(found.values())
