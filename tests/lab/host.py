"""The one setting of the host that several labs need higher than Debian has it."""

from __future__ import annotations

from pathlib import Path

from .steps import say

# Each machine opens about 40 inotify instances of the one root user; 128 end with the third lab.
_INSTANCES = Path("/proc/sys/fs/inotify/max_user_instances")
_ENOUGH = 1024


def raise_watch_limit(setting: Path = _INSTANCES) -> None:
    """Raise the number of inotify instances of a user where it is low and may be written; higher stays as it is."""
    found = int(setting.read_text())
    if found >= _ENOUGH:
        return
    try:
        setting.write_text(f"{_ENOUGH}\n")
    except OSError as error:
        say(f"fs.inotify.max_user_instances is {found} and cannot be raised ({error}): more than three labs may not run at once")
    else:
        say(f"fs.inotify.max_user_instances was {found}, and is {_ENOUGH} now")
