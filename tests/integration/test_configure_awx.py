"""`configure_awx` with the real modules of awx.awx, against a stand-in that keeps the objects: made once, and left alone the next time."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.support.controller import TOKEN, Controller, serving
from tests.integration.support.lab import KUBECONFIG
from tests.integration.support.play import Player, Run
from tests.integration.support.secrets import Secrets

PLAYBOOK = "k8ssandra.operator.configure_awx"


@pytest.fixture(scope="module")
def configured(player: Player, secrets: Secrets, tmp_path_factory: pytest.TempPathFactory) -> tuple[Controller, Run, Run]:
    """The objects, and two runs."""
    inventory = tmp_path_factory.mktemp("nowhere") / "hosts.yml"
    inventory.write_text("all: {hosts: {localhost: {}}}\n")
    said = {"scm_url": "https://git.example.com/fleet.git", "image": "registry.example.com/ee:1", "kubeconfig": str(KUBECONFIG)}
    with serving() as (controller, address), pytest.MonkeyPatch.context() as patch:
        patch.setenv("CONTROLLER_HOST", address)
        patch.setenv("CONTROLLER_OAUTH_TOKEN", secrets.plant(TOKEN, "token of an AWX"))
        given = [word for name, value in said.items() for word in ("-e", f"k8ssandra_awx_{name}={value}")]
        first, second = (player.play(PLAYBOOK, Path(inventory), *given, "-vvvv", "--diff", timeout=300).demand() for _time in range(2))
    return controller, first, second


def test_all_is_made_and_the_second_run_changes_nothing(configured: tuple[Controller, Run, Run]) -> None:
    controller, first, second = configured
    assert first.changed() == {"localhost": 11}
    second.demand_unchanged()
    asked = ("preflight", "status", "plan", "apply", "site", "upgrade", "teardown")
    assert set(controller.named("job_templates")) == {f"K8ssandra {name}" for name in asked}


def test_every_template_stands_on_what_was_made(configured: tuple[Controller, Run, Run]) -> None:
    controller = configured[0]
    for template in controller.named("job_templates").values():
        for key, kind in (("project", "projects"), ("inventory", "inventories"), ("execution_environment", "execution_environments")):
            assert template[key] in controller.objects[kind]
        assert controller.linked[f"{template['url']}credentials/"] == [controller.named("credentials")["K8ssandra kubeconfig"]["id"]]
        assert controller.linked[f"{template['url']}survey_spec/"]["spec"]


def test_the_approval_stands_between_plan_and_apply(configured: tuple[Controller, Run, Run]) -> None:
    controller = configured[0]
    nodes = {node["identifier"]: node for node in controller.objects["workflow_job_template_nodes"].values()}
    templates = controller.named("job_templates")
    for name in ("plan", "apply"):
        assert nodes[name]["unified_job_template"] == templates[f"K8ssandra {name}"]["id"]
    assert controller.linked[f"{nodes['plan']['url']}success_nodes/"] == [nodes["approval"]["id"]]
    assert controller.linked[f"{nodes['approval']['url']}success_nodes/"] == [nodes["apply"]["id"]]
    assert controller.named("approvals")["K8ssandra plan read and approved"]["timeout"] == 86400
