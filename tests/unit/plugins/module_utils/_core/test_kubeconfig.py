from __future__ import annotations

from typing import Any

import pytest

from plugins.module_utils._core.errors import SpecError
from plugins.module_utils._core.kubeconfig import choose_context

KUBECONFIG: dict[str, Any] = {
    "contexts": [{"name": "east", "context": {"cluster": "c", "user": "u"}}],
    "clusters": [{"name": "c", "cluster": {"server": "https://10.0.0.1:6443"}}],
    "users": [{"name": "u", "user": {}}],
}


def test_a_context_of_a_kubeconfig_knows_its_server() -> None:
    assert choose_context(KUBECONFIG, "east", path="kubeconfig").server == "https://10.0.0.1:6443"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"contexts": "east"}, "has no context 'east'"),
        ({"contexts": ["east"]}, "has no context 'east'"),
        ({"contexts": [{"name": "east"}]}, "names the cluster None"),
        ({"contexts": ["odd", *KUBECONFIG["contexts"]], "clusters": ["c"]}, "names the cluster 'c'"),
        ({"clusters": [{"name": "c"}]}, "has no server URL"),
        ({"clusters": [{"name": "c", "cluster": "https://10.0.0.1:6443"}]}, "has no server URL"),
        ({"users": None}, "names the user 'u'"),
    ],
)
def test_what_is_no_kubeconfig_is_refused_by_what_it_lacks(change: dict[str, Any], message: str) -> None:
    with pytest.raises(SpecError, match=message):
        choose_context({**KUBECONFIG, **change}, "east", path="kubeconfig")
