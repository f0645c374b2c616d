# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The list of images: whole names, no repeats, what a registry of one's own does not reach."""

from __future__ import annotations

from typing import Any

import pytest

from plugins.module_utils._core.errors import SpecError
from plugins.module_utils._core.needs import COMPILED_IN, RENDERED, STATED, Need, lines, listed, rendered_needs, strays, whole_name


@pytest.mark.parametrize(
    ("image", "whole"),
    [
        ("busybox", "docker.io/library/busybox:latest"),
        ("busybox:1", "docker.io/library/busybox:1"),
        ("timberio/vector:1", "docker.io/timberio/vector:1"),
        ("quay.io/jetstack/x:v1", "quay.io/jetstack/x:v1"),
        ("localhost:5000/x", "localhost:5000/x:latest"),
        ("r.x/y@sha256:ab", "r.x/y@sha256:ab"),
    ],
)
def test_whole_name(image: str, whole: str) -> None:
    assert whole_name(image) == whole


def _workload(kind: str, image: str, **more: Any) -> dict[str, Any]:
    template = {"spec": {"containers": [{"name": "main", "image": image, **more.pop("container", {})}]}}
    return {"apiVersion": "apps/v1", "kind": kind, "metadata": {"name": "one", **more}, "spec": {"template": template}}


def test_rendered_pods_and_arguments_need_images() -> None:
    solver = _workload("Deployment", "q.x/controller:1", container={"args": ["--v=2", "--acme-http01-solver-image=q.x/solver:1"]})
    found = list(rendered_needs([solver]))
    assert [need.name for need in found] == ["q.x/controller:1", "q.x/solver:1"]
    assert found[1].used_by == "Deployment one, container main, argument --acme-http01-solver-image"


def test_a_hook_is_listed_and_marked_as_not_run() -> None:
    hook = _workload("Job", "q.x/upgrader:1", annotations={"helm.sh/hook": "pre-upgrade"})
    (need,) = rendered_needs([hook])
    assert (need.runs, need.used_by) == (False, "Job one, a hook of the chart that is not run, container main")
    assert lines(listed([need], [need], ""), "") == ""


def test_an_image_that_several_need_is_there_once() -> None:
    needs = [Need("k/a:1", "one", RENDERED, runs=False), Need("docker.io/k/a:1", "two", STATED)]
    (image,) = listed(needs, needs, "")
    assert (image.source, image.used_by, image.runs) == ("docker.io/k/a:1", ("one", "two"), True)
    assert lines([image], "") == "docker.io/k/a:1\n"
    assert "target" not in image.describe("")


def test_with_a_registry_each_image_says_where_it_will_come_from() -> None:
    published = [Need("q.x/a:1", "one", RENDERED), Need("v/v:1", "Reaper, Vector", COMPILED_IN, advice="write another")]
    pulled = [Need("own.x/m/a:1", "one", RENDERED), published[1]]
    reached, stray = sorted(listed(published, pulled, "own.x/m"), key=lambda image: not image.reached)
    assert (reached.describe("own.x/m")["target"], reached.reached) == ("own.x/m/a:1", True)
    assert (stray.target, stray.reached) == ("docker.io/v/v:1", False)
    assert strays([reached, stray]) == ("docker.io/v/v:1 does not come from image_registry (used by Reaper, Vector): write another",)
    assert lines([reached], "own.x/m") == "q.x/a:1 own.x/m/a:1\n"


def test_a_registry_that_merely_begins_alike_is_another() -> None:
    need = Need("own.xy/a:1", "one", STATED)
    assert not listed([need], [need], "own.x")[0].reached


def test_two_images_of_one_name_in_the_registry_are_refused() -> None:
    published = [Need("q.x/k/a:1", "one", RENDERED), Need("docker.io/k/a:1", "two", RENDERED)]
    pulled = [Need("own.x/k/a:1", need.used_by, RENDERED) for need in published]
    with pytest.raises(SpecError, match="both docker.io/k/a:1 and q.x/k/a:1 would be own.x/k/a:1"):
        lines(listed(published, pulled, "own.x"), "own.x")
