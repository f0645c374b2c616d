"""A chart as Helm shows it."""

from __future__ import annotations

import pytest

from plugins.module_utils._module.chart import separated
from plugins.module_utils._module.documents import parse_documents

ONE, TWO, THREE = ("apiVersion: v1\nkind: CustomResourceDefinition\nmetadata: {name: " + name + "}\n" for name in ("one", "two", "three"))


@pytest.mark.parametrize(
    "shown",
    [ONE + TWO + THREE, f"---\n{ONE}---\n{TWO}{THREE}", f"---\n{ONE}\n---\n# another file\n{TWO}---\n{THREE}", f"{ONE}\n{TWO}\n---\n{THREE}"],
)
def test_no_definition_is_lost_between_two_files_of_a_chart(shown: str) -> None:
    found = parse_documents(separated(shown), "chart")
    assert [body["metadata"]["name"] for body in found] == ["one", "two", "three"]
