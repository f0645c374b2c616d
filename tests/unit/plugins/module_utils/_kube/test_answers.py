# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An API server's refusal, by meaning."""

from __future__ import annotations

import json
from typing import Any

import pytest

from plugins.module_utils._kube import errors
from plugins.module_utils._kube.answers import meaning


def status(code: int, message: str = "", reason: str = "", **details: Any) -> bytes:
    """As an API server writes it: without what is empty."""
    told = {"message": message, "reason": reason, "details": details}
    return json.dumps({"kind": "Status", "code": code, **{name: value for name, value in told.items() if value}}).encode()


CONFLICT = status(409, "", "Conflict", causes=[{"field": ".spec.replicas", "message": 'conflict with "kubectl"'}])
LOST = "rpc error: code = Unavailable desc = error reading from server: EOF"
MEANINGS = {
    "no log-in": (401, status(401, "Unauthorized"), errors.Unauthorized, "Unauthorized"),
    "no right": (403, status(403, 'secrets is forbidden: User "x" cannot list'), errors.Forbidden, "cannot list"),
    "a webhook's no": (403, status(403, 'admission webhook "v" denied the request: bad name'), errors.Denied, "bad name"),
    "pod security's no": (403, status(403, 'pods "x" is forbidden: violates PodSecurity "restricted"'), errors.Denied, "PodSecurity"),
    "another manager": (409, CONFLICT, errors.Conflict, 'spec.replicas: conflict with "kubectl"'),
    "another writer at the same moment": (409, status(409, "the object has been modified", "Conflict"), errors.Overtaken, "run again"),
    "an unknown field": (400, status(400, "unknown field spec.x"), errors.Invalid, "unknown field spec.x"),
    "a broken rule": (422, status(422, "is invalid"), errors.Invalid, "is invalid"),
    "a webhook that is down": (500, status(500, "failed calling webhook"), errors.Unavailable, "failed calling webhook"),
    "an etcd that does not answer": (500, status(500, "etcdserver: request timed out"), errors.Unfinished, "etcdserver: request timed out"),
    "an etcd that stops": (500, status(500, "etcdserver: server stopped"), errors.Unfinished, "server stopped"),
    "an etcd that is gone": (500, status(500, LOST), errors.Unfinished, "error reading from server: EOF"),
    "an etcd that says so within": (500, status(500, f"Internal error occurred: {LOST}", "InternalError"), errors.Unfinished, "EOF"),
    "an etcd with another leader": (503, status(503, "etcdserver: leader changed", "ServiceUnavailable"), errors.Unavailable, "leader changed"),
    "a no that quotes etcd's words": (422, status(422, f"is invalid: {LOST}", "Invalid"), errors.Invalid, "is invalid"),
    "an etcd that is full": (500, status(500, "etcdserver: mvcc: database space exceeded"), errors.Unavailable, "space exceeded"),
    "a request that took too long": (504, status(504, "Timeout: request did not complete", "Timeout"), errors.Unfinished, "did not complete"),
    "a write that took too long": (500, status(500, "could not be completed", "ServerTimeout"), errors.Unfinished, "not be completed"),
    "a refusal without a word": (500, status(500), errors.Unavailable, "HTTP 500"),
    "too many requests": (429, status(429, "slow down"), errors.Unavailable, "slow down"),
    "a kind whose definition is not installed": (404, b"404 page not found\n", errors.NotServed, "the cluster does not serve this kind"),
    "a page of a proxy that has no such place": (404, b"<html>hunter2</html>", errors.Unreachable, "not from a Kubernetes API server"),
    "a page of a proxy that failed": (500, b"<html>hunter2</html>", errors.Unavailable, "not from a Kubernetes API server"),
    "an API server that cannot serve now": (503, status(503, "shutting down"), errors.Unavailable, "shutting down"),
    "a load balancer's page that it reaches nobody": (502, b"<html>hunter2</html>", errors.NotForwarded, "HTTP 502, and not from a Kubernetes"),
    "a load balancer that has nobody to ask": (503, b"", errors.NotForwarded, "HTTP 503, and not from a Kubernetes API server"),
    "a load balancer that waited in vain": (504, b'{"message": "timeout"}', errors.NotForwarded, "HTTP 504, and not from a Kubernetes"),
}


@pytest.mark.parametrize(("code", "body", "kind", "found"), MEANINGS.values(), ids=MEANINGS)
def test_the_meaning_of(code: int, body: bytes, kind: type[errors.ClusterError], found: str) -> None:
    error = meaning("east", "reading", code, body, secret=False)
    assert error.__class__ is kind
    assert found in str(error)
    assert str(error).startswith("context east: reading: ")
    assert "hunter2" not in str(error)


def test_a_secrets_refusal_never_quotes_it() -> None:
    error = meaning("east", "applying Secret a/b", 422, status(422, 'Invalid value: "hunter2"', "Invalid"), secret=True)
    assert "hunter2" not in str(error)
    assert str(error).startswith("context east: applying Secret a/b: Invalid; ")


def test_a_write_of_a_secret_that_etcd_may_have_carried_out_is_told_from_a_refusal() -> None:
    error = meaning("east", "applying Secret a/b", 500, status(500, "etcdserver: request timed out"), secret=True)
    assert error.__class__ is errors.Unfinished
    assert str(error).startswith("context east: applying Secret a/b: HTTP 500; ")


def test_a_secrets_conflict_names_the_owner_of_the_field() -> None:
    assert 'conflict with "kubectl"' in str(meaning("east", "applying Secret a/b", 409, CONFLICT, secret=True))
