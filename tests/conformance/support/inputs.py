"""What both sides are given: definitions, and the objects that people put beside them."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from tests.lab.modules import folder_of
from tests.lab.releases import DEFAULT

from .operators import CONTROL_PLANE
from .server import Object

_MODULE = "github.com/k8ssandra/k8ssandra-operator"
# The fixtures' contexts, and the lab's.
_CONTEXTS = {"kind-k8ssandra-0": "east", "kind-k8ssandra-1": "west"}
_NAMED = ("superuserSecretRef", "cassandraUserSecretRef", "uiUserSecretRef", "jmxUserSecretRef")
CLUSTER_LABEL, OWNER_LABEL = "k8ssandra.io/cluster-name", "k8ssandra.io/cluster-namespace"


@dataclass(frozen=True)
class Input:
    """Definitions to distribute. `steps` are their states one after the other; `companions` are there before them."""

    name: str
    steps: tuple[tuple[Object, ...], ...]
    companions: tuple[Object, ...] = ()

    @property
    def namespaces(self) -> tuple[str, ...]:
        """Every namespace that a definition names."""
        found = {body["metadata"]["namespace"]: None for step in self.steps for body in step}
        for datacenter in (each for step in self.steps for body in step for each in body["spec"]["cassandra"]["datacenters"]):
            found.setdefault(datacenter["metadata"].get("namespace") or next(iter(found)), None)
        return tuple(found)

    @property
    def contexts(self) -> tuple[str, ...]:
        """The control plane's, and every one that has a datacenter."""
        bodies = [body for step in self.steps for body in step]
        named = [each.get("k8sContext") or CONTROL_PLANE for body in bodies for each in body["spec"]["cassandra"]["datacenters"]]
        return tuple(dict.fromkeys([CONTROL_PLANE, *named]))

    def placed(self, prefix: str) -> Input:
        """The same in the lab's contexts, in namespaces of its own and under names of its own.

        The operator looks for nodes and writes Medusa's purge by the cluster's name alone, whatever its namespace.
        """
        place = _Place(prefix, {body["metadata"]["name"] for body in self.steps[0]}, self.referred())
        steps = tuple(tuple(place.moved(body) for body in step) for step in self.steps)
        return replace(self, steps=steps, companions=tuple(place.moved(body) for body in self.companions))

    def referred(self) -> set[str]:
        """The names of Secrets with users, which a control plane copies by itself."""
        return {found["name"] for step in self.steps for key, found in _entries(step) if key in _NAMED and found.get("name")}


def fixture(name: str, *changes: Mapping[str, Any]) -> Input:
    """One of upstream's fixtures, `changes` merged into its definition one after the other. Raises LabError when Go does not find it."""
    folder = fixtures()
    given = _given(folder / name)
    definitions = tuple(body for body in given if body["kind"] == "K8ssandraCluster")
    companions = [body for body in given if body["kind"] in ("Secret", "ConfigMap", "MedusaConfiguration", "Reaper")]
    words = {value for _key, value in _entries(given) if isinstance(value, str)}
    shared = [body for body in _documents(sorted(folder.glob("*-secret.yaml"))) if body["metadata"]["name"] in words]
    shared += [body for body in _documents([folder / "medusa-bucket-key.yaml"]) if body["metadata"]["name"] in words]
    home = {"namespace": space} if (space := definitions[0]["metadata"].get("namespace")) else {}
    steps = [definitions]
    for change in changes:
        steps.append(tuple(merged(body, change) for body in steps[-1]))
    beside = tuple(body | {"metadata": home | body["metadata"]} for body in (*companions, *shared))
    return Input(name, tuple(steps), beside)


def fixtures() -> Path:
    """The folder of upstream's fixtures, as Go keeps the module. Raises LabError."""
    return folder_of(_MODULE, DEFAULT.group) / "test/testdata/fixtures"


def merged(below: Any, above: Any) -> Any:
    """Maps merged at all depths, without what is None above; a list of named things by their names, new ones last; else replaced."""
    if isinstance(above, Mapping) and isinstance(below, dict | None):
        found = (below or {}) | {key: merged((below or {}).get(key), value) for key, value in above.items()}
        return {key: value for key, value in found.items() if value is not None}
    if isinstance(below, list) and isinstance(above, list) and all(isinstance(each, dict) and "metadata" in each for each in above):
        named = {each["metadata"]["name"]: each for each in below}
        named |= {each["metadata"]["name"]: merged(named.get(each["metadata"]["name"], {}), each) for each in above}
        return list(named.values())
    return copy.deepcopy(above)


def _given(folder: Path) -> list[Object]:
    """What the fixture's Kustomization holds; when that is no cluster, as one comes later, all that lies there."""
    listed = yaml.safe_load((folder / "kustomization.yaml").read_text())["resources"]
    given = list(_documents([folder / each for each in listed]))
    whole = any(body["kind"] == "K8ssandraCluster" for body in given)
    return given if whole else list(_documents(sorted(folder.glob("*.yaml"))))


def _documents(paths: Iterable[Path]) -> Iterator[Object]:
    for path in paths:
        yield from (body for body in yaml.safe_load_all(path.read_text()) if body and "metadata" in body)


def _entries(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        yield from value.items()
        for each in value.values():
            yield from _entries(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _entries(each)


@dataclass(frozen=True)
class _Place:
    """Where an input goes: the beginning of its namespaces, the clusters that get another name, and the Secrets that are named."""

    prefix: str
    clusters: set[str]
    stated: set[str]

    def moved(self, body: Object) -> Object:
        made = copy.deepcopy(body)
        metadata = made["metadata"]
        metadata.pop("creationTimestamp", None)
        metadata["namespace"] = self._namespace(metadata.get("namespace"))
        metadata["name"] = self._named(metadata["name"])
        labels = metadata.get("labels", {})
        if OWNER_LABEL in labels:
            labels |= {OWNER_LABEL: self._namespace(labels[OWNER_LABEL]), CLUSTER_LABEL: self._named(labels[CLUSTER_LABEL])}
        if made["kind"] == "K8ssandraCluster":
            self._move_spec(made["spec"])
        return made

    def _move_spec(self, spec: Object) -> None:
        cassandra = spec["cassandra"]
        if "clusterName" in cassandra:
            # A letter first: Kubernetes' names, which are made of it, lose a number that stands alone.
            cassandra["clusterName"] += f" n{self._suffix}"
        for datacenter in cassandra["datacenters"]:
            if datacenter["metadata"].get("namespace"):
                datacenter["metadata"]["namespace"] = self._namespace(datacenter["metadata"]["namespace"])
            if datacenter.get("k8sContext"):
                datacenter["k8sContext"] = _CONTEXTS.get(datacenter["k8sContext"], datacenter["k8sContext"])
        reaper = spec.get("reaper", {}).get("reaperRef", {})
        if reaper.get("namespace"):
            reaper["namespace"] = self._namespace(reaper["namespace"])

    @property
    def _suffix(self) -> str:
        return self.prefix.rpartition("-")[2]

    def _named(self, name: str) -> str:
        """A cluster's new name, also where the name of its superuser's Secret is made of it."""
        cluster, superuser, _end = name.partition("-superuser")
        return f"{cluster}{self._suffix}{superuser}" if cluster in self.clusters and name not in self.stated else name

    def _namespace(self, asked: str | None) -> str:
        return f"{self.prefix}-{asked}" if asked else self.prefix
