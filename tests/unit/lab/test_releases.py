"""The releases of the operators, as what they say about themselves."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.lab import modules, releases
from tests.lab.charts import cert_manager
from tests.lab.layout import CHARTS, MANIFESTS
from tests.lab.steps import LabError

_GO = Path(modules.__file__).parent / "go"


@pytest.mark.parametrize("release", [releases.DEFAULT, *releases.OLDER], ids=lambda release: release.version)
def test_a_release_is_what_its_modules_are(release: releases.Release) -> None:
    required = (_GO / release.group / "go.mod").read_text()
    assert f"github.com/k8ssandra/k8ssandra-operator {release.version}" in required
    assert f"github.com/k8ssandra/cass-operator {release.cass_operator}" in required
    assert releases.find(release.version) is release


def test_what_every_lab_needs_does_not_wait_for_an_older_release() -> None:
    assert releases.DEFAULT.group in modules.GROUPS
    assert not {release.group for release in releases.OLDER} & set(modules.GROUPS)


def test_cert_manager_is_what_its_module_is() -> None:
    assert f"github.com/cert-manager/cert-manager {cert_manager.VERSION}" in (_GO / modules.CERT_MANAGER / "go.mod").read_text()
    assert modules.CERT_MANAGER not in modules.GROUPS


def test_an_older_release_has_folders_of_its_own() -> None:
    (older,) = releases.OLDER
    assert (releases.DEFAULT.manifests, releases.DEFAULT.charts) == (MANIFESTS, CHARTS)
    assert (older.manifests, older.charts) == (MANIFESTS / "v1.20.0", CHARTS / "v1.20.0")


def test_the_images_have_the_names_that_the_manifests_use() -> None:
    (older,) = releases.OLDER
    assert [image.name for image in older.images(Path("/built"))] == [
        "cr.k8ssandra.io/k8ssandra/cass-operator:v1.22.4",
        "cr.k8ssandra.io/k8ssandra/k8ssandra-operator:v1.20.0",
    ]


def test_a_release_that_the_lab_has_not_is_met_with_those_it_has() -> None:
    with pytest.raises(LabError, match=r"no operators v1\.19\.0 in the lab; it has v1\.26\.0, v1\.20\.0"):
        releases.find("v1.19.0")
