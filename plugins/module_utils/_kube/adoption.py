# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading a fleet that somebody installed by hand, by GETs alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager

from .._core.adopted import account_of, inline_access, kubeconfig_text, leads_elsewhere, secret_name_of
from .._core.adoption import Place, Registered, leading, same_server
from .._core.bundle import BUNDLE_LABEL
from .._core.credentials import context_of
from .._core.errors import SpecError
from .._core.identity import MANAGED_BY
from .._core.kubeconfig import Access
from .._core.objects import Object, kind_named
from .._core.operators import CASS, K8SSANDRA, operators_in
from .._core.readings import ContextReading, labels_of, name_of, namespace_of
from . import errors
from .adopted_release import read_release
from .api import Api

_CONTAINERS = {K8SSANDRA: "k8ssandra-operator", CASS: "manager"}
_DOING = "reading the fleet"


def read_place(api: Api, access: Access, kubeconfig: str, namespace: str) -> Place:
    """What one context runs. Raises `Invalid` when two k8ssandra-operators are there and `namespace` is empty.

    Args:
        namespace: where to look for the operators; empty for everywhere.
    """
    uid = _uid(api)
    if not uid:
        raise errors.Absent(api.context, _DOING, "its namespace kube-system cannot be read", "use an account that may read it")
    deployments = tuple(api.list(kind_named("Deployment"), namespace) or ())
    found = operators_in(ContextReading(api.context, objects={"Deployment": deployments}))
    places = sorted({one.namespace for one in found if one.operator == K8SSANDRA})
    if len(places) > 1:
        where = f"k8ssandra-operator runs in {' and in '.join(places)}"
        raise errors.Invalid(api.context, _DOING, where, "say which by namespace, and adopt each on its own")
    found = tuple(one for one in found if not places or one.namespace == places[0])
    bodies = {one.operator: _body(deployments, one.name, one.namespace) for one in found}
    first = bodies.get(K8SSANDRA)
    resources = {operator: _resources(body, _CONTAINERS[operator]) for operator, body in bodies.items()}
    release = read_release(api, first) if first else None
    return Place(api.context, access, kubeconfig, uid, found, resources, release, first is not None and BUNDLE_LABEL in labels_of(first))


def read_registrations(api: Api, namespace: str, parse: Callable[[str, str], object]) -> tuple[Registered, ...]:
    """The ClientConfigs of the control plane, each with its kubeconfig as far as it can be used from elsewhere.

    Args:
        parse: makes values of YAML text; its second argument says where that was found.
    """
    listed = api.list(kind_named("ClientConfig"), namespace) or ()
    return tuple(_registered(api, body, parse) for body in sorted(listed, key=name_of))


def find_out(
    registered: Registered,
    places: Sequence[tuple[Place, Api, str]],
    connect: Callable[[Access], AbstractContextManager[Api]],
) -> Registered:
    """The registration with the place that it leads to: by the UID of its account, else of the cluster, else by server and authority.

    Args:
        places: each context with its client and its certificate authority in base64.
        connect: opens a client of what a registration leads to; asked only when it is of no service account.
    """
    access, account = registered.access, registered.account
    if access is None:
        return registered
    if account is not None and account.uid:
        for place, api, _authority in places:
            if not leads_elsewhere(account, api.get(account.ref)):
                return leading(registered, place.name, f"the UID of {account.ref}")
        return registered
    uid = _uid_behind(access, connect)
    for place, _api, authority in places:
        if uid == place.uid:
            return leading(registered, place.name, "the UID of kube-system, read with its kubeconfig")
        if not uid and same_server(access, place.access, authority):
            return leading(registered, place.name, "its server and certificate authority")
    return registered


def _uid(api: Api) -> str:
    found = api.get(kind_named("Namespace").ref("kube-system")) or {}
    return str(found.get("metadata", {}).get("uid", ""))


def _uid_behind(access: Access, connect: Callable[[Access], AbstractContextManager[Api]]) -> str:
    try:
        with connect(access) as api:
            return _uid(api)
    except errors.ClusterError:
        return ""


def _registered(api: Api, body: Object, parse: Callable[[str, str], object]) -> Registered:
    context, config, name = context_of(body), name_of(body), secret_name_of(body)
    mine = MANAGED_BY.items() <= labels_of(body).items()
    place = f"the kubeconfig of ClientConfig {config}"
    text = kubeconfig_text(api.get(kind_named("Secret").ref(name, namespace_of(body))) if name else None)
    if not text:
        return Registered(context, config, name, problem=f"its Secret {name} is missing or holds no kubeconfig", ours=mine)
    try:
        access = inline_access(parse(text, place), context, path=place)
    except SpecError as problem:
        return Registered(context, config, name, problem=str(problem), ours=mine)
    return Registered(context, config, name, access, account_of(access), ours=mine)


def _body(deployments: Sequence[Object], name: str, namespace: str) -> Object:
    return next(body for body in deployments if (name_of(body), namespace_of(body)) == (name, namespace))


def _resources(deployment: Object, container: str) -> Mapping[str, object]:
    containers = deployment["spec"]["template"]["spec"].get("containers") or ()
    chosen = [one for one in containers if one.get("name") == container] or list(containers)[:1]
    return dict(chosen[0].get("resources") or {}) if chosen else {}
