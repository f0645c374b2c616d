"""Passwords, tokens, keys and kubeconfigs are planted wherever a person puts them, and every playbook runs over them as loud as it can.

What was written then is searched, here and in `test_secrets`, together with all else. Nothing is changed in the clusters.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import yaml

from tests.integration.support.audit import Audit
from tests.integration.support.forged import DAY, certificate, kubeconfig_with, user_of
from tests.integration.support.inventory import Inventory
from tests.integration.support.lab import CHARTS, Lab
from tests.integration.support.play import Player, Run
from tests.integration.support.secrets import Secrets, with_passwords
from tests.integration.support.watch import Story

PLAYBOOKS = "k8ssandra.operator"
BY_HAND, BY_RUNNER = "ansible-playbook", "ansible-runner, in check mode"


@dataclass(frozen=True)
class Loud:
    """One run.

    Args:
        playbook: its name without the collection's.
        fleet: which inventory.
        said: what it has to say, to prove that it came as far as the secrets.
        more: what else is on its command line; {folder} is that of the inventories; a relative path is meant from where it runs.
        code: how it ends.
    """

    playbook: str
    fleet: str
    said: str
    more: str = ""
    code: int = 0


# `keys`: passwords in the definition, values of a chart, and a kubeconfig whose key was made for it. `far`: log-ins in URLs.
# `broken`: a context each with a token that nobody issued, a password, a plugin that complains, and a proxy with a password. `pasted`
# and `nested`: a kubeconfig where its path should be, as a text and as variables.
HUB = "-e k8ssandra_kubeconfig={folder}/kubeconfig -e k8ssandra_context=hub -e k8ssandra_data_plane_contexts=east,west"
RUNS = {
    "site that fails": Loud("site", "broken", "no answer from", "--check", 2),
    "site that would change": Loud("site", "keys", "(masked)", "--check"),
    "operators that fail": Loud("operators", "keys", "installed from a Kustomize base", "--check -e k8ssandra_installer=helm", 2),
    "operators out of reach": Loud("operators", "far", "cannot render", "--check", 2),
    "site by a kubeconfig in the inventory": Loud("site", "nested", "looks like a kubeconfig itself", "--check", 2),
    "preflight by a kubeconfig in the inventory": Loud("preflight", "pasted", "looks like a kubeconfig itself", "", 2),
    "preflight that fails": Loud("preflight", "broken", "unauthorized", "-e k8ssandra_probe=false", 2),
    "status": Loud("status", "broken", "south", "-e k8ssandra_require_ready=false"),
    "plan": Loud("plan", "keys", "k8ssandra_plan_digest"),
    "apply without approval": Loud("apply", "keys", "k8ssandra_plan_digest is ''", "", 2),
    "adopt": Loud("adopt", "keys", "changed: [localhost]", f"{HUB} -e k8ssandra_inventory_folder=adopted"),
    "adopt over an inventory": Loud("adopt", "keys", "(masked)", f"{HUB} -e k8ssandra_inventory_folder={{folder}}/theirs "
                                    "-e k8ssandra_inventory_overwrite=true --check"),
    "list_images": Loud("list_images", "keys", "cass-operator", "-e k8ssandra_installer=helm -e k8ssandra_list_images_file=images"),
    "list_images of a base out of reach": Loud("list_images", "far", "cannot render", "", 2),
    "list_images of a chart out of reach": Loud("list_images", "far", "cannot fetch", "-e k8ssandra_installer=helm", 2),
    "list_rights": Loud("list_rights", "keys", "changed: [hub]", "-e k8ssandra_rights_folder=rights"),
    "a move that would change": Loud("move_control_plane", "keys", "would change the cluster",
                                     "--check -e k8ssandra_confirm=demo -e k8ssandra_control_plane=ansible", 2),
    "teardown": Loud("teardown", "keys", "delete K8ssandraCluster", "--check -e k8ssandra_confirm=demo"),
}  # fmt: skip


def _in_url(planted: Secrets, place: str) -> str:
    """A URL with a log-in, at a port where nobody listens."""
    return f"http://somebody:{quote(planted.make_up('password'), safe='')}@127.0.0.1:9{place}"


def _user(context: str, planted: Secrets) -> dict[str, str]:
    """A kubeconfig's user with a key of its own."""
    pem, key = certificate(context, "lab-admin", began=DAY, ends=DAY, organization="system:masters")
    planted.plant(key.decode(), "key")
    user = user_of(pem, key)
    planted.plant(user["client-key-data"], "kubeconfig")
    return user


def _broken(folder: Path, planted: Secrets) -> dict[str, Any]:
    """Variables of hosts, each of which fails in its own way."""
    plugin = {"apiVersion": "client.authentication.k8s.io/v1", "command": "/bin/sh", "interactiveMode": "Never",
              "args": ["-c", 'echo "$PLUGIN_TOKEN and $2 are no good" >&2; exit 1', "plugin", "--password", planted.make_up("password")],
              "env": [{"name": "PLUGIN_TOKEN", "value": planted.make_up("token")}]}  # fmt: skip
    users: dict[str, dict[str, Any]] = {
        "south": {"token": planted.make_up("token")},
        "north": {"username": "somebody", "password": planted.make_up("password")},
        "plugin": {"exec": plugin},
    }
    said = {name: _reached_by(kubeconfig_with(folder / name, "west", user=user)) for name, user in users.items()}
    return {**said, "west": {"k8ssandra_proxy_url": _in_url(planted, "")}}


def _reached_by(kubeconfig: Any) -> dict[str, Any]:
    return {"k8ssandra_kubeconfig": kubeconfig, "k8ssandra_context": "west"}


def _fleet(folder: Path, group: Mapping[str, Any], hosts: Mapping[str, Any]) -> Path:
    """A copy of the lab's inventory with more variables."""
    folder.mkdir()
    copied = Inventory.copy(folder)
    (copied.path / "group_vars" / "k8ssandra.yml").write_text(yaml.safe_dump({**copied.group(), **group}))
    for name, more in hosts.items():
        path = copied.path / "host_vars" / f"{name}.yml"
        path.write_text(yaml.safe_dump({**(yaml.safe_load(path.read_text()) if path.exists() else {}), **more}))
    groups = {"k8ssandra_control_plane": ["hub"], "k8ssandra_data_planes": list(dict.fromkeys(["east", "west", *hosts]))}
    children = {name: {"hosts": dict.fromkeys(members)} for name, members in groups.items()}
    (copied.path / "hosts.yml").write_text(yaml.safe_dump({"k8ssandra": {"children": children}}))
    return copied.path


@pytest.fixture(scope="module")
def folder(story: Story, secrets: Secrets, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The inventories, a folder each, and an inventory of somebody else's."""
    story.be_deployed()
    found = tmp_path_factory.mktemp("planted")
    own = {"k8ssandra_kubeconfig": kubeconfig_with(found / "kubeconfig", "hub", user=_user("hub", secrets))}
    values = {"planted": {"password": secrets.make_up("password"), "token": secrets.make_up("token")}}
    definition = with_passwords(story.inventory.group()["k8ssandra_cluster"], secrets)
    far = {"k8ssandra_kustomize": f"{_in_url(secrets, '/config/deployments')}?ref=v1.26.0",
           "k8ssandra_chart": "k8ssandra-operator", "k8ssandra_chart_repository": _in_url(secrets, "/charts"),
           "k8ssandra_chart_version": "1.26.0", "k8ssandra_cert_manager_manifest": _in_url(secrets, "/cert-manager.yaml")}  # fmt: skip
    _fleet(found / "broken", own, _broken(found, secrets))
    inside = Path(kubeconfig_with(found / "inside", "west", user={"token": secrets.make_up("token"), **_user("west", secrets)})).read_text()
    _fleet(found / "pasted", own, {"pasted": _reached_by(inside)})
    _fleet(found / "nested", own, {"nested": _reached_by(json.loads(inside))})
    _fleet(found / "far", {**own, **far}, {})
    chart = {"k8ssandra_chart": str(CHARTS / "k8ssandra-operator"), "k8ssandra_chart_values": values}
    _fleet(found / "keys", {**own, **chart, "k8ssandra_cluster": definition}, {})
    theirs = found / "theirs" / "group_vars" / "k8ssandra.yml"
    theirs.parent.mkdir(parents=True)
    theirs.write_text(f"# by hand\nk8ssandra_kubeconfig: ~/.kube/config\nour_password: {secrets.make_up('password')}\n")
    return found


@dataclass(frozen=True)
class Ran:
    """All runs.

    Args:
        place: the folder that they wrote to, with every place that Ansible writes to of its own.
        files: whether they wrote files.
    """

    runs: Mapping[str, Run]
    place: Path
    files: bool


@pytest.fixture(scope="module", params=[BY_HAND, BY_RUNNER])
def ran(request: pytest.FixtureRequest, folder: Path, lab: Lab, player: Player) -> Ran:
    place = player.outputs / f"planted-{request.param.partition(',')[0]}"
    for name in ("home", "facts"):
        (place / name).mkdir(parents=True)
    own = {"PWD": "", "HOME": "home", "XDG_CACHE_HOME": "home/cache", "ANSIBLE_LOG_PATH": "log", "ANSIBLE_CACHE_PLUGIN_CONNECTION": "facts"}
    there = {name: str(place / path) for name, path in own.items()}
    wider = replace(player, environment={"ANSIBLE_CACHE_PLUGIN": "jsonfile", **there})

    def play(loud: Loud) -> Run:
        words = ["-vvvv", "--diff", *(word.format(folder=folder) for word in loud.more.split())]
        where = (f"{PLAYBOOKS}.{loud.playbook}", folder / loud.fleet / "inventories" / "lab")
        if request.param == BY_RUNNER:
            return wider.play_by_runner(*where, *words, "--check", timeout=300)
        return wider.play(*where, *words, timeout=300)

    audit = Audit.from_now()
    with ThreadPoolExecutor(2) as pool:
        found = dict(zip(RUNS, pool.map(play, RUNS.values()), strict=True))
    assert not audit.writes()
    return Ran(found, place, request.param == BY_HAND)


@pytest.mark.parametrize("name", RUNS)
def test_a_playbook_runs_over_planted_secrets(ran: Ran, name: str) -> None:
    run = ran.runs[name].demand(code=RUNS[name].code)
    print(f"{name}: {run.seconds:.0f} s, {len(run.text)} characters")
    assert RUNS[name].said in run.text


def test_nothing_planted_is_in_what_was_written(ran: Ran, player: Player, secrets: Secrets) -> None:
    assert not secrets.in_files(player.outputs)


def test_every_file_that_we_write_is_for_its_owner_alone_and_whole(ran: Ran) -> None:
    places = [ran.place / name for name in ("adopted", "rights", "images")]
    assert {place.exists() for place in places} == {ran.files}
    ours = [path for place in (*places, ran.place / "home" / "cache") for path in (place, *place.rglob("*")) if path.is_file()]
    assert ours
    assert not [str(path) for path in ours if path.stat().st_mode & 0o077 or path.name.startswith(".")]


def test_every_playbook_is_run_here_or_against_the_stand_in_of_an_awx() -> None:
    there = {path.stem for path in (Path(__file__).parents[2] / "playbooks").glob("*.yml")}
    assert there == {loud.playbook for loud in RUNS.values()} | {"configure_awx"}
