"""The check as a module: what it asks, when it renders, what it returns, and the backup that it writes."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import pytest
import yaml

from plugins.module_utils._module import upgrade_check, wanted_operators
from plugins.module_utils._module.run import Call, run
from tests.unit import build
from tests.unit.fakes import FakeApi

OLD, NEW = "v1.20.0", "v1.26.0"
WIDGET = build.definition("Widget")
GROUPS = {
    "/apis": {"groups": [{"name": "k8ssandra.io", "versions": [{"groupVersion": "k8ssandra.io/v1"}]}, {"name": "apps", "versions": []}]},
    "/apis/k8ssandra.io/v1": {"resources": [{"name": "widgets"}, {"name": "widgets/status"}]},
}


@pytest.fixture
def rendered(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was rendered, in place of rendering it: operators of the new version and the same kind."""
    bases: list[str] = []

    def render(base: str, binary: str | None) -> list[dict[str, Any]]:
        bases.append(base)
        return [WIDGET, build.operator(version=NEW)]

    monkeypatch.setattr(wanted_operators, "render", render)
    return bases


@pytest.fixture
def apis(monkeypatch: pytest.MonkeyPatch) -> dict[str, FakeApi]:
    """Three contexts with the old operators and one object each."""
    found: dict[str, FakeApi] = {}
    for name in ("hub", "east", "west"):
        widget = build.body("Widget", "k8ssandra.io/v1", f"of-{name}", spec={"a": 1}, metadata={"managedFields": [{}], "uid": "u"})
        found[name] = FakeApi(name, [build.operator(version=OLD, control_plane=name == "hub"), WIDGET, widget], answers=GROUPS)
    monkeypatch.setattr(upgrade_check, "access_of", lambda entry, **more: entry["name"])
    monkeypatch.setattr(upgrade_check, "Client", lambda name: found[name])
    return found


def _parameters(tmp_path: Path) -> dict[str, Any]:
    kustomize = tmp_path / "deployments"
    for flavour in ("control-plane", "data-plane"):
        (kustomize / flavour).mkdir(parents=True, exist_ok=True)
        image = {"name": "controller", "newName": "k8ssandra/k8ssandra-operator", "newTag": NEW}
        (kustomize / flavour / "kustomization.yaml").write_text(yaml.safe_dump({"images": [image]}))
    return {
        "kubeconfig": "k", "contexts": [{"name": name} for name in ("hub", "east", "west")], "control_plane": "hub", "only": None,
        "namespace": build.NAMESPACE, "kustomize": str(kustomize), "kustomize_binary": None,
        "chart": None, "chart_version": None, "values": {}, "release_name": "r", "cluster_scoped": False,
        "backup": str(tmp_path / "kept"),
    }  # fmt: skip


def _run(parameters: dict[str, Any], check_mode: bool = False) -> dict[str, Any]:
    return run(upgrade_check.check_upgrade, Call(parameters, check_mode))


def test_the_same_version_costs_one_request_a_context_and_renders_nothing(
    apis: dict[str, FakeApi], rendered: list[str], tmp_path: Path
) -> None:
    for api in apis.values():
        api.put(build.operator(version=NEW))
    result = _run(_parameters(tmp_path))
    assert (result["upgrade"], result["summary"], result["backup"]) == (False, [], "")
    assert [api.requests for api in apis.values()] == [1, 1, 1]
    assert rendered == []


def test_nothing_installed_is_no_upgrade_and_renders_nothing(rendered: list[str], tmp_path: Path, apis: dict[str, FakeApi]) -> None:
    for api in apis.values():
        api.objects.clear()
    assert not _run(_parameters(tmp_path))["upgrade"]
    assert rendered == []


def test_a_version_that_cannot_be_told_is_rendered_and_compared(apis: dict[str, FakeApi], rendered: list[str], tmp_path: Path) -> None:
    for api in apis.values():
        api.put(build.operator(version=NEW))
    assert not _run({**_parameters(tmp_path), "kustomize": "github.com/me/mine/config"})["upgrade"]
    assert rendered == ["github.com/me/mine/config"]


def test_an_upgrade_renders_each_flavour_once_and_writes_to_no_cluster(
    apis: dict[str, FakeApi], rendered: list[str], tmp_path: Path
) -> None:
    result = _run(_parameters(tmp_path))
    assert not result.get("failed"), result
    assert sorted(base.rpartition("/")[2] for base in rendered) == ["control-plane", "data-plane"]
    assert [each["context"] for each in result["order"]] == ["east", "west", "hub"]
    assert not any(api.writes for api in apis.values())
    assert result["changed"] is False


def test_the_backup_holds_the_objects_and_nobody_else_may_read_it(apis: dict[str, FakeApi], rendered: list[str], tmp_path: Path) -> None:
    folder = Path(_run(_parameters(tmp_path))["backup"])
    assert {path.stat().st_mode & 0o777 for path in (folder, *folder.rglob("*")) if path.is_dir()} == {0o700}
    assert folder.parent == tmp_path / "kept"
    kept = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert {"README.md", "east/Widget.k8ssandra.io.yaml", "west/definitions.yaml", "hub/operators.yaml"} <= kept
    body = yaml.safe_load((folder / "east/Widget.k8ssandra.io.yaml").read_text())
    assert (body["metadata"]["name"], body["spec"]) == ("of-east", {"a": 1})
    assert not {"managedFields", "uid", "resourceVersion"} & set(body["metadata"])
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (folder, *folder.rglob("*"))}
    assert modes == {0o700, 0o600}


def test_check_mode_keeps_nothing(apis: dict[str, FakeApi], rendered: list[str], tmp_path: Path) -> None:
    result = _run(_parameters(tmp_path), check_mode=True)
    assert (result["upgrade"], result["backup"]) == (True, "")
    assert not (tmp_path / "kept").exists()


def test_a_refusal_fails_says_why_and_keeps_nothing(apis: dict[str, FakeApi], rendered: list[str], tmp_path: Path) -> None:
    result = _run({**_parameters(tmp_path), "only": ["hub"]})
    assert result["failed"]
    assert result["msg"].startswith("the operators are not upgraded, and nothing was written: hub must come after east")
    assert result["refused"]
    assert not (tmp_path / "kept").exists()


def test_a_context_that_does_not_answer_is_unknown_and_stops_what_must_come_after_it(
    apis: dict[str, FakeApi], rendered: list[str], tmp_path: Path
) -> None:
    apis["west"].fail("*")
    result = _run(_parameters(tmp_path))
    assert "hub must come after west, which does not answer" in result["msg"]
    assert [context["reachable"] for context in result["contexts"]] == [True, True, False]
    limited = _run({**_parameters(tmp_path), "only": ["east"]})
    assert [each["context"] for each in limited["order"]] == ["east"]


def test_one_context_may_have_a_version_of_its_own(apis: dict[str, FakeApi], rendered: list[str], tmp_path: Path) -> None:
    parameters = _parameters(tmp_path)
    for name in ("hub", "east"):
        apis[name].put(build.operator(version=NEW))
    parameters["contexts"][2]["kustomize"] = "github.com/k8ssandra/k8ssandra-operator/config/deployments?ref=v1.20.0"
    assert not _run(parameters)["upgrade"]
    assert rendered == []


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"control_plane": "away"}, "control_plane: is away, which no entry of contexts is called (hub, east, west)"),
        ({"contexts": [{"name": "hub"}, {"name": "hub"}]}, "contexts: has hub twice"),
    ],
)
def test_wrong_options(apis: dict[str, FakeApi], tmp_path: Path, wrong: dict[str, Any], said: str) -> None:
    assert said in _run({**_parameters(tmp_path), **wrong})["msg"]
