"""YAML as sigs.k8s.io/yaml writes it."""

from __future__ import annotations

import pytest

from plugins.module_utils._core.distribution.yaml_text import yaml_text


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("org.x.y", "org.x.y"),
        (".+", ".+"),
        ("(.*);(b.*)", "(.*);(b.*)"),
        (";", ";"),
        ("true", '"true"'),
        ("Yes", '"Yes"'),
        ("n", '"n"'),
        ("", '""'),
        ("~", '"~"'),
        ("9000", '"9000"'),
        ("1_000", '"1_000"'),
        ("0x1F", '"0x1F"'),
        ("1e3", '"1e3"'),
        ("1.5", '"1.5"'),
        (".5", '".5"'),
        ("12:30", '"12:30"'),
        ("2026-01-02", '"2026-01-02"'),
        ("2026-01-02T03:04:05Z", '"2026-01-02T03:04:05Z"'),
        ("2026-01-02 03:04:05", '"2026-01-02 03:04:05"'),
        ("2026-13-45", "2026-13-45"),
        ("2026-02-29", "2026-02-29"),
        ("2028-02-29", '"2028-02-29"'),
        ("2026-4-31", "2026-4-31"),
        ("2026-01", "2026-01"),
        ("_1", "_1"),
        ("017", '"017"'),
        ("-0b1", '"-0b1"'),
        ("0xffffffffffffffff", '"0xffffffffffffffff"'),
        ("0x1ffffffffffffffff", "0x1ffffffffffffffff"),
        ("a\xa0\u00e9", "a\xa0\u00e9"),
        ("a\x7f", '"a\\u007f"'),
        ("192.168.1.10", "192.168.1.10"),
        ("1a", "1a"),
        ("*", "'*'"),
        ("[a-z]", "'[a-z]'"),
        ("'", "''''"),
        ("a: b", "'a: b'"),
        ("a:b", "a:b"),
        ("a #b", "'a #b'"),
        ("a#b", "a#b"),
        ("- a", "'- a'"),
        ("-a", "-a"),
        (" a", "' a'"),
        ("a ", "'a '"),
        ("a\tb\n", '"a\\tb\\n"'),
        (7, "7"),
    ],
)
def test_a_text_is_quoted_only_where_it_must_be(text: object, written: str) -> None:
    assert yaml_text({"key": text}) == f"key: {written}\n"


def test_keys_are_sorted_and_lists_are_not_indented() -> None:
    value = {"b": [{"y": "1", "x": ["a", "b"]}, {}, "c"], "a": {"d": {}, "c": []}}
    assert yaml_text(value) == 'a:\n  c: []\n  d: {}\nb:\n- x:\n  - a\n  - b\n  "y": "1"\n- {}\n- c\n'


def test_nothing_is_an_empty_mapping() -> None:
    assert yaml_text({}) == "{}\n"
