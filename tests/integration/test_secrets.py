"""No password, token or key is in anything that any run of this session wrote, at any verbosity, in any form."""

from __future__ import annotations

import base64
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.integration.support.play import Player
from tests.integration.support.secrets import Secrets


def test_no_secret_is_in_anything_that_was_written(player: Player, secrets: Secrets) -> None:
    """What runs printed, the results of tasks, logs, caches, and what is left in temporary folders."""
    written = [path for path in player.outputs.rglob("*") if path.is_file()]
    assert written, "no run has written anything"
    assert {"password", "token", "key"} <= secrets.kinds(), f"only these were there to be looked for: {secrets.kinds()}"
    print(f"{len(secrets.values)} forms of secrets, {len(written)} files, {sum(path.stat().st_size for path in written)} bytes")
    assert not secrets.in_files(player.outputs)


def test_nothing_planted_is_in_any_other_file_of_this_machine(player: Player, secrets: Secrets) -> None:
    """Less the tests' own folders, with the inventories that it was planted in, and the disks of the clusters."""
    assert not secrets.planted().elsewhere(player.outputs / "began", player.outputs.parent)


def test_nothing_is_left_in_the_temporary_folder(player: Player) -> None:
    """Runs that were killed are among those of a session, and no run after them leaves anything either."""
    assert [path.name for path in player.temporary.iterdir()] == []


FORMS = {
    "plain": lambda value: value,
    "in a URL": lambda value: quote(value, safe=""),
    "in base64": lambda value: base64.b64encode(value.encode()).decode(),
    "in a file in base64": lambda value: base64.b64encode(f"password: {value}\n".encode()).decode(),
    "in base64 for a URL": lambda value: base64.urlsafe_b64encode(f"?{value}?".encode()).decode(),
}


@pytest.mark.parametrize("form", FORMS)
def test_the_search_would_find_one(tmp_path: Path, form: str) -> None:
    planted = Secrets()
    value = planted.plant("pa/ss+wo=rd?&~of%a test", "password")
    (tmp_path / "found").write_bytes(b"\0before " + FORMS[form](value).encode() + b" after")
    (tmp_path / "other").write_text("nothing")
    assert planted.in_files(tmp_path) == {str(tmp_path / "found"): ["planted password"]}
