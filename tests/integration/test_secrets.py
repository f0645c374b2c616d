"""No password, token or key is in anything that any run of this session printed, at any verbosity, nor in a registered result."""

from __future__ import annotations

from tests.integration.support.play import Player
from tests.integration.support.secrets import Secrets


def test_no_secret_is_in_any_output(player: Player, secrets: Secrets) -> None:
    outputs = [path for path in player.outputs.iterdir() if path.is_file()]
    assert outputs, "no run has printed anything"
    assert {"password", "token", "key"} <= secrets.kinds(), f"only these were there to be looked for: {secrets.kinds()}"
    print(f"{len(secrets.values)} secrets, {len(outputs)} outputs, {sum(path.stat().st_size for path in outputs)} bytes")
    assert not {path.name: found for path in outputs if (found := secrets.in_text(path.read_text(errors='replace')))}


def test_the_search_would_find_one(secrets: Secrets) -> None:
    value = next(iter(secrets.values))
    assert secrets.in_text(f"before {value} after")
