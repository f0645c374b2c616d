# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What may be a secret is never shown."""

from __future__ import annotations

from typing import Any

import pytest

from plugins.module_utils._core.redact import MASK, redact

HIDDEN = {
    "a Secret's content": ({"kind": "Secret", "data": {"k": "v"}}, {"kind": "Secret", "data": {"k": MASK}}),
    "a Secret's text": ({"kind": "Secret", "stringData": {"k": "v"}}, {"kind": "Secret", "stringData": {"k": MASK}}),
    "a Secret in a list": ([{"kind": "Secret", "data": {"k": "v"}}], [{"kind": "Secret", "data": {"k": MASK}}]),
    "a password": ({"keystore_password": "v"}, {"keystore_password": MASK}),
    "a password of digits": ({"keystore_password": 12345678}, {"keystore_password": MASK}),
    "a token": ({"user": {"token": "v"}}, {"user": {"token": MASK}}),
    "a token in a text": ("refused eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJrIn0.c2lnbmVk-_ by east", f"refused {MASK} by east"),
    "a password in a JVM option": ("-Djavax.net.ssl.keyStorePassword=v", f"-Djavax.net.ssl.keyStorePassword={MASK}"),
    "a password in a variable": ([{"name": "DB_PASSWORD", "value": "v"}], [{"name": "DB_PASSWORD", "value": MASK}]),
    "a password in a URL": ("https://me:v@example.org/x", f"https://{MASK}@example.org/x"),
    "a kubeconfig": ({"kubeconfig": "{users: []}"}, {"kubeconfig": MASK}),
    "a kubeconfig in base64": ({"kubeconfig": "YXBpVmVyc2lvbjogdjEK"}, {"kubeconfig": MASK}),
}
SHOWN: dict[str, Any] = {
    "the name of a Secret": {"superuserSecretRef": {"name": "demo-superuser"}},
    "settings": {"num_tokens": 16, "authenticator": "PasswordAuthenticator"},
    "a ConfigMap's content": {"kind": "ConfigMap", "data": {"k": "v"}},
    "a kubeconfig's path": {"kubeconfig": "~/.kube/config"},
    "whether there is a token": {"automountServiceAccountToken": True},
    "a variable": [{"name": "MODE", "value": "v"}],
    "a URL": "https://example.org/x?ref=v1@2",
    "a JVM option": "-Dcassandra.ring_delay_ms=1000",
}


@pytest.mark.parametrize(("value", "shown"), HIDDEN.values(), ids=HIDDEN)
def test_hidden_is(value: Any, shown: Any) -> None:
    assert redact(value) == shown


@pytest.mark.parametrize("value", SHOWN.values(), ids=SHOWN)
def test_shown_is(value: Any) -> None:
    assert redact(value) == value
