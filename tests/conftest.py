"""Mark what needs the lab, so that plain `pytest` runs the unit tests alone."""

from __future__ import annotations

from pathlib import Path

import pytest

_ON_THE_LAB = tuple(Path(__file__).parent / name for name in ("integration", "lab", "conformance"))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever lies in these folders talks to real clusters."""
    for item in items:
        if any(item.path.is_relative_to(folder) for folder in _ON_THE_LAB):
            item.add_marker(pytest.mark.lab)
