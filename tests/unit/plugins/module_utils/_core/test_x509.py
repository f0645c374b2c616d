"""From when to when certificates are good."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from plugins.module_utils._core.x509 import validities_in, validity_of


def _certificate(begins: datetime, ends: datetime) -> x509.Certificate:
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "x" * 60)])
    built = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(7)
    return built.not_valid_before(begins).not_valid_after(ends).sign(key, hashes.SHA256())


@pytest.mark.parametrize("years", [(1980, 1999), (2020, 2049), (2026, 2050), (2050, 2199)])
def test_years_before_and_after_the_change_of_their_form(years: tuple[int, int]) -> None:
    begins, ends = (datetime(year, 3, 4, 5, 6, 7, tzinfo=UTC) for year in years)
    made = _certificate(begins, ends)
    assert validity_of(made.public_bytes(serialization.Encoding.DER)) == (begins.timestamp(), ends.timestamp())
    pem = made.public_bytes(serialization.Encoding.PEM)
    assert validities_in(b"text\n" + pem + pem) == [(begins.timestamp(), ends.timestamp())] * 2


@pytest.mark.parametrize("text", [b"", b"\x30", b"\x30\x82\xff\xff\x00", b"\x30\x02\x30\x00", b"no certificate at all"])
def test_what_is_none_is_not_read(text: bytes) -> None:
    assert validity_of(text) is None
    assert validities_in(b"-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----") == []
