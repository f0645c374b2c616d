# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The real `Api`: one context over the `kubernetes` library's authentication, TLS and connection pool."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

from .._core.kubeconfig import Access
from .._core.objects import KINDS, Kind, Object, Ref, kinds_defined_by, ref_of
from .._core.plan import FIELD_MANAGER
from . import errors
from .answers import meaning, root_cause
from .log_in import KUBERNETES_IMPORT_ERROR, LogIn, log_in

if not KUBERNETES_IMPORT_ERROR:
    import urllib3

USER_AGENT = "k8ssandra.operator/0.1.0"
_CONNECT_SECONDS = 5.0
_READ_SECONDS = 60.0
_REPEATABLE = frozenset(("GET", "PATCH", "DELETE"))
# Seconds in which an API server that is back may refuse what it allows, or not know a kind: it answers before it has read who may do
# what (https://github.com/kubernetes/kubernetes/issues/121635), and which definitions there are.
_STARTING = 10.0


class Client:
    """One context. Used by one thread at a time; log-in happens at the first request.

    Args:
        access: which cluster, and how to log in.
        patience: seconds during which a request that is safe to repeat is repeated after 429, 5xx, connection faults and
            a write of somebody else's at the same moment; also after a refusal by an API server that has just come back. It
            begins anew when an API server answers again.
        clock, sleep: the time, for tests.
    """

    def __init__(
        self,
        access: Access,
        *,
        patience: float = 15.0,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.context = access.name
        self.requests, self.date = 0, ""
        self._access = access
        self._patience = patience
        self._clock = clock
        self._sleep = sleep
        self._kinds: dict[tuple[str, str], Kind] = dict(KINDS)
        self._proven = not access.cluster_uid
        self._silent = -_STARTING
        self._log_in: LogIn | None = None

    def learn_kinds(self, objects: Sequence[Object]) -> None:
        """Remembers the kinds that CustomResourceDefinitions among `objects` define, to save discovery."""
        self._kinds.update(kinds_defined_by(tuple(objects)))

    def read(self, path: str, query: Mapping[str, str] | None = None) -> Object:
        return self._request("GET", path, f"reading {path}", query=query)

    def find_kind(self, api_version: str, kind: str) -> Kind | None:
        if (api_version, kind) not in self._kinds:
            root = f"/apis/{api_version}" if "/" in api_version else f"/api/{api_version}"
            try:
                served = self.read(root).get("resources") or ()
            except errors.Absent:
                return None
            for entry in served:
                if "/" not in entry["name"]:
                    self._kinds[api_version, entry["kind"]] = Kind(api_version, entry["kind"], entry["name"], entry["namespaced"])
        return self._kinds.get((api_version, kind))

    def get(self, ref: Ref) -> Object | None:
        try:
            return self._request("GET", self._path(ref), f"reading {ref}")
        except errors.Absent:
            return None

    def list(self, kind: Kind, namespace: str = "", labels: Mapping[str, str] | None = None) -> Sequence[Object] | None:
        selector = ",".join(f"{key}={value}" for key, value in (labels or {}).items())
        where = f"listing {kind.plural}" + (f" in namespace {namespace}" if namespace else "")
        found: list[Object] = []
        query = {"limit": "500", **({"labelSelector": selector} if selector else {})}
        while True:
            try:
                page = self._request("GET", kind.path(namespace), where, query=query)
            except errors.Absent:
                return None
            found += [{"apiVersion": kind.api_version, "kind": kind.kind, **item} for item in page.get("items") or ()]
            query["continue"] = page.get("metadata", {}).get("continue") or ""
            if not query["continue"]:
                return found

    def apply(self, body: Object, *, dry_run: bool = False, force: bool = False) -> Object:
        ref = ref_of(body)
        query = {"fieldManager": FIELD_MANAGER, "fieldValidation": "Strict", "force": str(force).lower()}
        doing = f"{'previewing' if dry_run else 'applying'} {ref}"
        content = "application/apply-patch+yaml"
        return self._request("PATCH", self._path(ref), doing, body=body, content=content, query=_with_dry_run(query, dry_run))

    def create(self, path: str, body: Object, *, dry_run: bool = False) -> Object:
        query = _with_dry_run({"fieldManager": FIELD_MANAGER}, dry_run)
        return self._request("POST", path, f"{'probing' if dry_run else 'creating'} {body.get('kind', '')}".strip(), body=body, query=query)

    def send(self, path: str, body: Object) -> None:
        self._request("POST", path, f"posting to {path}", body=body, plain=True)

    def merge(self, ref: Ref, patch: Object, *, subresource: str = "") -> Object:
        content, query = "application/merge-patch+json", {"fieldManager": FIELD_MANAGER}
        path = f"{self._path(ref)}/{subresource}" if subresource else self._path(ref)
        return self._request("PATCH", path, f"patching {ref}", body=patch, content=content, query=query)

    def delete(self, ref: Ref, *, alone: str = "") -> bool:
        options: dict[str, Any] = {"kind": "DeleteOptions", "apiVersion": "v1", "propagationPolicy": "Orphan" if alone else "Background"}
        options |= {"preconditions": {"resourceVersion": alone}} if alone else {}
        try:
            self._request("DELETE", self._path(ref), f"removing {ref}", body=options)
        except errors.Absent:
            return False
        return True

    def close(self) -> None:
        """Closes the connections."""
        if self._log_in is not None:
            self._log_in.pool.clear()

    def _prove_identity(self) -> None:
        """Compares the cluster's UID with the inventory's pin, before anything else is asked of the cluster."""
        doing, pin, found = "checking that this is the pinned cluster", self._access.cluster_uid, ""
        self._proven = True
        try:
            found = cluster_uid(self)
        except errors.Forbidden as problem:
            # Callers go on without what they may not read: never without this.
            advice = "grant the right to get the namespace kube-system, or leave the pin (cluster_uid) out"
            raise errors.WrongCluster(self.context, doing, f"its kube-system UID cannot be read: {problem.found}", advice) from problem
        finally:
            self._proven = found == pin
        if not self._proven:
            raise errors.WrongCluster(self.context, doing, f"its kube-system UID is {found or 'unknown'}, the pin is {pin}")

    def _path(self, ref: Ref) -> str:
        if ref.name in ("", ".", ".."):
            # Without a name, the path is that of all objects of the kind: removing that would remove them all.
            raise errors.Invalid(self.context, f"looking for a {ref.kind}", f"{ref.name!r} is no name", "give the object's name")
        kind = self.find_kind(ref.api_version, ref.kind)
        if kind is None:
            found = f"the cluster does not serve {ref.kind} of {ref.api_version}"
            raise errors.Absent(self.context, f"applying {ref}", found, "install its definition first")
        return kind.path(ref.namespace, quote(ref.name, safe=""))

    def _request(
        self,
        method: str,
        path: str,
        doing: str,
        *,
        query: Mapping[str, str] | None = None,
        body: Object | None = None,
        content: str = "application/json",
        plain: bool = False,
    ) -> Object:
        url = f"{self._access.server.rstrip('/')}{path}" + (f"?{urlencode({k: v for k, v in query.items() if v})}" if query else "")
        sent = json.dumps(body).encode() if body is not None else None
        if not self._proven:
            self._prove_identity()
        writes, unknown = method != "GET" and "dryRun" not in (query or {}), False
        began, pause = self._clock(), 0.25
        while True:
            problem, wait = self._try(method, url, doing, sent, content, plain)
            if isinstance(problem, dict):
                return problem
            unknown = unknown or problem.outcome_unknown
            repeat = self._may_pass(problem, method, body or {})
            # Whoever answers again gets the whole time: a webhook comes back after its API server.
            since = began if isinstance(problem, errors.NO_ANSWER) else max(began, self._silent)
            if not repeat or wait is None or self._clock() + max(wait, pause) > since + self._patience:
                # An attempt before the last may have been carried out too.
                problem.outcome_unknown = writes and unknown
                raise problem
            self._sleep(max(wait, pause))
            pause = min(pause * 2, 2.0)

    def _may_pass(self, problem: errors.ClusterError, method: str, body: Object) -> bool:
        """Whether the same request may succeed a moment later, and do no harm."""
        if isinstance(problem, errors.NO_ANSWER):
            self._silent = self._clock()
        starting = isinstance(problem, (errors.Forbidden, errors.NotServed)) and self._clock() - self._silent < _STARTING
        # What is to replace one version of an object will not find that again.
        overtaken = isinstance(problem, errors.Overtaken) and "resourceVersion" not in body.get("metadata", {})
        harmless = method in _REPEATABLE or isinstance(problem, errors.Forbidden)
        return harmless and (starting or overtaken or isinstance(problem, (errors.Unavailable, errors.Unreachable)))

    def _try(
        self, method: str, url: str, doing: str, sent: bytes | None, content: str, plain: bool
    ) -> tuple[dict[str, Any] | errors.ClusterError, float | None]:
        """One attempt: the answer or what went wrong, and the seconds to wait before another; None for "do not try again"."""
        self.requests += 1
        headers = {"Accept": "application/json", "User-Agent": USER_AGENT, **({"Content-Type": content} if sent else {})}
        try:
            if self._log_in is None or not self._log_in.holds(time.time()):
                self._log_in = log_in(self._access)
            headers.update(self._log_in.headers())
            timeout = urllib3.Timeout(connect=_CONNECT_SECONDS, read=_READ_SECONDS)
            answer = self._log_in.pool.request(method, url, body=sent, headers=headers, timeout=timeout, retries=False)
        except (urllib3.exceptions.HTTPError, OSError) as problem:
            found = root_cause(problem)
            error = errors.Unreachable(self.context, doing, f"no answer from {self._access.server}: {found}")
            error.__cause__ = problem
            return error, None if "certificate" in found.lower() else 0.0
        self.date = answer.headers.get("Date", "")
        if answer.status < 300:
            return {} if plain else _decode(self.context, doing, answer.data), None
        wait = answer.headers.get("Retry-After", "0")
        return meaning(self.context, doing, answer.status, answer.data, secret="/secrets" in url), float(wait) if wait.isdigit() else 0.0


def cluster_uid(api: Client) -> str:
    """The UID of `kube-system`: it lives exactly as long as the cluster."""
    namespace = api.get(KINDS["v1", "Namespace"].ref("kube-system")) or {}
    return str(namespace.get("metadata", {}).get("uid", ""))


def _with_dry_run(query: Mapping[str, str], dry_run: bool) -> dict[str, str]:
    return {**query, **({"dryRun": "All"} if dry_run else {})}


def _decode(context: str, doing: str, body: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(body)
    except ValueError as problem:
        raise errors.Unreachable(context, doing, "an answer that is not JSON: this is not a Kubernetes API server") from problem
    return answer if isinstance(answer, dict) else {"items": answer}
