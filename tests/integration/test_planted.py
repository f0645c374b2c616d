"""Passwords, tokens and keys are planted wherever a person puts them, and every playbook runs over them as talkative as it can be.

What is written then is searched in `test_secrets`, together with all else. Nothing is changed in the clusters.
"""

from __future__ import annotations

import json
import secrets as dice
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.integration.support.audit import Audit
from tests.integration.support.forged import DAY, certificate, kubeconfig_with, user_of
from tests.integration.support.inventory import Inventory
from tests.integration.support.lab import CHARTS, Lab
from tests.integration.support.play import Player, Run
from tests.integration.support.secrets import Secrets
from tests.integration.support.watch import Story

PLAYBOOKS = "k8ssandra.operator"
LOUD = ("-vvvv", "--diff")


@dataclass(frozen=True)
class Loud:
    """One run.

    Args:
        playbook: its name without the collection's.
        fleet: which inventory.
        said: what it has to say, to prove that it came as far as the secrets.
        more: what else is on its command line.
        code: how it ends.
    """

    playbook: str
    fleet: str
    said: str
    more: tuple[str, ...] = ()
    code: int = 0


# `broken`: one context with a token that nobody issued, one with a password, one behind a proxy with a password.
# `keys`: passwords in the definition, and values of a chart.
RUNS = {
    "site that fails": Loud("site", "broken", "no answer from", ("--check",), 1),
    "site that would change": Loud("site", "keys", "(masked)", ("--check",)),
    "operators that fail": Loud("operators", "keys", "installed from a Kustomize base", ("--check", "-e", "k8ssandra_installer=helm"), 1),
    "preflight that fails": Loud("preflight", "broken", "unauthorized", ("-e", "k8ssandra_probe=false"), 1),
    "status": Loud("status", "broken", "south", ("-e", "k8ssandra_require_ready=false")),
    "plan": Loud("plan", "keys", "k8ssandra_plan_digest"),
    "apply without approval": Loud("apply", "keys", "k8ssandra_plan_digest is ''", (), 1),
    "adopt": Loud("adopt", "keys", "changed: [hub]", ("-e", "k8ssandra_data_plane_contexts=east,west")),
    "list_images": Loud("list_images", "keys", "cass-operator", ("-e", "k8ssandra_installer=helm")),
    "list_rights": Loud("list_rights", "keys", "changed: [hub]"),
    "teardown": Loud("teardown", "keys", "delete K8ssandraCluster", ("--check", "-e", "k8ssandra_confirm=demo")),
}  # fmt: skip


def _secret(planted: Secrets, what: str) -> str:
    """A value that has to be written otherwise in a URL and in base64."""
    return planted.plant(f"hidden/{dice.token_hex(8)}+{dice.token_hex(4)}=", what)


def _broken(folder: Path, planted: Secrets) -> dict[str, Any]:
    """Variables of three hosts."""
    bad = {"south": {"token": _secret(planted, "token")}, "north": {"username": "somebody", "password": _secret(planted, "password")}}
    said = {
        name: {"k8ssandra_kubeconfig": kubeconfig_with(folder / name, "west", user=user), "k8ssandra_context": "west"}
        for name, user in bad.items()
    }
    return {**said, "west": {"k8ssandra_proxy_url": f"http://somebody:{_secret(planted, 'password').replace('/', '%2F')}@127.0.0.1:9"}}


def _fleet(folder: Path, kubeconfig: str, group: dict[str, Any], hosts: dict[str, Any]) -> Path:
    """A copy of the lab's inventory with more variables."""
    folder.mkdir()
    copied = Inventory.copy(folder)
    variables = {**copied.group(), **group, "k8ssandra_kubeconfig": kubeconfig}
    (copied.path / "group_vars" / "k8ssandra.yml").write_text(yaml.safe_dump(variables))
    for name, more in hosts.items():
        path = copied.path / "host_vars" / f"{name}.yml"
        path.write_text(yaml.safe_dump({**(yaml.safe_load(path.read_text()) if path.exists() else {}), **more}))
    groups = {"k8ssandra_control_plane": ["hub"], "k8ssandra_data_planes": list(dict.fromkeys(["east", "west", *hosts]))}
    children = {name: {"hosts": dict.fromkeys(members)} for name, members in groups.items()}
    (copied.path / "hosts.yml").write_text(yaml.safe_dump({"k8ssandra": {"children": children}}))
    return copied.path


@pytest.fixture(scope="module")
def fleets(inventory: Inventory, secrets: Secrets, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The inventories; their control plane is reached with a key made for this chapter."""
    folder = tmp_path_factory.mktemp("planted")
    pem, key = certificate("hub", "lab-admin", began=DAY, ends=DAY, organization="system:masters")
    secrets.plant(key.decode(), "key")
    kubeconfig = kubeconfig_with(folder / "kubeconfig", "hub", user=user_of(pem, key))
    cluster = json.loads(json.dumps(inventory.group()["k8ssandra_cluster"]))
    config = cluster["spec"]["cassandra"]["config"]
    config["cassandraYaml"] = {"client_encryption_options": {"enabled": False, "keystore_password": _secret(secrets, "password")}}
    config["jvmOptions"]["additionalOptions"] = [f"-Djavax.net.ssl.keyStorePassword={_secret(secrets, 'password')}"]
    values = {"planted": {"password": _secret(secrets, "password"), "token": _secret(secrets, "token")}}
    keys = {"k8ssandra_cluster": cluster, "k8ssandra_chart": str(CHARTS / "k8ssandra-operator"), "k8ssandra_chart_values": values}
    return {
        "broken": _fleet(folder / "broken", kubeconfig, {}, _broken(folder, secrets)),
        "keys": _fleet(folder / "keys", kubeconfig, keys, {}),
    }


@pytest.fixture(scope="module")
def runs(story: Story, lab: Lab, player: Player, fleets: dict[str, Path]) -> dict[str, Run]:
    """All runs, with every place that Ansible writes to of its own in the folder that is searched."""
    story.be_deployed()
    place = player.outputs / "planted"
    for name in ("home", "facts"):
        (place / name).mkdir(parents=True)
    wider = replace(player, environment={
        "HOME": str(place / "home"), "XDG_CACHE_HOME": str(place / "home" / "cache"), "ANSIBLE_LOG_PATH": str(place / "ansible.log"),
        "ANSIBLE_CACHE_PLUGIN": "jsonfile", "ANSIBLE_CACHE_PLUGIN_CONNECTION": str(place / "facts"),
    })  # fmt: skip
    folders = {"adopt": f"k8ssandra_inventory_folder={place}/adopted", "list_rights": f"k8ssandra_rights_folder={place}/rights",
               "list_images": f"k8ssandra_list_images_file={place}/images.txt"}  # fmt: skip

    def play(name: str) -> Run:
        loud = RUNS[name]
        where = ("-e", folders[loud.playbook]) if loud.playbook in folders else ()
        return wider.play(f"{PLAYBOOKS}.{loud.playbook}", fleets[loud.fleet], *LOUD, *loud.more, *where, timeout=300)

    audit = Audit.from_now()
    with ThreadPoolExecutor(2) as pool:
        found = dict(zip(RUNS, pool.map(play, RUNS), strict=True))
    assert not audit.writes()
    return found


@pytest.mark.parametrize("name", RUNS)
def test_a_playbook_runs_over_planted_secrets(runs: dict[str, Run], name: str) -> None:
    run = runs[name].demand(code=RUNS[name].code)
    print(f"{name}: {run.seconds:.0f} s, {len(run.text)} characters")
    assert RUNS[name].said in run.text


def test_every_playbook_is_run_here_or_against_the_stand_in_of_an_awx() -> None:
    there = {path.stem for path in (Path(__file__).parents[2] / "playbooks").glob("*.yml")}
    assert there == {loud.playbook for loud in RUNS.values()} | {"configure_awx"}


def test_nothing_planted_is_in_what_was_written(runs: dict[str, Run], player: Player, secrets: Secrets) -> None:
    assert not secrets.in_files(player.outputs)


@pytest.mark.parametrize("folder", ["home/cache", "adopted"])
def test_files_that_hold_what_is_nobodys_business_are_for_their_owner_alone(runs: dict[str, Run], player: Player, folder: str) -> None:
    written = [path for path in (player.outputs / "planted" / folder).rglob("*") if path.is_file()]
    assert written
    assert not [str(path) for path in written if path.stat().st_mode & 0o077]
