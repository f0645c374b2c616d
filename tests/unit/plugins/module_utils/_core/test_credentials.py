from __future__ import annotations

import base64
from typing import Any

import pytest

from plugins.module_utils._core.credentials import credential_of, token_expiry
from tests.unit import build
from tests.unit.fakes import jwt

NOW = 1_900_000_000.0
SECRET = build.kubeconfig_secret("east")


@pytest.mark.parametrize(
    ("text", "expires"),
    [
        pytest.param(f"users:\n- user:\n    token: {jwt(exp=5)}\n", 5.0, id="in YAML"),
        pytest.param(f'{{"users": [{{"user": {{"token": "{jwt(exp=5)}"}}}}]}}', 5.0, id="in JSON"),
        pytest.param(f"token: {jwt(sub='x')}", None, id="a token that never expires"),
        pytest.param("client-certificate-data: LS0t", None, id="no token"),
        pytest.param("", None, id="nothing"),
        pytest.param("token: eyJhbGciOi.eyJub3QganNvbg.c2ln", None, id="a token that cannot be read"),
    ],
)
def test_token_expiry_is_found_in_a_kubeconfig(text: str, expires: float | None) -> None:
    assert token_expiry(text) == expires


@pytest.mark.parametrize(
    ("config", "secret", "problem"),
    [
        pytest.param(build.client_config("east"), SECRET, "", id="a good one has no problem"),
        pytest.param(build.client_config("east", loaded=False), SECRET, "the operator has not loaded it", id="one without the hashes is not loaded"),
        pytest.param(
            build.client_config("east"),
            build.kubeconfig_secret("east", expires=2_000_000_001),
            "the operator has not loaded it",
            id="a Secret that was renewed since it was loaded",
        ),
        pytest.param(build.client_config("east"), None, "its Secret east-kubeconfig is missing or holds no kubeconfig", id="a missing Secret"),
        pytest.param(
            build.client_config("east"),
            {**SECRET, "data": {"kubeconfig": base64.b64encode(b"\xff").decode()}},
            "its Secret east-kubeconfig is missing or holds no kubeconfig",
            id="a Secret that is no text",
        ),
        pytest.param(
            build.client_config("elsewhere"),
            SECRET,
            "the kubeconfig in its Secret elsewhere-kubeconfig has no context elsewhere",
            id="another context than the kubeconfig's",
        ),
        pytest.param(
            build.client_config("east"),
            build.kubeconfig_secret("east", expires=NOW - 1),
            "its token expired at 2030-03-17T17:46:39Z",
            id="an expired token",
        ),
    ],
)
def test_problem_of_a_credential(config: Any, secret: Any, problem: str) -> None:
    assert credential_of(config, secret).problem(NOW) == problem


def test_a_secret_that_we_may_not_read_is_no_problem() -> None:
    assert credential_of(build.client_config("east"), None, readable=False).problem(NOW) == ""


def test_a_client_config_without_context_name_serves_the_context_of_its_name() -> None:
    config = build.without(build.client_config("east"), "spec", "contextName")
    assert credential_of(config, SECRET).context == "east"


def test_the_token_is_in_no_value() -> None:
    credential = credential_of(build.client_config("east"), SECRET)
    assert "eyJ" not in repr(credential)
    assert credential.describe() == {"client_config": "east", "secret": "east-kubeconfig", "loaded": True, "token_expires": "2033-05-18T03:33:20Z"}
