# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that are written whole or not at all, whoever else writes them or owns their folder."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress

PART = ".part-"


def write_whole(path: str, text: str) -> None:
    """Puts a text in the place of a file, for its owner alone. Raises `OSError` and leaves what is there when that cannot be done.

    What is unfinished has a name that nobody can foresee.
    """
    descriptor, part = tempfile.mkstemp(prefix=PART, dir=os.path.dirname(path))
    try:
        with open(descriptor, "w", encoding="utf-8") as opened:
            opened.write(text)
        os.replace(part, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(part)
        raise
