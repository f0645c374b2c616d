"""The filter `contexts`: from inventory hosts to the option of the same name."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleFilterError
from ansible.template import trust_as_template

from plugins.filter.contexts import KEYS, FilterModule, contexts

HOSTVARS = {
    "hub": {"k8ssandra_kubeconfig": "~/.kube/config", "k8ssandra_context": "admin@hub", "unrelated": 1},
    "east": {
        "k8ssandra_datacenters": [{"metadata": {"name": "dc1"}, "size": 3}],
        "k8ssandra_ca_cert": None,
        "k8ssandra_name": "never read",
    },
    "west": {f"k8ssandra_{key}": key.upper() for key in KEYS},
}
ROWS = [
    pytest.param([], KEYS, [], id="no host"),
    pytest.param(
        ["hub"], KEYS, [{"name": "hub", "kubeconfig": "~/.kube/config", "context": "admin@hub"}], id="what is not set is left out"
    ),
    pytest.param(["east"], KEYS, [{"name": "east", "datacenters": [{"metadata": {"name": "dc1"}, "size": 3}]}], id="so is what is empty"),
    pytest.param(
        ["west", "hub"], ["name", "context"], [{"name": "west", "context": "CONTEXT"}, {"name": "hub", "context": "admin@hub"}], id="order"
    ),
    pytest.param(["west"], ["name"], [{"name": "west"}], id="only the keys asked for"),
    pytest.param(["west"], KEYS, [{key: key.upper() for key in KEYS if key != "name"} | {"name": "west"}], id="every key"),
]


@pytest.mark.parametrize(("hosts", "keys", "expected"), ROWS)
def test_entries(hosts: list[str], keys: list[str], expected: list[dict[str, Any]]) -> None:
    assert contexts(hosts, HOSTVARS, keys) == expected


def test_result_is_a_plain_copy() -> None:
    tagged = {"hub": {"k8ssandra_datacenters": [{trust_as_template("name"): trust_as_template("dc1"), "racks": ({"name": "r1"},)}]}}
    entry = contexts([trust_as_template("hub")], tagged)[0]
    datacenter = entry["datacenters"][0]
    assert {type(entry["name"]), type(datacenter["name"]), *map(type, datacenter)} == {str}
    assert datacenter["racks"] == [{"name": "r1"}]
    assert datacenter is not tagged["hub"]["k8ssandra_datacenters"][0]


def losing(said: Any, control_plane: str) -> dict[str, dict[str, Any]]:
    told = {"k8ssandra_lost_contexts": said, "k8ssandra_control_plane": control_plane}
    return {host: {**variables, **told} for host, variables in HOSTVARS.items()}


def test_an_operator_leaves_no_host_out() -> None:
    assert contexts(["east", "west"], losing(["west"], "operator"), ["name"]) == [{"name": "east"}, {"name": "west"}]


@pytest.mark.parametrize("said", [["west"], "west", "hub, west"])
def test_a_host_that_is_lost_for_good_is_left_out_or_has_no_datacenters(said: Any) -> None:
    hostvars = losing(said, "ansible")
    assert contexts(["east", "west"], hostvars, ["name"]) == [{"name": "east"}]
    kept = contexts(["east", "west"], hostvars, ["name", "datacenters"], with_lost=True)
    assert kept == [{"name": "east", "datacenters": HOSTVARS["east"]["k8ssandra_datacenters"]}, {"name": "west"}]


@pytest.mark.parametrize(("hosts", "keys", "named"), [(["nowhere"], ["name"], "nowhere"), (["hub"], ["name", "colour"], "colour")])
def test_error_names_what_is_wrong(hosts: list[str], keys: list[str], named: str) -> None:
    with pytest.raises(AnsibleFilterError, match=named):
        contexts(hosts, HOSTVARS, keys)


def test_ansible_finds_it() -> None:
    assert FilterModule().filters() == {"contexts": contexts}
