"""No file names a machine's path or a package registry's host, or needs what lies beside the checkout."""

from __future__ import annotations

import re

import pytest

from tests.unit.drift import tree

WRONG = {
    "a machine's path": r"(?<![\w.~-])/(work|root|Users)/|(?<![\w.~-])/home/\w",
    "what lies beside the checkout": r"\.\./shared\b",
    "a registry's host": r"\b("
    r"(pypi|pythonhosted|proxy\.golang|sum\.golang|registry\.npmjs|deb\.debian)\.org|crates\.io|repo\d?\.maven|galaxy\.ansible\.com)\b",
}
OUR_OWN = "tests/unit/drift/test_places.py"


@pytest.mark.parametrize("what", WRONG)
def test_no_file_names(what: str) -> None:
    pattern = re.compile(WRONG[what].encode())
    found = []
    for path in tree.files():
        name = str(path.relative_to(tree.ROOT))
        if name == OUR_OWN:
            continue
        found += [f"{name}:{number}" for number, line in enumerate(path.read_bytes().splitlines(), 1) if pattern.search(line)]
    assert not found
