# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every image and chart that the chosen versions need, from what would be rendered. No cluster is asked."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

from .._core.cluster import ClusterWish
from .._core.cluster_images import Provision, any_cluster_needs, cluster_needs, compiled_in
from .._core.errors import SpecError
from .._core.image_config import config_text
from .._core.images import containers_of
from .._core.installation import Installation, check_installation
from .._core.needs import COMPILED_IN, Need, lines, listed, rendered_needs, strays
from .._core.objects import Object
from .argspec import CHART, CLUSTER, CONTEXT, CONTEXTS_WITH_DATACENTERS
from .definition import Definition
from .documents import parse_yaml
from .files import write_whole
from .image_sources import Source, cert_manager_of, operators_of
from .run import Call
from .wish import remotes_of, wished_cluster

# The name of the image that both forms of installation give to the operator.
_OPERATOR = "k8ssandra-operator"
_REGISTRY = "DEFAULT_REGISTRY"


def list_images(call: Call) -> dict[str, Any]:
    """The list, also as a file where one is asked for."""
    registry = call.parameters["image_registry"]
    check_installation(Installation("default", True, image_registry=registry), cluster_scoped=False)
    wish = _cluster_of(call)
    with ExitStack() as opened:
        operators = opened.enter_context(operators_of(call.parameters, data_planes=bool(remotes_of(call.parameters))))
        others = opened.enter_context(cert_manager_of(call.parameters))
        published = _Rendering.of(operators, others, "")
        pulled = _Rendering.of(operators, others, registry) if registry else published
    needs = published.needs(wish)
    _warn_of_guesses(call, needs, published.version)
    images = listed(needs, pulled.needs(wish), registry)
    for sentence in strays(images):
        call.warn(sentence)
    changed = _keep(call, lines(images, registry)) if call.parameters["file"] else False
    charts = {str(source.chart): dict(source.chart) for source in (*operators, *others) if source.chart}
    return {"changed": changed, "images": [image.describe(registry) for image in images], "charts": list(charts.values())}


@dataclass(frozen=True)
class _Rendering:
    """What was rendered with one registry.

    Args:
        option: the option that names the operators.
        operators, others: the objects.
    """

    option: str
    operators: tuple[Object, ...] = field(repr=False)
    others: tuple[Object, ...] = field(repr=False)

    @classmethod
    def of(cls, operators: Sequence[Source], others: Sequence[Source], registry: str) -> _Rendering:
        own, more = ([body for source in sources for body in source.render(registry)] for sources in (operators, others))
        return cls(operators[0].option, tuple(own), tuple(more))

    @property
    def version(self) -> str:
        """k8ssandra-operator's, as its image's tag has it."""
        return next((_image_parts(container)[1] for container in self._containers()), "")

    def needs(self, wish: ClusterWish | None) -> list[Need]:
        """Every image. Raises `SpecError` when nothing says where those of Cassandra come from."""
        text = config_text(self.operators)
        if not text:
            found = "has no ConfigMap with image_config.yaml, which says where the images of Cassandra come from; correct it"
            raise SpecError(self.option, found)
        config = parse_yaml(text, f"{self.option} (its image_config.yaml)")
        provision = Provision(config, compiled_in(self.version)[0], self._default_registry())
        of_cluster = cluster_needs(wish, provision) if wish else any_cluster_needs(provision)
        return [*rendered_needs(self.operators), *of_cluster, *rendered_needs(self.others)]

    def _containers(self) -> Iterator[dict[str, Any]]:
        containers = (container for body in self.operators if body["kind"] == "Deployment" for container in containers_of(body))
        return (one for one in containers if _image_parts(one)[0] == _OPERATOR)

    def _default_registry(self) -> str:
        """`InitConfig`, k8ssandra-operator v1.26.0 pkg/config/config.go."""
        variables = (variable for container in self._containers() for variable in container.get("env") or ())
        return next((str(variable.get("value") or "") for variable in variables if variable["name"] == _REGISTRY), "")


def _cluster_of(call: Call) -> ClusterWish | None:
    if not call.parameters["cluster"]:
        return None
    wished = {key: call.parameters["cluster"].get(key) for key in ("name", "definition", "spec", "annotations")}
    return wished_cluster(Call({**call.parameters, **wished}, check_mode=True, warn=call.warn))


def _warn_of_guesses(call: Call, needs: Iterable[Need], version: str) -> None:
    guessed = [need for need in needs if need.origin == COMPILED_IN]
    if guessed and not compiled_in(version)[1]:
        call.warn(
            f"what k8ssandra-operator {version} names in its own code is not known to this collection, so {guessed[0].name} "
            f"(used by {guessed[0].used_by}) and the like are those of another version; compare with its sources, or name them "
            "in the cluster definition"
        )


def _image_parts(container: Mapping[str, Any]) -> tuple[str, str]:
    """The last part of an image's name, and its tag."""
    name, tag = str(container.get("image") or "").partition("@")[0].rpartition("/")[2].partition(":")[::2]
    return name, tag


def _keep(call: Call, text: str) -> bool:
    """Writes the file when it says something else; whether it does."""
    path = os.path.abspath(os.path.expanduser(call.parameters["file"]))
    try:
        if os.path.isfile(path):
            with open(path, encoding="utf-8") as opened:
                if opened.read() == text:
                    return False
        if not call.check_mode:
            write_whole(path, text)
    except OSError as problem:
        raise SpecError("file", f"cannot be written at {path}: {problem.strerror}") from problem
    return True


IMAGE_LIST = Definition(
    name="image_list",
    argument_spec={
        **CONTEXT,
        **CONTEXTS_WITH_DATACENTERS,
        "namespace": {"type": "str", "default": "k8ssandra-operator"},
        **CLUSTER,
        "kustomize": {"type": "str"},
        "kustomize_binary": {"type": "path"},
        **CHART,
        "values": {"type": "dict", "default": {}},
        "release_name": {"type": "str", "default": "k8ssandra-operator"},
        "cluster_scoped": {"type": "bool", "default": False},
        "cert_manager_manifest": {"type": "str"},
        "cert_manager_chart": {"type": "str"},
        "cert_manager_chart_repository": {"type": "str"},
        "cert_manager_chart_version": {"type": "str"},
        "cert_manager_chart_plain_http": {"type": "bool", "default": False},
        "cert_manager_values": {"type": "dict", "default": {}},
        "image_registry": {"type": "str", "default": ""},
        "file": {"type": "path"},
    },
    composition=list_images,
    rules={
        "required_one_of": [("kustomize", "chart")],
        "mutually_exclusive": [("kustomize", "chart"), ("cert_manager_manifest", "cert_manager_chart")],
    },
    hidden=("values", "cert_manager_values"),
)
