"""What every test here stands on: the lab, playbooks run as a person runs them, audit logs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.integration.support.inventory import Inventory
from tests.integration.support.lab import CONTEXTS, Lab
from tests.integration.support.play import Player, Run
from tests.integration.support.secrets import Secrets, with_passwords
from tests.integration.support.tasks import Tasks
from tests.integration.support.watch import Story

# One story, told once: deploying a cluster takes minutes. What needs empty clusters comes first, what removes all comes last.
CHAPTERS = """
    dry_run fleet_check preflight rights operator_bundle helm_install fleet_inventory adopt cert_manager image_list direct direct_third
    direct_addons direct_lost
    first_run context_check cluster_status awx planted same_either_way bad_input client_config k8ssandra_cluster faults cut kill scale
    third_datacenter move upgrade_check upgrade ten_kills upgrade_restart teardown execution_environment configure_awx secrets""".split()


def _chapter(item: pytest.Item) -> int:
    name = item.path.stem.removeprefix("test_")
    return CHAPTERS.index(name) if name in CHAPTERS else len(CHAPTERS)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Puts the chapters in order; whatever else was collected keeps its place behind them."""
    here = Path(__file__).parent
    ours = sorted((item for item in items if item.path.is_relative_to(here)), key=_chapter)
    items[:] = ours + [item for item in items if not item.path.is_relative_to(here)]


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """The table of `make faults`: each fault that was injected, what was seen, and the verdict."""
    verdicts = {"passed": "holds", "failed": "DOES NOT HOLD", "error": "DOES NOT HOLD"}
    reports = [(verdict, report) for outcome, verdict in verdicts.items() for report in terminalreporter.stats.get(outcome, ())]
    rows = [(dict(report.user_properties), verdict, report.duration) for verdict, report in reports if report.when == "call"]
    for about, verdict, seconds in rows:
        if "fault" in about:
            terminalreporter.write_line(f"{verdict:13} {seconds:4.0f} s  {about['fault']}: {about.get('seen', 'see above')}")


@pytest.fixture(scope="session")
def lab() -> Lab:
    """The lab of this checkout, started when it is not up."""
    found = Lab()
    found.up()
    return found


@pytest.fixture(scope="session")
def player(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Player:
    """Runs playbooks and keeps all that they print; the file `began` is older than that."""
    outputs = tmp_path_factory.mktemp("outputs")
    (outputs / "began").touch()
    return Player(outputs, lab.state)


@pytest.fixture(scope="session")
def inventory(tmp_path_factory: pytest.TempPathFactory, secrets: Secrets) -> Iterator[Inventory]:
    """A copy of inventories/lab, with passwords in the definition for `test_secrets` to look for."""
    found = Inventory.copy(tmp_path_factory.mktemp("fleet"))
    with found.saying(k8ssandra_cluster=with_passwords(found.group()["k8ssandra_cluster"], secrets)):
        yield found


@pytest.fixture(scope="session")
def story(lab: Lab, player: Player, inventory: Inventory) -> Story:
    """What has happened so far."""
    return Story(lab, player, inventory)


@pytest.fixture(scope="session")
def secrets() -> Secrets:
    """Every secret that was in the clusters at the end of a chapter."""
    return Secrets()


@pytest.fixture(scope="module", autouse=True)
def noted(lab: Lab, secrets: Secrets) -> Iterator[None]:
    """Notes the secrets of a chapter before the next removes or renews them."""
    secrets.note(lab)
    yield
    secrets.note(lab)


@pytest.fixture
def tasks(player: Player, tmp_path: Path) -> Tasks:
    """Runs single tasks of our modules."""
    return Tasks(player, tmp_path)


@pytest.fixture
def empty(story: Story) -> Story:
    """Three clusters without anything of ours."""
    story.be_empty()
    return story


@pytest.fixture
def deployed(story: Story) -> Run:
    """The run of site.yml that brought the cluster up; the first test that needs it pays for it."""
    return story.be_deployed()


@pytest.fixture
def healed(lab: Lab) -> Iterator[Lab]:
    """A lab in which clusters may be cut off."""
    yield lab
    for context in CONTEXTS:
        lab.heal(context)
