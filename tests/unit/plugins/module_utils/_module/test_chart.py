# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a chart comes from, and what it renders: a program stands in for Helm and says what it was asked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from plugins.module_utils._core.errors import SpecError
from plugins.module_utils._module.chart import Served, open_chart, separated
from plugins.module_utils._module.documents import parse_documents

CRD = """
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: as.b.c}
spec: {group: b.c, scope: Namespaced, names: {kind: A, plural: as}, versions: [{name: v1}]}
"""
HELM = """#!/bin/sh
echo "$@" >> FOLDER/said
case "$1 $2" in
"pull none") echo "Error: no such chart" >&2; exit 1;;
"pull "*) while [ "$1" != --destination ]; do shift; done; touch "$2/chart-1.tgz";;
"show chart") echo "{name: chart, version: '1'}";;
"show crds") cat FOLDER/crds;;
template*) cat > FOLDER/given; echo "kind: Rendered";;
esac
"""


def options(folder: Path, **given: Any) -> dict[str, Any]:
    helm = folder / "helm"
    helm.write_text(HELM.replace("FOLDER", str(folder)))
    helm.chmod(0o700)
    (folder / "crds").write_text(f"{CRD}---{CRD}")
    nothing = {"chart_repository": None, "chart_version": None, "chart_plain_http": False}
    return {**nothing, "helm_binary": str(helm), **given}


def said(folder: Path) -> list[str]:
    return (folder / "said").read_text().splitlines()


def test_a_chart_that_is_here_is_not_fetched(tmp_path: Path) -> None:
    with open_chart(options(tmp_path, chart=str(tmp_path))) as chart:
        assert (chart.path, chart.name) == (str(tmp_path), "chart 1")
        assert [body["metadata"]["name"] for body in chart.definitions] == ["as.b.c"]
    assert not [line for line in said(tmp_path) if line.startswith("pull")]


PLACES = {
    "a repository": ({"chart": "c", "chart_repository": "http://r"}, "c", "--repo http://r"),
    "a version": ({"chart": "c", "chart_repository": "http://r", "chart_version": "2"}, "c", "--repo http://r --version 2"),
    "a registry": ({"chart": "oci://r/c", "chart_plain_http": True}, "oci://r/c", "--plain-http"),
}


@pytest.mark.parametrize(("given", "chart", "more"), PLACES.values(), ids=PLACES)
def test_a_chart_is_fetched_from(tmp_path: Path, given: dict[str, Any], chart: str, more: str) -> None:
    with open_chart(options(tmp_path, **given)) as opened:
        assert opened.path.endswith("/pulled/chart-1.tgz")
        assert Path(opened.path).exists()
    assert said(tmp_path)[0].startswith(f"pull {chart} --destination ")
    assert said(tmp_path)[0].endswith(f"/pulled {more}")


MISTAKES = {
    "a name alone": ({"chart": "k8ssandra-operator"}, "chart: is k8ssandra-operator, which is no folder.*chart_repository"),
    "no such chart": ({"chart": "none", "chart_repository": "http://r"}, "chart: cannot fetch none from http://r: Error: no such chart"),
    "no helm": ({"chart": "c", "helm_binary": "nohelm"}, "helm_binary: found no nohelm"),
}


@pytest.mark.parametrize(("given", "message"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_named(tmp_path: Path, given: dict[str, Any], message: str) -> None:
    with pytest.raises(SpecError, match=message), open_chart(options(tmp_path, **given)):
        pass


def test_it_is_rendered_for_the_cluster_and_values_go_by_no_file(tmp_path: Path) -> None:
    served = Served("v1.34.4", ("v1", "apps/v1"))
    with open_chart(options(tmp_path, chart=str(tmp_path))) as chart:
        rendered = chart.render("ops", "ns", {"password": "hunter2"}, served, upgrade=True)
    assert rendered.bodies == ({"kind": "Rendered"},)
    assert rendered.secrets == {"hunter2"}
    command = said(tmp_path)[-1]
    assert "--kube-version v1.34.4 --is-upgrade --no-hooks --api-versions apps/v1 --api-versions b.c/v1 --api-versions v1" in command
    assert "hunter2" not in command
    assert (tmp_path / "given").read_text() == '{"password": "hunter2"}'


ONE, TWO, THREE = ("apiVersion: v1\nkind: CustomResourceDefinition\nmetadata: {name: " + name + "}\n" for name in ("one", "two", "three"))


@pytest.mark.parametrize(
    "shown",
    [ONE + TWO + THREE, f"---\n{ONE}---\n{TWO}{THREE}", f"---\n{ONE}\n---\n# another file\n{TWO}---\n{THREE}", f"{ONE}\n{TWO}\n---\n{THREE}"],
)
def test_no_definition_is_lost_between_two_files_of_a_chart(shown: str) -> None:
    found = parse_documents(separated(shown), "chart")
    assert [body["metadata"]["name"] for body in found] == ["one", "two", "three"]
