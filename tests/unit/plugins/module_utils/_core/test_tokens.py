from __future__ import annotations

import pytest

from plugins.module_utils._core.objects import Object
from plugins.module_utils._core.tokens import read_token, reason_to_renew
from tests.unit.fakes import jwt

SUBJECT = "system:serviceaccount:ns:account"
ACCOUNT = {"metadata": {"name": "account", "uid": "uid-1"}}
NINE_HUNDRED = jwt(sub=SUBJECT, iat=1000, exp=1900)


@pytest.mark.parametrize(
    ("token", "now", "expected"),
    [
        ("", 1000, "there is no token yet"),
        (NINE_HUNDRED, 1000, ""),
        (NINE_HUNDRED, 1600, ""),
        (NINE_HUNDRED, 1601, "less than a third of the token's lifetime is left"),
        (NINE_HUNDRED, 1900, "the token has expired"),
        (jwt(sub=SUBJECT, iat=1000), 1000, "the token never expires"),
        ("opaque", 1000, "the token never expires"),
        ("a.b.c", 1000, "the token never expires"),
        (jwt(sub="system:serviceaccount:ns:other", iat=1000, exp=1900), 1000, "the token is of system:serviceaccount:ns:other, not of " + SUBJECT),
        (jwt(iat=1000, exp=1900), 1000, "the token is of nobody, not of " + SUBJECT),
    ],
)
def test_reason_to_renew(token: str, now: float, expected: str) -> None:
    assert reason_to_renew(token, SUBJECT, ACCOUNT, now) == expected


@pytest.mark.parametrize(
    ("account", "expected"),
    [
        (ACCOUNT, ""),
        ({"metadata": {"name": "account", "uid": "uid-2"}}, "its account was made anew"),
        (None, "its account is no longer there"),
    ],
)
def test_a_token_is_of_one_account_and_not_of_its_name(account: Object | None, expected: str) -> None:
    token = jwt(sub=SUBJECT, iat=1000, exp=1900, **{"kubernetes.io": {"serviceaccount": {"uid": "uid-1"}}})
    assert reason_to_renew(token, SUBJECT, account, 1000) == expected


def test_claims_do_not_hold_the_token() -> None:
    assert NINE_HUNDRED.rpartition(".")[2] not in repr(read_token(NINE_HUNDRED))
