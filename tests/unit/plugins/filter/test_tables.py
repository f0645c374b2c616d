"""The filter `tables`: what fleet_check returned as lines."""

from __future__ import annotations

from plugins.filter.tables import FilterModule, tables

CHECKS = [
    {"context": "hub", "check": "version", "result": "fine", "found": "v1.34.4"},
    {"context": "hub", "check": "routes", "result": "error", "found": ""},
    {"context": "east", "check": "version", "result": "fine", "found": "v1.34.4"},
]
FINDING = {"context": "hub", "check": "routes", "object": "a to b", "severity": "error", "what": "closed", "why": "it matters", "advice": "open"}


def test_a_table_a_context() -> None:
    assert tables({"checks": CHECKS, "findings": [FINDING]}) == [
        {
            "context": "hub",
            "lines": [
                "version  fine   v1.34.4",
                "routes   error",
                "ERROR  routes: a to b: closed",
                "       why: it matters",
                "       do:  open",
            ],
        },
        {"context": "east", "lines": ["version  fine  v1.34.4"]},
    ]


def test_ansible_finds_it() -> None:
    assert FilterModule().filters() == {"tables": tables}
