from __future__ import annotations

import datetime

import pytest

from plugins.module_utils._core.times import instant, written


@pytest.mark.parametrize(
    "text",
    ["1970-01-01T00:00:00Z", "2000-02-29T23:59:59Z", "2024-12-31T00:00:00Z", "2100-03-01T12:00:00Z", "2400-02-29T00:00:01Z"],
)
def test_an_instant_is_what_the_standard_library_says(text: str) -> None:
    expected = datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()
    assert instant(text) == expected
    assert written(expected) == text


@pytest.mark.parametrize(
    ("text", "same"),
    [
        pytest.param("2026-11-21T10:52:00.123456Z", "2026-11-21T10:52:00Z", id="fractions of a second are dropped"),
        pytest.param("2026-11-21T11:52:00+01:00", "2026-11-21T10:52:00Z", id="an offset to the east is taken off"),
        pytest.param("2026-11-21T05:22:00-05:30", "2026-11-21T10:52:00Z", id="an offset to the west is added"),
    ],
)
def test_other_ways_to_write_it_mean_the_same(text: str, same: str) -> None:
    assert instant(text) == instant(same)


@pytest.mark.parametrize("text", [None, "", "yesterday", "2026-11-21", 12, "2026-11-21T10:52:00"])
def test_anything_else_is_no_instant(text: object) -> None:
    assert instant(text) is None
