# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading all of one context that a preflight judges: what may not be read is told, and stops nothing else."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from .._core.checks_ownership import DEFINITIONS
from .._core.cluster import ClusterWish, Datacenter
from .._core.credentials import credential_of
from .._core.fleet import Ending, Survey
from .._core.kubeconfig import Access
from .._core.objects import Kind, Object, kind_named
from .._core.pods import body_for_dry_run
from .._core.readings import ContextReading, name_of, namespace_of
from .._core.rights import ANSIBLE, OPERATOR, Scope, add_ons_in
from .._core.rights_asked import EVERYTHING, Question, lacking, questions
from . import errors
from .answers import server_time
from .api import Api
from .endings import WEBHOOKS, endings_in, endings_of
from .observe import observe

_REVIEWS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
_SERVICE_CIDR = Kind("networking.k8s.io/v1", "ServiceCIDR", "servicecidrs", False)
_SAMPLES = 5
_ISSUER = {"apiVersion": "cert-manager.io/v1", "kind": "Issuer", "metadata": {"generateName": "probe-"}, "spec": {"selfSigned": {}}}
# How an API server's authorizer words its refusal; admission's are worded otherwise.
_NO_RIGHT = "cannot create resource"


@dataclass(frozen=True)
class Aim:
    """What a context is looked at for.

    Args:
        access: how it is reached.
        control_plane: whether it is the control plane.
        operators: the operators' namespace.
        wish: the cluster; None when none was given.
        templates: its datacenters here, each with what holds for it.
        watched: the namespaces that the operators watch; empty for all.
        installer: what installs the operators, `kustomize` or `helm`.
        cert_manager: the namespace of the cert-manager that is installed; empty when somebody else brings it.
        probes: the namespace of short-lived pods; empty when one is made for them.
        distributed_by: who distributes the cluster, `operator` or `ansible`.
    """

    access: Access
    control_plane: bool
    operators: str
    wish: ClusterWish | None
    templates: tuple[tuple[Datacenter, Mapping[str, Any]], ...]
    watched: tuple[str, ...] = ()
    installer: str = "kustomize"
    cert_manager: str = ""
    probes: str = ""
    distributed_by: str = OPERATOR

    @property
    def context(self) -> str:
        """The context's name."""
        return self.access.name

    @property
    def clusters(self) -> tuple[str, ...]:
        """The namespaces of the cluster, where something is looked for, and of the datacenters here."""
        own = [self.wish.namespace] if self.wish and (self.control_plane or self.distributed_by == ANSIBLE) else []
        return tuple(dict.fromkeys((*own, *(datacenter.namespace for datacenter, _template in self.templates))))

    @property
    def scope(self) -> Scope:
        """Where later roles work."""
        add_ons = add_ons_in(self.wish.spec) if self.wish else ()
        more = (self.installer, self.cert_manager, self.probes, self.distributed_by, add_ons)
        return Scope(self.control_plane, self.operators, self.clusters, self.watched, *more)


def read_survey(api: Api, aim: Aim, clock: Callable[[], float] = time.time) -> Survey:
    """What one context holds and answers; no write but questions and dry runs. Raises `ClusterError` when it does not answer."""
    look = _Look(api, aim)
    with_uid = look.get("kube-system", kind_named("Namespace").ref("kube-system"))
    offsets, version = _offsets(api, clock)
    look.read_objects()
    if not offsets:
        look.unread["clock"] = "the API server's answers have no date"
    refused, asked = look.ask_rights()
    admissions = look.ask_admission()
    cert_manager = look.ask_cert_manager()
    endings = (*endings_of(aim.access), *look.endings())
    return Survey(
        reading=ContextReading(api.context, aim.control_plane, objects=look.objects, server_version=version),
        unread=look.unread,
        uid=str((with_uid or {}).get("metadata", {}).get("uid", "")),
        offsets=offsets,
        endings=endings,
        refused=refused,
        asked=asked,
        admissions=admissions,
        cert_manager=cert_manager,
    )


def unread_survey(aim: Aim, problem: errors.ClusterError) -> Survey:
    """The survey of a context that could not be read."""
    reading = ContextReading(aim.context, aim.control_plane, cause=f"{problem.doing}: {problem.found}")
    return Survey(reading, reason=problem.reason, advice=problem.advice)


def _offsets(api: Api, clock: Callable[[], float]) -> tuple[tuple[float, ...], str]:
    """The server's clock less ours, a sample a request, and the server's version. HTTP cuts seconds off: half of one is added."""
    found, version = [], ""
    for _sample in range(_SAMPLES):
        before = clock()
        version = str(api.read("/version").get("gitVersion") or "")
        middle = (before + clock()) / 2
        there = server_time(api)
        if there is not None:
            found.append(there + 0.5 - middle)
    return tuple(found), version


@dataclass
class _Look:
    """One look at one context, in one thread."""

    api: Api
    aim: Aim
    objects: dict[str, tuple[Object, ...]] = field(default_factory=dict)
    unread: dict[str, str] = field(default_factory=dict)

    def get(self, name: str, ref: Any) -> Object | None:
        try:
            return self.api.get(ref)
        except errors.Forbidden as problem:
            self.unread[name] = problem.found
            return None

    def read_objects(self) -> None:
        """All objects that are judged."""
        operators = (self.aim.operators,)
        for kind in (kind_named("Node"), kind_named("Pod"), kind_named("StorageClass"), _SERVICE_CIDR, *map(kind_named, WEBHOOKS)):
            self._list(kind, ())
        for name in ("Service", "CassandraDatacenter"):
            self._list(kind_named(name), self.aim.clusters)
        self._list(kind_named("Deployment"), operators)
        for name in ("ResourceQuota", "LimitRange"):
            self._list(kind_named(name), self.aim.clusters, everywhere=False)
        self._list(kind_named("Certificate"), operators, everywhere=False)
        if self.aim.control_plane:
            self._list(kind_named("K8ssandraCluster"), self.aim.clusters)
            self._list(kind_named("ClientConfig"), operators, everywhere=False)
        namespaces = [self.get("Namespace", kind_named("Namespace").ref(name)) for name in dict.fromkeys((*operators, *self.aim.clusters))]
        self.objects["Namespace"] = tuple(body for body in namespaces if body)
        definition = kind_named("CustomResourceDefinition")
        definitions = [self.get(definition.kind, definition.ref(name)) for name in DEFINITIONS]
        self.objects[definition.kind] = tuple(body for body in definitions if body)

    def _list(self, kind: Kind, namespaces: Iterable[str], everywhere: bool = True) -> None:
        """Adds the objects of a kind, in all namespaces, or in those where we may; what we may not is `unread`."""
        found: list[Object] = []
        try:
            try:
                found += self.api.list(kind) or () if everywhere else _each(self.api, kind, namespaces)
            except errors.Forbidden:
                if not (everywhere and namespaces):
                    raise
                found += _each(self.api, kind, namespaces)
        except errors.Forbidden as problem:
            self.unread[kind.kind] = f"{problem.doing}: {problem.found}"
        self.objects[kind.kind] = tuple(found)

    def ask_rights(self) -> tuple[tuple[str, ...], int]:
        """The rights that we lack, in words, and how many were asked for."""
        wanted = questions(self.aim.scope)
        try:
            if self._may(EVERYTHING):
                return (), len(wanted)
            return lacking([question for question in wanted if not self._may(question)]), len(wanted)
        except (errors.Forbidden, errors.Absent) as problem:
            self.unread["rights"] = problem.found
            return (), len(wanted)

    def _may(self, question: Question) -> bool:
        return bool((self.api.create(_REVIEWS, question.review).get("status") or {}).get("allowed"))

    def ask_admission(self) -> dict[str, str]:
        """What a dry run of each datacenter's pod is answered; nothing of one whose namespace is not there yet."""
        there = {name_of(body) for body in self.objects["Namespace"] if not body["metadata"].get("deletionTimestamp")}
        answers: dict[str, str] = {}
        for datacenter, template in self.aim.templates:
            if self.aim.wish is None or datacenter.namespace not in there:
                continue
            body = body_for_dry_run(self.aim.wish, datacenter, template)
            try:
                self.api.create(kind_named("Pod").path(datacenter.namespace), body, dry_run=True)
                answers[datacenter.name] = ""
            except (errors.Forbidden, errors.Denied, errors.Invalid, errors.Unavailable) as problem:
                if _NO_RIGHT in problem.found:
                    self.unread["admission"] = problem.found
                else:
                    answers[datacenter.name] = problem.found
        return answers

    def ask_cert_manager(self) -> str:
        """Why cert-manager does not serve; empty when it does."""
        try:
            served = {entry.get("name") for entry in self.api.read("/apis/cert-manager.io/v1").get("resources") or ()}
            missing = [name for name in ("certificates", "issuers") if name not in served]
            if missing:
                return f"the cluster serves no {' and no '.join(missing)} of cert-manager.io/v1"
            own = any(name_of(body) == self.aim.operators for body in self.objects["Namespace"])
            self.api.create(kind_named("Issuer").path(self.aim.operators if own else "default"), _ISSUER, dry_run=True)
        except errors.Absent:
            return "the cluster does not serve cert-manager.io/v1"
        except errors.Unavailable as problem:
            return f"its webhook does not answer: {problem.found}"
        except (errors.Forbidden, errors.Denied, errors.Invalid) as problem:
            if _NO_RIGHT in problem.found:
                self.unread["cert-manager"] = problem.found
        return ""

    def endings(self) -> Iterator[Ending]:
        """What in the cluster ends: certificates, what webhooks are trusted by, tokens of client configs."""
        yield from endings_in(self.objects, time.time())
        configs = self.objects.get("ClientConfig", ())
        refs = {name_of(body): kind_named("Secret").ref(_secret_of(body), namespace_of(body)) for body in configs if _secret_of(body)}
        try:
            secrets = observe(self.api, refs.values())
        except errors.Forbidden as problem:
            self.unread["certificates"] = problem.found
            return
        for body in configs:
            credential = credential_of(body, secrets.get(refs[name_of(body)]) if name_of(body) in refs else None)
            why = f"the operator no longer reaches context {credential.context}, and restarts into an error"
            advice = "run site, which renews it, or renew it by hand"
            yield Ending(f"token of ClientConfig {name_of(body)}", credential.expires, why, advice)


def _each(api: Api, kind: Kind, namespaces: Iterable[str]) -> list[Object]:
    return [body for namespace in namespaces for body in api.list(kind, namespace) or ()]


def _secret_of(config: Object) -> str:
    return str(((config.get("spec") or {}).get("kubeConfigSecret") or {}).get("name") or "")
