"""Durations as Go reads them."""

from __future__ import annotations

import pytest

from plugins.module_utils._core.distribution.durations import whole_seconds


@pytest.mark.parametrize(
    ("text", "seconds"), [("30s", 30), ("1m30s", 90), ("1.5h", 5400), ("1500ms", 1), ("0", 0), ("-2s", -2), ("+.5m", 30), ("1us1ns", 0)],
)
def test_a_duration_is_whole_seconds(text: str, seconds: int) -> None:
    assert whole_seconds(text) == seconds


@pytest.mark.parametrize("text", ["", "30", "s", "1d", "1m 30s", "-"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a duration"):
        whole_seconds(text)
