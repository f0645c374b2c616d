"""The pod that admission is asked about has the containers of cass-operator's, with what each asks for."""

from __future__ import annotations

from typing import Any

import pytest

from plugins.module_utils._core.pods import body_for_dry_run

from .definitions import wish

OURS = {"requests": {"memory": "32Mi"}}
LOGGER = {"requests": {"cpu": "100m", "memory": "64Mi"}, "limits": {"memory": "128Mi"}}
CONFIG = {"requests": {"cpu": "1", "memory": "256Mi"}, "limits": {"cpu": "1", "memory": "384Mi"}}
MEDUSA = {"requests": {"cpu": "100m", "memory": "100Mi"}, "limits": {"memory": "8Gi"}}
MAIN = {"cassandra": {}, "server-system-logger": LOGGER}
INIT = {"server-config-init-base": {}, "server-config-init": CONFIG}
BASE = [{"name": "server-config-init-base", "resources": OURS}, {"name": "more"}]
# What is changed, the containers and the init containers.
TABLE = [
    pytest.param({}, MAIN, INIT, id="a container that copies the configuration asks for nothing"),
    pytest.param({"dc1.serverVersion": "4.0.17"}, MAIN, {"server-config-init": CONFIG}, id="before 4.1 there is none that copies"),
    pytest.param({"dc1.initContainers": BASE}, MAIN, {**INIT, "server-config-init-base": OURS, "more": {}}, id="what the user asks for one"),
    pytest.param(
        {"dc1.containers": [{"name": "server-system-logger"}]}, MAIN, INIT, id="a container that is changed in something else asks as ever"
    ),
    pytest.param(
        {"spec.medusa": {"storageProperties": {}}}, {**MAIN, "medusa": MEDUSA}, {**INIT, "medusa-restore": MEDUSA}, id="with backups"
    ),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "main", "init"), TABLE)
def test_containers_ask_for_what_upstream_gives_them(changes: dict[str, Any], main: dict[str, Any], init: dict[str, Any]) -> None:
    wanted = wish(**changes)
    spec = body_for_dry_run(wanted, *wanted.templates()[0])["spec"]
    asked = [{one["name"]: one["resources"] for one in spec[field]} for field in ("containers", "initContainers")]
    assert asked == [main, init]
    assert list(asked[1]) == list(init)
