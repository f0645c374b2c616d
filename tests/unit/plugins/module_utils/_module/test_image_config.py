# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The operators' image configuration inside a ConfigMap."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from plugins.module_utils._core.errors import SpecError
from plugins.module_utils._core.installation import Installation
from plugins.module_utils._module.image_config import require_registry, with_image_config

TEXT = "apiVersion: config.k8ssandra.io/v1beta2\nkind: ImageConfig\n# kept?\nimages: {a: {name: a}}\ndefaults: {registry: docker.io}\n"


def config_map(text: str = TEXT) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}, "data": {"image_config.yaml": text, "other": "x"}}


class FromAPlaybook(str):
    """As ansible-core tags the text of an option."""


def test_a_registry_from_a_playbook_is_text_like_any_other() -> None:
    wish = Installation("ns", False, image_registry=FromAPlaybook("here"))
    (body,) = with_image_config([config_map()], wish)
    assert yaml.safe_load(body["data"]["image_config.yaml"])["overrides"] == {"registry": "here"}


def test_it_gets_the_registry_and_the_secrets() -> None:
    wish = Installation("ns", False, image_registry="here", image_pull_secrets=["s"])
    (body,) = with_image_config([config_map()], wish)
    expected = {**yaml.safe_load(TEXT), "overrides": {"registry": "here", "pullSecrets": ["s"]}}
    assert yaml.safe_load(body["data"]["image_config.yaml"]) == expected
    assert body["data"]["other"] == "x"
    require_registry([body], "here")


def test_it_stays_as_it_is_unless_asked() -> None:
    assert with_image_config([config_map()], Installation("ns", False)) == [config_map()]
    require_registry([config_map()], "")


def pod(image: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": {"containers": [{"image": image}]}}


@pytest.mark.parametrize("body", [config_map(), pod("docker.io/a:1"), pod("herefrom/a:1")])
def test_what_comes_from_elsewhere_is_named(body: dict[str, Any]) -> None:
    with pytest.raises(SpecError, match=f"image_registry: does not reach .*{body['metadata']['name']}"):
        require_registry([body], "here")
