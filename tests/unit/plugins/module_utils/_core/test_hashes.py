"""The operator's hashes: the values come from its own Go code."""

from __future__ import annotations

import base64

import pytest

from plugins.module_utils._core.hashes import client_config_hash, secret_hash


def encoded(**values: str) -> dict[str, str]:
    return {key: base64.b64encode(value.encode()).decode() for key, value in values.items()}


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (encoded(username="demo-superuser", password="pw-1"), "/7jpIQtK5xfXrJJxkGfJ7uu0z5HPDwC8/1QjuffOaok="),
        (encoded(password="pw-1", username="demo-superuser"), "/7jpIQtK5xfXrJJxkGfJ7uu0z5HPDwC8/1QjuffOaok="),
        ({}, "U/MuyEHTbnPHZMXWxDuy1TKbkSxPIEbuwIPUufpTLsk="),
        (None, "+bxja4jan9SgQfrCR+pbLPuTX7OxWAa+DEMcbgJc8/k="),
    ],
)
def test_secret_hash(values: dict[str, str] | None, expected: str) -> None:
    assert secret_hash(values) == expected


def test_client_config_hash() -> None:
    spec = {"contextName": "kind-k8ssandra-1", "kubeConfigSecret": {"name": "kind-k8ssandra-1-config"}}
    assert client_config_hash(spec) == "Q7zinxbQpmXlye9Y5blJy/bVtTI/AoE+uqk6xtlJzFw="
