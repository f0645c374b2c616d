"""Steps between versions: refused, warned about, or taken."""

from __future__ import annotations

import pytest

from plugins.module_utils._core.upgrade_path import Move, judge_move, read_version

K8SSANDRA, CASS = "k8ssandra-operator", "cass-operator"


def _issues(operator: str, source: str, target: str, *cassandras: tuple[int, int], refused: bool) -> list[str]:
    found = judge_move(Move(operator, source, target), cassandras)
    return [each.issue.rpartition("/")[2] for each in found if each.refused is refused]


@pytest.mark.parametrize(
    ("operator", "source", "target", "cassandras", "issues"),
    [
        pytest.param(K8SSANDRA, "v1.26.0", "v1.20.0", (), ["1068"], id="a step back"),
        pytest.param(CASS, "v1.28.0", "v1.22.4", (), ["1068"], id="a step back of the other operator"),
        pytest.param(K8SSANDRA, "v1.0.2", "v1.1.0", (), ["550"], id="to 1.1.0"),
        pytest.param(K8SSANDRA, "v1.22.0", "v1.23.1", (), ["1558"], id="to 1.23, which switches authentication off"),
        pytest.param(CASS, "v1.22.4", "v1.23.0", (), ["751"], id="to cass-operator 1.23.0, which doubles StatefulSets"),
        pytest.param(CASS, "1.18.1", "v1.18.2", ((4, 1),), ["1147"], id="a wrong name on the disks of Cassandra 4.1"),
        pytest.param(CASS, "1.18.1", "v1.28.0", ((4, 0), (5, 0)), ["1147"], id="the same, and a longer step"),
        pytest.param(CASS, "v1.7.1", "v1.11.0", (), ["cass-operator#upgrade-instructions"], id="what upstream wants by way of 1.8"),
        pytest.param(CASS, "v1.18.1", "v1.18.2", ((4, 0),), [], id="an older Cassandra has the right name"),
        pytest.param(CASS, "v1.18.2", "v1.28.0", ((4, 1),), [], id="from the version that mended the name"),
        pytest.param(CASS, "v1.22.4", "v1.23.2", (), [], id="to the version that mended the StatefulSets"),
        pytest.param(K8SSANDRA, "v1.23.0", "v1.23.1", (), [], id="within 1.23 nothing gets worse"),
        pytest.param(K8SSANDRA, "v1.23.1", "v1.24.0", (), [], id="out of 1.23"),
        pytest.param(K8SSANDRA, "v1.20.0", "v1.26.0", (), [], id="over a bad version"),
        pytest.param(K8SSANDRA, "latest", "v1.23.0", (), [], id="a version without a number is not judged"),
        pytest.param(K8SSANDRA, "v1.26.0", "latest", (), [], id="nor is a wish without one"),
    ],
)
def test_steps_that_are_refused(
    operator: str, source: str, target: str, cassandras: tuple[tuple[int, int], ...], issues: list[str]
) -> None:
    assert _issues(operator, source, target, *cassandras, refused=True) == issues


@pytest.mark.parametrize(
    ("source", "target", "issues"),
    [
        pytest.param("v1.20.0", "v1.26.0", [], id="six minor versions"),
        pytest.param("v1.19.0", "v1.26.0", ["1608"], id="seven"),
        pytest.param("v1.14.0", "v1.15.0", ["1266"], id="over 1.15"),
        pytest.param("v1.5.2", "v1.26.0", ["846", "1266", "1608"], id="over everything"),
        pytest.param("v1.26.0", "v2.0.0", ["1608"], id="a major version"),
    ],
)
def test_steps_that_are_warned_about(source: str, target: str, issues: list[str]) -> None:
    assert _issues(K8SSANDRA, source, target, refused=False) == issues


def test_a_finding_names_the_step_what_happens_and_where_upstream_says_so() -> None:
    (found,) = judge_move(Move(CASS, "v1.22.4", "v1.23.0"), ())
    assert str(found).startswith("cass-operator v1.22.4 to v1.23.0: it makes a second set of StatefulSets")
    assert str(found).endswith("(https://github.com/k8ssandra/cass-operator/issues/751)")


@pytest.mark.parametrize(
    ("tag", "numbers"),
    [("v1.26.0", (1, 26, 0)), ("1.26.0", (1, 26, 0)), ("v1.26.0-rc1", (1, 26, 0)), ("latest", None), ("", None), ("v1.26", None)],
)
def test_the_numbers_of_a_tag(tag: str, numbers: tuple[int, int, int] | None) -> None:
    assert read_version(tag) == numbers
