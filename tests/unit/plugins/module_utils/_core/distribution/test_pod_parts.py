"""Changes to a pod template keep the order of what is there."""

from __future__ import annotations

import pytest

from plugins.module_utils._core.distribution.pod_parts import (
    unchanged,
    with_container,
    with_env,
    with_init_container,
    with_mount,
    with_pod_annotation,
    with_volume,
)

POD = {"spec": {"containers": [{"name": "a"}, {"name": "b", "image": "x"}, {"name": "c"}]}}


def test_a_container_is_changed_in_its_place() -> None:
    changed = with_container(POD, "b", lambda container: {**container, "image": "y"})
    assert changed["spec"]["containers"] == [{"name": "a"}, {"name": "b", "image": "y"}, {"name": "c"}]
    assert POD["spec"]["containers"][1]["image"] == "x"


def test_a_missing_container_comes_last() -> None:
    assert with_container(POD, "d", unchanged)["spec"]["containers"][3:] == [{"name": "d"}]
    assert with_init_container(POD, "d", unchanged)["spec"]["initContainers"] == [{"name": "d"}]


def test_a_volume_of_the_same_name_is_replaced() -> None:
    pod = with_volume(with_volume(with_volume({}, {"name": "a", "emptyDir": {}}), {"name": "b"}), {"name": "a", "secret": {}})
    assert pod == {"spec": {"volumes": [{"name": "a", "secret": {}}, {"name": "b"}]}}


def test_an_environment_variable_is_added_even_where_one_of_its_name_is() -> None:
    container = with_env({"name": "a", "env": [{"name": "X", "value": "1"}]}, "X", "2")
    assert container["env"] == [{"name": "X", "value": "1"}, {"name": "X", "value": "2"}]


@pytest.mark.parametrize(
    ("mounts", "expected"),
    [
        (None, [("v", "/new")]),
        ([("a", "/a"), ("v", "/old")], [("a", "/a"), ("v", "/new")]),
        ([("v", "/old"), ("v", "/older")], [("v", "/new"), ("v", "/older")]),
    ],
)
def test_the_first_mount_of_a_volume_is_replaced(mounts: list | None, expected: list) -> None:
    container = {"name": "a"} if mounts is None else {"name": "a", "volumeMounts": [{"name": n, "mountPath": p} for n, p in mounts]}
    changed = with_mount(container, "v", "/new")
    assert [(mount["name"], mount["mountPath"]) for mount in changed["volumeMounts"]] == expected


def test_an_annotation_of_pods_is_added() -> None:
    assert with_pod_annotation({"metadata": {"annotations": {"a": "1"}}}, "b", "2") == {"metadata": {"annotations": {"a": "1", "b": "2"}}}
