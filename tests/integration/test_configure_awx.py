"""`configure_awx` with the real modules of awx.awx, against a stand-in that keeps the objects: made once, and left alone the next time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from urllib.parse import quote

import pytest
import yaml

from tests.integration.support.controller import TOKEN, Controller, serving
from tests.integration.support.lab import kubeconfig
from tests.integration.support.play import Player, Run
from tests.integration.support.secrets import Secrets

PLAYBOOK = "k8ssandra.operator.configure_awx"
LOUD = ("-vvvv", "--diff")
Play = Callable[..., Run]


@pytest.fixture(scope="module")
def play(player: Player, secrets: Secrets, tmp_path_factory: pytest.TempPathFactory) -> Play:
    """Runs the playbook against an address; what it prints is searched in `test_secrets`."""
    folder = tmp_path_factory.mktemp("nowhere")
    # In many lines, which read otherwise where an answer quotes them.
    (folder / "kubeconfig").write_text(yaml.safe_dump(kubeconfig()))
    project = {"scm_url": "https://git.example.com/fleet.git", "image": "registry.example.com/ee:1", "kubeconfig": f"{folder}/kubeconfig"}
    token = secrets.plant(TOKEN, "token")

    def run(address: str, *more: str, **said: str) -> Run:
        # Not by `-e`, which Ansible itself shows at -vvvv.
        variables = {f"k8ssandra_awx_{name}": value for name, value in {**project, **said}.items()}
        (folder / "hosts.yml").write_text(yaml.safe_dump({"all": {"hosts": {"localhost": {}}, "vars": variables}}))
        there = replace(player, environment={"CONTROLLER_HOST": address, "CONTROLLER_OAUTH_TOKEN": token})
        return there.play(PLAYBOOK, folder / "hosts.yml", *LOUD, *more, timeout=300)

    return run


@pytest.fixture(scope="module")
def configured(play: Play) -> tuple[Controller, Run, Run]:
    """The objects, and two runs."""
    with serving() as (controller, address):
        first, second = (play(address).demand() for _time in range(2))
        play(address, "--check").demand_unchanged()
    return controller, first, second


def test_a_kubeconfig_that_an_awx_refuses_is_not_shown(play: Play) -> None:
    """The answer quotes it; that it is in nothing that was written, `test_secrets` says."""
    with serving() as (controller, address):
        controller.refused = "credentials"
        run = play(address).demand(code=2)
    assert "the AWX did not take the kubeconfig" in run.failures()


def test_a_password_in_the_url_of_the_project_is_refused(play: Play, secrets: Secrets) -> None:
    with serving() as (controller, address):
        url = f"https://git:{quote(secrets.make_up('password'), safe='')}@git.example.com/fleet.git"
        run = play(address, scm_url=url).demand(code=2)
    assert "k8ssandra_awx_scm_credential" in run.failures()
    assert "projects" not in controller.objects


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
