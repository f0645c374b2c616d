# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Registrations that somebody else made: found, proven as the operator uses them, and left as they are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from .._core.adopted import account_of, inline_access, kubeconfig_text, leads_elsewhere, registrations_of, secret_name_of
from .._core.errors import SpecError
from .._core.identity import MANAGED_BY
from .._core.kubeconfig import Access
from .._core.objects import Object, Ref, kind_named, ref_of
from .._core.plan import Plan, plan_absence
from .._core.readings import labels_of
from .._core.registration import Registration, address_problem
from .._core.times import written
from .._kube import errors
from .._kube.credentials import prove_login, prove_server, version
from .candidates import Candidate
from .documents import parse_yaml
from .prepare import Connect

_DOING = "looking for the registration to adopt"


def point_at_adopted(candidates: Iterable[Candidate], client_configs: Sequence[Object]) -> None:
    """Points the wish of each adopted candidate at the objects that register its context, whatever they are called."""
    for candidate in candidates:
        if not candidate.adopted:
            continue
        found = registrations_of(candidate.context, client_configs)
        if found:
            names = {"config_name": found[0]["metadata"]["name"], "secret_name": secret_name_of(found[0])}
            candidate.wish = replace(candidate.wish, **names)
        else:
            advice = "register it, or set `credential` to managed, which registers it"
            nothing = "no ClientConfig of the control plane registers this context"
            candidate.problem = errors.Absent(candidate.context, _DOING, nothing, advice)


def made_by(client_config: Object | None, wish: Registration) -> str:
    """Whose the ClientConfig is that stands where ours would be; empty when it is ours, or there is none."""
    if client_config is None or MANAGED_BY.items() <= labels_of(client_config).items() or secret_name_of(client_config) == wish.secret.name:
        return ""
    managers = [entry.get("manager") for entry in client_config["metadata"].get("managedFields") or () if "f:spec" in entry["fieldsV1"]]
    whose = f"made by {', '.join(map(str, managers))}" if managers else "made by somebody else"
    return f"{wish.client_config} of the control plane registers this context already, {whose}, with {secret_name_of(client_config)}"


def accept(candidate: Candidate, connect: Connect, secret: Object | None, warn: Callable[[str], None]) -> None:
    """Proves a registration by using it, once for the address and once for the rights. Raises what is wrong with it."""
    registered = _read(candidate, secret)
    account = account_of(registered)
    candidate.token = str(registered.user.get("token") or "")
    found, advice = address_problem(registered.cluster)
    candidate.checks.append({"check": "address", "ok": not found, "found": found or f"{registered.server} can be used from elsewhere"})
    if found:
        warn(f"{candidate.context}: {found}; the registration is adopted and stays as it is; with `credential` managed, {advice}")
    whom = account.ref if account else "no service account"
    with candidate.checked("access", f"the kubeconfig given leads to the cluster of {whom}"), connect(candidate.wish.access) as api:
        candidate.server_version = version(api)
        elsewhere = leads_elsewhere(account, api.get(account.ref)) if account else ""
        if elsewhere:
            mend = "correct the context's kubeconfig, or set `credential` to managed"
            raise errors.Conflict(candidate.context, "comparing the registration with the context", elsewhere, mend)
    with connect(registered) as api:
        with candidate.checked("server", f"{registered.server} answers and its certificate is valid"):
            prove_server(api)
        with candidate.checked("login", "the credential logs in and reads"):
            prove_login(api, candidate.wish.identity)
    lasts = f"until {written(account.expires)}" if account and account.expires is not None else "for ever, as far as can be told"
    candidate.checks.append({"check": "credential", "ok": True, "found": f"of {whom}; it lasts {lasts}, and is not renewed here"})


def plan_replaced(context: str, candidate: Candidate, found: Mapping[Ref, Object], read: Callable[[Ref], Object | None]) -> Plan:
    """The removal of the Secret that a ClientConfig named until we took it over: its token may be one that never expires.

    Args:
        context: the control plane's.
        found: the ClientConfigs before, by identity.
        read: reads one object; asked only when a ClientConfig changes its Secret.
    """
    wish = candidate.wish
    before = secret_name_of(found.get(wish.client_config, {}))
    users = [ref for ref, body in found.items() if ref.namespace == wish.namespace and secret_name_of(body) == before]
    if not before or before == wish.secret.name or users != [wish.client_config]:
        return Plan()
    ref = kind_named("Secret").ref(before, wish.namespace)
    body = read(ref)
    if body is None or not kubeconfig_text(body) or len(body["data"]) > 1:
        return Plan()
    return plan_absence(context, [ref], {ref_of(body): body}, "holds the kubeconfig that is replaced, and nothing else uses it")


def _read(candidate: Candidate, secret: Object | None) -> Access:
    wish = candidate.wish
    place = f"the kubeconfig in {wish.secret}"
    text = kubeconfig_text(secret)
    if not text:
        found = f"{wish.secret} of the control plane is missing or holds no kubeconfig"
        raise errors.Absent(candidate.context, _DOING, found, "restore it, or set `credential` to managed")
    try:
        return inline_access(parse_yaml(text, place), candidate.context, path=place)
    except SpecError as problem:
        raise errors.Invalid(candidate.context, "reading the registration", str(problem), "set `credential` to managed") from problem
