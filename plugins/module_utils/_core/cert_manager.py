# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""cert-manager in one cluster: whose it is, whether it serves, and what its rendered objects become."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .bundle import BUNDLE_LABEL, Bundle, arrange, readiness
from .images import containers_of, from_registry, pod_specs
from .installation import Installation, settle_pod
from .needs import IMAGE_ARGUMENTS, is_hook
from .objects import Object, kind_named, ref_of
from .verdict import Verdict

GROUP = "cert-manager.io"
DEFINITION = kind_named("CustomResourceDefinition").ref(f"certificates.{GROUP}")
# The label with which the static manifest and the chart name the controller's Deployment.
CONTROLLER = {"app.kubernetes.io/name": "cert-manager"}
_VERSION = "app.kubernetes.io/version"
# A namespace has no dot in its name, so this is no operators' bundle.
_MARK = "cert-manager."


def cert_manager_in(namespace: str) -> Bundle:
    """The bundle of cert-manager: objects of it are in its namespace and, for the election of a leader, in kube-system."""
    return Bundle(_MARK + namespace, "", "cert-manager")


@dataclass(frozen=True)
class Reading:
    """What shows whose cert-manager is in a cluster, and whether its API can be used.

    Args:
        definition: of the kind Certificate; None when it is not there.
        webhooks: the webhook configurations that judge objects of cert-manager.
        deployments: its controllers, where they were looked for.
    """

    definition: Object | None
    webhooks: tuple[Object, ...] = ()
    deployments: tuple[Object, ...] = ()


@dataclass(frozen=True)
class Presence:
    """Whose cert-manager is there.

    Args:
        found: whether any is.
        mark: the label's value of the bundle that it belongs to; empty when it is somebody else's.
        namespace: where it runs; empty when that is unknown.
        version: as it says it; empty when it does not.
        managers: the field managers that wrote it.
        runs: whether a controller, or a webhook of it, was seen.
    """

    found: bool = False
    mark: str = ""
    namespace: str = ""
    version: str = ""
    managers: tuple[str, ...] = ()
    runs: bool = False

    def describe(self) -> dict[str, Any]:
        """As a result shows it."""
        return {
            "found": self.found, "ours": bool(self.mark), "namespace": self.namespace, "version": self.version,
            "managers": list(self.managers),
        }  # fmt: skip

    def __str__(self) -> str:
        """The subject of a sentence."""
        version = f" {self.version}" if self.version else ""
        if not self.runs:
            return f"cert-manager{version} without a controller, its definitions alone, by {self.writers},"
        return f"cert-manager{version}" + (f" in namespace {self.namespace}" if self.namespace else "") + f", by {self.writers},"

    @property
    def writers(self) -> str:
        """The field managers, for people."""
        return ", ".join(self.managers) or "an unknown field manager"


def presence_in(reading: Reading) -> Presence:
    """Whose cert-manager a reading shows. One object without our label makes it somebody else's."""
    shown = [body for body in (reading.definition, *reading.deployments) if body is not None]
    if not shown:
        return Presence()
    marks = {str((body["metadata"].get("labels") or {}).get(BUNDLE_LABEL, "")) for body in shown}
    mark = next(iter(marks)) if len(marks) == 1 else ""
    theirs = [body for body in shown if not (body["metadata"].get("labels") or {}).get(BUNDLE_LABEL, "").startswith(_MARK)] or shown
    return Presence(
        found=True,
        mark=mark if mark.startswith(_MARK) else "",
        namespace=_namespace(reading),
        version=_version(reading),
        managers=tuple(sorted({name for body in theirs for name in _writers(body)})),
        runs=bool(reading.deployments or reading.webhooks),
    )


def judges_cert_manager(webhooks: Object) -> bool:
    """Whether a webhook configuration is about cert-manager's own kinds."""
    rules = [rule for webhook in webhooks.get("webhooks") or () for rule in webhook.get("rules") or ()]
    return any(GROUP in (rule.get("apiGroups") or ()) for rule in rules)


def serves(context: str, reading: Reading) -> Verdict:
    """Whether the kinds are served, and the API server trusts every webhook that judges them."""
    if reading.definition is None:
        return Verdict(False, f"{DEFINITION} is not there", context=context)
    shown = (reading.definition, *reading.webhooks)
    return readiness(context, shown, {ref_of(body): body for body in shown})


def shape_cert_manager(rendered: Iterable[Object], wish: Installation) -> tuple[Object, ...]:
    """The rendered objects as this installation wants them, in the order in which they are applied; without a chart's hooks."""

    def settled(body: dict[str, Any]) -> dict[str, Any]:
        body.pop("status", None)
        body["metadata"].pop("creationTimestamp", None)
        for container in containers_of(body) if wish.image_registry else ():
            _take_from(container, wish.image_registry)
        for spec in pod_specs(body):
            settle_pod(spec, wish)
        return body

    return arrange((body for body in rendered if not is_hook(body)), (wish.namespace,), cert_manager_in(wish.namespace).mark, settled)


def issuer_probe() -> Object:
    """A valid Issuer for a dry-run creation: an answer proves that cert-manager's webhook serves."""
    return {"apiVersion": f"{GROUP}/v1", "kind": "Issuer", "metadata": {"generateName": "probe-"}, "spec": {"selfSigned": {}}}


def _take_from(container: dict[str, Any], registry: str) -> None:
    container["image"] = from_registry(str(container.get("image") or ""), registry)
    for field in ("command", "args"):
        if field in container:
            container[field] = [_argument(str(argument), registry) for argument in container[field]]


def _argument(argument: str, registry: str) -> str:
    for prefix in IMAGE_ARGUMENTS:
        if argument.startswith(prefix):
            return prefix + from_registry(argument[len(prefix) :], registry)
    return argument


def _namespace(reading: Reading) -> str:
    services: Sequence[Mapping[str, Any]] = [
        webhook["clientConfig"].get("service") or {} for body in reading.webhooks for webhook in body.get("webhooks") or ()
    ]
    found = [str(body["metadata"].get("namespace") or "") for body in reading.deployments]
    return next((name for name in (*found, *(str(service.get("namespace") or "") for service in services)) if name), "")


def _version(reading: Reading) -> str:
    tags = [str(container.get("image") or "") for body in reading.deployments for container in containers_of(body)]
    labelled = [body["metadata"].get("labels") or {} for body in (reading.definition, *reading.webhooks) if body is not None]
    said = [str(labels.get(_VERSION) or "") for labels in labelled]
    return next((name for name in (*(tag.partition("@")[0].rpartition("/")[2].partition(":")[2] for tag in tags), *said) if name), "")


def _writers(body: Object) -> Iterable[str]:
    """Field managers of all but the status, which is the API server's own."""
    return (str(entry.get("manager")) for entry in body["metadata"].get("managedFields") or () if not entry.get("subresource"))
