"""What one page says of another is there: every link between our own pages names a file, and a heading of it."""

from __future__ import annotations

import os
import re

import pytest

from tests.unit.drift import tree

_LINK = re.compile(r"\]\((?!https?://)([^)#\s]*)(?:#([^)\s]+))?\)")
_CODE = re.compile(r"^```.*?^```|`[^`\n]*`", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def _anchors(page: str) -> set[str]:
    """The anchors of a page's headings, by GitHub's rule: small letters, hyphens for spaces, no other punctuation."""
    headings = _HEADING.findall(re.sub(r"^```.*?^```", "", tree.text(page), flags=re.MULTILINE | re.DOTALL))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def _links() -> list[tuple[str, str, str]]:
    """The page, the file and the heading of each link."""
    found = []
    for page in tree.matching("*.md"):
        for target, anchor in _LINK.findall(_CODE.sub("", tree.text(page))):
            found.append((page, os.path.normpath(os.path.join(os.path.dirname(page), target)) if target else page, anchor))
    return found


def test_there_are_links() -> None:
    assert len(_links()) > 100


@pytest.mark.parametrize("page", sorted({page for page, _target, _anchor in _links()}))
def test_every_link_of_the_page_leads_somewhere(page: str) -> None:
    own = [(target, anchor) for where, target, anchor in _links() if where == page]
    missing = [target for target, _anchor in own if not (tree.ROOT / target).exists()]
    missing += [f"{target}#{anchor}" for target, anchor in own if anchor and anchor not in _anchors(target)]
    assert not missing
