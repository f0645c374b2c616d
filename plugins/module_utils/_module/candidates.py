# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The contexts that `client_config` is about: from options to wishes, and what was found out about each."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from .._core.errors import SpecError
from .._core.identity import Identity
from .._core.kubeconfig import Access
from .._core.names import client_config_name, is_dns1123_label
from .._core.plan import Plan
from .._core.registration import Registration, cluster_entry
from .._core.times import written
from .._core.tokens import read_token
from .._kube.errors import ClusterError
from .connect import access_of
from .run import failure_of, outcome

SHORTEST_TOKEN = 600  # https://kubernetes.io/docs/reference/kubernetes-api/authentication-resources/token-request-v1/


@dataclass
class Candidate:
    """One context on its way: the wish, and what this run has found out and done.

    Args:
        wish: what is wanted.
        checks: what was proven, in order, as the module returns it.
        plan: the steps in the remote cluster.
        token: the token that the operator will use; empty when there is none yet.
        action: what happens to the registration, in one word.
        problem: why it cannot go on.
        adopted: somebody else made the registration; it is proven and left as it is.
    """

    wish: Registration
    checks: list[dict[str, Any]] = field(default_factory=list)
    plan: Plan = field(default_factory=Plan)
    token: str = field(default="", repr=False)
    server_version: str = ""
    action: str = "unchanged"
    problem: ClusterError | None = None
    adopted: bool = False

    @property
    def context(self) -> str:
        """The context's name."""
        return self.wish.context

    @contextmanager
    def checked(self, check: str, proven: str) -> Iterator[None]:
        """Notes how a check ended; its error goes on."""
        try:
            yield
        except ClusterError as problem:
            self.checks.append({"check": check, "ok": False, "found": problem.found})
            raise
        self.checks.append({"check": check, "ok": True, "found": proven})

    def describe(self) -> dict[str, Any]:
        """The context as the module returns it; never its token."""
        claims = read_token(self.token) if self.token else None
        shown = {
            "name": self.context,
            "client_config": self.wish.client_config.name,
            "secret": self.wish.secret.name,
            "credential": "adopted" if self.adopted else "managed",
            "action": "failed" if self.problem else self.action,
            "token_expires": written(claims.expires) if claims and claims.expires is not None else None,
            "server_version": self.server_version,
            "checks": self.checks,
        }
        return {**shown, "error": {**failure_of(self.problem), "msg": str(self.problem)}} if self.problem else shown


def candidates_of(parameters: Mapping[str, Any]) -> list[Candidate]:
    """A candidate for each entry of `contexts`. Raises `SpecError` naming the entry at fault."""
    _check_options(parameters)
    entries = parameters["contexts"]
    if not entries:
        raise SpecError("contexts", "is empty; name at least one remote context")
    found: dict[str, str] = {}
    candidates = []
    for index, options in enumerate(entries):
        path = f"contexts[{index}]"
        name = options.get("client_config") or client_config_name(options["name"])
        if name in found:
            raise SpecError(f"{path}.name", f"is {options['name']!r}, which {found[name]} is too; name each context once")
        found[name] = path
        candidates.append(Candidate(_wish(parameters, options, path), adopted=options.get("credential") == "adopted"))
    return candidates


def _check_options(parameters: Mapping[str, Any]) -> None:
    """What an API server would refuse after the first write."""
    if parameters["token_lifetime"] < SHORTEST_TOKEN:
        raise SpecError("token_lifetime", f"is {parameters['token_lifetime']}; no API server grants less than {SHORTEST_TOKEN} seconds")
    for option, names in (
        ("namespace", [parameters["namespace"]]),
        ("service_account", [parameters["service_account"]]),
        ("watch_namespaces", parameters.get("watch_namespaces") or ()),
        ("contexts[].namespace", [entry["namespace"] for entry in parameters["contexts"] if entry.get("namespace")]),
        ("contexts[].client_config", [entry["client_config"] for entry in parameters["contexts"] if entry.get("client_config")]),
    ):
        for name in names:
            if not is_dns1123_label(name):
                raise SpecError(option, f"is {name}; use at most 63 of a-z, 0-9 and '-', a letter or digit first and last")


def _wish(parameters: Mapping[str, Any], options: Mapping[str, Any], path: str) -> Registration:
    namespace = options.get("namespace") or parameters["namespace"]
    watched = tuple(parameters.get("watch_namespaces") or ()) or (namespace,)
    identity = Identity(namespace, parameters["service_account"], watched, parameters["cluster_scoped"])
    access = access_of(options, path=path, default_kubeconfig=parameters["kubeconfig"])
    cluster = cluster_entry(
        access.cluster,
        server=options.get("server"),
        ca=authority_of(access, options.get("ca_cert"), path),
        tls_server_name=options.get("tls_server_name"),
        proxy_url=options.get("proxy_url"),
    )
    return Registration(access, identity, parameters["namespace"], cluster, options.get("client_config") or "")


def authority_of(access: Access, given: str | None, path: str) -> bytes | None:
    """The certificate authority in PEM, given or in the file that the kubeconfig names; None when it is inline, or there is none."""
    if given:
        if "-----BEGIN CERTIFICATE-----" not in given:
            raise SpecError(f"{path}.ca_cert", "holds no certificate; give the PEM text, which begins with -----BEGIN CERTIFICATE-----")
        return given.encode()
    file = access.cluster.get("certificate-authority")
    if access.cluster.get("certificate-authority-data") or not file:
        return None
    try:
        with open(os.path.join(access.folder, str(file)), "rb") as opened:
            return opened.read()
    except OSError as problem:
        message = f"names the certificate authority file {file}, which cannot be read: {problem.strerror}"
        raise SpecError(f"{path}.kubeconfig", message) from None


def returned(plan: Plan, candidates: Sequence[Candidate], restarts: int) -> dict[str, Any]:
    """The result, whether it failed or not."""
    return outcome(plan, contexts=[candidate.describe() for candidate in candidates], operator_restarts=restarts)


def failure(candidates: Sequence[Candidate], verb: str) -> dict[str, Any]:
    """What makes a result a failed one, naming each bad context; nothing when all are good."""
    problems = [candidate.problem for candidate in candidates if candidate.problem]
    if not problems:
        return {}
    message = f"{len(problems)} of {len(candidates)} contexts could not be {verb}: {'. '.join(str(problem) for problem in problems)}"
    return {"failed": True, "msg": message, "error": failure_of(problems[0])}
