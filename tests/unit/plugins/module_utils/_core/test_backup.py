"""What a backup holds of Helm's releases."""

from __future__ import annotations

import base64
import gzip
import json
from typing import Any

import pytest

from plugins.module_utils._core.backup import newest_releases, without_secrets
from tests.unit import build


def _record(name: str, revision: int, **more: Any) -> dict[str, Any]:
    chart = {"metadata": {"name": "k8ssandra-operator", "version": f"1.{revision}.0"}}
    release = {"name": name, "version": revision, "chart": chart, "config": {"image": {"tag": "x"}}, "manifest": "---\nkind: Service\n", **more}
    packed = base64.b64encode(base64.b64encode(gzip.compress(json.dumps(release).encode()))).decode()
    labels = {"owner": "helm", "name": name, "version": str(revision)}
    return build.body("Secret", "v1", f"sh.helm.release.v1.{name}.v{revision}", labels=labels, type="helm.sh/release.v1", data={"release": packed})


def test_the_newest_revision_of_each_release() -> None:
    found = newest_releases([_record("a", 9), _record("a", 10), _record("b", 2)])
    assert [(release.name, release.chart, release.revision) for release in found] == [
        ("a", "k8ssandra-operator 1.10.0", 10),
        ("b", "k8ssandra-operator 1.2.0", 2),
    ]
    assert found[0].values == {"image": {"tag": "x"}}


@pytest.mark.parametrize("data", [{}, {"release": "%"}, {"release": "YWJj"}], ids=["none", "no base64", "not compressed"])
def test_one_that_cannot_be_read_is_left_out(data: dict[str, str]) -> None:
    assert newest_releases([{**_record("a", 1), "data": data}]) == ()


def test_a_manifest_is_kept_without_its_secrets() -> None:
    manifest = "---\nkind: Service\nname: a\n---\napiVersion: v1\nkind: Secret\ndata: {p: cGFzc3dvcmQ=}\n---\nkind: \"Secret\"\nx: hidden\n---\nkind: Job\n"
    kept = without_secrets(manifest)
    assert ("cGFzc3dvcmQ=" in kept, "hidden" in kept) == (False, False)
    assert ("kind: Service" in kept, "kind: Job" in kept) == (True, True)
