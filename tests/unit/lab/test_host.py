"""The host's limit that more than three labs need."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.lab.host import raise_watch_limit


@pytest.mark.parametrize(
    ("found", "wanted"),
    [pytest.param(128, 1024, id="Debian's is raised"), pytest.param(1024, 1024, id="enough"), pytest.param(8192, 8192, id="higher stays")],
)
def test_the_limit_is_raised_and_never_lowered(tmp_path: Path, found: int, wanted: int) -> None:
    setting = tmp_path / "max_user_instances"
    setting.write_text(f"{found}\n")
    raise_watch_limit(setting)
    assert int(setting.read_text()) == wanted


def test_a_limit_that_cannot_be_written_is_said_and_no_error(capsys: pytest.CaptureFixture[str]) -> None:
    class ReadOnly(type(Path())):  # type: ignore[misc] # a path of this system, whichever that is
        def read_text(self, *_: object, **__: object) -> str:
            return "128\n"

        def write_text(self, *_: object, **__: object) -> int:
            raise PermissionError("Read-only file system")

    raise_watch_limit(ReadOnly("/proc/sys/fs/inotify/max_user_instances"))
    said = capsys.readouterr().out
    assert "is 128 and cannot be raised" in said
    assert "more than three labs may not run at once" in said
