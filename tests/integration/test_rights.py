"""The rights that `list_rights` writes down are enough for every run, and none of them is too much: preflight misses each."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.integration.support.audit import Audit
from tests.integration.support.inventory import Inventory
from tests.integration.support.lab import CHARTS, CONTEXTS, NAMESPACE, Lab
from tests.integration.support.play import Player
from tests.integration.support.rights import SUBJECT, Rule, apply, kubeconfig_of_account, kubeconfig_of_user, refused, remove, rules_in
from tests.integration.support.secrets import Secrets
from tests.integration.support.tasks import Task, Tasks
from tests.integration.support.watch import SITE, STATUS, TEARDOWN, Story

WAYS = ("operator", "ansible")
LIST, PREFLIGHT, OPERATORS = "k8ssandra.operator.list_rights", "k8ssandra.operator.preflight", "k8ssandra.operator.operators"
PLANES = ("hub", "east")
DATACENTERS = {"hub": [], "east": [{"metadata": {"name": "dc1"}, "size": 1}]}
SPEC = {"cassandra": {"serverVersion": "5.0.5", "storageConfig": {"cassandraDataVolumeClaimSpec": {
    "storageClassName": "lab-folder", "accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}},
}}}}  # fmt: skip


@dataclass(frozen=True)
class Listed:
    """What was listed for the lab's inventory, applied.

    Args:
        folder: the manifests, a file a context.
    """

    folder: Path

    def text(self, context: str) -> str:
        return (self.folder / f"{context}.yml").read_text()


@pytest.fixture(scope="module")
def listed(story: Story, lab: Lab, player: Player, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Listed]:
    """The manifests for the lab's inventory, applied by its administrator to empty clusters."""
    story.be_empty()
    found = Listed(tmp_path_factory.mktemp("rights") / "listed")
    audit = Audit.from_now()
    player.play(LIST, story.inventory.path, "-e", f"k8ssandra_rights_folder={found.folder}", timeout=60).demand()
    assert not any(True for context in CONTEXTS for _event in audit.events(context)), "a cluster was asked"
    for context in CONTEXTS:
        apply(lab, context, found.text(context))
    yield found
    for context in CONTEXTS:
        remove(lab, context, found.text(context))


@pytest.fixture(scope="module")
def fleet(listed: Listed, lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Inventory:
    """The lab's inventory with a kubeconfig of the listed account."""
    folder = tmp_path_factory.mktemp("account")
    copied = Inventory.copy(folder)
    own = {"k8ssandra_kubeconfig": str(kubeconfig_of_account(lab, folder / "kubeconfig"))}
    (copied.path / "group_vars" / "k8ssandra.yml").write_text(yaml.safe_dump({**copied.group(), **own}))
    return copied


def test_what_is_listed_again_is_the_same_in_a_folder_from_where_the_run_was_started(listed: Listed, story: Story, player: Player) -> None:
    there = replace(player, environment={"PWD": str(listed.folder.parent)})
    there.play(LIST, story.inventory.path, "-e", f"k8ssandra_rights_folder={listed.folder.name}", timeout=60).demand_unchanged()
    assert {path.name for path in listed.folder.iterdir()} == {"hub.yml", "east.yml", "west.yml", "east-operator.yml", "west-operator.yml"}


def test_preflight_with_the_listed_rights_finds_nothing_and_is_refused_nothing(fleet: Inventory, player: Player) -> None:
    audit = Audit.from_now()
    run = player.play(PREFLIGHT, fleet.path, timeout=120).demand()
    assert "could not look" not in run.text
    assert list(refused(audit, SUBJECT)) == []


def _list_into(folder: Path, inventory: Inventory, player: Player) -> None:
    player.play(LIST, inventory.path, "-e", f"k8ssandra_rights_folder={folder}", timeout=60).demand()


def _grant(fleet: Inventory, player: Player, lab: Lab, name: str) -> None:
    """Has the account what is listed for the inventory as it is now, and nothing that was listed for another."""
    folder = fleet.path.parent / name
    _list_into(folder, fleet, player)
    for context in CONTEXTS:
        apply(lab, context, (folder / f"{context}.yml").read_text())


@pytest.mark.long
@pytest.mark.parametrize("control_plane", WAYS)
def test_a_whole_life_with_the_listed_rights_is_refused_nothing(control_plane: str, fleet: Inventory, player: Player, lab: Lab) -> None:
    """Preflight, site, status, site again and teardown."""
    with fleet.saying(k8ssandra_control_plane=control_plane):
        _grant(fleet, player, lab, control_plane)
        audit = Audit.from_now()
        player.play(PREFLIGHT, fleet.path, timeout=120).demand()
        player.play(SITE, fleet.path, timeout=900).demand()
        player.play(STATUS, fleet.path, timeout=120).demand()
        player.play(SITE, fleet.path, timeout=300).demand_unchanged()
        player.play(TEARDOWN, fleet.path, "-e", "k8ssandra_confirm=demo", timeout=600).demand()
    assert list(refused(audit, SUBJECT)) == []


@pytest.mark.long
def test_operators_come_and_go_by_helm_with_the_rights_that_are_listed_for_it(
    fleet: Inventory, player: Player, lab: Lab, secrets: Secrets
) -> None:
    """And no value of the chart that is secret is seen."""
    values = {"planted": {"password": secrets.make_up("password")}}
    chart = {"k8ssandra_installer": "helm", "k8ssandra_chart": str(CHARTS / "k8ssandra-operator"), "k8ssandra_chart_values": values}
    with fleet.saying(**chart):
        _grant(fleet, player, lab, "helm")
        audit = Audit.from_now()
        player.play(OPERATORS, fleet.path, "-vvvv", "--diff", timeout=300).demand()
        player.play(OPERATORS, fleet.path, timeout=120).demand_unchanged()
        player.play(TEARDOWN, fleet.path, "-e", "k8ssandra_confirm=demo", timeout=300).demand()
    assert list(refused(audit, SUBJECT)) == []
    assert not secrets.in_files(player.outputs)


@dataclass(frozen=True)
class Without:
    """What preflight found for accounts that lack one rule each in hub, one each in east.

    Args:
        pairs: the rules of both that the account of the same place lacks; none where a context has no more.
        results: what preflight returned for it.
    """

    pairs: list[tuple[Rule | None, Rule | None]]
    results: list[dict[str, Any]]


@pytest.fixture(scope="module", params=[WAYS[0], pytest.param(WAYS[1], marks=pytest.mark.long)])
def without(
    request: pytest.FixtureRequest, listed: Listed, story: Story, lab: Lab, player: Player, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Without]:
    """An account for each rule: a role has one rule, and all but one account are bound to it."""
    manifests = listed.folder
    if request.param != WAYS[0]:
        manifests = tmp_path_factory.mktemp("manifests") / "listed"
        with story.inventory.saying(k8ssandra_control_plane=request.param):
            _list_into(manifests, story.inventory, player)
    rules = {context: rules_in(manifests / f"{context}.yml") for context in PLANES}
    names = [f"without-{number}" for number in range(max(map(len, rules.values())) + 1)]
    applied: dict[str, str] = {}
    for context in PLANES:
        bodies = [body for number, rule in enumerate(rules[context]) for body in rule.objects(names[:number] + names[number + 1 :])]
        applied[context] = json.dumps({"apiVersion": "v1", "kind": "List", "items": bodies})
        apply(lab, context, applied[context])
    folder = tmp_path_factory.mktemp("without")
    runs = [Task("fleet_check", _options(kubeconfig_of_user(folder / name, name), request.param), check=True) for name in names]
    pairs = [tuple(rules[context][number] if number < len(rules[context]) else None for context in PLANES) for number in range(len(names))]
    yield Without(pairs, Tasks(player, folder).run(runs, timeout=900))
    for context, text in applied.items():
        remove(lab, context, text, "--wait=false")


def _options(path: Path, control_plane: str) -> dict[str, Any]:
    contexts = [{"name": context, "datacenters": DATACENTERS[context]} for context in PLANES]
    about = {"cluster": {"name": "demo", "spec": SPEC}, "namespace": NAMESPACE, "control_plane": control_plane}
    return {"kubeconfig": str(path), "contexts": contexts, **about}


def _missed(result: dict[str, Any], context: str) -> dict[str, set[str]]:
    """The verbs that preflight says are lacking, by kind, wherever."""
    missed: dict[str, set[str]] = {}
    for one in result["findings"]:
        if (one["context"], one["check"], one["severity"]) == (context, "rights", "error"):
            verbs, _space, kind = one["object"].partition(" in ")[0].rpartition(" ")
            missed.setdefault(kind, set()).update(verbs.split(", "))
    return missed


def test_an_account_that_lacks_no_rule_passes(without: Without) -> None:
    result = without.results[-1]
    assert without.pairs[-1] == (None, None)
    assert [_missed(result, context) for context in PLANES] == [{}, {}]
    assert result["passed"], result.get("msg")


@pytest.mark.parametrize("plane", [0, 1], ids=PLANES)
def test_without_any_one_rule_preflight_fails_and_names_it(without: Without, plane: int) -> None:
    tried, wrong = 0, []
    for pair, result in zip(without.pairs, without.results, strict=True):
        rule = pair[plane]
        if rule is None:
            continue
        tried, missed = tried + 1, _missed(result, PLANES[plane])
        named = all(set(rule.rule["verbs"]) <= missed.get(kind, set()) for kind in rule.kinds)
        if result["passed"] or not named or set(missed) != rule.kinds:
            wrong.append((rule, missed, result.get("msg")))
    print(f"{PLANES[plane]}: {tried} rules")
    assert tried > 40
    assert not wrong
