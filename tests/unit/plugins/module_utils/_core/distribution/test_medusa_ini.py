"""The text of medusa.ini, as upstream's own template gives it."""

from __future__ import annotations

import pytest

from plugins.module_utils._core.distribution.medusa_ini import medusa_ini

DEFINITION = {"metadata": {"name": "demo"}}
FULL = {
    "storageProvider": "s3", "storageSecretRef": {"name": "secret"}, "bucketName": "bucket", "prefix": "prefix", "maxBackupAge": 10,
    "maxBackupCount": 20, "apiProfile": "default", "transferMaxBandwidth": "100MB/s", "concurrentTransfers": 2,
    "multiPartUploadThreshold": 204857600, "host": "192.168.0.1", "region": "us-east-1", "port": 9001, "secure": True, "sslVerify": False,
    "backupGracePeriodInDays": 7,
}
TEXT = """
    [cassandra]
    use_sudo = false

    [storage]
    use_sudo_for_restore = false
    storage_provider = s3
    bucket_name = bucket
    key_file = /etc/medusa-secrets/credentials
    prefix = prefix
    max_backup_age = 10
    max_backup_count = 20
    region = us-east-1
    host = 192.168.0.1
    port = 9001
    secure = True
    ssl_verify = False
    backup_grace_period_in_days = 7
    api_profile = default
    transfer_max_bandwidth = 100MB/s
    concurrent_transfers = 2
    multi_part_upload_threshold = 204857600

    [grpc]
    enabled = 1
    port = 55055

    [logging]
    level = DEBUG

    [kubernetes]
    use_mgmt_api = 1
    enabled = 1
    cassandra_url = https://127.0.0.1:8080/api/v0/ops/node/snapshots
    ca_cert = /etc/encryption/mgmt/ca.crt
    tls_cert = /etc/encryption/mgmt/tls.crt
    tls_key = /etc/encryption/mgmt/tls.key"""


def test_the_text_is_upstreams_to_the_letter() -> None:
    assert medusa_ini(DEFINITION, {"storageProperties": FULL, "serviceProperties": {"grpcPort": 55055}}, authenticated=True) == TEXT


@pytest.mark.parametrize(
    ("medusa", "lines"),
    [
        ({"storageProperties": {}}, ["prefix = demo", "max_backup_age = 0", "secure = False", "concurrent_transfers = 1"]),
        ({}, ["cassandra_url = http://127.0.0.1:8080/api/v0/ops/node/snapshots"]),
        ({"certificatesSecretRef": {"name": "c"}}, ["certfile = /etc/certificates/rootca.crt", "userkey = /etc/certificates/client.key"]),
        (
            {"clientEncryptionStores": {"keystoreSecretRef": {"name": "s", "key": "ca.crt"}, "truststoreSecretRef": {"name": "s"}}},
            ["certfile = /etc/certificates/certfile/ca.crt", "usercert = /etc/certificates/usercert/"],
        ),
    ],
)
def test_lines_follow_the_definition(medusa: dict, lines: list) -> None:
    written = [line.removeprefix("    ") for line in medusa_ini(DEFINITION, medusa, authenticated=False).splitlines()]
    assert [line for line in written if line in lines] == lines


@pytest.mark.parametrize("option", ["region", "host", "port", "api_profile", "key_file", "certfile", "userkey"])
def test_what_is_not_stated_is_not_written(option: str) -> None:
    assert f"    {option} = " not in medusa_ini(DEFINITION, {}, authenticated=False)
