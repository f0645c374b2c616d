"""The verdict on an upgrade over several contexts: its order, what is refused, and what a step says when it fails."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from plugins.module_utils._core.operators import images_among, operators_in
from plugins.module_utils._core.readings import ContextReading
from plugins.module_utils._core.standing import Standing, Wanted
from plugins.module_utils._core.upgrade import is_due, plan_upgrade
from tests.unit import build

OLD, NEW = "v1.20.0", "v1.26.0"
NEW_KIND = {"gadgets.k8ssandra.io": build.definition("Gadget", group="k8ssandra.io")}
OLD_KIND = {"widgets.k8ssandra.io": build.definition("Widget", group="k8ssandra.io", spec={"properties": {"a": {}, "b": {}}})}


def _images(version: str) -> dict[str, str]:
    return {"k8ssandra-operator": f"cr.k8ssandra.io/k8ssandra/k8ssandra-operator:{version}"}


def _standing(
    context: str, version: str, *, definitions: Mapping[str, Any] | None = None, wanted: Mapping[str, Any] | None = None,
    target: str = NEW, ready: bool = True, **more: Any,
) -> Standing:  # fmt: skip
    deployments = (build.operator(version=version, ready=ready),) if version else ()
    running = operators_in(ContextReading(context, objects={"Deployment": deployments}))
    known = {"server_version": "v1.34.0", "definitions": OLD_KIND if definitions is None else definitions, **more}
    return Standing(context, context == "hub", running, Wanted(_images(target), OLD_KIND if wanted is None else wanted), **known)


def _fleet(hub: str = OLD, east: str = OLD, west: str = OLD, **more: Any) -> list[Standing]:
    return [_standing(name, version, **more) for name, version in (("hub", hub), ("east", east), ("west", west))]


@pytest.mark.parametrize(
    ("standings", "order"),
    [
        pytest.param(_fleet(), "east west hub", id="data planes first"),
        pytest.param(_fleet(wanted={**OLD_KIND, **NEW_KIND}), "east west hub", id="a new kind: data planes first"),
        pytest.param(_fleet(wanted={}), "hub east west", id="a kind that goes: the control plane first"),
        pytest.param(_fleet(wanted=NEW_KIND), "east west hub", id="both: what is missing hurts, what is left over does not"),
        pytest.param(_fleet(east=NEW), "west hub", id="one is done already"),
        pytest.param([*_fleet(east=NEW)[:1], _standing("east", NEW, ready=False), *_fleet()[2:]], "east west hub", id="one is half done"),
        pytest.param(_fleet(east=""), "west hub", id="where nothing is installed, nothing is upgraded"),
        pytest.param(_fleet(NEW, NEW, NEW), "", id="nothing to do"),
    ],
)
def test_the_order_of_the_contexts(standings: list[Standing], order: str) -> None:
    upgrade = plan_upgrade(standings, ["hub", "east", "west"])
    assert upgrade.refused == ()
    assert " ".join(upgrade.order) == order


@pytest.mark.parametrize(
    ("here", "order", "refused"),
    [
        pytest.param(["west"], "west", "", id="a data plane alone"),
        pytest.param(["east", "west"], "east west", "", id="all data planes"),
        pytest.param(["hub"], "hub", "hub must come after east, which is not part of this run", id="the control plane alone"),
        pytest.param(["hub", "east"], "east hub", "hub must come after west, which is not part of this run", id="one data plane left out"),
        pytest.param([], "", "", id="none of them"),
    ],
)
def test_a_run_that_is_limited_keeps_the_order_or_is_refused(here: list[str], order: str, refused: str) -> None:
    upgrade = plan_upgrade(_fleet(), here)
    assert " ".join(upgrade.order) == order
    assert " ".join(upgrade.refused).startswith(refused)
    assert bool(upgrade.refused) is bool(refused)
    assert set(upgrade.left) == {"hub", "east", "west"} - set(here)


def test_the_control_plane_does_not_go_before_a_data_plane_that_is_unknown() -> None:
    unknown = Standing("west", False, (), Wanted(_images(NEW)), cause="listing deployments: no answer")
    upgrade = plan_upgrade([*_fleet()[:2], unknown], ["hub", "east"])
    assert upgrade.refused == ("hub must come after west, which does not answer: listing deployments: no answer",)
    assert plan_upgrade([*_fleet()[:2], unknown], ["east"]).refused == ()


def test_a_refused_step_names_all_its_contexts_once() -> None:
    upgrade = plan_upgrade(_fleet(target="v1.23.0"), ["hub", "east", "west"])
    (said,) = upgrade.refused
    assert said.startswith("east, west, hub: k8ssandra-operator v1.20.0 to v1.23.0: ")


def _widget(**spec: Any) -> dict[str, Any]:
    return build.body("Widget", "k8ssandra.io/v1", "w", spec=spec)


WITHOUT_A = {"widgets.k8ssandra.io": build.definition("Widget", group="k8ssandra.io", spec={"properties": {"b": {}}})}


@pytest.mark.parametrize(
    ("objects", "wanted", "said"),
    [
        pytest.param((_widget(a=1),), WITHOUT_A, "no field spec.a any longer, and Widget k8ssandra-operator/w uses it", id="a field"),
        pytest.param((_widget(b=1),), WITHOUT_A, "", id="a field that nobody uses"),
        pytest.param((_widget(), _widget()), NEW_KIND, "no kind Widget.k8ssandra.io any longer, and Widget k8ssandra-operator/w and 1 more", id="a kind"),
        pytest.param((), NEW_KIND, "", id="a kind of which there is nothing"),
    ],
)  # fmt: skip
def test_what_objects_use_may_not_go(objects: tuple[Any, ...], wanted: Mapping[str, Any], said: str) -> None:
    refused = plan_upgrade([_standing("hub", OLD, objects=objects, wanted=wanted)], ["hub"]).refused
    assert said in " ".join(refused)
    assert bool(refused) is bool(said)


def test_an_old_api_server_is_refused() -> None:
    (said,) = plan_upgrade([_standing("hub", OLD, server_version="v1.20.4")], ["hub"]).refused
    assert said.startswith("hub: the API server is v1.20.4; the wanted operators need Kubernetes 1.21 or newer")


def test_objects_stored_in_a_version_that_nobody_will_serve_are_refused() -> None:
    live = build.definition("Widget", group="k8ssandra.io", versions=("v1alpha1", "v1"), stored=("v1alpha1", "v1"))
    (said,) = plan_upgrade([_standing("hub", OLD, definitions={"widgets.k8ssandra.io": live})], ["hub"]).refused
    assert "Widget.k8ssandra.io may be stored in v1alpha1, which the wanted version does not serve" in said


def test_a_step_says_what_was_done_what_is_left_and_how_to_go_on() -> None:
    said = plan_upgrade(_fleet(), ["hub", "east", "west"]).step("west")
    assert said.startswith("this was step 2 of 3 of an upgrade: upgraded before it: east; still as they were: hub; ")
    assert said.endswith("run the same command again, and it goes on here")


def test_the_summary_says_each_context_and_the_order() -> None:
    fleet = _fleet(east=NEW, west="", wanted={**OLD_KIND, **NEW_KIND})
    lines = plan_upgrade(fleet, ["hub"]).summary(fleet)
    assert lines[:3] == ["hub: k8ssandra-operator v1.20.0 to v1.26.0", "east: is as wanted", "west: nothing is installed yet"]
    assert lines[3].startswith("order: hub, one after the other; data planes first, since Gadget.k8ssandra.io is new: ")
    assert plan_upgrade(_fleet(NEW, NEW, NEW), ["hub"]).summary(fleet) == []


def test_another_registry_is_no_other_version() -> None:
    mirrored = Wanted({"k8ssandra-operator": "registry.example.com:5000/mirror/k8ssandra/k8ssandra-operator:v1.20.0"})
    running = operators_in(ContextReading("hub", objects={"Deployment": (build.operator(version=OLD),)}))
    assert not is_due([Standing("hub", True, running, mirrored)])


def test_images_among_rendered_objects() -> None:
    bodies = [build.operator(version=OLD), build.operator("cass-operator", version="v1.22.4"), build.operator("something-else")]
    assert images_among(bodies) == {
        "k8ssandra-operator": "registry:5000/k8ssandra/k8ssandra-operator:v1.20.0",
        "cass-operator": "registry:5000/k8ssandra/cass-operator:v1.22.4",
    }
